from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from precompute.draws import Draws
from precompute.pairs import DatasetError
from precompute.sources.plans import CaptionChoice, Filter, Sample, Selection
from precompute.sources.rows import Place, Row
from precompute.sources.selection import Selected, select
from precompute.sources.stored import InFile
from tests.precompute.sources.files import RED, silent, write_png


@pytest.fixture
def picture(tmp_path: Path) -> InFile:
    return InFile(write_png(tmp_path / "red.png", RED))


def rows(picture: InFile, captions: Sequence[Sequence[str]]) -> list[Row]:
    return [
        Row(f"r{number}", tuple(texts), picture, Place(Path("list"), number))
        for number, texts in enumerate(captions, start=1)
    ]


def taken(selected: Selected) -> list[tuple[str, str]]:
    return [(pair.id, pair.caption) for pair in selected.pairs]


CAPTIONS = (["A hot DOG"], ["a cat"], ["dogs and a Cat"], ["a dot"])


@pytest.mark.parametrize(
    ("words", "every", "expected"),
    [
        (("dog",), False, ["r1", "r3"]),
        (("DOG", "cat"), False, ["r1", "r2", "r3"]),
        (("dog", "cat"), True, ["r3"]),
        (("a cat",), False, ["r2", "r3"]),
        (("dog ", "hot"), True, []),
    ],
)
def test_words_are_found_anywhere_in_either_case(
    picture: InFile, words: tuple[str, ...], every: bool, expected: list[str]
) -> None:
    selection = Selection(filter=Filter(words, every))
    if expected:
        chosen = select(rows(picture, CAPTIONS), selection, "list", silent)
        assert [pair.id for pair in chosen.pairs] == expected
    else:
        with pytest.raises(DatasetError, match="list: no row whose caption has all of 'dog ', 'h"):
            select(rows(picture, CAPTIONS), selection, "list", silent)


def test_a_sample_is_drawn_by_its_seed_and_keeps_the_order(picture: InFile) -> None:
    entries = rows(picture, [[f"caption {n}"] for n in range(40)])
    first, again, other = (
        taken(select(entries, Selection(sample=Sample(10, seed)), "list", silent))
        for seed in (1, 1, 2)
    )
    assert first == again != other
    drawn = sorted(Draws(1, "subset").sample(40, 10))
    assert first == [(f"r{row + 1}", f"caption {row}") for row in drawn]


def test_a_sample_is_drawn_from_what_the_filter_leaves(picture: InFile) -> None:
    selection = Selection(filter=Filter(("dog",), every=False), sample=Sample(2, 0))
    chosen = select(rows(picture, CAPTIONS), selection, "list", silent)
    assert taken(chosen) == [("r1", "A hot DOG"), ("r3", "dogs and a Cat")]
    assert chosen.facts == {"filter": "any of 'dog'", "seed": 0}


def test_more_than_there_are_cannot_be_drawn(picture: InFile) -> None:
    with pytest.raises(DatasetError, match="list: 5 of 4 pairs are asked for"):
        select(rows(picture, CAPTIONS), Selection(sample=Sample(5, 0)), "list", silent)


def test_the_caption_of_a_number_is_taken(picture: InFile) -> None:
    entries = rows(picture, [["one", "two"], ["uno", "due", "tre"]])
    chosen = select(entries, Selection(caption=CaptionChoice(number=2)), "list", silent)
    assert taken(chosen) == [("r1", "two"), ("r2", "due")]
    with pytest.raises(DatasetError, match="list:1: 2 captions, but number 3 is asked for"):
        select(entries, Selection(caption=CaptionChoice(number=3)), "list", silent)


def test_a_drawn_caption_depends_on_seed_and_id_alone(picture: InFile) -> None:
    texts = [[f"{letter}{n}" for n in range(5)] for letter in "abcdefgh"]
    entries = rows(picture, texts)

    def drawn(seed: int, some: Sequence[Row]) -> list[tuple[str, str]]:
        selection = Selection(caption=CaptionChoice(seed=seed))
        return taken(select(some, selection, "list", silent))

    assert drawn(0, entries) == drawn(0, entries)
    assert drawn(0, entries[3:]) == drawn(0, entries)[3:]
    assert drawn(0, entries) != drawn(1, entries)
    assert len({caption[1] for _, caption in drawn(0, entries)}) > 1


def test_words_are_looked_for_in_the_chosen_caption(picture: InFile) -> None:
    entries = rows(picture, [["a dog", "a pet"], ["a pet", "a dog"]])
    selection = Selection(CaptionChoice(number=2), Filter(("dog",), every=False))
    assert taken(select(entries, selection, "list", silent)) == [("r2", "a dog")]


@pytest.mark.parametrize(
    ("captions", "message"),
    [
        ([], "list:1: no caption"),
        ([" \n"], "list:1: the caption is empty"),
        (["half \ud83d"], r"list:1: the caption 'half \\ud83d' is no Unicode text"),
    ],
)
def test_a_caption_that_is_none_is_named(
    picture: InFile, captions: list[str], message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        select(rows(picture, [captions]), Selection(), "list", silent)


def test_a_name_that_is_no_text_is_told_in_one_printable_line(picture: InFile) -> None:
    row = Row("a\udcff\nb", ("text",), picture, Place(Path("dir") / "a\udcff\nb"))
    with pytest.raises(DatasetError) as caught:
        select([row], Selection(), "list", silent)
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert lines[1].isprintable()
    lines[1].encode()

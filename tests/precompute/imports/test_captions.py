from __future__ import annotations

import json
from pathlib import Path

import pytest

from precompute.imports.captions import read_captions
from precompute.imports.collection import MisfitError
from tests.precompute.fake_encoder import HOSTILE

LINES = [
    "A black and brown dog digging at an object on a dirt ground.",
    "a polar bear partially submerged in a body of water",
    "A dog in a small bathroom with an orange shower curtain.",
    "A dog wearing a hat standing on some grass.",
    "A dog with a leash on is sitting near a park bench.",
    "a man on a three wheeler following behind two dogs and a cow",
    "A dog sitting between its masters feet on a footstool watching tv.",
    "There is a dog holding a Frisbee in its mouth.",
    "A person riding skis on top of a snow covered slope near a dog.",
    "A TV showing two men in hats and women.   ",
]


def write(folder: Path, lines: list[str], end: str = "\n") -> Path:
    file = folder / "prompts.txt"
    file.write_bytes((end.join(lines) + end).encode())
    return file


def test_each_line_is_a_caption_as_it_is(tmp_path: Path) -> None:
    assert read_captions(write(tmp_path, LINES), 10) == tuple(LINES)
    assert read_captions(write(tmp_path, LINES, "\r\n"), 10) == tuple(LINES)
    file = write(tmp_path, LINES)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().rstrip(b"\n"))
    assert read_captions(file, 10) == tuple(LINES)


def test_only_a_line_feed_ends_a_line(tmp_path: Path) -> None:
    lines = [
        "one\u2028line",
        "one\x0bline",
        "one\x85line",
        "one\x0cline",
        "one\rline",
        "<b> & \u202e",
    ]
    assert read_captions(write(tmp_path, lines), 6) == tuple(lines)


def test_a_caption_followed_by_an_empty_line_is_found(tmp_path: Path) -> None:
    """As in the published set of dogs: one line break too many shifts all that come after it."""
    broken = [*LINES[:7], "", *LINES[7:]]
    with pytest.raises(MisfitError) as caught:
        read_captions(write(tmp_path, broken), 10)
    assert str(caught.value) == (
        f"{tmp_path / 'prompts.txt'}: 11 captions, but 10 items; likely line 8, without a text. "
        "Put it right, or give the captions as a JSON list of texts"
    )


@pytest.mark.parametrize("index", [0, 2, 6, 8])
@pytest.mark.parametrize("words", [3, 5])
def test_a_caption_broken_in_two_is_found(tmp_path: Path, index: int, words: int) -> None:
    parts = LINES[index].split()
    halves = [" ".join(parts[:words]), " ".join(parts[words:])]
    broken = [*LINES[:index], *halves, *LINES[index + 1 :]]
    message = rf"11 captions, but 10 items; likely line {index + 2}, which looks like the rest of"
    with pytest.raises(MisfitError, match=message):
        read_captions(write(tmp_path, broken), 10)


def test_several_suspects_are_named(tmp_path: Path) -> None:
    broken = [*LINES[:3], "", *LINES[3:6], "and a cat", *LINES[6:]]
    with pytest.raises(
        MisfitError, match="12 captions, but 10 items; likely lines 4, 8, which look"
    ):
        read_captions(write(tmp_path, broken), 10)


def test_two_captions_on_a_line_are_found(tmp_path: Path) -> None:
    joined = [*LINES[:3], f"{LINES[3]} {LINES[4]}", *LINES[5:]]
    with pytest.raises(
        MisfitError, match="9 captions, but 10 items; likely line 4, which looks like"
    ):
        read_captions(write(tmp_path, joined), 10)


def test_where_nothing_stands_out_both_numbers_are_told(tmp_path: Path) -> None:
    with pytest.raises(MisfitError, match=r"prompts\.txt: 3 captions, but 4 items$"):
        read_captions(write(tmp_path, ["one", "two", "three"]), 4)


def test_the_right_number_with_empty_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MisfitError) as caught:
        read_captions(write(tmp_path, ["one", "", "three", " "]), 4)
    assert str(caught.value).splitlines()[1:] == ["  line 2 is empty", "  line 4 is empty"]


def test_another_encoding_is_named_by_line(tmp_path: Path) -> None:
    file = tmp_path / "prompts.txt"
    file.write_bytes("one\ntwo\ncafé\n".encode("latin-1"))
    with pytest.raises(MisfitError, match=r"prompts\.txt:3: 'utf-8' codec can't decode"):
        read_captions(file, 3)


def test_a_json_list_may_hold_line_breaks(tmp_path: Path) -> None:
    file = tmp_path / "captions.json"
    file.write_text(json.dumps(HOSTILE))
    assert read_captions(file, len(HOSTILE)) == HOSTILE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('["one"]', r"1 captions, but 2 items$"),
        ('["one", ""]', "caption 2 is empty"),
        (r'["one", "\ud83d"]', "caption 2 is no Unicode text"),
        ('["one", 2]', "expected a list of texts"),
        ('{"one": 1}', "expected a list of texts"),
        ("[", "not JSON"),
    ],
)
def test_a_list_that_cannot_be_used_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "captions.json"
    file.write_text(text)
    with pytest.raises(MisfitError, match=message):
        read_captions(file, 2)


@pytest.mark.parametrize("name", ["none.txt", "none.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(MisfitError, match="cannot be read: No such file"):
        read_captions(tmp_path / name, 2)

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from precompute.pairs import DatasetError
from precompute.sources.opening import open_source
from precompute.sources.plans import CaptionChoice, Columns, JsonLines, Selection
from tests.precompute.fake_encoder import HOSTILE
from tests.precompute.sources.files import BLUE, RED, colours_of, silent, write_png


def write(folder: Path, *rows: Any) -> Path:
    file = folder / "pairs.jsonl"
    lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def test_each_line_is_a_pair(tmp_path: Path) -> None:
    write_png(tmp_path / "in" / "a.png", RED)
    write_png(tmp_path / "b.png", BLUE)
    file = write(
        tmp_path,
        {"image": "in/a.png", "caption": "first", "licence": "mine"},
        "",
        {"caption": "second", "image": "b.png", "id": 7},
    )
    pairs = open_source(JsonLines(file), silent)
    assert (pairs.ids, pairs.captions) == (("in/a.png", "7"), ("first", "second"))
    assert colours_of(pairs) == [RED, BLUE]


def test_hostile_captions_survive_and_do_not_break_lines(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", RED)
    rows = [{"id": n, "image": "a.png", "caption": text} for n, text in enumerate(HOSTILE)]
    pairs = open_source(JsonLines(write(tmp_path, *rows)), silent)
    assert pairs.captions == HOSTILE


def test_one_of_several_captions_is_taken(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", RED)
    file = write(tmp_path, {"file_name": "a.png", "texts": ["one", "two"]})
    columns = Columns(image="file_name", caption="texts")
    selection = Selection(CaptionChoice(number=2))
    assert open_source(JsonLines(file, columns, selection), silent).captions == ("two",)


def test_lines_that_cannot_be_used_are_told_together(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", RED)
    file = write(
        tmp_path,
        {"image": "a.png", "caption": "whole"},
        '{"image": "a.png", "caption": ',
        ["a.png", "a list"],
        {"image": "a.png"},
        {"image": 3.5, "caption": "no path"},
        {"image": "a.png", "caption": ["one", 2]},
        {"image": "a.png", "caption": []},
        {"image": "gone.png", "caption": "gone"},
    )
    with pytest.raises(DatasetError) as caught:
        open_source(JsonLines(file), silent)
    told = [line.removeprefix(f"  {file}:") for line in str(caught.value).splitlines()]
    # The line with the empty list names the picture of line 1 again, and adds no caption to it.
    assert told[0] == "6 rows cannot be used:"
    assert told[1].startswith("2: not JSON: ")
    assert told[2:] == [
        "3: expected an object with 'image' and 'caption'",
        "4: no caption: neither a text nor a list of texts",
        "5: no image",
        "6: no caption: neither a text nor a list of texts",
        f"8: there is no picture {tmp_path / 'gone.png'}",
    ]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none\.jsonl: cannot be read: No such file"):
        open_source(JsonLines(tmp_path / "none.jsonl"), silent)

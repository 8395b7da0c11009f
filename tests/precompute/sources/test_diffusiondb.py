from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from precompute.pairs import DatasetError
from precompute.sources.opening import open_source
from precompute.sources.plans import DiffusionDb
from tests.precompute.sources.files import BLUE, GREEN, RED, colours_of, silent, write_png


def write_part(folder: Path, number: int, entries: dict[str, Any]) -> Path:
    part = folder / f"part-{number:06}"
    part.mkdir(parents=True)
    (part / f"{part.name}.json").write_text(json.dumps(entries))
    return part


def entry(prompt: str) -> dict[str, Any]:
    return {"p": prompt, "se": 38753269, "c": 12.0, "st": 50, "sa": "k_lms"}


def test_a_part_lists_its_pictures(tmp_path: Path) -> None:
    part = write_part(tmp_path, 1, {"ec9b.png": entry("a tree"), "00ab.png": entry("a sea")})
    write_png(part / "ec9b.png", GREEN)
    write_png(part / "00ab.png", BLUE)
    pairs = open_source(DiffusionDb(part), silent)
    assert (pairs.ids, pairs.captions) == (("ec9b", "00ab"), ("a tree", "a sea"))
    assert colours_of(pairs) == [GREEN, BLUE]


def test_parts_of_a_folder_follow_in_order(tmp_path: Path) -> None:
    for number, colour in ((10, RED), (2, BLUE)):
        part = write_part(tmp_path, number, {f"{number}.png": entry(f"part {number}")})
        write_png(part / f"{number}.png", colour)
    pairs = open_source(DiffusionDb(tmp_path), silent)
    assert (pairs.ids, colours_of(pairs)) == (("2", "10"), [BLUE, RED])


def test_pictures_that_cannot_be_used_are_told_together(tmp_path: Path) -> None:
    entries = {"a.png": entry("gone"), "b.png": {"se": 1}, "c.png": "a sea", "d.png": entry(" ")}
    part = write_part(tmp_path, 1, entries)
    index = part / "part-000001.json"
    with pytest.raises(DatasetError) as caught:
        open_source(DiffusionDb(tmp_path), silent)
    assert str(caught.value).splitlines() == [
        "4 rows cannot be used:",
        f"  {index}: a.png: there is no picture {part / 'a.png'}",
        f"  {index}: b.png: no p: neither a text nor a list of texts",
        f"  {index}: c.png: expected an object with 'p'",
        f"  {index}: d.png: the caption is empty",
    ]


def test_a_folder_without_parts_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no part: expected part-XXXXXX/part-XXXXXX\.json"):
        open_source(DiffusionDb(tmp_path), silent)
    part = write_part(tmp_path, 1, {})
    (part / "part-000001.json").write_text('{"a.png": ')
    with pytest.raises(DatasetError, match=r"part-000001\.json: not JSON, perhaps truncated"):
        open_source(DiffusionDb(part), silent)
    (part / "part-000001.json").write_text("[]")
    with pytest.raises(DatasetError, match="expected an object of pictures by name"):
        open_source(DiffusionDb(part), silent)

from __future__ import annotations

from pathlib import Path

import pytest

from precompute.pairs import DatasetError
from precompute.sources.opening import open_source
from precompute.sources.plans import Folder
from tests.precompute.fake_encoder import HOSTILE
from tests.precompute.sources.files import (
    BLUE,
    GREEN,
    HOSTILE_NAMES,
    RED,
    colours_of,
    silent,
    write_png,
)


def add(folder: Path, name: str, colour: tuple[int, int, int], caption: str) -> None:
    write_png(folder / f"{name}.png", colour)
    (folder / f"{name}.txt").write_text(caption, encoding="utf-8")


def test_captions_stand_beside_pictures_in_natural_order(tmp_path: Path) -> None:
    add(tmp_path, "10", BLUE, "the third\n")
    add(tmp_path, "2", RED, "the first")
    add(tmp_path, "deep/er/3", GREEN, "\ufeffthe last")
    add(tmp_path, "9", GREEN, "the second")
    pairs = open_source(Folder(tmp_path), silent)
    assert pairs.ids == ("2", "9", "10", "deep/er/3")
    assert pairs.captions == ("the first", "the second", "the third", "the last")
    assert colours_of(pairs) == [RED, GREEN, BLUE, GREEN]
    assert pairs.facts == {"source": "folder of pictures", "from": tmp_path.name}


def test_hostile_names_and_captions_survive(tmp_path: Path) -> None:
    for name, caption in zip(HOSTILE_NAMES, HOSTILE, strict=True):
        if not name.startswith("."):
            add(tmp_path, name, RED, caption)
    pairs = open_source(Folder(tmp_path), silent)
    found = dict(zip(pairs.ids, pairs.captions, strict=True))
    expected = dict(zip(HOSTILE_NAMES, HOSTILE, strict=True))
    # Universal newlines, and no white space around the text: a file ends with a line break.
    assert found == {
        name: caption.replace("\r\n", "\n").strip()
        for name, caption in expected.items()
        if not name.startswith(".")
    }


def test_all_that_has_no_partner_is_told_together(tmp_path: Path) -> None:
    add(tmp_path, "whole", RED, "a pair")
    write_png(tmp_path / "alone.jpg", RED)
    (tmp_path / "renamed.txt").write_text("where is my picture?")
    add(tmp_path, "twice", RED, "two pictures")
    write_png(tmp_path / "twice.webp", RED)
    add(tmp_path, "empty", RED, " \n")
    add(tmp_path, "latin", RED, "")
    (tmp_path / "latin.txt").write_bytes("café".encode("latin-1"))
    with pytest.raises(DatasetError) as caught:
        open_source(Folder(tmp_path), silent)
    assert str(caught.value).splitlines() == [
        "5 rows cannot be used:",
        f"  {tmp_path / 'alone.jpg'}: no caption beside it: alone.txt",
        f"  {tmp_path / 'empty.png'}: the caption is empty",
        f"  {tmp_path / 'latin.txt'}: cannot be read: 'utf-8' codec can't decode byte 0xe9 "
        "in position 3: unexpected end of data",
        f"  {tmp_path / 'renamed.txt'}: a caption without a picture beside it",
        f"  {tmp_path / 'twice.png'}: another picture of the same name: twice.webp",
    ]


def test_what_is_hidden_or_something_else_is_no_pair(tmp_path: Path) -> None:
    add(tmp_path, "a", RED, "a pair")
    add(tmp_path, ".thumbnails/a", RED, "")
    write_png(tmp_path / "._a.png", RED)
    (tmp_path / "notes.md").write_text("notes")
    assert open_source(Folder(tmp_path), silent).ids == ("a",)


@pytest.mark.parametrize(
    ("name", "message"), [("none", "no such folder"), ("", "no pictures in this folder")]
)
def test_a_folder_without_pictures_is_named(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        open_source(Folder(tmp_path / name), silent)

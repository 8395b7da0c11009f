from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from precompute.imports.collection import MisfitError
from precompute.imports.numbered import read_pictures, read_sounds
from tests.precompute.sources.files import RED, write_png


def write(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        write_png(folder / name, RED)


def test_numbers_count_as_numbers(tmp_path: Path) -> None:
    write(tmp_path, [f"{number}.png" for number in range(11)])
    (tmp_path / "notes.txt").write_text("no picture")
    found = read_pictures(tmp_path, 11)
    assert [str(picture) for picture in found] == [str(tmp_path / f"{n}.png") for n in range(11)]


@pytest.mark.parametrize("names", [("1.png", "2.jpg"), ("a.png", "b.webp"), ("01.png", "02.png")])
def test_other_names_are_in_order(tmp_path: Path, names: Sequence[str]) -> None:
    write(tmp_path, names)
    assert [str(picture) for picture in read_pictures(tmp_path, 2)] == [
        str(tmp_path / name) for name in names
    ]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("0.png", "1.png", "3.png"), "3 pictures, but 4 items; missing: 2"),
        (("0.png", "1.png", "3.png", "4.png"), "do not follow each other: 3 is out of line"),
        (("2.png", "3.png", "4.png", "5.png"), "do not follow each other: 2 is out of line"),
        (("a.png", "b.png"), "2 pictures, but 4 items$"),
        (("0.png", "1.png", "2.png", "3.png", "4.png"), "5 pictures, but 4 items$"),
        (("0.png", "0.jpg", "1.png", "2.png"), "more than one file is called '0'"),
    ],
)
def test_files_that_would_shift_are_refused(
    tmp_path: Path, names: Sequence[str], message: str
) -> None:
    write(tmp_path, names)
    with pytest.raises(MisfitError, match=message):
        read_pictures(tmp_path, 4)


def test_broken_pictures_are_told_together(tmp_path: Path) -> None:
    write(tmp_path, ["0.png", "1.png", "2.png"])
    for number in (0, 2):
        (tmp_path / f"{number}.png").write_text("no picture")
    with pytest.raises(MisfitError) as caught:
        read_pictures(tmp_path, 3)
    assert str(caught.value).splitlines() == [
        f"{tmp_path}: 2 faults:",
        f"  picture {tmp_path / '0.png'} cannot be read: not a picture of a known format",
        f"  picture {tmp_path / '2.png'} cannot be read: not a picture of a known format",
    ]


def test_sounds_are_in_order_too(tmp_path: Path) -> None:
    for number in range(11):
        (tmp_path / f"{number}.wav").write_bytes(b"RIFF")
    assert [path.name for path in read_sounds(tmp_path, 11)] == [f"{n}.wav" for n in range(11)]
    with pytest.raises(MisfitError, match="11 sounds, but 12 items; missing: 11"):
        read_sounds(tmp_path, 12)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(MisfitError, match="none: cannot be read: No such file"):
        read_pictures(tmp_path / "none", 1)

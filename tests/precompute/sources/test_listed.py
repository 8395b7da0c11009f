from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from precompute.pairs import DatasetError
from precompute.sources.listed import ListedPairs
from precompute.sources.opening import open_source
from precompute.sources.plans import Csv, Folder
from tests.precompute.fake_encoder import table_pairs, write_table
from tests.precompute.sources.files import RED, silent, write_png


def test_the_fingerprint_changes_with_captions_and_with_pictures(tmp_path: Path) -> None:
    def fingerprint() -> object:
        return open_source(Csv(tmp_path / "pairs.csv"), silent).fingerprint

    write_table(tmp_path, ["a", "b"])
    before = fingerprint()
    assert fingerprint() == before
    Image.new("RGB", (8, 6), (1, 2, 3)).save(tmp_path / "1.png")
    other_picture = fingerprint()
    write_table(tmp_path, ["a", "c"])
    assert fingerprint() != before != other_picture


def test_the_same_pairs_are_the_same_wherever_they_lie(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_png(tmp_path / "folder" / f"{name}.png", RED)
        (tmp_path / "folder" / f"{name}.txt").write_text(f"a red {name}")
    table = tmp_path / "folder" / "pairs.csv"
    table.write_text("id,image,caption\na,a.png,a red a\nb,b.png,a red b\n")
    beside: ListedPairs = open_source(Folder(tmp_path / "folder"), silent)
    assert beside.fingerprint == open_source(Csv(table), silent).fingerprint


def test_a_picture_that_is_gone_meanwhile_is_named(tmp_path: Path) -> None:
    pairs = table_pairs(tmp_path, ["a", "b"])
    (tmp_path / "1.png").unlink()
    message = r"1\.png: picture of 'pair-1' cannot be read: No such file"
    with pytest.raises(DatasetError, match=message):
        _ = pairs.fingerprint
    with pytest.raises(DatasetError, match=message):
        pairs.pictures([0, 1], 4)


def test_half_a_picture_is_named_when_it_is_read(tmp_path: Path) -> None:
    write_table(tmp_path, ["a", "b"])
    image = tmp_path / "1.png"
    image.write_bytes(image.read_bytes()[:50])
    pairs = open_source(Csv(tmp_path / "pairs.csv"), silent)
    with pytest.raises(DatasetError, match=r"1\.png: picture of 'pair-1' cannot be read: "):
        pairs.pictures([0, 1], 4)


@pytest.mark.parametrize("kept", [0, 8])
def test_a_picture_without_a_header_is_found_at_once(tmp_path: Path, kept: int) -> None:
    file = write_table(tmp_path, ["a", "b"])
    image = tmp_path / "1.png"
    image.write_bytes(image.read_bytes()[:kept])
    with pytest.raises(DatasetError, match=r"pairs\.csv:3: picture .*1\.png cannot be read: "):
        open_source(Csv(file), silent)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK", "I;16", "LA"])
def test_pictures_of_any_mode_are_read(tmp_path: Path, mode: str) -> None:
    file = write_table(tmp_path, ["a", "b"])
    suffix = "jpg" if mode == "CMYK" else "png"
    Image.new(mode, (8, 6)).save(tmp_path / f"x.{suffix}")
    text = file.read_text().replace("0.png", f"x.{suffix}")
    file.write_text(text)
    (picture,) = open_source(Csv(file), silent).pictures([0], 4)
    assert picture.shape == (6, 8, 3)
    assert picture.dtype == "uint8"

"""The comparison that CI makes must find what it is there to find."""

from pathlib import Path

import pytest
from PIL import Image

from tests.same_site import differences


@pytest.fixture
def sites(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("one", "other"):
        (tmp_path / name / "assets").mkdir(parents=True)
        (tmp_path / name / "index.html").write_text("<title>page</title>")
        Image.new("RGB", (4, 4), "navy").save(tmp_path / name / "assets" / "a.png")
    return tmp_path / "one", tmp_path / "other"


def test_equal_sites_have_no_differences(sites: tuple[Path, Path]) -> None:
    assert differences(*sites) == []


def test_a_picture_compressed_otherwise_is_the_same_picture(sites: tuple[Path, Path]) -> None:
    picture = sites[1] / "assets" / "a.png"
    before = picture.read_bytes()
    Image.open(picture).save(picture, compress_level=0)
    assert picture.read_bytes() != before
    assert differences(*sites) == []


def test_one_pixel_is_a_difference(sites: tuple[Path, Path]) -> None:
    picture = Image.open(sites[1] / "assets" / "a.png")
    picture.putpixel((0, 0), (0, 0, 129))
    picture.save(sites[1] / "assets" / "a.png")
    assert differences(*sites) == ["differs: assets/a.png"]


def test_text_missing_and_added_files_are_differences(sites: tuple[Path, Path]) -> None:
    (sites[1] / "index.html").write_text("<title>Page</title>")
    (sites[1] / "new.js").touch()
    (sites[0] / "old.js").touch()
    assert differences(*sites) == [
        "only committed: old.js",
        "not committed: new.js",
        "differs: index.html",
    ]

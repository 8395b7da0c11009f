from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from precompute.backgrounds import Background, Shade
from precompute.concepts import Catalog, Concept, Design, default_catalog
from precompute.layouts import Box, SceneObject
from precompute.rendering import PATTERN_SHARES, Renderer
from precompute.scenes import SceneStream, paint_scenes

BLACK, GREY, WHITE = (Shade(str(level), level, level, level) for level in (0, 100, 255))


def plain(shade: Shade) -> Background:
    return Background("plain", shade, BLACK)


def catalog_of_one(folder: Path, colour: tuple[int, int, int, int]) -> Catalog:
    """A catalog of one concept, whose drawing fills its cell of eight pixels with one colour."""
    Image.new("RGBA", (8, 8), colour).save(folder / "ink.png")
    concept = Concept("dot", "dot", (), True, "dot", "0", (), "", "")
    design = Design("ink", "", "train", "", "", "", "", "", "", sheet="ink.png")
    return Catalog((concept,), (design,), 8, 1, folder)


def paint(catalog: Catalog, size: int, shade: Shade, box: Box) -> NDArray[np.uint8]:
    return Renderer(catalog, size).paint(plain(shade), [SceneObject("dot", "ink", box)])


def test_a_plain_background_is_its_first_colour(tmp_path: Path) -> None:
    catalog = catalog_of_one(tmp_path, (0, 0, 0, 0))
    picture = Renderer(catalog, 3).paint(plain(Shade("", 1, 128, 255)), [])
    assert picture.dtype == np.uint8
    assert picture.tolist() == [[[1, 128, 255]] * 3] * 3


def test_an_opaque_object_covers_its_box_and_nothing_else(tmp_path: Path) -> None:
    picture = paint(catalog_of_one(tmp_path, (255, 0, 7, 255)), 64, GREY, Box(10, 20, 30))
    expected = np.full((64, 64, 3), 100)
    expected[20:50, 10:40] = (255, 0, 7)
    np.testing.assert_array_equal(picture, expected)


def test_a_half_transparent_object_lets_half_through(tmp_path: Path) -> None:
    # Opacity 51 of 255 is a fifth: 0.2 * 250 + 0.8 * 100 = 130.
    picture = paint(catalog_of_one(tmp_path, (250, 250, 250, 51)), 64, GREY, Box(0, 0, 64))
    assert abs(picture.astype(int) - 130).max() <= 1


def test_a_transparent_object_leaves_the_background(tmp_path: Path) -> None:
    picture = paint(catalog_of_one(tmp_path, (250, 9, 9, 0)), 64, WHITE, Box(0, 0, 64))
    assert picture.min() == 255


@pytest.mark.parametrize("opacity", range(0, 256, 5))
def test_white_on_white_never_runs_over(tmp_path: Path, opacity: int) -> None:
    picture = paint(catalog_of_one(tmp_path, (255, 255, 255, opacity)), 64, WHITE, Box(0, 0, 64))
    assert picture.min() >= 253


def test_objects_painted_later_lie_on_top(tmp_path: Path) -> None:
    catalog = default_catalog()
    first = SceneObject("door", "noto", Box(8, 8, 48))
    second = SceneObject("book", "noto", Box(8, 8, 48))
    both = Renderer(catalog).paint(plain(GREY), [first, second])
    alone = Renderer(catalog).paint(plain(GREY), [second])
    np.testing.assert_array_equal(both[32, 32], alone[32, 32])


@pytest.mark.parametrize("size", [32, 96, 128])
def test_boxes_scale_with_the_picture(tmp_path: Path, size: int) -> None:
    picture = paint(catalog_of_one(tmp_path, (255, 255, 255, 255)), size, BLACK, Box(16, 32, 24))
    rows, columns = np.nonzero(picture[..., 0])
    scale = size / 64
    assert (columns.min(), columns.max() + 1) == (16 * scale, 40 * scale)
    assert (rows.min(), rows.max() + 1) == (32 * scale, 56 * scale)


def test_a_picture_needs_pixels() -> None:
    stream = SceneStream(0, "train")
    scenes = [stream.scene(index) for index in range(50)]
    assert paint_scenes(scenes, 2).shape == (50, 2, 2, 3)
    with pytest.raises(ValueError, match="2 pixels or more, not 1"):
        Renderer(default_catalog(), 1)


def painted_pattern(name: str, size: int) -> NDArray[np.uint8]:
    """Levels of one channel of a pattern from black to white."""
    return Renderer(default_catalog(), size).paint(Background(name, BLACK, WHITE), [])[..., 0]


def test_gradients_run_evenly_from_the_first_colour_to_the_second() -> None:
    # Four pixels have their centres at 1/8, 3/8, 5/8 and 7/8 of the way.
    levels = [31, 95, 159, 223]
    assert painted_pattern("gradient across", 4).tolist() == [levels] * 4
    assert painted_pattern("gradient down", 4).tolist() == [[level] * 4 for level in levels]


def test_the_horizon_parts_the_picture_at_62_hundredths() -> None:
    column = painted_pattern("horizon", 100)[:, 0]
    assert column.tolist() == [0] * 62 + [255] * 38


def test_stripes_are_five_of_each_colour() -> None:
    row = painted_pattern("stripes down", 100)[0]
    assert (row > 127).tolist() == ([False] * 5 + [True] * 10 + [False] * 5) * 5
    column = painted_pattern("stripes across", 100)[:, 0]
    assert column.tolist() == row.tolist()


def test_dots_cover_the_area_of_their_circles() -> None:
    # Pi times the square of .27, of each square field.
    assert painted_pattern("dots", 250).mean() / 255 == pytest.approx(0.229, abs=0.005)
    assert painted_pattern("dots", 250)[25, 25] == 255
    assert painted_pattern("dots", 250)[0, 0] == 0


@pytest.mark.parametrize("name", list(PATTERN_SHARES))
def test_patterns_look_the_same_at_every_size(name: str) -> None:
    small, large = painted_pattern(name, 64), painted_pattern(name, 128)
    reduced = large.reshape(64, 2, 64, 2).mean(axis=(1, 3))
    assert np.abs(reduced - small).mean() < 8


def test_scenes_look_the_same_at_every_size() -> None:
    stream = SceneStream(3, "train")
    scenes = [stream.scene(index) for index in range(50)]
    small, large = paint_scenes(scenes, 64), paint_scenes(scenes, 128)
    reduced = large.reshape(50, 64, 2, 64, 2, 3).mean(axis=(2, 4))
    assert np.abs(reduced - small).mean(axis=(1, 2, 3)).max() < 6

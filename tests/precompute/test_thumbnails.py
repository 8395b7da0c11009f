from __future__ import annotations

import io

import numpy as np
from PIL import Image

from precompute.pictures import Picture, square
from precompute.study import ThumbnailPlan
from precompute.thumbnails import files_needed, sprite

PLAN = ThumbnailPlan(cell=16, columns=2, per_file=4)
RED, GREEN, BLUE = (220, 30, 30), (30, 200, 30), (30, 30, 220)


def plain(colour: tuple[int, int, int], height: int = 16, width: int = 16) -> Picture:
    return np.full((height, width, 3), colour, dtype=np.uint8)


def middle_of_cell(data: bytes, row: int, column: int) -> Picture:
    with Image.open(io.BytesIO(data)) as image:
        pixels = np.asarray(image.convert("RGB"))
    return np.asarray(pixels[row * 16 + 8, column * 16 + 8])


def test_cells_stand_row_by_row() -> None:
    data = sprite([plain(RED), plain(GREEN), plain(BLUE)], 3, PLAN)
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("WEBP", (32, 32))
    for place, colour in (((0, 0), RED), ((0, 1), GREEN), ((1, 0), BLUE), ((1, 1), (0, 0, 0))):
        np.testing.assert_allclose(middle_of_cell(data, *place), colour, atol=12)


def test_a_sheet_is_as_wide_as_its_columns_however_few_the_pictures() -> None:
    with Image.open(io.BytesIO(sprite([plain(RED)], 1, PLAN))) as image:
        assert image.size == (32, 16)


def test_pictures_of_other_sizes_are_scaled() -> None:
    data = sprite([plain(GREEN, 5, 9)], 1, PLAN)
    np.testing.assert_allclose(middle_of_cell(data, 0, 0), GREEN, atol=12)


def test_files_hold_so_many_pictures_each() -> None:
    assert files_needed(10, PLAN) == [range(4), range(4, 8), range(8, 10)]
    assert files_needed(4, PLAN) == [range(4)]


def test_a_wide_picture_is_cut_to_its_middle() -> None:
    wide = np.concatenate([plain(RED, 8, 8), plain(GREEN, 8, 8), plain(BLUE, 8, 8)], axis=1)
    np.testing.assert_array_equal(square(wide, 8)[:, 3], plain(GREEN, 8, 1)[:, 0])


def test_a_picture_of_the_right_size_is_left_as_it_is() -> None:
    picture = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    assert square(picture, 4) is picture

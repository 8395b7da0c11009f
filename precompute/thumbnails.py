"""Small pictures of a data set, many to a file."""

from __future__ import annotations

import io
from collections.abc import Iterable

import numpy as np
from PIL import Image

from precompute.pictures import Picture, square
from precompute.study import ThumbnailPlan


def files_needed(count: int, plan: ThumbnailPlan) -> list[range]:
    """Which of `count` pictures are in which file."""
    starts = range(0, count, plan.per_file)
    return [range(start, min(start + plan.per_file, count)) for start in starts]


def sprite(pictures: Iterable[Picture], count: int, plan: ThumbnailPlan) -> bytes:
    """A WebP file with `count` pictures in square cells, row by row; unused cells are black."""
    rows = -(-count // plan.columns)
    sheet = np.zeros((rows * plan.cell, plan.columns * plan.cell, 3), dtype=np.uint8)
    for index, picture in enumerate(pictures):
        row, column = divmod(index, plan.columns)
        top, left = row * plan.cell, column * plan.cell
        sheet[top : top + plan.cell, left : left + plan.cell] = square(picture, plan.cell)
    buffer = io.BytesIO()
    Image.fromarray(sheet).save(buffer, "WEBP", quality=plan.quality, method=6)
    return buffer.getvalue()

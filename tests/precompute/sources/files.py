"""Small pictures and the layouts that hold them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from precompute.sources.listed import ListedPairs

Colour = tuple[int, int, int]

RED, GREEN, BLUE = (250, 0, 0), (0, 250, 0), (0, 0, 250)

HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    "two\nlines",
    'it\'s "quoted" & 100 %',
    "..hidden, not",
    "שלום 🐶",
    " spaces ",
)


def png(colour: Colour) -> bytes:
    """A picture of one colour, 8 x 6 pixels."""
    data = io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(data, "PNG")
    return data.getvalue()


def write_png(path: Path, colour: Colour) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png(colour))
    return path


def colours_of(pairs: ListedPairs) -> list[Colour]:
    """The colour of each pair's picture, in order."""
    pictures = pairs.pictures(range(len(pairs.ids)), 4)
    assert all(picture.shape == (6, 8, 3) for picture in pictures)
    return [_colour(np.unique(picture.reshape(-1, 3), axis=0)) for picture in pictures]


def _colour(found: Iterable[Iterable[int]]) -> Colour:
    ((red, green, blue),) = found
    return int(red), int(green), int(blue)


def silent(line: str) -> None:
    """Nothing may be said."""
    raise AssertionError(line)

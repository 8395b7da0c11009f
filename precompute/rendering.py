"""Paints objects on backgrounds, at any size."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from precompute.backgrounds import Background
from precompute.concepts import Catalog, Sprite
from precompute.layouts import CANVAS, SceneObject

Pixels = NDArray[np.uint8]
_Levels = NDArray[np.uint16]
_Shares = NDArray[np.float64]

_FULL = 256
"""Weight that stands for all of a colour; a power of two, so that dividing by it is a shift."""

_SMALLEST = 2
"""Side in pixels below which the smallest objects would vanish."""

_STRIPES = 5
_DOTS = 5
_DOT_RADIUS = 0.27
_HORIZON = 0.62
_EDGE_SOFTNESS = 1.0
"""Pixels over which one colour of a pattern turns into the other."""


class Renderer:
    """Paints at one size; keeps the sprites that it has scaled, since few sizes occur."""

    def __init__(self, catalog: Catalog, size: int = CANVAS) -> None:
        """Paint pictures of ``size`` x ``size`` pixels with the drawings of ``catalog``."""
        if size < _SMALLEST:
            raise ValueError(f"pictures need a side of {_SMALLEST} pixels or more, not {size}")
        self.size = size
        self._catalog = catalog
        self._layers: dict[tuple[str, str, int], tuple[_Levels, _Levels]] = {}
        self._patterns: dict[str, tuple[_Levels, _Levels]] = {}

    def paint(self, background: Background, objects: Sequence[SceneObject]) -> Pixels:
        """Return the picture: uint8 (size, size, 3), red, green and blue."""
        canvas = self._paint_background(background)
        for item in objects:
            self._paint_object(canvas, item)
        return canvas.astype(np.uint8)

    def _paint_background(self, background: Background) -> _Levels:
        first = self._row_of(background.first[1:])
        second = self._row_of(background.second[1:])
        of_first, of_second = self._pattern(background.pattern)
        canvas: _Levels = of_first * first
        canvas += of_second * second
        canvas >>= 8
        return canvas

    def _row_of(self, colour: tuple[int, int, int]) -> _Levels:
        # A whole row of pixels, because NumPy is slow where the innermost axis has length three.
        return np.array(colour * self.size, dtype=np.uint16).reshape(self.size, 3)

    def _pattern(self, name: str) -> tuple[_Levels, _Levels]:
        """Weights of the two colours in every pixel and channel, summing to 256."""
        if name not in self._patterns:
            share = PATTERN_SHARES[name](*_pixel_centres(self.size), self.size)
            of_second = np.rint(share * _FULL).astype(np.uint16)
            of_second = np.ascontiguousarray(
                np.broadcast_to(of_second[..., None], (self.size, self.size, 3))
            )
            self._patterns[name] = (_FULL - of_second, of_second)
        return self._patterns[name]

    def _paint_object(self, canvas: _Levels, item: SceneObject) -> None:
        left, top, size = (self._pixels(length) for length in item.box)
        colour, remainder = self._layer(item.concept, item.design, size)
        region = canvas[top : top + size, left : left + size]
        region *= remainder
        region >>= 8
        region += colour

    def _pixels(self, length: int) -> int:
        return (length * self.size + CANVAS // 2) // CANVAS

    def _layer(self, concept: str, design: str, size: int) -> tuple[_Levels, _Levels]:
        key = (concept, design, size)
        if key not in self._layers:
            self._layers[key] = _scale(self._catalog.sprite(concept, design), size)
        return self._layers[key]


def _scale(sprite: Sprite, size: int) -> tuple[_Levels, _Levels]:
    """Scale a sprite to ``size`` pixels, ready for laying over a canvas.

    Returns:
        Colour times opacity (0 to 255) and what remains of the canvas (0 to 256), both uint16
        (size, size, 3); ``canvas * remainder / 256 + colour`` never exceeds 255.
    """
    image = Image.fromarray(sprite).resize((size, size), Image.Resampling.LANCZOS)
    pixels = np.asarray(image).astype(np.uint16)
    opacity = pixels[..., 3:]
    colour = pixels[..., :3] * opacity // 255
    remainder = _FULL - (opacity * _FULL + 254) // 255
    return colour, np.repeat(remainder, 3, axis=2)


def _pixel_centres(size: int) -> tuple[_Shares, _Shares]:
    """Coordinates of all pixels from 0 to 1, across and down, each (size, size)."""
    centres = (np.arange(size) + 0.5) / size
    across, down = np.meshgrid(centres, centres)
    return across, down


def _step(distance: _Shares, size: int) -> _Shares:
    """Turn a signed distance from an edge (in pictures) into a share, soft over a pixel."""
    return np.clip(distance * size / _EDGE_SOFTNESS + 0.5, 0.0, 1.0)


def _stripes(position: _Shares, size: int) -> _Shares:
    """Bands of equal width, ``_STRIPES`` of each colour over a length of one."""
    phase = position * _STRIPES % 1.0
    return _step((0.25 - np.abs(phase - 0.5)) / _STRIPES, size)


def _dots(across: _Shares, down: _Shares, size: int) -> _Shares:
    offsets = (across * _DOTS % 1.0 - 0.5, down * _DOTS % 1.0 - 0.5)
    return _step((_DOT_RADIUS - np.hypot(*offsets)) / _DOTS, size)


_PatternShare = Callable[[_Shares, _Shares, int], _Shares]

PATTERN_SHARES: dict[str, _PatternShare] = {
    "plain": lambda across, down, size: np.zeros_like(across),
    "gradient down": lambda across, down, size: down,
    "gradient across": lambda across, down, size: across,
    "horizon": lambda across, down, size: _step(down - _HORIZON, size),
    "stripes down": lambda across, down, size: _stripes(across, size),
    "stripes across": lambda across, down, size: _stripes(down, size),
    "stripes diagonal": lambda across, down, size: _stripes((across + down) / 2**0.5, size),
    "dots": _dots,
}
"""Share of the second colour in every pixel, by the name of the pattern."""

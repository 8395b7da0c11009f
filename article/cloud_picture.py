"""The static picture of a large scatter: thousands of points and lines as one small PNG.

A drawing of as many marks would weigh more than all else on the page. The picture has one colour a
layer, which can be told from both the light and the dark paper, and shows density by opacity.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from article.artifacts import Integers, Layout
from article.geometry import Floats, blocks

SIZE: Final = 720
"""Pixels of a side."""

COLOURS: Final = {
    "line": (125, 131, 141),
    "inside": (158, 104, 196),
    "outline": (112, 118, 128),
    "first": (43, 134, 197),
    "other": (194, 106, 28),
}
"""Between those of the light and of the dark page, 3 : 1 or more against the paper of both."""

_LEVELS: Final = 15
"""Steps of opacity."""

_LINE_OPACITY: Final = 0.06
_POINT_OPACITY: Final = 0.85
_STAMP: Final = np.array([[0.25, 0.75, 0.25], [0.75, 1.0, 0.75], [0.25, 0.75, 0.25]])
"""Coverage of the pixels around the middle of a point."""


@dataclass(frozen=True)
class Layer:
    """What is drawn in one colour: its opacity at each pixel (SIZE, SIZE)."""

    colour: str
    opacity: Floats


def cloud_png(
    layout: Layout, x_range: Sequence[float], y_range: Sequence[float], lines: str, outlines: bool
) -> bytes:
    """A layout within ranges that are equally long; `lines` as the state of the figure names them.

    Lines lie lowest, then points, then outlines; a pixel shows the uppermost layer that covers it.
    """
    low = np.array([x_range[0], y_range[0]])
    length = x_range[1] - x_range[0]
    places = (layout.coordinates - low) / length * SIZE
    places[:, 1] = SIZE - places[:, 1]
    layers = [*_line_layers(layout, places, lines), *_point_layers(layout, places)]
    if outlines:
        layers.append(_outlines(places, layout.clusters))
    return _png(layers)


def pairs_inside(layout: Layout) -> npt.NDArray[np.bool_]:
    """Whether all items of a pair (n,) lie in one visible cluster."""
    rows = blocks(layout.counts)
    first = layout.clusters[rows[0]]
    others = [layout.clusters[row] for row in rows[1:]]
    return np.asarray((first >= 0) & np.all([first == other for other in others], axis=0))


def _line_layers(layout: Layout, places: Floats, lines: str) -> list[Layer]:
    if layout.points == "pairs" or lines == "none":
        return []
    inside = pairs_inside(layout)
    if lines == "plain":
        return [_lines("line", layout, places, np.ones_like(inside))]
    shown = {"coloured": ("between", "inside")}.get(lines, (lines,))
    chosen = {"between": ("line", ~inside), "inside": ("inside", inside)}
    return [_lines(chosen[name][0], layout, places, chosen[name][1]) for name in shown]


def _lines(colour: str, layout: Layout, places: Floats, chosen: npt.NDArray[np.bool_]) -> Layer:
    """The lines of the chosen pairs, from modality to modality."""
    ends = [places[row][chosen] for row in blocks(layout.counts)]
    counts = line_counts(np.concatenate(ends[:-1]), np.concatenate(ends[1:]))
    return Layer(colour, 1 - (1 - _LINE_OPACITY) ** counts)


def line_counts(starts: Floats, ends: Floats) -> Floats:
    """How many lines from (k, 2) to (k, 2) pass each pixel (SIZE, SIZE)."""
    steps = np.ceil(np.abs(ends - starts).max(axis=1)).astype(int) + 1
    line = np.repeat(np.arange(len(steps)), steps)
    first = np.repeat(np.cumsum(steps) - steps, steps)
    share = (np.arange(len(line)) - first) / np.maximum(np.repeat(steps, steps) - 1, 1)
    return _counts(starts[line] + share[:, None] * (ends - starts)[line])


def _counts(places: Floats) -> Floats:
    """How many places (k, 2), across and down, lie in each pixel; those outside are left out."""
    pixels = np.floor(places).astype(int)
    pixels = pixels[((pixels >= 0) & (pixels < SIZE)).all(axis=1)]
    flat = np.bincount(pixels[:, 1] * SIZE + pixels[:, 0], minlength=SIZE * SIZE)
    return flat.reshape(SIZE, SIZE).astype(float)


def _point_layers(layout: Layout, places: Floats) -> list[Layer]:
    """A layer for the first modality, or for the pairs, and one for all others."""
    if layout.points == "pairs":
        return [_points("first", places)]
    count = layout.counts[0]
    first, other = _points("first", places[:count]), _points("other", places[count:])
    most = np.maximum(first.opacity, other.opacity)
    return [_where(first, first.opacity == most), _where(other, first.opacity < most)]


def _where(layer: Layer, shown: npt.NDArray[np.bool_]) -> Layer:
    return Layer(layer.colour, layer.opacity * shown)


def _points(colour: str, places: Floats) -> Layer:
    counts = np.pad(_counts(places), 1)
    covered = sum(
        weight * counts[row : row + SIZE, column : column + SIZE]
        for (row, column), weight in np.ndenumerate(_STAMP)
    )
    return Layer(colour, 1 - (1 - _POINT_OPACITY) ** np.asarray(covered))


def _outlines(places: Floats, clusters: Integers) -> Layer:
    """The hull of every cluster."""
    hulls = [convex_hull(places[clusters == cluster]) for cluster in range(clusters.max() + 1)]
    starts = np.concatenate([np.empty((0, 2)), *hulls])
    ends = np.concatenate([np.empty((0, 2)), *(np.roll(hull, -1, axis=0) for hull in hulls)])
    return Layer("outline", np.minimum(line_counts(starts, ends), 1))


def convex_hull(points: Floats) -> Floats:
    """Corners (k, 2) of the convex hull, one after the other (monotone chain, Andrew 1979)."""
    ordered = [tuple(point) for point in np.unique(points, axis=0).tolist()]
    return np.array([*_chain(ordered)[:-1], *_chain(ordered[::-1])[:-1]] or ordered)


def _chain(ordered: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]]:
    """Corners from the first point to the last, turning one way only."""
    chain: list[tuple[float, ...]] = []
    for point in ordered:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _turn(a: Sequence[float], b: Sequence[float], c: Sequence[float]) -> float:
    """Above zero where the way from a over b to c turns left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _png(layers: Sequence[Layer]) -> bytes:
    """A picture with a palette: entry 0 is clear, then each layer's steps of opacity."""
    index = np.zeros((SIZE, SIZE), dtype=np.uint8)
    palette, opacity = [0, 0, 0], [0]
    for layer in layers:
        level = np.rint(layer.opacity * _LEVELS).astype(np.uint8)
        index = np.where(level > 0, np.uint8(len(opacity) - 1) + level, index).astype(np.uint8)
        palette += _LEVELS * COLOURS[layer.colour]
        opacity += [round(255 * step / _LEVELS) for step in range(1, _LEVELS + 1)]
    picture = Image.fromarray(index, mode=None).convert("L")
    picture.putpalette(palette)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True, transparency=bytes(opacity))
    return buffer.getvalue()

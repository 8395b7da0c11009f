"""What stands at the axes of a matrix of similarities, and of a projection."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from article import geometry, pictures
from article.pictures import Label, View
from article.study import SpaceStates

PROJECTION_TITLES: Final = {
    "pca": ("first principal component", "second principal component"),
    "tsne": ("t-SNE 1", "t-SNE 2"),
    "umap": ("UMAP 1", "UMAP 2"),
}
"""Titles of both axes of the plane, by projection."""


def modality_ticks(space: SpaceStates) -> tuple[Label, ...]:
    """The name of each modality in the middle of its rows."""
    total = len(space.space.similarity)
    rows = geometry.blocks(space.space.counts)
    return tuple(
        Label(name, round((row.start + row.stop) / 2 / total, 4), name)
        for name, row in zip(space.space.modalities, rows, strict=True)
    )


def component_ticks(extent: float) -> tuple[Label, ...]:
    """Three round numbers on an axis from `-extent` to `extent`."""
    end = 0.5 if extent > 0.5 else 0.25
    return tuple(
        Label(pictures.number(value), round((1 + value / extent) / 2, 4))
        for value in (-end, 0, end)
        if abs(value) <= extent
    )


def scatter_view(
    states: SpaceStates, projection: str, share: float, extent: float, titles: tuple[str, str]
) -> View:
    """Items in the plane at a share of the gap, in a square of half the side `extent`."""
    drawing = pictures.scatter_svg(
        states.coordinates(projection, share),
        states.space.modalities,
        states.space.counts,
        states.centre(projection),
        extent,
    )
    ticks = component_ticks(extent) if projection == "pca" else ()
    upside_down = tuple(replace(tick, at=round(1 - tick.at, 4)) for tick in ticks)
    return View("scatter", ticks, upside_down, *titles, svg=drawing, legend=states.space.modalities)

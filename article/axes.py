"""What stands at the axes of a matrix of similarities, and of a projection."""

from __future__ import annotations

from typing import Final

from article import geometry, pictures
from article.pictures import Label
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

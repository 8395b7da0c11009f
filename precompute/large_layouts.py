"""Layouts of thousands of items in the plane, from their vectors.

Neighbours are exact (Euclidean distance of vectors of length 1), so that a layout depends on its
seed and on nothing else that is drawn. A layout is started from PCA, that of the closed gap from
the one as trained, so that items can be followed from one to the other. t-SNE is not offered: at
this size it takes many times as long as UMAP.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from article.artifacts import Points
from article.errors import GeometryError
from precompute.measures import CHUNK_ROWS, Pairs, close_gap
from precompute.study import MODALITIES, LayoutPlan

if TYPE_CHECKING:
    from umap import UMAP

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]

ALL: Final = "all"
_FIRST, _SECOND = MODALITIES


@dataclass(frozen=True)
class LayoutKind:
    """A layout that can be asked for: what readers call it, and how it comes about.

    It is made from all of its `points`, or from the modality `fit`, the other being brought into
    it afterwards. `share` of the gap is closed before; it is started from PCA, or from `start`.
    """

    title: str
    method: str
    share: float = 0.0
    fit: str = ALL
    points: Points = "items"
    start: str | None = None


KINDS: Final[Mapping[str, LayoutKind]] = {
    "pca": LayoutKind("PCA, as trained", "pca"),
    "pca-closed": LayoutKind("PCA, gap closed", "pca", share=1),
    "umap": LayoutKind("UMAP, as trained", "umap"),
    "umap-closed": LayoutKind("UMAP, gap closed", "umap", share=1, start="umap"),
    "umap-of-texts": LayoutKind("UMAP of texts, images brought in", "umap", fit=_SECOND),
    "umap-of-images": LayoutKind("UMAP of images, texts brought in", "umap", fit=_FIRST),
    "umap-of-pairs": LayoutKind("UMAP of pairs, joined", "umap", points="pairs"),
}


def lay_out(kind: LayoutKind, pairs: Pairs, plan: LayoutPlan, start: Floats | None) -> Floats:
    """Coordinates (M, 2) of a layout; `start` is that of the kind's start, if it has one."""
    moved = close_gap(pairs, kind.share) if kind.share else pairs
    if kind.points == "pairs":
        return _of_all(kind, joined(moved), plan, start)
    if kind.fit == ALL:
        return _of_all(kind, np.concatenate(moved), plan, start)
    fitted, brought = (moved.x, moved.y) if kind.fit == _FIRST else (moved.y, moved.x)
    base, added = umap_of_one(fitted, brought, plan)
    return np.concatenate((base, added) if kind.fit == _FIRST else (added, base))


def _of_all(kind: LayoutKind, vectors: Floats, plan: LayoutPlan, start: Floats | None) -> Floats:
    if kind.method == "pca":
        return principal_components(vectors)
    return umap(vectors, principal_components(vectors) if start is None else start, plan)


def parameters_of(kind: LayoutKind, plan: LayoutPlan) -> dict[str, Any]:
    """What a layout's method takes besides the vectors, for readers."""
    if kind.method == "pca":
        return {}
    return {
        "neighbours": plan.neighbours,
        "minimum_distance": plan.minimum_distance,
        "epochs": plan.epochs,
        "seed": plan.seed,
    }


def joined(pairs: Pairs) -> Floats:
    """Both vectors of each pair as one (n, 2d) of length 1: cosines are means of both cosines."""
    return np.asarray(np.concatenate(pairs, axis=1) / np.sqrt(2))


def principal_components(vectors: Floats) -> Floats:
    """Coordinates (N, 2) on the first principal components.

    Each axis points to where its coordinate of largest magnitude is positive.
    """
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    coordinates = centred @ axes[:, :-3:-1]
    peaks = coordinates[np.abs(coordinates).argmax(axis=0), [0, 1]]
    return np.asarray(coordinates * np.where(peaks < 0, -1, 1))


def nearest(queries: Floats, among: Floats, count: int) -> tuple[Integers, Floats]:
    """Indices and distances (n, count) of the nearest of `among` (N, d), the nearest first.

    Vectors have length 1. Raises `GeometryError` where there are too few of them.
    """
    if count > len(among):
        raise GeometryError(f"{count} neighbours are asked for among {len(among)} items")
    found = [
        _nearest_rows(queries[start : start + CHUNK_ROWS], among, count)
        for start in range(0, len(queries), CHUNK_ROWS)
    ]
    indices, similarities = (np.concatenate(part) for part in zip(*found, strict=True))
    return indices, np.sqrt((2 - 2 * similarities).clip(0))


def _nearest_rows(queries: Floats, among: Floats, count: int) -> tuple[Integers, Floats]:
    similarity = queries @ among.T
    some = np.argpartition(-similarity, count - 1, axis=1)[:, :count]
    values = np.take_along_axis(similarity, some, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1), np.take_along_axis(values, order, axis=1)


def umap(vectors: Floats, start: Floats, plan: LayoutPlan) -> Floats:
    """UMAP (McInnes et al. 2018) of vectors (N, d) from a start (N, 2), at any scale."""
    return np.asarray(_fitted(vectors, start, plan).embedding_, dtype=np.float64)


def umap_of_one(fitted: Floats, brought: Floats, plan: LayoutPlan) -> tuple[Floats, Floats]:
    """UMAP of the first vectors (n, d), and where the others (m, d) belong in it.

    The others are placed among their neighbours in the first, and moved while those stay.
    """
    estimator = _fitted(fitted, principal_components(fitted), plan)
    # A fit from given neighbours leaves none to search for new ones in.
    estimator._knn_search_index = _ExactIndex(fitted)
    added = estimator.transform(brought)
    return np.asarray(estimator.embedding_, dtype=np.float64), np.asarray(added, dtype=np.float64)


@dataclass(frozen=True)
class _ExactIndex:
    """Answers like the approximate index that UMAP searches with."""

    vectors: Floats
    _angular_trees: bool = False

    def query(
        self, queries: Floats, count: int, epsilon: float
    ) -> tuple[npt.NDArray[np.int32], Floats]:
        """Indices and distances (n, count) of the nearest vectors."""
        indices, distances = nearest(queries.astype(np.float64), self.vectors, count)
        return indices.astype(np.int32), distances


def _fitted(vectors: Floats, start: Floats, plan: LayoutPlan) -> UMAP:
    indices, distances = nearest(vectors, vectors, plan.neighbours)
    with warnings.catch_warnings():
        # Its own imports; and that neighbours alone allow no search, and seeds no second thread.
        warnings.simplefilter("ignore")
        from umap import UMAP

        estimator = UMAP(
            init=start,
            n_neighbors=plan.neighbours,
            min_dist=plan.minimum_distance,
            n_epochs=plan.epochs,
            random_state=plan.seed,
            n_jobs=1,
            precomputed_knn=(indices.astype(np.int32), distances.astype(np.float32)),
        )
        return estimator.fit(vectors)

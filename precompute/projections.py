"""Layouts of items in the plane, from the matrix of their similarities.

PCA is exact. t-SNE and UMAP read Euclidean distances of unit vectors. Layouts are computed one
after the other as more of the gap is closed, each started from the one before, so that an item can
be followed from one to the next; the first starts from PCA (Kobak and Linderman 2021).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from article import geometry
from article.artifacts import Projection
from article.errors import GeometryError
from precompute.study import ProjectionPlan

Floats: TypeAlias = npt.NDArray[np.float64]
Parameters: TypeAlias = dict[str, Any]
Layout: TypeAlias = Callable[[Floats, Floats, Parameters], Floats]

SMALLEST_ITEMS: Final = 4
"""t-SNE and UMAP need three neighbours."""

_TSNE_START: Final = 1e-4
"""Standard deviation of a start's first axis: t-SNE grows a layout, and needs it small."""


def project(
    method: str, similarity: Floats, counts: Sequence[int], plan: ProjectionPlan
) -> tuple[Projection, ...]:
    """Layouts (N, 2) of N items by one method, at each share of the gap that the plan closes."""
    parameters = parameters_of(method, len(similarity), plan)
    layouts: list[Projection] = []
    for share in plan.shares:
        moved = geometry.close_gap(similarity, counts, share) if share else similarity
        if method == "pca":
            coordinates = geometry.principal_components(moved)
        else:
            start = layouts[-1].coordinates if layouts else geometry.principal_components(moved)
            coordinates = _ITERATIVE[method](moved, start, parameters)
        layouts.append(Projection(method, share, coordinates, parameters))
    return tuple(layouts)


def parameters_of(method: str, count: int, plan: ProjectionPlan) -> Parameters:
    """The parameters that a method takes for N items; neighbourhoods shrink with small N.

    Raises:
        GeometryError: too few items to have neighbourhoods.
    """
    if method == "pca":
        return {}
    if count < SMALLEST_ITEMS:
        raise GeometryError(f"{method} needs {SMALLEST_ITEMS} items, not {count}")
    if method == "tsne":
        return {"perplexity": min(plan.perplexity, (count - 1) / 3), "seed": plan.seed}
    return {
        "neighbours": min(plan.neighbours, count - 1),
        "minimum_distance": plan.minimum_distance,
        "seed": plan.seed,
    }


def tsne(similarity: Floats, start: Floats, parameters: Mapping[str, Any]) -> Floats:
    """t-SNE (van der Maaten and Hinton 2008) from a start (N, 2), at any scale."""
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    spread = float(start[:, 0].std()) or 1.0
    estimator = TSNE(
        metric="precomputed",
        init=start / spread * _TSNE_START,
        perplexity=parameters["perplexity"],
        learning_rate="auto",
        random_state=parameters["seed"],
        n_jobs=1,
    )
    # A few hundred items have no work for a second thread. With one, every step ends in a barrier,
    # and beside other programs a layout takes minutes instead of a second.
    with threadpool_limits(limits=1):
        layout = estimator.fit_transform(geometry.euclidean_distance(similarity))
    return np.asarray(layout, dtype=np.float64)


def umap(similarity: Floats, start: Floats, parameters: Mapping[str, Any]) -> Floats:
    """UMAP (McInnes et al. 2018) from a start (N, 2), at any scale."""
    with warnings.catch_warnings():
        # Its own imports, and what it says of every precomputed metric.
        warnings.simplefilter("ignore")
        from umap import UMAP

        estimator = UMAP(
            metric="precomputed",
            init=start,
            n_neighbors=parameters["neighbours"],
            min_dist=parameters["minimum_distance"],
            random_state=parameters["seed"],
            n_jobs=1,
        )
        layout = estimator.fit_transform(geometry.euclidean_distance(similarity))
    return np.asarray(layout, dtype=np.float64)


_ITERATIVE: Final[Mapping[str, Layout]] = {"tsne": tsne, "umap": umap}

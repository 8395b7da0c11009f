"""Which lines between the two items of a pair stay inside a cluster of a layout.

A layout of thousands of pairs shows clusters, and lines that cross between them. How many lines
stay inside says how far a layout keeps pairs together; but a layout with few clusters keeps many
of them whatever it does, so the share that is to be expected by chance stands beside it.

Two clusterings: HDBSCAN finds those that are visible, as many as there are, and leaves points
between them out; k-means cuts every layout into the same number, so that layouts with different
numbers of visible clusters can be compared.

Visible are the leaves of HDBSCAN's tree: the densest spots that no smaller ones lie in. Its usual
choice, by excess of mass, takes nearly all of such a layout for one cluster, and flips to dozens as
parameters change a little. The smallest cluster of 50 points is half a percent of 10,000.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from article.artifacts import PairLines
from precompute.study import LayoutPlan

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]

VISIBLE: Final = "hdbscan"
EQUALLY_MANY: Final = "kmeans"
OUTSIDE: Final = -1

_STARTS: Final = 4


def visible_clusters(points: Floats, plan: LayoutPlan) -> Integers:
    """Cluster of each point (M, 2), a leaf of HDBSCAN (Campello et al. 2013), or -1 for none.

    Numbered by size, the largest 0.
    """
    from sklearn.cluster import HDBSCAN

    estimator = HDBSCAN(
        min_cluster_size=min(plan.smallest_cluster, len(points)),
        min_samples=min(plan.density_neighbours, len(points)),
        cluster_selection_method="leaf",
        copy=True,
    )
    return by_size(estimator.fit_predict(points))


def equally_many_clusters(points: Floats, plan: LayoutPlan) -> Integers:
    """Cluster of each point (M, d) by k-means (Lloyd 1982), numbered by size, the largest 0."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    count = min(plan.kmeans_clusters, len(points))
    with threadpool_limits(limits=1):  # sums in an order of its own with every number of threads
        estimator = KMeans(count, n_init=_STARTS, random_state=plan.seed)
        return by_size(estimator.fit_predict(points))


def by_size(labels: npt.NDArray[np.integer]) -> Integers:
    """Labels numbered anew, the largest cluster 0; -1 stays."""
    sizes = np.bincount(labels[labels >= 0])
    place = np.empty(len(sizes) + 1, dtype=np.int64)
    place[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    place[-1] = OUTSIDE
    return np.asarray(place[labels])


def pair_lines(rule: str, clusters: Integers) -> PairLines:
    """What becomes of the lines of n pairs, from the clusters (2n,) of their items.

    Expected is the sum over clusters c of a_c b_c / n^2, with a_c and b_c of the first and of the
    second items in c: the mean over all ways to deal out the second items to the first.
    """
    first, second = np.split(clusters, 2)
    count, n = int(clusters.max()) + 1, len(first)
    inside = [np.bincount(side[side != OUTSIDE], minlength=count) for side in (first, second)]
    return PairLines(
        rule=rule,
        clusters=count,
        outside=float((clusters == OUTSIDE).mean()),
        kept=float(((first == second) & (first != OUTSIDE)).mean()),
        expected=float(inside[0] @ inside[1]) / n**2,
    )

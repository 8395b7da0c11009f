from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from precompute.pair_lines import (
    OUTSIDE,
    by_size,
    equally_many_clusters,
    pair_lines,
    visible_clusters,
)
from precompute.study import LayoutPlan


def test_a_line_is_kept_where_both_ends_are_in_one_cluster() -> None:
    # Pairs: both in 0; 0 and 1; both in 1; one outside; both outside, which is no cluster.
    lines = pair_lines("any", np.array([0, 0, 1, 0, -1, 0, 1, 1, -1, -1]))
    assert (lines.rule, lines.clusters) == ("any", 2)
    assert lines.outside == 3 / 10
    assert lines.kept == 2 / 5
    # Images in 0: 3, in 1: 1; texts in 0: 1, in 1: 2. By chance 3 * 1 + 1 * 2 of 25.
    assert lines.expected == 5 / 25
    assert lines.adjusted == pytest.approx((2 / 5 - 1 / 5) / (4 / 5))


def test_modalities_apart_keep_no_line_and_expect_none() -> None:
    lines = pair_lines("any", np.array([0, 0, 0, 1, 1, 1]))
    assert (lines.kept, lines.expected, lines.adjusted) == (0, 0, 0)


def test_one_cluster_keeps_all_and_says_nothing() -> None:
    lines = pair_lines("any", np.zeros(6, dtype=np.int64))
    assert (lines.clusters, lines.kept, lines.expected, lines.adjusted) == (1, 1, 1, None)


def test_no_cluster_keeps_nothing() -> None:
    lines = pair_lines("any", np.full(6, OUTSIDE))
    assert (lines.clusters, lines.outside, lines.kept, lines.expected) == (0, 1, 0, 0)


def test_the_expectation_is_the_mean_over_all_ways_to_deal_out_texts() -> None:
    images, texts = np.array([0, 0, 1, -1, 2]), np.array([0, 1, 1, 2, -1])
    dealt = [pair_lines("any", np.array([*images, *order])).kept for order in permutations(texts)]
    assert pair_lines("any", np.array([*images, *texts])).expected == pytest.approx(np.mean(dealt))


def test_clusters_are_numbered_by_size_and_none_stays_none() -> None:
    assert by_size(np.array([2, 0, 2, -1, 1, 2, 1])).tolist() == [0, 2, 0, -1, 1, 0, 1]
    assert by_size(np.array([-1, -1])).tolist() == [-1, -1]


def heaps() -> np.ndarray:
    """Heaps of 60, 40 and 8 points, and two points far from all."""
    rng = np.random.default_rng(0)
    middles = np.repeat([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]], [60, 40, 8], axis=0)
    return np.concatenate([middles + 0.3 * rng.normal(size=(108, 2)), [[40, 40], [-40, 30]]])


def test_visible_clusters_are_the_heaps_that_are_large_enough() -> None:
    found = visible_clusters(heaps(), LayoutPlan(smallest_cluster=30))
    assert set(found[:60]) <= {0, OUTSIDE}
    assert set(found[60:100]) <= {1, OUTSIDE}
    assert (np.bincount(found[found >= 0]) > [50, 30]).all()
    assert found[100:].tolist() == [OUTSIDE] * 10
    small = visible_clusters(heaps(), LayoutPlan(smallest_cluster=5, density_neighbours=3))
    assert len(set(small[100:108])) == 1
    assert small[100] not in (OUTSIDE, *small[:100])


def test_k_means_leaves_no_point_out_and_is_the_same_each_time() -> None:
    plan = LayoutPlan(kmeans_clusters=3)
    found = equally_many_clusters(heaps()[:108], plan)
    assert found.tolist() == [0] * 60 + [1] * 40 + [2] * 8
    np.testing.assert_array_equal(found, equally_many_clusters(heaps()[:108], plan))


def test_there_are_no_more_clusters_than_points() -> None:
    assert sorted(equally_many_clusters(heaps()[:3], LayoutPlan())) == [0, 1, 2]
    assert visible_clusters(heaps()[:3], LayoutPlan()).shape == (3,)

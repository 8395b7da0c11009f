from __future__ import annotations

import numpy as np
import pytest

from article import geometry
from article.errors import GeometryError
from precompute import large_layouts, measures
from precompute.large_layouts import KINDS, joined, lay_out, nearest, parameters_of
from precompute.measures import Pairs
from precompute.study import LAYOUTS, LayoutPlan

PLAN = LayoutPlan(neighbours=5, epochs=30)
HEAPS = 3


def heaps(seed: int = 0, each: int = 12) -> Pairs:
    """Pairs in three heaps, images and texts apart along one axis."""
    rng = np.random.default_rng(seed)
    middles = np.repeat(np.eye(HEAPS, 8), each, axis=0)
    images, texts = (middles + 0.05 * rng.normal(size=middles.shape) for _ in range(2))
    images[:, -1] -= 1
    texts[:, -1] += 1
    return measures.unit_pairs(images, texts)


def heaps_apart(coordinates: np.ndarray) -> bool:
    """Whether points of one heap are nearer to its middle than to those of the others."""
    labels = np.arange(len(coordinates)) % (HEAPS * 12) // 12
    middles = np.stack([coordinates[labels == heap].mean(axis=0) for heap in range(HEAPS)])
    distances = np.linalg.norm(coordinates[:, None] - middles, axis=2)
    return bool((distances.argmin(axis=1) == labels).all())


def test_every_layout_that_can_be_asked_for_is_there() -> None:
    assert tuple(KINDS) == LAYOUTS
    assert all(kind.start in (None, *LAYOUTS) for kind in KINDS.values())


def test_nearest_are_those_of_all_distances() -> None:
    rng = np.random.default_rng(3)
    among, queries = (geometry.normalise(rng.normal(size=(n, 6))) for n in (700, 530))
    indices, distances = nearest(queries, among, 4)
    every = np.linalg.norm(queries[:, None] - among, axis=2)
    np.testing.assert_array_equal(indices, np.argsort(every, axis=1)[:, :4])
    np.testing.assert_allclose(distances, np.sort(every, axis=1)[:, :4], atol=1e-7)


def test_the_nearest_of_all_to_an_item_is_itself() -> None:
    vectors = np.concatenate(heaps())
    indices, distances = nearest(vectors, vectors, 2)
    assert indices[:, 0].tolist() == list(range(len(vectors)))
    np.testing.assert_allclose(distances[:, 0], 0, atol=1e-7)


def test_more_neighbours_than_items_are_refused() -> None:
    with pytest.raises(GeometryError, match="5 neighbours are asked for among 3 items"):
        nearest(np.eye(3), np.eye(3), 5)


def test_principal_components_are_those_of_the_similarity_matrix() -> None:
    pairs = heaps(1)
    expected = geometry.principal_components(geometry.similarity_matrix(pairs.x, pairs.y))
    found = lay_out(KINDS["pca"], pairs, PLAN, None)
    np.testing.assert_allclose(found, expected, atol=1e-9)
    closed = geometry.close_gap(geometry.similarity_matrix(pairs.x, pairs.y), (36, 36))
    found = lay_out(KINDS["pca-closed"], pairs, PLAN, None)
    np.testing.assert_allclose(found, geometry.principal_components(closed), atol=1e-9)


def test_joined_pairs_have_the_mean_of_both_cosines() -> None:
    pairs = heaps(2)
    both = joined(pairs)
    np.testing.assert_allclose(
        both @ both.T, (pairs.x @ pairs.x.T + pairs.y @ pairs.y.T) / 2, atol=1e-12
    )


def test_umap_as_trained_keeps_modalities_and_heaps_apart() -> None:
    made = lay_out(KINDS["umap"], heaps(), PLAN, None)
    assert made.shape == (72, 2)
    assert heaps_apart(made[:36])
    assert heaps_apart(made[36:])
    images, texts = made[:36], made[36:]
    within = max(
        np.linalg.norm(side - side.mean(axis=0), axis=1).mean() for side in (images, texts)
    )
    assert np.linalg.norm(images.mean(axis=0) - texts.mean(axis=0)) > within


def test_umap_of_the_closed_gap_has_both_modalities_in_a_heap() -> None:
    start = lay_out(KINDS["umap"], heaps(), PLAN, None)
    made = lay_out(KINDS["umap-closed"], heaps(), PLAN, start)
    assert heaps_apart(made)


@pytest.mark.parametrize("name", ["umap-of-texts", "umap-of-images"])
def test_the_other_modality_is_brought_to_its_neighbours(name: str) -> None:
    pairs = heaps()
    closed = measures.close_gap(pairs, 1)
    made = lay_out(KINDS[name], closed, PLAN, None)
    assert made.shape == (72, 2)
    assert heaps_apart(made)
    fitted = closed.y if name == "umap-of-texts" else closed.x
    alone, _ = large_layouts.umap_of_one(fitted, fitted[:1], PLAN)
    own = made[36:] if name == "umap-of-texts" else made[:36]
    # What is brought in moves nothing of what was there.
    np.testing.assert_array_equal(own, alone)


def test_pairs_are_points_of_their_own() -> None:
    made = lay_out(KINDS["umap-of-pairs"], heaps(), PLAN, None)
    assert made.shape == (36, 2)
    assert heaps_apart(made)


@pytest.mark.parametrize("name", ["umap", "umap-of-texts", "umap-of-pairs"])
def test_a_layout_is_the_same_each_time(name: str) -> None:
    first, second = (lay_out(KINDS[name], heaps(), PLAN, None) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    other = lay_out(KINDS[name], heaps(), LayoutPlan(neighbours=5, epochs=30, seed=1), None)
    assert np.abs(first - other).max() > 0.01


def test_readers_are_told_what_decided_a_layout() -> None:
    assert parameters_of(KINDS["pca"], PLAN) == {}
    assert parameters_of(KINDS["umap"], PLAN) == {
        "neighbours": 5,
        "minimum_distance": 0.1,
        "epochs": 30,
        "seed": 0,
    }

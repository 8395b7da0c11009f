from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from article import geometry
from article.errors import GeometryError
from precompute import projections
from precompute.projections import Floats, parameters_of, project
from precompute.study import ProjectionPlan

COUNTS = (12, 12)
PLAN = ProjectionPlan(perplexity=5, neighbours=5)


def two_groups() -> Floats:
    """Twelve pairs around two directions, and a gap between the modalities."""
    draw = np.random.default_rng(0)
    centres = np.repeat(3 * np.eye(8)[:2], 6, axis=0)
    gap = np.eye(8)[7]
    images, texts = (centres + 0.3 * draw.normal(size=(12, 8)) + side * gap for side in (1, -1))
    return geometry.similarity_matrix(images, texts)


def share_of_near_in_group(coordinates: Floats) -> float:
    """How many items have one of the same group next to them."""
    groups = np.tile(np.repeat([0, 1], 6), 2)
    distances = np.linalg.norm(coordinates[:, None] - coordinates[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    return float((groups[distances.argmin(axis=1)] == groups).mean())


def test_pca_is_exact_at_both_ends() -> None:
    similarity = two_groups()
    trained, closed = project("pca", similarity, COUNTS, PLAN)
    np.testing.assert_array_equal(trained.coordinates, geometry.principal_components(similarity))
    np.testing.assert_array_equal(
        closed.coordinates,
        geometry.principal_components(geometry.close_gap(similarity, COUNTS, 1)),
    )
    assert (trained.share, closed.share, closed.parameters) == (0, 1, {})


def test_each_layout_starts_from_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    starts: list[Floats] = []

    def layout(similarity: Floats, start: Floats, parameters: Mapping[str, Any]) -> Floats:
        starts.append(start)
        return start + 1

    monkeypatch.setattr(projections, "_ITERATIVE", {"tsne": layout})
    similarity = two_groups()
    trained, closed = project("tsne", similarity, COUNTS, PLAN)
    np.testing.assert_array_equal(starts[0], geometry.principal_components(similarity))
    np.testing.assert_array_equal(starts[1], trained.coordinates)
    np.testing.assert_array_equal(closed.coordinates, trained.coordinates + 1)


@pytest.mark.parametrize("method", ["tsne", pytest.param("umap", marks=pytest.mark.slow)])
def test_layouts_keep_groups_together_and_come_out_the_same(method: str) -> None:
    similarity = two_groups()
    first, again = (project(method, similarity, COUNTS, PLAN) for _ in range(2))
    for layout, same in zip(first, again, strict=True):
        np.testing.assert_array_equal(layout.coordinates, same.coordinates)
        assert layout.coordinates.shape == (24, 2)
        assert share_of_near_in_group(layout.coordinates) == 1


def test_tsne_takes_a_start_of_any_scale() -> None:
    similarity = two_groups()
    start = geometry.principal_components(similarity)
    parameters = parameters_of("tsne", 24, PLAN)
    first = projections.tsne(similarity, start, parameters)
    again = projections.tsne(similarity, 1024 * start, parameters)
    np.testing.assert_allclose(first, again, atol=1e-3 * np.abs(first).max())


def test_neighbourhoods_shrink_with_few_items() -> None:
    plan = ProjectionPlan()
    assert parameters_of("tsne", 200, plan)["perplexity"] == 30
    assert parameters_of("tsne", 25, plan)["perplexity"] == 8
    assert parameters_of("umap", 200, plan)["neighbours"] == 15
    assert parameters_of("umap", 10, plan)["neighbours"] == 9


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_too_few_items_are_refused(method: str) -> None:
    with pytest.raises(GeometryError, match=f"{method} needs 4 items, not 2"):
        parameters_of(method, 2, ProjectionPlan())


@pytest.mark.slow
@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_two_pairs_can_be_laid_out(method: str) -> None:
    similarity = geometry.similarity_matrix(np.eye(3)[:2], np.eye(3)[1:])
    for layout in project(method, similarity, (2, 2), ProjectionPlan()):
        assert np.isfinite(layout.coordinates).all()

"""Geometry from the similarity matrix: values worked out by hand, then against the vectors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from article import geometry
from article.errors import GeometryError
from article.geometry import Floats

# A rectangle: images on the right side, texts on the left, pairs opposite each other.
RECTANGLE = ([[0.6, 0.8], [0.6, -0.8]], [[-0.6, 0.8], [-0.6, -0.8]])
PAIRS = (2, 2)


@pytest.fixture
def rectangle() -> Floats:
    return geometry.similarity_matrix(*RECTANGLE)


# -- the matrix --------------------------------------------------------------------------------


def test_similarity_is_the_cosine_whatever_the_lengths() -> None:
    similarity = geometry.similarity_matrix([[3, 4]], [[0, 2]], [[-1e-200, 0]])
    np.testing.assert_allclose(similarity, [[1, 0.8, -0.6], [0.8, 1, 0], [-0.6, 0, 1]], atol=1e-15)


def test_very_long_and_very_short_vectors_have_a_direction() -> None:
    np.testing.assert_allclose(
        geometry.normalise([[3e200, 4e200], [3e-320, 4e-320]]), [[0.6, 0.8]] * 2, rtol=1e-4
    )


@pytest.mark.parametrize(
    ("embeddings", "message"),
    [
        (([[1, 0], [0, 0]], [[1, 0]]), "modality 0: row 1 is a zero vector"),
        (([[1, 0]], [[1, 0], [math.nan, 1]]), "modality 1: row 1 has a value that is not finite"),
        (([[1, 0]], [[math.inf, 1]]), "modality 1: row 0 has a value that is not finite"),
        (([[1, 0]], [[1, 0, 0]]), r"vectors of different length: \[2, 3\]"),
        (([1, 0], [[1, 0]]), "modality 0: expected an array"),
        ((np.empty((0, 2)), [[1, 0]]), "modality 0: expected an array"),
    ],
)
def test_vectors_without_a_direction_are_named(embeddings: Any, message: str) -> None:
    with pytest.raises(GeometryError, match=message):
        geometry.similarity_matrix(*embeddings)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1.0, 0.5, 0.1], [0.5, 1.0, 0.2]], r"square, not \(2, 3\)"),
        ([[1.0, math.nan], [math.nan, 1.0]], "items 0 and 1 is not a finite number"),
        ([[1.0, 1.1], [1.1, 1.0]], "items 0 and 1 lies outside of -1 and 1"),
        ([[1.0, 0.5], [0.4, 1.0]], "items 0 and 1 differs from the one the other way round"),
        ([[1.0, 0.5], [0.5, 0.9]], "items 1 and 1 is not 1"),
    ],
)
def test_what_is_no_similarity_matrix_is_refused(matrix: Any, message: str) -> None:
    with pytest.raises(GeometryError, match=message):
        geometry.check_similarity(np.array(matrix))


def test_counts_must_fit_the_matrix(rectangle: Floats) -> None:
    with pytest.raises(GeometryError, match=r"items \(2, 1\) of each modality do not fit"):
        geometry.close_gap(rectangle, (2, 1))
    with pytest.raises(GeometryError, match=r"items \(4, 0\) of each modality do not fit"):
        geometry.gap_distance(rectangle, (4, 0))


# -- the gap -----------------------------------------------------------------------------------


def test_block_means_of_the_rectangle(rectangle: Floats) -> None:
    means = geometry.block_means(rectangle, PAIRS)
    np.testing.assert_allclose(means.of_modalities, [[0.36, -0.36], [-0.36, 0.36]])
    np.testing.assert_allclose(means.of_items, [[0.36, -0.36]] * 2 + [[-0.36, 0.36]] * 2)


def test_gap_is_the_width_of_the_rectangle(rectangle: Floats) -> None:
    assert geometry.gap_distance(rectangle, PAIRS) == pytest.approx(1.2)


def test_gap_of_equal_means_is_zero_and_not_the_root_of_a_rounding_error() -> None:
    similarity = geometry.similarity_matrix([[0.1, 0.7]], [[0.1, 0.7]])
    assert geometry.gap_distance(similarity, (1, 1)) == pytest.approx(0, abs=1e-7)


def test_closing_the_gap_puts_both_sides_on_one_line(rectangle: Floats) -> None:
    closed = geometry.close_gap(rectangle, PAIRS)
    same, opposite = [1, -1, 1, -1], [-1, 1, -1, 1]
    np.testing.assert_allclose(closed, [same, opposite, same, opposite])


def test_half_of_the_gap(rectangle: Floats) -> None:
    # Images at (.3, ±.8), texts at (-.3, ±.8), all of squared length .73.
    half = geometry.close_gap(rectangle, PAIRS, 0.5)
    np.testing.assert_allclose(half[0], [1, -0.55 / 0.73, 0.55 / 0.73, -1])


def test_twice_the_gap_exchanges_the_sides(rectangle: Floats) -> None:
    images, texts = RECTANGLE
    np.testing.assert_allclose(
        geometry.close_gap(rectangle, PAIRS, 2), geometry.similarity_matrix(texts, images)
    )


def test_no_share_leaves_the_matrix(rectangle: Floats) -> None:
    np.testing.assert_allclose(geometry.close_gap(rectangle, PAIRS, 0), rectangle, atol=1e-15)


def test_an_item_moved_onto_the_origin_is_named() -> None:
    # The mean of the images is the first of them, and the means lie opposite each other.
    similarity = geometry.similarity_matrix([[1, 0], [1, 0]], [[-1, 0], [-1, 0]])
    with pytest.raises(GeometryError, match="item 0 is moved onto the origin"):
        geometry.close_gap(similarity, PAIRS)


def test_not_a_number_does_not_pass_through(rectangle: Floats) -> None:
    rectangle[0, 3] = rectangle[3, 0] = math.nan
    with pytest.raises(GeometryError, match="a similarity is not a finite number"):
        geometry.close_gap(rectangle, PAIRS)


def test_standardising_centres_each_modality_at_the_origin() -> None:
    # Both means are (.5, .5): (±.5, ∓.5) are left, of either modality.
    similarity = geometry.similarity_matrix([[1, 0], [0, 1]], [[0, 1], [1, 0]])
    standardised = geometry.standardise(similarity, PAIRS)
    np.testing.assert_allclose(standardised[0], [1, -1, -1, 1])


# -- losses and measures -----------------------------------------------------------------------


def test_losses_of_both_directions() -> None:
    losses = geometry.contrastive_losses(np.array([[1.0, 0.0], [0.5, 0.0]]), logit_scale=2)
    rows = [math.log(math.e**2 + 1) - 2, math.log(math.e + 1)]
    columns = [math.log(math.e**2 + math.e) - 2, math.log(2)]
    assert losses.first_to_second == pytest.approx(sum(rows) / 2)
    assert losses.second_to_first == pytest.approx(sum(columns) / 2)
    assert losses.mean == pytest.approx((sum(rows) + sum(columns)) / 4)


def test_the_last_batch_counts_by_its_size() -> None:
    # Three pairs against two wrong partners each, then two against one.
    losses = geometry.contrastive_losses(np.eye(5), 1, batch_size=3)
    expected = (3 * math.log(1 + 2 / math.e) + 2 * math.log(1 + 1 / math.e)) / 5
    assert losses.first_to_second == pytest.approx(expected)
    assert losses.second_to_first == pytest.approx(expected)


def test_losses_survive_a_large_scale() -> None:
    losses = geometry.contrastive_losses(np.array([[-1.0, 1.0], [1.0, -1.0]]), logit_scale=1e4)
    assert losses.mean == pytest.approx(2e4)


def test_the_published_loss_is_one_direction_of_whole_batches() -> None:
    cross = np.array([[1.0, 0.0, 0.9], [0.5, 0.0, 0.9], [0.9, 0.9, 1.0]])
    rows = [math.log(math.e + 1) - 1, math.log(math.e**0.5 + 1)]
    assert geometry.published_loss(cross, 1, batch_size=2) == pytest.approx(sum(rows) / 2)
    assert math.isnan(geometry.published_loss(cross, 1, batch_size=4))


def test_the_cross_block_needs_pairs(rectangle: Floats) -> None:
    np.testing.assert_allclose(
        geometry.cross_block(rectangle, PAIRS), [[0.28, -1], [-1, 0.28]], atol=1e-15
    )
    with pytest.raises(GeometryError, match="modalities of 3 and 1 items form no pairs"):
        geometry.cross_block(rectangle, (3, 1))
    with pytest.raises(GeometryError, match="modalities of 1 and 3 items form no pairs"):
        geometry.in_modal_difference(rectangle, (1, 3))


def test_recall_counts_partners_among_the_nearest() -> None:
    cross = np.array([[0.9, 0.8, 0.1], [0.7, 0.2, 0.3], [0.1, 0.9, 0.5]])
    # Ranks of the partners: 1, 3, 2 by rows; 1, 3, 1 by columns.
    assert geometry.recall(cross, 1) == pytest.approx((1 / 3, 2 / 3))
    assert geometry.recall(cross, 2) == pytest.approx((2 / 3, 2 / 3))
    assert geometry.recall(cross, 3) == (1, 1)


@pytest.mark.parametrize("value", [0.5, math.nan])
def test_recall_gives_no_credit_to_a_single_point(value: float) -> None:
    assert geometry.recall(np.full((4, 4), value), 1) == (0, 0)


def test_measures_of_the_rectangle(rectangle: Floats) -> None:
    cross = geometry.cross_block(rectangle, PAIRS)
    assert geometry.mean_similarity(rectangle[:2, :2]) == pytest.approx(-0.28)
    assert geometry.relative_gap(rectangle, PAIRS) == pytest.approx(0.36 / (0.36 + 0.64))
    assert geometry.alignment(cross) == pytest.approx(1.44)
    assert geometry.uniformity(rectangle[:2, :2]) == pytest.approx(-2 * 1.6**2)
    np.testing.assert_allclose(geometry.in_modal_difference(rectangle, PAIRS), np.zeros((2, 2)))
    np.testing.assert_allclose(
        geometry.euclidean_distance(rectangle)[0], [0, 1.6, 1.2, 2], atol=1e-7
    )


def test_in_modal_difference_has_the_sign_of_the_first() -> None:
    similarity = geometry.similarity_matrix([[1, 0], [1, 0]], [[1, 0], [0, 1]])
    np.testing.assert_allclose(geometry.in_modal_difference(similarity, PAIRS), [[0, 1], [1, 0]])


def test_effective_rank_counts_equal_directions() -> None:
    assert geometry.effective_rank(np.eye(4)) == pytest.approx(3)  # one is lost to the mean
    assert geometry.effective_rank(np.ones((4, 4))) == 0


@pytest.mark.parametrize(
    "measure",
    [
        lambda: geometry.mean_similarity(np.ones((1, 1))),
        lambda: geometry.uniformity(np.ones((1, 1))),
        lambda: geometry.relative_gap(np.ones((2, 2)), (1, 1)),
        lambda: geometry.relative_gap(np.ones((4, 4)), PAIRS),
        lambda: geometry.explained_variance(np.ones((4, 4))),
    ],
)
def test_measures_that_a_single_pair_or_point_does_not_have(measure: Callable[[], object]) -> None:
    with pytest.raises(GeometryError):
        measure()


# -- projection --------------------------------------------------------------------------------


def test_principal_components_of_the_rectangle(rectangle: Floats) -> None:
    # The long side first; of equally large coordinates, the first decides the sign.
    np.testing.assert_allclose(
        geometry.principal_components(rectangle),
        [[0.8, 0.6], [-0.8, 0.6], [0.8, -0.6], [-0.8, -0.6]],
        atol=1e-12,
    )
    np.testing.assert_allclose(geometry.explained_variance(rectangle), [0.64, 0.36])


def test_principal_components_of_one_pair() -> None:
    similarity = geometry.similarity_matrix([[1, 0]], [[0, 1]])
    half = math.sqrt(2) / 2
    np.testing.assert_allclose(
        geometry.principal_components(similarity), [[half, 0], [-half, 0]], atol=1e-8
    )


def test_rotating_onto_a_reference_turns_and_mirrors() -> None:
    reference = np.array([[2.0, 0.0], [0.0, 1.0], [-2.0, 0.0], [0.0, -1.0]])
    exchanged = reference[:, ::-1]
    np.testing.assert_allclose(geometry.rotate_onto(exchanged, reference), reference, atol=1e-12)
    turned = reference @ np.array([[0.6, 0.8], [-0.8, 0.6]])
    np.testing.assert_allclose(geometry.rotate_onto(turned, reference), reference, atol=1e-12)


# -- against the vectors themselves ------------------------------------------------------------


@st.composite
def modalities(draw: st.DrawFn) -> list[Floats]:
    """Unit vectors of two or three modalities, not the same number of each."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    width = draw(st.integers(2, 8))
    counts = draw(st.lists(st.integers(1, 6), min_size=2, max_size=3))
    offsets = rng.normal(size=(len(counts), width))
    views = [rng.normal(size=(n, width)) + o for n, o in zip(counts, offsets, strict=True)]
    return [geometry.normalise(view) for view in views]


anything = settings(derandomize=True, deadline=None)


@anything
@given(modalities(), st.floats(-1, 2))
def test_closing_by_the_matrix_is_closing_by_the_vectors(views: list[Floats], share: float) -> None:
    means = np.stack([view.mean(axis=0) for view in views])
    moved = [
        view - share * (mean - means.mean(axis=0)) for view, mean in zip(views, means, strict=True)
    ]
    np.testing.assert_allclose(
        geometry.close_gap(geometry.similarity_matrix(*views), [len(v) for v in views], share),
        geometry.similarity_matrix(*moved),
        atol=1e-6,
    )


@anything
@given(modalities())
def test_standardising_by_the_matrix_is_standardising_by_the_vectors(views: list[Floats]) -> None:
    views = [view for view in views if len(view) > 1] or [np.eye(2)]
    centred = [view - view.mean(axis=0) for view in views]
    np.testing.assert_allclose(
        geometry.standardise(geometry.similarity_matrix(*views), [len(v) for v in views]),
        geometry.similarity_matrix(*centred),
        atol=1e-6,
    )


@anything
@given(modalities())
def test_gap_by_the_matrix_is_the_gap_of_the_vectors(views: list[Floats]) -> None:
    means = [view.mean(axis=0) for view in views]
    similarity = geometry.similarity_matrix(*views)
    counts = [len(view) for view in views]
    last = len(views) - 1
    assert geometry.gap_distance(similarity, counts, 0, last) == pytest.approx(
        np.linalg.norm(means[0] - means[last]), abs=1e-7
    )


@anything
@given(modalities())
def test_closing_whole_makes_the_means_coincide_before_renormalising(views: list[Floats]) -> None:
    counts = [len(view) for view in views]
    similarity = geometry.similarity_matrix(*views)
    means = np.stack([view.mean(axis=0) for view in views])
    moved = [view - mean + means.mean(axis=0) for view, mean in zip(views, means, strict=True)]
    lengths = np.linalg.norm(np.concatenate(moved), axis=1)
    assume(lengths.min() > 0.01)
    closed = geometry.close_gap(similarity, counts)
    inner = geometry.block_means(closed * np.outer(lengths, lengths), counts).of_modalities
    np.testing.assert_allclose(inner, inner[0, 0], atol=1e-7)


@anything
@given(modalities())
def test_components_by_the_matrix_are_those_of_the_vectors(views: list[Floats]) -> None:
    vectors = np.concatenate(views)
    centred = vectors - vectors.mean(axis=0)
    coordinates = geometry.principal_components(geometry.similarity_matrix(*views))
    lengths = np.linalg.svd(centred, compute_uv=False)[:2]
    np.testing.assert_allclose(
        np.linalg.norm(coordinates, axis=0)[: len(lengths)], lengths, atol=1e-6
    )
    # Distances in the plane are those of the vectors projected onto some plane: never longer.
    plane = coordinates @ coordinates.T
    assert np.all(np.diagonal(plane) <= np.diagonal(centred @ centred.T) + 1e-9)
    if vectors.shape[1] == 2:
        np.testing.assert_allclose(plane, centred @ centred.T, atol=1e-7)


@anything
@given(modalities(), st.integers(0, 2**32 - 1))
def test_losses_do_not_depend_on_how_a_batch_is_ordered(views: list[Floats], seed: int) -> None:
    count = min(len(views[0]), len(views[1]))
    cross = views[0][:count] @ views[1][:count].T
    order = np.random.default_rng(seed).permutation(count)
    shuffled = geometry.contrastive_losses(cross[np.ix_(order, order)], 10)
    losses = geometry.contrastive_losses(cross, 10)
    assert shuffled.mean == pytest.approx(losses.mean, abs=1e-9)
    assert losses.first_to_second >= 0

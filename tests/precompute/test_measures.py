from __future__ import annotations

import math

import numpy as np
import pytest

from article import geometry
from article.errors import GeometryError
from precompute import measures
from precompute.measures import Pairs, unit_pairs

COUNTS = (30, 30)
SCALE = 7.0


@pytest.fixture(params=[4, 512], ids=["chunks", "whole"])
def random_pairs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Pairs:
    """Thirty pairs with a gap, computed in chunks of 4 rows or in one."""
    monkeypatch.setattr(measures, "CHUNK_ROWS", request.param)
    draw = np.random.default_rng(3)
    shared = draw.normal(size=(30, 6))
    x = shared + draw.normal(size=(30, 6)) + [2, 0, 0, 0, 0, 0]
    return unit_pairs(x, shared - [0, 2, 0, 0, 0, 0])


def matrix(pairs: Pairs) -> geometry.Floats:
    return geometry.similarity_matrix(*pairs)


def square() -> Pairs:
    """x = east, north; y = north, west: pairs and gap can be seen."""
    return unit_pairs([[2, 0], [0, 3]], [[0, 1], [-5, 0]])


def test_measures_of_a_square() -> None:
    pairs = square()
    # Means (1/2, 1/2) and (-1/2, 1/2).
    np.testing.assert_allclose(measures.gap_vector(pairs), [1, 0], atol=1e-15)
    assert measures.gap_distance(pairs) == pytest.approx(1)
    # <x0,y0> = <x1,y1> = 0; <x0,y1> = -1, <x1,y0> = 1.
    assert measures.paired_cosine(pairs) == pytest.approx(0)
    assert measures.unpaired_cosine(pairs) == pytest.approx(0)
    assert measures.mean_cosine(pairs.x) == pytest.approx(0)
    assert measures.alignment(pairs) == pytest.approx(2)
    # Pairs are 1/2 apart, in-modal items too: 1/2 / (1/2 + 1/2).
    assert measures.relative_gap(pairs) == pytest.approx(0.5)
    # |a - b|^2 = 2 within a modality.
    assert measures.uniformity(pairs.x) == pytest.approx(-4)
    # Of the six couples of (east, north, north, west): four at 2, one at 0, one at 4.
    expected = math.log((4 * math.exp(-4) + 1 + math.exp(-8)) / 6)
    assert measures.uniformity(np.concatenate(pairs)) == pytest.approx(expected)
    # Two centred items lie on one line.
    assert measures.effective_rank(pairs.x) == pytest.approx(1)
    assert measures.in_modal_difference(pairs) == pytest.approx(0)


def test_losses_of_a_square() -> None:
    losses = measures.contrastive_losses(square(), 2.0)
    # Rows of the cross block: (0, -1) and (1, 0), the pair on the diagonal, times 2.
    expected = (math.log(1 + math.exp(-2)) + math.log(math.exp(2) + 1)) / 2
    assert losses.first_to_second == pytest.approx(expected)
    # Columns: (0, 1) and (-1, 0): the same two values.
    assert losses.second_to_first == pytest.approx(expected)


def test_an_incomplete_last_batch_counts_by_its_size() -> None:
    eye = np.eye(3)
    losses = measures.contrastive_losses(unit_pairs(eye, eye), 1.0, batch_size=2)
    # A batch of two: log(1 + exp(-1)) each; a batch of one: 0.
    assert losses.mean == pytest.approx(2 * math.log(1 + math.exp(-1)) / 3)


def test_recall_is_among_the_first_candidates() -> None:
    # The third text lies nearer to the first image than the first image's own.
    x = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    y = np.array([[0.8, 0, 0.6], [0, 1, 0], [1, 0, 0.1]])
    pairs = unit_pairs(x, y)
    assert measures.recall(pairs, [1], 3)[1] == pytest.approx((1 / 3, 2 / 3))
    assert measures.recall(pairs, [1], 2)[1] == (1.0, 1.0)
    assert measures.recall(pairs, [1, 3], 3)[3] == (1.0, 1.0)


def test_closing_and_shifting_by_the_gap_are_the_same() -> None:
    pairs = unit_pairs([[3, 1], [3, -1]], [[-3, 1], [-3, -1]])
    closed = measures.close_gap(pairs, 1)
    np.testing.assert_allclose(closed.x, [[0, 1], [0, -1]], atol=1e-12)
    np.testing.assert_allclose(closed.y, closed.x, atol=1e-12)
    shifted = measures.shift_gap(pairs, measures.gap_distance(pairs))
    np.testing.assert_allclose(shifted.x, closed.x, atol=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0, 1.7])
def test_closing_equals_the_geometry_of_the_matrix(random_pairs: Pairs, share: float) -> None:
    expected = geometry.close_gap(matrix(random_pairs), COUNTS, share)
    np.testing.assert_allclose(
        matrix(measures.close_gap(random_pairs, share)), expected, atol=1e-12
    )


def test_all_measures_equal_the_geometry_of_the_matrix(random_pairs: Pairs) -> None:
    similarity = matrix(random_pairs)
    images, texts = (similarity[rows, rows] for rows in geometry.blocks(COUNTS))
    cross = geometry.cross_block(similarity, COUNTS)
    losses = geometry.contrastive_losses(cross, SCALE, 8)
    near = geometry.recall(cross[:20, :20], 2)
    difference = np.abs(geometry.in_modal_difference(similarity, COUNTS))
    expected = {
        "gap_distance": geometry.gap_distance(similarity, COUNTS),
        "relative_gap": geometry.relative_gap(similarity, COUNTS),
        "loss": losses.mean,
        "loss_image_to_text": losses.first_to_second,
        "loss_text_to_image": losses.second_to_first,
        "recall_at_2_image_to_text": near[0],
        "recall_at_2_text_to_image": near[1],
        "alignment": geometry.alignment(cross),
        "uniformity": geometry.uniformity(similarity),
        "uniformity_image": geometry.uniformity(images),
        "uniformity_text": geometry.uniformity(texts),
        "mean_cosine_image": geometry.mean_similarity(images),
        "mean_cosine_text": geometry.mean_similarity(texts),
        "paired_cosine": np.diagonal(cross).mean(),
        "unpaired_cosine": geometry.mean_similarity(cross),
        "in_modal_difference": difference.sum() / (30 * 29),
        "effective_rank_image": geometry.effective_rank(images),
        "effective_rank_text": geometry.effective_rank(texts),
    }
    found = measures.measure(random_pairs, ("image", "text"), SCALE, 8, (2,), 20)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-10), name


def test_identical_items_have_no_spread() -> None:
    assert measures.effective_rank(np.ones((3, 2)) / math.sqrt(2)) == 0


def test_one_pair_is_refused() -> None:
    with pytest.raises(GeometryError, match="one pair has nothing to be compared with"):
        unit_pairs([[1, 0]], [[0, 1]])


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(GeometryError, match=r"image has shape \(2, 2\), text \(3, 2\): no pairs"):
        unit_pairs(np.eye(2), np.ones((3, 2)), ("image", "text"))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0.0, "text: row 1 is a zero vector"),
        (np.nan, "text: row 1 has a value that is not finite"),
    ],
)
def test_vectors_without_direction_are_refused(value: float, message: str) -> None:
    with pytest.raises(GeometryError, match=message):
        unit_pairs(np.eye(2), np.array([[1, 0], [value, 0]]), ("image", "text"))


def test_a_shift_without_a_gap_is_refused() -> None:
    pairs = unit_pairs([[1, 0], [-1, 0]], [[0, 1], [0, -1]])
    with pytest.raises(GeometryError, match="the gap has no direction"):
        measures.shift_gap(pairs, 0.5)

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from article import geometry
from article.geometry import published_loss
from precompute.imports.collection import MisfitError
from precompute.imports.scales import PublishedLoss, find_scale
from tests.precompute.imports.layouts import Floats

FILE = Path("CLIP_meta_info.json")


def blocks() -> tuple[Floats, Floats]:
    """The cross block of 60 pairs that lie apart, as trained and with the gap closed."""
    draw = np.random.default_rng(3)
    images = draw.normal(size=(60, 8))
    texts = images + 0.7 * draw.normal(size=(60, 8))
    images[:, 0] += 2
    texts[:, 0] -= 2
    similarity = geometry.similarity_matrix(images, texts)
    closed = geometry.close_gap(similarity, (60, 60))
    return geometry.cross_block(similarity, (60, 60)), geometry.cross_block(closed, (60, 60))


def losses(scale: float) -> list[PublishedLoss]:
    return [PublishedLoss(cross, published_loss(cross, scale)) for cross in blocks()]


@pytest.mark.parametrize("scale", [1.0, 30.0, 100.0])
def test_the_usual_scales_are_found_from_one_loss(scale: float) -> None:
    assert find_scale(losses(scale)[:1], FILE) == scale


def test_a_scale_that_is_nearly_the_usual_is_the_usual_one() -> None:
    assert find_scale(losses(99.999), FILE) == 100


@pytest.mark.parametrize("scale", [4.321, 14.3, 62.2])
def test_any_scale_is_found_from_the_losses_of_two_states(scale: float) -> None:
    assert find_scale(losses(scale), FILE) == pytest.approx(scale, rel=1e-3)


def test_one_loss_that_two_scales_have_is_refused() -> None:
    cross = blocks()[0]
    grid = np.geomspace(2, 60, 200)
    values = [published_loss(cross, scale) for scale in grid]
    lowest = int(np.argmin(values))
    assert 0 < lowest < 199, "the loss has its least value between"
    loss = PublishedLoss(cross, values[lowest - 5])
    with pytest.raises(MisfitError, match=r"of a logit scale of: .* or .*; say which with --logit"):
        find_scale([loss], FILE)


def test_a_loss_that_no_scale_has_is_refused() -> None:
    with pytest.raises(MisfitError, match="of a logit scale of: none; say which"):
        find_scale([PublishedLoss(blocks()[0], -0.5)], FILE)


def test_a_loss_that_is_the_same_at_every_scale_tells_nothing() -> None:
    same = np.full((50, 50), 0.3)
    assert find_scale([PublishedLoss(same, float(np.log(50)))], FILE) is None
    assert find_scale([], FILE) is None
    few = PublishedLoss(blocks()[0][:20, :20], float("nan"))
    assert find_scale([few], FILE) is None, "no whole batch, as there"

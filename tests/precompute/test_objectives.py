"""Objectives against values worked out by hand on batches of 2 to 4."""

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from precompute import objectives


def scalar(value: float) -> Tensor:
    return torch.tensor(value, dtype=torch.float64)


def rows(*values: tuple[float, ...]) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


ALIGNED = rows((1, 0), (0, 1))
SWAPPED = rows((0, 1), (1, 0))


def test_infonce_of_two_aligned_pairs() -> None:
    # Every row of the logits is (s, 0) or (0, s): -s + log(e^s + 1).
    loss = objectives.infonce(ALIGNED, ALIGNED, scalar(2))
    assert loss.item() == pytest.approx(math.log(1 + math.exp(-2)))


def test_infonce_of_swapped_pairs() -> None:
    loss = objectives.infonce(ALIGNED, SWAPPED, scalar(2))
    assert loss.item() == pytest.approx(math.log(1 + math.exp(2)))


def test_infonce_is_the_mean_of_both_directions() -> None:
    # Similarities ((1, 1), (0, 0)): to text both rows are ties, log 2 each; to image the columns
    # are (1, 0) and (1, 0), the second of which prefers the wrong image.
    images, texts = ALIGNED, rows((1, 0), (1, 0))
    to_image = (math.log(1 + math.exp(-3)) + math.log(1 + math.exp(3))) / 2
    loss = objectives.infonce(images, texts, scalar(3))
    assert loss.item() == pytest.approx((math.log(2) + to_image) / 2)
    assert objectives.infonce(texts, images, scalar(3)).item() == pytest.approx(loss.item())


def test_infonce_of_four_equal_pairs_is_the_logarithm_of_the_batch() -> None:
    same = rows(*[(1.0, 0.0)] * 4)
    assert objectives.infonce(same, same, scalar(100)).item() == pytest.approx(math.log(4))


def test_infonce_agrees_with_open_clip() -> None:
    from open_clip.loss import ClipLoss

    generator = torch.Generator().manual_seed(0)
    images, texts = functional.normalize(torch.randn(2, 4, 3, generator=generator), dim=2)
    expected = ClipLoss()(images, texts, torch.tensor(10.0))
    ours = objectives.infonce(images, texts, torch.tensor(10.0))
    assert ours.item() == pytest.approx(expected.item(), rel=1e-6)


def test_cyclip_adds_nothing_where_the_spaces_are_symmetric() -> None:
    infonce = objectives.infonce(ALIGNED, SWAPPED, scalar(2))
    # Swapping both: in-modal blocks are equal, the cross block is symmetric.
    assert objectives.cyclip(ALIGNED, SWAPPED, scalar(2)).item() == pytest.approx(infonce.item())


def test_cyclip_regularisers_by_hand() -> None:
    # x·x = I; y·y = all ones: L_I = (1/2)(1 + 1) = 1.
    # Cross block ((1, 1), (0, 0)) less its transpose: off-diagonal ±1: L_C = (1/2)(1 + 1) = 1.
    images, texts = ALIGNED, rows((1, 0), (1, 0))
    plain = objectives.infonce(images, texts, scalar(3)).item()
    only_in_modal = objectives.cyclip(images, texts, scalar(3), in_modal=0.5, cross_modal=0)
    assert only_in_modal.item() == pytest.approx(plain + 0.5)
    only_cross_modal = objectives.cyclip(images, texts, scalar(3), in_modal=0, cross_modal=2)
    assert only_cross_modal.item() == pytest.approx(plain + 2)
    assert objectives.cyclip(images, texts, scalar(3)).item() == pytest.approx(plain + 0.5)


def test_cyclip_regularisers_do_not_grow_with_the_logit_scale() -> None:
    images, texts = ALIGNED, rows((1, 0), (1, 0))
    for s in (1.0, 100.0):
        difference = objectives.cyclip(images, texts, scalar(s)) - objectives.infonce(
            images, texts, scalar(s)
        )
        assert difference.item() == pytest.approx(0.5)


def test_infoloob_leaves_the_pair_out_of_the_comparison() -> None:
    # To text: row (s, 0) gives -s + log e^0 = -s, divided by s: -1. Both directions: -2.
    assert objectives.infoloob(ALIGNED, ALIGNED, scalar(30)).item() == pytest.approx(-2)
    assert objectives.infoloob(ALIGNED, SWAPPED, scalar(30)).item() == pytest.approx(2)


def test_infoloob_of_three_pairs() -> None:
    # Orthogonal triple: (-s + log 2) / s in each direction.
    triple = torch.eye(3, dtype=torch.float64)
    loss = objectives.infoloob(triple, triple, scalar(5))
    assert loss.item() == pytest.approx(2 * (-1 + math.log(2) / 5))


def test_retrieval_by_hand() -> None:
    # Query (1, 0) on stored (1, 0), (0, 1): weights (e^β, 1) / (e^β + 1), then length 1.
    weight = math.exp(2.0)
    expected = torch.tensor([weight, 1.0]) / math.hypot(weight, 1)
    (retrieved,) = objectives.retrieve(rows((1, 0)), ALIGNED, beta=2.0)
    torch.testing.assert_close(retrieved.float(), expected)


def test_retrieval_with_beta_zero_is_the_mean_direction() -> None:
    retrieved = objectives.retrieve(SWAPPED, ALIGNED, beta=0.0)
    torch.testing.assert_close(retrieved, torch.full((2, 2), math.sqrt(0.5), dtype=torch.float64))


def test_cloob_with_sharp_retrieval_is_infoloob() -> None:
    # β = 1000 returns the stored pattern that a query is nearest to: here itself, or its equal.
    for images, texts in ((ALIGNED, ALIGNED), (SWAPPED, SWAPPED)):
        sharp = objectives.cloob(images, texts, scalar(30), beta=1000)
        assert sharp.item() == pytest.approx(objectives.infoloob(images, texts, scalar(30)).item())


def test_cloob_with_blunt_retrieval_by_hand() -> None:
    # β = 0: everything becomes the mean direction, all similarities 1: (-s + s)/s twice.
    assert objectives.cloob(ALIGNED, SWAPPED, scalar(30), beta=0).item() == pytest.approx(0)


def test_cloob_of_two_aligned_pairs_by_hand() -> None:
    # All four retrievals are the rows r = (w, 1), (1, w) / |.|, w = e^β: pairs have similarity 1,
    # the others 2w / (w² + 1). InfoLOOB is -1 + that, twice.
    w = math.exp(8)
    expected = 2 * (-1 + 2 * w / (w**2 + 1))
    assert objectives.cloob(ALIGNED, ALIGNED, scalar(30)).item() == pytest.approx(expected)


def test_stored_patterns_of_cloob_are_of_one_modality_at_a_time() -> None:
    # Images (1,0), (0,1); texts both (1,0). With sharp retrieval: from the images, U_x = images and
    # U_y = both (1,0); from the texts everything is (1,0). InfoLOOB(U_x, U_y): rows (1,1), (0,0)
    # give 0 each; InfoLOOB(V_y, V_x): all ones, 0.
    # InfoNCE instead: log 2 for the ties of each row, twice.
    images, texts = ALIGNED, rows((1, 0), (1, 0))
    assert objectives.cloob(images, texts, scalar(30), beta=1000).item() == pytest.approx(0)
    loss = objectives.infonce_with_retrieval(images, texts, scalar(30), beta=1000)
    assert loss.item() == pytest.approx(2 * math.log(2))


def test_infonce_with_retrieval_of_two_aligned_pairs_by_hand() -> None:
    w = math.exp(1.0)
    other = 2 * w / (w**2 + 1)
    expected = 2 * math.log(1 + math.exp(3 * (other - 1)))
    loss = objectives.infonce_with_retrieval(ALIGNED, ALIGNED, scalar(3), beta=1.0)
    assert loss.item() == pytest.approx(expected)


@pytest.mark.parametrize("name", sorted(objectives.OBJECTIVES))
def test_every_objective_prefers_matching_pairs_and_has_gradients(name: str) -> None:
    function = objectives.objective(name)
    # Three pairs: of two, only one is left to compare with, and InfoLOOB has no temperature.
    orthogonal = torch.eye(3, dtype=torch.float64)
    images = orthogonal.clone().requires_grad_()
    texts = functional.normalize(orthogonal + rows((0.1, 0.2, 0.3)), dim=1).requires_grad_()
    scale = torch.tensor(10.0, dtype=torch.float64, requires_grad=True)
    good = function(images, texts, scale)
    assert good.item() < function(images, texts.roll(1, 0), scale).item()
    gradients = torch.autograd.grad(good, (images, texts, scale))
    assert all(gradient.isfinite().all() for gradient in gradients)
    assert all(gradient.abs().sum() > 0 for gradient in gradients)


def test_settings_reach_the_objective() -> None:
    images, texts = ALIGNED, rows((1, 0), (1, 0))
    function = objectives.objective("cyclip", in_modal=1.0, cross_modal=0.0)
    plain = objectives.infonce(images, texts, scalar(3))
    assert (function(images, texts, scalar(3)) - plain).item() == pytest.approx(1)


def test_unknown_objective_and_setting_are_named() -> None:
    with pytest.raises(ValueError, match="unknown objective 'clip'; known: infonce, cyclip"):
        objectives.objective("clip")
    with pytest.raises(ValueError, match="'cloob' has no setting 'betta'; it has: beta"):
        objectives.objective("cloob", betta=8)
    with pytest.raises(ValueError, match="'infonce' has no setting 'beta'; it has: none"):
        objectives.objective("infonce", beta=8)

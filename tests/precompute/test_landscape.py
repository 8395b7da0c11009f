from __future__ import annotations

import math

import numpy as np
import pytest

from article.artifacts import Landscape, decode, encode
from precompute.landscape import loss_landscape, shifts
from precompute.measures import Pairs, unit_pairs
from precompute.progress import Progress
from precompute.study import LandscapePlan

SLANT = math.radians(30)
GAP = 2 * math.cos(SLANT)


def mirrored() -> Pairs:
    """Two pairs, 30 degrees above and below east and west; the gap is 2 cos 30 along east."""
    along, across = math.cos(SLANT), math.sin(SLANT)
    return unit_pairs([[along, across], [along, -across]], [[-along, across], [-along, -across]])


def landscape_of(pairs: Pairs, start: float, stop: float, step: float) -> Landscape:
    plan = LandscapePlan(start, stop, step)
    return loss_landscape(
        pairs, "pairs", "model", ("image", "text"), 1.0, plan, 50, Progress(quiet=True)
    )


def test_forty_shifts_are_the_default() -> None:
    lengths = shifts(LandscapePlan())
    assert len(lengths) == 40
    assert (lengths[0], lengths[20], lengths[-1]) == (-5, 0, 4.75)


@pytest.mark.parametrize("step", [0.1, 0.3, 0.7])
def test_steps_that_binary_fractions_miss_still_end_at_the_stop(step: float) -> None:
    lengths = shifts(LandscapePlan(0, 3 * step, step))
    np.testing.assert_allclose(lengths, [0, step, 2 * step, 3 * step])


def test_a_landscape_worked_out_by_hand() -> None:
    found = landscape_of(mirrored(), 0, 2 * GAP, GAP)
    # As trained; closed: all x on (0, +-1) with their y; passed: mirror image of the start.
    np.testing.assert_allclose(found.distance, [GAP, 0, -GAP], atol=1e-12)
    apart = math.log(1 + math.exp(-2 * math.sin(SLANT) ** 2))
    together = math.log(1 + math.exp(-2))
    np.testing.assert_allclose(found.first_to_second, [apart, together, apart])
    np.testing.assert_allclose(found.second_to_first, found.first_to_second)
    assert found.trained == pytest.approx((GAP, apart, apart))
    assert found.closed == pytest.approx((0, together, together), abs=1e-12)
    assert (found.count, found.batch_size, found.logit_scale) == (2, 50, 1.0)


def test_negative_shifts_widen_the_gap() -> None:
    found = landscape_of(mirrored(), -1, 0, 0.5)
    assert found.distance[0] > found.distance[1] > found.distance[2] == pytest.approx(GAP)


def test_the_file_keeps_what_was_computed() -> None:
    found = landscape_of(mirrored(), -1, 1, 0.5)
    back = decode(encode(found), "landscape.json")
    assert isinstance(back, Landscape)
    np.testing.assert_allclose(back.distance, found.distance, rtol=1e-7)
    assert back.trained == found.trained

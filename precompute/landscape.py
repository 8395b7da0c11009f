"""The loss of a data set as its modalities are shifted along the gap (Liang et al. 2022)."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from article.artifacts import Landscape
from precompute import measures
from precompute.measures import Pairs
from precompute.progress import Progress
from precompute.study import LandscapePlan

Floats: TypeAlias = npt.NDArray[np.float64]


def shifts(plan: LandscapePlan) -> Floats:
    """Lengths from start to stop in steps, both ends included, (k,)."""
    count = int(np.floor((plan.stop - plan.start) / plan.step + 1e-9)) + 1
    return plan.start + plan.step * np.arange(count, dtype=np.float64)


def loss_landscape(
    pairs: Pairs,
    dataset: str,
    model: str,
    modalities: tuple[str, str],
    logit_scale: float,
    plan: LandscapePlan,
    batch_size: int,
    progress: Progress,
) -> Landscape:
    """Distance and losses of n pairs at every shift, at none, and where the gap is closed."""
    lengths = shifts(plan)
    title = f"landscape of {dataset} by {model}"
    rows = [
        _at(pairs, float(length), logit_scale, batch_size)
        for length in progress.each(lengths, title, len(lengths), "shifts")
    ]
    distance, forward, backward = np.array(rows).T
    closing = measures.gap_distance(pairs)
    return Landscape(
        dataset=dataset,
        model=model,
        modalities=modalities,
        count=len(pairs.x),
        logit_scale=logit_scale,
        batch_size=batch_size,
        shift=lengths,
        distance=distance,
        first_to_second=forward,
        second_to_first=backward,
        trained=_at(pairs, 0.0, logit_scale, batch_size),
        closed=_at(pairs, closing, logit_scale, batch_size),
    )


def _at(
    pairs: Pairs, length: float, logit_scale: float, batch_size: int
) -> tuple[float, float, float]:
    """Signed distance and both losses after a shift by a length."""
    moved = measures.shift_gap(pairs, length)
    losses = measures.contrastive_losses(moved, logit_scale, batch_size)
    return signed_distance(moved, pairs), losses.first_to_second, losses.second_to_first


def signed_distance(moved: Pairs, original: Pairs) -> float:
    """Length of the gap, negative where it points against the gap before the shift."""
    along = measures.gap_vector(moved) @ measures.gap_direction(original)
    return float(np.copysign(measures.gap_distance(moved), along))

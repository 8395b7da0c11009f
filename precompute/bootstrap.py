"""How far figures of models would differ on other pairs: bootstrap over pairs.

Pairs are drawn with replacement, the same for all models, and the figures computed again from what
each pair contributes; 95 % of the differences lie in the interval. What a pair contributes to R@1
and to the loss is taken among the pairs as they are, since candidates drawn twice would tie.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from precompute.measures import Pairs

Floats: TypeAlias = npt.NDArray[np.float64]

RESAMPLES: Final = 2_000
LEVEL: Final = 0.95
SEED: Final = 0


@dataclass(frozen=True)
class Contributions:
    """What each of n pairs adds to the figures of a model.

    `recall` (m,) is the mean over directions of being found first, for the first m pairs; `loss`
    (n,) the mean of both directions in nats; `pairs` are the vectors, of which the gap is made.
    """

    recall: Floats
    loss: Floats
    pairs: Pairs


@dataclass(frozen=True)
class Interval:
    """A difference, second minus first, and the ends of its interval."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval leaves no doubt about the sign."""
        return self.low > 0 or self.high < 0

    def __str__(self) -> str:
        return f"{self.value:+.4f}, 95 % interval {self.low:+.4f} to {self.high:+.4f}"


def contributions(
    pairs: Pairs, logit_scale: float, batch_size: int, candidates: int
) -> Contributions:
    """Contributions of pairs: R@1 among the first `candidates`, loss within batches."""
    cross = pairs.x[:candidates] @ pairs.y[:candidates].T
    own = np.diagonal(cross)
    first = (own >= cross.max(axis=1)).astype(np.float64)
    second = (own >= cross.max(axis=0)).astype(np.float64)
    batches = range(0, len(pairs.x), batch_size)
    losses = [_losses(pairs, slice(s, s + batch_size), logit_scale) for s in batches]
    return Contributions((first + second) / 2, np.concatenate(losses), pairs)


def _losses(pairs: Pairs, rows: slice, logit_scale: float) -> Floats:
    """Cross-entropy of each pair of a batch, mean of both directions."""
    logits = logit_scale * pairs.x[rows] @ pairs.y[rows].T
    there, back = (np.logaddexp.reduce(logits, axis=axis) for axis in (1, 0))
    return np.asarray((there + back) / 2 - np.diagonal(logits))


@lru_cache(maxsize=2)
def weights(count: int, resamples: int = RESAMPLES, seed: int = SEED) -> Floats:
    """Shares (resamples, count) of each pair in pairs drawn with replacement."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(count, np.full(count, 1 / count), size=resamples) / count


def gaps(pairs: Pairs, shares: Floats) -> Floats:
    """Length of the gap (resamples,) of pairs drawn with these shares."""
    return np.asarray(np.linalg.norm(shares @ (pairs.x - pairs.y), axis=1))


def differences(first: Contributions, second: Contributions) -> dict[str, Interval]:
    """Second minus first, in R@1, gap and loss."""
    whole = np.full((1, len(first.loss)), 1 / len(first.loss))
    shares = weights(len(first.loss))
    found = second.recall - first.recall
    lost = second.loss - first.loss
    return {
        "recall_at_1": interval(float(found.mean()), weights(len(found)) @ found),
        "gap_distance": interval(
            float(gaps(second.pairs, whole)[0] - gaps(first.pairs, whole)[0]),
            gaps(second.pairs, shares) - gaps(first.pairs, shares),
        ),
        "loss": interval(float(lost.mean()), shares @ lost),
    }


def interval(value: float, drawn: Floats) -> Interval:
    """The middle 95 % of what was drawn, around a value."""
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(value, float(low), float(high))

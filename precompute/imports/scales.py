"""The logit scale of a model, from the losses that were published with its similarities.

Losses are no use without the temperature, and the published files do not say it. But they hold the
loss, which depends on the scale alone once the similarities are known; it is convex in it, so that
two scales at most have a given loss, and the loss with the gap closed tells these apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from article.geometry import published_loss
from precompute.imports.collection import MisfitError

Floats: TypeAlias = npt.NDArray[np.float64]

DEFAULT_SCALE: Final = 100.0
PUBLISHED_SCALES: Final[Mapping[str, float]] = {
    "CLIP": 100.0,
    "CyCLIP": 100.0,
    "CLOOB": 30.0,
    "CLOOB_LAION400M": 30.0,
    "ImageBind": 1.0,
}
"""What the models of the published article were measured at, for sets whose loss does not tell."""

_USUAL: Final = (100.0, 30.0, 1.0)
_TOLERANCE: Final = 1e-4
_SCALES: Final = np.geomspace(0.5, 250, 500)
_SAME: Final = 2e-3


@dataclass(frozen=True)
class PublishedLoss:
    """A cross block (n, n), and the loss that was published for it."""

    cross: Floats
    loss: float

    def at(self, scale: float) -> float:
        """How far the loss at a scale is from the published one."""
        return published_loss(self.cross, scale) - self.loss

    @property
    def tells(self) -> bool:
        """Whether the loss depends on the scale: it does not where all texts are the same."""
        values = [self.at(scale) for scale in _USUAL]
        return bool(np.isfinite(values).all()) and max(values) - min(values) > _TOLERANCE


def find_scale(losses: Sequence[PublishedLoss], file: Path) -> float | None:
    """The one scale at which all losses are those published; none where they do not tell.

    Raises:
        MisfitError: no scale has these losses, or more than one.
    """
    telling = [loss for loss in losses if loss.tells]
    if not telling:
        return None
    usual = [s for s in _USUAL if all(abs(loss.at(s)) < _TOLERANCE for loss in telling)]
    if usual:
        return usual[0]
    common = _roots(telling[0])
    for loss in telling[1:]:
        others = _roots(loss)
        common = [s for s in common if any(abs(s - other) < _SAME * s for other in others)]
    if len(common) != 1:
        found = " or ".join(f"{scale:.4g}" for scale in common) or "none"
        message = f"the published loss is that of a logit scale of: {found}"
        raise MisfitError(f"{message}; say which with --logit-scale", file)
    return float(f"{common[0]:.4g}")


def _roots(loss: PublishedLoss) -> list[float]:
    """Scales, rising, at which the loss is the published one."""
    values = [loss.at(scale) for scale in _SCALES]
    return [
        float(brentq(loss.at, low, high))
        for low, high, before, after in zip(_SCALES, _SCALES[1:], values, values[1:], strict=False)
        if (before < 0) != (after < 0)
    ]

"""Ways to change a picture step by step: what they are called, and how far each step goes.

Parameters are those of the published article (its package amumo, data.py), for a picture of
width w:

- rotation: 3.6 degrees a step of 100, counter-clockwise;
- blur: Gaussian, of standard deviation i · (w/8) / 100 pixels at step i of 100;
- shifts: from -w to w in equal steps, to the right or downwards, in whole pixels;
- noise: the picture to (1 - i/100) and uniform noise to i/100 at step i of 100.

`augmentations.py` makes the pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

_DEGREES: Final = 360.0
_BLUR_SHARE: Final = 1 / 8
"""Standard deviation after all steps, as a share of the width."""


@dataclass(frozen=True)
class AugmentationKind:
    """A kind of change: its title, the unit of its values, its value at each step.

    `values` are of a number of steps and of the picture's width in pixels.
    """

    title: str
    unit: str
    values: Callable[[int, int], Floats]


def _evenly(to: float) -> Callable[[int, int], Floats]:
    """Values from 0 in equal steps that would reach `to` after the last, (steps,)."""
    return lambda steps, _width: np.asarray(np.arange(steps) * (to / steps), dtype=np.float64)


def _blur_radii(steps: int, width: int) -> Floats:
    return _evenly(width * _BLUR_SHARE)(steps, width)


def _distances(steps: int, width: int) -> Floats:
    return np.asarray(np.rint(np.linspace(-width, width, steps)), dtype=np.float64)


KINDS: Final[Mapping[str, AugmentationKind]] = {
    "rotation": AugmentationKind("Rotation", "degrees", _evenly(_DEGREES)),
    "blur": AugmentationKind("Gaussian blur", "pixels", _blur_radii),
    "horizontal-shift": AugmentationKind("Horizontal shift", "pixels", _distances),
    "vertical-shift": AugmentationKind("Vertical shift", "pixels", _distances),
    "noise": AugmentationKind("Noise", "share", _evenly(1.0)),
}


def values_of(kind: str, steps: int, width: int) -> list[float]:
    """How far a picture is changed at each step, in the unit of the kind."""
    return [round(value, 6) + 0.0 for value in KINDS[kind].values(steps, width).tolist()]

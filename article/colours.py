"""Colour scales, from the chart library's own, so that static and live pictures agree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from plotly.colors import diverging, hex_to_rgb, sequential, unlabel_rgb

Colours: TypeAlias = npt.NDArray[np.uint8]
"""(256, 3): red, green, blue from the low to the high end of a scale."""

STEPS: Final = 256

STORED_ERROR: Final = 1e-4
"""More than storing similarities in 16 bits adds to them, or to what is derived from them."""


@cache
def similarity_scale() -> Colours:
    """Viridis, interpolated to 256 colours: perceptually uniform, safe for colour blindness."""
    return _interpolated([hex_to_rgb(colour) for colour in sequential.Viridis])


@cache
def difference_scale() -> Colours:
    """Orange, through near white at zero, to blue: told apart without seeing red or green.

    The two halves of two of ColorBrewer's scales, which are as dark at the same distance from zero;
    orange is the colour of texts and blue that of images everywhere.
    """
    orange, blue = diverging.PuOr[:5], diverging.RdBu[5:]
    return _interpolated([unlabel_rgb(colour) for colour in (*orange, *blue)])


def _interpolated(stops: Sequence[tuple[float, float, float]]) -> Colours:
    """Evenly spaced stops as a scale."""
    at = np.linspace(0, len(stops) - 1, STEPS)
    channels = [np.interp(at, np.arange(len(stops)), channel) for channel in np.transpose(stops)]
    return np.asarray(np.rint(np.stack(channels, axis=1)), dtype=np.uint8)


def colour_index(values: npt.NDArray[np.float64], low: float, high: float) -> Colours:
    """Position 0 to 255 on a scale that spans [low, high]; values beyond it get the end colours."""
    share = (values - low) / (high - low)
    return np.asarray(np.rint(share.clip(0, 1) * (STEPS - 1)), dtype=np.uint8)


def similarity_ends(lowest: float, error: float = STORED_ERROR) -> tuple[float, float]:
    """Ends of a scale of similarities: a tenth at or below the lowest of them, and one.

    An `error` of what was stored is allowed for: -0.80001 is -0.8.
    """
    return math.floor(10 * (lowest + error)) / 10, 1.0

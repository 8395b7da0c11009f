"""Colour scales, from the chart library's own, so that static and live pictures agree."""

from __future__ import annotations

from functools import cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from plotly.colors import hex_to_rgb, sequential

Colours: TypeAlias = npt.NDArray[np.uint8]
"""(256, 3): red, green, blue from the low to the high end of a scale."""

STEPS: Final = 256


@cache
def similarity_scale() -> Colours:
    """Viridis, interpolated to 256 colours: perceptually uniform, safe for colour blindness."""
    stops = np.array([hex_to_rgb(colour) for colour in sequential.Viridis], dtype=float)
    at = np.linspace(0, len(stops) - 1, STEPS)
    channels = [np.interp(at, np.arange(len(stops)), stops[:, c]) for c in range(3)]
    return np.asarray(np.rint(np.stack(channels, axis=1)), dtype=np.uint8)


def colour_index(values: npt.NDArray[np.float64], low: float, high: float) -> Colours:
    """Position 0 to 255 on a scale that spans [low, high]; values beyond it get the end colours."""
    share = (values - low) / (high - low)
    return np.asarray(np.rint(share.clip(0, 1) * (STEPS - 1)), dtype=np.uint8)

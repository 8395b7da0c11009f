"""Pictures as arrays of bytes."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

Picture: TypeAlias = npt.NDArray[np.uint8]
"""Red, green and blue, (h, w, 3)."""


def square(picture: Picture, side: int) -> Picture:
    """The middle of a picture, scaled to (side, side, 3): what a model sees of it."""
    if picture.shape[:2] == (side, side):
        return picture
    fitted = ImageOps.fit(Image.fromarray(picture), (side, side), Image.Resampling.BICUBIC)
    return np.asarray(fitted)

"""Encoders beside direct computations."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from precompute.encoders import Encoder
from tests.precompute.published import official

TEXTS = ("a dog on a red sofa", "two hot dogs, please!", "a photo " * 50)


def pictures(count: int, side: int) -> list[npt.NDArray[np.uint8]]:
    """Random pictures, taller than wide."""
    draw = np.random.default_rng(3)
    return [draw.integers(0, 256, (side + 9, side, 3), dtype=np.uint8) for _ in range(count)]


def unit(vectors: npt.ArrayLike) -> npt.NDArray[np.float64]:
    rows = np.asarray(vectors, dtype=np.float64)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def largest_difference(left: npt.ArrayLike, right: npt.ArrayLike) -> float:
    """Largest difference of a component, between vectors of length 1."""
    return float(np.abs(unit(left) - unit(right)).max())


def differences(
    encoder: Encoder, state: dict[str, Tensor], architecture: official.Architecture, count: int
) -> tuple[float, float]:
    """How far an encoder is from the direct computation: on pictures, on texts."""
    images = encoder.prepare_images(pictures(count, architecture.side))
    tokens = encoder.prepare_texts(TEXTS[:count])
    with torch.inference_mode():
        image_heads, text_heads = architecture.width * 32 // 64, architecture.text_width // 64
        expected_images = official.encode_images(state, images, image_heads)
        expected_texts = official.encode_texts(state, tokens, text_heads)
    return (
        largest_difference(encoder.gather([encoder.encode_images(images)]), expected_images),
        largest_difference(encoder.gather([encoder.encode_texts(tokens)]), expected_texts),
    )

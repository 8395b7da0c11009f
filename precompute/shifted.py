"""CLIP with a fixed offset for each modality: a training that starts without a gap.

Source of the question: Liang et al. 2022, arXiv 2203.02053, section 5. The offsets are no
parameters; what training does to the gap from there, it does by itself.
"""

from __future__ import annotations

from typing import Any

import torch
from open_clip.model import CLIP
from torch import Tensor
from torch.nn import functional

SMALLEST_GAP = 1e-6
MOST_ITERATIONS = 1_000


class ShiftedCLIP(CLIP):  # type: ignore[misc]  # open_clip has no types
    """A CLIP model whose unit vectors are moved by an offset each, then normalised again."""

    image_offset: Tensor
    text_offset: Tensor

    def __init__(self, embed_dim: int, *arguments: Any, **settings: Any) -> None:
        """A model with offsets of zero, which is the model without them."""
        super().__init__(embed_dim, *arguments, **settings)
        self.register_buffer("image_offset", torch.zeros(embed_dim))
        self.register_buffer("text_offset", torch.zeros(embed_dim))

    def encode_image(self, image: Tensor, normalize: bool = False) -> Tensor:
        """Unit vectors (n, d) in float32, whether or not it is asked for them."""
        return move(super().encode_image(image), self.image_offset)

    def encode_text(self, text: Tensor, normalize: bool = False) -> Tensor:
        """Unit vectors (n, d) in float32, whether or not it is asked for them."""
        return move(super().encode_text(text), self.text_offset)


def move(features: Tensor, offset: Tensor) -> Tensor:
    """`normalise(normalise(features) - offset)`, (n, d) in float32."""
    return functional.normalize(functional.normalize(features.float(), dim=1) - offset, dim=1)


def offsets_without_gap(images: Tensor, texts: Tensor) -> tuple[Tensor, Tensor]:
    """Offsets (d,) of opposite sign after which the means of unit vectors (n, d) coincide.

    Half of the gap each, again and again, since normalising leaves some of it.

    Raises:
        ValueError: the means do not come together.
    """
    offset = torch.zeros(images.shape[1], dtype=torch.float64)
    images, texts = images.double(), texts.double()
    for _ in range(MOST_ITERATIONS):
        x = functional.normalize(images - offset, dim=1)
        y = functional.normalize(texts + offset, dim=1)
        gap = x.mean(dim=0) - y.mean(dim=0)
        if not torch.cat([x, y]).norm(dim=1).all():
            raise ValueError("the offsets that close the gap move a vector onto the origin")
        if gap.norm() < SMALLEST_GAP:
            return offset.float(), -offset.float()
        offset += gap / 2
    raise ValueError(f"no offsets close the gap at the start: {gap.norm():.3g} is left")

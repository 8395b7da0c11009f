"""The towers of CLOOB trained on LAION-400M: a ViT and a transformer that is not causal.

Architecture of crowsonkb/cloob-training (cloob_training/model.py). It differs from CLIP's: no
normalisation before the first layer or after the last one, text read off at its first place, a
linear projection with a bias, GELU in its tanh form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

GELU_FORMS: Final = {"tanh": "tanh", "erf": "none"}  # by what torch calls them


@dataclass(frozen=True)
class Transformer:
    """Size of a tower: layers, width of a place, attention heads."""

    layers: int
    width: int
    heads: int


@dataclass(frozen=True)
class Config:
    """Sizes of both towers; the defaults are those that were published."""

    dimensions: int = 512
    image_size: int = 224
    patch_size: int = 16
    context_length: int = 77
    vocabulary_size: int = 49_408
    image: Transformer = Transformer(layers=12, width=768, heads=12)
    text: Transformer = Transformer(layers=12, width=512, heads=8)


class Attention(nn.Module):
    """Normalisation, then attention of all places to all places."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, written: Tensor | None) -> Tensor:
        """(n, places, width); `written` (n, places) is 1 up to the end of text, 0 behind it.

        The mask that the model was trained with covers rows of the attention matrix, not columns:
        a place behind the text attends to all places alike, and every place attends to those
        behind the text. A query of zeros gives just such a row.
        """
        x = self.norm(x)
        query = self.query(x)
        if written is not None:
            query = query * written.unsqueeze(-1)
        attended = functional.scaled_dot_product_attention(
            self._split(query), self._split(self.key(x)), self._split(self.value(x))
        )
        mixed: Tensor = self.out(attended.transpose(1, 2).flatten(2))
        return mixed

    def _split(self, x: Tensor) -> Tensor:
        # To (n, heads, places, width of a head).
        return x.view(*x.shape[:-1], self.heads, -1).transpose(1, 2)


class FeedForward(nn.Module):
    """Normalisation, then a layer four times as wide."""

    def __init__(self, width: int, gelu: str) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.widen = nn.Linear(width, 4 * width)
        self.activate = nn.GELU(approximate=GELU_FORMS[gelu])
        self.narrow = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """(n, places, width)."""
        narrowed: Tensor = self.narrow(self.activate(self.widen(self.norm(x))))
        return narrowed


class Layer(nn.Module):
    """Attention and feed-forward, each added to what came in."""

    def __init__(self, size: Transformer, gelu: str) -> None:
        super().__init__()
        self.attention = Attention(size.width, size.heads)
        self.feed_forward = FeedForward(size.width, gelu)

    def forward(self, x: Tensor, written: Tensor | None) -> Tensor:
        """(n, places, width)."""
        x = x + self.attention(x, written)
        added: Tensor = x + self.feed_forward(x)
        return added


class ImageTower(nn.Module):
    """A ViT read off at its class place."""

    def __init__(self, config: Config, gelu: str) -> None:
        super().__init__()
        width, patch = config.image.width, config.patch_size
        places = (config.image_size // patch) ** 2 + 1
        self.patches = nn.Conv2d(3, width, patch, patch, bias=False)
        self.class_place = nn.Parameter(torch.zeros(width))
        self.positions = nn.Parameter(torch.zeros(places, width))
        self.layers = nn.ModuleList(Layer(config.image, gelu) for _ in range(config.image.layers))
        self.projection = nn.Linear(width, config.dimensions)

    def forward(self, images: Tensor) -> Tensor:
        """(n, 3, side, side) to unit vectors (n, dimensions)."""
        patches = self.patches(images).flatten(2).transpose(1, 2)
        class_place = self.class_place.to(patches.dtype).expand(len(images), 1, -1)
        x = torch.cat([class_place, patches], dim=1) + self.positions
        for layer in self.layers:
            x = layer(x, None)
        return functional.normalize(self.projection(x[:, 0]), dim=-1)


class TextTower(nn.Module):
    """A transformer read off at its first place."""

    def __init__(self, config: Config, gelu: str) -> None:
        super().__init__()
        width = config.text.width
        self.end_of_text = config.vocabulary_size - 1
        self.tokens = nn.Embedding(config.vocabulary_size, width)
        self.positions = nn.Parameter(torch.zeros(config.context_length, width))
        self.layers = nn.ModuleList(Layer(config.text, gelu) for _ in range(config.text.layers))
        self.projection = nn.Linear(width, config.dimensions)

    def forward(self, tokens: Tensor) -> Tensor:
        """Token ids (n, context) to unit vectors (n, dimensions)."""
        ends = tokens == self.end_of_text
        written = ends.cumsum(dim=-1) == ends
        x = self.tokens(tokens) + self.positions
        for layer in self.layers:
            x = layer(x, written)
        return functional.normalize(self.projection(x[:, 0]), dim=-1)


class CloobLaion(nn.Module):
    """Both towers. `gelu` is "tanh", as they were trained, or "erf", GELU by its definition."""

    def __init__(self, config: Config, gelu: str = "tanh") -> None:
        super().__init__()
        self.image = ImageTower(config, gelu)
        self.text = TextTower(config, gelu)

"""The cone effect: how alike different items are to each layer of a tower, before any training.

Source: Liang et al. 2022, arXiv 2203.02053, figure 2a. A layer's features are pooled over positions
by their mean (a text's up to its end), and compared by cosine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import torch
from open_clip.model import CLIP
from torch import Tensor, nn

from article import geometry
from precompute.evaluation import evaluation_mode
from precompute.measures import mean_cosine
from precompute.miniatures import images_to_input
from precompute.training import Images

Layers = dict[str, nn.Module]


def image_layers(model: CLIP) -> Layers:
    """Layers of a ModifiedResNet or a ViT, from the first to the output, by name."""
    tower = model.visual
    if hasattr(tower, "layer1"):
        blocks = {f"stage {i}": getattr(tower, f"layer{i}") for i in (1, 2, 3, 4)}
        return {"stem": tower.avgpool, **blocks}
    return {"patches": tower.ln_pre, **_blocks(tower.transformer)}


def text_layers(model: CLIP) -> Layers:
    """Layers of the text transformer, by name; its first input is embeddings of the words."""
    return {"words": model.token_embedding, **_blocks(model.transformer)}


def _blocks(transformer: Any) -> Layers:
    return {f"block {i}": block for i, block in enumerate(transformer.resblocks, start=1)}


def cone_of_images(model: CLIP, images: Images) -> dict[str, float]:
    """Mean cosine of different images (n, h, w, 3) at each layer and at the output."""
    pixels = images_to_input(images)
    return _cone(image_layers(model), partial(model.encode_image, pixels), pooled_image)


def cone_of_texts(model: CLIP, tokens: Tensor) -> dict[str, float]:
    """Mean cosine of different texts, as tokens (n, context), at each layer and at the output."""
    lengths = tokens.argmax(dim=1) + 1  # the end of a text has the highest id
    return _cone(text_layers(model), partial(model.encode_text, tokens), pooled_text(lengths))


def _cone(
    layers: Layers, encode: Callable[[], Tensor], pool: Callable[[Tensor], Tensor]
) -> dict[str, float]:
    with features_of(layers) as seen, torch.inference_mode():
        output = encode()
    pooled = {name: pool(features) for name, features in seen.items()}
    return {name: _mean_cosine(x) for name, x in {**pooled, "output": output}.items()}


def _mean_cosine(features: Tensor) -> float:
    return mean_cosine(geometry.normalise(np.asarray(features.float().numpy(), np.float64)))


@contextmanager
def features_of(layers: Layers) -> Iterator[dict[str, Tensor]]:
    """What layers put out while the model runs within, by their names."""
    seen: dict[str, Tensor] = {}

    def keep(name: str, _: nn.Module, __: object, output: Tensor) -> None:
        seen[name] = output

    hooks = [layer.register_forward_hook(partial(keep, name)) for name, layer in layers.items()]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def pooled_image(features: Tensor) -> Tensor:
    """Means (n, channels) over the places of a map (n, c, h, w) or the tokens of (n, t, c)."""
    return features.mean(dim=(2, 3) if features.ndim == 4 else 1)


def pooled_text(lengths: Tensor) -> Callable[[Tensor], Tensor]:
    """Means (n, channels) of features (n, t, c) over the first `lengths` (n,) places."""

    def pool(features: Tensor) -> Tensor:
        inside = torch.arange(features.shape[1])[None, :] < lengths[:, None]
        total = (features * inside[:, :, None]).sum(dim=1)
        return total / lengths[:, None]

    return pool


def cones(model: CLIP, images: Images, tokens: Tensor) -> tuple[dict[str, float], dict[str, float]]:
    """Mean cosines of both towers by layer, with running statistics as they are."""
    with evaluation_mode(model):
        return cone_of_images(model, images), cone_of_texts(model, tokens)

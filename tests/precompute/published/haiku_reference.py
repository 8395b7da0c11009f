"""CLOOB LAION's towers in NumPy, straight from haiku's parameters: in float64, without torch.

Names, shapes and formulas are written down here a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import erf

Array = npt.NDArray[Any]
Shape = dict[str, tuple[int, ...]]
Shapes = dict[str, Shape]
Params = dict[str, dict[str, Array]]


@dataclass(frozen=True)
class Tower:
    """Layers, width and heads; `places` with that of the class."""

    layers: int
    width: int
    heads: int
    places: int


def image_shapes(tower: Tower, patch: int, dimensions: int) -> Shapes:
    name = "vi_t_image_encoder"
    return {
        name: {"class_embed": (tower.width,)},
        f"{name}/embed": {"w": (patch, patch, 3, tower.width)},
        **common_shapes(name, tower, dimensions),
    }


def text_shapes(tower: Tower, vocabulary: int, dimensions: int) -> Shapes:
    return {
        "text_encoder/embed": {"embeddings": (vocabulary, tower.width)},
        **common_shapes("text_encoder", tower, dimensions),
    }


def common_shapes(name: str, tower: Tower, dimensions: int) -> Shapes:
    width = tower.width
    norm: Shape = {"scale": (width,), "offset": (width,)}
    square: Shape = {"w": (width, width), "b": (width,)}
    shapes: Shapes = {
        f"{name}/pos_embed": {"w": (tower.places, width)},
        f"{name}/proj": {"w": (width, dimensions), "b": (dimensions,)},
    }
    for layer in range(tower.layers):
        attention = f"{name}/layer_{layer}/self_attention"
        feed_forward = f"{name}/layer_{layer}/feed_forward"
        shapes[f"{attention}/layer_norm"] = norm
        for part in ("query", "key", "value", "linear"):
            shapes[f"{attention}/multi_head_attention/{part}"] = square
        shapes[f"{feed_forward}/layer_norm"] = norm
        shapes[f"{feed_forward}/linear_0"] = {"w": (width, 4 * width), "b": (4 * width,)}
        shapes[f"{feed_forward}/linear_1"] = {"w": (4 * width, width), "b": (width,)}
    return shapes


def random_params(shapes: Shapes, seed: int) -> Params:
    draw = np.random.default_rng(seed)
    return {
        module: {
            name: draw.normal(name == "scale", 0.4, shape).astype(np.float32)
            for name, shape in entries.items()
        }
        for module, entries in shapes.items()
    }


def encode_images(params: Params, images: Array, tower: Tower, gelu: str = "tanh") -> Array:
    """(n, 3, side, side) to unit vectors (n, dimensions)."""
    name = "vi_t_image_encoder"
    kernel = params[f"{name}/embed"]["w"].astype(np.float64)
    patch, side = kernel.shape[0], images.shape[2]
    rows = []
    for top in range(0, side, patch):
        for left in range(0, side, patch):
            part = images[:, :, top : top + patch, left : left + patch]
            rows.append(np.einsum("nchw,hwcd->nd", part, kernel))
    class_place = np.broadcast_to(params[name]["class_embed"], rows[0].shape)
    x = np.stack([class_place, *rows], axis=1) + params[f"{name}/pos_embed"]["w"]
    return finish(params, name, x, None, tower, gelu)


def encode_texts(params: Params, tokens: Array, tower: Tower, gelu: str = "tanh") -> Array:
    """Token ids (n, context), the end of text the highest of all, to unit vectors."""
    embeddings = params["text_encoder/embed"]["embeddings"].astype(np.float64)
    end = len(embeddings) - 1
    x = embeddings[tokens] + params["text_encoder/pos_embed"]["w"]
    written = np.array([[end not in row[:place] for place in range(len(row))] for row in tokens])
    return finish(params, "text_encoder", x, written, tower, gelu)


def finish(
    params: Params, name: str, x: Array, written: Array | None, tower: Tower, gelu: str
) -> Array:
    for layer in range(tower.layers):
        attention, feed_forward = (
            f"{name}/layer_{layer}/{part}" for part in ("self_attention", "feed_forward")
        )
        x = x + attend(params, attention, x, written, tower.heads)
        inside = layer_norm(params[f"{feed_forward}/layer_norm"], x)
        wide = activate(linear(params[f"{feed_forward}/linear_0"], inside), gelu)
        x = x + linear(params[f"{feed_forward}/linear_1"], wide)
    vectors = linear(params[f"{name}/proj"], x[:, 0])
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def attend(params: Params, name: str, x: Array, written: Array | None, heads: int) -> Array:
    """Every place attends to every place; places behind the text attend to all alike."""
    x = layer_norm(params[f"{name}/layer_norm"], x)
    module = f"{name}/multi_head_attention"
    query, key, value = (
        linear(params[f"{module}/{part}"], x).reshape(*x.shape[:2], heads, -1)
        for part in ("query", "key", "value")
    )
    scores = np.einsum("nqhd,nkhd->nhqk", query, key) / np.sqrt(query.shape[-1])
    if written is not None:
        scores = np.where(written[:, None, :, None], scores, -1e30)
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    mixed = np.einsum("nhqk,nkhd->nqhd", shares, value).reshape(x.shape)
    return linear(params[f"{module}/linear"], mixed)


def linear(params: dict[str, Array], x: Array) -> Array:
    return np.asarray(x @ params["w"].astype(np.float64) + params["b"])


def layer_norm(params: dict[str, Array], x: Array) -> Array:
    centred = x - x.mean(axis=-1, keepdims=True)
    deviation = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + 1e-5)
    return np.asarray(centred / deviation * params["scale"] + params["offset"])


def activate(x: Array, gelu: str) -> Array:
    if gelu == "erf":
        return np.asarray(x * (1 + erf(x / np.sqrt(2))) / 2)
    return np.asarray(x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2)

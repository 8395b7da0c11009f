"""Checkpoints in the layout that others published, with random weights, and what they compute.

Names, shapes and formulas are written down here a second time, without open_clip.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

State = dict[str, Tensor]
Checkpoint = dict[str, Any]


@dataclass(frozen=True)
class Architecture:
    """CLIP with a ModifiedResNet; `places` are the places of a picture after its last stage."""

    layers: tuple[int, ...]
    width: int
    side: int
    dimensions: int
    text_width: int
    text_layers: int
    context: int = 77
    vocabulary: int = 49_408

    @property
    def places(self) -> int:
        return (self.side // 32) ** 2

    @property
    def config(self) -> dict[str, object]:
        """The same in open_clip's form."""
        return {
            "embed_dim": self.dimensions,
            "vision_cfg": {
                "image_size": self.side,
                "layers": list(self.layers),
                "width": self.width,
                "patch_size": None,
            },
            "text_cfg": {
                "context_length": self.context,
                "vocab_size": self.vocabulary,
                "width": self.text_width,
                "heads": self.text_width // 64,
                "layers": self.text_layers,
            },
        }


RN50 = Architecture((3, 4, 6, 3), 64, 224, 1024, 512, 12)
RN50X4 = Architecture((4, 6, 10, 6), 80, 288, 640, 640, 12)
TINY = Architecture((1, 2, 1, 1), 8, 64, 16, 128, 2)


def image_shapes(a: Architecture) -> Iterator[tuple[str, tuple[int, ...]]]:
    half, width, wide = a.width // 2, a.width, a.width * 32
    for number, (inside, outside) in enumerate(((3, half), (half, half), (half, width)), start=1):
        yield from convolution(f"visual.conv{number}", f"visual.bn{number}", inside, outside, 3)
    inside = width
    for stage, blocks in enumerate(a.layers, start=1):
        planes = width * 2 ** (stage - 1)
        for block in range(blocks):
            name = f"visual.layer{stage}.{block}"
            yield from convolution(f"{name}.conv1", f"{name}.bn1", inside, planes, 1)
            yield from convolution(f"{name}.conv2", f"{name}.bn2", planes, planes, 3)
            yield from convolution(f"{name}.conv3", f"{name}.bn3", planes, 4 * planes, 1)
            if block == 0:
                shortcut = f"{name}.downsample"
                yield from convolution(f"{shortcut}.0", f"{shortcut}.1", inside, 4 * planes, 1)
            inside = 4 * planes
    yield "visual.attnpool.positional_embedding", (a.places + 1, wide)
    for name, outside in {"k": wide, "q": wide, "v": wide, "c": a.dimensions}.items():
        yield from linear(f"visual.attnpool.{name}_proj", wide, outside)


def convolution(
    name: str, norm: str, inside: int, outside: int, side: int
) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (outside, inside, side, side)
    for part in ("weight", "bias", "running_mean", "running_var"):
        yield f"{norm}.{part}", (outside,)
    yield f"{norm}.num_batches_tracked", ()


def linear(name: str, inside: int, outside: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (outside, inside)
    yield f"{name}.bias", (outside,)


def text_shapes(a: Architecture) -> Iterator[tuple[str, tuple[int, ...]]]:
    width = a.text_width
    yield "positional_embedding", (a.context, width)
    yield "text_projection", (width, a.dimensions)
    yield "token_embedding.weight", (a.vocabulary, width)
    for part in ("weight", "bias"):
        yield f"ln_final.{part}", (width,)
    for layer in range(a.text_layers):
        name = f"transformer.resblocks.{layer}"
        yield f"{name}.attn.in_proj_weight", (3 * width, width)
        yield f"{name}.attn.in_proj_bias", (3 * width,)
        yield from linear(f"{name}.attn.out_proj", width, width)
        yield from linear(f"{name}.mlp.c_fc", width, 4 * width)
        yield from linear(f"{name}.mlp.c_proj", 4 * width, width)
        for norm in ("ln_1", "ln_2"):
            yield f"{name}.{norm}.weight", (width,)
            yield f"{name}.{norm}.bias", (width,)


def shapes(a: Architecture) -> dict[str, tuple[int, ...]]:
    """All tensors by OpenAI's names, which CyCLIP keeps."""
    return {"logit_scale": (), **dict(image_shapes(a)), **dict(text_shapes(a))}


def random_state(a: Architecture, logit_scale: float = 2.5, seed: int = 0) -> State:
    """Random weights that keep signals alive: gains near 1, matrices scaled by their inputs."""
    draw = torch.Generator().manual_seed(seed)
    return {
        name: torch.tensor(logit_scale) if name == "logit_scale" else drawn(name, shape, draw)
        for name, shape in shapes(a).items()
    }


def drawn(name: str, shape: tuple[int, ...], draw: torch.Generator) -> Tensor:
    if name.endswith("num_batches_tracked"):
        return torch.tensor(7)
    values = torch.randn(shape, generator=draw)
    if name.endswith("running_var"):
        return values.abs() + 0.5
    if len(shape) < 2:
        return 0.1 * values + name.endswith("weight")
    inputs: int = values[0].numel()
    return values / math.sqrt(inputs)


def to_cyclip(state: State) -> Checkpoint:
    """What CyCLIP's training saves."""
    module = {f"module.{name}": tensor for name, tensor in state.items()}
    optimizer = {"state": {0: {"step": torch.tensor(3.0)}}, "param_groups": [{"lr": 5e-4}]}
    return {"epoch": 64, "name": "cyclip", "state_dict": module, "optimizer": optimizer}


def to_cloob(state: State, config_file: str) -> Checkpoint:
    """What was published of CLOOB: the text tower is called `transformer`."""
    names = {name: name if name.startswith("visual.") else f"transformer.{name}" for name in state}
    names["logit_scale"] = "logit_inv_tau"
    module = {f"module.{names[name]}": tensor for name, tensor in state.items()}
    module["module.logit_scale_hopfield"] = torch.tensor(2.0)
    return {"model_config_file": config_file, "state_dict": module}


# -- the forward passes, straight from the names -------------------------------------------------


def encode_images(state: State, images: Tensor, heads: int) -> Tensor:
    """ModifiedResNet: (n, 3, side, side) to (n, dimensions)."""
    x = images
    for number, stride in ((1, 2), (2, 1), (3, 1)):
        x = functional.conv2d(x, state[f"visual.conv{number}.weight"], stride=stride, padding=1)
        x = batch_norm(state, f"visual.bn{number}", x).relu()
    x = functional.avg_pool2d(x, 2)
    for stage in (1, 2, 3, 4):
        block = 0
        while (name := f"visual.layer{stage}.{block}") + ".conv1.weight" in state:
            x = bottleneck(state, name, x, stride=2 if stage > 1 and block == 0 else 1)
            block += 1
    return attention_pool(state, x.flatten(2).transpose(1, 2), heads)


def bottleneck(state: State, name: str, x: Tensor, stride: int) -> Tensor:
    out = batch_norm(state, f"{name}.bn1", functional.conv2d(x, state[f"{name}.conv1.weight"]))
    out = functional.conv2d(out.relu(), state[f"{name}.conv2.weight"], padding=1)
    out = batch_norm(state, f"{name}.bn2", out).relu()
    if stride > 1:
        out, x = functional.avg_pool2d(out, stride), functional.avg_pool2d(x, stride)
    out = batch_norm(state, f"{name}.bn3", functional.conv2d(out, state[f"{name}.conv3.weight"]))
    if f"{name}.downsample.0.weight" in state:
        x = functional.conv2d(x, state[f"{name}.downsample.0.weight"])
        x = batch_norm(state, f"{name}.downsample.1", x)
    return (out + x).relu()


def batch_norm(state: State, name: str, x: Tensor) -> Tensor:
    mean, variance = state[f"{name}.running_mean"], state[f"{name}.running_var"]
    gain, shift = state[f"{name}.weight"], state[f"{name}.bias"]
    scale = gain / (variance + 1e-5).sqrt()
    return x * scale[:, None, None] + (shift - mean * scale)[:, None, None]


def attention_pool(state: State, places: Tensor, heads: int) -> Tensor:
    name = "visual.attnpool"
    x = torch.cat([places.mean(dim=1, keepdim=True), places], dim=1)
    x = x + state[f"{name}.positional_embedding"]
    query = project(state, f"{name}.q_proj", x[:, :1])
    key, value = project(state, f"{name}.k_proj", x), project(state, f"{name}.v_proj", x)
    return project(state, f"{name}.c_proj", attend(query, key, value, heads)[:, 0])


def encode_texts(state: State, tokens: Tensor, heads: int) -> Tensor:
    """Causal transformer with QuickGELU, read off at the highest id: (n, context) to (n, d)."""
    x = state["token_embedding.weight"][tokens] + state["positional_embedding"]
    layer = 0
    while (name := f"transformer.resblocks.{layer}") + ".ln_1.weight" in state:
        normed = layer_norm(state, f"{name}.ln_1", x)
        mixed = normed @ state[f"{name}.attn.in_proj_weight"].T + state[f"{name}.attn.in_proj_bias"]
        query, key, value = mixed.chunk(3, dim=-1)
        attended = attend(query, key, value, heads, causal=True)
        x = x + project(state, f"{name}.attn.out_proj", attended)
        wide = project(state, f"{name}.mlp.c_fc", layer_norm(state, f"{name}.ln_2", x))
        x = x + project(state, f"{name}.mlp.c_proj", wide * torch.sigmoid(1.702 * wide))
        layer += 1
    x = layer_norm(state, "ln_final", x)
    return x[torch.arange(len(x)), tokens.argmax(dim=1)] @ state["text_projection"]


def project(state: State, name: str, x: Tensor) -> Tensor:
    return x @ state[f"{name}.weight"].T + state[f"{name}.bias"]


def layer_norm(state: State, name: str, x: Tensor) -> Tensor:
    centred = x - x.mean(dim=-1, keepdim=True)
    deviation = (centred.square().mean(dim=-1, keepdim=True) + 1e-5).sqrt()
    return centred / deviation * state[f"{name}.weight"] + state[f"{name}.bias"]


def attend(query: Tensor, key: Tensor, value: Tensor, heads: int, causal: bool = False) -> Tensor:
    """Multi-head attention of (n, places, width), heads side by side."""
    q, k, v = (x.view(*x.shape[:2], heads, -1).transpose(1, 2) for x in (query, key, value))
    scores = q @ k.transpose(2, 3) / q.shape[-1] ** 0.5
    if causal:
        scores = scores.masked_fill(torch.ones_like(scores).triu(1).bool(), float("-inf"))
    mixed: Tensor = scores.softmax(dim=-1) @ v
    return mixed.transpose(1, 2).flatten(2)

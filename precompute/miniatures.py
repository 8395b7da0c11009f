"""CLIP in miniature: open_clip's own classes, built from small configs.

A miniature has the layout of the real models, so everything that runs one runs the other: a
ModifiedResNet or a ViT for images of 64 pixels, a causal transformer for short captions.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from open_clip.constants import OPENAI_DATASET_MEAN, OPENAI_DATASET_STD
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from article.artifacts import write_atomically
from precompute.shifted import ShiftedCLIP
from precompute.tokenizer import Tokenizer

Config = dict[str, Any]
Card = dict[str, Any]

IMAGE_SIZE = 64
EMBEDDING_DIMENSIONS = 128
VISION_CONFIGS: dict[str, Config] = {
    "cnn": {"layers": [1, 1, 1, 1], "width": 16, "head_width": 64},
    "vit": {"layers": 6, "width": 128, "head_width": 64, "patch_size": 16},
}
TEXT_CONFIG: Config = {"width": 128, "heads": 2, "layers": 3}
CARD_VERSION = 1


class WeightsError(ValueError):
    """Weights or a card that cannot be loaded: names the file and what is wrong in it."""


def config_of(tower: str, tokenizer: Tokenizer) -> Config:
    """Model config in open_clip's form for a tower, "cnn" or "vit", and a tokenizer."""
    if tower not in VISION_CONFIGS:
        known = ", ".join(sorted(VISION_CONFIGS))
        raise ValueError(f"unknown tower {tower!r}; known: {known}")
    context = {
        "context_length": tokenizer.context_length,
        "vocab_size": tokenizer.vocabulary_size,
    }
    return {
        "embed_dim": EMBEDDING_DIMENSIONS,
        "vision_cfg": {"image_size": IMAGE_SIZE, **VISION_CONFIGS[tower]},
        "text_cfg": {**TEXT_CONFIG, **context},
    }


def construct(config: Config, logit_scale: float = 1 / 0.07, kind: type[CLIP] = CLIP) -> CLIP:
    """An open_clip model of a config, its parameters drawn from torch's current random state."""
    return kind(
        embed_dim=config["embed_dim"],
        vision_cfg=CLIPVisionCfg(**config["vision_cfg"]),
        text_cfg=CLIPTextCfg(**config["text_cfg"]),
        init_logit_scale=math.log(logit_scale),
    )


def start(config: Config, seed: int, logit_scale: float, kind: type[CLIP] = CLIP) -> CLIP:
    """The untrained model of a config and a seed.

    The objective has no part in it, and every image tower meets the same text tower: that is drawn
    beside the CNN, whichever image tower is asked for.
    """
    reference = {**config, "vision_cfg": {"image_size": IMAGE_SIZE, **VISION_CONFIGS["cnn"]}}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        text = text_state(construct(reference, logit_scale))
        torch.manual_seed(seed)
        model = construct(config, logit_scale, kind)
    model.load_state_dict(text, strict=False)
    return model


def text_state(model: CLIP) -> dict[str, Tensor]:
    """The entries of the state that belong to the text tower."""
    entries = model.state_dict().items()
    return {name: t for name, t in entries if not name.startswith(("visual.", "logit_scale"))}


def images_to_input(images: npt.NDArray[np.uint8] | Tensor) -> Tensor:
    """Images (n, h, w, 3) of bytes to (n, 3, h, w) float32, normalised as CLIP's are.

    The result keeps the bytes' order in memory (channels last), in which convolutions are fastest.
    """
    pixels = torch.as_tensor(images).permute(0, 3, 1, 2).to(torch.float32)
    mean = torch.tensor(OPENAI_DATASET_MEAN, device=pixels.device).view(1, 3, 1, 1)
    deviation = torch.tensor(OPENAI_DATASET_STD, device=pixels.device).view(1, 3, 1, 1)
    return pixels.div_(255).sub_(mean).div_(deviation)


@dataclass(frozen=True)
class Miniature:
    """A trained model, the tokenizer it was trained with, and the card that says how."""

    model: CLIP
    tokenizer: Tokenizer
    card: Card


def card_path(weights: Path) -> Path:
    """Where the card of a weights file lies: beside it, as JSON."""
    return weights.with_suffix(".json")


def write_weights(path: Path, model: CLIP, card: Card) -> None:
    """Write weights as fp16 safetensors, and the card beside them.

    Only what has two dimensions or more is halved: gains, biases and running statistics weigh
    little, and the running variances would leave the range of 16 bits.
    """
    tensors = {name: _halved(tensor) for name, tensor in model.state_dict().items()}
    # The header says nothing else, so that equal weights are equal bytes.
    write_atomically(path, save(tensors, metadata={"format": "pt"}))
    write_atomically(card_path(path), (json.dumps(card, indent=2) + "\n").encode())


def round_to_stored(model: CLIP) -> CLIP:
    """The model with the values that `write_weights` keeps of it, changed in place."""
    state = model.state_dict()
    model.load_state_dict({name: _halved(tensor) for name, tensor in state.items()})
    return model


def _halved(tensor: Tensor) -> Tensor:
    kept = tensor.ndim < 2 or not tensor.is_floating_point()
    return (tensor if kept else tensor.half()).cpu().contiguous()


def read_card(weights: Path) -> Card:
    """Read the card of a weights file.

    Raises:
        WeightsError: there is no card, or it is of another version.
    """
    path = card_path(weights)
    try:
        card = json.loads(path.read_text())
    except FileNotFoundError:
        raise WeightsError(f"{path}: no card for {weights.name}") from None
    except json.JSONDecodeError as error:
        raise WeightsError(f"{path}: not JSON ({error})") from error
    if not isinstance(card, dict) or card.get("version") != CARD_VERSION:
        raise WeightsError(f"{path}: not a card of version {CARD_VERSION}")
    return card


def read_weights(path: Path, tokenizer: Tokenizer) -> Miniature:
    """Load a miniature in float32, ready to encode (evaluation mode).

    Raises:
        WeightsError: the file is missing or broken, keys or shapes differ from what the card's
            config asks for, or it was trained with another vocabulary.
    """
    card = read_card(path)
    if card["tokenizer"]["sha256"] != tokenizer.fingerprint:
        raise WeightsError(
            f"{path}: trained with another vocabulary "
            f"({card['tokenizer']['size']} ids, {card['tokenizer']['sha256'][:12]}) than the "
            f"tokenizer's ({tokenizer.vocabulary_size} ids, {tokenizer.fingerprint[:12]})"
        )
    tensors = _read_tensors(path)
    model = construct(card["model"], kind=ShiftedCLIP if "image_offset" in tensors else CLIP)
    load_state(model, tensors, str(path))
    return Miniature(model.eval(), tokenizer, card)


def _read_tensors(path: Path) -> dict[str, Tensor]:
    try:
        return load(path.read_bytes())
    except FileNotFoundError:
        raise WeightsError(f"{path}: no such weights file") from None
    except SafetensorError as error:
        raise WeightsError(f"{path}: not a safetensors file ({error})") from error


def load_state(model: CLIP, tensors: dict[str, Tensor], source: str) -> None:
    """Copy tensors into a model; names of `source` and of all that does not fit are in errors."""
    expected = model.state_dict()
    missing = sorted(expected.keys() - tensors.keys())
    unexpected = sorted(tensors.keys() - expected.keys())
    misshapen = [
        f"{name} {tuple(tensors[name].shape)} for {tuple(expected[name].shape)}"
        for name in sorted(expected.keys() & tensors.keys())
        if tensors[name].shape != expected[name].shape
    ]
    faults = {"missing": missing, "unexpected": unexpected, "wrong shape": misshapen}
    if any(faults.values()):
        listed = "; ".join(
            f"{fault}: {', '.join(names)}" for fault, names in faults.items() if names
        )
        raise WeightsError(f"{source}: {listed}")
    model.load_state_dict(tensors)

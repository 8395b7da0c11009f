"""Where a training stands, in one safetensors file: model, optimizer, step, and what it follows.

Everything that decides the rest of a training is in it, so that a training that goes on from a
checkpoint ends with the same bits as one that was never interrupted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from open_clip.model import CLIP
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from article.artifacts import write_atomically
from precompute.miniatures import load_state

FORMAT_VERSION = 1
_MODEL, _OPTIMIZER = "model/", "optimizer/"


class CheckpointError(ValueError):
    """A checkpoint that is broken, or belongs to another training."""


@dataclass(frozen=True)
class Position:
    """How far a training has come.

    `step` is the number of steps done, `seconds` the time they took over all sittings; `settings`
    are those that the steps followed, as plain values.
    """

    step: int
    seconds: float
    settings: dict[str, Any]


@dataclass(frozen=True)
class Checkpoint:
    """A position and the tensors that belong to it."""

    path: Path
    position: Position
    tensors: dict[str, Tensor]


def write_checkpoint(
    path: Path, position: Position, model: CLIP, optimizer: torch.optim.Optimizer
) -> None:
    """Write a checkpoint; a kill while writing leaves the one before."""
    tensors = {_MODEL + name: tensor for name, tensor in model.state_dict().items()}
    for name, parameter in model.named_parameters():
        for key, value in optimizer.state.get(parameter, {}).items():
            tensors[f"{_OPTIMIZER}{key}/{name}"] = value
    metadata = {
        "version": str(FORMAT_VERSION),
        "step": str(position.step),
        "seconds": repr(position.seconds),
        "settings": json.dumps(position.settings),
    }
    on_host = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_atomically(path, save(on_host, metadata=metadata))


def read_checkpoint(path: Path) -> Checkpoint | None:
    """The checkpoint of a file, or nothing where there is no file.

    Raises:
        CheckpointError: the file is broken or of another version.
    """
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise CheckpointError(f"{path}: not a whole safetensors file ({error})") from error
    if metadata.get("version") != str(FORMAT_VERSION):
        raise CheckpointError(f"{path}: not a checkpoint of version {FORMAT_VERSION}")
    position = Position(
        int(metadata["step"]), float(metadata["seconds"]), json.loads(metadata["settings"])
    )
    return Checkpoint(path, position, tensors)


def restore(checkpoint: Checkpoint, model: CLIP, optimizer: torch.optim.Optimizer) -> None:
    """Put a checkpoint's tensors into a model and its optimizer.

    Raises:
        WeightsError: the tensors are not those of the model.
    """
    tensors = checkpoint.tensors
    model_state = {
        name.removeprefix(_MODEL): t for name, t in tensors.items() if name.startswith(_MODEL)
    }
    load_state(model, model_state, str(checkpoint.path))
    parameters = dict(model.named_parameters())
    optimizer.state.clear()
    for name, tensor in tensors.items():
        if name.startswith(_OPTIMIZER):
            key, parameter_name = name.removeprefix(_OPTIMIZER).split("/", 1)
            parameter = parameters[parameter_name]
            # AdamW keeps its step counts, which are scalars, on the host.
            device = parameter.device if tensor.ndim else tensor.device
            optimizer.state[parameter][key] = tensor.to(device)


def check_settings(
    checkpoint: Checkpoint, settings: dict[str, Any], may_differ: Sequence[str] = ()
) -> bool:
    """Refuse a checkpoint made with other settings; true if it agrees in those of `may_differ` too.

    Raises:
        CheckpointError: names each setting that differs, and how.
    """
    made_with = flatten(checkpoint.position.settings)
    asked = flatten(json.loads(json.dumps(settings)))
    differing = [key for key in sorted(made_with | asked) if made_with.get(key) != asked.get(key)]
    refused = [key for key in differing if key not in may_differ]
    if refused:
        listed = "; ".join(f"{k} was {made_with.get(k)!r}, is {asked.get(k)!r}" for k in refused)
        raise CheckpointError(
            f"{checkpoint.path}: belongs to another training: {listed}. "
            "Train in another folder, or remove this one to start again."
        )
    return not differing


def flatten(settings: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings as one level, keys joined with dots."""
    flat: dict[str, Any] = {}
    for key, value in settings.items():
        if isinstance(value, dict):
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat

"""Snapshots of a training: the same pairs as the model sees them, step after step.

Steps are spaced by logarithm, since most of what a training changes it changes early. Which steps
they are does not depend on how long the training will be, so an extended one keeps its snapshots.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from article.artifacts import write_atomically

if TYPE_CHECKING:
    from open_clip.model import CLIP
    from torch import Tensor

    from precompute.evaluation import Evaluation

Halves = npt.NDArray[np.float16]

STEPS_PER_DOUBLING = 2


class SnapshotError(ValueError):
    """A snapshot that cannot be read: names the file."""


def is_snapshot_step(step: int) -> bool:
    """Whether a step is 0 or a power of the square root of 2, rounded."""
    if step == 0:
        return True
    nearest = round(STEPS_PER_DOUBLING * math.log2(step))
    return step == round(2 ** (nearest / STEPS_PER_DOUBLING))


@dataclass(frozen=True)
class Snapshot:
    """A model after `step` steps: unit vectors (n, d) of n pairs, figures of the held-out pairs."""

    step: int
    images: Halves
    texts: Halves
    held_out: dict[str, Any]


@dataclass(frozen=True)
class Camera:
    """Takes snapshots of the same pairs, and keeps them in a folder.

    `pixels` (n, h, w, 3) and `tokens` (n, context) are the pairs; `evaluate` measures the model on
    the held-out pairs.
    """

    folder: Path
    pixels: npt.NDArray[np.uint8]
    tokens: Tensor
    evaluate: Callable[[CLIP], Evaluation]

    def look(self, step: int, model: CLIP, last: bool = False) -> None:
        """Take a snapshot if the step is one to take, or the last of the training."""
        if last or is_snapshot_step(step):
            # Films are read where nothing else needs torch, which takes seconds to import.
            from precompute.evaluation import encode_pairs

            images, texts = encode_pairs(model, self.pixels, self.tokens)
            figures = asdict(self.evaluate(model))
            taken = Snapshot(step, images.astype(np.float16), texts.astype(np.float16), figures)
            write_snapshot(self.path(step), taken)

    def forget_after(self, step: int) -> None:
        """Remove snapshots of later steps, which an interrupted or shorter training had taken."""
        for path in sorted(self.folder.glob("*.safetensors")):
            if int(path.stem) > step:
                path.unlink()

    def path(self, step: int) -> Path:
        """The file of a snapshot."""
        return self.folder / f"{step:07d}.safetensors"


def write_snapshot(path: Path, snapshot: Snapshot) -> None:
    """Write a snapshot; a kill while writing leaves none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # One entry only: safetensors puts several in any order, and equal snapshots are equal bytes.
    said = json.dumps({"step": snapshot.step, "held_out": snapshot.held_out})
    tensors = {"images": snapshot.images, "texts": snapshot.texts}
    write_atomically(path, save(tensors, metadata={"snapshot": said}))


def read_snapshot(path: Path) -> Snapshot:
    """Read what `write_snapshot` wrote.

    Raises:
        SnapshotError: the file is missing or broken.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            said = json.loads(file.metadata()["snapshot"])
            tensors = {name: file.get_tensor(name) for name in ("images", "texts")}
    except (OSError, SafetensorError) as error:
        raise SnapshotError(f"{path}: not a snapshot ({error})") from error
    return Snapshot(**said, **tensors)

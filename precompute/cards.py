"""The card of a training: what a reader of its weights needs to know, and how to repeat it."""

from __future__ import annotations

import platform
import time
from dataclasses import asdict
from importlib.metadata import version

from open_clip.constants import OPENAI_DATASET_MEAN, OPENAI_DATASET_STD

from precompute.checkpoints import Position
from precompute.evaluation import Evaluation
from precompute.miniatures import CARD_VERSION, IMAGE_SIZE, Card
from precompute.training import Task

PACKAGES = ("torch", "open_clip_torch", "numpy", "safetensors")


def card_of(name: str, task: Task, position: Position, evaluation: Evaluation) -> Card:
    """The card of the weights that a task has reached at a position."""
    recipe = task.recipe
    return {
        "version": CARD_VERSION,
        "name": name,
        "title": recipe.title,
        "model": task.config,
        "image": {
            "size": IMAGE_SIZE,
            "mean": list(OPENAI_DATASET_MEAN),
            "std": list(OPENAI_DATASET_STD),
        },
        "tokenizer": {
            "sha256": task.tokenizer.fingerprint,
            "size": task.tokenizer.vocabulary_size,
            "context_length": task.tokenizer.context_length,
        },
        "training": {**recipe.content(), "finished": position.step == recipe.schedule.steps},
        "steps": position.step,
        "pairs_seen": position.step * recipe.schedule.batch,
        "evaluation": {"split": "heldout", **asdict(evaluation)},
        "hardware": task.hardware.describe(),
        "duration_seconds": round(position.seconds),
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in PACKAGES},
        },
    }

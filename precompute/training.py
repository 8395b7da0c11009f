"""The training loop: the same for every objective, tower and temperature.

What a step does is a function of the step alone: the pairs by their index, the learning rate by the
schedule. Together with checkpoints that hold everything else, a training that is killed and started
again ends with the same bits as one that never stopped.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from open_clip.model import CLIP
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from article.artifacts import write_atomically
from precompute.checkpoints import (
    Checkpoint,
    CheckpointError,
    Position,
    check_settings,
    read_checkpoint,
    restore,
    write_checkpoint,
)
from precompute.evaluation import Evaluation, encode_pairs, evaluate
from precompute.hardware import Hardware, computing
from precompute.miniatures import Config, images_to_input, start
from precompute.objectives import Objective, objective
from precompute.recipes import Recipe, Schedule
from precompute.shifted import ShiftedCLIP, offsets_without_gap
from precompute.snapshots import Camera
from precompute.tokenizer import Tokenizer

Images = npt.NDArray[np.uint8]
Clock = Callable[[], float]

HIGHEST_LOGIT_SCALE = 100.0
"""A learned logit scale is clamped here, as CLIP's is."""

START_BATCHES = 4
"""Batches on which the gap at the start is measured."""

LENGTH = ("schedule.pairs", "schedule.cooldown")
"""The settings that decide nothing until a cooldown begins."""


class PairStream(Protocol):
    """Endless pairs by index: images (count, h, w, 3) and as many captions."""

    def pairs(self, start: int, count: int) -> tuple[Images, list[str]]:
        """The pairs from `start` on, the same at every call."""


@dataclass(frozen=True)
class RunFolder:
    """The files of one training in progress."""

    path: Path

    @property
    def newest(self) -> Path:
        """The newest checkpoint."""
        return self.path / "newest.safetensors"

    @property
    def before_cooldown(self) -> Path:
        """The checkpoint from which a training can be extended."""
        return self.path / "before-cooldown.safetensors"

    @property
    def film(self) -> Path:
        """Snapshots on the way, one file each."""
        return self.path / "film"

    @property
    def log(self) -> Path:
        """The log, one JSON object a line."""
        return self.path / "log.jsonl"


@dataclass(frozen=True)
class Intervals:
    """How often a training writes its log, looks at held-out pairs, and saves itself.

    Saving is by the clock, since where a training was saved changes nothing in its result.
    """

    log_steps: int = 20
    evaluation_pairs: int = 51_200
    checkpoint_seconds: float = 60.0


@dataclass(frozen=True)
class Task:
    """Everything that decides a training: what, with which words, on which pairs, on what."""

    recipe: Recipe
    config: Config
    tokenizer: Tokenizer
    stream: PairStream
    held_out: tuple[Images, list[str]]
    hardware: Hardware

    def settings(self) -> dict[str, Any]:
        """What decides the weights, as plain values for a checkpoint."""
        content = self.recipe.content()
        del content["title"]
        # Checkpoints from before there was a choice do not name it.
        if not content["start_without_gap"]:
            del content["start_without_gap"]
        if not self.recipe.first_phase.pairs:
            del content["first_phase"]
        return {
            **content,
            "model": self.config,
            "tokenizer": self.tokenizer.fingerprint,
            "precision": self.hardware.precision,
        }


@dataclass(frozen=True)
class Outcome:
    """What a training has reached: `finished` is false when there are steps left."""

    model: CLIP
    position: Position
    finished: bool


def train(
    task: Task,
    folder: RunFolder,
    intervals: Intervals = Intervals(),
    stop_after: float = math.inf,
    clock: Clock = time.monotonic,
    camera: Camera | None = None,
) -> Outcome:
    """Train from wherever the folder says to the end, or for `stop_after` seconds.

    A camera takes snapshots on the way; it changes nothing in the result.

    Raises:
        CheckpointError: the folder holds another training, or one already past this one's end.
    """
    recipe, hardware = task.recipe, task.hardware
    schedule = recipe.schedule
    torch.set_num_threads(hardware.threads)

    model = model_at_start(task)
    optimizer = optimizer_of(model, recipe)
    losses = objectives_of(recipe)
    position = resume(task, folder, model, optimizer)
    log = Log(folder.log, position.step)

    evaluation_steps = max(1, intervals.evaluation_pairs // schedule.batch)
    began = saved = clock()
    before = position.seconds

    def here(step: int) -> Position:
        return Position(step, before + clock() - began, task.settings())

    step = position.step
    if camera:
        camera.forget_after(step)
        camera.look(step, model)
    with progress_bar(task, step) as bar:
        for images, tokens in batches(task, step):
            rate = schedule.rate(step)
            for group in optimizer.param_groups:
                group["lr"] = rate
            loss_of = losses.first if step * schedule.batch < losses.until else losses.main
            loss = train_step(model, optimizer, loss_of, images, tokens, recipe, hardware)
            step += 1
            bar.update(len(tokens))

            last = step == schedule.steps
            if step % intervals.log_steps == 0 or last:
                log.write(step, pairs=step * schedule.batch, loss=finite(loss, step), rate=rate)
                bar.set_postfix(loss=f"{loss.item():.3f}", refresh=False)
            if step % evaluation_steps == 0 or last:
                figures = evaluate_held_out(task, model)
                log.write(step, pairs=step * schedule.batch, held_out=asdict(figures))
                report(figures, step * schedule.batch)
            if camera:
                camera.look(step, model, last)
            if step == schedule.cooldown_start:
                write_checkpoint(folder.before_cooldown, here(step), model, optimizer)
            out_of_time = clock() - began > stop_after
            if last or out_of_time or clock() - saved > intervals.checkpoint_seconds:
                finite(loss, step)
                write_checkpoint(folder.newest, here(step), model, optimizer)
                saved = clock()
            if out_of_time:
                break

    return Outcome(model, here(step), step == schedule.steps)


@dataclass(frozen=True)
class Objectives:
    """The objective of the first `until` pairs, and that of the rest."""

    first: Objective
    until: int
    main: Objective


def objectives_of(recipe: Recipe) -> Objectives:
    """What a recipe minimises, and what before."""
    main = objective(recipe.objective, **recipe.objective_settings)
    phase = recipe.first_phase
    first = objective(phase.objective) if phase.pairs else main
    return Objectives(first, phase.pairs, main)


def finite(loss: Tensor, step: int) -> float:
    """The value of a loss; no state after one that is not finite may be saved.

    Raises:
        FloatingPointError: the loss is infinite or not a number.
    """
    value = loss.item()
    if not math.isfinite(value):
        raise FloatingPointError(f"the loss is {value} at step {step}; a lower rate may help")
    return value


def outcome_so_far(task: Task, folder: RunFolder) -> Outcome:
    """What a training has reached at its newest checkpoint, while it runs or after.

    Raises:
        CheckpointError: there is no checkpoint, or it is another training's.
    """
    newest = read_checkpoint(folder.newest)
    if newest is None:
        raise CheckpointError(f"{folder.newest}: no such checkpoint")
    check_settings(newest, task.settings(), may_differ=LENGTH)
    model = model_at_start(task)
    restore(newest, model, optimizer_of(model, task.recipe))
    return Outcome(model, newest.position, newest.position.step == task.recipe.schedule.steps)


def model_at_start(task: Task) -> CLIP:
    """The untrained model on the task's device, in training mode."""
    recipe = task.recipe
    kind = ShiftedCLIP if recipe.start_without_gap else CLIP
    model = start(task.config, recipe.seed, recipe.logit_scale.start, kind)
    if isinstance(model, ShiftedCLIP):
        model.image_offset, model.text_offset = offsets_without_gap(*at_start(task, model))
    model.logit_scale.requires_grad_(recipe.logit_scale.learned)
    # Channels last is the order in which convolutions are fastest, on CPUs as on GPUs.
    return model.to(task.hardware.device, memory_format=torch.channels_last).train()


def at_start(task: Task, model: CLIP) -> tuple[Tensor, Tensor]:
    """Unit vectors (n, d) of the first pairs as the first steps of a training will see them.

    Those normalise by the statistics of the batch, so the model is not in evaluation mode; it is a
    copy, which leaves the running statistics alone.
    """
    copy = deepcopy(model).train()
    first = Batches(task.stream, task.tokenizer, task.recipe.schedule.batch)
    with torch.no_grad():
        encoded = [
            (copy.encode_image(images_to_input(images)), copy.encode_text(tokens))
            for images, tokens in (first[step] for step in range(START_BATCHES))
        ]
    x, y = (torch.cat(features).float() for features in zip(*encoded, strict=True))
    return functional.normalize(x, dim=1), functional.normalize(y, dim=1)


def train_step(
    model: CLIP,
    optimizer: torch.optim.Optimizer,
    loss_of: Objective,
    images: Tensor,
    tokens: Tensor,
    recipe: Recipe,
    hardware: Hardware,
) -> Tensor:
    """One step on images (N, h, w, 3) of bytes and tokens (N, context); returns the loss."""
    pixels = images_to_input(images.to(hardware.device, non_blocking=True))
    tokens = tokens.to(hardware.device, non_blocking=True)
    with computing(hardware):
        image_features, text_features = model.encode_image(pixels), model.encode_text(tokens)
    # Similarities are multiplied by up to 100: unit vectors and loss are always float32.
    x = functional.normalize(image_features.float(), dim=1)
    y = functional.normalize(text_features.float(), dim=1)
    loss = loss_of(x, y, model.logit_scale.exp())
    optimizer.zero_grad()
    torch.autograd.backward(loss)
    torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.gradient_norm)
    optimizer.step()
    with torch.no_grad():
        model.logit_scale.clamp_(max=math.log(HIGHEST_LOGIT_SCALE))
    return loss.detach()


def optimizer_of(model: CLIP, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW; gains, biases and the logit scale do not decay."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim >= 2], "weight_decay": recipe.weight_decay},
        {"params": [p for p in trained if p.ndim < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.schedule.learning_rate, betas=recipe.betas)


class Batches(Dataset[tuple[Tensor, Tensor]]):
    """Batch k of a training: images (N, h, w, 3) of bytes, tokens (N, context)."""

    def __init__(self, stream: PairStream, tokenizer: Tokenizer, batch: int) -> None:
        self.stream, self.tokenizer, self.batch = stream, tokenizer, batch

    def __getitem__(self, step: int) -> tuple[Tensor, Tensor]:
        """Pairs from `step * batch` on."""
        images, captions = self.stream.pairs(step * self.batch, self.batch)
        return torch.tensor(images), self.tokenizer(captions)


def batches(task: Task, first_step: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of the steps from `first_step` to the last, in order however many workers draw."""
    schedule, hardware = task.recipe.schedule, task.hardware
    loader = DataLoader(
        Batches(task.stream, task.tokenizer, schedule.batch),
        batch_size=None,
        sampler=range(first_step, schedule.steps),
        num_workers=hardware.workers,
        pin_memory=hardware.device.type == "cuda",
    )
    return iter(loader)


def resume(
    task: Task, folder: RunFolder, model: CLIP, optimizer: torch.optim.Optimizer
) -> Position:
    """Restore what the folder holds, if anything, and say where that stands."""
    checkpoint = usable_checkpoint(task, folder)
    if checkpoint is None:
        return Position(0, 0.0, task.settings())
    restore(checkpoint, model, optimizer)
    return checkpoint.position


def usable_checkpoint(task: Task, folder: RunFolder) -> Checkpoint | None:
    """The latest checkpoint that a training to `recipe.schedule.pairs` passes through.

    That is the newest one if it is in no cooldown, or in the cooldown of a training as long as
    this one; else the one kept before the cooldown.
    """
    schedule, settings = task.recipe.schedule, task.settings()
    candidates = [read_checkpoint(path) for path in (folder.newest, folder.before_cooldown)]
    for checkpoint in candidates:
        if checkpoint is None:
            continue
        as_long = check_settings(checkpoint, settings, may_differ=LENGTH)
        if as_long or checkpoint.position.step <= min(
            schedule.cooldown_start, cooldown_start_of(checkpoint)
        ):
            return checkpoint
    if any(candidates):
        raise CheckpointError(
            f"{folder.path}: the steps done go beyond step {schedule.cooldown_start}, where a "
            f"training of {schedule.steps} steps begins its cooldown. "
            "Ask for more pairs, or train in another folder."
        )
    return None


def cooldown_start_of(checkpoint: Checkpoint) -> int:
    """The first step at which the rate fell, or will fall, in the training of a checkpoint."""
    return Schedule(**checkpoint.position.settings["schedule"]).cooldown_start


def evaluate_held_out(task: Task, model: CLIP) -> Evaluation:
    """Figures of the held-out pairs, in float32."""
    images, captions = task.held_out
    x, y = encode_pairs(model, images, task.tokenizer(captions))
    return evaluate(x, y, round(math.exp(model.logit_scale.item()), 4))


def progress_bar(task: Task, step: int) -> Any:
    """A bar over pairs, with the rate of pairs a second; in a file, a line now and then."""
    schedule = task.recipe.schedule
    return tqdm(
        total=schedule.steps * schedule.batch,
        initial=step * schedule.batch,
        desc=task.recipe.title,
        unit=" pairs",
        unit_scale=True,
        mininterval=2 if sys.stderr.isatty() else 60,
    )


def report(figures: Evaluation, pairs: int) -> None:
    """One line on held-out pairs, above the progress bar."""
    tqdm.write(
        f"{pairs:>9,} pairs  "
        f"R@1 {figures.recall_image_to_text:.1%} to text, {figures.recall_text_to_image:.1%} "
        f"to image of {figures.pairs:,}  gap {figures.gap:.3f}  "
        f"loss {(figures.loss_image_to_text + figures.loss_text_to_image) / 2:.3f}"
    )


class Log:
    """A log of one JSON object a line; what was written after a checkpoint is forgotten."""

    def __init__(self, path: Path, step: int) -> None:
        """Open for appending what follows `step`, and drop what an interrupted run had noted."""
        self.path = path
        kept = [json.dumps(line) for line in read_log(path) if line["step"] <= step]
        write_atomically(path, "".join(f"{line}\n" for line in kept).encode())

    def write(self, step: int, **values: Any) -> None:
        """Append one line."""
        with self.path.open("a") as file:
            file.write(json.dumps({"step": step, **values}) + "\n")


def read_log(path: Path) -> list[dict[str, Any]]:
    """Lines of a log, or none where there is no file; a line cut short by a kill is left out."""
    if not path.exists():
        return []
    lines = []
    for line in path.read_text().splitlines():
        try:
            lines.append(json.loads(line))
        except json.JSONDecodeError:
            break
    return lines

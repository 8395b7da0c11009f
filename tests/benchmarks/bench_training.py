"""The share of the bare step's throughput that a training keeps.

    python -m tests.benchmarks.bench_training [--training NAME] [--device cuda]

Blocks of bare steps (one batch, over and over) and blocks of the training's own (scenes drawn,
captions tokenised) take turns in one process, so that a busy machine slows both alike. Looking at
held-out pairs and saving are timed apart and counted at the intervals of a real training.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path
from statistics import median

import click
import torch
from torch import Tensor

from precompute import training
from precompute.checkpoints import Position, write_checkpoint
from precompute.hardware import choose_hardware
from precompute.objectives import objective
from precompute.recipes import read_recipe
from precompute.train_command import overridden, task_of

LEAST_SHARE = 0.85
ROUNDS = 7
STEPS_IN_A_BLOCK = 12
WARM_UP_STEPS = 40
"""Steps until most drawings have been scaled once, which a training of hours does not notice."""


@click.command()
@click.option("--training", "name", default="clip-cnn", show_default=True)
@click.option("--batch", type=int)
@click.option("--device", default="auto", show_default=True)
@click.option("--precision", default="auto", show_default=True)
@click.option("--threads", default=1, show_default=True)
@click.option("--workers", type=int)
def main(
    name: str,
    batch: int | None,
    device: str,
    precision: str,
    threads: int,
    workers: int | None,
) -> None:
    """Compare a training with its bare step; exit status 1 below 85 %."""
    hardware = choose_hardware(device, precision, threads, workers)
    torch.set_num_threads(threads)
    task = task_of(overridden(read_recipe(name), None, batch), hardware)
    model = training.model_at_start(task)
    optimizer = training.optimizer_of(model, task.recipe)
    loss_of = objective(task.recipe.objective, **task.recipe.objective_settings)

    def run(batches: Iterator[tuple[Tensor, Tensor]], steps: int) -> float:
        """Seconds for a block of steps; reading the last loss waits for the device."""
        began = time.perf_counter()
        for _ in range(steps):
            images, tokens = next(batches)
            loss = training.train_step(
                model, optimizer, loss_of, images, tokens, task.recipe, hardware
            )
        loss.item()
        return time.perf_counter() - began

    drawn = training.batches(task, 0)
    one_batch = repeat(next(drawn))
    run(drawn, WARM_UP_STEPS)
    seconds = [
        (run(one_batch, STEPS_IN_A_BLOCK), run(drawn, STEPS_IN_A_BLOCK)) for _ in range(ROUNDS)
    ]
    pairs = STEPS_IN_A_BLOCK * task.recipe.schedule.batch
    bare, with_data = (pairs / median(column) for column in zip(*seconds, strict=True))

    intervals = training.Intervals()
    evaluating = timed(lambda: training.evaluate_held_out(task, model))
    with tempfile.TemporaryDirectory() as folder:
        path, position = Path(folder) / "newest.safetensors", Position(0, 0.0, task.settings())
        saving = timed(lambda: write_checkpoint(path, position, model, optimizer))
    working = intervals.evaluation_pairs / with_data
    all_told = intervals.evaluation_pairs / (
        working + evaluating + saving * working / intervals.checkpoint_seconds
    )

    click.echo(f"{hardware.describe()}, batch {task.recipe.schedule.batch}")
    click.echo(f"bare step                {bare:8,.0f} pairs/s")
    click.echo(f"with data                {with_data:8,.0f} pairs/s  {with_data / bare:.1%}")
    click.echo(f"evaluation and saving too{all_told:8,.0f} pairs/s  {all_told / bare:.1%}")
    click.echo(f"one evaluation {evaluating:.2f} s, one checkpoint {saving:.2f} s")
    if with_data / bare < LEAST_SHARE:
        sys.exit(f"less than {LEAST_SHARE:.0%} of the bare step's throughput")


def timed(action: Callable[[], object]) -> float:
    """Seconds an action takes."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()

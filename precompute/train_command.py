"""The command `train`: run a named training, or draw the curve of one."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from article.errors import ArticleError
from precompute.recipes import Recipe, read_recipe

if TYPE_CHECKING:
    from precompute.hardware import Hardware
    from precompute.scenes import Scene
    from precompute.snapshots import Camera
    from precompute.training import Outcome, RunFolder, Task

HELD_OUT_PAIRS = 2_000
"""R@1 is measured among the first of the held-out scenes, which are those of the study."""

STUDY_WHOLE, STUDY_PAIRS = 5_000, 100
"""The pairs that a film shows: the data sets `heldout` and `study` of the default study."""

WEIGHTS_FOLDER = Path(__file__).parent / "weights"


@click.command()
@click.argument("name")
@click.option("--pairs", type=click.IntRange(min=1), help="Pairs to see, instead of the recipe's.")
@click.option("--batch", type=click.IntRange(min=2), help="Batch size, instead of the recipe's.")
@click.option("--device", type=click.Choice(["auto", "cuda", "mps", "cpu"]), default="auto")
@click.option("--precision", type=click.Choice(["auto", "bf16", "fp32"]), default="auto")
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--workers", type=click.IntRange(min=0), help="Processes that draw scenes.")
@click.option("--stop-after", type=float, metavar="MINUTES", help="Stop then; to be continued.")
@click.option("--runs", type=click.Path(path_type=Path), default=Path("runs"), show_default=True)
@click.option("--weights", type=click.Path(path_type=Path), default=WEIGHTS_FOLDER)
@click.option("--film", is_flag=True, help="Keep snapshots of the study's pairs on the way.")
@click.option("--export", is_flag=True, help="Write weights of the newest checkpoint; no training.")
@click.option("--curve", is_flag=True, help="Draw the learning curve of the log; no training.")
def train(
    name: str,
    pairs: int | None,
    batch: int | None,
    device: str,
    precision: str,
    threads: int,
    workers: int | None,
    stop_after: float | None,
    runs: Path,
    weights: Path,
    film: bool,
    export: bool,
    curve: bool,
) -> None:
    """Train the miniature NAME, a file in precompute/trainings, and write its weights and card.

    Goes on from the last checkpoint in RUNS/NAME if there is one, with the same result as a
    training that was never interrupted. A finished training is extended by asking for more --pairs.
    """
    from precompute import training
    from precompute.hardware import choose_hardware

    folder = training.RunFolder(runs / name)
    try:
        recipe = overridden(read_recipe(name), pairs, batch)
        if curve:
            draw_curve(recipe, folder)
            return
        task = task_of(recipe, choose_hardware(device, precision, threads, workers))
        if export:
            outcome = training.outcome_so_far(task, folder)
        else:
            seconds = math.inf if stop_after is None else 60 * stop_after
            camera = camera_of(task, folder) if film else None
            outcome = training.train(task, folder, stop_after=seconds, camera=camera)
        if outcome.finished or export:
            write_outcome(weights / f"{name}.safetensors", task, outcome)
            if film:
                write_film(weights / f"{name}.safetensors", task, folder)
        else:
            click.echo(f"stopped after {outcome.position.step:,} steps; run again to go on")
    except (ArticleError, ValueError, FloatingPointError) as error:
        raise click.ClickException(str(error)) from error


def overridden(recipe: Recipe, pairs: int | None, batch: int | None) -> Recipe:
    """The recipe with another number of pairs, or another batch, where given."""
    schedule = recipe.schedule
    given = {"pairs": pairs or schedule.pairs, "batch": batch or schedule.batch}
    return replace(recipe, schedule=replace(schedule, **given))


def task_of(recipe: Recipe, hardware: Hardware) -> Task:
    """The task of a recipe on the scenes, with the committed tokenizer."""
    from precompute.miniatures import config_of
    from precompute.scenes import SceneStream, held_out_scenes, paint_scenes
    from precompute.tokenizer import Tokenizer
    from precompute.training import Task

    tokenizer = Tokenizer.read()
    scenes = held_out_scenes(HELD_OUT_PAIRS)
    return Task(
        recipe=recipe,
        config=config_of(recipe.tower, tokenizer),
        tokenizer=tokenizer,
        stream=SceneStream(recipe.data_seed, "train"),
        held_out=(paint_scenes(scenes), [scene.caption for scene in scenes]),
        hardware=hardware,
    )


def camera_of(task: Task, folder: RunFolder) -> Camera:
    """A camera on the 100 pairs of the default study."""
    from functools import partial

    from precompute.scenes import paint_scenes
    from precompute.snapshots import Camera
    from precompute.training import evaluate_held_out

    filmed = filmed_scenes()
    tokens = task.tokenizer([scene.caption for scene in filmed])
    return Camera(folder.film, paint_scenes(filmed), tokens, partial(evaluate_held_out, task))


def filmed_scenes() -> list[Scene]:
    """The 100 scenes of the default study."""
    from precompute.scenes import held_out_scenes, subset

    scenes = held_out_scenes(STUDY_WHOLE)
    return [scenes[row] for row in subset(STUDY_PAIRS, STUDY_WHOLE)]


def write_film(weights: Path, task: Task, folder: RunFolder) -> None:
    """Gather the snapshots of a training in a file beside its weights."""
    from precompute.films import film_path, gather, write_reel

    captions = [scene.caption for scene in filmed_scenes()]
    path = film_path(weights)
    write_reel(path, gather(folder.film, task.recipe.schedule.batch, captions))
    click.echo(f"wrote {path}")


def draw_curve(recipe: Recipe, folder: RunFolder) -> None:
    """Write `curve.svg` into the folder of a training."""
    from article.artifacts import write_atomically
    from precompute.learning_curve import learning_curve
    from precompute.training import read_log

    path = folder.path / "curve.svg"
    write_atomically(path, learning_curve(recipe.title, read_log(folder.log)).encode())
    click.echo(f"drew {path}")


def write_outcome(path: Path, task: Task, outcome: Outcome) -> None:
    """Write weights and card of what a training has reached.

    The figures on the card are those of the weights as they are stored, in half precision.
    """
    from precompute.cards import card_of
    from precompute.miniatures import round_to_stored, write_weights
    from precompute.training import evaluate_held_out, report

    model = round_to_stored(outcome.model)
    figures = evaluate_held_out(task, model)
    card = card_of(path.stem, task, outcome.position, figures)
    write_weights(path, model, card)
    report(figures, card["pairs_seen"])
    click.echo(f"wrote {path} and its card")


if __name__ == "__main__":
    train()

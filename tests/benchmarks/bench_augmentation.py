"""Augmentation beside the bare forward pass: `python -m tests.benchmarks.bench_augmentation`.

For every kind: pictures a second that are changed, as bytes in memory; that are changed, prepared
and embedded; and that the model embeds when they are prepared before the clock starts. Run it on
an otherwise idle machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import click
import torch

from precompute.augmentations import AUGMENTATIONS, STEPS, augment
from precompute.datasets import ScenePairs
from precompute.embedding import TIMED_REPEATS, ahead, seconds_of
from precompute.encoders import Encoder, build_encoder, plans_of_texts
from precompute.hardware import choose_hardware
from precompute.pictures import Picture
from precompute.study import Scenes, find_study, read_study

SIDE = 224


@click.command()
@click.option("--encoder", "encoders", multiple=True, metavar="NAME[=WEIGHTS]")
@click.option("--device", type=click.Choice(["auto", "cuda", "mps", "cpu"]), default="auto")
def bench(encoders: tuple[str, ...], device: str) -> None:
    """Time every kind of change with each model, those of the default study unless named."""
    picture = ScenePairs(Scenes(2, 0)).pictures([0], SIDE)[0]
    models = plans_of_texts(encoders) or read_study(find_study("default")).models
    on = choose_hardware(device, "fp32").device
    for plan in models:
        encoder = build_encoder(plan, device, "fp32")
        click.echo(f"{plan.id}, {encoder.device}, pictures of {SIDE} x {SIDE}:")
        for kind in AUGMENTATIONS:
            changed, whole, bare = _rates(encoder, picture, kind, on)
            click.echo(
                f"  {kind:17} {changed:8,.0f} changed/s, {whole:8,.0f} changed and embedded/s of "
                f"{bare:8,.0f} bare, {whole / bare:.2f}"
            )


def _rates(
    encoder: Encoder, picture: Picture, kind: str, device: torch.device
) -> tuple[float, float, float]:
    """Pictures a second: changed; changed and embedded; embedded alone. The fastest of each."""
    ready = [encoder.prepare_images(some) for some in _changed(picture, kind, device)]

    def change() -> None:
        list(_changed(picture, kind, device))

    def whole() -> None:
        prepared = (encoder.prepare_images(some) for some in _changed(picture, kind, device))
        encoder.gather([encoder.encode_images(some) for some in ahead(prepared)])

    def bare() -> None:
        encoder.gather([encoder.encode_images(some) for some in ready])

    works: tuple[Callable[[], None], ...] = (change, whole, bare)
    turns = [[seconds_of(work) for work in works] for _ in range(TIMED_REPEATS)]
    changing, everything, alone = (STEPS / min(times) for times in zip(*turns, strict=True))
    return changing, everything, alone


def _changed(picture: Picture, kind: str, device: torch.device) -> Iterator[list[Picture]]:
    for batch in augment(kind, picture, range(STEPS), STEPS, 0, device):
        yield list(batch.permute(0, 2, 3, 1).cpu().numpy())


if __name__ == "__main__":
    bench()

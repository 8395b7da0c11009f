"""Embedding throughput beside the bare forward pass: `python -m tests.benchmarks.bench_embedding`.

Pictures are in memory, as bytes, before the clock starts. Run it on an otherwise idle machine. It
fails where less than nine tenths of the forward pass's speed is left.
"""

from __future__ import annotations

import sys

import click

from precompute.datasets import ScenePairs
from precompute.embedding import TIMED_BATCHES, measure_throughput
from precompute.encoders import build_encoder, plans_of_texts
from precompute.study import Scenes, find_study, read_study

LEAST_SHARE = 0.9


@click.command()
@click.option("--batch", type=click.IntRange(min=1), default=256, show_default=True)
@click.option("--encoder", "encoders", multiple=True, metavar="NAME[=WEIGHTS]")
@click.option("--device", type=click.Choice(["auto", "cuda", "mps", "cpu"]), default="auto")
@click.option("--precision", type=click.Choice(["fp32", "bf16"]), default="fp32")
def bench(batch: int, encoders: tuple[str, ...], device: str, precision: str) -> None:
    """Time every model of the default study, or the encoders that are named."""
    shares = []
    for plan in plans_of_texts(encoders) or read_study(find_study("default")).models:
        encoder = build_encoder(plan, device, precision)
        count = batch * TIMED_BATCHES
        pictures = ScenePairs(Scenes(count, 0)).pictures(range(count), encoder.picture_side)
        found = measure_throughput(encoder, pictures, batch)
        shares.append(found.share)
        click.echo(
            f"{plan.id:12} {encoder.device}: {found.pictures_per_second:,.0f} pictures/s of "
            f"{found.bare_pictures_per_second:,.0f} bare, {found.share:.2f}"
        )
    sys.exit(0 if min(shares) >= LEAST_SHARE else f"less than {LEAST_SHARE} of the forward pass")


if __name__ == "__main__":
    bench()

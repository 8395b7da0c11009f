"""Series of short trainings that differ in one thing each, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from article.artifacts import Cell, Column, Table
from article.errors import ArticleError
from precompute.recipes import Schedule
from precompute.records import RECORDS_FOLDER, Record, read_recorded

DATASET: Final = "heldout"

TEMPERATURES: Final = (
    "infonce-1-cnn",
    "infonce-3-cnn",
    "infonce-10-cnn",
    "infonce-20-cnn",
    "infonce-30-cnn",
    "infonce-50-cnn",
    "clip-cnn",
)
STARTS: Final = ("clip-cnn", "clip-without-gap-cnn")
SEEDS: Final = ("clip-cnn", "clip-second-seed-cnn", "cyclip-cnn", "cyclip-second-seed-cnn")
PHASES: Final = ("infoloob-cnn", "cloob-cnn", "cloob-without-first-phase-cnn")

FIGURES: Final = (
    Column("pairs", "pairs seen"),
    Column("recall_image_to_text", "R@1 image to text"),
    Column("recall_text_to_image", "R@1 text to image"),
    Column("gap", "gap"),
    Column("loss_image_to_text", "loss image to text", "nats"),
    Column("loss_text_to_image", "loss text to image", "nats"),
)
_DIGITS: Final = 6


class SeriesError(ArticleError):
    """Trainings that cannot be compared."""


def figures_of(figures: dict[str, float]) -> tuple[Cell, ...]:
    """Cells of `FIGURES`."""
    return tuple(rounded(figures[column.name]) for column in FIGURES)


def rounded(value: float) -> float:
    """Six significant digits: enough to compare, too few to differ from machine to machine."""
    return float(f"{value:.{_DIGITS}g}")


def temperature_table(folder: Path = RECORDS_FOLDER) -> Table:
    """Gap and R@1 after equally many pairs, by temperature."""
    records = read_recorded(folder, TEMPERATURES)
    pairs = common_pairs(records)
    rows = [
        (r.name, r.logit_scale, rounded(1 / r.logit_scale), rounded(r.gap_at_start), *at(r, pairs))
        for r in sorted(records, key=lambda record: record.logit_scale)
    ]
    columns = (
        Column("training", "training"),
        Column("logit_scale", "logit scale s"),
        Column("temperature", "temperature 1/s"),
        Column("gap_at_start", "gap before the first step"),
        *FIGURES,
    )
    note = (
        f"InfoNCE, CNN, fixed temperature, {pairs:,} pairs at a constant rate; losses at the s "
        "trained with."
    )
    return Table("temperature", "Temperature and gap", DATASET, columns, tuple(rows), note)


def start_table(folder: Path = RECORDS_FOLDER) -> Table:
    """Gap and R@1 over equally many pairs, started as usual and without a gap."""
    note = (
        "InfoNCE, CNN, s = 100, at a constant rate. Without gap: each modality's unit vectors are "
        "moved by a fixed offset, so that the means of the first pairs coincide, and normalised."
    )
    records = read_recorded(folder, STARTS)
    courses = list(_courses(records))
    rows = [
        (r.name, _start_of(r), rounded(r.gap_at_start), *figures)
        for one in records
        for r, figures in [(one, _before_the_first_step(one)), *courses]
        if r is one
    ]
    columns = (
        Column("training", "training"),
        Column("start", "start"),
        Column("gap_at_start", "gap before the first step"),
        *FIGURES,
    )
    return Table("start", "Start and gap", DATASET, columns, tuple(rows), note)


def phase_table(folder: Path = RECORDS_FOLDER) -> Table:
    """CLOOB over equally many pairs, with a first phase and without."""
    rows = [(r.name, *figures) for r, figures in _courses(read_recorded(folder, PHASES))]
    columns = (Column("training", "training"), *FIGURES)
    note = "CNN, s = 30, at a constant rate; the first phase is InfoLOOB, CLOOB without retrieval."
    return Table("first-phase", "First phase", DATASET, columns, tuple(rows), note)


def _courses(records: Sequence[Record]) -> Iterator[tuple[Record, tuple[Cell, ...]]]:
    """Every look of every training, as long as all were looked at and no rate had fallen."""
    pairs = common_pairs(records)
    for one in records:
        for figures in one.held_out:
            if figures["pairs"] <= pairs:
                yield one, figures_of(figures)


def _before_the_first_step(record: Record) -> tuple[Cell, ...]:
    """Cells of `FIGURES` of which only the gap is known."""
    known: dict[str, Cell] = {"pairs": 0, "gap": rounded(record.gap_at_start)}
    return tuple(known.get(column.name) for column in FIGURES)


def _start_of(record: Record) -> str:
    return "without gap" if record.settings.get("start_without_gap") else "usual"


def seed_table(folder: Path = RECORDS_FOLDER) -> Table:
    """What a seed is worth: the same trainings from another start, on other scenes."""
    records = read_recorded(folder, SEEDS)
    pairs = common_pairs(records, len(SEEDS))
    rows = [(r.name, r.settings["objective"], r.settings["seed"], *at(r, pairs)) for r in records]
    columns = (
        Column("training", "training"),
        Column("objective", "objective"),
        Column("seed", "seed"),
        *FIGURES,
    )
    note = f"CNN, s = 100, {pairs:,} pairs at a constant rate; the seed draws weights and scenes."
    return Table("seeds", "What a seed is worth", DATASET, columns, tuple(rows), note)


def learning_table(names: Sequence[str], folder: Path = RECORDS_FOLDER) -> Table:
    """The held-out pairs in the course of every long training."""
    rows = [
        (record.name, *figures_of(figures))
        for record in read_recorded(folder, names)
        for figures in record.held_out
    ]
    columns = (Column("training", "training"), *FIGURES)
    note = "The rate falls over the last quarter of the pairs; losses at the s trained with."
    return Table("learning", "Learning curves", DATASET, columns, tuple(rows), note)


def at(record: Record, pairs: int) -> tuple[Cell, ...]:
    """Figures of a training after so many pairs."""
    (figures,) = [figures for figures in record.held_out if figures["pairs"] == pairs]
    return figures_of(figures)


def common_pairs(records: Sequence[Record], least: int = 2) -> int:
    """The most pairs after which all were looked at while their rates were the same.

    Raises:
        SeriesError: there was no such moment, or fewer than `least` trainings have a record.
    """
    if len(records) < least:
        names = ", ".join(record.name for record in records) or "none"
        raise SeriesError(f"{len(records)} of {least} trainings have records: {names}")
    common = set.intersection(*(_looks(record) for record in records))
    if not common:
        listed = ", ".join(record.name for record in records)
        raise SeriesError(f"never looked at after equally many pairs at one rate: {listed}")
    return max(common)


def _looks(record: Record) -> set[int]:
    """After how many pairs the held-out ones were looked at before the rate fell."""
    schedule = Schedule(**record.settings["schedule"])
    constant = schedule.cooldown_start * schedule.batch
    return {figures["pairs"] for figures in record.held_out if figures["pairs"] <= constant}


CONE_SEEDS: Final = (0, 1, 2, 3, 4)
CONE_PAIRS: Final = 500


def cone_table(weights: Path) -> Table:
    """Mean cosine of different held-out items by layer: random weights, and those of CLIP."""
    from precompute.cone import cones
    from precompute.miniatures import config_of, read_weights, start
    from precompute.scenes import held_out_scenes, paint_scenes
    from precompute.tokenizer import Tokenizer

    tokenizer, scenes = Tokenizer.read(), held_out_scenes(CONE_PAIRS)
    images, tokens = paint_scenes(scenes), tokenizer([scene.caption for scene in scenes])
    rows: list[tuple[Cell, ...]] = []
    for tower in ("cnn", "vit"):
        config = config_of(tower, tokenizer)
        random = [cones(start(config, seed, 100.0), images, tokens) for seed in CONE_SEEDS]
        path = weights / f"clip-{tower}.safetensors"
        trained = (
            cones(read_weights(path, tokenizer).model, images, tokens)
            if path.is_file()
            else ({}, {})
        )
        rows += _cone_rows(tower, [one[0] for one in random], trained[0])
        if tower == "cnn":  # both image towers meet the same text tower at the start
            rows_of_text = _cone_rows("text", [one[1] for one in random], trained[1])
    columns = (
        Column("tower", "tower"),
        Column("layer", "layer"),
        Column("random", "random weights"),
        Column("random_least", "least of five seeds"),
        Column("random_most", "most of five seeds"),
        Column("trained", "trained (CLIP)"),
    )
    note = (
        f"Mean cosine of different items among {CONE_PAIRS} held-out pairs; features pooled over "
        "positions by their mean; batch normalisation by running statistics, which random weights "
        "have none of."
    )
    return Table("cone", "Cone effect", DATASET, columns, (*rows, *rows_of_text), note)


def _cone_rows(
    tower: str, random: Sequence[dict[str, float]], trained: dict[str, float]
) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for layer in random[0]:
        before = [one[layer] for one in random]
        spread = (float(np.mean(before)), min(before), max(before))
        after = rounded(trained[layer]) if layer in trained else None
        rows.append((tower, layer, *map(rounded, spread), after))
    return rows

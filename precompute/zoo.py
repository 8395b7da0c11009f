"""The miniatures side by side: figures of the held-out pairs from the committed weights alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from article.artifacts import Cell, Column, Table
from precompute import measures
from precompute.bootstrap import Contributions, Interval, contributions, differences
from precompute.evaluation import encode_pairs
from precompute.landscape import loss_landscape
from precompute.measures import Pairs
from precompute.miniatures import Card, read_weights
from precompute.progress import Progress
from precompute.scenes import Scene, held_out_scenes, paint_scenes
from precompute.series import DATASET, rounded
from precompute.study import MODALITIES, LandscapePlan, MeasurePlan
from precompute.tokenizer import Tokenizer

MEMBERS: Final = (
    "clip-cnn",
    "clip-vit",
    "cyclip-cnn",
    "infonce-30-cnn",
    "infonce-hopfield-cnn",
    "infoloob-cnn",
    "cloob-300k-cnn",
    "cloob-cnn",
    "cloob-vit",
)
COMPARED: Final = (
    ("clip-cnn", "cyclip-cnn"),
    ("clip-cnn", "clip-vit"),
    ("infonce-30-cnn", "infoloob-cnn"),
    ("infonce-30-cnn", "infonce-hopfield-cnn"),
    ("infoloob-cnn", "cloob-300k-cnn"),
    ("infonce-hopfield-cnn", "cloob-300k-cnn"),
    ("cloob-300k-cnn", "cloob-vit"),
)
"""Pairs of models trained on equally many pairs, and what differs is one thing."""

HELD_OUT: Final = 5_000
LANDSCAPE: Final = LandscapePlan(start=-0.3, stop=0.9, step=0.05)
"""Finer than the study's, to find the gap at which the loss is least."""

_MEASURES: Final = MeasurePlan(ranks=(1,))
_OF_STATE: Final = (
    Column("recall_at_1_image_to_text", "R@1 image to text"),
    Column("recall_at_1_text_to_image", "R@1 text to image"),
    Column("gap_distance", "gap"),
    Column("relative_gap", "relative gap"),
    Column("loss_image_to_text", "loss image to text", "nats"),
    Column("loss_text_to_image", "loss text to image", "nats"),
)
_AS_TRAINED: Final = (
    Column("in_modal_difference", "in-modal difference"),
    Column("effective_rank_image", "effective rank of images"),
    Column("effective_rank_text", "effective rank of texts"),
)
_CLOSED: Final = tuple(
    Column(f"closed_{column.name}", f"{column.title}, closed", column.unit) for column in _OF_STATE
)
_BEST: Final = Column("best_gap", "gap of least loss, in steps of 0.05")


@dataclass(frozen=True)
class Member:
    """A miniature, as it sees the held-out pairs."""

    card: Card
    logit_scale: float
    pairs: Pairs

    @property
    def name(self) -> str:
        """The name of its training."""
        return str(self.card["name"])

    def measures(self, share: float) -> Mapping[str, float]:
        """All measures with a share of the gap closed."""
        moved = measures.close_gap(self.pairs, share) if share else self.pairs
        plan = _MEASURES
        return measures.measure(
            moved, MODALITIES, self.logit_scale, plan.batch, plan.ranks, plan.candidates
        )

    def best_gap(self) -> float:
        """The gap at which the loss is least as the modalities are shifted along it."""
        scale, batch = self.logit_scale, _MEASURES.batch
        curve = loss_landscape(
            self.pairs, DATASET, self.name, MODALITIES, scale, LANDSCAPE, batch, Progress(True)
        )
        return float(curve.distance[np.argmin(curve.first_to_second + curve.second_to_first)])

    def contributions(self) -> Contributions:
        """What each pair adds to the figures."""
        plan = _MEASURES
        return contributions(self.pairs, self.logit_scale, plan.batch, plan.candidates)


def members(
    folder: Path, names: Sequence[str] = MEMBERS, scenes: Sequence[Scene] = ()
) -> list[Member]:
    """The miniatures of a folder that are there, in the order of `names`."""
    tokenizer = Tokenizer.read()
    shown = list(scenes) or held_out_scenes(HELD_OUT)
    images, tokens = paint_scenes(shown), tokenizer([scene.caption for scene in shown])
    found = []
    for name in names:
        path = folder / f"{name}.safetensors"
        if path.is_file():
            miniature = read_weights(path, tokenizer)
            x, y = encode_pairs(miniature.model, images, tokens)
            scale = rounded(miniature.model.logit_scale.exp().item())
            found.append(Member(miniature.card, scale, measures.unit_pairs(x, y, MODALITIES)))
    return found


def zoo_table(zoo: Sequence[Member]) -> Table:
    """A row for each miniature: what it is, as trained, and with the gap closed."""
    columns = (
        Column("model", "model"),
        Column("objective", "objective"),
        Column("tower", "tower"),
        Column("logit_scale", "logit scale s"),
        Column("pairs", "pairs seen"),
        *_OF_STATE,
        *_AS_TRAINED,
        *_CLOSED,
        _BEST,
    )
    note = (
        f"{HELD_OUT:,} held-out pairs, R@1 among the first {_MEASURES.candidates:,}; losses at the "
        f"s trained with, means over batches of {_MEASURES.batch}."
    )
    rows = tuple(_row(member) for member in zoo)
    return Table("zoo", "The miniatures side by side", DATASET, columns, rows, note)


def _row(member: Member) -> tuple[Cell, ...]:
    trained, closed, training = member.measures(0), member.measures(1), member.card["training"]
    return (
        member.name,
        training["objective"],
        training["tower"],
        member.logit_scale,
        member.card["pairs_seen"],
        *(rounded(trained[column.name]) for column in (*_OF_STATE, *_AS_TRAINED)),
        *(rounded(closed[column.name]) for column in _OF_STATE),
        rounded(member.best_gap()),
    )


def difference_table(zoo: Sequence[Member]) -> Table:
    """What differs between two miniatures, and between a miniature and itself with no gap.

    Each difference has its bootstrap interval over pairs.
    """
    parts = {member.name: member.contributions() for member in zoo}
    rows: list[tuple[Cell, ...]] = []
    for first, second in COMPARED:
        if first in parts and second in parts:
            found = differences(parts[first], parts[second])
            rows += [_difference(first, second, name, found[name]) for name in found]
    for member in zoo:
        closed = Member(member.card, member.logit_scale, measures.close_gap(member.pairs, 1))
        found = differences(parts[member.name], closed.contributions())
        rows += [_difference(member.name, CLOSED, n, found[n]) for n in ("recall_at_1", "loss")]
    columns = (
        Column("first", "first"),
        Column("second", "second"),
        Column("measure", "measure"),
        Column("difference", "second minus first"),
        Column("low", "95 % interval from"),
        Column("high", "to"),
    )
    note = "Bootstrap over pairs, the same for both; R@1 and loss are means of both directions."
    return Table("differences", "Differences", DATASET, columns, tuple(rows), note)


CLOSED: Final = "closed"
"""What the second of a comparison is called where it is the first with its gap closed."""


def _difference(first: str, second: str, measure: str, found: Interval) -> tuple[Cell, ...]:
    return (first, second, measure, *map(rounded, (found.value, found.low, found.high)))

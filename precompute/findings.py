"""Which published findings hold for the miniatures: a verdict each, decided by the tables.

The README of the weights is written from here, so that no figure in it is typed by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeGuard

from article import artifacts
from article.artifacts import Cell, Table
from article.errors import ArtifactError
from precompute.bootstrap import Interval
from precompute.zoo import CLOSED

Tables = Mapping[str, Table]
NAMES: Final = ("zoo", "differences", "temperature", "start", "seeds", "first-phase", "cone")

CLIP, CYCLIP, CLOOB = "clip-cnn", "cyclip-cnn", "cloob-cnn"
INFONCE, INFOLOOB, HOPFIELD = "infonce-30-cnn", "infoloob-cnn", "infonce-hopfield-cnn"
CLOOB_CELL: Final = "cloob-300k-cnn"
"""CLOOB after as many pairs as the other three cells of the ablation."""
WITHOUT_PHASE, WITHOUT_GAP = "cloob-without-first-phase-cnn", "clip-without-gap-cnn"
TOWERS: Final = ("cnn", "vit", "text")


def read_tables(folder: Path) -> dict[str, Table]:
    """The tables that findings are drawn from, by name, as far as they were made.

    Raises:
        ArtifactError: one is broken.
    """
    tables = {}
    for path in (folder / f"{name}.json" for name in NAMES):
        if path.is_file():
            table = artifacts.decode(path.read_bytes(), path)
            if not isinstance(table, Table):
                raise ArtifactError(f"a file of {table.kind}, not a table", path)
            tables[path.stem] = table
    return tables


@dataclass(frozen=True)
class Looked:
    """Figures looked up in the tables."""

    tables: Tables

    def cell(self, table: str, column: str, **keys: Cell) -> Cell:
        """The cell of a column in the one row that has these cells in other columns.

        Raises:
            ArtifactError: there is not one such row.
        """
        source = self.table(table)
        columns = {name: source.column(name) for name in keys}
        rows = [
            index
            for index in range(len(source.rows))
            if all(columns[name][index] == value for name, value in keys.items())
        ]
        if len(rows) != 1:
            sought = ", ".join(str(value) for value in keys.values())
            raise ArtifactError(f"{len(rows) or 'no'} rows for {sought} in table {table!r}")
        return source.column(column)[rows[0]]

    def table(self, name: str) -> Table:
        """A table by its name, if it was made."""
        if name not in self.tables:
            raise ArtifactError(f"no table {name!r}")
        return self.tables[name]

    def number(self, table: str, column: str, **keys: Cell) -> float:
        """A number."""
        value = self.cell(table, column, **keys)
        if not _is_number(value):
            sought = ", ".join(str(key) for key in keys.values())
            raise ArtifactError(f"{column} of {sought} in table {table!r} is {value!r}, no number")
        return float(value)

    def numbers(self, table: str, column: str) -> list[float]:
        """All numbers of a column."""
        return [float(cell) for cell in self.table(table).column(column) if _is_number(cell)]

    def difference(self, first: str, second: str, measure: str) -> Interval:
        """A difference with its interval."""
        keys = {"first": first, "second": second, "measure": measure}
        value, low, high = (
            self.number("differences", column, **keys) for column in ("difference", "low", "high")
        )
        return Interval(value, low, high)

    def of(self, model: str, column: str) -> float:
        """A figure of a miniature."""
        return self.number("zoo", column, model=model)

    def loss(self, model: str, state: str = "") -> float:
        """Mean of the losses of both directions, as trained or ("closed_") closed."""
        there, back = (
            self.of(model, f"{state}loss_{way}") for way in ("image_to_text", "text_to_image")
        )
        return (there + back) / 2

    def recall(self, model: str, state: str = "") -> float:
        """Mean of R@1 of both directions."""
        there, back = (
            self.of(model, f"{state}recall_at_1_{way}")
            for way in ("image_to_text", "text_to_image")
        )
        return (there + back) / 2


def _is_number(cell: Cell) -> TypeGuard[float]:
    return isinstance(cell, int | float)


@dataclass(frozen=True)
class Finding:
    """A published finding: whether it holds here, and in what figures that shows."""

    claim: str
    holds: Callable[[Looked], bool]
    told: Callable[[Looked], str]


STEP: Final = 0.05
"""Steps in which the gap of least loss is searched for."""


def trained_gap_is_best(look: Looked) -> bool:
    """The loss of CLIP is least at its trained gap, to within a step of the search."""
    return abs(look.of(CLIP, "best_gap") - look.of(CLIP, "gap_distance")) <= STEP + 1e-9


def _best(look: Looked) -> str:
    parts = [
        f"{title} has a gap of {look.of(model, 'gap_distance'):.3f} and the least loss at "
        f"{look.of(model, 'best_gap'):.2f}"
        for title, model in (("CLIP", CLIP), ("CyCLIP", CYCLIP))
    ]
    return f"{'; '.join(parts)} (searched in steps of {STEP})."


def closing_costs_clip_only(look: Looked) -> bool:
    """Closing surely costs CLIP, and CyCLIP a quarter of that or less."""
    cost = look.difference(CLIP, CLOSED, "loss")
    other = look.difference(CYCLIP, CLOSED, "loss")
    return cost.low > 0 and abs(other.value) <= cost.value / 4


def _closing(look: Looked) -> str:
    parts = [
        f"{title}: loss {look.loss(model):.4f}, closed {look.loss(model, 'closed_'):.4f} "
        f"({look.difference(model, CLOSED, 'loss')}), R@1 {look.recall(model):.1%}, "
        f"closed {look.recall(model, 'closed_'):.1%}"
        for title, model in (("CLIP", CLIP), ("CyCLIP", CYCLIP))
    ]
    return f"{'; '.join(parts)}."


def cyclip_is_symmetric(look: Looked) -> bool:
    """CyCLIP's in-modal difference is less than half of CLIP's."""
    return look.of(CYCLIP, "in_modal_difference") < look.of(CLIP, "in_modal_difference") / 2


def _symmetric(look: Looked) -> str:
    clip, cyclip = (look.of(model, "in_modal_difference") for model in (CLIP, CYCLIP))
    return (
        f"Cosines of two images and of their two texts differ by {cyclip:.3f} on average in "
        f"CyCLIP, by {clip:.3f} in CLIP."
    )


def cloob_has_a_small_gap(look: Looked) -> bool:
    """CLOOB's gap is less than half of CLIP's."""
    return look.of(CLOOB, "gap_distance") < look.of(CLIP, "gap_distance") / 2


def cloob_beats_infonce(look: Looked) -> bool:
    """At the same temperature, CLOOB's gap is smaller than InfoNCE's."""
    return look.of(CLOOB_CELL, "gap_distance") < look.of(INFONCE, "gap_distance")


def retrieval_narrows(look: Looked) -> bool:
    """With either loss, the gap is surely smaller with retrieval."""
    return all(
        look.difference(without, retrieving, "gap_distance").high < 0
        for without, retrieving in ((INFONCE, HOPFIELD), (INFOLOOB, CLOOB_CELL))
    )


def infoloob_narrows(look: Looked) -> bool:
    """With retrieval or without, the gap is surely smaller with InfoLOOB."""
    return all(
        look.difference(infonce, infoloob, "gap_distance").high < 0
        for infonce, infoloob in ((INFONCE, INFOLOOB), (HOPFIELD, CLOOB_CELL))
    )


def _cells(look: Looked) -> str:
    parts = [
        f"{title} {look.of(model, 'gap_distance'):.3f} (R@1 {look.recall(model):.1%})"
        for title, model in (
            ("InfoNCE", INFONCE),
            ("InfoLOOB", INFOLOOB),
            ("InfoNCE with retrieval", HOPFIELD),
            ("CLOOB", CLOOB_CELL),
        )
    ]
    return f"Gaps at s = 30: {', '.join(parts)}."


def _against_clip(look: Looked) -> str:
    return (
        f"CLOOB {look.of(CLOOB, 'gap_distance'):.3f} at s = 30, CLIP "
        f"{look.of(CLIP, 'gap_distance'):.3f} at s = 100."
    )


def _by_retrieval(look: Looked) -> str:
    pairs = (("InfoNCE", INFONCE, HOPFIELD), ("InfoLOOB", INFOLOOB, CLOOB_CELL))
    return _by(look, pairs, "Retrieval changes the gap of")


def _by_infoloob(look: Looked) -> str:
    pairs = (("without retrieval", INFONCE, INFOLOOB), ("with it", HOPFIELD, CLOOB_CELL))
    return _by(look, pairs, "InfoLOOB instead of InfoNCE changes the gap")


def _by(look: Looked, pairs: Sequence[tuple[str, str, str]], begin: str) -> str:
    parts = [
        f"{title} by {look.difference(first, second, 'gap_distance')}"
        for title, first, second in pairs
    ]
    return f"{begin} {', '.join(parts)}."


def cloob_learns_by_itself(look: Looked) -> bool:
    """Without a first phase CLOOB finds at least half as many pairs as with it."""
    alone, helped = (_phase(look, training) for training in (WITHOUT_PHASE, CLOOB))
    return alone >= helped / 2


def _phase(look: Looked, training: str) -> float:
    pairs = look.numbers("first-phase", "pairs")[-1]
    return look.number("first-phase", "recall_image_to_text", training=training, pairs=pairs)


def _phases(look: Looked) -> str:
    pairs = look.numbers("first-phase", "pairs")[-1]
    return (
        f"After {pairs:,.0f} pairs R@1 is {_phase(look, WITHOUT_PHASE):.1%} without a first phase "
        f"and {_phase(look, CLOOB):.1%} with one; InfoLOOB, which is CLOOB without retrieval, has "
        f"{_phase(look, INFOLOOB):.1%}. In the narrow cones of the start the retrieval averages "
        "over the whole batch, and leaves next to no gradient."
    )


FEWEST_TEMPERATURES: Final = 6


def temperature_keeps_the_gap(look: Looked) -> bool:
    """The lower the temperature, the wider the gap after equally many pairs.

    Raises:
        ArtifactError: fewer than six temperatures were tried.
    """
    gaps = look.numbers("temperature", "gap")
    if len(gaps) < FEWEST_TEMPERATURES:
        raise ArtifactError(f"{len(gaps)} of {FEWEST_TEMPERATURES} temperatures")
    return all(low < high for low, high in pairwise(gaps))


def _temperatures(look: Looked) -> str:
    rows = zip(
        look.numbers("temperature", "logit_scale"),
        look.numbers("temperature", "gap"),
        look.numbers("temperature", "recall_image_to_text"),
        strict=True,
    )
    parts = [f"{gap:.3f} at s = {scale:g} (R@1 {recall:.1%})" for scale, gap, recall in rows]
    start = look.numbers("temperature", "gap_at_start")[-1]
    pairs = look.numbers("temperature", "pairs")[-1]
    return f"From {start:.3f} at the start, after {pairs:,.0f} pairs: {', '.join(parts)}."


def the_start_decides(look: Looked) -> bool:
    """Without a gap at the start, the gap is less than half as wide after training."""
    usual, without = (_last_gap(look, training) for training in (CLIP, WITHOUT_GAP))
    return without < usual / 2


def _last_gap(look: Looked, training: str) -> float:
    pairs = look.numbers("start", "pairs")[-1]
    return look.number("start", "gap", training=training, pairs=pairs)


def _starts(look: Looked) -> str:
    pairs = look.numbers("start", "pairs")[-1]
    parts = [
        f"{look.number('start', 'gap_at_start', training=training, pairs=pairs):.3f} becomes "
        f"{_last_gap(look, training):.3f} "
        f"(R@1 {look.number('start', 'recall_image_to_text', training=training, pairs=pairs):.1%})"
        for training in (CLIP, WITHOUT_GAP)
    ]
    return f"After {pairs:,.0f} pairs at s = 100, a gap of {', one of '.join(parts)}."


def random_weights_make_cones(look: Looked) -> bool:
    """With random weights different items have a mean cosine above one half, in every tower."""
    return all(_cone(look, tower, "random") > 0.5 for tower in TOWERS)


def _cone(look: Looked, tower: str, column: str) -> float:
    return look.number("cone", column, tower=tower, layer="output")


def _cones(look: Looked) -> str:
    parts = [
        f"{tower} {_cone(look, tower, 'random'):.3f}{_trained(look, tower)}" for tower in TOWERS
    ]
    return f"Mean cosine of different items at random weights: {', '.join(parts)}."


def _trained(look: Looked, tower: str) -> str:
    value = look.cell("cone", "trained", tower=tower, layer="output")
    return f" (trained {value:.3f})" if _is_number(value) else ""


def objectives_differ_more_than_seeds(look: Looked) -> bool:
    """Gaps of CLIP and CyCLIP differ by more than either differs between two seeds."""
    (clip, clip_again), (cyclip, cyclip_again) = _seed_gaps(look)
    within = max(abs(clip - clip_again), abs(cyclip - cyclip_again))
    return min(clip, clip_again) - max(cyclip, cyclip_again) > within


def _seed_gaps(look: Looked) -> tuple[tuple[float, float], tuple[float, float]]:
    gaps = [
        look.number("seeds", "gap", objective=objective, seed=seed)
        for objective in ("infonce", "cyclip")
        for seed in (0, 1)
    ]
    return (gaps[0], gaps[1]), (gaps[2], gaps[3])


def _seeds(look: Looked) -> str:
    clip, cyclip = _seed_gaps(look)
    pairs = look.numbers("seeds", "pairs")[0]
    return (
        f"After {pairs:,.0f} pairs the gaps of two seeds are {clip[0]:.3f} and {clip[1]:.3f} for "
        f"CLIP, {cyclip[0]:.3f} and {cyclip[1]:.3f} for CyCLIP."
    )


FINDINGS: Final = (
    Finding("CLIP's trained gap is where its loss is least", trained_gap_is_best, _best),
    Finding("Closing costs CLIP and hardly costs CyCLIP", closing_costs_clip_only, _closing),
    Finding("CyCLIP's spaces are symmetric", cyclip_is_symmetric, _symmetric),
    Finding("CLOOB's gap is small without help", cloob_has_a_small_gap, _against_clip),
    Finding(
        "At equal temperature CLOOB's gap is smaller than InfoNCE's", cloob_beats_infonce, _cells
    ),
    Finding("The retrieval narrows the gap", retrieval_narrows, _by_retrieval),
    Finding("InfoLOOB narrows the gap", infoloob_narrows, _by_infoloob),
    Finding("CLOOB learns from a random start", cloob_learns_by_itself, _phases),
    Finding("Low temperature keeps the gap", temperature_keeps_the_gap, _temperatures),
    Finding("A gap removed before the first step stays away", the_start_decides, _starts),
    Finding("Random weights make narrow cones", random_weights_make_cones, _cones),
    Finding("Objectives differ by more than seeds", objectives_differ_more_than_seeds, _seeds),
)


def readme(tables: Tables) -> str:
    """The README of the weights: the table of all miniatures, and the findings."""
    look = Looked(tables)
    return "\n".join(
        [
            "# Weights of the miniatures",
            "",
            "`NAME.safetensors` holds a model in half precision, `NAME.json` its card: what it is,",
            "how it was trained, what it scores; `films` hold snapshots of trainings. Train one",
            "again with `python -m precompute train NAME`. This page is made of the weights and of",
            "the records of the short trainings by `python -m precompute table`.",
            "",
            look.table("zoo").note,
            "",
            *zoo_in_markdown(look.table("zoo")),
            "",
            "## What published findings become here",
            "",
            *(line for finding in FINDINGS for line in told(finding, look)),
        ]
    )


def told(finding: Finding, look: Looked) -> list[str]:
    """A paragraph: the claim, the verdict, the figures; that they are missing, where they are."""
    try:
        verdict = "holds" if finding.holds(look) else "does not hold"
        return [f"- **{finding.claim}**: {verdict}. {finding.told(look)}", ""]
    except ArtifactError as error:
        return [f"- **{finding.claim}**: {NOT_MEASURED} ({error}).", ""]


NOT_MEASURED: Final = "not measured"

_SHOWN: Final[Mapping[str, tuple[str, str]]] = {
    "model": ("model", ""),
    "pairs": ("pairs", ",.0f"),
    "logit_scale": ("s", "g"),
    "recall_at_1_image_to_text": ("R@1 i→t", ".1%"),
    "recall_at_1_text_to_image": ("R@1 t→i", ".1%"),
    "gap_distance": ("gap", ".3f"),
    "relative_gap": ("relative", ".3f"),
    "loss_image_to_text": ("loss i→t", ".3f"),
    "loss_text_to_image": ("loss t→i", ".3f"),
    "closed_gap_distance": ("closed: gap", ".3f"),
    "closed_loss_image_to_text": ("loss i→t", ".3f"),
    "closed_loss_text_to_image": ("loss t→i", ".3f"),
    "in_modal_difference": ("in-modal difference", ".3f"),
    "effective_rank_image": ("rank images", ".1f"),
    "effective_rank_text": ("rank texts", ".1f"),
}
"""Columns of the printed table: heading and format."""


def zoo_in_markdown(table: Table) -> list[str]:
    """The table of all miniatures in Markdown."""
    columns = {name: table.column(name) for name in _SHOWN}
    headings = [heading for heading, _ in _SHOWN.values()]
    rules = ["---", *["---:"] * (len(headings) - 1)]
    rows = [
        [_text(columns[name][index], form) for name, (_, form) in _SHOWN.items()]
        for index in range(len(table.rows))
    ]
    return [_line(cells) for cells in (headings, rules, *rows)]


def _text(value: Cell, form: str) -> str:
    return format(value, form) if isinstance(value, int | float) else str(value)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"

"""Which published findings hold for the miniatures: a verdict each, decided by the tables.

The README of the weights is written from here, so that no figure in it is typed by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from article import artifacts
from article.artifacts import Cell, Table
from article.errors import ArtifactError

Tables = Mapping[str, Table]
NAMES: Final = ("zoo", "differences", "temperature", "start", "seeds", "cone")


def read_tables(folder: Path) -> dict[str, Table]:
    """The tables that findings are drawn from, by name.

    Raises:
        ArtifactError: one is missing or broken.
    """
    tables = {}
    for name in NAMES:
        path = folder / f"{name}.json"
        try:
            table = artifacts.decode(path.read_bytes(), path)
        except FileNotFoundError:
            raise ArtifactError("missing; run `python -m precompute table`", path) from None
        if not isinstance(table, Table):
            raise ArtifactError(f"a file of {table.kind}, not a table", path)
        tables[name] = table
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
        source = self.tables[table]
        columns = {name: source.column(name) for name in keys}
        rows = [
            index
            for index in range(len(source.rows))
            if all(columns[name][index] == value for name, value in keys.items())
        ]
        if len(rows) != 1:
            raise ArtifactError(f"table {table!r}: {len(rows)} rows with {keys}, not one")
        return source.column(column)[rows[0]]

    def number(self, table: str, column: str, **keys: Cell) -> float:
        """A number."""
        value = self.cell(table, column, **keys)
        if not isinstance(value, int | float):
            raise ArtifactError(f"table {table!r}: {column} of {keys} is {value!r}, not a number")
        return float(value)

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


@dataclass(frozen=True)
class Finding:
    """A published finding: whether it holds here, and in what figures that shows."""

    claim: str
    holds: Callable[[Looked], bool]
    told: Callable[[Looked], str]


def is_loss_minimum(look: Looked, model: str) -> bool:
    """Whether the loss is least at the trained gap, to within one step of the search."""
    return abs(look.of(model, "best_gap") - look.of(model, "gap_distance")) <= 0.05 + 1e-9


FINDINGS: tuple[Finding, ...] = ()


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
            tables["zoo"].note,
            "",
            *zoo_in_markdown(tables["zoo"]),
            "",
            "## What published findings become here",
            "",
            *(line for finding in FINDINGS for line in told(finding, look)),
        ]
    )


def told(finding: Finding, look: Looked) -> list[str]:
    """A paragraph: the claim, the verdict, the figures."""
    verdict = "holds" if finding.holds(look) else "does not hold"
    return [f"- **{finding.claim}**: {verdict}. {finding.told(look)}", ""]


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

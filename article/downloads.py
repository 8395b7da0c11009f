"""The data of figures as CSV files that readers can take away."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from article.artifacts import Column, Film, Floats, Items, Landscape, Layout, Space, Table
from article.geometry import blocks

_FORMULA: Final = re.compile(r"\s*([=@]|[+\-](?!\d*\.?\d+$))|[\t\r\n]")
"""Texts that spreadsheets run as formulas; a number with a sign is none."""

_DECIMALS: Final = 5
"""What similarities stored in 16 bits hold."""

_ITEM_COLUMNS: Final = ("modality", "pair", "text")

_MOST_ROWS: Final = 200
_MOST_COLUMNS: Final = 16
"""Of a table that one reads, rather than hands on to a program."""


@dataclass(frozen=True)
class Download:
    """A file beside a figure: its `path` below `data/`, what the link says, and how it is made."""

    path: str
    label: str
    content: Callable[[], bytes]


def similarities_csv(space: Space, items: Items) -> bytes:
    """The matrix of cosine similarities as trained: a row and a column for each item."""
    names = [f"{modality} {items.ids[pair]}" for modality, pair in _rows(space)]
    return _csv((*_ITEM_COLUMNS, *names), _items(space, items), space.similarity)


def layouts_csv(layouts: Sequence[tuple[str, Floats]], space: Space, items: Items) -> bytes:
    """Items in the plane, a row each: two columns for each named layout (N, 2)."""
    names = [f"{name} {axis}" for name, _ in layouts for axis in "xy"]
    points = np.concatenate([coordinates for _, coordinates in layouts], axis=1)
    return _csv((*_ITEM_COLUMNS, *names), _items(space, items), points)


def landscape_csv(curve: Landscape) -> bytes:
    """Distance and losses in nats, a row for each shift; as trained and closed come last."""
    columns = (curve.distance, curve.first_to_second, curve.second_to_first)
    points = np.concatenate([np.stack(columns, axis=1), [curve.trained, curve.closed]])
    states = [*(("shifted", f"{shift:g}") for shift in curve.shift), ("as trained", "0")]
    first, second = curve.modalities
    losses = (f"loss {first} to {second}", f"loss {second} to {first}", "mean loss")
    return _csv(
        ("state", "shift", "distance", *losses),
        [*states, ("closed", f"{curve.trained[0]:.5f}")],
        np.column_stack([points, points[:, 1:].mean(axis=1)]),
    )


def is_short(content: bytes) -> bool:
    """Whether a CSV file is a table that a page can show."""
    rows = content.decode().split("\r\n")
    return len(rows) <= _MOST_ROWS + 2 and rows[0].count(",") < _MOST_COLUMNS


def film_csv(film: Film) -> bytes:
    """The course of a training: gap, losses in nats and R@1 after so many pairs, a row a frame."""
    first, second = film.modalities
    both = (f"{first} to {second}", f"{second} to {first}")
    names = ("gap", *(f"loss {one}" for one in both), *(f"R@1 {one}" for one in both))
    columns = (
        film.gap,
        film.first_to_second,
        film.second_to_first,
        film.recall_first_to_second,
        film.recall_second_to_first,
    )
    pairs = [(str(count),) for count in film.pairs.tolist()]
    return _csv(("pairs seen", *names), pairs, np.column_stack(columns))


def table_csv(table: Table) -> bytes:
    """A table as it is, headed by titles and units; a cell without a value is empty."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(harmless(named(column)) for column in table.columns)
    for row in table.rows:
        writer.writerow(harmless(cell) if isinstance(cell, str) else cell for cell in row)
    return buffer.getvalue().encode()


def named(column: Column) -> str:
    """The heading of a column, with the unit of its values."""
    return f"{column.title} ({column.unit})" if column.unit else column.title


def points_csv(layout: Layout, items: Items) -> bytes:
    """The points of a large data set: what each is, its place, its cluster (-1 for none)."""
    if layout.points == "pairs":
        texts = [("pair", name) for name in items.ids]
    else:
        sizes = zip(layout.modalities, layout.counts, strict=True)
        texts = [(name, items.ids[i]) for name, count in sizes for i in range(count)]
    points = np.column_stack([layout.coordinates, layout.clusters])
    return _csv(("modality", "pair", "x", "y", "cluster"), texts, points)


def pair_lines_csv(layouts: Sequence[Layout]) -> bytes:
    """Which share of lines stays inside a cluster: a row for each layout and way of clustering."""
    texts = [(x.model, x.name, x.title, lines.rule) for x in layouts for lines in x.pair_lines]
    shares = [
        (lines.clusters, lines.outside, lines.kept, lines.expected)
        for layout in layouts
        for lines in layout.pair_lines
    ]
    columns = ("model", "layout", "title", "clustering", "clusters", "in none", "kept", "expected")
    return _csv(columns, texts, np.array(shares).reshape(len(shares), 4))


def _rows(space: Space) -> Iterator[tuple[str, int]]:
    """Modality and number of pair of each row of K."""
    for modality, block in zip(space.modalities, blocks(space.counts), strict=True):
        for row in range(block.start, block.stop):
            yield modality, row - block.start


def _items(space: Space, items: Items) -> Iterator[tuple[str, str, str]]:
    """What each row of K is: modality, id of the pair, and the text if it is one."""
    texts = {modality.name: modality.texts for modality in items.modalities}
    for modality, pair in _rows(space):
        text = texts.get(modality)
        yield modality, items.ids[pair], text[pair] if text else ""


def _csv(columns: Sequence[str], texts: Iterable[Sequence[str]], numbers: Floats) -> bytes:
    """A table: rows of texts, then of numbers (rows, k) to the decimals that are stored."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(map(harmless, columns))
    rounded = (np.round(numbers, _DECIMALS) + 0.0).tolist()  # a zero has no sign
    for row, values in zip(texts, rounded, strict=True):
        writer.writerow([*map(harmless, row), *values])
    return buffer.getvalue().encode()


def harmless(text: str) -> str:
    """A cell that a spreadsheet would run as a formula, as text: behind an apostrophe."""
    return f"'{text}" if _FORMULA.match(text) else text

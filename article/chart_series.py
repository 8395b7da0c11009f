"""What a panel of a chart draws: series from the rows of a table, published figures beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, TypeAlias

import numpy as np

from article.artifacts import Cell, Floats, Table
from article.downloads import named
from article.errors import ArticleError
from article.plots import SIGNS, Axis, Look, Plot, Series
from article.published import Published
from article.tables import suggestion

XScale: TypeAlias = Literal["linear", "log", "categories"]
YScale: TypeAlias = Literal["linear", "log"]
Colour: TypeAlias = Literal["", "accent", "ink", "image", "text"]

_COLOURS: Final = ("accent", "ink", "ink-soft")
_PUBLISHED_COLOUR: Final = "ink-soft"
_HOLLOW: Final = 2


@dataclass(frozen=True)
class Curve:
    """A column of values, the columns of their bounds, and how it is named and coloured."""

    y: str
    title: str = ""
    low: str = ""
    high: str = ""
    colour: Colour = ""


@dataclass(frozen=True)
class PublishedSeries:
    """Figures of `published.toml` by name, and where on the axis each stands.

    `at` names categories, `x` numbers.
    """

    source: str
    title: str
    figures: tuple[str, ...]
    x: tuple[float, ...] = ()
    at: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rows:
    """The rows of a table whose cell in a column is one of some values."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Panel:
    """One plot of a chart."""

    curves: tuple[Curve, ...]
    title: str = ""
    y_title: str = ""
    scale: YScale = "linear"
    from_zero: bool = False
    only: Rows | None = None
    published: tuple[PublishedSeries, ...] = ()


@dataclass(frozen=True)
class Columns:
    """What all panels of a chart share: the table, what stands on its x axis, how it is drawn.

    `names` are what values of the table are called, `colours` those of the models among them.
    """

    table: Table
    x: str
    scale: XScale
    look: Look
    series: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)

    def numbers(self, column: str) -> list[float | None]:
        """The cells of a column of numbers; raises where one is a text."""
        cells = self.table.column(column)
        if any(isinstance(cell, str) for cell in cells):
            raise ArticleError(f"column {column!r} holds texts, not numbers")
        return [None if cell is None or isinstance(cell, str) else float(cell) for cell in cells]

    def heading(self, column: str) -> str:
        """Title and unit of a column."""
        self.table.column(column)
        return next(named(one) for one in self.table.columns if one.name == column)


@dataclass(frozen=True)
class PanelSeries:
    """The series of one panel; every method raises what keeps it from being drawn."""

    panel: Panel
    columns: Columns
    published: Published

    @cached_property
    def series(self) -> tuple[Series, ...]:
        """The curves for each group of rows; then what is published."""
        if not self.panel.curves:
            raise ArticleError("a panel without curves")
        drawn = [
            (curve, group, rows)
            for group, rows in self._groups().items()
            for curve in self.panel.curves
        ]
        ours = (self._curve(*one, index) for index, one in enumerate(drawn))
        others = (self._beside(one, index) for index, one in enumerate(self.panel.published))
        return (*ours, *others)

    def plot(self, x: Axis) -> Plot:
        """The panel over an axis."""
        title = self.panel.y_title or self.columns.heading(self.panel.curves[0].y)
        values = np.concatenate([part for one in self.series for part in _extremes(one)])
        from_zero = self.panel.from_zero or self.columns.look == "bars"
        y = Axis.of_values(title, values, self.panel.scale, from_zero)
        return Plot(self.panel.title, x, y, self.series)

    # -- rows ----------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> list[int]:
        """The rows of the table that the panel shows."""
        only = self.panel.only
        every = range(len(self.columns.table.rows))
        if only is None:
            return list(every)
        cells = self.columns.table.column(only.column)
        rows = [row for row in every if cell_text(cells[row]) in only.values]
        if not rows:
            raise ArticleError(f"no row where {only.column!r} is {', '.join(only.values)}")
        return rows

    @cached_property
    def categories(self) -> list[str]:
        """The values of the column on the x axis, each once, in the table's order."""
        cells = self.columns.table.column(self.columns.x)
        return list(dict.fromkeys(cell_text(cells[row]) for row in self.rows))

    def _groups(self) -> dict[str, list[int]]:
        """Rows by the series that they belong to."""
        name, groups = self.columns.series, dict[str, list[int]]()
        for row in self.rows:
            group = cell_text(self.columns.table.column(name)[row]) if name else ""
            groups.setdefault(group, []).append(row)
        return groups

    def _places(self, rows: Sequence[int]) -> Floats:
        """Where rows stand on the x axis."""
        if self.columns.scale == "categories":
            cells = self.columns.table.column(self.columns.x)
            return np.array([float(self.categories.index(cell_text(cells[row]))) for row in rows])
        values = self.columns.numbers(self.columns.x)
        places = [value for row in rows if (value := values[row]) is not None]
        if len(places) < len(rows):
            raise ArticleError(f"column {self.columns.x!r} has rows without a number")
        return np.array(places)

    # -- series --------------------------------------------------------------------------------

    def _curve(self, curve: Curve, group: str, rows: list[int], index: int) -> Series:
        values = self.columns.numbers(curve.y)
        rows = [row for row in rows if values[row] is not None]
        if not rows:
            of_group = f" of {group!r}" if group else ""
            raise ArticleError(f"column {curve.y!r}{of_group} has no numbers to draw")
        x = self._places(rows)
        order = np.argsort(x, kind="stable")
        bounds = self._bounds(curve, rows)
        group_index, within = divmod(index, len(self.panel.curves))
        return Series(
            title=self._title(curve, group),
            x=x[order],
            y=np.array([values[row] for row in rows], dtype=float)[order],
            colour=self._colour(curve, group, index),
            sign=(group_index if self.columns.series else within) % len(SIGNS),
            dashed=bool(self.columns.series) and (within > 0 or group_index >= len(SIGNS)),
            bounds=None if bounds is None else bounds[order],
            look=self.columns.look,
        )

    def _bounds(self, curve: Curve, rows: list[int]) -> Floats | None:
        if bool(curve.low) != bool(curve.high):
            raise ArticleError(f"{curve.y!r} has one bound; name columns for 'low' and 'high'")
        if not curve.low:
            return None
        ends = [self.columns.numbers(name) for name in (curve.low, curve.high)]
        bounds = [[end[row] for end in ends] for row in rows]
        if any(value is None for row in bounds for value in row):
            raise ArticleError(f"{curve.low!r} or {curve.high!r} is missing beside {curve.y!r}")
        return np.array(bounds, dtype=float)

    def _title(self, curve: Curve, group: str) -> str:
        column = curve.title or self.columns.heading(curve.y)
        if not group:
            return column
        name = self.columns.names.get(group, group)
        return f"{name}, {column}" if len(self.panel.curves) > 1 else name

    def _colour(self, curve: Curve, group: str, index: int) -> str:
        given = curve.colour or _COLOURS[index % len(_COLOURS)]
        return self.columns.colours.get(group, given)

    def _beside(self, published: PublishedSeries, index: int) -> Series:
        """A published series: hollow signs, a dashed line, no colour of ours."""
        figures = [self.published.find(published.source, name)[0] for name in published.figures]
        x = self._published_places(published)
        order = np.argsort(x, kind="stable")
        return Series(
            title=published.title,
            x=x[order],
            y=np.array(figures)[order],
            colour=_PUBLISHED_COLOUR,
            sign=_HOLLOW + index % (len(SIGNS) - _HOLLOW),
            dashed=True,
            look="points" if self.columns.look == "bars" else self.columns.look,
        )

    def _published_places(self, published: PublishedSeries) -> Floats:
        of_categories = self.columns.scale == "categories"
        key, given = ("at", published.at) if of_categories else ("x", published.x)
        if not 0 < len(given) == len(published.figures):
            count = f"{len(published.figures)} figures, but {len(given)} places in {key!r}"
            raise ArticleError(f"{published.title!r}: {count}")
        if not of_categories:
            return np.array(published.x)
        for name in published.at:
            if name not in self.categories:
                known = suggestion(name, self.categories)
                raise ArticleError(f"no {self.columns.x} {name!r}{known}")
        return np.array([float(self.categories.index(name)) for name in published.at])


def _extremes(series: Series) -> Iterator[Floats]:
    yield series.y
    if series.bounds is not None:
        yield series.bounds.ravel()


def cell_text(cell: Cell) -> str:
    """A cell as authors name it: `cnn`, `30`."""
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else f"{cell:g}"

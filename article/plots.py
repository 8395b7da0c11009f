"""Plots of series: lines, points or bars over a common axis, with a key, and a table to read.

The static picture is the live one: the page's scripts lay marks over it, and write the values of
what is pointed at into its key. So places and texts of all points are made here, once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from markupsafe import Markup

from article.artifacts import Floats
from article.errors import ArticleError
from article.pictures import SIDE, Label, Range, View, number

Look: TypeAlias = Literal["lines", "points", "bars"]

SIGNS: Final = ("●", "■", "○", "□")
"""What marks the points of a series, so that colour alone tells nothing."""

_HOLLOW: Final = 2
_MOST_TICKS: Final = 7
_MOST_TICKS_UPRIGHT: Final = 10
_BARS: Final = 0.7
"""Share of a category's width that its bars take."""


@dataclass(frozen=True)
class Series:
    """Points (k,) of one name, `bounds` (k, 2) if their errors are known.

    `colour` is a CSS variable of the page, `sign` an index of `SIGNS`; where points are many, a
    `sparse` series has a sign at its last one only.
    """

    title: str
    x: Floats
    y: Floats
    colour: str
    sign: int = 0
    dashed: bool = False
    bounds: Floats | None = None
    look: Look = "lines"
    sparse: bool = False


@dataclass(frozen=True)
class Axis:
    """A title, a range, and names of categories if it has them: they stand at 0, 1, 2 and so on."""

    title: str
    range: Range
    categories: tuple[str, ...] = ()

    @classmethod
    def of_categories(cls, title: str, names: Sequence[str]) -> Axis:
        """An axis with as much room for each name."""
        ticks = tuple(float(index) for index in range(len(names)))
        return cls(title, Range(-0.5, len(names) - 0.5, ticks), tuple(names))

    @classmethod
    def of_values(cls, title: str, values: Floats, scale: str, from_zero: bool = False) -> Axis:
        """An axis around values; a logarithmic one around those above zero."""
        if scale == "log":
            if not np.any(values > 0):
                raise ArticleError("a logarithmic axis needs values above zero")
            return cls(title, Range.of_magnitudes(values[values > 0]))
        return cls(title, Range.around(np.append(values, 0.0) if from_zero else values))

    def text(self, value: float) -> str:
        """A place on the axis in words."""
        return self.categories[round(value)] if self.categories else readable(value)

    def labels(self) -> tuple[Label, ...]:
        """The ticks of a horizontal axis."""
        if self.categories:
            room = round(1 / len(self.categories), 4)
            return tuple(
                replace(label, text=name, room=room, kind="category")
                for name, label in zip(self.categories, self.range.labels(), strict=True)
            )
        return _tick_labels(few_ticks(self.range, _MOST_TICKS))

    def labels_from_top(self) -> tuple[Label, ...]:
        """The ticks of a vertical axis."""
        return _tick_labels(few_ticks(self.range, _MOST_TICKS_UPRIGHT), from_top=True)


@dataclass(frozen=True)
class Plot:
    """Series over one axis; those of one figure share the horizontal one."""

    title: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]

    def view(self, part: str) -> View:
        """The plot as a picture, its key below."""
        return View(
            kind="chart",
            x_ticks=self.x.labels(),
            y_ticks=self.y.labels_from_top(),
            x_title=self.x.title,
            y_title=self.y.title,
            svg=self._svg(),
            part=part,
            title=self.title,
            foot=self._key(),
        )

    def config(self) -> dict[str, Any]:
        """What the browser must know: places of points as shares from left and top, and texts."""
        return {
            "title": self.title,
            "y": self.y.title,
            "series": [
                {
                    "title": one.title,
                    "sign": SIGNS[one.sign],
                    "colour": one.colour,
                    "points": list(self._points(one)),
                }
                for one in self.series
            ],
        }

    def _points(self, series: Series) -> Iterator[dict[str, Any]]:
        left, top = self._places(series)
        texts = value_texts(series)
        for index, (x, text) in enumerate(zip(series.x.tolist(), texts, strict=True)):
            place = {"left": round(float(left[index]), 4), "top": round(float(top[index]), 4)}
            yield {"x": self.x.text(x), "y": text, **place}

    def _places(self, series: Series) -> tuple[Floats, Floats]:
        """Shares from left and top (k,) of a series; bars stand beside each other."""
        left = self.x.range.shares(series.x)
        if series.look == "bars":
            shift = _BARS / len(self.series) * (self._index(series) - (len(self.series) - 1) / 2)
            left = left + shift / (self.x.range.high - self.x.range.low)
        return left, 1 - self.y.range.shares(series.y)

    def _index(self, series: Series) -> int:
        return next(i for i, one in enumerate(self.series) if one is series)

    # -- drawing -------------------------------------------------------------------------------

    def _svg(self) -> Markup:
        parts = [path for series in self.series for path in self._drawn(series)]
        if self.y.range.low < 0 < self.y.range.high and not self.y.range.logarithmic:
            zero = _step(1 - float(self.y.range.shares(np.array(0.0))))
            parts.insert(0, _path("zero", f"M0 {zero}H{SIDE}"))
        return Markup(
            '<svg viewBox="0 0 {0} {0}" preserveAspectRatio="none" aria-hidden="true">{1}</svg>'
        ).format(SIDE, Markup("").join(parts))

    def _drawn(self, series: Series) -> Iterator[Markup]:
        """From back to front: bounds, line or bars, points."""
        left, top = ([_step(share) for share in shares] for shares in self._places(series))
        points = list(zip(left, top, strict=True))
        if series.look == "bars":
            yield _path("bar", self._bars(points), series.colour)
        elif series.look == "lines" and len(points) > 1:
            line = "L".join(f"{x} {y}" for x, y in points)
            yield _path("dashed line" if series.dashed else "line", f"M{line}", series.colour)
        if series.bounds is not None:
            yield _path("bounds", self._bounds(left, series.bounds), series.colour)
        if series.look != "bars":
            shape = "square" if series.sign % _HOLLOW else "round"
            signed = points[-1:] if series.sparse else points
            steps = "".join(f"M{x} {y}h0" for x, y in signed)
            yield _path(f"{shape} sign", steps, series.colour)
            if series.sign >= _HOLLOW:
                yield _path(f"{shape} hollow", steps)

    def _bars(self, points: Iterable[tuple[int, int]]) -> str:
        width = _BARS / len(self.series) / (self.x.range.high - self.x.range.low)
        half = _step(width * 0.46)
        foot = _step(1 - float(self.y.range.shares(np.array(0.0)).clip(0, 1)))
        return "".join(f"M{x - half} {foot}V{y}H{x + half}V{foot}Z" for x, y in points)

    def _bounds(self, left: Sequence[int], bounds: Floats) -> str:
        shares = 1 - self.y.range.shares(bounds)
        return "".join(
            f"M{x} {_step(low)}V{_step(high)}"
            for x, (low, high) in zip(left, shares.tolist(), strict=True)
        )

    # -- key -----------------------------------------------------------------------------------

    def _key(self) -> Markup:
        """Sign and name of each series, and where the value of a point is written."""
        rows = Markup("").join(
            Markup(
                '<div><dt><span class="sign" style="--series:var(--{})" aria-hidden="true">{}'
                "</span> {}</dt><dd></dd></div>"
            ).format(one.colour, SIGNS[one.sign], one.title)
            for one in self.series
        )
        wide = " bounded" if any(one.bounds is not None for one in self.series) else ""
        return Markup('<dl class="chart-key{}">{}</dl>').format(wide, rows)


def value_texts(series: Series) -> list[str]:
    """The values of a series in words, with their bounds."""
    if series.bounds is None:
        return [readable(value) for value in series.y.tolist()]
    return [
        f"{readable(value)} ({readable(low)} to {readable(high)})"
        for value, (low, high) in zip(series.y.tolist(), series.bounds.tolist(), strict=True)
    ]


def readable(value: float) -> str:
    """A number of three significant digits; a large one whole, its thousands grouped."""
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace("-", "−")
    return number(float(f"{value:.3g}"))


def tick_text(value: float) -> str:
    """A number on an axis, where there is room for a few characters: `0.05`, `500`, `200k`."""
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size and (unit == "M" or abs(value) >= 10 * size):
            return f"{number(value / size)}{unit}"
    return readable(value)


def few_ticks(axis: Range, most: int) -> Range:
    """A logarithmic axis with its powers of ten alone, where it would have too many ticks."""
    if not axis.logarithmic or len(axis.ticks) <= most:
        return axis
    exponents = ((tick, math.log10(tick)) for tick in axis.ticks)
    powers = tuple(t for t, power in exponents if math.isclose(power, round(power), abs_tol=1e-9))
    return replace(axis, ticks=powers)


def _tick_labels(axis: Range, from_top: bool = False) -> tuple[Label, ...]:
    labels = zip(axis.ticks, axis.labels(from_top), strict=True)
    return tuple(replace(label, text=tick_text(tick)) for tick, label in labels)


def data_table(plots: Sequence[Plot]) -> View:
    """All values of a figure in tables, one for each axis, to be read instead of its plots."""
    axes = dict.fromkeys((plot.x.title, plot.x.categories) for plot in plots)
    tables = Markup("").join(
        _table([plot for plot in plots if (plot.x.title, plot.x.categories) == axis])
        for axis in axes
    )
    html = Markup(
        '<p class="chart-place"></p><details><summary>Values as a table</summary>{}</details>'
    ).format(tables)
    return View(kind="chart-data", html=html)


def _table(plots: Sequence[Plot]) -> Markup:
    """A row for each place on the axis that the plots share, a column for each series."""
    x, columns = plots[0].x, [(plot, series) for plot in plots for series in plot.series]
    places = sorted({place for _, series in columns for place in series.x.tolist()})
    head = Markup("").join(
        Markup('<th scope="col">{}</th>').format(", ".join(filter(None, (plot.title, one.title))))
        for plot, one in columns
    )
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            x.text(place),
            Markup("").join(Markup("<td>{}</td>").format(_at(one, place)) for _, one in columns),
        )
        for place in places
    )
    name = "; ".join(filter(None, (plot.title for plot in plots))) or "Values"
    return Markup(
        '<div class="table" tabindex="0" role="group" aria-label="{}"><table><thead><tr>'
        '<th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(name, x.title, head, rows)


def _at(series: Series, place: float) -> str:
    """The values of a series at a place, if there are any."""
    texts = zip(series.x.tolist(), value_texts(series), strict=True)
    return "; ".join(text for x, text in texts if x == place)


def _step(share: float) -> int:
    return round(share * SIDE)


def _path(kind: str, steps: str, colour: str = "") -> Markup:
    style = Markup(' style="--series:var(--{})"').format(colour) if colour else ""
    return Markup('<path class="{}"{} d="{}"/>').format(kind, style, steps)

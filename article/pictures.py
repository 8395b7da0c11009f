"""Static pictures: what a figure shows before its scripts run, without scripts, and in print.

Pictures hold marks only. Text stands beside them as HTML, so that it stays text and does not shrink
with the picture; colours are the page's CSS variables. Coordinates are rounded, so that the same
data give the same bytes. Margins of the plots are in `figures.css`, and the same in `js/frame.js`.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from markupsafe import Markup
from PIL import Image

from article.colours import Colours, colour_index
from article.geometry import blocks

Floats = npt.NDArray[np.float64]

SIDE: Final = 2000
"""Width and height of a drawing's coordinate system: a step is a quarter of a pixel or less."""


_STOPS: Final = 12


@dataclass(frozen=True)
class Label:
    """A text beside a plot, at a share of its width (from the left) or height (from the top).

    Where it has `room`, a share of the width, it is broken into lines that are no longer.
    """

    text: str
    at: float
    kind: str = ""
    room: float = 0.0


@dataclass(frozen=True)
class Mark:
    """A text inside a plot, beside a point at shares of its width and height.

    It stands right of the point and below it, or at another `place` (a CSS class); a `row` is a
    line of text lower. `colour` is that of a model.
    """

    text: str
    x: float
    y: float
    place: Literal["right", "left", "above", "below"] = "right"
    row: int = 0
    colour: int | None = None


@dataclass(frozen=True)
class Scale:
    """A colour scale as a bar: its ends, a CSS gradient, and what the colours stand for."""

    low: str
    high: str
    gradient: str
    title: str = "cosine similarity"

    @classmethod
    def of(
        cls, low: float, high: float, colours: Colours, title: str = "cosine similarity"
    ) -> Scale:
        """The bar of a scale that spans [low, high]."""
        stops = colours[np.linspace(0, len(colours) - 1, _STOPS).astype(int)]
        written = ", ".join(f"rgb({r} {g} {b})" for r, g, b in stops.tolist())
        return cls(number(low), number(high), f"linear-gradient(to right, {written})", title)


@dataclass(frozen=True)
class View:
    """One plot of a figure: either `png` (bytes of a picture) or `svg`, and the texts around it.

    Or `html` instead of a plot, such as a table. With it, or with a `foot` below the plot, the
    figure is read as text, not as one picture.

    `size` is that of the picture in pixels; `legend` names the modalities whose marks are drawn.
    Views of one kind in one figure have different `part`s; a `title` stands above.
    """

    kind: str
    x_ticks: tuple[Label, ...] = ()
    y_ticks: tuple[Label, ...] = ()
    x_title: str = ""
    y_title: str = ""
    png: bytes | None = None
    svg: Markup | None = None
    size: int = 0
    marks: tuple[Mark, ...] = ()
    scale: Scale | None = None
    legend: tuple[str, ...] = ()
    part: str = ""
    title: str = ""
    html: Markup | None = None
    foot: Markup | None = None

    @property
    def name(self) -> str:
        """What tells it apart from the other views of its figure."""
        return f"{self.kind}-{self.part}" if self.part else self.kind


def heatmap_png(
    similarity: Floats, low: float, high: float, scale: Colours, apart: int = 1
) -> bytes:
    """One pixel a similarity (N, N), coloured on a scale that spans [low, high].

    Only every colour that is `apart` from the one before is used: fewer of them are fewer bytes.
    """
    index = colour_index(similarity, low, high) // apart * apart + apart // 2
    picture = Image.fromarray(index.astype(np.uint8), mode=None)
    picture = picture.convert("L")
    picture.putpalette(scale.tobytes())
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def scatter_svg(
    coordinates: Floats,
    modalities: Sequence[str],
    counts: Sequence[int],
    centre: Floats,
    extent: float,
) -> Markup:
    """Items (N, 2) as marks, and lines that join the pairs, within `extent` of `centre`.

    Marks are strokes of length zero: their caps, round for the first modality and square for the
    others, keep their size when the picture is scaled.
    """
    shares = (coordinates - centre) / extent
    x, y = _steps((1 + shares[:, 0]) / 2), _steps((1 - shares[:, 1]) / 2)
    rows = blocks(counts)
    parts = []
    for other in rows[1:]:
        pairs = zip(
            range(rows[0].start, rows[0].stop), range(other.start, other.stop), strict=False
        )
        lines = (f"M{x[a]} {y[a]}L{x[b]} {y[b]}" for a, b in pairs)
        parts.append(_path("pairs", lines))
    for name, row in zip(modalities, rows, strict=True):
        points = (f"M{x[i]} {y[i]}h0" for i in range(row.start, row.stop))
        parts.append(_path(f"points {name}", points))
    return _svg(parts)


def lines_svg(lines: Iterable[Line], x_range: Range, y_range: Range) -> Markup:
    """Curves in a plot that spans both ranges, later ones on top."""
    parts = []
    for line in lines:
        x, y = _steps(x_range.shares(line.x)), _steps(1 - y_range.shares(line.y))
        if len(line.x) == 1:
            steps = (f"M{a} {b}h0" for a, b in zip(x, y, strict=True))
        else:
            steps = (
                f"{'L' if i else 'M'}{a} {b}" for i, (a, b) in enumerate(zip(x, y, strict=True))
            )
        parts.append(_path(line.kind, steps, line.colour))
    return _svg(parts)


@dataclass(frozen=True)
class Line:
    """Points (k,) joined by a line, or one point alone; `colour` is that of a model."""

    x: Floats
    y: Floats
    kind: str
    colour: int | None = None


@dataclass(frozen=True)
class Range:
    """An axis from `low` to `high`, linear or logarithmic, and where its ticks stand."""

    low: float
    high: float
    ticks: tuple[float, ...]
    logarithmic: bool = False

    @classmethod
    def around(cls, values: Floats, most: int = 6) -> Range:
        """The smallest range of round steps around values, of at most `most` steps."""
        low, high = float(np.min(values)), float(np.max(values))
        step = round_step((high - low) / most if high > low else 1.0)
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        ticks = tuple(round(i * step, 10) for i in range(first, max(last, first + 1) + 1))
        return cls(ticks[0], ticks[-1], ticks)

    @classmethod
    def of_magnitudes(cls, values: Floats) -> Range:
        """A logarithmic axis around positive values, from and to 1, 2 or 5 times a power of ten."""
        low = 1 / round_step(1 / float(np.min(values)))
        high = round_step(max(float(np.max(values)), low * (1 + 1e-6)))
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        steps = [float(f"{factor}e{power}") for power in powers for factor in (1, 2, 5)]
        inside = tuple(s for s in steps if low * (1 - 1e-9) <= s <= high * (1 + 1e-9))
        return cls(low, high, inside, logarithmic=True)

    def shares(self, values: Floats) -> Floats:
        """Where values lie between the ends, 0 to 1; on a logarithmic axis, zero at the low end."""
        if self.logarithmic:
            above = np.maximum(values, self.low) / self.low
            return np.asarray(np.log10(above) / math.log10(self.high / self.low))
        return np.asarray((values - self.low) / (self.high - self.low))

    def labels(self, from_top: bool = False) -> tuple[Label, ...]:
        """The ticks as texts, places counted from the left or from the top."""
        at = self.shares(np.array(self.ticks))
        return tuple(
            Label(number(tick), round(float(1 - a if from_top else a), 4))
            for tick, a in zip(self.ticks, at, strict=True)
        )


def number(value: float) -> str:
    """A number on an axis, with a true minus sign."""
    return f"{value:g}".replace("-", "−")


def round_step(smallest: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is at least `smallest`."""
    power = 10.0 ** math.floor(math.log10(smallest))
    return next(f * power for f in (1, 2, 5, 10) if f * power >= smallest * (1 - 1e-9))


def _steps(shares: Floats) -> list[int]:
    return [int(step) for step in np.rint(shares * SIDE)]


def _path(kind: str, steps: Iterable[str], colour: int | None = None) -> Markup:
    style = "" if colour is None else Markup(' style="--model:var(--model-{})"').format(colour)
    return Markup('<path class="{}"{} d="{}"/>').format(kind, style, "".join(steps))


def _svg(parts: Iterable[Markup]) -> Markup:
    return Markup(
        '<svg viewBox="0 0 {0} {0}" preserveAspectRatio="none" aria-hidden="true">{1}</svg>'
    ).format(SIDE, Markup("").join(parts))

"""Figures as data in the text: a type, its parameters, a title, a caption, an alternative text.

A type of figure is a dataclass of its parameters with the methods of `FigureType`, registered in
`TYPES`. To add one: write the dataclass in a module of its own, register it here, and write the
module of the same name in `site_templates/js`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, Self
from urllib.parse import parse_qsl

from article.augmentation import Augmentation
from article.chart import Chart
from article.cloud import Cloud
from article.comparer import Comparer
from article.downloads import Download
from article.errors import ArticleError
from article.explorer import Explorer
from article.film import FilmFigure
from article.landscape import LandscapeChart
from article.pictures import View
from article.problems import Problems
from article.sketch import Sketch
from article.study import Study
from article.table_figure import TableFigure
from article.tables import Table, suggestion
from article.uses import Use

_ID: Final = re.compile(r"fig-[a-z0-9]+(-[a-z0-9]+)*")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_COMMON: Final = ("id", "type", "title", "alt", "caption", "width")


class FigureType(Protocol):
    """What a type of figure can do with its parameters."""

    def resolve(self, table: Table, study: Study, problems: Problems) -> Self:
        """The parameters with all defaults filled in; notes what the data do not have."""

    def change(self, key: str, value: str, study: Study) -> str:
        """A change of the state, as the address of the page writes it; raises what is unknown."""

    def config(self, study: Study) -> dict[str, Any]:
        """What the browser must know."""

    def draw(self, study: Study) -> list[View]:
        """The static picture, in the initial state."""

    def downloads(self, study: Study) -> list[Download]:
        """What the figure shows, as files."""

    def uses(self, study: Study) -> Sequence[Use]:
        """The data files that the live figure may load."""

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """Names of the views and controls, for the layout before scripts run."""


TYPES: Final[Mapping[str, type[Any]]] = {
    "explorer": Explorer,
    "comparer": Comparer,
    "augmentation": Augmentation,
    "landscape": LandscapeChart,
    "cloud": Cloud,
    "chart": Chart,
    "table": TableFigure,
    "film": FilmFigure,
    "sketch": Sketch,
}


@dataclass(frozen=True)
class Head:
    """What all types have: title and alternative text without markup, a caption in Markdown."""

    id: str
    type: str
    title: str
    alt: str
    caption: str
    width: Literal["text", "page", "screen"] = "page"


@dataclass(frozen=True)
class Figure:
    """A figure of the article; `shown` are the parameters of its type."""

    head: Head
    shown: FigureType
    number: int

    @property
    def id(self) -> str:
        """What links name it by."""
        return self.head.id

    @property
    def name(self) -> str:
        """What the text calls it."""
        return figure_name(self.number)


def figure_name(number: int) -> str:
    """`Figure 2`."""
    return f"Figure {number}"


def read_figure(table: Table, number: int, study: Study, problems: Problems) -> Figure | None:
    """A figure from the table in its fenced block; nothing, and all that is wrong noted, else."""
    before = len(problems.errors)
    head = _read_head(table.only(*_COMMON), problems)
    shown = _read_type(table, study, problems)
    if head is None or shown is None or len(problems.errors) > before:
        return None
    return Figure(head, shown, number)


def _read_head(table: Table, problems: Problems) -> Head | None:
    head = table.convert(Head, problems)
    name = table.values.get("id", "fig-x")
    if not _ID.fullmatch(str(name)):
        problems.errors.append(table.error(f"id {name!r} is not of the form 'fig-name'", "id"))
    for key in ("title", "alt", "caption"):
        text = str(table.values.get(key, "x"))
        if not text.strip():
            problems.errors.append(table.error(f"{key!r} is empty", key))
        if _CONTROL.search(text):
            message = f"{key!r} has a control character; quote TeX with ''', not with {3 * chr(34)}"
            problems.errors.append(table.error(message, key))
    return head


def _read_type(table: Table, study: Study, problems: Problems) -> FigureType | None:
    name = table.values.get("type")
    if name is None:
        return None  # noted with the head
    if name not in TYPES:
        message = f"unknown figure type {name!r}{suggestion(str(name), TYPES)}"
        problems.errors.append(table.error(message, "type"))
        return None
    parameters: FigureType | None = table.without(*_COMMON).convert(TYPES[name], problems)
    return None if parameters is None else parameters.resolve(table, study, problems)


def state_change(figure: Figure, query: str, study: Study) -> tuple[str, str]:
    """A `try:` link's query as `data-set` and as the address writes it."""
    pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=False)
    if not pairs:
        raise ArticleError(f"the link changes nothing; write try:{figure.id}?share=1")
    changes = {key: figure.shown.change(key, value, study) for key, value in pairs}
    return (
        "&".join(f"{key}={value}" for key, value in changes.items()),
        ",".join(f"{key}:{value}" for key, value in changes.items()),
    )

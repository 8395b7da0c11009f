"""Figures as data in the text: a type, its parameters, a title, a caption, an alternative text.

A type of figure is a dataclass of its parameters with the methods of `FigureType`, registered in
`TYPES`. To add one: write the dataclass in a module of its own, register it here, and write the
module of the same name in `site_templates/js`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Protocol, Self
from urllib.parse import parse_qsl

from article.errors import ArticleError
from article.explorer import Explorer
from article.landscape import LandscapeChart
from article.pictures import View
from article.problems import Problems
from article.study import Study
from article.tables import Table, suggestion

_ID: Final = re.compile(r"fig-[a-z0-9]+(-[a-z0-9]+)*")
_COMMON: Final = ("id", "type", "title", "alt", "caption", "width")


class FigureType(Protocol):
    """What a type of figure can do with its parameters."""

    def resolve(self, table: Table, study: Study) -> Self:
        """The parameters with all defaults filled in; raises what the data do not have."""

    def change(self, key: str, value: str, study: Study) -> str:
        """A change of the state, as the address of the page writes it; raises what is unknown."""

    def config(self, study: Study) -> dict[str, Any]:
        """What the browser must know."""

    def draw(self, study: Study) -> list[View]:
        """The static picture, in the initial state."""

    @property
    def dataset(self) -> str:
        """The data set shown."""

    @property
    def spaces(self) -> Sequence[str]:
        """Models whose spaces the figure can show."""

    @property
    def landscapes(self) -> Sequence[str]:
        """Models whose landscapes the figure can show."""

    @property
    def first_model(self) -> str:
        """The model that it shows first."""

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """Names of the views and controls, for the layout before scripts run."""


TYPES: Final[Mapping[str, type[Any]]] = {"explorer": Explorer, "landscape": LandscapeChart}


@dataclass(frozen=True)
class _Head:
    """The keys that all types share, as written."""

    id: str
    type: str
    title: str
    alt: str
    caption: str
    width: Literal["text", "page", "screen"] = "page"


@dataclass(frozen=True)
class Figure:
    """A figure of the article. `caption` is Markdown from line `caption_line` of `file`."""

    id: str
    type: str
    title: str
    alt: str
    caption: str
    width: str
    shown: FigureType
    number: int
    file: Path
    line: int
    caption_line: int

    @property
    def name(self) -> str:
        """What the text calls it."""
        return f"Figure {self.number}"


def read_figure(source: str, file: Path, first_line: int, number: int, study: Study) -> Figure:
    """A figure from the TOML in its fenced block; raises all that is wrong with it at once."""
    table = Table.parse(source, file, first_line)
    common = {key: value for key, value in table.values.items() if key in _COMMON}
    own = {key: value for key, value in table.values.items() if key not in _COMMON}
    problems = Problems()
    head = shown = None
    with problems.noted():
        head = _read_head(Table(common, file, first_line, table.lines))
    with problems.noted():
        shown = _read_type(Table(own, file, first_line, table.lines), common.get("type"), study)
    problems.stop_if_any()
    assert head is not None
    assert shown is not None
    opening = source.splitlines()[table.line_of("caption") - first_line]
    caption_line = table.line_of("caption") + (re.search(r"('''|\"\"\")\s*$", opening) is not None)
    return Figure(
        head.id,
        head.type,
        head.title,
        head.alt,
        head.caption,
        head.width,
        shown,
        number,
        file,
        first_line,
        caption_line,
    )


def _read_head(table: Table) -> _Head:
    head = table.to(_Head)
    if not _ID.fullmatch(head.id):
        raise table.error(f"id {head.id!r} is not of the form 'fig-name'", "id")
    for key in ("title", "alt", "caption"):
        if not getattr(head, key).strip():
            raise table.error(f"{key!r} is empty", key)
    return head


def _read_type(table: Table, name: Any, study: Study) -> FigureType | None:
    if name is None:
        return None
    if name not in TYPES:
        raise table.error(f"unknown figure type {name!r}{suggestion(str(name), TYPES)}", "type")
    parameters: FigureType = table.to(TYPES[name])
    return parameters.resolve(table, study)


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

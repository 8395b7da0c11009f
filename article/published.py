"""Figures that others published, each with the reference that it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from article.bibliography import Bibliography
from article.errors import ArticleError
from article.problems import Problems
from article.tables import Table, suggestion

PUBLISHED_NAME: Final = "published.toml"


@dataclass(frozen=True)
class PublishedFigures:
    """Numbers that others published: the reference they stand in, and where in it."""

    source: str
    where: str
    values: Mapping[str, float]


@dataclass(frozen=True)
class Published:
    """The cited figures of an article, by name of the table that holds them."""

    tables: Mapping[str, PublishedFigures]

    @classmethod
    def read(cls, folder: Path, bibliography: Bibliography) -> Published:
        """Read `published.toml` of a folder.

        One table a source, named by its key in `references.bib` or giving it as `source`; `where`
        says where in the source; everything else are numbers.
        """
        file = folder / PUBLISHED_NAME
        if not file.exists():
            return cls({})
        table = Table.read(file)
        problems = Problems()
        tables = {}
        for name in table.values:
            with problems.noted():
                tables[name] = _published_figures(table, name, bibliography)
        problems.stop_if_any()
        return cls(tables)

    def find(self, name: str, figure: str) -> tuple[float, str]:
        """A figure by the names of table and figure, and the key of its source."""
        if name not in self.tables:
            raise ArticleError(f"no published figures {name!r}{suggestion(name, self.tables)}")
        found = self.tables[name]
        if figure not in found.values:
            raise ArticleError(
                f"{name!r} has no figure {figure!r}{suggestion(figure, found.values)}"
            )
        return found.values[figure], found.source


def _published_figures(table: Table, name: str, bibliography: Bibliography) -> PublishedFigures:
    entries = table.values[name]
    if not isinstance(entries, dict):
        raise table.error(f"{name!r} must stand in a table of its source", name)
    values = {key: value for key, value in entries.items() if key not in ("source", "where")}
    for key, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise table.error(f"'{name}.{key}' must be a number", name, key)
    source = entries.get("source", name)
    if source not in bibliography.references:
        known = suggestion(str(source), bibliography.references)
        raise table.error(f"unknown reference {source!r}{known}", name, "source")
    return PublishedFigures(source, str(entries.get("where", "")), values)

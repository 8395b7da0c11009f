"""What can be referred to within an article: sections, figures, equations; and pages' own ids."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from article.errors import ArticleError
from article.tables import suggestion

RESERVED: Final = frozenset(
    {"page-data", "top", "contents", "article", "opened-as-file", "build-error"}
    | {"notation", "references", "materials", "credits", "licence", "cite"}
)
RESERVED_PREFIXES: Final = ("ref-", "note-", "call-", "cited-", "preview-", "anchor-")


@dataclass(frozen=True)
class Target:
    """A place with an id; `name` is what an empty link to it reads: "Figure 2"."""

    id: str
    name: str
    file: Path
    line: int | None


@dataclass
class Targets:
    """All places of an article."""

    places: dict[str, Target] = field(default_factory=dict)

    def add(self, place: Target) -> None:
        """Raises when the id is taken."""
        if place.id in RESERVED or place.id.startswith(RESERVED_PREFIXES):
            raise ArticleError(f"id {place.id!r} is one that the page uses itself")
        if place.id in self.places:
            first = self.places[place.id]
            raise ArticleError(f"duplicate id {place.id!r}, first in {first.file}:{first.line}")
        self.places[place.id] = place

    def find(self, name: str) -> Target:
        """The place with an id; the error suggests what may have been meant."""
        if name not in self.places:
            raise ArticleError(f"unknown reference '#{name}'{suggestion(name, self.places)}")
        return self.places[name]


@dataclass
class Section:
    """A heading of the contents, and those below it. `title` is HTML."""

    id: str
    title: str
    level: int
    below: list[Section] = field(default_factory=list)


def nested(sections: Iterator[Section] | list[Section]) -> list[Section]:
    """Sections in the order of the text as a tree by level."""
    top: list[Section] = []
    path: list[Section] = []
    for section in sections:
        while path and path[-1].level >= section.level:
            path.pop()
        (path[-1].below if path else top).append(section)
        path.append(section)
    return top


def slug(text: str) -> str:
    """An id made of a heading's text."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")

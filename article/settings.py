"""What an article says about itself: title, authors, date, licence, notation (`article.toml`)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from article.errors import ArticleError
from article.tables import KeyPath, Table

SETTINGS_NAME: Final = "article.toml"


@dataclass(frozen=True)
class Author:
    """Who wrote it. `orcid` is the bare identifier, `0000-0002-1825-0097`."""

    name: str
    affiliation: str = ""
    url: str = ""
    orcid: str = ""


@dataclass(frozen=True)
class Licence:
    """A licence, by name and address."""

    name: str
    url: str


@dataclass(frozen=True)
class Symbol:
    """A row of the table of notation: TeX, and Markdown that says what it means."""

    symbol: str
    meaning: str


@dataclass(frozen=True)
class Settings:
    """The settings of an article. What is left empty is left out of the page."""

    title: str
    description: str
    date: datetime.date
    authors: tuple[Author, ...]
    licence: Licence
    subtitle: str = ""
    language: str = "en"
    code_licence: Licence | None = None
    canonical: str = ""
    repository: str = ""
    citation_key: str = "article"
    keywords: tuple[str, ...] = ()
    text: tuple[str, ...] = ("index.md",)
    notation: tuple[Symbol, ...] = ()

    @classmethod
    def read(cls, folder: Path) -> Settings:
        """Read `article.toml` of a folder."""
        table = Table.read(folder / SETTINGS_NAME)
        settings = table.to(cls)
        for place, address in settings._addresses():
            if address and not is_web_address(address):
                message = f"{address!r} is no web address; it begins with https:// or http://"
                raise ArticleError(message, table.file, table.line_of(*place))
        if not is_page_address(settings.canonical):
            message = f"{settings.canonical!r} does not end with a slash or the name of a file"
            raise ArticleError(message, table.file, table.line_of("canonical"))
        return settings

    def _addresses(self) -> Iterator[tuple[KeyPath, str]]:
        """Everything that becomes a link, and where it stands."""
        yield ("canonical",), self.canonical
        yield ("repository",), self.repository
        yield ("licence", "url"), self.licence.url
        if self.code_licence is not None:
            yield ("code_licence", "url"), self.code_licence.url
        for index, author in enumerate(self.authors):
            yield ("authors", index, "url"), author.url

    @property
    def affiliations(self) -> tuple[str, ...]:
        """Every affiliation once, in order."""
        return tuple(dict.fromkeys(a.affiliation for a in self.authors if a.affiliation))


def is_page_address(address: str) -> bool:
    """Whether an address names a page, or a folder by its slash: files are named beside it."""
    path = urlsplit(address).path
    return not address or path in ("", "/") or path.endswith("/") or "." in path.rpartition("/")[2]


def is_web_address(address: str) -> bool:
    """Whether a link may lead there: not a script, and not a file of the reader."""
    return address.startswith(("https://", "http://"))

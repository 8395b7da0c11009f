"""References: BibTeX in, citations by author and year and a list of references out."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from pybtex.database import BibliographyDataError, InvalidNameString, parse_string
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text
from pybtex.scanner import PybtexSyntaxError

from article.errors import ArticleError
from article.problems import Problems
from article.settings import is_web_address
from article.tables import suggestion

REFERENCES_NAME: Final = "references.bib"
_ENTRY: Final = re.compile(r"^\s*@(\w+)\s*\{\s*([^\s,]+)\s*,", re.MULTILINE)
_VENUES: Final = ("journal", "booktitle", "school", "institution", "howpublished", "publisher")
_MOST_AUTHORS: Final = 12


@dataclass(frozen=True)
class Reference:
    """A work that can be cited. All fields are plain text; `label` is "Liang et al., 2022"."""

    key: str
    authors: tuple[str, ...]
    names: tuple[str, ...]
    year: str
    title: str
    venue: str = ""
    address: str = ""
    address_text: str = ""
    suffix: str = ""

    @property
    def dated(self) -> str:
        """Year, told apart by a letter where the same authors wrote twice in it."""
        return self.year + self.suffix

    @property
    def who(self) -> str:
        """The names in a citation: one, two, or the first and "et al."."""
        if len(self.names) == 1:
            return self.names[0]
        if len(self.names) == 2:
            return f"{self.names[0]} and {self.names[1]}"
        return f"{self.names[0]} et al."

    @property
    def label(self) -> str:
        """The citation within parentheses."""
        return f"{self.who}, {self.dated}"

    @property
    def listed_authors(self) -> str:
        """The names in the list of references."""
        if len(self.authors) > _MOST_AUTHORS:
            return ", ".join(self.authors[: _MOST_AUTHORS - 2]) + " et al."
        if len(self.authors) == 1:
            return self.authors[0]
        return f"{', '.join(self.authors[:-1])} and {self.authors[-1]}"


@dataclass
class Bibliography:
    """All references of an article; `cited` counts the places that cite each key, in order.

    A published number makes its source a reference too, without a place that cites it.
    """

    file: Path
    references: dict[str, Reference] = field(default_factory=dict)
    cited: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Bibliography:
        """Read `references.bib` of a folder; an article without one cites nothing."""
        file = folder / REFERENCES_NAME
        if not file.exists():
            return cls(file)
        try:
            source = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise ArticleError("not UTF-8 text", file) from None
        lines = {found[2]: _line_of(source, found.start(2)) for found in _ENTRY.finditer(source)}
        problems = Problems()
        references = {}
        for key, entry in _parse(source, file).items():
            with problems.noted(file, lines.get(key)):
                references[key] = _reference(key, entry)
        problems.stop_if_any()
        return cls(file, _told_apart(references))

    def cite(self, key: str) -> Reference:
        """A reference by its key, noted as cited; the error suggests what may have been meant."""
        if key not in self.references:
            raise ArticleError(f"unknown reference {key!r}{suggestion(key, self.references)}")
        self.cited.setdefault(key, 0)
        return self.references[key]

    def call(self, key: str) -> tuple[Reference, str]:
        """A reference for a place of the text that cites it, and the id of that place."""
        reference = self.cite(key)
        self.cited[key] += 1
        return reference, self.calls(key)[-1]

    def calls(self, key: str) -> list[str]:
        """Ids of the places that cite a reference."""
        return [f"cited-{key}-{number}" for number in range(1, self.cited[key] + 1)]

    @property
    def listed(self) -> list[Reference]:
        """What was cited, by first author and year."""
        cited = [self.references[key] for key in self.cited]
        return sorted(cited, key=lambda r: (r.names[0].casefold(), r.dated, r.title))


def _parse(source: str, file: Path) -> dict[str, Any]:
    try:
        return dict(parse_string(source, "bibtex").entries)
    except PybtexSyntaxError as error:
        message = str(error).partition(": ")[2]
        raise ArticleError(f"not BibTeX: {message}", file, error.lineno) from None
    except BibliographyDataError as error:
        key = str(error).rpartition(": ")[2]
        raise ArticleError(str(error), file, _last_line_of(source, f"{{{key},")) from None
    except InvalidNameString as error:
        name = re.sub(r"^.*? in '(.*)'$", r"\1", str(error))
        raise ArticleError(str(error), file, _last_line_of(source, name)) from None
    except PybtexError as error:
        raise ArticleError(f"not BibTeX: {error}", file) from None


def _reference(key: str, entry: Any) -> Reference:
    fields = {name.lower(): _plain(value) for name, value in entry.fields.items()}
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    for name, present in (("author", people), ("title", fields.get("title"))):
        if not present:
            raise ArticleError(f"reference {key!r} has no {name}")
    if not re.fullmatch(r"\d{4}", fields.get("year", "")):
        raise ArticleError(f"reference {key!r} needs a year of four digits")
    address, address_text = _address(key, fields)
    return Reference(
        key=key,
        authors=tuple(_full_name(person) for person in people),
        names=tuple(_last_name(person) for person in people),
        year=fields["year"],
        title=fields["title"],
        venue=next((fields[name] for name in _VENUES if fields.get(name)), ""),
        address=address,
        address_text=address_text,
    )


def _address(key: str, fields: dict[str, str]) -> tuple[str, str]:
    """Where it can be read, and how that is written: DOI before arXiv before another address."""
    if doi := fields.get("doi"):
        return f"https://doi.org/{doi}", f"doi:{doi}"
    if eprint := fields.get("eprint"):
        return f"https://arxiv.org/abs/{eprint}", f"arXiv:{eprint}"
    url = fields.get("url", "")
    if url and not is_web_address(url):
        raise ArticleError(f"reference {key!r}: {url!r} is no web address")
    return url, re.sub(r"^https?://(www\.)?|/$", "", url)


def _plain(latex: str) -> str:
    text = str(Text.from_latex(latex))
    return re.sub(r"\s+", " ", text.replace("---", "—").replace("--", "–")).strip()


def _last_name(person: Any) -> str:
    return _plain(" ".join([*person.prelast_names, *person.last_names]))


def _full_name(person: Any) -> str:
    """`W. Liang`, `T.-Y. Lin`: initials of the given names, then the family name."""
    given = [_plain(name) for name in [*person.first_names, *person.middle_names]]
    initials = ["-".join(f"{part[0]}." for part in name.split("-") if part) for name in given]
    lineage = [_plain(name) for name in person.lineage_names]
    return " ".join([*filter(None, initials), _last_name(person), *lineage])


def _told_apart(references: dict[str, Reference]) -> dict[str, Reference]:
    """Letters after the year where two labels would be the same."""
    same: dict[str, list[str]] = defaultdict(list)
    for key, reference in references.items():
        same[reference.label].append(key)
    suffixes = {
        key: chr(ord("a") + position)
        for keys in same.values()
        if len(keys) > 1
        for position, key in enumerate(keys)
    }
    return {key: replace(r, suffix=suffixes.get(key, "")) for key, r in references.items()}


def _line_of(source: str, position: int) -> int:
    return source.count("\n", 0, position) + 1


def _last_line_of(source: str, text: str) -> int | None:
    position = source.rfind(text)
    return None if position < 0 else _line_of(source, position)

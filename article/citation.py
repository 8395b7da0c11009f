"""How to cite the article itself, and a figure of it."""

from __future__ import annotations

from collections.abc import Mapping

from article.figures import Figure
from article.settings import Settings

_SPECIAL = {"&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}"}


def citation_text(settings: Settings) -> str:
    """Authors, year, title, address."""
    names = [author.name for author in settings.authors]
    who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    address = _address(settings)
    text = f"{who} ({settings.date.year}). {settings.title}."
    return f"{text} {address}" if address else text


def citation_bibtex(settings: Settings) -> str:
    """A BibTeX entry; names that are no persons stay whole."""
    title = f"{{{_escaped(settings.title)}}}"
    return _entry(settings.citation_key, title, _address(settings), {}, settings)


def figure_bibtex(figure: Figure, title: str, settings: Settings) -> str:
    """A BibTeX entry of a figure within the article."""
    named = _escaped(f"{figure.name}. {title}".rstrip("."))
    page = f"{settings.canonical}#{figure.id}" if settings.canonical else ""
    return _entry(
        f"{settings.citation_key}-{figure.id}",
        f"{{{named}}}",
        page or settings.repository,
        {"note": f"In: {{{_escaped(settings.title)}}}"},
        settings,
    )


def _entry(key: str, title: str, address: str, more: Mapping[str, str], settings: Settings) -> str:
    fields = {
        "author": " and ".join(_name(author.name) for author in settings.authors),
        "title": title,
        **more,
        "year": str(settings.date.year),
        "month": str(settings.date.month),
        "url": address,
    }
    lines = [f"  {name:<6} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"


def _address(settings: Settings) -> str:
    return settings.canonical or settings.repository


def _name(name: str) -> str:
    escaped = _escaped(name)
    return f"{{{escaped}}}" if name.startswith("The ") else escaped


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in text)

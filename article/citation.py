"""How to cite the article itself."""

from __future__ import annotations

from article.settings import Settings

_SPECIAL = {"&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}"}


def citation_text(settings: Settings) -> str:
    """Authors, year, title, address."""
    names = [author.name for author in settings.authors]
    who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    address = settings.canonical or settings.repository
    text = f"{who} ({settings.date.year}). {settings.title}."
    return f"{text} {address}" if address else text


def citation_bibtex(settings: Settings) -> str:
    """A BibTeX entry; names that are no persons stay whole."""
    authors = " and ".join(_name(author.name) for author in settings.authors)
    fields = {
        "author": authors,
        "title": f"{{{_escaped(settings.title)}}}",
        "year": str(settings.date.year),
        "month": str(settings.date.month),
        "url": settings.canonical or settings.repository,
    }
    lines = [f"  {name:<6} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{settings.citation_key},\n" + ",\n".join(lines) + "\n}"


def _name(name: str) -> str:
    escaped = _escaped(name)
    return f"{{{escaped}}}" if name.startswith("The ") else escaped


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in text)

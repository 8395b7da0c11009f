"""The page: a checked article and its drawings to HTML, through the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, get_args
from urllib.parse import quote, urljoin

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from article.assets import hashed_name
from article.card import SIZE
from article.citation import citation_bibtex, citation_text, figure_bibtex
from article.colours import similarity_scale
from article.document import Document, FigureBlock
from article.downloads import Download, is_short
from article.figures import Figure
from article.geometry import BATCH_SIZE
from article.materials import credits_of, materials
from article.pictures import View
from article.references import Section
from article.static import Static
from article.study import Study, media_files
from article.uses import Kind, Use

GENERATOR: Final = "pairspace"
SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self'; connect-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""Nothing from elsewhere, no inline script, no eval; plotly.js writes inline styles."""

_BACK: Final = {
    "notation": "Notation",
    "references": "References",
    "materials": "Materials",
    "credits": "Credits",
    "licence": "Licence",
    "cite": "How to cite",
}


@dataclass(frozen=True)
class Link:
    """An address, what the link to it says, and whether it leads to a table that can be read."""

    address: str
    text: str
    short: bool


@dataclass(frozen=True)
class Extras:
    """What a figure has below its caption: its data as files, and how to cite it."""

    downloads: list[Link]
    bibtex: str


@dataclass
class DataFiles:
    """Data that the figures name, by the address that the page knows them under."""

    study: Study
    files: dict[str, bytes] = field(default_factory=dict)
    _made: dict[str, Link] = field(default_factory=dict)

    def add(self, path: str, data: bytes) -> str:
        """Take a file along; its address in the page."""
        address = f"data/{hashed_name(path, data)}"
        self.files[address] = data
        return quote(address)

    def artifact(self, use: Use) -> str:
        """The address of an artifact."""
        record = self.study.manifest.find(use.kind, use.dataset, use.model, use.name)
        return self.add(record.path, self.study.data.read_bytes(record))

    def dataset(self, dataset: str) -> dict[str, Any]:
        """Title, count, and where items, pictures and sounds are."""
        facts = self.study.manifest.datasets[dataset]
        media = media_files(self.study.items(dataset))
        return {
            "title": facts["title"],
            "count": facts["count"],
            "items": self.artifact(Use("items", dataset)),
            "files": {path: self._medium(path, dataset) for path in media},
        }

    def downloads(self, figure: Figure) -> list[Link]:
        """Links to what a figure shows, as files."""
        return [self._download(download) for download in figure.shown.downloads(self.study)]

    def _download(self, download: Download) -> Link:
        """Made once, however many figures offer it."""
        if download.path not in self._made:
            content = download.content()
            address = self.add(download.path, content)
            self._made[download.path] = Link(address, download.label, is_short(content))
        return replace(self._made[download.path], text=download.label)

    def _medium(self, path: str, dataset: str) -> str:
        return self.add(path, self.study.data.read_bytes(self.study.record(path, dataset)))


@dataclass(frozen=True)
class Drawing:
    """The static views of a figure.

    `pictures` are addresses and bytes of those that are files, by the name of their view.
    """

    views: list[View]
    pictures: Mapping[str, tuple[str, bytes]]

    @property
    def addresses(self) -> dict[str, str]:
        """Where the picture of each view is, by its name."""
        return {name: address for name, (address, _) in self.pictures.items()}


def uses_of(document: Document) -> dict[str, Sequence[Use]]:
    """The data files that each figure may load, by its id."""
    return {block.figure.id: block.figure.shown.uses(document.study) for block in document.figures}


def page_data(document: Document, data: DataFiles, plotly: str) -> dict[str, Any]:
    """What the browser must know of the whole page: titles, and where everything is."""
    manifest = document.study.manifest
    uses = list(dict.fromkeys(use for used in uses_of(document).values() for use in used))
    kinds = [kind for kind in get_args(Kind) if kind != "items"]
    return {
        "datasets": {use.dataset: data.dataset(use.dataset) for use in uses if use.kind == "items"},
        "models": {
            name: {
                "title": model["title"],
                "short": model["short"],
                "logit_scale": model["logit_scale"],
                "colour": index,
            }
            for index, (name, model) in enumerate(manifest.models.items())
        },
        "artifacts": {
            kind: {use.key: data.artifact(use) for use in uses if use.kind == kind}
            for kind in kinds
        },
        "plotly": plotly,
        "scales": {"similarity": similarity_scale().tolist()},
        "batch_size": manifest.settings.get("batch_size", BATCH_SIZE),
    }


def script_json(value: Any) -> Markup:
    """JSON that is safe inside a script element, whatever texts it holds."""
    text = orjson.dumps(value).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


@dataclass(frozen=True)
class Parts:
    """What the templates put together with the text.

    `drawings` and `extras` are by the figures' ids, `known` is what the browser must know, `card`
    the address of the picture that stands for the page elsewhere.
    """

    drawings: Mapping[str, Drawing]
    extras: Mapping[str, Extras]
    known: Mapping[str, Any]
    static: Static
    card: str


def extras(document: Document, data: DataFiles) -> dict[str, Extras]:
    """What each figure has below its caption, by its id."""
    return {
        block.figure.id: Extras(
            data.downloads(block.figure),
            figure_bibtex(block.figure, block.title, document.settings),
        )
        for block in document.figures
    }


def html(document: Document, parts: Parts, templates: Path) -> str:
    """The HTML of the page."""
    settings, study = document.settings, document.study
    configs = {
        block.figure.id: script_json(block.figure.shown.config(study)) for block in document.figures
    }
    template = _environment(templates).get_template("page.html.j2")
    return template.render(
        settings=settings,
        written_date=f"{settings.date.day} {settings.date:%B %Y}",
        generator=GENERATOR,
        security_policy=SECURITY_POLICY,
        static=parts.static,
        contents=_contents(document),
        blocks=document.blocks,
        drawings=parts.drawings,
        configs=configs,
        extras=parts.extras,
        card={
            "address": urljoin(settings.canonical, parts.card),
            "width": SIZE[0],
            "height": SIZE[1],
        },
        notation=document.notation,
        references=document.bibliography.listed,
        calls=document.bibliography.calls,
        materials=materials(study.manifest),
        credits=credits_of(study.manifest),
        citation_text=citation_text(settings),
        citation_bibtex=citation_bibtex(settings),
        page_data=script_json(parts.known),
    )


def _contents(document: Document) -> list[Section]:
    """The sections of the text, then those that the templates add."""
    present = {
        "notation": document.notation,
        "references": document.bibliography.cited,
        "credits": credits_of(document.study.manifest),
    }
    back = [Section(i, title, 2) for i, title in _BACK.items() if present.get(i, True)]
    return [*document.contents, *back]


def _environment(templates: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.tests["figure_block"] = lambda block: isinstance(block, FigureBlock)
    return environment

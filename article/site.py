"""The build as named steps: load, check, draw, render, write; what they make is one `Site`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from article import document, page
from article.artifacts import write_atomically
from article.assets import hashed_name
from article.card import card_png
from article.document import Document
from article.errors import ArticleError
from article.indexing import indexing_files
from article.page import DataFiles, Drawing, Parts
from article.problems import Problems
from article.sources import Sources
from article.static import Static
from article.weights import FigureFiles

TEMPLATES: Final = Path(__file__).resolve().parent.parent / "site_templates"
INDEX: Final = "index.html"
_MADE_BY_US: Final = f'<meta name="generator" content="{page.GENERATOR}">'


@dataclass(frozen=True)
class Site:
    """Everything of a page by its address, and which of it each figure needs."""

    files: Mapping[str, bytes]
    figures: tuple[FigureFiles, ...]


def build(article: Path, templates: Path = TEMPLATES) -> Site:
    """A site from an article's folder; raises `BrokenArticleError` with all that is wrong."""
    checked = check(article)
    drawings = draw(checked)
    return render(checked, drawings, templates)


def check(article: Path) -> Document:
    """Load an article and resolve all of it; pictures are not drawn."""
    problems = Problems()
    return document.check(Sources.load(article, problems), problems)


def draw(checked: Document) -> dict[str, Drawing]:
    """The static views of each figure by its id."""
    drawings = {}
    for figure in (block.figure for block in checked.figures):
        views = figure.shown.draw(checked.study)
        pictures = {
            view.name: (f"assets/pictures/{name}", view.png)
            for view in views
            if view.png is not None
            for name in [hashed_name(f"{figure.id}-{view.name}.png", view.png)]
        }
        drawings[figure.id] = Drawing(views, pictures)
    return drawings


def render(checked: Document, drawings: Mapping[str, Drawing], templates: Path) -> Site:
    """The page, and all files that it names."""
    static = Static.read(templates)
    data = DataFiles(checked.study)
    known = page.page_data(checked, data, static.plotly)
    card = card_png(checked.settings, _first_heatmap(drawings))
    card_address = f"assets/{hashed_name('card.png', card)}"
    extras = page.extras(checked, data)
    html = page.html(checked, Parts(drawings, extras, known, static, card_address), templates)
    pictures = [picture for drawing in drawings.values() for picture in drawing.pictures.values()]
    figures = (block.figure for block in checked.figures)
    uses = page.uses_of(checked)
    return Site(
        files={
            INDEX: html.encode(),
            **indexing_files(checked.settings),
            **static.files,
            card_address: card,
            **checked.assets.files,
            **dict(pictures),
            **data.files,
        },
        figures=tuple(
            FigureFiles.of(f, uses[f.id], known, drawings[f.id].addresses.values()) for f in figures
        ),
    )


def _first_heatmap(drawings: Mapping[str, Drawing]) -> bytes | None:
    """The picture of the first heatmap of the article."""
    for drawing in drawings.values():
        for view in drawing.views:
            if view.kind == "heatmap" and view.name in drawing.pictures:
                return drawing.pictures[view.name][1]
    return None


# -- writing -----------------------------------------------------------------------------------


def write(site: Site, out: Path) -> None:
    """Write a site to a temporary folder, then swap it in: a failed build leaves the old one whole.

    Raises `ArticleError` when `out` holds something that no build made.
    """
    check_replaceable(out)
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".partial", dir=out.parent))
    try:
        fresh.chmod(0o755)
        for address, data in site.files.items():
            if ".." in PurePosixPath(address).parts or address.startswith("/"):
                raise ArticleError(f"a file of the page would lie outside of it: {address!r}")
            write_atomically(fresh / address, data)
        _swap(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def check_replaceable(out: Path) -> None:
    """Raise when a folder must not be replaced: it is not empty, and not a site of ours."""
    if not out.exists():
        return
    if not out.is_dir():
        raise ArticleError("is not a folder", out)
    index = out / INDEX
    ours = index.is_file() and _MADE_BY_US in index.read_text(encoding="utf-8", errors="replace")
    if any(out.iterdir()) and not ours:
        raise ArticleError("holds other things than a built site; name another folder", out)


def _swap(fresh: Path, out: Path) -> None:
    """Put a folder in the place of another, which is kept until then."""
    old = fresh.with_suffix(".old")
    if out.exists():
        out.rename(old)
    try:
        fresh.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)

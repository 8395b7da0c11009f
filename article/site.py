"""The build as named steps: load, check, draw, render, copy; what they make is one `Site`."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from article.artifacts import write_atomically
from article.assets import hashed_name
from article.document import Document, Sources
from article.document import check as check_document
from article.errors import ArticleError
from article.page import GENERATOR, DataFiles, Drawing, page_data, render
from article.problems import Problems
from article.weights import FigureFiles

TEMPLATES: Final = Path(__file__).resolve().parent.parent / "site_templates"
INDEX: Final = "index.html"
_STYLES: Final = ("style.css", "figures.css")
_FAVICON: Final = "favicon.svg"
_MAIN: Final = "main.js"
_CLASSIC: Final = "before-paint.js"
_MADE_BY_US: Final = f'<meta name="generator" content="{GENERATOR}">'


@dataclass(frozen=True)
class Site:
    """Everything of a page by its address, and which of it each figure needs."""

    files: Mapping[str, bytes]
    figures: tuple[FigureFiles, ...]


def build(article: Path, templates: Path = TEMPLATES) -> Site:
    """A site from an article's folder; raises `BrokenArticleError` with all that is wrong."""
    document = check(article)
    drawings, pictures = draw(document)
    return copy(document, drawings, pictures, templates)


def check(article: Path) -> Document:
    """Load an article and resolve all of it, pictures excepted."""
    problems = Problems()
    return check_document(Sources.load(article, problems), problems)


def draw(document: Document) -> tuple[dict[str, Drawing], dict[str, bytes]]:
    """The static views of each figure, and the picture files among them."""
    drawings: dict[str, Drawing] = {}
    pictures: dict[str, bytes] = {}
    for figure in (placed.figure for placed in document.figures):
        views = figure.shown.draw(document.study)
        addresses = {}
        for view in views:
            if view.png is not None:
                name = hashed_name(f"{figure.id}-{view.kind}.png", view.png)
                addresses[view.kind] = f"assets/pictures/{name}"
                pictures[addresses[view.kind]] = view.png
        drawings[figure.id] = Drawing(views, addresses)
    return drawings, pictures


def copy(
    document: Document,
    drawings: Mapping[str, Drawing],
    pictures: Mapping[str, bytes],
    templates: Path,
) -> Site:
    """The page and all files that it names."""
    common, addresses = _common_files(templates)
    data = DataFiles(document.study)
    known = page_data(document, data, addresses.pop("plotly"))
    html = render(document, drawings, known, addresses, templates)
    figures = tuple(
        FigureFiles.of(placed.figure, known, drawings[placed.figure.id])
        for placed in document.figures
    )
    index = {INDEX: html.encode()}
    return Site({**index, **common, **document.assets.files, **pictures, **data.files}, figures)


def _common_files(templates: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Styles, scripts, favicon and plotly.js, and their addresses."""
    style = b"\n".join((templates / name).read_bytes() for name in _STYLES)
    favicon = (templates / _FAVICON).read_bytes()
    scripts = {path.name: path.read_bytes() for path in sorted((templates / "js").glob("*.js"))}
    folder = f"assets/js-{_digest(scripts)}"
    plotly, plotly_name = _plotly()
    addresses: dict[str, Any] = {
        "style": f"assets/{hashed_name('style.css', style)}",
        "favicon": f"assets/{hashed_name(_FAVICON, favicon)}",
        "scripts": folder,
        "plotly": f"assets/{plotly_name}",
        "modules": [name for name in scripts if name not in (_MAIN, _CLASSIC)],
    }
    written = {f"{folder}/{name}": data for name, data in scripts.items()}
    written[addresses["style"]] = style
    written[addresses["favicon"]] = favicon
    written[addresses["plotly"]] = plotly
    return written, addresses


@cache
def _plotly() -> tuple[bytes, str]:
    """The bundle of plotly.js as the plotly package ships it, licence comment and all."""
    data = files("plotly").joinpath("package_data/plotly.min.js").read_bytes()
    found = re.search(rb"plotly\.js v([\d.]+)", data[:400])
    return data, f"plotly-{found[1].decode() if found else version('plotly')}.min.js"


def _digest(files_: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, data in files_.items():
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()[:8]


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

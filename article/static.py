"""What every page needs: styles, scripts, favicon, and the chart library."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from article.assets import hashed_name
from article.errors import ArticleError

_STYLES: Final = ("style.css", "figures.css")
_FIGURE_STYLES: Final = "figures/*.css"
_FAVICON: Final = "favicon.svg"
_MAIN: Final = "main.js"
_IMPORT: Final = re.compile(
    rb"""^(?:import|export)\b[^;]*?\bfrom "\./([\w-]+\.js)";""", re.MULTILINE
)
_PLOTLY: Final = "package_data/plotly.min.js"


@dataclass(frozen=True)
class Static:
    """Addresses in the page, and the `files` at them.

    Scripts keep their names, because they import each other by them; the hash is in the name of
    their folder. `modules` are those that the main one imports, directly or through others; what
    it loads only when a figure asks for it is not among them.
    """

    style: str
    favicon: str
    scripts: str
    plotly: str
    modules: tuple[str, ...]
    files: Mapping[str, bytes]

    @classmethod
    def read(cls, templates: Path) -> Static:
        """Read the folder of templates, and plotly.js from its package."""
        sheets = [*(templates / name for name in _STYLES), *sorted(templates.glob(_FIGURE_STYLES))]
        style = b"\n".join(sheet.read_bytes() for sheet in sheets)
        favicon = (templates / _FAVICON).read_bytes()
        scripts = {path.name: path.read_bytes() for path in sorted((templates / "js").glob("*.js"))}
        plotly, version = read_plotly()
        addresses = {
            "style": f"assets/{hashed_name('style.css', style)}",
            "favicon": f"assets/{hashed_name(_FAVICON, favicon)}",
            "plotly": f"assets/plotly-{version}.min.js",
        }
        folder = f"assets/js-{_digest(scripts)}"
        contents = dict(zip(addresses.values(), (style, favicon, plotly), strict=True))
        return cls(
            **addresses,
            scripts=folder,
            modules=tuple(imported_by(_MAIN, scripts)),
            files=contents | {f"{folder}/{name}": data for name, data in scripts.items()},
        )


def imported_by(module: str, scripts: Mapping[str, bytes]) -> list[str]:
    """Names of all modules that one needs before it runs, sorted; not those of `import()`."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        named = {name.decode() for name in _IMPORT.findall(scripts[waiting.pop()])}
        waiting += sorted(named - found)
        found |= named
    return sorted(found - {module})


@cache
def read_plotly() -> tuple[bytes, str]:
    """plotly.js as the plotly package ships it, its licence at the top, and its version."""
    data = files("plotly").joinpath(_PLOTLY).read_bytes()
    found = re.search(rb"plotly\.js v([\d.]+)", data[:400])
    if found is None:
        raise ArticleError(f"{_PLOTLY} of the package plotly does not say its version")
    return data, found[1].decode()


def _digest(contents: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, data in contents.items():
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()[:8]

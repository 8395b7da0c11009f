"""The committed site, figure by figure, and what each request of a reader's browser weighs."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Page, Request, Route

from article.weights import Weights
from tests.browser.reader import Figure

PUBLIC: Final = Path(__file__).parents[2] / "public"
_FIGURE: Final = re.compile(r'<figure [^>]*\bid="([^"]+)" data-figure="([^"]+)"')
_PICTURE: Final = re.compile(r'<img src="([^"]+)"')
_PAGE_DATA: Final = re.compile(
    r'<script type="application/json" id="page-data">(.*?)</script>', re.DOTALL
)


CHANGES: Final = re.compile(r"\b(model|order|projection|layout)\b", re.IGNORECASE)
"""Names of the controls whose every change is one small request."""

COUNT_WORK: Final = """
window.work = 0;
for (const name of ["requestAnimationFrame", "setTimeout", "setInterval"]) {
  const original = window[name].bind(window);
  window[name] = (...values) => {
    window.work++;
    return original(...values);
  };
}
"""
"""Counts what scripts ask the browser to call back."""


@dataclass(frozen=True)
class PublishedSite:
    """A built site in a folder."""

    folder: Path = PUBLIC

    @cached_property
    def index(self) -> str:
        """The HTML of the page."""
        return (self.folder / "index.html").read_text()

    @cached_property
    def figures(self) -> Mapping[str, str]:
        """Types of the figures by their id, in the order of the text."""
        return dict(_FIGURE.findall(self.index))

    @cached_property
    def weights(self) -> Weights:
        """Bytes of every file as a server sends it."""
        files = (path for path in sorted(self.folder.rglob("*")) if path.is_file())
        return Weights(
            {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in files}
        )

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Kinds of the data files by their address: items, space, layout, vectors and so on."""
        found = _PAGE_DATA.search(self.index)
        assert found is not None
        known: dict[str, Any] = json.loads(found[1])
        kinds = {
            unquote(address): kind
            for kind, addresses in known["artifacts"].items()
            for address in addresses.values()
        }
        for dataset in known["datasets"].values():
            kinds[unquote(dataset["items"])] = "items"
            kinds |= {unquote(address): "pictures" for address in dataset["files"].values()}
        return kinds

    def pictures(self, figure: str) -> set[str]:
        """Addresses of the static pictures of a figure."""
        start = self.index.index(f'id="{figure}"')
        part = self.index[start : self.index.index("</figure>", start)]
        return {html.unescape(address) for address in _PICTURE.findall(part)}

    def with_figures(self, *live: str) -> str:
        """The page in which only some figures come to life; the others stay pictures."""

        def still(found: re.Match[str]) -> str:
            kept = found[1] in live
            return found[0] if kept else found[0].replace("data-figure=", "data-still=")

        return _FIGURE.sub(still, self.index)


@dataclass
class Requests:
    """What a page asks its own site for, by address, once for each time."""

    site: PublishedSite
    addresses: list[str] = field(default_factory=list)

    def note(self, request: Request) -> None:
        """Note a request of the site."""
        path = unquote(urlsplit(request.url).path).removeprefix("/") or "index.html"
        if request.url.startswith("http"):
            self.addresses.append(path)

    @property
    def without_plotly(self) -> set[str]:
        """All but the chart library."""
        return {path for path in self.addresses if not Path(path).name.startswith("plotly-")}

    @property
    def data(self) -> list[str]:
        """Data files only."""
        return [path for path in self.addresses if path in self.site.kinds]

    def bytes(self) -> int:
        """Bytes of all but the chart library as served, each file once."""
        return self.site.weights.total(self.without_plotly)

    @contextmanager
    def during(self) -> Iterator[Requests]:
        """Those of a while."""
        before = len(self.addresses)
        part = Requests(self.site)
        yield part
        part.addresses = self.addresses[before:]


def open_with(page: Page, site: PublishedSite, address: str, *live: str) -> Requests:
    """Open the page with only some figures live; note what it asks for."""
    requests = Requests(site)
    page.on("request", requests.note)
    content = site.with_figures(*live)

    def answer(route: Route) -> None:
        route.fulfill(body=content, content_type="text/html; charset=utf-8")

    page.route(f"{address}/", answer)
    page.goto(f"{address}/")
    page.wait_for_load_state("load")
    return requests


def bring(page: Page, name: str) -> Figure:
    """Scroll to a figure and wait until it is live."""
    figure = Figure(page, name)
    figure.element.scroll_into_view_if_needed()
    figure.wait("ready")
    return figure


def changes(figure: Figure, names: re.Pattern[str]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every choice that the controls of some names offer: in words, and how it is made."""
    for one in figure.element.get_by_role("combobox", name=names).all():
        for value in one.evaluate("(list) => [...list.options].map((option) => option.value)"):
            yield value, partial(one.select_option, value)
    for group in figure.element.get_by_role("group", name=names).all():
        for button in group.get_by_role("button").all():
            yield button.inner_text(), button.click
    for choices in figure.element.get_by_role("radiogroup", name=names).all():
        for radio in choices.get_by_role("radio").all():
            yield radio.get_attribute("value") or "", partial(radio.check, force=True)

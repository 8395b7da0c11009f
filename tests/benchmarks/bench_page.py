"""Prints what the page costs its readers, beside what the published article costs them.

    python -m tests.benchmarks.bench_page [SITE]

Opens a built site (by default the committed one) in headless Chromium against a local server:
requests, bytes, memory, first paint and idle before the first interaction; then each figure alone,
what it first loads and how long that takes; then every change of model, order, projection,
layout or picture. Bytes are those that a server sends (gzip -6). The published article's are in
`published.toml`.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page

from tests.browser.chromium import chromium
from tests.browser.published_site import (
    COUNT_WORK,
    PUBLIC,
    PublishedSite,
    Requests,
    bring,
    changes,
    open_with,
)
from tests.browser.static_server import static_server

PUBLISHED: Final[Mapping[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "published.toml").read_text()
)
WATCHED: Final = 8.0
"""Seconds that a page is watched for work after it has loaded."""

OBSERVE: Final = """
window.busyUntil = 0;
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries())
    window.busyUntil = Math.max(window.busyUntil, startTime + duration);
}).observe({ type: "longtask", buffered: true });
"""

MEASURES: Final = """
() => ({
  paint: performance.getEntriesByName("first-contentful-paint")[0].startTime / 1000,
  idle: Math.max(window.busyUntil, ...performance.getEntriesByType("resource")
    .map(({ responseEnd }) => responseEnd)) / 1000,
})
"""


@dataclass(frozen=True)
class Opening:
    """The page before the first interaction: counts, bytes, seconds."""

    requests: int
    bytes: int
    bytes_without_plotly: int
    heap: float
    first_paint: float
    idle: float


@dataclass(frozen=True)
class Loading:
    """What something takes that a reader asks for: requests for data, bytes, seconds."""

    name: str
    requests: int
    bytes: int
    time: float


def new_page(browser: Browser) -> Page:
    """An empty tab of a browser without a history."""
    return browser.new_context(viewport={"width": 1280, "height": 800}).new_page()


def opening(browser: Browser, site: PublishedSite, address: str) -> Opening:
    """Open the page and let it come to rest."""
    page = new_page(browser)
    page.add_init_script(OBSERVE)
    requests = Requests(site)
    page.on("request", requests.note)
    page.goto(f"{address}/")
    page.wait_for_timeout(1000 * WATCHED)
    times = page.evaluate(MEASURES)
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    return Opening(
        requests=len(requests.addresses),
        bytes=site.weights.total(requests.addresses),
        bytes_without_plotly=requests.bytes(),
        heap=heap / 1e6,
        first_paint=times["paint"],
        idle=times["idle"],
    )


def first_states(browser: Browser, site: PublishedSite, address: str) -> Iterator[Loading]:
    """Each figure alone in its page, from the scroll to it until it is live."""
    for name in site.figures:
        page = new_page(browser)
        requests = open_with(page, site, address, name)
        started = time.perf_counter()
        bring(page, name)
        taken = time.perf_counter() - started
        page.wait_for_load_state("networkidle")
        weight = site.weights.total({*requests.data, *site.pictures(name)})
        yield Loading(name, len(requests.data), weight, taken)
        page.context.close()


CHOICES: Final = re.compile(r"\b(model|order|projection|layout|picture|change)\b", re.IGNORECASE)
"""Names of the controls that are measured."""

CLOCK: Final = """
for (const type of ["change", "click"]) {
  addEventListener(type, ({ target, timeStamp }) => {
    const figure = target.closest("figure[data-figure]");
    if (!figure) return;
    window.shownAfter = undefined;
    const look = () => figure.dataset.state === "ready"
      ? requestAnimationFrame((now) => { window.shownAfter = now - timeStamp; })
      : requestAnimationFrame(look);
    requestAnimationFrame(look);
  }, true);
}"""
"""Measures in the page, from the event to the frame after the figure shows what was chosen."""


def all_changes(browser: Browser, site: PublishedSite, address: str) -> Iterator[Loading]:
    """Every change of model, order, projection, layout or picture, until it is shown."""
    for name in site.figures:
        page = new_page(browser)
        page.add_init_script(CLOCK)
        requests = open_with(page, site, address, name)
        figure = bring(page, name)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1000)
        for choice, choose in changes(figure, CHOICES):
            with requests.during() as asked:
                choose()
                figure.wait("ready")
                figure.frames(3)
                taken = (page.evaluate("window.shownAfter") or 0) / 1e3
            yield Loading(
                f"{name}: {choice}", len(asked.data), site.weights.total(asked.data), taken
            )
        page.context.close()


def idle_work(browser: Browser, site: PublishedSite, address: str) -> int:
    """How often scripts ask to be called back in three seconds, figures live but out of sight."""
    page = new_page(browser)
    page.add_init_script(COUNT_WORK)
    page.goto(f"{address}/")
    for name in site.figures:
        bring(page, name)
    page.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")
    page.wait_for_timeout(5000)
    before: int = page.evaluate("window.work")
    page.wait_for_timeout(3000)
    after: int = page.evaluate("window.work")
    return after - before


# -- printing ----------------------------------------------------------------------------------


def print_opening(found: Opening, site: PublishedSite) -> None:
    """The page beside the published one."""
    theirs = PUBLISHED["page"]
    rows = [
        ("requests", found.requests, theirs["requests"], ".0f"),
        ("MB as served", found.bytes / 1e6, theirs["bytes_served"], ".2f"),
        ("  of them beside plotly.js", found.bytes_without_plotly / 1e6, None, ".2f"),
        ("heap, MB", found.heap, theirs["heap"], ".1f"),
        ("first paint, s", found.first_paint, statistics.mean(theirs["first_paint"]), ".2f"),
        ("idle after, s", found.idle, theirs["idle"], ".1f"),
        ("whole site, MB as served", site.weights.whole / 1e6, None, ".1f"),
    ]
    print(f"{'before the first interaction':36}{'here':>10}{'published':>12}{'ratio':>8}")
    for name, ours, other, form in rows:
        theirs_written = "" if other is None else f"{other:{form}}"
        ratio = "" if other is None or not ours else f"{other / ours:.1f}"
        print(f"{name:36}{ours:10{form}}{theirs_written:>12}{ratio:>8}")
    print(f"{'(published site: MB on disk)':36}{'':10}{theirs['site']:12.0f}")


def print_loadings(title: str, found: list[Loading]) -> None:
    """A line for each, and the worst of all."""
    print(f"\n{title:44}{'requests':>9}{'kB':>9}{'ms':>7}")
    for one in found:
        print(f"{one.name[:44]:44}{one.requests:9}{one.bytes / 1e3:9.1f}{1e3 * one.time:7.0f}")
    if found:
        median = statistics.median(one.time for one in found)
        most = max(found, key=lambda one: one.bytes)
        print(f"median {1e3 * median:.0f} ms; heaviest {most.bytes / 1e3:.1f} kB ({most.name})")


def main() -> None:
    """Measure and print."""
    site = PublishedSite(Path(sys.argv[1]) if len(sys.argv) > 1 else PUBLIC)
    with static_server(site.folder) as address, chromium() as browser:
        print(f"Chromium {browser.version}, 1280 x 800, local server")
        print_opening(opening(browser, site, address), site)
        print_loadings("figure, first shown", list(first_states(browser, site, address)))
        print_loadings("change", list(all_changes(browser, site, address)))
        change, augmented = PUBLISHED["change"], PUBLISHED["augmentation"]
        print(
            f"published: {change['requests']} requests, {change['bytes']:.1f} MB, "
            f"{change['time'][0]:.2f} to {change['time'][1]:.2f} s a change; "
            f"{augmented['bytes']:.1f} MB, {augmented['time'][0]:.2f} s an augmented picture"
        )
        work = idle_work(browser, site, address)
        print(f"\ncallbacks of figures out of sight in three seconds: {work}")


if __name__ == "__main__":
    main()

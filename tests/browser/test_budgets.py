"""What the committed page may weigh: bytes as served (gzip -6), requests, work of scripts.

Budgets hold for every figure and control that the page has, of whatever type. Time is not measured
here: `python -m tests.benchmarks.bench_page` does that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Serve
from tests.browser.published_site import (
    CHANGES,
    COUNT_WORK,
    PublishedSite,
    Requests,
    bring,
    changes,
    open_with,
)
from tests.browser.reader import Figure

pytestmark = pytest.mark.browser

PAGE: Final = 1_000_000
"""Before the first interaction, beside plotly.js."""

FIGURE: Final = 250_000
"""For what a figure first shows: its picture and its data; scripts count as the page's."""

CHANGE: Final = 120_000
"""For a change of model, order, projection or layout, in one request."""

AUGMENTATION: Final = 250_000
"""For another augmented picture, with its hundred thumbnails and what all models make of them."""

VECTORS: Final = 1_500_000
"""For the vectors of thousands of pairs in one model, when they are first needed."""

WHOLE: Final = 40_000_000

AUGMENTED: Final = re.compile(r"\b(change|kind|picture|augmentation)\b", re.IGNORECASE)
"""Names of the controls that choose another augmented picture."""

SITE: Final = PublishedSite()


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    """Address of the committed site."""
    return serve(SITE.folder)


@pytest.fixture
def live(page: Page, address: str) -> Callable[[str], tuple[Figure, Requests]]:
    """Open the page with one figure live, and wait for it."""

    def open_figure(name: str) -> tuple[Figure, Requests]:
        requests = open_with(page, SITE, address, name)
        return bring(page, name), requests

    return open_figure


def test_the_whole_site_is_small() -> None:
    assert SITE.figures
    assert SITE.weights.whole <= WHOLE


def test_files_of_vectors_are_within_their_budget() -> None:
    vectors = {path for path, kind in SITE.kinds.items() if kind == "vectors"}
    heavy = {path: SITE.weights.served(path) for path in vectors}
    assert {path: size for path, size in heavy.items() if size > VECTORS} == {}


def test_the_page_is_light_before_the_first_interaction(page: Page, address: str) -> None:
    requests = Requests(SITE)
    page.on("request", requests.note)
    page.goto(f"{address}/")
    page.wait_for_load_state("networkidle")
    assert "index.html" in requests.addresses
    assert requests.bytes() <= PAGE


def test_a_figure_that_no_reader_comes_near_asks_for_nothing(page: Page, address: str) -> None:
    requests = Requests(SITE)
    page.on("request", requests.note)
    page.goto(f"{address}/")
    page.wait_for_load_state("networkidle")
    near = page.locator("figure[data-figure]:not([data-state=static])")
    shown = near.evaluate_all("(all) => all.map((figure) => figure.id)")
    assert len(shown) < len(SITE.figures)
    other = page.context.new_page()
    alone = open_with(other, SITE, address, *shown)
    for figure in shown:
        bring(other, figure)
    other.wait_for_load_state("networkidle")
    assert set(requests.data) <= set(alone.data)


@pytest.mark.parametrize("name", SITE.figures)
def test_a_figure_is_light_in_its_first_state(
    live: Callable[[str], tuple[Figure, Requests]], page: Page, name: str
) -> None:
    _, requests = live(name)
    page.wait_for_load_state("networkidle")
    own = {*requests.data, *SITE.pictures(name)}
    weights = {path: SITE.weights.served(path) for path in sorted(own)}
    assert sum(weights.values()) <= FIGURE, weights


@pytest.mark.parametrize("name", SITE.figures)
def test_a_change_takes_one_small_request(
    live: Callable[[str], tuple[Figure, Requests]], page: Page, name: str
) -> None:
    figure, requests = live(name)
    page.wait_for_load_state("networkidle")
    found = False
    for choice, choose in changes(figure, CHANGES):
        with requests.during() as asked:
            choose()
            figure.wait("ready")
            figure.frames(3)
        found = True
        light = [path for path in asked.data if SITE.kinds[path] not in ("vectors", "pictures")]
        assert len(light) <= 1, f"{choice}: {light}"
        assert SITE.weights.total(light) < CHANGE, f"{choice}: {light}"
    controls = figure.element.get_attribute("data-controls") or ""
    assert found or not CHANGES.search(controls)


@pytest.mark.parametrize(
    "name", [name for name, kind in SITE.figures.items() if kind == "augmentation"]
)
def test_another_augmented_picture_is_light(
    live: Callable[[str], tuple[Figure, Requests]], page: Page, name: str
) -> None:
    figure, requests = live(name)
    page.wait_for_load_state("networkidle")
    made = 0
    for choice, choose in changes(figure, AUGMENTED):
        with requests.during() as asked:
            choose()
            figure.wait("ready")
            page.wait_for_load_state("networkidle")
        assert SITE.weights.total(asked.data) <= AUGMENTATION, f"{choice}: {asked.data}"
        made += len(asked.data) > 0
    assert made > 0, "no control changed the picture"


def test_no_data_file_is_asked_for_twice(page: Page, address: str) -> None:
    requests = Requests(SITE)
    page.on("request", requests.note)
    page.goto(f"{address}/")
    for figure in SITE.figures:
        bring(page, figure)
    page.wait_for_load_state("networkidle")
    files = [path for path in requests.data if SITE.kinds[path] != "pictures"]
    assert sorted(files) == sorted(set(files))


def test_figures_out_of_sight_do_no_work(page: Page, address: str) -> None:
    page.add_init_script(COUNT_WORK)
    page.goto(f"{address}/")
    for figure in SITE.figures:
        bring(page, figure)
    page.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")
    page.wait_for_load_state("networkidle")
    # What was asked for before, such as titles that are set at rest, is over by then.
    page.wait_for_timeout(3000)
    before = page.evaluate("window.work")
    page.wait_for_timeout(1500)
    assert page.evaluate("window.work") == before

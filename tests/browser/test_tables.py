"""Figures that are in the page from the start: charts, tables and sketches, once they are live."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from article import site, sketches
from tests.article.small_article import small_article
from tests.article.tabled_article import add_table
from tests.browser.conftest import Serve
from tests.browser.reader import Figure

pytestmark = pytest.mark.browser

HEAD = 'title = "{0}"\nalt = "{0}."\ncaption = "What to see."\nid = "fig-{0}"\n'
CHART = """
type = "chart"
table = "heat"
x = "temperature"
scale = "log"
[[panels]]
title = "Gaps"
curves = [{ y = "gap", low = "low", high = "high", title = "ours" }]
only = { column = "model", values = ["clip", "cyclip"] }
published = [{ source = "lovelace1843", title = "Notes", x = [1], figures = ["numbers"] }]
[[panels]]
title = "Losses"
curves = [{ y = "loss" }]
"""
TABLE = """
type = "table"
table = "heat"
columns = [
  { name = "model" },
  { name = "gap", best = "high" },
  { name = "loss", title = "lost", decimals = 1 },
]
"""
SKETCH = 'type = "sketch"\ndrawing = "closing"\n'

Open = Callable[..., Figure]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> str:
    """Address of a page with a figure of each type."""
    folder = tmp_path_factory.mktemp("tables")
    article = small_article(folder / "essay")
    add_table(article.folder / "data")
    blocks = (("chart", CHART), ("table", TABLE), ("sketch", SKETCH))
    figures = [f"```figure\n{HEAD.format(name)}{lines}```\n" for name, lines in blocks]
    link = "\n[By gap](try:fig-table?sort=gap&order=descending)\n"
    article.text("\n".join(figures) + link)
    site.write(site.build(article.folder), folder / "site")
    return serve(folder / "site")


@pytest.fixture
def figure(page: Page, address: str) -> Open:
    """Open the page and give one of its figures."""

    def open_figure(name: str, query: str = "") -> Figure:
        page.goto(f"{address}/{query}")
        shown = Figure(page, f"fig-{name}")
        shown.element.scroll_into_view_if_needed()
        shown.wait("ready")
        return shown

    return open_figure


# -- charts ------------------------------------------------------------------------------------


def values(shown: Figure) -> list[list[str]]:
    """What the keys of all panels say: names and values."""
    keys = shown.element.locator(".chart-key")
    found: list[list[str]] = keys.evaluate_all(
        "(all) => all.map((key) => [...key.querySelectorAll('dd')].map((dd) => dd.textContent))"
    )
    return found


def test_keys_go_through_points_and_mark_all_panels(figure: Open) -> None:
    shown = figure("chart")
    panel = shown.element.locator(".view-chart").first
    panel.focus()
    assert values(shown) == [["", ""], [""]]
    shown.page.keyboard.press("ArrowRight")
    shown.frames()
    # The gap at .01 of the one model, and the loss of both there.
    assert values(shown) == [["1 (0.75 to 1)", ""], ["−1; 3"]]
    assert shown.element.locator(".chart-place").inner_text() == "temperature: 0.01"
    shown.page.keyboard.press("End")
    shown.frames()
    assert values(shown) == [["0 (0 to 0.25)", "0.125"], ["4"]]
    shown.page.keyboard.press("ArrowDown")
    assert shown.said() == (
        "temperature 1. Gaps: ours 0 (0 to 0.25), Notes 0.125. Losses: loss (nats) 4."
    )
    shown.page.keyboard.press("Escape")
    shown.frames()
    assert values(shown) == [["", ""], [""]]


def test_pointing_takes_the_nearest_point(figure: Open) -> None:
    shown = figure("chart")
    panel = shown.element.locator(".panel-chart").nth(1)
    box = panel.locator(".plot-area").bounding_box()
    assert box is not None
    # The only value at 1 is 4, on an axis from −1 to 4: the corner at the top right.
    shown.page.mouse.move(box["x"] + box["width"] - 5, box["y"] + 8)
    shown.frames()
    assert values(shown)[1] == ["4"]
    dot = panel.locator(".plot-dot").bounding_box()
    assert dot is not None
    assert dot["x"] + dot["width"] / 2 == pytest.approx(box["x"] + box["width"], abs=1.5)
    shown.page.mouse.move(box["x"] + box["width"] / 2, box["y"] - 200)
    shown.frames()
    assert values(shown)[1] == [""]


def test_a_chart_is_one_tab_stop_a_panel_and_needs_no_plotly(figure: Open, page: Page) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    shown = figure("chart")
    stops = shown.element.locator('[role="application"][tabindex="0"]')
    assert stops.count() == 2
    labels = [stops.nth(n).get_attribute("aria-label") for n in range(2)]
    assert labels == ["Gaps, gap: ours, Notes", "Losses, loss (nats): loss (nats)"]
    assert not any("plotly" in url or "/data/" in url for url in fetched)


def test_all_values_are_in_a_table(figure: Open) -> None:
    shown = figure("chart")
    shown.element.locator("summary", has_text="Values as a table").click()
    table = shown.element.locator(".panel-chart-data table")
    assert table.locator("thead th").all_inner_texts() == [
        "temperature",
        "Gaps, ours",
        "Gaps, Notes",
        "Losses, loss (nats)",
    ]
    assert table.locator("tbody tr").nth(1).inner_text().split("\t")[0] == "0.1"


@pytest.mark.parametrize("name", ["chart", "table", "sketch"])
def test_nothing_moves_when_a_figure_comes_alive(
    browser: Browser, address: str, figure: Open, name: str
) -> None:
    live = figure(name).element.locator(".figure-body").bounding_box()
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.route("**/main.js", lambda route: route.abort())
    page.goto(address)
    static = page.locator(f"#fig-{name} .figure-body").bounding_box()
    context.close()
    assert live is not None
    assert static is not None
    assert (live["width"], live["height"]) == pytest.approx((static["width"], static["height"]))


# -- tables ------------------------------------------------------------------------------------


def rows(shown: Figure) -> list[list[str]]:
    """The texts of all rows, top to bottom."""
    found: list[list[str]] = shown.element.locator(".panel-table tbody tr").evaluate_all(
        "(all) => all.map((row) => [...row.cells].map((cell) => cell.firstChild.textContent))"
    )
    return found


def sorted_by(shown: Figure) -> dict[str, str]:
    headings = shown.element.locator("th[aria-sort]")
    pairs = headings.evaluate_all(
        "(all) => all.map((th) => [th.querySelector('.sort-title').textContent, th.ariaSort])"
    )
    return dict(pairs)


def test_headings_sort_one_way_the_other_and_back(figure: Open) -> None:
    shown = figure("table")
    given = rows(shown)
    assert [row[1] for row in given] == ["0.5", "1", "0", "0.25", "0.75"]
    heading = shown.element.get_by_role("button", name="gap")
    heading.click()
    # The highest is the best, so it comes first.
    assert [row[1] for row in rows(shown)] == ["1", "0.75", "0.5", "0.25", "0"]
    assert sorted_by(shown) == {"gap": "descending"}
    assert shown.said() == "Sorted by gap, descending."
    heading.press("Enter")
    assert [row[1] for row in rows(shown)] == ["0", "0.25", "0.5", "0.75", "1"]
    heading.press("Enter")
    assert rows(shown) == given
    assert sorted_by(shown) == {}


def test_cells_without_a_value_come_last_both_ways(figure: Open) -> None:
    shown = figure("table")
    heading = shown.element.get_by_role("button", name="lost")
    heading.click()
    assert [row[2] for row in rows(shown)] == ["−1.0", "2.0", "3.0", "4.0", "–"]
    heading.click()
    assert [row[2] for row in rows(shown)] == ["4.0", "3.0", "2.0", "−1.0", "–"]


def test_the_order_is_in_the_address(figure: Open) -> None:
    shown = figure("table", "?fig-table=sort:gap,order:descending")
    assert sorted_by(shown) == {"gap": "descending"}
    shown.element.get_by_role("button", name="lost").click()
    shown.rest()
    assert shown.page.url.endswith("?fig-table=sort:loss")
    shown.page.get_by_role("link", name="By gap").click()
    assert sorted_by(shown) == {"gap": "descending"}


def test_a_wide_table_scrolls_within_itself(figure: Open, page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    shown = figure("table")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    region = shown.element.get_by_role("region", name="Temperature and gap")
    assert region.get_attribute("tabindex") == "0"


# -- sketches ----------------------------------------------------------------------------------


def places(shown: Figure, step: int, kind: str) -> list[list[float]]:
    """Points of a drawing in the plane that it shows."""
    path = shown.element.locator(".panel-sketch svg").nth(step).locator(kind)
    steps = (path.get_attribute("d") or "").replace("h0", "").split("M")[1:]
    shares = np.array([point.split() for point in steps], dtype=float) / 2000
    shares[:, 1] = 1 - shares[:, 1]
    found: list[list[float]] = (sketches.LOW + shares * sketches.LENGTH).tolist()
    return found


@pytest.mark.parametrize("share", [0.0, 0.5, 1.5])
def test_the_slider_moves_the_points(figure: Open, share: float) -> None:
    shown = figure("sketch")
    before = places(shown, 0, ".points.image")
    shown.drag_to(share)
    images, texts = sketches.moved(*sketches.closing_pairs(), share)
    for step, image_points, text_points in (
        (1, images, texts),
        (2, *(p / np.linalg.norm(p, axis=1, keepdims=True) for p in (images, texts))),
    ):
        assert np.allclose(places(shown, step, ".points.image"), image_points, atol=2e-3)
        assert np.allclose(places(shown, step, ".points.text"), text_points, atol=2e-3)
    assert places(shown, 0, ".points.image") == before


def test_a_sketch_says_what_its_slider_did(figure: Open) -> None:
    shown = figure("sketch", "?fig-sketch=share:0.5")
    assert shown.slider.get_attribute("aria-valuetext") == "50 % of the gap closed"
    shown.press_button("closed")
    assert shown.said().startswith("gap closed: the means are 0.00 apart when moved, 0.")


def test_without_scripts_the_figures_are_whole(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("#fig-table tbody tr").count() == 5
    assert page.locator("#fig-chart .plot-area svg").count() == 2
    assert page.locator("#fig-sketch .plot-area svg").count() == 3
    context.close()

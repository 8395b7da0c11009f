"""Figures on a phone: nothing is cut off, taps mark, and the page still scrolls."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.live_article import PAIRS, LiveArticle
from tests.browser.reader import REST, Figure, cell_centre, open_article

pytestmark = pytest.mark.browser

SIZE = 2 * PAIRS


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone of 390 x 844 pixels."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def tap(figure: Figure, view: str, x: float, y: float) -> None:
    """Tap a place of a plot area."""
    area = figure.plot_area(view)
    figure.page.touchscreen.tap(area["x"] + x, area["y"] + y)
    figure.frames(4)


def swipe(page: Page, start: tuple[float, float], by: tuple[float, float]) -> None:
    """Move a finger over the screen."""
    session = page.context.new_cdp_session(page)
    touch = "Input.dispatchTouchEvent"
    steps = 12
    session.send(touch, {"type": "touchStart", "touchPoints": [{"x": start[0], "y": start[1]}]})
    for step in range(1, steps + 1):
        x, y = (at + step / steps * way for at, way in zip(start, by, strict=True))
        session.send(touch, {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    session.send(touch, {"type": "touchEnd", "touchPoints": []})
    page.evaluate(REST)


@pytest.mark.parametrize("plotly", [False, True])
def test_a_tap_marks_and_a_second_one_clears(
    phone: Page, live_address: str, *, plotly: bool
) -> None:
    open_article(phone, live_address, plotly=plotly)
    figure = Figure(phone, "fig-explorer")
    figure.centre("heatmap")
    x, y = cell_centre(figure.plot_area("heatmap"), SIZE, 20, 80)
    tap(figure, "heatmap", x, y)
    assert figure.inspected()["titles"] == ["● image 21", "■ text 21"]
    tap(figure, "heatmap", x, y)
    assert figure.inspected()["titles"] == []


def test_a_tap_on_a_point_marks_its_pair(
    phone: Page, live_address: str, live_article: LiveArticle
) -> None:
    open_article(phone, f"{live_address}/?fig-explorer=projection:umap", plotly=True)
    figure = Figure(phone, "fig-explorer")
    figure.centre("scatter")
    area = figure.plot_area("scatter")
    # The circle's first point, two units right of the middle of a frame of 2 x 2.12.
    tap(figure, "scatter", (1 + 1 / 1.06) / 2 * area["width"], area["height"] / 2)
    assert figure.inspected()["titles"] in (["● image 1", "■ text 1"], ["● image 60", "■ text 60"])


def test_what_is_tapped_is_in_sight(phone: Page, live_address: str) -> None:
    open_article(phone, live_address)
    figure = Figure(phone, "fig-explorer")
    figure.centre("heatmap")
    tap(figure, "heatmap", 40, 40)
    pane = figure.element.locator(".inspector").bounding_box()
    assert pane is not None
    assert pane["y"] >= 0
    assert pane["y"] + pane["height"] <= 844


def test_the_slider_stays_within_reach(
    phone: Page, live_address: str, live_article: LiveArticle
) -> None:
    open_article(phone, live_address)
    figure = Figure(phone, "fig-explorer")
    figure.centre("scatter")
    box = figure.slider.bounding_box()
    assert box is not None
    # Nothing lies over it: a tap in its middle closes half of its way.
    phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    figure.rest()
    assert figure.state()["share"] == pytest.approx(0.75, abs=0.02)
    assert figure.readouts() != live_article.readouts()


def test_a_finger_that_moves_up_scrolls_the_page(phone: Page, live_address: str) -> None:
    open_article(phone, live_address, plotly=True)
    figure = Figure(phone, "fig-explorer")
    for view in ("heatmap", "scatter"):
        figure.centre(view)
        area = figure.plot_area(view)
        before = phone.evaluate("scrollY")
        ranges = figure.ranges(view)
        middle = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
        swipe(phone, middle, (0, -200))
        assert phone.evaluate("scrollY") > before + 100
        assert figure.ranges(view) == ranges


def test_a_finger_that_moves_sideways_moves_the_mark(phone: Page, live_address: str) -> None:
    open_article(phone, live_address, plotly=True)
    figure = Figure(phone, "fig-explorer")
    figure.centre("heatmap")
    area = figure.plot_area("heatmap")
    before = phone.evaluate("scrollY")
    x, y = cell_centre(area, SIZE, 30, 10)
    far, _ = cell_centre(area, SIZE, 30, 100)
    swipe(phone, (area["x"] + x, area["y"] + y), (far - x, 0))
    assert figure.inspected()["titles"] == ["● image 31", "■ text 41"]
    assert phone.evaluate("scrollY") == before


@pytest.mark.parametrize("width", [360, 390, 768])
def test_nothing_is_cut_off(phone: Page, live_address: str, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": 844})
    open_article(phone, f"{live_address}/?fig-explorer=order:text-text", plotly=True)
    for name in ("explorer", "scatter", "loss"):
        figure = Figure(phone, f"fig-{name}")
        figure.element.scroll_into_view_if_needed()
        figure.wait("ready")
        figure.wait_for_axes()
    assert phone.evaluate("document.documentElement.scrollWidth") == width
    outside = phone.evaluate(
        """() => [...document.querySelectorAll(".figure-body *")]
          .filter((part) => part.checkVisibility() && !part.closest(".visually-hidden"))
          .filter((part) => {
            const box = part.getBoundingClientRect();
            return box.width > 0 && (box.left < -0.5 || box.right > innerWidth + 0.5);
          })
          .map((part) => part.outerHTML.slice(0, 120))"""
    )
    assert outside == []


def test_no_text_of_a_figure_is_smaller_than_twelve_pixels(phone: Page, live_address: str) -> None:
    open_article(phone, f"{live_address}/?fig-explorer=order:text-text", plotly=True)
    figure = Figure(phone, "fig-explorer")
    figure.centre("heatmap")
    tap(figure, "heatmap", 40, 40)
    sizes = phone.evaluate(
        """() => {
          const holds = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "";
          return [...document.querySelectorAll("#fig-explorer :not(script)")]
            .filter((part) => [...part.childNodes].some(holds))
            .map((part) => [parseFloat(getComputedStyle(part).fontSize), part.textContent]);
        }"""
    )
    assert [text for size, text in sizes if size < 12] == []
    assert len(sizes) > 20


def test_controls_are_large_enough_for_a_thumb(phone: Page, live_address: str) -> None:
    open_article(phone, live_address, plotly=True)
    figure = Figure(phone, "fig-explorer")
    buttons = figure.element.locator("button:visible, select:visible, input:visible")
    heights = buttons.evaluate_all(
        "(all) => all.map((b) => [b.getBoundingClientRect().height, b.outerHTML.slice(0, 80)])"
    )
    assert [text for height, text in heights if height < 24] == []

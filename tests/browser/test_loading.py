"""Figures load near the reader, in place, once; the newest wish wins; failures can be retried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from article.figures import TYPES
from tests.browser.live_article import LiveArticle
from tests.browser.reader import Figure, open_article

pytestmark = pytest.mark.browser


@pytest.fixture
def failing(context: BrowserContext) -> tuple[Page, list[str]]:
    """An empty tab in which scripts may throw, and what they threw."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    return page, errors


@dataclass
class Gate:
    """Holds requests back until it is opened."""

    waiting: list[Route] = field(default_factory=list)
    is_open: bool = False

    def hold(self, route: Route) -> None:
        """Keep a request, unless the gate is open."""
        if self.is_open:
            route.continue_()
        else:
            self.waiting.append(route)

    def open(self) -> None:
        """Let all go on, those that come later too."""
        self.is_open = True
        for route in self.waiting:
            route.continue_()


def without_plotly(page: Page) -> Page:
    """Requests for plotly.js stay without an answer."""
    page.route("**/plotly-*.js", lambda route: None)
    return page


def paths_of(page: Page) -> list[str]:
    """Paths that the page asks for from now on."""
    paths: list[str] = []
    page.on("request", lambda request: paths.append(request.url.split("/", 3)[3].split("?")[0]))
    return paths


def named(paths: list[str], part: str) -> list[str]:
    """Paths that contain a name."""
    return [path for path in paths if part in path]


# -- when and what -----------------------------------------------------------------------------


def test_a_figure_far_away_loads_nothing(page: Page, live_address: str) -> None:
    paths = paths_of(page)
    open_article(page, live_address)
    page.wait_for_timeout(300)
    assert named(paths, "loss-") == []
    assert Figure(page, "fig-loss").element.get_attribute("data-state") == "static"
    assert len(named(paths, "space-first")) == 1
    assert named(paths, "space-second") == named(paths, "space-third") == []


def test_every_file_is_fetched_once_for_all_figures(page: Page, live_address: str) -> None:
    paths = paths_of(page)
    open_article(page, live_address, plotly=True)
    for name in ("scatter", "loss"):
        Figure(page, f"fig-{name}").element.scroll_into_view_if_needed()
        Figure(page, f"fig-{name}").wait("ready")
        Figure(page, f"fig-{name}").wait_for_axes()
    figure = Figure(page, "fig-explorer")
    for model in ("Second", "First", "Second"):
        figure.press_button(model)
        figure.wait("ready")
    data = [path for path in paths if path.startswith("data/")]
    assert sorted(data) == sorted(set(data))
    assert len(named(paths, "plotly-")) == 1


def test_no_request_leaves_the_site(page: Page, live_address: str) -> None:
    addresses: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    open_article(page, live_address, plotly=True)
    own = (live_address, "data:", "blob:")
    assert [address for address in addresses if not address.startswith(own)] == []
    assert [line for line in said if line.startswith("error")] == []


PLACE: Final = """
(part) => {
  const box = part.getBoundingClientRect();
  return [box.x + scrollX, box.y + scrollY, box.width, box.height].map(Math.round);
}
"""
"""Where a part stands on the page, whatever the reader has scrolled to."""


@pytest.mark.parametrize("width", [1280, 800, 390])
@pytest.mark.parametrize("name", ["explorer", "scatter", "loss"])
def test_the_page_does_not_move_when_a_figure_becomes_live(
    page: Page, live_address: str, name: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    gate = Gate()
    page.route("**/data/**", gate.hold)
    page.goto(live_address)
    figure = Figure(page, f"fig-{name}")
    figure.element.scroll_into_view_if_needed()
    figure.wait("loading")
    view = figure.element.locator(".view").first
    caption = figure.element.locator("figcaption")
    before = [part.evaluate(PLACE) for part in (view, caption)]
    gate.open()
    figure.wait("ready")
    figure.wait_for_axes()
    assert [part.evaluate(PLACE) for part in (view, caption)] == before


def test_a_figure_works_before_plotly_is_there(
    page: Page, live_address: str, live_article: LiveArticle
) -> None:
    open_article(page, live_address)
    figure = Figure(page, "fig-explorer")
    assert page.evaluate("typeof Plotly") == "undefined"
    figure.drag_to(0.7)
    assert figure.readouts() == live_article.readouts(share=0.7)
    ticks = figure.view("heatmap").locator(".tick")
    assert ticks.all_inner_texts() == ["image", "text", "image", "text"]
    titles = figure.view("scatter").locator(".axis-title")
    assert titles.all_inner_texts()[0] == "first principal component"


def test_a_link_to_a_model_that_is_not_shown_loads_only_that(page: Page, live_address: str) -> None:
    paths = paths_of(page)
    open_article(page, f"{live_address}/?fig-explorer=model:third")
    assert len(named(paths, "space-third")) == 1
    assert named(paths, "space-first") == []


# -- the newest wish wins ----------------------------------------------------------------------


def test_a_slow_answer_does_not_undo_a_later_choice(
    page: Page, live_address: str, live_article: LiveArticle
) -> None:
    gate = Gate()
    page.route("**/space-second*", gate.hold)
    open_article(page, live_address)
    figure = Figure(page, "fig-explorer")
    figure.press_button("Second")
    figure.wait("loading")
    figure.press_button("Third")
    figure.wait("ready")
    assert figure.readouts() == live_article.readouts("third")
    with page.expect_response("**/space-second*"):
        gate.open()
    figure.rest()
    assert figure.pressed()[0] == "Third"
    assert figure.readouts() == live_article.readouts("third")
    assert "Third model" in (figure.view("heatmap").get_attribute("aria-label") or "")


def test_choices_back_and_forth_end_at_the_last(
    page: Page, live_address: str, live_article: LiveArticle
) -> None:
    gate = Gate()
    page.route("**/space-second*", gate.hold)
    page.route("**/space-third*", gate.hold)
    open_article(page, live_address)
    figure = Figure(page, "fig-explorer")
    for model in ("Second", "Third", "First", "Second"):
        figure.press_button(model)
    # The answers come in the wrong order.
    gate.waiting.reverse()
    gate.open()
    figure.wait("ready")
    figure.rest()
    assert figure.pressed()[0] == "Second"
    assert figure.readouts() == live_article.readouts("second")


def test_a_model_chosen_while_the_figure_loads_is_the_one_shown(
    page: Page, live_address: str, live_article: LiveArticle
) -> None:
    gate = Gate()
    without_plotly(page).route("**/space-first*", gate.hold)
    page.goto(live_address)
    figure = Figure(page, "fig-explorer")
    figure.element.scroll_into_view_if_needed()
    figure.wait("loading")
    page.evaluate(
        """() => {
          history.pushState(null, "", "?fig-explorer=model:third");
          dispatchEvent(new PopStateEvent("popstate"));
        }"""
    )
    gate.open()
    figure.wait("ready")
    assert figure.pressed()[0] == "Third"
    assert figure.readouts() == live_article.readouts("third")


def test_the_share_can_be_moved_while_another_model_loads(
    page: Page, live_address: str, live_article: LiveArticle
) -> None:
    gate = Gate()
    page.route("**/space-second*", gate.hold)
    open_article(page, live_address)
    figure = Figure(page, "fig-explorer")
    figure.press_button("Second")
    figure.drag_to(0.3)
    assert figure.readouts() == live_article.readouts("first", 0.3)
    gate.open()
    figure.wait("ready")
    figure.rest()
    assert figure.readouts() == live_article.readouts("second", 0.3)


# -- failures ----------------------------------------------------------------------------------


def fail(route: Route) -> None:
    """Answer as a broken server does."""
    route.fulfill(status=503, body="")


def test_a_failure_is_shown_in_the_figure_and_can_be_tried_again(
    failing: tuple[Page, list[str]], live_address: str, live_article: LiveArticle
) -> None:
    page, errors = failing
    without_plotly(page).route("**/space-first*", fail)
    page.goto(live_address)
    figure = Figure(page, "fig-explorer")
    figure.element.scroll_into_view_if_needed()
    figure.wait("error")
    message = figure.element.get_by_role("alert")
    expect(message).to_contain_text("This figure could not be loaded.")
    expect(message).to_contain_text("the server answers 503")
    assert figure.element.locator(".view-heatmap img").is_visible()
    assert len(errors) == 1
    assert "space-first" in errors[0]
    page.unroute("**/space-first*")
    figure.press_button("Try again")
    figure.wait("ready")
    assert message.count() == 0
    assert figure.readouts() == live_article.readouts()


def test_a_model_that_fails_leaves_the_others(
    failing: tuple[Page, list[str]], live_address: str, live_article: LiveArticle
) -> None:
    page, errors = failing
    page.route("**/space-second*", fail)
    open_article(page, live_address)
    figure = Figure(page, "fig-explorer")
    figure.press_button("Second")
    figure.wait("error")
    assert len(errors) == 1
    figure.press_button("Third")
    figure.wait("ready")
    assert figure.element.get_by_role("alert").count() == 0
    assert figure.readouts() == live_article.readouts("third")
    page.unroute("**/space-second*")
    figure.press_button("Second")
    figure.wait("ready")
    figure.rest()
    assert figure.readouts() == live_article.readouts("second")


def broken_page(page: Page, change: Callable[[str], str]) -> None:
    """The page as the server has it, changed."""

    def answer(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=change(response.text()))

    page.route("**/", answer)


def test_a_truncated_file_is_named(failing: tuple[Page, list[str]], live_address: str) -> None:
    page, _ = failing

    def cut(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text()[:5000])

    without_plotly(page).route("**/space-first*", cut)
    page.goto(live_address)
    figure = Figure(page, "fig-explorer")
    figure.element.scroll_into_view_if_needed()
    figure.wait("error")
    detail = figure.element.locator(".figure-message-detail").inner_text()
    assert detail.startswith("data/study/space-first.")
    assert "truncated" in detail


def test_an_unknown_type_is_an_error_of_that_figure_only(
    failing: tuple[Page, list[str]], live_address: str
) -> None:
    page, errors = failing
    without_plotly(page)
    broken_page(
        page, lambda html: html.replace('data-figure="landscape"', 'data-figure="telescope"')
    )
    page.goto(live_address)
    Figure(page, "fig-loss").wait("error")
    (error,) = errors
    message, known = error.split("; known: ")
    assert message == 'unknown type of figure "telescope"'
    assert set(known.split(", ")) == set(TYPES)
    figure = Figure(page, "fig-explorer")
    figure.element.scroll_into_view_if_needed()
    figure.wait("ready")


def test_without_plotly_a_figure_says_what_is_missing(
    failing: tuple[Page, list[str]], live_address: str, live_article: LiveArticle
) -> None:
    page, errors = failing
    page.route("**/plotly-*.js", lambda route: route.abort())
    page.goto(live_address)
    figure = Figure(page, "fig-explorer")
    figure.element.scroll_into_view_if_needed()
    message = figure.element.get_by_role("alert")
    expect(message).to_contain_text("the figure works without them")
    figure.wait("ready")
    assert len(errors) == 1
    figure.drag_to(0.5)
    assert figure.readouts() == live_article.readouts(share=0.5)
    page.unroute("**/plotly-*.js")
    figure.press_button("Try again")
    figure.wait_for_axes()
    assert message.count() == 0

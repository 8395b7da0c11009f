"""Films side by side in a browser: nothing before a touch, then one moment and mark in all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from article import geometry, site
from article.colours import colour_index, similarity_scale
from article.film_states import FilmStates
from tests.article.filmed_article import add_films, film
from tests.article.small_article import small_article
from tests.browser.conftest import Serve
from tests.browser.reader import Figure, cell_centre

pytestmark = pytest.mark.browser

TEXT = """\
```figure
id = "fig-film"
type = "film"
title = "The trainings"
alt = "Frames."
caption = "What to see. [Early](try:fig-film?pairs=60)"
dataset = "pairs"
```
"""
SIZE = 6
RANGE = (-0.8, 1.0)

Open = Callable[..., Figure]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> str:
    """Address of a page with two films of three frames."""
    folder = tmp_path_factory.mktemp("film")
    article = small_article(folder / "essay")
    add_films(article.folder / "data")
    article.text(TEXT)
    site.write(site.build(article.folder), folder / "site")
    return serve(folder / "site")


@pytest.fixture
def still(browser: Browser) -> Iterator[Page]:
    """A browser of a reader who wants no movement: frames are shown at once."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def figure(still: Page, address: str) -> Open:
    """Open the page and give the films."""

    def open_films(query: str = "") -> Figure:
        still.goto(f"{address}/{query}")
        shown = Figure(still, "fig-film")
        shown.element.scroll_into_view_if_needed()
        shown.wait("ready")
        return shown

    return open_films


def headings(shown: Figure) -> list[str]:
    return shown.element.locator(".panel-heatmap .panel-title").all_inner_texts()


def colours(shown: Figure, model: int) -> list[list[tuple[int, ...]]]:
    """The colours of all cells of a matrix."""
    frame = shown.element.locator(".view-heatmap .frame").nth(model)
    box = frame.locator("canvas").bounding_box()
    assert box is not None
    found = frame.locator("canvas").evaluate(
        """(canvas, size) => {
          const context = canvas.getContext("2d");
          const at = (k) => Math.floor(((k + 0.5) * canvas.width) / size);
          return Array.from({ length: size }, (_, row) =>
            Array.from({ length: size }, (_, column) =>
              [...context.getImageData(at(column), at(row), 1, 1).data.slice(0, 3)]));
        }""",
        SIZE,
    )
    return [[tuple(cell) for cell in row] for row in found]


def expected_colours(model: str, frame: int) -> list[list[tuple[int, ...]]]:
    similarity = np.rint(film(model).similarities[frame] * 127) / 127
    steps = colour_index(similarity, *RANGE)
    return [[tuple(similarity_scale()[step].tolist()) for step in row] for row in steps]


def data(fetched: list[str]) -> list[str]:
    return [url for url in fetched if "/data/" in url]


def test_the_picture_stays_until_it_is_touched(figure: Open, still: Page) -> None:
    fetched: list[str] = []
    still.on("request", lambda request: fetched.append(request.url))
    shown = figure()
    shown.rest()
    assert data(fetched) == []
    assert shown.element.locator(".view-heatmap img").count() == 2
    shown.element.locator(".panel-heatmap").first.hover()
    shown.element.locator(".view-heatmap .frame").first.wait_for()
    assert sum("/film-clip" in url or "/film-cyclip" in url for url in data(fetched)) == 2
    assert not any("plotly" in url for url in fetched)


def test_matrices_are_those_of_the_moment(figure: Open) -> None:
    shown = figure("?fig-film=pairs:120")
    # The first film has a frame after 100 pairs, the second after 50.
    assert headings(shown) == ["CLIP, 100 pairs", "CyCLIP, 50 pairs"]
    assert colours(shown, 0) == expected_colours("clip", 1)
    shown.slider.press("Home")
    shown.frames(3)
    assert headings(shown) == ["CLIP, 0 pairs", "CyCLIP, 0 pairs"]
    assert colours(shown, 0) == expected_colours("clip", 0)
    assert colours(shown, 1) == expected_colours("cyclip", 0)


def test_slider_and_buttons_go_through_the_moments(figure: Open) -> None:
    shown = figure()
    moments = []
    for _ in range(5):
        moments.append(shown.slider.get_attribute("aria-valuetext"))
        shown.press_button("Back")
    assert moments == [
        "after 10,000 pairs",
        "after 1,000 pairs",
        "after 100 pairs",
        "after 50 pairs",
        "before training",
    ]
    shown.press_button("Next")
    shown.rest()
    assert shown.page.url.endswith("?fig-film=pairs:50")
    shown.page.get_by_role("link", name="Early").click()
    assert shown.slider.get_attribute("aria-valuetext") == "after 50 pairs"


def test_nothing_plays_by_itself_where_no_movement_is_wanted(figure: Open) -> None:
    assert figure().element.get_by_role("button", name="Play").count() == 0


def test_playing_begins_anew_and_ends_at_the_end(page: Page, address: str) -> None:
    page.goto(address)
    shown = Figure(page, "fig-film")
    shown.element.scroll_into_view_if_needed()
    shown.wait("ready")
    shown.press_button("Play")
    shown.element.locator('input[aria-valuetext="before training"]').wait_for()
    shown.press_button("Pause")
    shown.press_button("Play")
    shown.element.locator('input[aria-valuetext="after 10,000 pairs"]').wait_for()
    shown.element.get_by_role("button", name="Play", exact=True).wait_for()


def place(shown: Figure, model: int, row: int, column: int) -> tuple[float, float]:
    box = shown.element.locator(".view-heatmap canvas").nth(model).bounding_box()
    assert box is not None
    x, y = cell_centre({"width": box["width"], "height": box["height"]}, SIZE, row, column)
    return box["x"] + x, box["y"] + y


def test_one_mark_in_all_films(figure: Open) -> None:
    shown = figure("?fig-film=pairs:60")
    before = [
        shown.element.locator("canvas").nth(n).evaluate("(c) => c.toDataURL()") for n in range(4)
    ]
    shown.page.mouse.move(*place(shown, 1, 0, 4))
    shown.frames(3)
    values = [film("clip").similarities[0, 0, 4], film("cyclip").similarities[1, 0, 4]]
    first, second = (f"{np.rint(value * 127) / 127:.2f}".replace("-", "−") for value in values)
    pane = shown.element.locator(".film-pane")
    assert pane.locator(".inspector-value").inner_text() == f"CLIP {first}, CyCLIP {second}"
    assert pane.locator(".card-title").all_inner_texts() == ["● image 1", "■ text 2"]
    after = [
        shown.element.locator("canvas").nth(n).evaluate("(c) => c.toDataURL()") for n in range(4)
    ]
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert shown.said().endswith(f"CLIP {first}, CyCLIP {second}.")


def test_a_mark_stays_while_the_films_go_on(figure: Open) -> None:
    shown = figure("?fig-film=pairs:60")
    shown.view("heatmap").first.focus()
    shown.page.keyboard.press("ArrowRight")  # the first pair
    shown.press_button("Next")
    shown.frames(3)
    value = f"{np.rint(film('clip').similarities[1, 0, 3] * 127) / 127:.2f}"
    assert shown.element.locator(".inspector-value").inner_text().startswith(f"CLIP {value}")


def test_clouds_are_pythons(figure: Open) -> None:
    shown = figure("?fig-film=pairs:0")
    stored = film("clip", similarities=np.rint(film("clip").similarities * 127) / 127)
    states = FilmStates(stored)
    extent = 1.06 * max(
        float(np.linalg.norm(geometry.principal_components(one), axis=1).max())
        for model in ("clip", "cyclip")
        for one in np.rint(film(model).similarities * 127) / 127
    )
    canvas = shown.element.locator(".view-scatter canvas").first
    box = canvas.bounding_box()
    assert box is not None
    for row in range(SIZE):
        x, y = states.coordinates(0)[row]
        pixel = canvas.evaluate(
            """(canvas, [x, y]) => [...canvas.getContext("2d").getImageData(
              Math.round(x * canvas.width), Math.round(y * canvas.height), 1, 1).data]""",
            [(1 + x / extent) / 2, (1 - y / extent) / 2],
        )
        assert pixel[3] == 255  # a mark stands there


def test_curves_say_their_values_and_lead_to_moments(figure: Open) -> None:
    shown = figure()
    key = shown.element.locator(".chart-key").first.locator("dd")
    assert key.all_inner_texts() == ["0.25", "0.25"]
    shown.element.locator(".view-chart").first.focus()
    shown.page.keyboard.press("ArrowRight")
    shown.page.keyboard.press("ArrowRight")
    shown.frames(3)
    assert shown.element.locator(".chart-place").inner_text() == "Values at 100 pairs"
    assert key.all_inner_texts() == ["0.5", ""]
    shown.page.keyboard.press("Enter")
    shown.frames(3)
    assert headings(shown) == ["CLIP, 100 pairs", "CyCLIP, 50 pairs"]
    shown.page.keyboard.press("Escape")
    shown.frames(3)
    assert shown.element.locator(".chart-place").inner_text() == "Values up to 100 pairs"
    assert key.all_inner_texts() == ["0.5", "0.5"]


def test_a_film_that_cannot_be_had_says_so_and_is_tried_again(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.route("**/film-clip*.json", lambda route: route.abort())
    page.goto(address)
    shown = Figure(page, "fig-film")
    shown.element.scroll_into_view_if_needed()
    shown.wait("ready")
    with page.expect_event("pageerror"):  # it is reported like any other error, too
        shown.press_button("Back")
    shown.wait("error")
    page.unroute("**/film-clip*.json")
    shown.press_button("Try again")
    shown.wait("ready")
    assert headings(shown) == ["CLIP, 1,000 pairs", "CyCLIP, 50 pairs"]
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_when_films_come_alive(
    figure: Open, still: Page, address: str, width: int
) -> None:
    still.set_viewport_size({"width": width, "height": 900})
    still.route("**/main.js", lambda route: route.abort())
    still.goto(address)
    body = still.locator("#fig-film .figure-body")
    static = body.bounding_box()
    still.unroute("**/main.js")
    shown = figure("?fig-film=pairs:60")
    live = body.bounding_box()
    assert static is not None
    assert live is not None
    assert (live["width"], live["height"]) == pytest.approx((static["width"], static["height"]))
    assert still.evaluate("document.documentElement.scrollWidth") == width
    assert shown.element.locator(".view-heatmap .frame").count() == 2

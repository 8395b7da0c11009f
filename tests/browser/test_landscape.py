"""The landscape shows the losses that its files hold, and marks where models were trained."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Route

from article import site
from article.artifacts import Landscape
from article.geometry import Floats
from tests.article.small_article import LANDSCAPE, four_models
from tests.browser.conftest import Serve
from tests.browser.live_article import LiveArticle
from tests.browser.reader import Figure, open_article

pytestmark = pytest.mark.browser

Open = Callable[..., Figure]


@pytest.fixture
def figure(page: Page, live_address: str) -> Open:
    """Open the page and give its landscape."""

    def open_landscape(query: str = "") -> Figure:
        page.goto(f"{live_address}/{query}")
        figure = Figure(page, "fig-loss")
        figure.element.scroll_into_view_if_needed()
        figure.wait("ready")
        figure.centre("landscape")
        return figure

    return open_landscape


def traces(figure: Figure) -> list[dict[str, Any]]:
    """What plotly draws: x, y and the line of each trace."""
    chart = figure.view("landscape").locator(".frame-chart")
    drawn: list[dict[str, Any]] = chart.evaluate(
        "(c) => c.data.map(({ x, y, line, mode }) => ({ x: [...x], y: [...y], line, mode }))"
    )
    return drawn


def curves(figure: Figure) -> list[dict[str, Any]]:
    """The traces that are curves, not marks."""
    return [trace for trace in traces(figure) if trace["mode"] == "lines"]


def points_of(landscape: Landscape, direction: str) -> tuple[Floats, Floats]:
    """Distances and losses of a curve by distance, its landmarks among them."""
    first, second = landscape.first_to_second, landscape.second_to_first
    losses = {"mean": (first + second) / 2, "first_to_second": first, "second_to_first": second}
    marks = []
    for distance, forward, backward in (landscape.trained, landscape.closed):
        values = {
            "mean": (forward + backward) / 2,
            "first_to_second": forward,
            "second_to_first": backward,
        }
        marks.append((distance, values[direction]))
    grid = zip(landscape.distance, losses[direction], strict=True)
    others = [p for p in grid if not np.isclose(p[0], [m[0] for m in marks], atol=1e-6).any()]
    both = np.array(sorted([*others, *marks]))
    return both[:, 0], both[:, 1]


def readouts(distance: float, forward: float, backward: float) -> dict[str, str]:
    """What the page says of a point."""
    values = {
        "distance": distance,
        "first_to_second": forward,
        "second_to_first": backward,
        "mean": (forward + backward) / 2,
    }
    return {name: f"{value:.3f}".replace("-", "−") for name, value in values.items()}


def place_of(figure: Figure, x: float, y: float) -> tuple[float, float]:
    """Pixels of a point in the plot area."""
    (left, right), (bottom, top) = figure.ranges("landscape").values()
    area = figure.plot_area("landscape")
    return (x - left) / (right - left) * area["width"], (top - y) / (top - bottom) * area["height"]


@pytest.mark.parametrize("direction", ["mean", "first_to_second", "second_to_first"])
def test_curves_are_those_of_the_files(
    figure: Open, live_article: LiveArticle, direction: str
) -> None:
    shown = figure(f"?fig-loss=direction:{direction}")
    drawn = curves(shown)
    # Of the chosen model both other directions come first, then the chosen one; then other models.
    for trace, model in ((drawn[2], "first"), (drawn[3], "second")):
        landscape = live_article.data.landscape("study", model)
        x, y = points_of(landscape, direction)
        assert np.allclose(trace["x"], x, atol=1e-6)
        assert np.allclose(trace["y"], y, atol=1e-6)
    assert [trace["line"]["width"] for trace in drawn] == [1.25, 1.25, 3, 1.75]


def test_it_says_the_trained_distance_and_both_losses(
    figure: Open, live_article: LiveArticle
) -> None:
    shown = figure()
    assert shown.readouts() == readouts(*live_article.data.landscape("study", "first").trained)
    pane = shown.element.locator(".point-values")
    assert "First, as trained" in pane.inner_text()
    assert "means over 60 pairs in batches of 50, s = 20" in pane.inner_text()
    shown.press_button("Second")
    shown.frames()
    assert shown.readouts() == readouts(*live_article.data.landscape("study", "second").trained)


def test_trained_distances_are_marked_and_named(figure: Open, live_article: LiveArticle) -> None:
    shown = figure()
    marks = [trace for trace in traces(shown) if trace["mode"] == "markers"]
    for trace, model in zip(marks, ("first", "second"), strict=True):
        distance, forward, backward = live_article.data.landscape("study", model).trained
        assert trace["x"] == pytest.approx([distance])
        assert trace["y"] == pytest.approx([(forward + backward) / 2])
    rules = shown.view("landscape").locator(".shapelayer path")
    assert rules.count() == 3
    names = shown.view("landscape").locator(".annotation-text").all_text_contents()
    assert {"First as trained", "Second as trained", "closed"} <= set(names)


def test_axes_have_titles_with_units(figure: Open) -> None:
    shown = figure()
    titles = shown.view("landscape").locator(".g-xtitle, .g-ytitle").all_text_contents()
    assert titles == ["distance between the modalities", "loss (nats)"]


def test_pointing_shows_the_nearest_point(figure: Open, live_article: LiveArticle) -> None:
    shown = figure()
    landscape = live_article.data.landscape("study", "first")
    at = 2
    mean = float(landscape.first_to_second[at] + landscape.second_to_first[at]) / 2
    x, y = place_of(shown, float(landscape.distance[at]), mean)
    before = shown.picture("landscape")
    shown.hover("landscape", (x + 2, y - 3))
    losses = landscape.first_to_second[at], landscape.second_to_first[at]
    assert shown.readouts() == readouts(*map(float, (landscape.distance[at], *losses)))
    assert shown.picture("landscape") != before


def test_keys_go_along_a_curve_and_to_another_model(
    figure: Open, live_article: LiveArticle
) -> None:
    shown = figure()
    shown.view("landscape").focus()
    first, second = (live_article.data.landscape("study", model) for model in ("first", "second"))
    shown.page.keyboard.press("ArrowRight")
    assert shown.said().startswith("First, as trained: distance ")
    shown.page.keyboard.press("ArrowRight")
    shown.frames()
    # Distances fall from file entry to entry; the one before the unshifted is the next larger.
    at = int(np.flatnonzero(first.shift == 0)[0]) - 1
    expected = (first.distance[at], first.first_to_second[at], first.second_to_first[at])
    assert shown.readouts() == readouts(*map(float, expected))
    shown.page.keyboard.press("End")
    shown.page.keyboard.press("ArrowDown")
    shown.frames()
    expected = (second.distance[0], second.first_to_second[0], second.second_to_first[0])
    assert shown.readouts() == readouts(*map(float, expected))
    shown.page.keyboard.press("Escape")
    shown.frames()
    assert shown.readouts() == readouts(*first.trained)


def test_state_is_in_the_address(figure: Open) -> None:
    shown = figure("?fig-loss=model:second,direction:second_to_first")
    assert shown.pressed() == ["Second", "text → image"]
    shown.press_button("mean")
    shown.rest()
    assert shown.page.url.endswith("?fig-loss=model:second")


def test_a_logarithmic_axis_has_the_same_curves_and_points(
    page: Page, figure: Open, live_article: LiveArticle
) -> None:
    def answer(route: Route) -> None:
        response = route.fetch()
        html = re.sub(
            r'(\{"dataset":"study","models":\["first","second"\].*?)\}</script>',
            r'\1,"scale":"log"}</script>',
            response.text(),
        )
        route.fulfill(response=response, body=html)

    page.route("**/", answer)
    shown = figure()
    # Losses lie between 1.1 and 3.2: the axis goes from 1 to 5.
    bottom, top = shown.ranges("landscape")["y"]
    assert [10**bottom, 10**top] == pytest.approx([1, 5])
    landscape = live_article.data.landscape("study", "first")
    losses = landscape.first_to_second[2], landscape.second_to_first[2]
    x, y = place_of(shown, float(landscape.distance[2]), float(np.log10(np.mean(losses))))
    shown.hover("landscape", (x, y))
    assert shown.readouts() == readouts(*map(float, (landscape.distance[2], *losses)))
    title = shown.view("landscape").locator(".g-ytitle")
    assert title.text_content() == "loss (nats, logarithmic)"


def test_axes_do_not_change_with_the_direction(figure: Open) -> None:
    shown = figure()
    before = shown.ranges("landscape")
    shown.press_button("image → text")
    shown.rest()
    assert shown.ranges("landscape") == before


def test_the_file_is_in_the_figure_as_soon_as_it_is_near(page: Page, live_address: str) -> None:
    open_article(page, live_address)
    loss = Figure(page, "fig-loss")
    loss.element.scroll_into_view_if_needed()
    loss.wait("loading")
    # The picture stays until plotly has drawn the curves.
    assert loss.element.locator(".figure-static svg").is_visible()


def test_of_many_models_only_the_chosen_one_is_named_in_full(
    page: Page, serve: Serve, tmp_path: Path
) -> None:
    article = four_models(tmp_path / "essay").text(LANDSCAPE)
    site.write(site.build(article.folder), tmp_path / "site")
    page.goto(serve(tmp_path / "site"))
    figure = Figure(page, "fig-loss")
    figure.wait("ready")
    names = figure.view("landscape").locator(".annotation-text")
    assert sorted(names.all_text_contents()) == [
        "CLIP as trained",
        "CYCLIP",
        "MORE",
        "MOST",
        "closed",
    ]
    figure.press_button("MORE")
    figure.view("landscape").get_by_text("MORE as trained").wait_for()
    figure.view("landscape").get_by_text("CLIP", exact=True).wait_for()

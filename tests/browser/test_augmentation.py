"""A changing picture in every model: what is shown is Python's; slider, keys, pointer agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from article import geometry, site
from article.augmentation import strip_rows
from article.colours import similarity_scale
from tests.article.changed_article import CAPTIONS, KINDS, MODELS, changed_article, similarity
from tests.browser.reader import PIXELS, Figure, open_article
from tests.browser.test_loading import Gate

pytestmark = pytest.mark.browser

STEPS: Final = 20

TEXT: Final = """\
[Turned half way](try:fig-steps?kind=turn&picture=two&step=10&view=curve).

```figure
id = "fig-steps"
type = "augmentation"
title = "Steps"
alt = "Matrices."
caption = "What to see."
state = { step = 3 }
```
"""


@pytest.fixture(scope="session")
def changing_address(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    """Address of an article over two pictures, changed in twenty steps."""
    folder = tmp_path_factory.mktemp("changing")
    article = changed_article(folder / "essay", STEPS)
    article.text(TEXT)
    site.write(site.build(article.folder), folder / "site")
    return serve(folder / "site")


def written(value: float) -> str:
    """A cosine as the page writes it."""
    return f"{value:.2f}".replace("-", "−")


def scale_low() -> float:
    """The low end of the colour scale: all kinds, pictures and models."""
    lowest = min(
        float(similarity(kind, picture, model, STEPS).min())
        for kind in KINDS
        for picture in CAPTIONS
        for model in MODELS
    )
    return float(np.floor(lowest * 10 + 1e-3) / 10)


@dataclass(frozen=True)
class Steps:
    """The figure as a reader sees it."""

    figure: Figure

    @property
    def slider(self) -> Locator:
        """How far the picture is changed."""
        return self.figure.element.get_by_role("slider")

    def slide_to(self, step: int) -> None:
        """Move the slider as a drag does."""
        self.slider.evaluate(
            """(slider, step) => {
              slider.valueAsNumber = step;
              slider.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            step,
        )
        self.figure.frames()

    def choose_kind(self, kind: str) -> None:
        """Choose another kind of change."""
        self.figure.element.get_by_role("combobox", name="Change").select_option(kind)

    def choose_picture(self, picture: str) -> None:
        """Choose another picture, as a click on it does."""
        name = CAPTIONS[picture]
        self.figure.element.get_by_role("radio", name=name, exact=True).check(force=True)

    def canvas(self, at: int) -> Locator:
        """What a panel draws on."""
        return self.figure.element.locator(".panel").nth(at).locator(".view:not([hidden]) canvas")

    def frame(self, at: int) -> Locator:
        """The view of a panel, as keys reach it."""
        return self.figure.element.locator(".panel").nth(at).locator(".view:not([hidden]) .frame")

    def area(self, at: int) -> dict[str, float]:
        """Plot area of a panel in the viewport."""
        box = self.canvas(at).bounding_box()
        assert box is not None
        return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}

    def values(self) -> list[list[str]]:
        """The rows of the pane's table."""
        rows = self.figure.element.locator(".comparison tbody tr")
        texts: list[list[str]] = rows.evaluate_all(
            "(rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent))"
        )
        return texts

    def titles(self) -> list[str]:
        """What the pane calls both items."""
        return self.figure.element.locator(".comparison .card-title").all_inner_texts()

    def place_of(self, at: int, column: float, row: float) -> tuple[float, float]:
        """Middle of a cell in the viewport, the strip's rows counted on from the steps'."""
        area = self.area(at)
        height = STEPS + sum(strip_rows(STEPS))
        return (
            area["x"] + (column + 0.5) / STEPS * area["width"],
            area["y"] + (row + 0.5) / height * area["height"],
        )


Opener = Callable[..., Steps]


@pytest.fixture
def changing(page: Page, changing_address: str) -> Opener:
    """Open the page and give its figure."""

    def open_figure(query: str = "", *, plotly: bool = False) -> Steps:
        open_article(page, f"{changing_address}/{query}", waits_for="steps", plotly=plotly)
        return Steps(Figure(page, "fig-steps"))

    return open_figure


def assert_matrix(steps: Steps, at: int, kind: str, picture: str) -> None:
    """A panel shows the similarities of all steps, and below those to the text."""
    matrix = similarity(kind, picture, MODELS[at], STEPS)
    low = scale_low()
    gap, strip = strip_rows(STEPS)
    cells = [(k, 7 * k % STEPS) for k in range(STEPS)]
    wanted = [matrix[row, column] for row, column in cells]
    wanted += [matrix[STEPS, column] for column in range(STEPS)]
    area = steps.area(at)
    places = [steps.place_of(at, column, row) for row, column in cells]
    places += [
        steps.place_of(at, column, STEPS + gap + strip / 2 - 0.25) for column in range(STEPS)
    ]
    points = [(x - area["x"], y - area["y"]) for x, y in places]
    shown = np.array(steps.canvas(at).evaluate(PIXELS, points), dtype=int)
    index = np.floor((np.array(wanted) - low) / (1 - low) * 255 + 0.5).clip(0, 255).astype(int)
    same = np.abs(similarity_scale()[index].astype(int) - shown).max(axis=1) <= 4
    # The cross-hair hides a row and a column.
    assert same[:STEPS].mean() >= 0.8, f"{same[:STEPS].sum()} cells of the matrix agree"
    assert same[STEPS:].mean() >= 0.8, f"{same[STEPS:].sum()} cells of the strip agree"


# -- states ------------------------------------------------------------------------------------


def test_panels_show_pythons_similarities(changing: Opener) -> None:
    steps = changing()
    for at, model in enumerate(MODELS):
        assert_matrix(steps, at, "turn", "one")
        matrix = similarity("turn", "one", model, STEPS)
        values = steps.figure.element.locator(".panel").nth(at).locator("dd").all_inner_texts()
        assert values == [written(matrix[3, 0]), written(matrix[3, STEPS])]


def test_slider_walks_through_the_steps_in_all_panels(changing: Opener) -> None:
    steps = changing()
    before = [steps.canvas(at).evaluate("(c) => c.toDataURL()") for at in range(2)]
    steps.slide_to(14)
    after = [steps.canvas(at).evaluate("(c) => c.toDataURL()") for at in range(2)]
    assert all(one != other for one, other in zip(before, after, strict=True))
    turned = KINDS["turn"]["values"][-1] * 14 / (STEPS - 1)
    assert steps.slider.get_attribute("aria-valuetext") == f"{turned:.3g}°"
    assert steps.titles() == [f"Turn {turned:.3g}°", "Turn 0°"]
    assert steps.values() == [
        ["CLIP", written(similarity("turn", "one", "clip", STEPS)[14, 0])],
        ["CyCLIP", written(similarity("turn", "one", "cyclip", STEPS)[14, 0])],
    ]


def test_pane_shows_the_picture_of_the_step(changing: Opener) -> None:
    steps = changing()
    steps.slide_to(7)
    picture = steps.figure.element.locator(".comparison .card-picture").first
    assert picture.evaluate("(p) => p.style.getPropertyValue('--column')") == "7"


def test_curves_are_pythons(changing: Opener) -> None:
    steps = changing("?fig-steps=view:curve,kind:push")
    low = scale_low()
    for at, model in enumerate(MODELS):
        matrix = similarity("push", "one", model, STEPS)
        start = int(np.abs(np.linspace(-20, 20, STEPS)).argmin())
        area = steps.area(at)
        points, wanted = [], []
        for row, colour in ((STEPS, (176, 74, 0)), (start, (0, 103, 165))):
            for step in range(STEPS):
                share = 1 - (matrix[row, step] - low) / (1 - low)
                x = (step + 0.5) / STEPS * area["width"]
                points.append((x, min(share * area["height"], area["height"] - 1)))
                wanted.append(colour)
        shown = np.array(steps.canvas(at).evaluate(PIXELS, points), dtype=int)
        near = np.abs(shown - np.array(wanted)).max(axis=1) <= 90
        # The text's line is dashed, and lies over the other.
        assert near[:STEPS].mean() >= 0.4
        assert near[STEPS:].mean() >= 0.8


def test_paths_are_the_components_of_the_pictures(changing: Opener) -> None:
    steps = changing("?fig-steps=view:path")
    paths = [
        geometry.principal_components(similarity("turn", "one", model, STEPS)[:STEPS, :STEPS])
        for model in MODELS
    ]
    half = 1.06 * max(np.linalg.norm(path, axis=1).max() for path in paths)
    scale = similarity_scale().astype(int)
    for at, path in enumerate(paths):
        area = steps.area(at)
        x = (1 + path[:, 0] / half) / 2 * area["width"]
        y = (1 - path[:, 1] / half) / 2 * area["height"]
        points = list(zip(x.tolist(), y.tolist(), strict=True))
        shown = np.array(steps.canvas(at).evaluate(PIXELS, points), dtype=int)
        index = np.rint(np.arange(STEPS) / (STEPS - 1) * 255).astype(int)
        same = np.abs(scale[index] - shown).max(axis=1) <= 12
        assert same.mean() >= 0.75, f"{same.sum()} of {STEPS} steps are where they should be"


# -- what is pointed at ------------------------------------------------------------------------


def test_pointing_at_a_cell_compares_two_steps_in_all_models(changing: Opener) -> None:
    steps = changing()
    steps.figure.page.mouse.move(*steps.place_of(1, 12, 6))
    steps.figure.frames()
    assert [row[1] for row in steps.values()] == [
        written(similarity("turn", "one", model, STEPS)[12, 6]) for model in MODELS
    ]
    assert steps.slider.input_value() == "3", "what is only pointed at moves no slider"


def test_pointing_at_the_strip_compares_with_the_text(changing: Opener) -> None:
    steps = changing()
    gap, strip = strip_rows(STEPS)
    steps.figure.page.mouse.move(*steps.place_of(0, 9, STEPS + gap + strip / 2 - 0.5))
    steps.figure.frames()
    assert [row[1] for row in steps.values()] == [
        written(similarity("turn", "one", model, STEPS)[9, STEPS]) for model in MODELS
    ]
    assert steps.titles()[1] == "text"
    text = steps.figure.element.locator(".comparison .card-text")
    assert text.inner_text() == CAPTIONS["one"]


def test_a_click_moves_the_slider_there(changing: Opener) -> None:
    steps = changing()
    steps.figure.page.mouse.click(*steps.place_of(1, 12, 6))
    steps.figure.frames()
    assert steps.slider.input_value() == "12"
    steps.slide_to(4)
    assert [row[1] for row in steps.values()] == [
        written(similarity("turn", "one", model, STEPS)[4, 0]) for model in MODELS
    ]


def test_keys_go_from_step_to_step(changing: Opener) -> None:
    steps = changing()
    steps.frame(1).focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        steps.figure.page.keyboard.press(key)
    steps.figure.frames()
    expected = [written(similarity("turn", "one", model, STEPS)[5, STEPS]) for model in MODELS]
    assert [row[1] for row in steps.values()] == expected
    assert steps.slider.input_value() == "5"
    assert steps.figure.said() == f"Turn 94.7° and text: CLIP {expected[0]}, CyCLIP {expected[1]}."


def test_pictures_are_radio_buttons_that_keys_reach(changing: Opener) -> None:
    steps = changing()
    first = steps.figure.element.get_by_role("radio", name=CAPTIONS["one"], exact=True)
    first.focus()
    steps.figure.page.keyboard.press("ArrowRight")
    steps.figure.wait("ready")
    second = steps.figure.element.get_by_role("radio", name=CAPTIONS["two"], exact=True)
    expect(second).to_be_checked()
    expect(second).to_be_focused()
    assert_matrix(steps, 0, "turn", "two")


# -- controls ----------------------------------------------------------------------------------


def test_no_control_resets_another(changing: Opener) -> None:
    steps = changing()
    steps.slide_to(11)
    steps.choose_kind("push")
    steps.figure.wait("ready")
    steps.choose_picture("two")
    steps.figure.wait("ready")
    steps.figure.press_button("curves")
    steps.figure.press_button("matrices")
    assert_matrix(steps, 0, "push", "two")
    assert_matrix(steps, 1, "push", "two")
    assert steps.slider.input_value() == "11"
    steps.figure.rest()
    assert steps.figure.page.url.endswith("?fig-steps=kind:push,picture:two,step:11")
    steps.figure.press_button("Reset")
    steps.figure.wait("ready")
    assert_matrix(steps, 0, "turn", "one")
    assert steps.slider.input_value() == "3"


def test_a_link_in_the_text_sets_the_state(changing: Opener) -> None:
    steps = changing()
    steps.figure.page.get_by_role("link", name="Turned half way").click()
    steps.figure.wait("ready")
    steps.figure.frames()
    assert steps.figure.pressed() == ["curves"]
    assert steps.slider.input_value() == "10"
    assert [row[1] for row in steps.values()] == [
        written(similarity("turn", "two", model, STEPS)[10, 0]) for model in MODELS
    ]


def test_last_of_quick_choices_is_shown(page: Page, changing_address: str) -> None:
    """The answers for the picture that was chosen first come last."""
    open_article(page, changing_address, waits_for="steps")
    gate = Gate()
    page.route("**/data/set-10/space-*", gate.hold)
    steps = Steps(Figure(page, "fig-steps"))
    steps.choose_kind("push")
    steps.figure.wait("loading")
    steps.choose_picture("two")
    steps.figure.wait("ready")
    with page.expect_response("**/data/set-10/space-cyclip*"):
        gate.open()
    steps.figure.rest()
    assert_matrix(steps, 0, "push", "two")
    assert_matrix(steps, 1, "push", "two")


def test_a_change_of_picture_loads_only_that_picture(page: Page, changing_address: str) -> None:
    open_article(page, changing_address, waits_for="steps")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.split("/data/")[-1]))
    steps = Steps(Figure(page, "fig-steps"))
    steps.choose_picture("two")
    steps.figure.wait("ready")
    steps.figure.rest()
    kinds = sorted(name.split(".")[0] for name in asked if name.startswith("set-"))
    assert kinds == [
        "set-01/items",
        "set-01/pictures-0",
        "set-01/space-clip",
        "set-01/space-cyclip",
    ]


def test_a_failure_is_said_and_can_be_retried(page: Page, changing_address: str) -> None:
    open_article(page, changing_address, waits_for="steps")
    page.evaluate("addEventListener('error', (event) => event.preventDefault())")
    page.route("**/data/set-01/space-clip*", lambda route: route.abort())
    steps = Steps(Figure(page, "fig-steps"))
    steps.choose_picture("two")
    steps.figure.wait("error")
    assert_matrix(steps, 0, "turn", "one")
    page.unroute("**/data/set-01/space-clip*")
    steps.figure.press_button("Try again")
    steps.figure.wait("ready")
    assert_matrix(steps, 0, "turn", "two")


# -- places ------------------------------------------------------------------------------------


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone of 390 x 844 pixels."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


def test_phones_have_two_panels_in_a_row_and_taps_mark(phone: Page, changing_address: str) -> None:
    open_article(phone, changing_address, waits_for="steps")
    steps = Steps(Figure(phone, "fig-steps"))
    assert round(steps.area(0)["y"]) == round(steps.area(1)["y"])
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    steps.canvas(0).evaluate("(c) => c.scrollIntoView({ block: 'center', behavior: 'instant' })")
    phone.touchscreen.tap(*steps.place_of(0, 15, 2))
    steps.figure.frames(4)
    assert steps.slider.input_value() == "15"


def test_nothing_moves_when_the_figure_comes_alive(page: Page, changing_address: str) -> None:
    gate = Gate()
    page.route("**/space-*", gate.hold)
    page.goto(changing_address)
    figure = Figure(page, "fig-steps")
    figure.element.scroll_into_view_if_needed()
    figure.wait("loading")

    def places() -> dict[str, Any]:
        found: dict[str, Any] = figure.element.evaluate(
            """(figure) => ({
              figure: figure.getBoundingClientRect().height,
              views: [...figure.querySelectorAll(".view")].map((view) => {
                const { x, y, width } = view.getBoundingClientRect();
                return [x, y, width].map(Math.round);
              }),
            })"""
        )
        return found

    before = places()
    gate.open()
    figure.wait("ready")
    assert places() == before

"""Panels show what Python makes of the same files; one cross-hair, one order, one pane for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from article import geometry
from article.colours import Colours, difference_scale, similarity_scale
from article.geometry import Floats
from tests.browser.comparing_article import FEW, ComparingArticle
from tests.browser.live_article import COUNTS, PAIRS, LiveArticle
from tests.browser.reader import PIXELS, Colour, Figure, cell_centre, open_article
from tests.browser.test_loading import Gate

pytestmark = pytest.mark.browser

SIZE: Final = 2 * PAIRS


@pytest.fixture(scope="session")
def comparing(
    tmp_path_factory: pytest.TempPathFactory, live_article: LiveArticle
) -> ComparingArticle:
    """The article, built."""
    return ComparingArticle.write(tmp_path_factory.mktemp("comparing"), live_article)


@pytest.fixture(scope="session")
def comparing_address(comparing: ComparingArticle, serve: Callable[[Path], str]) -> str:
    """Address of its page."""
    return serve(comparing.folder / "site")


@dataclass(frozen=True)
class Panels:
    """A comparer as a reader sees it."""

    figure: Figure

    def panel(self, at: int) -> Locator:
        """A panel by its place, of those that are shown."""
        return self.figure.element.locator(".panel:not([hidden])").nth(at)

    def titles(self) -> list[str]:
        """Titles of the panels that are shown."""
        shown = self.figure.element.locator(".panel:not([hidden]) .panel-head .panel-title")
        return shown.all_inner_texts()

    def readouts(self, at: int) -> dict[str, str]:
        """The figures of a panel, by name."""
        cells = self.panel(at).locator("dd:visible")
        pairs = cells.evaluate_all("(all) => all.map((dd) => [dd.dataset.value, dd.textContent])")
        return dict(pairs)

    def canvas(self, at: int) -> Locator:
        """What a panel draws on."""
        return self.panel(at).locator(".view:not([hidden]) canvas")

    def frame(self, at: int) -> Locator:
        """The view of a panel, as keys reach it."""
        return self.panel(at).locator(".view:not([hidden]) .frame")

    def area(self, at: int) -> dict[str, float]:
        """Plot area of a panel in the viewport."""
        box = self.canvas(at).bounding_box()
        assert box is not None
        return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}

    def colours(self, at: int, cells: list[tuple[int, int]], size: int) -> list[Colour]:
        """Colours of cells (row, column) of a panel's matrix."""
        area = self.area(at)
        points = [cell_centre(area, size, *cell) for cell in cells]
        return [tuple(colour) for colour in self.canvas(at).evaluate(PIXELS, points)]

    def picture(self, at: int) -> str:
        """A panel's canvas as it is."""
        data: str = self.canvas(at).evaluate("(canvas) => canvas.toDataURL()")
        return data

    def point_at(self, at: int, size: int, row: int, column: int) -> None:
        """Move the mouse over a cell."""
        area = self.area(at)
        x, y = cell_centre(area, size, row, column)
        self.figure.page.mouse.move(area["x"] + x, area["y"] + y)
        self.figure.frames()

    def values(self) -> list[list[str]]:
        """The rows of the pane's table."""
        rows = self.figure.element.locator(".comparison tbody tr")
        texts: list[list[str]] = rows.evaluate_all(
            "(rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent))"
        )
        return texts

    def choose(self, label: str, option: str) -> None:
        """Choose from a list."""
        self.figure.element.get_by_role("combobox", name=label, exact=True).select_option(option)


Opener = Callable[..., Panels]


@pytest.fixture
def compare(page: Page, comparing_address: str) -> Opener:
    """Open the page and give one of its comparers."""

    def open_comparer(query: str = "", name: str = "compare", *, plotly: bool = False) -> Panels:
        open_article(page, f"{comparing_address}/{query}", waits_for=name, plotly=plotly)
        return Panels(Figure(page, f"fig-{name}"))

    return open_comparer


def assert_matrix(panels: Panels, at: int, matrix: Floats, scale: Colours, low: float) -> None:
    """A panel shows a matrix on a scale from `low` to 1, or to as much above zero."""
    high = 1.0 if scale is similarity_scale() else -low
    size = len(matrix)
    cells = [(k, 7 * k % size) for k in range(size)]
    wanted = np.array([matrix[cell] for cell in cells])
    steps = np.floor((wanted - low) / (high - low) * 255 + 0.5).clip(0, 255).astype(int)
    expected = scale[steps].astype(int)
    found = np.array(panels.colours(at, cells, size), dtype=int)
    same = np.abs(expected - found).max(axis=1) <= 4
    assert same.mean() >= 0.8, f"{same.sum()} of {size} cells agree"


def assert_similarities(panels: Panels, at: int, article: ComparingArticle, matrix: Floats) -> None:
    """A panel shows cosine similarities, on the scale of all states."""
    lowest = min(
        float(article.similarity(model, share, dataset).min())
        for dataset in ("study", "few")
        for model in ("first", "second")
        for share in (0, 1)
    )
    low = float(np.floor(lowest * 10 + 1e-3) / 10)
    assert_matrix(panels, at, matrix, similarity_scale(), low)


def difference_limit(article: ComparingArticle) -> float:
    """The end of the scale of differences, from all states that the figure has at its ends."""
    matrices = [
        article.similarity(model, share, dataset)
        for dataset in ("study", "few")
        for model in ("first", "second")
        for share in (0, 1)
    ]
    largest = max(
        float(np.abs(geometry.in_modal_difference(k, (len(k) // 2,) * 2)).max()) for k in matrices
    )
    return float(np.ceil(round(largest * 10, 3)) / 10)


# -- states ------------------------------------------------------------------------------------


def test_panels_show_pythons_matrices(compare: Opener, comparing: ComparingArticle) -> None:
    panels = compare()
    assert panels.titles() == ["First", "First, closed", "Second"]
    for at, (model, share) in enumerate((("first", 0), ("first", 1), ("second", 0))):
        assert_similarities(panels, at, comparing, comparing.similarity(model, share))
        expected = comparing.readouts(model, share)
        del expected["difference"]
        assert panels.readouts(at) == expected


def test_slider_moves_the_panels_without_a_state_of_their_own(
    compare: Opener, comparing: ComparingArticle
) -> None:
    panels = compare()
    panels.figure.drag_to(0.5)
    for at, (model, share) in enumerate((("first", 0.5), ("first", 1), ("second", 0.5))):
        assert_similarities(panels, at, comparing, comparing.similarity(model, share))
        assert panels.readouts(at)["gap"] == comparing.readouts(model, share)["gap"]


def test_differences_are_pythons(compare: Opener, comparing: ComparingArticle) -> None:
    panels = compare()
    panels.figure.press_button("differences")
    limit = difference_limit(comparing)
    for at, (model, share) in enumerate((("first", 0), ("first", 1), ("second", 0))):
        similarity = comparing.similarity(model, share)
        expected = geometry.in_modal_difference(similarity, COUNTS)
        assert_matrix(panels, at, expected, difference_scale(), -limit)
        assert panels.readouts(at) == comparing.readouts(model, share)
    bar = panels.figure.element.locator(".colour-bar:visible").inner_text().split()
    assert bar == ["image", "minus", "text", f"−{limit:g}", f"{limit:g}"]


def test_one_order_for_all_is_that_of_the_chosen_model(
    compare: Opener, comparing: ComparingArticle
) -> None:
    panels = compare()
    panels.choose("Order", "image-image")
    panels.choose("in model", "second")
    panels.figure.rest()
    clusters = comparing.data.space("study", "second").clusterings[0]
    rows = [*clusters.order.tolist(), *(clusters.order + PAIRS).tolist()]
    for at, (model, share) in enumerate((("first", 0), ("first", 1), ("second", 0))):
        expected = comparing.similarity(model, share)[rows][:, rows]
        assert_similarities(panels, at, comparing, expected)
    named = panels.figure.element.locator(".comparer-clusters").inner_text()
    assert named == "Clusters: 1 dogs, <b> (24); 2 cats (20); 3 trees (10)."


def test_scatter_of_components_has_one_scale(compare: Opener, comparing: ComparingArticle) -> None:
    panels = compare()
    panels.figure.press_button("points")
    panels.figure.rest()
    ends = [
        geometry.principal_components(comparing.similarity(model, share))
        for model in ("first", "second")
        for share in (0, 1)
    ]
    half = 1.06 * max(np.linalg.norm(end, axis=1).max() for end in ends)
    for at, (model, share) in enumerate((("first", 0), ("first", 1), ("second", 0))):
        stored = comparing.data.space("study", model).projection("pca", share).coordinates
        area = panels.area(at)
        x = (1 + stored[:, 0] / half) / 2 * area["width"]
        y = (1 - stored[:, 1] / half) / 2 * area["height"]
        points = list(zip(x.tolist(), y.tolist(), strict=True))
        shown = np.array(panels.canvas(at).evaluate(PIXELS, points), dtype=int)
        wanted = np.repeat([(0, 103, 165), (176, 74, 0)], PAIRS, axis=0)
        assert np.mean(np.abs(shown - wanted).max(axis=1) <= 8) >= 0.85


# -- what is pointed at ------------------------------------------------------------------------


def test_one_cross_hair_moves_in_all_panels(compare: Opener, comparing: ComparingArticle) -> None:
    panels = compare()
    before = [panels.picture(at) for at in range(3)]
    panels.point_at(2, SIZE, 3, PAIRS + 7)
    after = [panels.picture(at) for at in range(3)]
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert panels.values() == [
        [title, f"{comparing.similarity(model, share)[3, PAIRS + 7]:.2f}".replace("-", "−")]
        for title, model, share in (
            ("First", "first", 0),
            ("First, closed", "first", 1),
            ("Second", "second", 0),
        )
    ]
    titles = panels.figure.element.locator(".comparison .card-title")
    expect(titles).to_have_text(["● image 4", "■ text 8"])


def test_a_cell_of_differences_shows_both_similarities(
    compare: Opener, comparing: ComparingArticle
) -> None:
    panels = compare("?fig-compare=view:difference")
    panels.point_at(0, PAIRS, 4, 9)
    similarity = comparing.similarity("first")
    own, other = similarity[4, 9], similarity[PAIRS + 4, PAIRS + 9]
    expected = [f"{value:.2f}".replace("-", "−") for value in (own, other, own - other)]
    assert panels.values()[0] == ["First", *expected]
    head = panels.figure.element.locator(".comparison thead th")
    assert head.all_inner_texts() == ["image", "text", "difference"]
    facts = panels.figure.element.locator(".comparison .inspector-facts")
    assert facts.inner_text() == "pairs 5 and 10"


def test_pictures_are_loaded_when_a_reader_points(page: Page, comparing_address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_article(page, comparing_address, waits_for="compare")
    panels = Panels(Figure(page, "fig-compare"))
    assert not [url for url in asked if "pictures-0" in url or "items" in url]
    panels.point_at(0, SIZE, 0, 1)
    expect(panels.figure.element.locator(".comparison .card-picture")).to_have_count(2)
    assert [url for url in asked if "items" in url]


def test_keys_go_from_cell_to_cell_in_every_panel(
    compare: Opener, comparing: ComparingArticle
) -> None:
    panels = compare()
    panels.frame(1).focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown"):
        panels.figure.page.keyboard.press(key)
    panels.figure.frames()
    value = comparing.similarity("second")[2, PAIRS]
    assert panels.values()[2] == ["Second", f"{value:.2f}".replace("-", "−")]
    said = panels.figure.said()
    assert said.startswith("image 3, of “a dog under a tree” and text 1, “<img")
    assert said.endswith(f"Second {value:.2f}.".replace("-", "−"))
    panels.figure.page.keyboard.press("Escape")
    assert panels.figure.said() == "Nothing is marked."
    assert panels.values() == [] or panels.figure.element.locator(".comparison table").is_hidden()


def test_each_panel_is_one_tab_stop(compare: Opener) -> None:
    panels = compare()
    panels.frame(0).focus()
    stops = []
    for _ in range(2):
        panels.figure.page.keyboard.press("Tab")
        stops.append(panels.figure.page.evaluate("document.activeElement.ariaLabel"))
    assert stops[0].startswith("Cosine similarities: First, closed, gap closed")
    assert stops[1].startswith("Cosine similarities: Second, as trained")


# -- controls ----------------------------------------------------------------------------------


def test_no_control_resets_another(compare: Opener, comparing: ComparingArticle) -> None:
    panels = compare()
    panels.figure.drag_to(0.4)
    panels.choose("Order", "text-text")
    panels.choose("in model", "second")
    panels.figure.press_button("points")
    panels.figure.press_button("t-SNE")
    panels.choose("Panels", "second")
    panels.figure.press_button("matrices")
    panels.choose("Panels", "all")
    panels.figure.rest()
    clusters = comparing.data.space("study", "second").clusterings[1]
    rows = [*clusters.order.tolist(), *(clusters.order + PAIRS).tolist()]
    for at, (model, share) in enumerate((("first", 0.4), ("first", 1), ("second", 0.4))):
        expected = comparing.similarity(model, share)[rows][:, rows]
        assert_similarities(panels, at, comparing, expected)
    state = "share:0.4,order:text-text,by:second,projection:tsne"
    assert panels.figure.page.url.endswith(f"?fig-compare={state}")


def test_reset_returns_to_the_first_state(compare: Opener, comparing: ComparingArticle) -> None:
    panels = compare("?fig-compare=view:difference,share:0.7,dataset:few,shown:second")
    assert panels.titles() == ["Second"]
    panels.figure.press_button("Reset")
    panels.figure.wait("ready")
    panels.figure.rest()
    assert panels.titles() == ["First", "First, closed", "Second"]
    assert_similarities(panels, 0, comparing, comparing.similarity("first"))
    assert "fig-compare" not in panels.figure.page.url


def test_a_link_in_the_text_sets_the_state(compare: Opener, comparing: ComparingArticle) -> None:
    panels = compare()
    panels.figure.page.get_by_role("link", name="Differences").click()
    panels.figure.rest()
    clusters = comparing.data.space("study", "second").clusterings[0]
    pairs = clusters.order.tolist()
    matrix = geometry.in_modal_difference(comparing.similarity("second"), COUNTS)
    limit = difference_limit(comparing)
    assert_matrix(panels, 2, matrix[pairs][:, pairs], difference_scale(), -limit)


def test_an_address_may_name_what_the_data_do_not_have(compare: Opener) -> None:
    panels = compare("?fig-compare=order:nothing,projection:cube,dataset:few,share:1")
    assert panels.figure.element.get_by_role("combobox", name="Order").input_value() == "given"
    assert panels.figure.element.locator(".share-value").inner_text() == "gap closed"


def test_other_data_may_have_other_items(compare: Opener, comparing: ComparingArticle) -> None:
    panels = compare()
    panels.point_at(0, SIZE, 3, 4)
    panels.choose("Data", "few")
    panels.figure.wait("ready")
    for at, (model, share) in enumerate((("first", 0), ("first", 1), ("second", 0))):
        matrix = comparing.similarity(model, share, "few")
        assert matrix.shape == (2 * FEW, 2 * FEW)
        assert_similarities(panels, at, comparing, matrix)
    panels.point_at(1, 2 * FEW, 2, 5)
    value = comparing.similarity("first", 1, "few")[2, 5]
    assert panels.values()[1] == ["First, closed", f"{value:.2f}".replace("-", "−")]
    conditions = panels.figure.element.locator(".readout-conditions").inner_text()
    assert conditions.endswith("batches of 50, s = 20. R@1: mean of both, among 10.")


def test_last_of_quick_choices_is_shown(
    page: Page, comparing_address: str, comparing: ComparingArticle
) -> None:
    """The answers for the data that were chosen first come last."""
    open_article(page, comparing_address, waits_for="compare")
    gate = Gate()
    page.route("**/data/few/space-*", gate.hold)
    panels = Panels(Figure(page, "fig-compare"))
    panels.choose("Data", "few")
    panels.figure.wait("loading")
    panels.choose("Order", "image-image")
    panels.choose("Data", "study")
    panels.figure.wait("ready")
    with page.expect_response("**/data/few/space-second*"):
        gate.open()
    panels.figure.rest()
    rows = comparing.data.space("study", "first").clusterings[0].order
    order = [*rows.tolist(), *(rows + PAIRS).tolist()]
    matrix = comparing.similarity("second")[order][:, order]
    assert_similarities(panels, 2, comparing, matrix)
    assert panels.figure.element.get_by_role("combobox", name="Data").input_value() == "study"


def test_a_failure_is_said_and_can_be_retried(
    page: Page, comparing_address: str, comparing: ComparingArticle
) -> None:
    open_article(page, comparing_address, waits_for="compare")
    page.evaluate("addEventListener('error', (event) => event.preventDefault())")
    page.route("**/data/few/space-first*", lambda route: route.abort())
    panels = Panels(Figure(page, "fig-compare"))
    panels.choose("Data", "few")
    panels.figure.wait("error")
    assert_similarities(panels, 0, comparing, comparing.similarity("first"))
    page.unroute("**/data/few/space-first*")
    panels.figure.press_button("Try again")
    panels.figure.wait("ready")
    matrix = comparing.similarity("first", 0, "few")
    assert_similarities(panels, 0, comparing, matrix)


def test_one_panel_alone_loads_only_its_own(page: Page, comparing_address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    open_article(page, comparing_address, waits_for="cells")
    panels = Panels(Figure(page, "fig-cells"))
    assert panels.titles() == ["Second"]
    assert [name.split(".")[0] for name in asked if "space-third" in name] == []
    panels.choose("Panels", "all")
    panels.figure.wait("ready")
    assert panels.titles() == ["First", "Second", "Third"]
    assert len([name for name in asked if "space-third" in name]) == 1


def test_views_that_are_made_later_have_axes_too(compare: Opener) -> None:
    panels = compare(plotly=True)
    panels.figure.press_button("points")
    panels.figure.element.locator('.view-scatter .frame[data-axes="plotly"]').nth(2).wait_for()
    titles = panels.panel(0).locator(".view-scatter .g-xtitle, .view-scatter .g-ytitle")
    assert titles.all_text_contents() == ["component 1", "component 2"]


# -- places ------------------------------------------------------------------------------------


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone of 390 x 844 pixels."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


def test_phones_have_two_panels_in_a_row(phone: Page, comparing_address: str) -> None:
    open_article(phone, comparing_address, waits_for="compare", plotly=True)
    panels = Panels(Figure(phone, "fig-compare"))
    boxes = [panels.panel(at).bounding_box() for at in range(3)]
    assert all(boxes)
    tops = [round(box["y"]) for box in boxes if box]
    assert tops[0] == tops[1] < tops[2]
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    sizes: list[float] = panels.figure.element.locator(".figure-body *").evaluate_all(SMALL_TEXT)
    assert sizes == []


SMALL_TEXT: Final = """
(all) => all
  .filter((one) => one.checkVisibility())
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .map((one) => parseFloat(getComputedStyle(one).fontSize))
  .filter((size) => size < 12)
"""


def test_a_tap_marks_in_all_panels(
    phone: Page, comparing_address: str, comparing: ComparingArticle
) -> None:
    open_article(phone, comparing_address, waits_for="compare")
    panels = Panels(Figure(phone, "fig-compare"))
    panels.canvas(1).scroll_into_view_if_needed()
    area = panels.area(1)
    x, y = cell_centre(area, SIZE, 20, 90)
    phone.touchscreen.tap(area["x"] + x, area["y"] + y)
    panels.figure.frames(4)
    value = comparing.similarity("second")[20, 90]
    assert panels.values()[2] == ["Second", f"{value:.2f}".replace("-", "−")]


def test_nothing_moves_when_the_figure_comes_alive(page: Page, comparing_address: str) -> None:
    gate = Gate()
    page.route("**/space-*", gate.hold)
    page.goto(comparing_address)
    figure = Figure(page, "fig-compare")
    figure.element.scroll_into_view_if_needed()
    figure.wait("loading")

    def heights() -> dict[str, Any]:
        views: dict[str, Any] = figure.element.evaluate(
            """(figure) => ({
              figure: figure.getBoundingClientRect().height,
              views: [...figure.querySelectorAll(".view")].map((view) => {
                const { x, y, width } = view.getBoundingClientRect();
                return [x, y, width].map(Math.round);
              }),
            })"""
        )
        return views

    before = heights()
    gate.open()
    figure.wait("ready")
    assert heights() == before

"""The large scatter: what it loads and when, what it shows, and what readers can do with it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from article import site
from tests.article.cloud_data import (
    EXPECTED,
    HOSTILE,
    KEPT,
    PAIRS,
    TEXTS,
    cell_colour,
    places,
    write_cloud_data,
)
from tests.article.small_article import REFERENCES, SETTINGS, SmallArticle
from tests.browser.conftest import Serve
from tests.browser.reader import Colour, Figure, Point

pytestmark = pytest.mark.browser

TEXT: Final = """\
Some text, and [a link](try:fig-cloud?layout=umap-closed&words=hot).

```figure
id = "fig-cloud"
type = "cloud"
dataset = "many"
title = "All of it"
alt = "Two clouds."
caption = "What to see."
```

The end.
"""

IMAGE: Final = (0, 103, 165)
WORDS: Final = (176, 74, 0)
"""Colours of both modalities on light paper."""


@pytest.fixture(scope="session")
def cloud_address(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> str:
    """Address of a page with a large scatter of sixty pairs."""
    folder: Path = tmp_path_factory.mktemp("cloud")
    article = SmallArticle(folder / "essay")
    for name, text in (
        ("article.toml", SETTINGS),
        ("references.bib", REFERENCES),
        ("index.md", TEXT),
    ):
        article.write(name, text)
    write_cloud_data(folder / "essay" / "data")
    site.write(site.build(folder / "essay"), folder / "site")
    return serve(folder / "site")


def open_cloud(page: Page, address: str, query: str = "", *, plotly: bool = False) -> Figure:
    """Open the page and wait for its figure; plotly.js, slow to start, comes on request only."""
    if not plotly:
        page.route("**/plotly-*.js", lambda route: None)
    page.goto(f"{address}/{query}")
    figure = Figure(page, "fig-cloud")
    figure.element.scroll_into_view_if_needed()
    figure.wait("ready")
    if plotly:
        figure.wait_for_axes()
    figure.centre("cloud")
    return figure


def data_files(page: Page) -> list[str]:
    """Names of the data files that the page asks for from now on, without their hashes."""
    names: list[str] = []

    def note(url: str) -> None:
        if "/data/" in url:
            name, _, extension = url.rsplit("/", 1)[1].rsplit(".", 2)
            names.append(f"{name}.{extension}")

    page.on("request", lambda request: note(request.url))
    return names


def pixel_of(figure: Figure, name: str, point: int, model: str = "first") -> Point:
    """Pixels of a point of the whole layout in the plot area."""
    coordinates = places(model, name)
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    half = 1.06 * (high - low).max() / 2
    x, y = (coordinates[point] - (low + high) / 2) / half
    area = figure.plot_area("cloud")
    return (1 + x) / 2 * area["width"], (1 - y) / 2 * area["height"]


def choose(figure: Figure, label: str, option: str) -> None:
    """Choose from a list by its label."""
    chooser(figure, label).select_option(label=option)


def chooser(figure: Figure, label: str) -> Locator:
    """A list by its label."""
    return figure.element.get_by_role("combobox", name=label, exact=True)


def status(figure: Figure) -> Locator:
    """The line over the plot."""
    return figure.element.locator(".cloud-status")


def cells(figure: Figure) -> dict[str, str]:
    """The table of clusters and lines."""
    found = figure.element.locator(".cloud-readouts td[data-value]")
    pairs = found.evaluate_all("(all) => all.map((td) => [td.dataset.value, td.textContent])")
    return dict(pairs)


def titles(figure: Figure) -> Locator:
    """Which pair the pane shows, from the next frame on."""
    return figure.element.locator(".pair-pane .card-title")


OPACITY: Final = """
(canvas, points) => {
  const context = canvas.getContext("2d");
  const ratio = canvas.width / canvas.getBoundingClientRect().width;
  return points.map(([x, y]) =>
    context.getImageData(Math.floor(x * ratio), Math.floor(y * ratio), 1, 1).data[3]);
}
"""


def opacities(figure: Figure, points: list[Point]) -> list[int]:
    """Opacity of the canvas at places, 0 to 255."""
    canvas = figure.view("cloud").locator("canvas")
    found: list[int] = canvas.evaluate(OPACITY, points)
    return found


def near(colour: Colour, wanted: Colour) -> bool:
    """Whether a colour is another, apart from what lies over and under it."""
    return all(abs(one - other) <= 40 for one, other in zip(colour, wanted, strict=True))


def hold(page: Page, pattern: str) -> list[Route]:
    """Keep requests without an answer from now on."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(pattern, keep)
    return held


@pytest.fixture
def failing(context: BrowserContext) -> Page:
    """An empty tab in which scripts may report errors."""
    return context.new_page()


# -- what is loaded ----------------------------------------------------------------------------


def test_at_first_only_the_layout_shown_is_loaded(page: Page, cloud_address: str) -> None:
    asked = data_files(page)
    figure = open_cloud(page, cloud_address)
    figure.rest()
    assert asked == ["layout-first-umap.json"]


def test_a_change_takes_one_request_and_none_when_repeated(page: Page, cloud_address: str) -> None:
    figure = open_cloud(page, cloud_address)
    asked = data_files(page)
    for model, layout in (
        ("Second", "UMAP, as trained"),
        ("Second", "UMAP, gap closed"),
        ("Second", "UMAP, as trained"),
        ("First", "UMAP, as trained"),
    ):
        choose(figure, "Model", model)
        choose(figure, "Layout", layout)
        figure.wait("ready")
    assert asked == ["layout-second-umap.json", "layout-second-umap-closed.json"]


def test_pointing_loads_captions_once_and_the_picture_of_the_pair(
    page: Page, cloud_address: str
) -> None:
    figure = open_cloud(page, cloud_address)
    asked = data_files(page)
    figure.hover("cloud", pixel_of(figure, "umap", 44))
    picture = figure.element.locator(".card-picture")
    picture.wait_for()
    expect(titles(figure)).to_have_text(["● image 45", "■ text 45"])
    expect(figure.element.locator(".pair-pane .card-text")).to_have_text("tree 44")
    assert sorted(asked) == ["items.json", "pictures-1.png"]
    shot = picture.screenshot()
    assert near(middle_colour(shot), cell_colour(44))
    figure.hover("cloud", pixel_of(figure, "umap", 43))
    expect(picture).to_have_attribute("aria-label", "“tree 43”")
    assert len(asked) == 2


def middle_colour(png: bytes) -> Colour:
    """Colour in the middle of a screenshot."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    red, green, blue = image.getpixel((image.width // 2, image.height // 2))  # type: ignore[misc]
    return red, green, blue


def test_the_newest_picture_wins(page: Page, cloud_address: str) -> None:
    held = hold(page, "**/pictures-0.*")
    figure = open_cloud(page, cloud_address)
    with page.expect_request("**/pictures-0.*"):
        figure.hover("cloud", pixel_of(figure, "umap", 5))
    figure.hover("cloud", pixel_of(figure, "umap", 55))
    picture = figure.element.locator(".card-picture")
    expect(picture).to_have_attribute("aria-label", "“tree 55”")
    held[0].continue_()
    figure.rest()
    expect(picture).to_have_attribute("aria-label", "“tree 55”")


def test_quick_choices_leave_the_last_one(page: Page, cloud_address: str) -> None:
    figure = open_cloud(page, cloud_address)
    held = hold(page, "**/layout-second-umap.*")
    choose(figure, "Model", "Second")
    choose(figure, "Layout", "UMAP, gap closed")
    figure.wait("ready")
    held[0].continue_()
    figure.rest()
    expect(status(figure)).to_have_text("UMAP, gap closed")
    figure.hover("cloud", pixel_of(figure, "umap-closed", 7, "second"))
    expect(titles(figure)).to_have_text(["● image 8", "■ text 8"])


def test_a_layout_that_fails_can_be_tried_again(failing: Page, cloud_address: str) -> None:
    figure = open_cloud(failing, cloud_address)
    failing.route("**/layout-second-umap.*", lambda route: route.abort(), times=1)
    choose(figure, "Model", "Second")
    figure.wait("error")
    figure.press_button("Try again")
    figure.wait("ready")
    figure.rest()
    figure.hover("cloud", pixel_of(figure, "umap", 3, "second"))
    expect(titles(figure)).to_have_text(["● image 4", "■ text 4"])


# -- what is seen ------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["first", "second"])
def test_points_stand_where_the_data_say(page: Page, cloud_address: str, model: str) -> None:
    figure = open_cloud(page, cloud_address, f"?fig-cloud=model:{model},lines:none")
    figure.rest()
    points = [pixel_of(figure, "umap", point, model) for point in (0, 33, 60, 93)]
    colours = figure.pixels("cloud", points)
    assert [near(c, w) for c, w in zip(colours, (IMAGE, IMAGE, WORDS, WORDS), strict=True)] == [
        True
    ] * 4


def test_lines_are_those_that_are_chosen(page: Page, cloud_address: str) -> None:
    figure = open_cloud(page, cloud_address)
    area = figure.plot_area("cloud")
    between = (area["width"] / 2, pixel_of(figure, "umap", 20)[1])
    assert opacities(figure, [between])[0] > 0
    choose(figure, "Lines", "only inside a cluster")
    figure.frames()
    assert opacities(figure, [between]) == [0]  # no line stays inside a cluster as trained
    choose(figure, "Lines", "only between clusters")
    figure.frames()
    assert opacities(figure, [between])[0] > 0
    expect(figure.element.locator(".legend")).to_contain_text("— pair between clusters")


def test_the_table_is_that_of_the_data(page: Page, cloud_address: str) -> None:
    figure = open_cloud(page, cloud_address, "?fig-cloud=layout:umap-closed")
    assert cells(figure) == {
        "clusters-hdbscan": "3",
        "clusters-kmeans": "5",
        "outside-hdbscan": "5.0 %",
        "outside-kmeans": "0 %",
        "kept-hdbscan": f"{100 * KEPT:.0f} %",
        "kept-kmeans": "50 %",
        "expected-hdbscan": f"{100 * EXPECTED:.0f} %",
        "expected-kmeans": "20 %",
    }


def test_a_point_a_pair_has_clusters_but_no_lines(page: Page, cloud_address: str) -> None:
    figure = open_cloud(page, cloud_address, "?fig-cloud=layout:pairs")
    assert cells(figure) == {
        "clusters-hdbscan": "3",
        "outside-hdbscan": "0 %",
        "kept-hdbscan": "–",
        "expected-hdbscan": "–",
    }
    assert figure.element.locator(".legend").inner_text() == "● pair"
    figure.hover("cloud", pixel_of(figure, "pairs", 31))
    expect(titles(figure)).to_have_text(["● image 32", "■ text 32"])
    facts = figure.element.locator(".pair-facts")
    expect(facts).to_have_text("One point for the pair, inside a cluster of 20 points.")


def test_clusters_are_outlined_and_named_by_their_captions(page: Page, cloud_address: str) -> None:
    figure = open_cloud(page, cloud_address, "?fig-cloud=layout:umap-closed,lines:none")
    low, high = (pixel_of(figure, "umap-closed", point) for point in (0, 10))
    side = (low[0], (low[1] + high[1]) / 2)
    assert figure.pixels("cloud", [side]) == [(0, 0, 0)]
    figure.element.get_by_label("Outline clusters").check()
    figure.hover("cloud", pixel_of(figure, "umap-closed", 44))
    facts = figure.element.locator(".pair-facts")
    expect(facts).to_have_text("The line stays inside cluster “tree, 40” (38 points).")
    assert figure.pixels("cloud", [side]) != [(0, 0, 0)]


# -- words -------------------------------------------------------------------------------------


def test_words_make_their_pairs_stand_out(page: Page, cloud_address: str) -> None:
    figure = open_cloud(page, cloud_address, "?fig-cloud=layout:umap-closed,lines:none")
    field = figure.element.get_by_label("Words in the caption")
    field.press_sequentially("hot d")
    expect(status(figure)).to_have_text("1 of 60 captions; 100 % of their lines inside a cluster")
    one, other = (pixel_of(figure, "umap-closed", point) for point in (1, 34))
    matched, faded = figure.pixels("cloud", [one, other])
    assert near(matched, IMAGE)
    strong, thin = opacities(figure, [one, other])
    assert strong > 200
    assert 0 < thin < 60
    assert near(faded, IMAGE)  # the colour stays, thin
    field.fill("DOG")
    expect(status(figure)).to_have_text("3 of 60 captions; 100 % of their lines inside a cluster")
    field.fill("nowhere")
    expect(status(figure)).to_have_text("0 of 60 captions")
    field.fill("")
    expect(status(figure)).to_have_text("UMAP, gap closed")


def test_captions_are_never_markup(page: Page, cloud_address: str) -> None:
    figure = open_cloud(page, cloud_address)
    before = page.title()
    figure.hover("cloud", pixel_of(figure, "umap", 0))
    expect(figure.element.locator(".pair-pane .card-text").last).to_have_text(HOSTILE)
    assert page.title() == before
    assert figure.element.locator(".pair-pane img").count() == 0


def test_captions_that_fail_can_be_tried_again(failing: Page, cloud_address: str) -> None:
    failing.route("**/items.*", lambda route: route.abort(), times=1)
    figure = open_cloud(failing, cloud_address)
    figure.element.get_by_label("Words in the caption").fill("dog")
    message = figure.element.get_by_role("alert")
    expect(message).to_contain_text("The captions could not be loaded.")
    figure.press_button("Try again")
    expect(status(figure)).to_contain_text("3 of 60 captions")


# -- the state ---------------------------------------------------------------------------------


def test_no_control_resets_another(page: Page, cloud_address: str) -> None:
    figure = open_cloud(page, cloud_address)
    choose(figure, "Lines", "coloured by cluster")
    figure.element.get_by_label("Outline clusters").check()
    figure.element.get_by_label("Words in the caption").fill("dog")
    choose(figure, "Layout", "PCA, gap closed")
    choose(figure, "Model", "Second")
    figure.wait("ready")
    expect(chooser(figure, "Lines")).to_have_value("coloured")
    expect(chooser(figure, "Layout")).to_have_value("pca-closed")
    expect(figure.element.get_by_label("Outline clusters")).to_be_checked()
    expect(figure.element.get_by_label("Words in the caption")).to_have_value("dog")
    expect(page).to_have_url(
        f"{cloud_address}/?fig-cloud=model:second,layout:pca-closed,"
        "lines:coloured,clusters:outlines,words:dog"
    )
    figure.press_button("Reset")
    figure.wait("ready")
    expect(status(figure)).to_have_text("UMAP, as trained")
    expect(figure.element.get_by_label("Outline clusters")).not_to_be_checked()
    expect(page).to_have_url(f"{cloud_address}/")


def test_a_mark_outlives_a_change_of_layout(page: Page, cloud_address: str) -> None:
    figure = open_cloud(page, cloud_address)
    area = figure.plot_area("cloud")
    x, y = pixel_of(figure, "umap", 71)
    page.mouse.click(area["x"] + x, area["y"] + y)
    for layout in ("UMAP of joined pairs", "UMAP, gap closed"):
        choose(figure, "Layout", layout)
        figure.wait("ready")
        expect(titles(figure)).to_have_text(["● image 12", "■ text 12"])


def test_a_link_in_the_text_sets_the_state(page: Page, cloud_address: str) -> None:
    figure = open_cloud(page, cloud_address)
    page.get_by_role("link", name="a link").click()
    expect(status(figure)).to_contain_text("1 of 60 captions")
    expect(chooser(figure, "Layout")).to_have_value("umap-closed")


@pytest.mark.parametrize("query", ["model:<b>,layout:x,lines:x", "words:%3Cb%3E", "clusters:%2C"])
def test_a_foreign_address_breaks_nothing(page: Page, cloud_address: str, query: str) -> None:
    figure = open_cloud(page, cloud_address, f"?fig-cloud={query}")
    expect(chooser(figure, "Model")).to_have_value("first")


# -- keyboard ----------------------------------------------------------------------------------


def test_keys_go_from_point_to_point(page: Page, cloud_address: str) -> None:
    figure = open_cloud(page, cloud_address)
    figure.view("cloud").focus()
    page.keyboard.press("Home")
    expect(titles(figure)).to_have_text(["● image 1", "■ text 1"])
    for key, pair in (("ArrowRight", 2), ("ArrowUp", 12), ("ArrowLeft", 11), ("ArrowDown", 1)):
        page.keyboard.press(key)
        figure.frames()
        expect(titles(figure).first).to_have_text(f"● image {pair}")
    page.keyboard.press("Enter")
    line = "The line goes from a cluster of 20 points to a cluster of 20 points."
    assert figure.said() == f"text 1, “{HOSTILE}”. {line}"
    page.keyboard.press("Shift+ArrowLeft")  # a tenth of the width and more: to the images
    assert figure.said().startswith("image 10,")
    page.keyboard.press("End")
    expect(titles(figure).first).to_have_text("● image 60")
    page.keyboard.press("Escape")
    assert figure.said() == "Nothing is marked."


def test_a_view_is_one_tab_stop(page: Page, cloud_address: str) -> None:
    figure = open_cloud(page, cloud_address)
    figure.press_button("Reset")
    page.keyboard.press("Tab")
    expect(figure.view("cloud")).to_be_focused()
    name = figure.view("cloud").get_attribute("aria-label")
    assert name == "First model, UMAP, as trained: 120 points"


def test_a_change_is_said_once_at_rest(page: Page, cloud_address: str) -> None:
    figure = open_cloud(page, cloud_address)
    assert figure.said() == ""
    choose(figure, "Layout", "UMAP, gap closed")
    figure.wait("ready")
    assert figure.said() == (
        "First model, UMAP, gap closed. 3 clusters; 90 % of the lines stay inside one, "
        "30 % would by chance."
    )


# -- zoom --------------------------------------------------------------------------------------


def test_the_wheel_zooms_about_the_pointer_once_the_view_has_the_focus(
    page: Page, cloud_address: str
) -> None:
    figure = open_cloud(page, cloud_address, plotly=True)
    whole = figure.ranges("cloud")
    place = pixel_of(figure, "umap", 0)
    figure.hover("cloud", place)
    page.mouse.wheel(0, -300)
    figure.rest()
    assert figure.ranges("cloud") == whole  # the page may have moved instead
    figure.centre("cloud")
    figure.view("cloud").focus()
    figure.hover("cloud", place)
    page.mouse.wheel(0, -300)
    figure.rest()
    ranges = figure.ranges("cloud")
    assert ranges["x"][1] - ranges["x"][0] < 0.6 * (whole["x"][1] - whole["x"][0])
    area = figure.plot_area("cloud")
    share = (0 - ranges["x"][0]) / (ranges["x"][1] - ranges["x"][0])
    assert share == pytest.approx(place[0] / area["width"], abs=0.01)
    page.keyboard.press("0")
    figure.rest()
    assert figure.ranges("cloud") == whole


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


def test_two_fingers_zoom_and_mark_nothing(phone: Page, cloud_address: str) -> None:
    figure = open_cloud(phone, cloud_address, plotly=True)
    whole = figure.ranges("cloud")
    area = figure.plot_area("cloud")
    middle = (area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
    session = phone.context.new_cdp_session(phone)

    def fingers(kind: str, apart: float) -> None:
        points = [{"x": middle[0] + side * apart / 2, "y": middle[1]} for side in (-1, 1)]
        session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [] if kind == "touchEnd" else points},
        )

    fingers("touchStart", 40)
    for apart in (60, 90, 120, 160):
        fingers("touchMove", apart)
    fingers("touchEnd", 160)
    figure.rest()
    ranges = figure.ranges("cloud")
    for axis in ("x", "y"):
        before, after = (r[axis][1] - r[axis][0] for r in (whole, ranges))
        assert after == pytest.approx(before / 4, rel=0.02)
        assert sum(ranges[axis]) == pytest.approx(sum(whole[axis]), abs=0.02 * before)
    assert figure.element.locator(".pair-pane-empty").count() == 1


def test_a_tap_marks_on_a_phone_and_nothing_is_cut_off(phone: Page, cloud_address: str) -> None:
    figure = open_cloud(phone, cloud_address)
    area = figure.plot_area("cloud")
    x, y = pixel_of(figure, "umap", 55)
    phone.touchscreen.tap(area["x"] + x, area["y"] + y)
    expect(figure.element.locator(".card-title").first).to_contain_text("image 5")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


# -- in place ----------------------------------------------------------------------------------

PLACE: Final = """
(part) => {
  const box = part.getBoundingClientRect();
  return [box.x + scrollX, box.y + scrollY, box.width, box.height].map(Math.round);
}
"""


@pytest.mark.parametrize("width", [1280, 800, 390])
def test_the_page_does_not_move_when_the_figure_becomes_live(
    page: Page, cloud_address: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    held = hold(page, "**/data/**")
    figure = Figure(page, "fig-cloud")
    with page.expect_request("**/data/**"):
        page.goto(cloud_address)
        figure.element.scroll_into_view_if_needed()
    parts = [figure.element.locator(name) for name in (".view", "figcaption")]
    before = [part.evaluate(PLACE) for part in parts]
    held[0].continue_()
    figure.wait("ready")
    figure.wait_for_axes()
    assert [part.evaluate(PLACE) for part in parts] == before
    assert len(TEXTS) == PAIRS

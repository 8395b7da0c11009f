"""The explorer shows what Python makes of the same files; no control undoes another."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from typing import Final

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from article import geometry
from article.colours import similarity_scale
from article.geometry import Floats
from tests.browser.live_article import (
    COUNTS,
    HOSTILE,
    PAIRS,
    RIGHT_TO_LEFT,
    TWO_LINES,
    LiveArticle,
    cell_colour,
)
from tests.browser.reader import Colour, Figure, cell_centre, open_article

pytestmark = pytest.mark.browser

SIZE: Final = 2 * PAIRS
LOWEST: Final = -1.0
"""The smallest similarity of all states, rounded outwards, which the colour scale begins at."""

IMAGE: Final = (0, 103, 165)
TEXT: Final = (176, 74, 0)

Explorer = Callable[..., Figure]


@pytest.fixture
def explorer(page: Page, live_address: str) -> Explorer:
    """Open the page and give its explorer."""

    def open_explorer(query: str = "", *, plotly: bool = False) -> Figure:
        open_article(page, f"{live_address}/{query}", plotly=plotly)
        return Figure(page, "fig-explorer")

    return open_explorer


def expected_colours(similarity: Floats, order: list[int] | None = None) -> list[Colour]:
    """Colours of cells (row, column) = (k, 7 k mod 120) of the matrix as shown."""
    order = list(range(SIZE)) if order is None else order
    values = np.array([similarity[order[k], order[7 * k % SIZE]] for k in range(SIZE)])
    steps = np.floor((values - LOWEST) / (1 - LOWEST) * 255 + 0.5).astype(int)
    return [colour_of(step) for step in steps]


def colour_of(step: int) -> Colour:
    """An entry of the colour scale."""
    red, green, blue = (int(part) for part in similarity_scale()[step])
    return red, green, blue


def shown_colours(figure: Figure) -> list[Colour]:
    """Colours of the same cells on the canvas."""
    area = figure.plot_area("heatmap")
    cells = [cell_centre(area, SIZE, k, 7 * k % SIZE) for k in range(SIZE)]
    return figure.pixels("heatmap", cells)


def assert_matrix(figure: Figure, similarity: Floats, order: list[int] | None = None) -> None:
    """The canvas shows a matrix, but for cells under lines and boxes."""
    expected = np.array(expected_colours(similarity, order), dtype=int)
    shown = np.array(shown_colours(figure), dtype=int)
    same = np.abs(expected - shown).max(axis=1) <= 4
    assert same.mean() >= (0.95 if order is None else 0.8), f"{same.sum()} of {SIZE} cells agree"


def assert_points(figure: Figure, coordinates: Floats, half: float, centre: Floats) -> None:
    """Items lie where the layout puts them: their pixels have the colours of their modalities."""
    area = figure.plot_area("scatter")
    shares = (coordinates - centre) / half
    x = (1 + shares[:, 0]) / 2 * area["width"]
    y = (1 - shares[:, 1]) / 2 * area["height"]
    shown = figure.pixels("scatter", list(zip(x.tolist(), y.tolist(), strict=True)))
    wanted = [IMAGE] * PAIRS + [TEXT] * PAIRS
    hits = [np.abs(np.subtract(a, b)).max() <= 8 for a, b in zip(shown, wanted, strict=True)]
    # Where marks overlap, the later one hides the earlier.
    assert np.mean(hits) >= 0.85, f"{np.sum(hits)} of {SIZE} items are where they should be"


# -- states ------------------------------------------------------------------------------------


def test_first_state_is_pythons(explorer: Explorer, live_article: LiveArticle) -> None:
    figure = explorer()
    assert figure.readouts() == live_article.readouts()
    assert_matrix(figure, live_article.similarity())
    components = live_article.space().projection("pca", 0).coordinates
    assert_points(figure, components, pca_half(live_article), np.zeros(2))


@pytest.mark.parametrize("share", [0.25, 0.62, 1.0, 1.5])
def test_matrix_and_readouts_follow_the_slider(
    explorer: Explorer, live_article: LiveArticle, share: float
) -> None:
    figure = explorer()
    figure.drag_to(share)
    assert figure.readouts() == live_article.readouts(share=share)
    assert_matrix(figure, live_article.similarity(share=share))


def test_components_are_exact_up_to_a_turn_while_dragging(
    explorer: Explorer, live_article: LiveArticle
) -> None:
    """A slow drag ends where exact components, turned step by step onto the last ones, end."""
    figure = explorer()
    placed = live_article.space().projection("pca", 0).coordinates
    for share in np.linspace(0.04, 0.4, 10):
        figure.drag_to(float(share))
        exact = geometry.principal_components(live_article.similarity(share=float(share)))
        placed = geometry.rotate_onto(exact, placed)
    assert_points(figure, placed, pca_half(live_article), np.zeros(2))


def test_stored_layouts_are_interpolated_and_say_so(
    explorer: Explorer, live_article: LiveArticle
) -> None:
    figure = explorer()
    figure.press_button("t-SNE")
    figure.drag_to(0.5)
    figure.rest()
    ends = [live_article.space().projection("tsne", end).coordinates for end in (0, 1)]
    both = np.concatenate(ends)
    low, high = both.min(axis=0), both.max(axis=0)
    half = 1.06 * (high - low).max() / 2
    assert_points(figure, (ends[0] + ends[1]) / 2, half, (low + high) / 2)
    note = figure.element.locator(".layout-note")
    assert note.inner_text() == "between the two computed layouts, 50 % of the way"
    figure.drag_to(1)
    assert note.inner_text() == "computed for this state"
    figure.drag_to(1.2)
    assert note.inner_text() == "the layout of the closed gap; none is computed beyond"


def test_share_is_said_in_words(explorer: Explorer) -> None:
    figure = explorer()
    for share, text in (
        (0, "as trained"),
        (0.62, "62 % of the gap closed"),
        (1, "gap closed"),
        (1.31, "131 % of the gap closed"),
    ):
        figure.drag_to(share)
        assert figure.slider.get_attribute("aria-valuetext") == text
        assert figure.element.locator(".share-value").inner_text() == text


def test_losses_name_their_conditions(explorer: Explorer) -> None:
    figure = explorer()
    assert "batches of 50, s = 20" in figure.element.locator(".readout-losses").inner_text()


def test_colour_scale_is_that_of_all_models_and_stays(explorer: Explorer) -> None:
    figure = explorer()
    bar = figure.element.locator(".colour-bar")
    first = bar.inner_text()
    assert first.split() == ["cosine", "similarity", "−1", "1"]
    figure.press_button("Second")
    figure.drag_to(1)
    assert bar.inner_text() == first


def test_marks_of_the_slider_set_the_share(explorer: Explorer, live_article: LiveArticle) -> None:
    figure = explorer()
    figure.press_button("closed")
    figure.rest()
    assert figure.readouts() == live_article.readouts(share=1)
    figure.press_button("as trained")
    figure.rest()
    assert figure.readouts() == live_article.readouts()


def test_slider_takes_a_mark_that_it_nearly_meets(explorer: Explorer) -> None:
    figure = explorer()
    figure.drag_to(0.995)
    assert figure.element.locator(".share-value").inner_text() == "gap closed"
    figure.drag_to(0.98)
    assert figure.element.locator(".share-value").inner_text() == "98 % of the gap closed"


# -- controls ----------------------------------------------------------------------------------


def test_no_control_resets_another(explorer: Explorer, live_article: LiveArticle) -> None:
    figure = explorer()
    figure.drag_to(0.4)
    assert figure.state() == {"pressed": ["First", "PCA"], "share": 0.4, "order": "given"}
    figure.press_button("UMAP")
    assert figure.state() == {"pressed": ["First", "UMAP"], "share": 0.4, "order": "given"}
    figure.choose_order("text-text")
    assert figure.state() == {"pressed": ["First", "UMAP"], "share": 0.4, "order": "text-text"}
    figure.press_button("Second")
    figure.wait("ready")
    figure.rest()
    assert figure.state() == {"pressed": ["Second", "UMAP"], "share": 0.4, "order": "text-text"}
    assert figure.readouts() == live_article.readouts("second", 0.4)
    order = shown_order(live_article, "second", ("text", "text"))
    assert_matrix(figure, live_article.similarity("second", 0.4), order)


def test_reset_returns_to_the_first_state(explorer: Explorer, live_article: LiveArticle) -> None:
    figure = explorer()
    before = figure.state()
    figure.press_button("Second")
    figure.wait("ready")
    figure.press_button("UMAP")
    figure.choose_order("image-text")
    figure.drag_to(1.1)
    figure.press_button("Reset")
    figure.wait("ready")
    figure.rest()
    assert figure.state() == before
    assert figure.readouts() == live_article.readouts()
    assert_matrix(figure, live_article.similarity())
    components = live_article.space().projection("pca", 0).coordinates
    assert_points(figure, components, pca_half(live_article), np.zeros(2))
    assert "?" not in figure.page.url


def test_only_listed_controls_are_there(page: Page, live_address: str) -> None:
    open_article(page, live_address, waits_for="scatter")
    figure = Figure(page, "fig-scatter")
    assert figure.element.get_by_role("slider").count() == 0
    assert figure.order.count() == 0
    assert figure.element.locator(".view-heatmap").count() == 0
    buttons = figure.element.locator(".panel-head > *:not(.frame) button, .panel-head > button")
    assert buttons.all_inner_texts() == ["PCA", "t-SNE", "UMAP", "Reset"]


# -- order -------------------------------------------------------------------------------------


def shown_order(article: LiveArticle, model: str, block: tuple[str, str]) -> list[int]:
    """Rows of the matrix in the order of a clustering."""
    order = next(c.order for c in article.space(model).clusterings if c.block == block)
    return [*order.tolist(), *(order + PAIRS).tolist()]


@pytest.mark.parametrize("block", [("image", "image"), ("text", "text"), ("image", "text")])
def test_clusters_order_both_axes_of_all_quadrants(
    explorer: Explorer, live_article: LiveArticle, block: tuple[str, str]
) -> None:
    figure = explorer()
    figure.choose_order("-".join(block))
    figure.rest()
    assert_matrix(figure, live_article.similarity(), shown_order(live_article, "first", block))


def test_clusters_of_more_than_five_are_boxed_and_named(explorer: Explorer) -> None:
    figure = explorer("?fig-explorer=order:text-text", plotly=True)
    names = figure.view("heatmap").locator(".annotation-text")
    # A name of two parts stands in two lines; numbers are those in the boxes.
    assert names.all_text_contents() == ["1 dogs,<b>", "2 cats", "3 trees"]
    area = figure.plot_area("heatmap")
    # The first box ends after 24 pairs: its right edge is light in each of the four quadrants.
    cell = area["width"] / SIZE
    for row, column in itertools.product((0, PAIRS), repeat=2):
        edge = [(cell * (column + 24) + shift, cell * (row + 12)) for shift in (-1, 0, 1)]
        assert max(min(colour) for colour in figure.pixels("heatmap", edge)) > 170
    figure.choose_order("given")
    figure.rest()
    assert names.count() == 0


# -- what is pointed at ------------------------------------------------------------------------


def test_cell_shows_both_items_and_marks_them_everywhere(
    explorer: Explorer, live_article: LiveArticle
) -> None:
    figure = explorer()
    scatter = figure.picture("scatter")
    point = cell_centre(figure.plot_area("heatmap"), SIZE, 4, PAIRS + 17)
    figure.hover("heatmap", point)
    value = live_article.similarity()[4, PAIRS + 17]
    assert figure.inspected()["value"] == written(value)
    assert figure.inspected()["titles"] == ["● image 5", "■ text 18"]
    pane = figure.element.locator(".inspector")
    assert pane.locator(".card-text").inner_text() == "caption 18"
    assert figure.picture("scatter") != scatter
    figure.page.mouse.move(0, 0)
    figure.frames()
    assert figure.picture("scatter") == scatter
    assert figure.inspected()["titles"] == []


def test_the_first_pair_is_an_example_while_nothing_is_marked(
    explorer: Explorer, live_article: LiveArticle
) -> None:
    figure = explorer("?fig-explorer=order:text-text,share:0.5")
    pair = int(live_article.space().clusterings[1].order[0])
    pane = figure.element.locator(".inspector")
    assert pane.locator(".card-title").all_inner_texts() == [
        f"● image {pair + 1}",
        f"■ text {pair + 1}",
    ]
    value = live_article.similarity(share=0.5)[pair, PAIRS + pair]
    assert pane.locator(".inspector-value").inner_text() == written(value)
    assert pane.locator(".inspector-hint").inner_text().startswith("Point at a cell or a point")
    # It is an example, not a mark: nothing points at it.
    assert not figure.element.locator(".colour-bar-pointer").is_visible()
    figure.hover("heatmap", cell_centre(figure.plot_area("heatmap"), SIZE, 50, 50))
    assert not pane.locator(".inspector-hint").is_visible()


def test_picture_of_an_item_is_its_cell_of_the_sprites(explorer: Explorer) -> None:
    figure = explorer()
    pair = 23
    place = cell_centre(figure.plot_area("heatmap"), SIZE, pair, PAIRS)
    figure.hover("heatmap", place)
    picture = figure.element.locator(".inspector .card-picture")
    expect(picture).to_have_accessible_name("image 24, of “caption 24”")
    figure.page.wait_for_function(
        "performance.getEntriesByType('resource').some((file) => file.name.includes('/pictures-'))"
    )
    figure.rest()
    shot = Image.open(io.BytesIO(picture.screenshot())).convert("RGB")
    middle = shot.getpixel((shot.width // 2, shot.height // 2))
    assert middle == cell_colour(pair)


def test_point_shows_its_pair_with_similarity_and_ranks(
    explorer: Explorer, live_article: LiveArticle
) -> None:
    figure = explorer("?fig-explorer=projection:tsne")
    heatmap = figure.picture("heatmap")
    pair = 12
    coordinates = live_article.space().projection("tsne", 0).coordinates
    figure.hover("scatter", tsne_place(live_article, figure, coordinates[pair]))
    similarity = live_article.similarity()
    cross = geometry.cross_block(similarity, COUNTS)
    for_image = int((cross[pair] >= cross[pair, pair]).sum())
    for_text = int((cross[:, pair] >= cross[pair, pair]).sum())
    assert figure.inspected() == {
        "value": written(cross[pair, pair]),
        "facts": f"cosine similarity of a pair; this text is no. {for_image} of 60 for this image, "
        f"this image is no. {for_text} of 60 for this text",
        "titles": ["● image 13", "■ text 13"],
    }
    assert figure.picture("heatmap") != heatmap
    assert figure.element.locator(".colour-bar-pointer").is_visible()


def test_value_follows_the_slider_while_a_cell_is_marked(
    explorer: Explorer, live_article: LiveArticle
) -> None:
    figure = explorer()
    area = figure.plot_area("heatmap")
    x, y = cell_centre(area, SIZE, 2, PAIRS + 2)
    figure.page.mouse.click(area["x"] + x, area["y"] + y)
    figure.drag_to(0.8)
    value = live_article.similarity(share=0.8)[2, PAIRS + 2]
    assert figure.inspected()["value"] == written(value)


def test_click_keeps_a_mark_until_the_same_cell_is_clicked_again(explorer: Explorer) -> None:
    figure = explorer(plotly=True)
    area = figure.plot_area("heatmap")
    x, y = cell_centre(area, SIZE, 30, 50)
    for expected in (["● image 31", "● image 51"], []):
        figure.page.mouse.click(area["x"] + x, area["y"] + y)
        figure.page.mouse.move(0, 0)
        figure.frames()
        assert figure.inspected()["titles"] == expected


def test_captions_are_text_whatever_they_say(explorer: Explorer) -> None:
    figure = explorer()
    for pair, text in enumerate((HOSTILE, RIGHT_TO_LEFT, TWO_LINES)):
        point = cell_centre(figure.plot_area("heatmap"), SIZE, 50, PAIRS + pair)
        figure.hover("heatmap", point)
        caption = figure.element.locator(".inspector .card-text")
        assert caption.text_content() == text
        assert caption.locator("*").count() == 0
    assert caption.get_attribute("dir") == "auto"
    assert figure.page.locator('img[src="x"]').count() == 0
    assert figure.page.title() != "1"


def test_nothing_moves_when_something_is_marked(explorer: Explorer) -> None:
    figure = explorer()
    before = figure.element.bounding_box()
    figure.hover("heatmap", (100, 100))
    assert figure.inspected()["titles"] != []
    assert figure.element.bounding_box() == before


# -- address -----------------------------------------------------------------------------------


def test_state_is_read_from_the_address(explorer: Explorer, live_article: LiveArticle) -> None:
    query = "?fig-explorer=model:second,share:0.5,projection:umap,order:image-text"
    figure = explorer(query)
    expected = {"pressed": ["Second", "UMAP"], "share": 0.5, "order": "image-text"}
    assert figure.state() == expected
    assert figure.readouts() == live_article.readouts("second", 0.5)


def test_address_follows_the_state(explorer: Explorer) -> None:
    figure = explorer("?other=kept")
    figure.drag_to(0.4567)
    figure.press_button("t-SNE")
    figure.rest()
    assert figure.page.url.endswith("?other=kept&fig-explorer=share:0.457,projection:tsne")
    figure.page.reload()
    figure.wait("ready")
    assert figure.state()["pressed"] == ["First", "t-SNE"]
    figure.drag_to(0)
    figure.press_button("PCA")
    figure.rest()
    assert figure.page.url.endswith("/?other=kept")


@pytest.mark.parametrize(
    "query",
    [
        "model:gone",
        "share:NaN",
        "share:",
        "projection:lda",
        "order:colour",
        "order",
        "sense:less",
        ",",
    ],
)
def test_what_an_address_says_wrongly_is_passed_over(
    explorer: Explorer, live_article: LiveArticle, query: str
) -> None:
    figure = explorer(f"?fig-explorer={query}")
    assert figure.state() == {"pressed": ["First", "PCA"], "share": 0, "order": "given"}
    assert figure.readouts() == live_article.readouts()


def test_share_of_an_address_is_kept_within_the_slider(explorer: Explorer) -> None:
    assert explorer("?fig-explorer=share:9").state()["share"] == 1.5


def test_link_in_the_text_sets_its_part_of_the_state(explorer: Explorer) -> None:
    figure = explorer("?fig-explorer=model:second,projection:umap")
    figure.page.get_by_text("a link that closes the gap").click()
    figure.rest()
    expected = {"pressed": ["Second", "UMAP"], "share": 1, "order": "image-image"}
    assert figure.state() == expected
    figure.page.go_back()
    figure.rest()
    assert figure.state() == {"pressed": ["Second", "UMAP"], "share": 0, "order": "given"}
    figure.page.go_forward()
    figure.rest()
    assert figure.state() == expected


# -- plotly ------------------------------------------------------------------------------------


def test_axes_stay_while_dragging(explorer: Explorer) -> None:
    figure = explorer(plotly=True)
    before = figure.ranges("scatter")
    for share in (0.5, 1, 1.5):
        figure.drag_to(share)
        figure.rest()
        assert figure.ranges("scatter") == before


@pytest.mark.parametrize("model", ["first", "second", "third"])
def test_no_item_leaves_the_frame_at_any_share(live_article: LiveArticle, model: str) -> None:
    half = pca_half(live_article, model)
    for share in np.linspace(0, 1.5, 16):
        components = geometry.principal_components(live_article.similarity(model, float(share)))
        assert np.linalg.norm(components, axis=1).max() < half


def test_canvas_follows_a_zoom(explorer: Explorer, live_article: LiveArticle) -> None:
    figure = explorer(plotly=True)
    figure.centre("heatmap")
    area = figure.plot_area("heatmap")
    mouse = figure.page.mouse
    mouse.move(area["x"] + area["width"] / 4, area["y"] + area["height"] / 4)
    mouse.down()
    mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2, steps=4)
    mouse.up()
    figure.rest()
    mouse.move(0, 0)
    (left, right), (bottom, top) = figure.ranges("heatmap").values()
    assert right - left == pytest.approx(SIZE / 4, rel=0.05)
    row, column = 35, 50
    x = (column - left) / (right - left) * area["width"]
    y = (row - top) / (bottom - top) * area["height"]
    value = live_article.similarity()[row, column]
    step = int((value - LOWEST) / (1 - LOWEST) * 255 + 0.5)
    assert figure.pixels("heatmap", [(x, y)]) == [colour_of(step)]
    figure.hover("heatmap", (x, y))
    assert figure.inspected()["titles"] == ["● image 36", "● image 51"]
    mouse.dblclick(area["x"] + 50, area["y"] + 50)
    figure.rest()
    assert figure.ranges("heatmap") == {"x": [-0.5, SIZE - 0.5], "y": [SIZE - 0.5, -0.5]}


def test_png_holds_what_the_canvas_shows(explorer: Explorer, live_article: LiveArticle) -> None:
    figure = explorer(plotly=True)
    with figure.page.expect_download() as download:
        figure.view("heatmap").get_by_role("button", name="Download as PNG").click()
    assert download.value.suggested_filename == "fig-explorer-heatmap.png"
    picture = Image.open(download.value.path()).convert("RGB")
    box = figure.view("heatmap").bounding_box()
    assert box is not None
    assert picture.width == pytest.approx(2 * box["width"], abs=2)
    area = figure.plot_area("heatmap")
    x, y = cell_centre(area, SIZE, 20, 90)
    at = round(2 * (area["x"] - box["x"] + x)), round(2 * (area["y"] - box["y"] + y))
    value = live_article.similarity()[20, 90]
    step = int((value - LOWEST) / (1 - LOWEST) * 255 + 0.5)
    expected = colour_of(step)
    shown = np.array(picture)[at[1], at[0]]
    assert np.abs(np.subtract(shown, expected, dtype=int)).max() <= 4


def test_axes_are_titled_and_honest(explorer: Explorer) -> None:
    figure = explorer(plotly=True)
    titles = figure.view("scatter").locator(".g-xtitle, .g-ytitle")
    assert titles.all_text_contents() == ["first principal component", "second principal component"]
    figure.drag_to(0.5)
    figure.drag_to(1)
    figure.rest()
    assert titles.all_text_contents()[0] == "plane of the first two principal components"
    figure.press_button("UMAP")
    figure.rest()
    assert titles.all_text_contents() == ["UMAP 1", "UMAP 2"]


def test_colours_change_with_the_theme(explorer: Explorer, live_article: LiveArticle) -> None:
    figure = explorer("?fig-explorer=projection:tsne")
    coordinates = live_article.space().projection("tsne", 0).coordinates
    place = tsne_place(live_article, figure, coordinates[40])
    (light,) = figure.pixels("scatter", [place])
    assert light == IMAGE
    figure.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    figure.frames(4)
    (dark,) = figure.pixels("scatter", [place])
    assert sum(dark) > sum(light) + 100


def test_nothing_moves_by_itself_where_less_motion_is_wished(
    page: Page, live_address: str, live_article: LiveArticle
) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_article(page, live_address)
    figure = Figure(page, "fig-explorer")
    figure.press_button("closed")
    figure.frames(1)
    assert figure.readouts() == live_article.readouts(share=1)


# -- numbers and places ------------------------------------------------------------------------


def written(value: float) -> str:
    """A similarity as the pane writes it."""
    return f"{value:.2f}".replace("-", "−")


def pca_half(article: LiveArticle, model: str = "first") -> float:
    """Half of the fixed range: 6 % beyond the item farthest from the centre at either end."""
    ends = [article.space(model).projection("pca", end).coordinates for end in (0, 1)]
    return 1.06 * float(np.linalg.norm(np.concatenate(ends), axis=1).max())


def tsne_place(article: LiveArticle, figure: Figure, point: Floats) -> tuple[float, float]:
    """Pixels of a point of the stored t-SNE layouts, in the fixed range over both."""
    ends = [article.space().projection("tsne", end).coordinates for end in (0, 1)]
    both = np.concatenate(ends)
    low, high = both.min(axis=0), both.max(axis=0)
    half = 1.06 * (high - low).max() / 2
    area = figure.plot_area("scatter")
    x, y = (point - (low + high) / 2) / half
    return float((1 + x) / 2 * area["width"]), float((1 - y) / 2 * area["height"])

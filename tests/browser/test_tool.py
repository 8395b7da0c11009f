"""The explorer as a tool: every further control shows what Python makes of the same files."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from typing import Final

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from article import geometry
from article.colours import similarity_scale
from article.geometry import Floats
from article.vocabulary import STOP_WORDS
from precompute.clusters import name_clusters
from tests.browser.axe import violations
from tests.browser.conftest import Serve
from tests.browser.reader import Figure, cell_centre, open_article
from tests.browser.test_clustering import (
    batch_means,
    mulberry32,
    python_labels,
    python_sample,
)
from tests.browser.tool_article import (
    MARKS,
    PAIRS,
    POOL,
    TRIPLES,
    ToolArticle,
    cell_colour,
)

pytestmark = pytest.mark.browser

Open = Callable[..., Figure]

IMAGE: Final = (0, 103, 165)
"""The colour of images on a light page."""


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> ToolArticle:
    """The article, built."""
    return ToolArticle.write(tmp_path_factory.mktemp("tool"))


@pytest.fixture
def tool(page: Page, article: ToolArticle, serve: Serve) -> Open:
    """Open the page and give one of its explorers."""

    def open_tool(state: str = "", name: str = "tool") -> Figure:
        query = f"?fig-{name}={state}" if state else ""
        open_article(page, f"{serve(article.site)}/{query}", waits_for=name)
        return Figure(page, f"fig-{name}")

    return open_tool


def search(figure: Figure, words: str) -> None:
    """Type into the field for words, and wait for what it finds."""
    figure.element.get_by_role("searchbox").fill(words)
    figure.wait("ready")
    figure.frames()


def found(figure: Figure) -> str:
    """What is said of the words."""
    return figure.element.locator(".filter-found").inner_text()


def note(figure: Figure) -> str:
    """What is said below the points."""
    return figure.element.locator(".layout-note").inner_text()


def summary(figure: Figure) -> Locator:
    """What is said of a selection."""
    return figure.element.locator(".summary")


def lowest(article: ToolArticle, dataset: str = "study") -> float:
    """Where the colour scale of an explorer of all models begins."""
    matrices = [article.similarity(model, dataset) for model in ("first", "second")]
    counts = article.data.space(dataset, "first").counts
    closed = [geometry.close_gap(matrix, counts) for matrix in matrices]
    return math.floor(10 * min(float(m.min()) for m in (*matrices, *closed)) + 1e-3) / 10


def assert_matrix(figure: Figure, steps: Floats) -> None:
    """The canvas shows steps (N, N) of the colour scale, but for cells under lines and boxes."""
    size = len(steps)
    area = figure.plot_area("heatmap")
    cells = [(k, (7 * k + 3) % size) for k in range(size)]
    shown = figure.pixels("heatmap", [cell_centre(area, size, *cell) for cell in cells])
    expected = similarity_scale()[[int(steps[cell]) for cell in cells]].astype(int)
    same = np.abs(np.array(shown, dtype=int) - expected).max(axis=1) <= 4
    assert same.mean() >= 0.8, f"{same.sum()} of {size} cells agree"


def colour_steps(values: Floats, low: float, high: float) -> Floats:
    """Steps of the colour scale."""
    return np.asarray(((values - low) / (high - low) * 255 + 0.5).clip(0, 255).astype(int))


def in_order(matrix: Floats, pairs: list[int]) -> Floats:
    """A matrix (2n, 2n) with its pairs in another order."""
    rows = [*pairs, *(len(matrix) // 2 + pair for pair in pairs)]
    return matrix[np.ix_(rows, rows)]


# -- orders ------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", [("image", "image"), ("text", "text"), ("image", "text")])
def test_any_number_of_clusters_is_pythons(
    tool: Open, article: ToolArticle, block: tuple[str, str]
) -> None:
    figure = tool(f"order:{'-'.join(block)}")
    slider = figure.element.get_by_role("slider", name="Clusters")
    for count in (4, 3, 9):
        slider.fill(str(count))
        figure.frames()
        labels = python_labels(article.similarity(), block, count)
        names = name_clusters(article.captions[:PAIRS], labels)
        sizes = Counter(labels.tolist())
        expected = sorted(names[label] for label, size in sizes.items() if size > 5)
        listed = figure.element.locator(".cluster-list li").all_text_contents()
        assert sorted(listed) == expected
    figure.rest()
    assert "clusters:9" in figure.page.url


def test_pairs_are_ordered_by_similarity_to_the_marked_item(
    tool: Open, article: ToolArticle
) -> None:
    figure = tool()
    view = figure.view("heatmap")
    view.focus()
    view.press("ArrowDown")
    for _ in range(4):
        view.press("ArrowDown")
    view.press("s")
    figure.rest()
    # The first key marks the first pair; four more lead to the fifth image.
    similarity = article.similarity()
    values = similarity[4, :PAIRS].copy()
    values[4] = np.inf
    order = np.argsort(-values, kind="stable").tolist()
    shown = colour_steps(in_order(similarity, order), lowest(article), 1)
    assert_matrix(figure, shown)
    assert figure.order.input_value() == "like"
    assert figure.order.locator("option:checked").inner_text() == "by similarity to image 5"
    assert "order:like,like:image-p004" in figure.page.url
    assert "ordered by similarity to image 5" in (view.get_attribute("aria-label") or "")


def test_an_item_that_is_not_shown_orders_nothing_and_says_so(tool: Open) -> None:
    figure = tool("order:like,like:text-p000,words:red dog")
    figure.rest()
    name = figure.view("heatmap").get_attribute("aria-label") or ""
    assert name.endswith("ordered as given, because text 1 is not shown")
    search(figure, "")
    figure.rest()
    name = figure.view("heatmap").get_attribute("aria-label") or ""
    assert name.endswith("ordered by similarity to text 1")


# -- distance ----------------------------------------------------------------------------------


def test_cells_show_euclidean_distances_on_a_scale_of_their_own(
    tool: Open, article: ToolArticle
) -> None:
    figure = tool()
    figure.press_button("distance")
    figure.frames()
    similarity = article.similarity()
    distances = np.sqrt(2 - 2 * similarity)
    furthest = math.ceil(10 * math.sqrt(2 - 2 * lowest(article)) - 1e-9) / 10
    assert_matrix(figure, 255 - colour_steps(distances, 0, furthest))
    bar = figure.element.locator(".colour-bar")
    assert bar.inner_text().split("\n")[0] == "Euclidean distance"
    assert f"{furthest:g}" in bar.inner_text()
    figure.hover("heatmap", cell_centre(figure.plot_area("heatmap"), 2 * PAIRS, 3, PAIRS + 3))
    inspected = figure.inspected()
    assert inspected["value"] == f"{distances[3, PAIRS + 3]:.2f}"
    assert inspected["facts"].startswith("Euclidean distance of a pair")
    figure.page.mouse.move(0, 0)
    figure.press_button("cosine")
    figure.frames()
    assert_matrix(figure, colour_steps(similarity, lowest(article), 1))


# -- words of captions -------------------------------------------------------------------------


def pairs_with(article: ToolArticle, *words: str, count: int = POOL) -> list[int]:
    """Pairs whose captions hold all words."""
    return [k for k in range(count) if all(word in article.captions[k] for word in words)]


def test_words_find_pairs_of_the_pool(tool: Open, article: ToolArticle) -> None:
    figure = tool("share:0")
    asked: list[str] = []
    figure.page.on("request", lambda request: asked.append(request.url))
    search(figure, "dog")
    pairs = pairs_with(article, "dog")
    assert found(figure) == f"{len(pairs)} of {POOL} captions with “dog”."
    assert figure.readouts() == article.readouts(article.of_pool(pairs), digits=2)
    search(figure, "red dog")
    pairs = pairs_with(article, "red", "dog")
    assert found(figure) == f"{len(pairs)} of {POOL} captions with “red” and “dog”."
    assert figure.readouts() == article.readouts(article.of_pool(pairs), digits=2)
    conditions = figure.element.locator(".readout-conditions").inner_text()
    assert conditions == f"{len(pairs)} pairs, one batch, s = 20"
    # Captions and vectors come with the first word, once.
    assert sum("/many/vectors-first" in url for url in asked) == 1
    assert sum("/many/items" in url for url in asked) == 1
    figure.press_button("any word")
    figure.frames()
    either = {*pairs_with(article, "red"), *pairs_with(article, "dog")}
    assert found(figure).startswith(f"{len(either)} of {POOL} captions with “red” or “dog”.")
    search(figure, "")
    assert figure.readouts() == article.readouts(article.similarity())


def test_nothing_of_the_pool_is_loaded_before_a_word(
    page: Page, article: ToolArticle, serve: Serve
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_article(page, serve(article.site), waits_for="tool")
    assert not any("/many/" in url for url in asked)


def test_of_many_pairs_a_seeded_sample_is_shown(tool: Open, article: ToolArticle) -> None:
    figure = tool("words:a")
    pairs = python_sample(list(range(POOL)), 200, mulberry32())
    expected = f"{POOL} of {POOL} captions with “a”. A seeded sample of 200 is shown."
    assert found(figure) == expected
    assert figure.readouts() == article.readouts(article.of_pool(pairs), digits=2)


def test_the_last_words_win_however_fast_they_are_typed(tool: Open, article: ToolArticle) -> None:
    figure = tool()
    figure.page.route("**/many/vectors-*", lambda route: route.continue_())
    box = figure.element.get_by_role("searchbox")
    for words in ("dog", "cat", "", "moon", "red boat"):
        box.fill(words)
    expect(figure.element.locator(".filter-found")).to_contain_text("“boat”")
    figure.wait("ready")
    pairs = pairs_with(article, "red", "boat")
    assert figure.readouts() == article.readouts(article.of_pool(pairs), digits=2)
    figure.press_button("Second")
    figure.press_button("First")
    figure.wait("ready")
    figure.rest()
    assert figure.readouts() == article.readouts(article.of_pool(pairs), digits=2)


def test_too_few_pairs_are_said_and_undone(tool: Open, article: ToolArticle) -> None:
    figure = tool("share:0.5,order:text-text")
    search(figure, "xyzzy")
    empty = figure.element.locator(".views-empty")
    expect(empty).to_be_visible()
    assert "None of 450 captions with “xyzzy”. It takes two pairs" in empty.inner_text()
    assert not figure.element.locator(".readouts").is_visible()
    figure.press_button("Show the prepared pairs again")
    figure.wait("ready")
    figure.frames()
    expect(empty).to_be_hidden()
    closed = geometry.close_gap(article.similarity(), (PAIRS, PAIRS), 0.5)
    assert figure.readouts() == article.readouts(closed)
    assert figure.order.input_value() == "text-text"
    assert figure.element.get_by_role("searchbox").input_value() == ""


def test_a_model_without_vectors_looks_among_the_prepared_pairs(
    tool: Open, article: ToolArticle
) -> None:
    figure = tool("words:dog")
    figure.press_button("Second")
    figure.wait("ready")
    figure.frames()
    pairs = pairs_with(article, "dog", count=PAIRS)
    assert found(figure) == (
        f"{len(pairs)} of {PAIRS} captions with “dog”. "
        "There are no vectors of the larger set in this model."
    )
    part = in_order(article.similarity("second"), pairs)
    assert figure.readouts() == article.readouts(part)


def test_chosen_pairs_are_cut_out_of_the_layouts_of_all(tool: Open) -> None:
    figure = tool("words:dog,projection:umap")
    assert note(figure) == "cut out of the layout of all pairs; computed for this state"
    figure.press_button("t-SNE")
    figure.wait("ready")
    figure.frames()
    assert note(figure).startswith("no t-SNE of these pairs, so PCA; ")
    search(figure, "")
    assert note(figure) == "computed for this state"
    assert "t-SNE" in figure.pressed()


def image_side(figure: Figure) -> int:
    """Left (-1) or right (1): where most of the points of images are."""
    area = figure.plot_area("scatter")
    columns, rows = np.arange(0, area["width"] - 1, 3), np.arange(0, area["height"] - 1, 3)
    places = [(float(x), float(y)) for x in columns for y in rows]
    colours = np.array(figure.pixels("scatter", places), dtype=int)
    hits = np.abs(colours - np.array(IMAGE)).max(axis=1) <= 8
    across = np.array(places)[hits, 0]
    return 1 if across.mean() > area["width"] / 2 else -1


def test_images_keep_their_side_whatever_is_looked_for(tool: Open) -> None:
    figure = tool("lines:none")
    side = image_side(figure)
    for words in ("dog", "cat", "red", "moon", "boat", "tree", ""):
        search(figure, words)
        assert image_side(figure) == side, words


def test_clusters_of_found_pairs_are_not_named_by_what_was_looked_for(
    tool: Open, article: ToolArticle
) -> None:
    figure = tool("words:hotdog,order:text-text")
    names = figure.element.locator(".cluster-list li").all_text_contents()
    assert len(names) >= 2
    assert all(re.split(", ", name)[0] != "hotdog" for name in names)


# -- a selection -------------------------------------------------------------------------------


def draw(figure: Figure, view: str, places: list[tuple[float, float]]) -> None:
    """Drag through places, as shares of the plot area."""
    figure.centre(view)
    area = figure.plot_area(view)
    mouse = figure.page.mouse
    for at, (x, y) in enumerate(places):
        mouse.move(area["x"] + x * area["width"], area["y"] + y * area["height"], steps=3)
        if at == 0:
            mouse.down()
    mouse.up()
    figure.rest()


def upper_right() -> list[int]:
    """Pairs whose image stands in the upper right of the stored circle; no text does."""
    angles = 2 * np.pi * np.arange(PAIRS) / (2 * PAIRS)
    # A little room, as items stand on the middle lines themselves.
    return [k for k in range(PAIRS) if min(np.cos(angles[k]), np.sin(angles[k])) > 0.02]


def test_a_box_selects_pairs_and_says_what_they_are(tool: Open, article: ToolArticle) -> None:
    figure = tool("projection:tsne")
    figure.press_button("draws a box")
    draw(figure, "scatter", [(0.505, 0.01), (0.99, 0.3), (0.99, 0.495)])
    picked = upper_right()
    title = summary(figure).locator(".summary-title").inner_text()
    count = len(picked)
    assert title == f"{count} of {PAIRS} pairs selected: {count} images, {count} texts"
    rest = [pair for pair in range(PAIRS) if pair not in picked]
    size = min(count, len(rest))
    for name, side in (("group", picked), ("others", rest)):
        gap, loss = batch_means(article.similarity(), side, size)
        cells = [summary(figure).locator(f"[data-value={name}-{key}]") for key in ("gap", "loss")]
        assert [cell.inner_text() for cell in cells] == [f"{gap:.3f}", f"{loss:.3f}"]
    assert f"batches of {size} pairs" in summary(figure).inner_text()
    figure.press_button("Show only these")
    figure.wait("ready")
    figure.rest()
    assert figure.readouts() == article.readouts(in_order(article.similarity(), picked))
    assert found(figure) == f"{count} of {PAIRS} pairs chosen."
    assert note(figure) == "cut out of the layout of all pairs; computed for this state"
    figure.press_button("Show all")
    figure.wait("ready")
    figure.rest()
    assert figure.readouts() == article.readouts(article.similarity())


def test_the_summary_has_room_once_selecting_begins(tool: Open) -> None:
    figure = tool("projection:tsne")
    heights = [figure.element.bounding_box()]
    figure.press_button("a lasso")
    figure.frames()
    heights.append(figure.element.bounding_box())
    draw(figure, "scatter", [(0.5, 0.5), (0.9, 0.3), (1, 0.5), (0.9, 0.7), (0.5, 0.52)])
    heights.append(figure.element.bounding_box())
    figure.press_button("Reset")
    figure.rest()
    heights.append(figure.element.bounding_box())
    first, *others = [box["height"] for box in heights if box is not None]
    assert others == [others[0]] * 3
    assert others[0] > first + 100


def test_a_lasso_selects_what_it_encloses(tool: Open) -> None:
    figure = tool("projection:tsne")
    figure.press_button("a lasso")
    # A wedge about the right end of the circle: the first image and the last text, and neighbours.
    draw(figure, "scatter", [(0.5, 0.5), (0.9, 0.3), (1, 0.5), (0.9, 0.7), (0.5, 0.52)])
    text = summary(figure).locator(".summary-title").inner_text()
    assert 4 <= int(text.split()[0]) <= 20
    assert "!1-" in figure.page.url
    figure.press_button("Clear selection")
    figure.rest()
    assert "No pairs are selected" in summary(figure).inner_text()


FINGER: Final = """
([name, x, y]) => {
  const { left, top, width, height } = document
    .querySelector("#fig-tool .view-scatter canvas").getBoundingClientRect();
  document.querySelector("#fig-tool .view-scatter .frame").dispatchEvent(new PointerEvent(name, {
    bubbles: true, pointerType: "touch", pointerId: 7, isPrimary: true, button: 0,
    clientX: left + x * width, clientY: top + y * height,
  }));
}
"""


def test_a_finger_draws_without_marking_anything(tool: Open) -> None:
    figure = tool("projection:tsne")
    figure.press_button("draws a box")
    touch = "getComputedStyle(document.querySelector('#fig-tool .view-scatter canvas')).touchAction"
    assert figure.page.evaluate(touch) == "none"
    for event in (
        ("pointerdown", 0.505, 0.01),
        ("pointermove", 0.9, 0.3),
        ("pointermove", 0.99, 0.495),
        ("pointerup", 0.99, 0.495),
    ):
        figure.page.evaluate(FINGER, event)
    figure.rest()
    assert summary(figure).inner_text().startswith(f"{len(upper_right())} of {PAIRS} pairs")
    assert figure.inspected()["titles"] == []


def test_rows_of_the_matrix_are_selected_by_a_box(tool: Open) -> None:
    figure = tool()
    figure.press_button("draws a box")
    draw(figure, "heatmap", [(0.1, 10.1 / 120), (0.4, 14.9 / 120)])
    assert figure.page.url.endswith("picked:study!11-15")


def test_keys_select_pairs_and_clusters(tool: Open, article: ToolArticle) -> None:
    figure = tool("order:text-text")
    view = figure.view("scatter")
    view.focus()
    view.press("Home")
    view.press(" ")
    figure.rest()
    assert summary(figure).inner_text().startswith("1 of 60 pairs selected: 1 images")
    view.press(" ")
    figure.rest()
    assert "No pairs are selected" in summary(figure).inner_text()
    figure.press_button("Select its cluster")
    figure.rest()
    labels = python_labels(article.similarity(), ("text", "text"), 4)
    count = int((labels == labels[0]).sum())
    assert summary(figure).inner_text().startswith(f"{count} of 60 pairs selected")


def test_frequent_words_of_a_selection_are_those_that_lead(
    tool: Open, article: ToolArticle
) -> None:
    figure = tool("picked:study!1-12")
    figure.rest()
    words = [
        {word for word in text.split() if word not in STOP_WORDS}
        for text in article.captions[:PAIRS]
    ]
    within = Counter(word for found in words[:12] for word in found)
    beyond = Counter(word for found in words[12:] for word in found)
    leads = {word: within[word] / 12 - beyond[word] / 48 for word in within}
    ranked = sorted(
        (word for word in within if leads[word] > 0), key=lambda word: (-leads[word], word)
    )
    shown = summary(figure).locator(".summary-words li").all_inner_texts()
    assert shown == [
        f"{word} {within[word]} of 12, {beyond[word]} of 48 in the rest" for word in ranked[:6]
    ]
    assert summary(figure).locator(".summary-examples .card-picture").count() == 6


def test_a_button_that_does_nothing_now_says_so_and_keeps_the_focus(tool: Open) -> None:
    figure = tool("picked:study!1-12")
    clear = figure.element.get_by_role("button", name="Clear selection")
    assert clear.get_attribute("aria-disabled") == "false"
    clear.focus()
    clear.press("Enter")
    figure.rest()
    assert clear.get_attribute("aria-disabled") == "true"
    expect(clear).to_be_focused()


# -- how points and lines look -----------------------------------------------------------------


def test_points_are_drawn_as_their_pictures(tool: Open) -> None:
    figure = tool("projection:umap,points:pictures,lines:none")
    expect(figure.element.locator(".layout-note")).to_have_text("computed for this state")
    figure.rest()
    area = figure.plot_area("scatter")
    # The last image is drawn over its neighbours on the stored circle.
    angle, half = 2 * math.pi * (PAIRS - 1) / (2 * PAIRS), 1.06 * 4
    x = (1 + 3 * math.cos(angle) / half) / 2 * area["width"]
    y = (1 - 3 * math.sin(angle) / half) / 2 * area["height"]
    places = [(x, y), (x - 7, y - 7), (x + 7, y - 7)]
    for colour in figure.pixels("scatter", places):
        assert np.abs(np.subtract(colour, cell_colour(PAIRS - 1))).max() <= 4
    figure.element.get_by_label("Pictures as points").uncheck()
    figure.frames()
    (colour,) = figure.pixels("scatter", [(x - 7, y - 7)])
    assert np.abs(np.subtract(colour, cell_colour(PAIRS - 1))).max() > 20


def test_lines_are_as_strong_as_their_pairs_are_similar(tool: Open) -> None:
    figure = tool()
    pictures = [figure.picture("scatter")]
    legend = figure.element.locator(".line-legend")
    expect(legend).to_be_hidden()
    lines = figure.element.get_by_role("combobox", name="Lines")
    for value in ("similarity", "none"):
        lines.select_option(value)
        figure.frames()
        pictures.append(figure.picture("scatter"))
        expect(legend).to_be_visible(visible=value == "similarity")
    assert len(set(pictures)) == 3


def test_the_key_is_hidden_until_asked_for(tool: Open) -> None:
    figure = tool()
    legend = figure.element.locator(".key-legend")
    assert legend.inner_text() == ""
    before = figure.picture("scatter"), figure.picture("heatmap")
    figure.element.get_by_label("Show the key").check()
    figure.frames()
    sizes = {name: len(pairs) for name, pairs in MARKS.items()}
    kinds = legend.locator(".key-kind").all_inner_texts()
    assert kinds == [f"◯ blurred ({sizes['blurred']})", f"□ swapped ({sizes['swapped']})"]
    assert figure.picture("scatter") != before[0]
    assert figure.picture("heatmap") != before[1]
    figure.element.get_by_label("Show the key").uncheck()
    figure.frames()
    assert (figure.picture("scatter"), figure.picture("heatmap")) == before


def test_names_of_clusters_can_be_hidden(tool: Open) -> None:
    figure = tool("order:text-text")
    figure.rest()
    named = figure.picture("scatter")
    figure.element.get_by_label("Names of clusters").uncheck()
    figure.frames()
    assert figure.picture("scatter") != named
    assert "names:off" not in figure.page.url
    figure.rest()
    assert "names:off" in figure.page.url


# -- all together ------------------------------------------------------------------------------

STATE: Final = (
    "model:second,share:0.4,projection:umap,order:image-text,clusters:6,distance:euclidean,"
    "lines:similarity,points:pictures,names:off,key:shown,match:any,picked:study!2-5"
)


def test_no_control_undoes_another(tool: Open) -> None:
    figure = tool(STATE)
    figure.rest()
    figure.press_button("First")
    figure.wait("ready")
    search(figure, "dog")
    figure.rest()
    search(figure, "")
    figure.press_button("Second")
    figure.wait("ready")
    figure.rest()
    state = figure.page.url.split("fig-tool=")[1]
    assert sorted(state.split(",")) == sorted(STATE.split(","))
    assert summary(figure).inner_text().startswith("4 of 60 pairs selected")
    figure.press_button("Reset")
    figure.wait("ready")
    figure.rest()
    assert "fig-tool" not in figure.page.url
    assert "No pairs are selected" in summary(figure).inner_text()


def test_a_link_in_the_text_looks_for_words(tool: Open, article: ToolArticle) -> None:
    figure = tool()
    figure.page.get_by_text("a link that looks for dogs").click()
    expect(figure.element.locator(".filter-found")).to_contain_text("“red” and “dog”")
    figure.wait("ready")
    figure.rest()
    pairs = pairs_with(article, "red", "dog")
    closed = geometry.close_gap(article.of_pool(pairs), (len(pairs),) * 2)
    assert figure.readouts() == article.readouts(closed, digits=2)


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_when_it_comes_alive(
    browser: Browser, article: ToolArticle, serve: Serve, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.route("**/plotly-*.js", lambda route: None)
    page.route("**/space-*.json", lambda route: None)
    page.goto(serve(article.site))
    figure = Figure(page, "fig-tool")
    figure.wait("loading")
    static = figure.element.bounding_box()
    view = figure.element.locator(".view-scatter").bounding_box()
    page.unroute("**/space-*.json")
    page.reload()
    figure.wait("ready")
    live = figure.element.bounding_box()
    assert static is not None
    assert live is not None
    assert live["height"] == pytest.approx(static["height"], abs=1)
    assert figure.element.locator(".view-scatter").bounding_box() == view
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0
    more = figure.element.get_by_role("button", name="More controls")
    assert more.is_visible() == (width == 390)
    if width == 390:
        expect(figure.element.get_by_label("Pictures as points")).to_be_hidden()
        more.click()
        expect(figure.element.get_by_label("Pictures as points")).to_be_visible()
        assert more.get_attribute("aria-expanded") == "true"
    context.close()


# -- three modalities --------------------------------------------------------------------------


def test_three_modalities_are_clustered_by_any_two(tool: Open, article: ToolArticle) -> None:
    figure = tool("order:molecule-sound,clusters:2", name="three")
    options = figure.order.locator("option").evaluate_all("(all) => all.map((o) => o.value)")
    assert options == [
        "given",
        *("text-text", "molecule-molecule", "sound-sound"),
        *("text-molecule", "text-sound", "molecule-sound", "like"),
    ]
    similarity = article.similarity(dataset="three")
    block = similarity[TRIPLES : 2 * TRIPLES, 2 * TRIPLES :]
    assert block.shape == (TRIPLES, TRIPLES)
    part = np.zeros((2 * TRIPLES, 2 * TRIPLES))
    part[:TRIPLES, TRIPLES:] = block
    labels = python_labels(part, ("image", "text"), 2)
    names = name_clusters(article.captions[:TRIPLES], labels)
    sizes = Counter(labels.tolist())
    expected = sorted(names[label] for label, size in sizes.items() if size > 5)
    assert expected
    assert sorted(figure.element.locator(".cluster-list li").all_text_contents()) == expected


def test_molecules_are_shown_and_sounds_are_played(tool: Open) -> None:
    figure = tool(name="three")
    asked: list[str] = []
    figure.page.on("request", lambda request: asked.append(request.url))
    area = figure.plot_area("heatmap")
    figure.hover("heatmap", cell_centre(area, 3 * TRIPLES, TRIPLES + 2, 2 * TRIPLES + 2))
    assert figure.inspected()["titles"] == ["■ molecule 3", "▲ sound 3"]
    assert "CCCO" in figure.element.locator(".inspector").inner_text()
    player = figure.element.locator(".inspector audio")
    expect(player).to_have_attribute("controls", "")
    expect(player).to_have_attribute("aria-label", re.compile("^sound 3, of “"))
    assert not any(url.endswith(".wav") for url in asked)
    with figure.page.expect_request("**/data/three/sound-2.*.wav"):
        player.evaluate("(audio) => audio.play().catch(() => {})")


@pytest.mark.parametrize(
    "state", ["order:text-text,picked:study!1-9,key:shown,lines:similarity", "words:xyzzy"]
)
def test_axe_finds_nothing_wrong(tool: Open, state: str) -> None:
    figure = tool(state)
    figure.rest()
    assert violations(figure.page, "#fig-tool") == []

"""Everything in a figure can be reached and worked by keyboard, and is said aloud."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live_article import PAIRS, LiveArticle
from tests.browser.reader import Figure, open_article

pytestmark = pytest.mark.browser

SIZE = 2 * PAIRS

Explorer = Callable[..., Figure]


@pytest.fixture
def explorer(page: Page, live_address: str) -> Explorer:
    """Open the page and give its explorer."""

    def open_explorer(query: str = "", *, plotly: bool = False) -> Figure:
        open_article(page, f"{live_address}/{query}", plotly=plotly)
        return Figure(page, "fig-explorer")

    return open_explorer


def press(figure: Figure, *keys: str) -> None:
    """Press keys one after the other, and let the figure follow."""
    for key in keys:
        figure.page.keyboard.press(key)
    figure.frames()


def titles(figure: Figure) -> list[str]:
    """Titles of the items that are shown."""
    shown: list[str] = figure.inspected()["titles"]
    return shown


# -- reaching things ---------------------------------------------------------------------------


def test_tab_stops_once_at_every_control_and_view(explorer: Explorer) -> None:
    figure = explorer(plotly=True)
    figure.element.get_by_role("button", name="First", exact=True).focus()
    stops = []
    for _ in range(16):
        stops.append(
            figure.page.evaluate(
                """() => {
                  const at = document.activeElement;
                  return at.getAttribute("aria-roledescription") ?? at.getAttribute("aria-label")
                    ?? (at.tagName === "SELECT" ? "Order" : at.textContent);
                }"""
            )
        )
        press(figure, "Tab")
    assert stops == [
        "First",
        "Second",
        "Third",
        "Reset",
        "Share of the gap closed",
        "as trained",
        "closed",
        "Order",
        "heatmap",
        "Zoom",
        "PCA",
        "t-SNE",
        "UMAP",
        "scatter plot",
        "Zoom",
        stops[-1],
    ]


def test_tools_are_one_stop_with_arrow_keys_between_them(explorer: Explorer) -> None:
    figure = explorer(plotly=True)
    tools = figure.view("heatmap").get_by_role("toolbar", name="Zoom and download")
    tools.get_by_role("button").first.focus()
    press(figure, "ArrowRight", "ArrowRight")
    expect(tools.get_by_role("button", name="Zoom in")).to_be_focused()
    press(figure, "ArrowLeft", "ArrowLeft", "ArrowLeft")
    expect(tools.get_by_role("button", name="Download as PNG")).to_be_focused()
    # The keys of the tools are not those of the view.
    assert titles(figure) == []


def test_focus_can_be_seen(explorer: Explorer) -> None:
    figure = explorer()
    figure.order.focus()
    press(figure, "Tab")
    outline = figure.view("heatmap").evaluate("(view) => getComputedStyle(view).outline")
    assert "solid" in outline
    assert "2px" in outline


def test_views_say_what_they_are_and_how_to_use_them(explorer: Explorer) -> None:
    figure = explorer("?fig-explorer=share:1,order:text-text")
    figure.rest()
    heatmap = figure.view("heatmap")
    expect(heatmap).to_have_accessible_name(
        "Cosine similarities of 120 items, images, then texts: First model, gap closed, "
        "ordered by clusters of texts"
    )
    description = figure.page.locator(f"#{heatmap.get_attribute('aria-describedby')}")
    assert (description.text_content() or "").startswith("Arrow keys go from cell to cell")
    expect(figure.view("scatter")).to_have_accessible_name(
        "PCA of 120 items, pairs joined by lines: First model, gap closed"
    )


# -- the slider --------------------------------------------------------------------------------


def test_keys_move_the_share_in_steps(explorer: Explorer, live_article: LiveArticle) -> None:
    figure = explorer("?fig-explorer=share:0.62")
    figure.slider.focus()
    for key, share in (
        ("ArrowRight", 0.65),
        ("ArrowUp", 0.7),
        ("ArrowLeft", 0.65),
        ("ArrowDown", 0.6),
        ("PageUp", 0.85),
        ("PageDown", 0.6),
        ("End", 1.5),
        ("ArrowRight", 1.5),
        ("Home", 0),
        ("ArrowLeft", 0),
    ):
        press(figure, key)
        assert figure.state()["share"] == share
        assert figure.readouts() == live_article.readouts(share=share)


def test_twenty_steps_close_the_gap_exactly(explorer: Explorer) -> None:
    figure = explorer()
    figure.slider.focus()
    press(figure, *["ArrowRight"] * 20)
    assert figure.slider.get_attribute("aria-valuetext") == "gap closed"


# -- the matrix --------------------------------------------------------------------------------


def test_arrows_go_from_cell_to_cell(explorer: Explorer) -> None:
    figure = explorer()
    figure.view("heatmap").focus()
    press(figure, "ArrowRight")
    assert titles(figure) == ["● image 1", "■ text 1"]
    for keys, expected in (
        (["ArrowDown"], ["● image 2", "■ text 1"]),
        (["ArrowRight"], ["● image 2", "■ text 2"]),
        (["Shift+ArrowDown"], ["● image 12", "■ text 2"]),
        (["ArrowLeft", "ArrowLeft"], ["● image 12", "● image 60"]),
        (["PageDown"] * 5, ["■ text 2", "● image 60"]),
        (["End"], ["■ text 2", "■ text 60"]),
        (["Home"], ["■ text 2", "● image 1"]),
        (["ArrowLeft"], ["■ text 2", "● image 1"]),
        (["Control+End"], ["■ text 60", "■ text 60"]),
        (["Control+Home"], ["● image 1", "● image 1"]),
        (["Enter"], ["● image 1", "■ text 1"]),
        (["Escape"], []),
    ):
        press(figure, *keys)
        assert titles(figure) == expected


def test_arrows_follow_the_order_that_is_shown(
    explorer: Explorer, live_article: LiveArticle
) -> None:
    order = live_article.space().clusterings[0].order
    figure = explorer("?fig-explorer=order:image-image")
    figure.view("heatmap").focus()
    press(figure, "ArrowRight", "ArrowDown")
    assert titles(figure) == [f"● image {order[1] + 1}", f"■ text {order[0] + 1}"]


def test_a_marked_cell_is_said_and_marks_the_scatter(
    explorer: Explorer, live_article: LiveArticle
) -> None:
    figure = explorer()
    before = figure.picture("scatter")
    figure.view("heatmap").focus()
    press(figure, "ArrowRight", *["ArrowDown"] * 4)
    similarity = live_article.similarity()
    value = f"{similarity[4, PAIRS]:.2f}".replace("-", "−")
    said = figure.said()
    assert said.startswith("image 5, of “caption 5” and text 1, “<img src=x onerror=")
    assert f": {value}, cosine similarity; this text is no. " in said
    assert figure.picture("scatter") != before
    press(figure, "Escape")
    assert figure.said() == "Nothing is marked."
    assert figure.picture("scatter") == before


def test_keys_zoom_and_the_cell_stays_in_sight(explorer: Explorer) -> None:
    figure = explorer(plotly=True)
    figure.view("heatmap").focus()
    press(figure, "ArrowRight", "Control+End", "+", "+")
    figure.rest()
    (left, right), (bottom, top) = figure.ranges("heatmap").values()
    assert right - left == pytest.approx(SIZE * 0.36)
    assert bottom - top == pytest.approx(SIZE * 0.36)
    assert right >= SIZE - 1
    assert bottom >= SIZE - 1
    press(figure, "Control+Home")
    figure.rest()
    (left, right), (bottom, top) = figure.ranges("heatmap").values()
    assert left <= 0 <= right
    assert top <= 0 <= bottom
    press(figure, "0")
    figure.rest()
    assert figure.ranges("heatmap") == {"x": [-0.5, SIZE - 0.5], "y": [SIZE - 0.5, -0.5]}


# -- the scatter -------------------------------------------------------------------------------


def test_arrows_go_to_the_nearest_point_in_their_direction(
    explorer: Explorer, live_article: LiveArticle
) -> None:
    """On a circle of 120 points from (1, 0) on: images are the upper half, texts the lower."""
    figure = explorer("?fig-explorer=projection:umap")
    figure.view("scatter").focus()
    press(figure, "Home")
    assert figure.said().startswith("image 1, of")
    press(figure, "ArrowUp", "ArrowUp")
    assert titles(figure) == ["● image 3", "■ text 3"]
    press(figure, "ArrowDown", "ArrowDown", "ArrowDown")
    # Below the first image comes the last text.
    assert titles(figure) == ["● image 60", "■ text 60"]
    press(figure, "ArrowUp")
    assert titles(figure) == ["● image 1", "■ text 1"]


def test_enter_goes_to_the_other_item_of_the_pair(explorer: Explorer) -> None:
    figure = explorer("?fig-explorer=projection:umap")
    figure.view("scatter").focus()
    press(figure, "Home")
    image = figure.picture("scatter")
    press(figure, "Enter")
    # The same pair, another ring; from the first text, at (-1, 0), up leads to the last image.
    assert titles(figure) == ["● image 1", "■ text 1"]
    assert figure.picture("scatter") != image
    press(figure, "ArrowUp")
    assert titles(figure) == ["● image 60", "■ text 60"]


def test_end_is_the_last_item_and_every_item_can_be_reached(
    explorer: Explorer, live_article: LiveArticle
) -> None:
    figure = explorer("?fig-explorer=projection:umap")
    figure.view("scatter").focus()
    press(figure, "End")
    assert titles(figure) == ["● image 60", "■ text 60"]
    seen = set()
    press(figure, "Home")
    for key in ["ArrowUp"] * 32 + ["ArrowLeft"] * 30 + ["ArrowDown"] * 62 + ["ArrowRight"] * 30:
        press(figure, key)
        seen.add(titles(figure)[0])
    assert len(seen) > 0.8 * PAIRS


# -- what changes is said ----------------------------------------------------------------------


def test_a_new_state_is_said_once_it_has_come_to_rest(
    explorer: Explorer, live_article: LiveArticle
) -> None:
    figure = explorer()
    assert figure.said() == ""
    figure.drag_to(0.3)
    figure.drag_to(0.62)
    values = live_article.readouts(share=0.62)
    said = figure.said()
    assert said.startswith("First model, 62 % of the gap closed. Gap distance ")
    gap, mean = (f"{float(values[name]):.2f}" for name in ("gap", "mean"))
    assert f"Gap distance {gap}, mean loss {mean} nats. Ordered as given. PCA, " in said
    figure.choose_order("text-text")
    order = "Ordered by clusters of texts, clusters: dogs, <b> (24); cats (20); trees (10)."
    assert order in figure.said()

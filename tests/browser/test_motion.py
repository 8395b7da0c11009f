"""Who wishes for less movement gets none: changes show at once, and the page does not glide."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.live_article import LiveArticle
from tests.browser.reader import Figure, open_article

pytestmark = pytest.mark.browser

CHANGES: dict[str, Callable[[Figure], None]] = {
    "share": lambda figure: figure.press_button("closed"),
    "order": lambda figure: figure.choose_order("text-text"),
    "projection": lambda figure: figure.press_button("t-SNE"),
}


@pytest.fixture
def still(page: Page, live_address: str) -> Figure:
    """The explorer, opened by a reader who wishes for less movement."""
    page.emulate_media(reduced_motion="reduce")
    open_article(page, live_address)
    return Figure(page, "fig-explorer")


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_shown_at_once(still: Figure, change: str) -> None:
    before = [still.picture(view) for view in ("heatmap", "scatter")]
    CHANGES[change](still)
    still.frames(2)
    shown = [still.picture(view) for view in ("heatmap", "scatter")]
    assert shown != before
    still.rest()
    assert [still.picture(view) for view in ("heatmap", "scatter")] == shown


def test_values_do_not_run_to_their_end(still: Figure, live_article: LiveArticle) -> None:
    still.press_button("closed")
    still.frames(2)
    assert still.readouts() == live_article.readouts(share=1)


def test_a_link_to_a_figure_jumps_there(page: Page, live_address: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_article(page, live_address)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.get_by_role("link", name="a link that closes the gap").evaluate("(link) => link.click()")
    # Without a frame in between: the end of the figure, which is higher than the window, is there.
    bottom = page.evaluate("document.querySelector('#fig-explorer').getBoundingClientRect().bottom")
    assert 0 < bottom <= page.evaluate("innerHeight") + 1

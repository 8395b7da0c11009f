"""Back and forward lead through the states that a reader has seen, one step for each thing done."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live_article import LiveArticle
from tests.browser.reader import Figure, open_article

pytestmark = pytest.mark.browser


@pytest.fixture
def figure(page: Page, live_address: str) -> Figure:
    """The explorer of the article, opened."""
    page.emulate_media(reduced_motion="reduce")
    open_article(page, live_address)
    return Figure(page, "fig-explorer")


def steps(page: Page) -> int:
    """How many entries the history has."""
    length: int = page.evaluate("history.length")
    return length


def model(figure: Figure, name: str) -> None:
    """Choose a model, and wait for it and for its address."""
    figure.press_button(name)
    figure.page.wait_for_url(f"**/?*model:{name.lower()}*")
    figure.wait("ready")


def test_every_choice_can_be_undone_and_done_again(
    figure: Figure, live_article: LiveArticle
) -> None:
    page, before = figure.page, steps(figure.page)
    model(figure, "Second")
    model(figure, "Third")
    assert steps(page) == before + 2
    page.go_back()
    expect(figure.element.get_by_role("button", name="Second")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(figure.element.locator("dd[data-value=gap]")).to_have_text(
        live_article.readouts("second")["gap"]
    )
    page.go_back()
    expect(figure.element.get_by_role("button", name="First")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert page.url.partition("?")[2] == ""
    page.go_forward()
    page.go_forward()
    expect(figure.element.locator("dd[data-value=gap]")).to_have_text(
        live_article.readouts("third")["gap"]
    )
    assert steps(page) == before + 2


def test_a_movement_is_one_step_whatever_it_passes(figure: Figure) -> None:
    page, before = figure.page, steps(figure.page)
    for share in (0.2, 0.4, 0.6):
        figure.drag_to(share)
        page.wait_for_url(f"**/?fig-explorer=share:{share}")
    assert steps(page) == before + 1
    page.go_back()
    expect(figure.slider).to_have_js_property("valueAsNumber", 0)
    page.go_forward()
    expect(figure.slider).to_have_js_property("valueAsNumber", 0.6)


def test_a_movement_after_another_choice_is_a_step_of_its_own(figure: Figure) -> None:
    page, before = figure.page, steps(figure.page)
    figure.drag_to(0.5)
    page.wait_for_url("**/?fig-explorer=share:0.5")
    model(figure, "Second")
    figure.drag_to(0.9)
    page.wait_for_url("**/?*share:0.9*")
    assert steps(page) == before + 3
    page.go_back()
    expect(figure.slider).to_have_js_property("valueAsNumber", 0.5)
    assert "model:second" in page.url


def test_a_movement_after_going_back_keeps_what_one_went_back_to(figure: Figure) -> None:
    page = figure.page
    figure.drag_to(0.5)
    page.wait_for_url("**/?fig-explorer=share:0.5")
    model(figure, "Second")
    page.go_back()
    page.wait_for_url("**/?fig-explorer=share:0.5")
    figure.wait("ready")
    figure.drag_to(0.8)
    page.wait_for_url("**/?fig-explorer=share:0.8")
    page.go_back()
    expect(figure.slider).to_have_js_property("valueAsNumber", 0.5)


def test_a_link_in_the_text_is_a_step(figure: Figure) -> None:
    page, before = figure.page, steps(figure.page)
    page.get_by_role("link", name="a link that closes the gap").click()
    assert page.url.endswith("?fig-explorer=share:1,order:image-image")
    assert steps(page) == before + 1
    page.go_back()
    expect(figure.slider).to_have_js_property("valueAsNumber", 0)
    expect(figure.order).to_have_value("given")


def test_an_address_that_is_corrected_is_no_step(page: Page, live_address: str) -> None:
    page.goto(live_address)
    before = steps(page)
    open_article(page, f"{live_address}/?fig-explorer=order:sideways,share:.50")
    figure = Figure(page, "fig-explorer")
    figure.rest()
    assert steps(page) == before + 1
    expect(figure.order).to_have_value("given")


def test_steps_through_sections_and_figures_mix(figure: Figure) -> None:
    page = figure.page
    model(figure, "Second")
    page.evaluate("location.hash = 'fig-scatter'")
    page.go_back()
    expect(figure.element.get_by_role("button", name="Second")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.go_back()
    expect(figure.element.get_by_role("button", name="First")).to_have_attribute(
        "aria-pressed", "true"
    )

"""Citations, notes and formulas shown where the text names them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.reading_article import NOTE

pytestmark = pytest.mark.browser


@pytest.fixture
def reading(page: Page, reading_address: str) -> Page:
    """The article, opened, without smooth scrolling."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(reading_address)
    return page


@pytest.fixture
def phone(browser: Browser, reading_address: str) -> Iterator[Page]:
    """The article on a very low screen, where the note is not on the screen with its call."""
    context = browser.new_context(
        viewport={"width": 390, "height": 200}, has_touch=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(reading_address)
    yield page
    context.close()


def citation(page: Page) -> Locator:
    return page.locator("#cited-lovelace1843-1")


def preview(page: Page) -> Locator:
    return page.get_by_role("group", name="Preview")


def test_pointing_at_a_citation_shows_the_reference(reading: Page) -> None:
    citation(reading).hover()
    expect(preview(reading)).to_contain_text("A. Lovelace (1843). Notes <b> & more.")
    expect(preview(reading).get_by_role("link", name="doi:10.1000/1")).to_be_visible()
    expect(preview(reading).locator("[role=doc-backlink]")).to_have_count(0)
    preview(reading).hover()
    reading.wait_for_timeout(400)
    expect(preview(reading)).to_be_visible()
    reading.mouse.move(5, 5)
    expect(preview(reading)).to_have_count(0)


def test_a_click_keeps_the_preview_and_the_reading_position(reading: Page) -> None:
    citation(reading).scroll_into_view_if_needed()
    before = reading.evaluate("scrollY")
    citation(reading).click()
    reading.mouse.move(5, 5)
    reading.wait_for_timeout(400)
    expect(preview(reading)).to_be_visible()
    assert reading.evaluate("scrollY") == before
    assert reading.url.partition("#")[2] == ""
    reading.mouse.click(5, 300)
    expect(preview(reading)).to_have_count(0)


def test_with_the_keyboard_a_preview_is_read_entered_and_left(reading: Page) -> None:
    reading.get_by_role("link", name="Figure 2", exact=True).focus()
    reading.keyboard.press("Tab")
    expect(citation(reading)).to_be_focused()
    expect(preview(reading)).to_be_visible()
    description = re.compile(r"A\. Lovelace \(1843\)")
    expect(citation(reading)).to_have_accessible_description(description)
    reading.keyboard.press("Tab")
    expect(preview(reading).get_by_role("link", name="doi:10.1000/1")).to_be_focused()
    reading.keyboard.press("Escape")
    expect(preview(reading)).to_have_count(0)
    expect(citation(reading)).to_be_focused()
    reading.keyboard.press("Tab")
    expect(reading.get_by_role("link", name="Equation 1")).to_be_focused()


def test_a_preview_leads_on_and_back(reading: Page) -> None:
    citation(reading).click()
    before = reading.evaluate("scrollY")
    preview(reading).get_by_role("link", name="In the list of references").click()
    expect(reading.locator("#ref-lovelace1843")).to_be_in_viewport()
    expect(preview(reading)).to_have_count(0)
    reading.go_back()
    expect(citation(reading)).to_be_in_viewport()
    assert abs(reading.evaluate("scrollY") - before) < 2


def test_a_formula_is_shown_as_it_is_set(reading: Page) -> None:
    reading.get_by_role("link", name="Equation 1").first.hover()
    expect(preview(reading).locator("math")).to_have_count(2)


def test_a_note_in_sight_is_pointed_out_rather_than_repeated(reading: Page) -> None:
    reading.locator("#call-1").click()
    expect(reading.locator("#note-1.pointed-out")).to_be_visible()
    expect(preview(reading)).to_have_count(0)
    assert reading.evaluate("scrollY") == 0
    reading.keyboard.press("Escape")
    expect(reading.locator(".pointed-out")).to_have_count(0)


def test_a_tap_shows_a_note_within_the_screen(phone: Page) -> None:
    phone.locator("#call-1").evaluate("call => call.scrollIntoView({ block: 'end' })")
    phone.locator("#call-1").tap()
    expect(preview(phone)).to_contain_text(NOTE)
    box = preview(phone).bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    phone.touchscreen.tap(380, 60)
    expect(preview(phone)).to_have_count(0)


def test_other_clicks_are_the_browsers(reading: Page, reading_address: str) -> None:
    with reading.context.expect_page() as opened:
        citation(reading).click(modifiers=["ControlOrMeta"])
    assert opened.value.url.endswith("#ref-lovelace1843")
    expect(preview(reading)).to_have_count(0)


def test_without_scripts_a_citation_leads_to_the_reference(
    browser: Browser, reading_address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(reading_address)
    citation(page).click()
    expect(page.locator("#ref-lovelace1843")).to_be_in_viewport()
    context.close()

"""The page for everyone: axe, landmarks, headings, the keyboard, narrow screens, little motion."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations

pytestmark = pytest.mark.browser

FIGURES = ("fig-explorer", "fig-loss")
WIDTHS = (360, 390, 768, 1280, 1920)
WIDER_THAN_THE_SCREEN = """() => [...document.querySelectorAll("main *, header *, nav *")]
  .filter((e) => e.checkVisibility() && !e.closest(".table, .unseen, .figure-body"))
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => e.outerHTML.slice(0, 200))"""


@pytest.fixture
def reading(page: Page, reading_address: str) -> Page:
    """The article, opened."""
    page.goto(reading_address)
    return page


@pytest.fixture
def phone(browser: Browser, reading_address: str) -> Iterator[Page]:
    """The article on a phone."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(reading_address)
    yield page
    context.close()


def bring_figures(page: Page) -> None:
    """Scroll to every figure until it is live."""
    for name in FIGURES:
        page.locator(f"#{name}").scroll_into_view_if_needed()
        page.locator(f"#{name}[data-state=ready]").wait_for()


def open_all(page: Page) -> None:
    """Open everything that can be folded."""
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    page: Page, reading_address: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(reading_address)
    bring_figures(page)
    page.evaluate("scrollTo(0, 0)")  # nothing is half below the bar of the contents
    assert violations(page) == []
    open_all(page)
    page.locator("a.citation").first.focus()
    assert violations(page) == []


def test_axe_finds_nothing_where_no_script_arrives(page: Page, reading_address: str) -> None:
    page.route("**/*.js", lambda route: route.abort())
    page.goto(reading_address)
    expect(page.locator("#fig-explorer .figure-static")).to_be_visible()
    assert violations(page) == []


def test_there_is_one_of_each_landmark_and_one_title(reading: Page) -> None:
    for role in ("banner", "main", "navigation"):
        expect(reading.locator(f"css=body >> role={role}")).to_have_count(1)
    expect(reading.get_by_role("heading", level=1)).to_have_count(1)


def test_headings_step_down_one_level_at_a_time(reading: Page) -> None:
    headings = "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((h) => +h.localName[1])"
    levels: list[int] = reading.evaluate(headings)
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_a_heading_is_named_by_its_words_alone(reading: Page) -> None:
    expect(reading.locator("#a-part")).to_have_accessible_name("A part")
    expect(reading.get_by_role("heading", name="A part", exact=True)).to_be_visible()


def test_every_figure_has_a_name_a_description_and_its_data(reading: Page) -> None:
    for name, title in zip(FIGURES, ("Figure 1. All of it", "Figure 2. The loss"), strict=True):
        figure = reading.get_by_role("figure", name=title)
        expect(figure).to_have_accessible_description(f"{title} What to see.")
        expect(figure).to_have_id(name)
        expect(figure.locator("a[download]")).not_to_have_count(0)


def test_the_first_key_leads_past_the_title(reading: Page) -> None:
    reading.keyboard.press("Tab")
    skip = reading.get_by_role("link", name="Skip to the text")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    reading.keyboard.press("Enter")
    reading.keyboard.press("Tab")
    assert reading.evaluate("document.activeElement.closest('main') !== null")


def test_everything_outside_of_figures_shows_that_it_is_focused(reading: Page) -> None:
    focusable = "a[href], button, summary, [tabindex='0']"
    reading.keyboard.press("Tab")
    hidden = reading.evaluate(
        """(focusable) => [...document.querySelectorAll(focusable)]
          .filter((e) => e.checkVisibility() && !e.closest(".figure-body"))
          .filter((e) => {
            e.focus({ focusVisible: true });
            const { outlineStyle, outlineWidth, opacity } = getComputedStyle(e);
            return outlineStyle === "none" || parseFloat(outlineWidth) < 2 || opacity === "0";
          }).map((e) => e.outerHTML)""",
        focusable,
    )
    assert hidden == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off_or_scrolls_sideways(
    page: Page, reading_address: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(reading_address)
    bring_figures(page)
    open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(WIDER_THAN_THE_SCREEN) == []


@pytest.mark.parametrize("width", [360, 1280])
def test_a_formula_is_seen_whole(page: Page, reading_address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(reading_address)
    formula = "document.querySelector('#eq-loss')"
    assert page.evaluate(f"{formula}.scrollWidth <= {formula}.clientWidth")
    assert page.evaluate(f"{formula}.querySelectorAll('math').length") == 2


def test_contents_stay_at_hand_on_a_phone(phone: Page) -> None:
    phone.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    bar = phone.get_by_text("Contents", exact=True)
    expect(bar).to_be_in_viewport(ratio=1)
    bar.tap()
    phone.get_by_role("navigation", name="Contents").get_by_role("link", name="A part").tap()
    heading = phone.get_by_role("heading", name="A part")
    expect(heading).to_be_in_viewport(ratio=1)
    box, above = heading.bounding_box(), phone.locator("nav.contents").bounding_box()
    assert box
    assert above
    assert box["y"] >= above["y"] + above["height"]


def test_contents_close_by_escape_and_by_a_tap_elsewhere(phone: Page) -> None:
    bar, link = phone.get_by_text("Contents", exact=True), phone.locator("nav a").first
    bar.tap()
    expect(link).to_be_visible()
    phone.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(phone.locator("nav summary")).to_be_focused()
    bar.tap()
    phone.touchscreen.tap(200, 800)
    expect(link).to_be_hidden()


def test_under_reduced_motion_nothing_moves_by_itself(page: Page, reading_address: str) -> None:
    behavior = "getComputedStyle(document.documentElement).scrollBehavior"
    page.goto(reading_address)
    assert page.evaluate(behavior) == "smooth"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(behavior) == "auto"
    page.get_by_role("link", name="Close the gap").click()
    page.locator("#fig-explorer[data-state=ready]").wait_for()
    assert page.evaluate("document.getAnimations().length") == 0


def test_sections_can_be_linked_to(reading: Page) -> None:
    reading.get_by_role("heading", name="Within it").hover()
    reading.get_by_role("link", name="Link to the section Within it").click()
    assert reading.url.endswith("#within-it")


def test_a_reference_leads_back_to_the_text(reading: Page) -> None:
    reading.get_by_role("link", name="Shannon and Weaver, 1948: back to citation 1 of 1").click()
    assert reading.url.endswith("#cited-shannon1948-1")
    expect(reading.locator("#cited-shannon1948-1")).to_be_in_viewport()

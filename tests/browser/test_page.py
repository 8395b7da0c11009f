"""The page around its figures: colours, contents, notes, paper, no scripts, opened as a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from article import site
from tests.article.small_article import EXPLORER, LANDSCAPE, small_article
from tests.browser.conftest import Serve

pytestmark = pytest.mark.browser

TEXT = f"""\
A first paragraph with a note[^1] and a formula $\\langle x, y \\rangle$.

{EXPLORER}

## A part

[Close the gap](try:fig-explorer?share=1), see [](#fig-loss) [@lovelace1843].

$$
\\frac{{1}}{{N}} \\sum_i \\log \\frac{{\\exp(s K_{{ii}})}}{{\\sum_j \\exp(s K_{{ij}})}}
$$ (eq-loss)

| a | wide | table | of | many | columns | that | a | phone | cannot | show | whole |
|---|---|---|---|---|---|---|---|---|---|---|---|
| one | two | three | four | five | six | seven | eight | nine | ten | eleven | twelve |

{LANDSCAPE}

### Within it

{"Words to scroll by. " * 300}

[^1]: The note.
"""
DARK, LIGHT = "rgb(22, 24, 28)", "rgb(253, 252, 249)"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site."""
    folder = tmp_path_factory.mktemp("page")
    site.write(site.build(small_article(folder / "essay").text(TEXT).folder), folder / "public")
    return folder / "public"


@pytest.fixture
def address(built: Path, serve: Serve) -> str:
    return serve(built)


def background(page: Page) -> str:
    color: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return color


def test_colours_follow_the_system_until_they_are_switched(page: Page, address: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(address)
    switch = page.get_by_role("button", name="Dark colours")
    expect(switch).to_have_attribute("aria-pressed", "true")
    assert background(page) == DARK
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert background(page) == LIGHT
    page.reload()
    assert background(page) == LIGHT


def test_contents_stand_beside_the_text_and_fold_away_on_a_phone(page: Page, address: str) -> None:
    page.goto(address)
    link = page.get_by_role("navigation", name="Contents").get_by_role("link", name="Within it")
    expect(link).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(link).to_be_hidden()
    page.get_by_text("Contents", exact=True).click()
    link.click()
    expect(page.locator("#within-it")).to_be_in_viewport()
    expect(link).to_be_hidden()


def test_a_note_stands_beside_its_paragraph_and_below_it_on_a_phone(
    page: Page, address: str
) -> None:
    page.goto(address)
    paragraph = page.locator(".noted > p").bounding_box()
    note = page.locator("#note-1").bounding_box()
    assert paragraph
    assert note
    assert note["x"] >= paragraph["x"] + paragraph["width"]
    assert abs(note["y"] - paragraph["y"]) < 12
    page.set_viewport_size({"width": 390, "height": 844})
    paragraph = page.locator(".noted > p").bounding_box()
    note = page.locator("#note-1").bounding_box()
    assert paragraph
    assert note
    assert note["y"] >= paragraph["y"] + paragraph["height"]


@pytest.mark.parametrize("width", [360, 390, 768, 1280, 1920])
def test_nothing_scrolls_sideways(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_first_figure_can_be_touched_on_the_first_screen(page: Page, address: str) -> None:
    page.goto(address)
    slider = page.locator("#fig-explorer").get_by_role("slider")
    expect(slider).to_be_in_viewport(ratio=1)
    view = page.locator("#fig-explorer .view").first.bounding_box()
    assert view
    assert view["y"] < 560


def test_no_text_is_smaller_than_12_pixels(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(address)
    small = page.evaluate(
        """[...document.querySelectorAll("body *")]
          .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
          .filter((e) => e.checkVisibility() && !e.closest("math"))
          .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 12)
          .map((e) => e.outerHTML)"""
    )
    assert small == []


def test_the_policy_of_the_page_blocks_nothing_of_its_own(page: Page, address: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(address)
    page.locator("#fig-explorer[data-state=ready]").wait_for()
    page.locator("#fig-loss").scroll_into_view_if_needed()
    page.locator("#fig-loss[data-state=ready]").wait_for()
    assert complaints == []
    assert hosts == {address.split("/")[2]}


def test_without_scripts_text_and_pictures_are_whole(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    expect(page.locator("noscript p")).to_be_visible()
    for name in ("fig-explorer", "fig-loss"):
        expect(page.locator(f"#{name} .figure-static")).to_be_visible()
    expect(page.get_by_role("img", name="Four quadrants.")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    page.get_by_role("link", name="Close the gap").click()
    expect(page.locator("#fig-explorer")).to_be_in_viewport()
    context.close()


def test_opened_as_a_file_it_says_how_to_be_served(context: BrowserContext, built: Path) -> None:
    page = context.new_page()
    page.goto((built / "index.html").as_uri())
    notice = page.get_by_text("python -m http.server")
    expect(notice).to_be_visible()
    expect(page.locator("#fig-explorer .figure-static img")).to_be_visible()
    assert page.evaluate("document.querySelector('#fig-explorer img').naturalWidth") == 6


def test_served_it_says_nothing_of_files(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("python -m http.server")).to_be_hidden()


def test_on_paper_it_is_dark_on_white_and_without_controls(page: Page, address: str) -> None:
    page.emulate_media(color_scheme="dark", media="print")
    page.goto(address)
    assert background(page) == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    expect(page.get_by_role("navigation", name="Contents")).to_be_hidden()
    expect(page.locator(".theme-switch")).to_be_hidden()
    expect(page.locator("#note-1")).to_be_visible()

"""Links and citations are copied with or without the clipboard; data are read as tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from article.downloads import landscape_csv
from tests.browser.live_article import LiveArticle
from tests.browser.reader import Figure, open_article

pytestmark = pytest.mark.browser

CLOSED = "navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'));"
NOTHING_AT_ALL = f"{CLOSED} document.execCommand = () => false;"


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    """A tab whose clipboard a test may read."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


def clipboard(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def copy_link(page: Page) -> None:
    page.locator("#fig-explorer").get_by_role("button", name="Copy link to Figure 1").click()


@pytest.mark.parametrize("script", ["", CLOSED], ids=["clipboard", "no permission"])
def test_a_link_leads_to_the_figure_as_it_stands(
    reader: Page, live_address: str, script: str
) -> None:
    reader.add_init_script(script)
    open_article(reader, f"{live_address}/?fig-loss=model:second")
    Figure(reader, "fig-explorer").drag_to(0.7)
    copy_link(reader)
    status = reader.locator("#fig-explorer .copying").get_by_role("status").first
    expect(status).to_have_text("Copied")
    # At once, not when the address bar follows; and without what other figures show.
    link = f"{live_address}/?fig-explorer=share:0.7#fig-explorer"
    assert clipboard(reader) == link
    expect(status).to_be_empty(timeout=10_000)
    reader.goto(f"{live_address}/nowhere")
    reader.goto(link)
    expect(Figure(reader, "fig-explorer").slider).to_have_js_property("valueAsNumber", 0.7)
    expect(reader.locator("#fig-explorer")).to_be_in_viewport()


def test_where_nothing_can_be_copied_the_link_stands_there_selected(
    reader: Page, live_address: str
) -> None:
    reader.add_init_script(NOTHING_AT_ALL)
    open_article(reader, live_address)
    copy_link(reader)
    field = reader.get_by_role("textbox", name="Copy this text")
    expect(field).to_be_focused()
    expect(field).to_have_value(f"{live_address}/#fig-explorer")
    assert reader.evaluate("getSelection().toString()") == f"{live_address}/#fig-explorer"
    status = reader.locator("#fig-explorer .copying").get_by_role("status").first
    expect(status).to_have_text("Select and copy:")
    reader.keyboard.press("Tab")
    expect(field).to_have_count(0)


def test_citations_of_figure_and_article_are_copied(reader: Page, live_address: str) -> None:
    open_article(reader, live_address)
    reader.locator("#fig-explorer summary").click()
    reader.get_by_role("button", name="Copy BibTeX of Figure 1").click()
    expect(reader.get_by_text("Copied", exact=True)).to_be_visible()
    assert clipboard(reader).startswith("@misc{article-fig-explorer,\n  author = {Ada Lovelace},")
    reader.get_by_role("button", name="Copy BibTeX of this article").click()
    expect(reader.get_by_text("Copied", exact=True)).to_have_count(2)
    assert clipboard(reader).startswith("@misc{article,\n")
    assert clipboard(reader).endswith("\n}")


def test_the_buttons_move_nothing_when_they_come(page: Page, live_address: str) -> None:
    place = "document.querySelector('#fig-explorer + p').getBoundingClientRect().y"
    page.route("**/*.js", lambda route: route.abort())
    page.goto(live_address)
    expect(page.get_by_role("button", name=re.compile("Copy"))).to_have_count(0)
    without = page.evaluate(place)
    page.unroute("**/*.js")
    page.reload()
    expect(page.get_by_role("button", name="Copy link to Figure 1")).to_be_visible()
    assert page.evaluate(place) == without


# -- tables ------------------------------------------------------------------------------------


def test_data_are_read_as_a_table(page: Page, live_address: str, live_article: LiveArticle) -> None:
    page.goto(live_address)
    figure = page.locator("#fig-loss")
    figure.locator("summary").click()
    button = figure.get_by_role("button", name="As a table of losses, First")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    table = figure.get_by_role("group", name="losses, First (CSV)")
    rows = table.get_by_role("row")
    csv = landscape_csv(live_article.data.landscape("study", "first")).decode().split("\r\n")
    expect(rows).to_have_count(len(csv) - 1)
    assert rows.first.get_by_role("columnheader").all_inner_texts() == csv[0].split(",")
    assert rows.last.get_by_role("cell").all_inner_texts() == csv[-2].split(",")
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    expect(table).to_have_count(0)
    expect(button).to_have_attribute("aria-expanded", "false")


def test_a_matrix_is_for_programs_and_no_table_to_read(page: Page, live_address: str) -> None:
    page.goto(live_address)
    page.locator("#fig-explorer summary").click()
    expect(page.locator("#fig-explorer a[download]").first).to_be_visible()
    entry = page.locator("#fig-explorer li", has_text="similarities, First")
    expect(entry).to_be_visible()
    expect(entry.get_by_role("button")).to_have_count(0)


def test_hostile_cells_stay_texts(page: Page, live_address: str) -> None:
    text = 'a,"b ""quoted"", <img src=x onerror=alert(1)>\nof two lines"\r\n,2\r\n'
    page.route("**/landscape-first*", lambda route: route.fulfill(body=text))
    page.goto(live_address)
    page.locator("#fig-loss summary").click()
    page.get_by_role("button", name="As a table of losses, First").click()
    table = page.get_by_role("group", name="losses, First (CSV)")
    header = 'b "quoted", <img src=x onerror=alert(1)>\nof two lines'
    assert table.locator("th").all_text_contents() == ["a", header]
    assert table.locator("td").all_text_contents() == ["", "2"]


def test_data_that_cannot_be_had_say_so_and_can_be_tried_again(
    page: Page, live_address: str
) -> None:
    def fail(route: Route) -> None:
        route.fulfill(status=503)

    page.route("**/landscape-first*", fail)
    page.goto(live_address)
    page.locator("#fig-loss summary").click()
    button = page.get_by_role("button", name="As a table of losses, First")
    button.click()
    expect(page.locator("#fig-loss").get_by_role("alert")).to_contain_text("answers 503")
    page.unroute("**/landscape-first*")
    button.click()
    button.click()
    expect(page.get_by_role("group", name="losses, First (CSV)")).to_be_visible()

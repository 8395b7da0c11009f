"""On paper: every figure drawn, links and notes readable, scripts or not, dark or light."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import Literal

import pypdf
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.reading_article import NOTE

pytestmark = pytest.mark.browser

ITEMS = 6
CAPTIONS = ("Figure 1. All of it", "Figure 2. The loss")


def printed(page: Page) -> pypdf.PdfReader:
    """The page as Chromium prints it."""
    return pypdf.PdfReader(io.BytesIO(page.pdf(format="A4")))


def text_of(paper: pypdf.PdfReader) -> str:
    """All text in one line, ligatures as letters."""
    text = " ".join(page.extract_text() for page in paper.pages)
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text))


def heatmaps(paper: pypdf.PdfReader) -> int:
    """How many pictures of the matrix of similarities there are, by their size in pixels."""
    sizes = [image.image.size for page in paper.pages for image in page.images if image.image]
    return sizes.count((ITEMS, ITEMS))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
def test_every_figure_is_drawn_with_its_caption(
    browser: Browser, reading_address: str, scripts: bool, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(java_script_enabled=scripts, color_scheme=scheme)
    page = context.new_page()
    page.goto(reading_address)
    if scripts:
        page.locator("#fig-explorer[data-state=ready]").wait_for()
    paper = printed(page)
    text = text_of(paper)
    for caption in CAPTIONS:
        assert text.count(caption) == 1
    for axis in ("first principal component", "distance between the modalities", "loss (nats)"):
        assert axis in text
    assert heatmaps(paper) == 1
    context.close()


def test_links_say_where_they_lead_and_notes_are_read(page: Page, reading_address: str) -> None:
    page.goto(reading_address)
    text = text_of(printed(page))
    assert "elsewhere (https://example.org/elsewhere)" in text
    assert "doi:10.1000/1" in text
    assert "(https://doi.org/10.1000/1)" not in text
    assert NOTE in text


def test_what_is_of_no_use_on_paper_is_left_out(page: Page, reading_address: str) -> None:
    page.goto(reading_address)
    page.locator("#cited-lovelace1843-1").click()
    text = text_of(printed(page))
    for words in ("Contents", "Skip to the text", "Data and citation", "Link to this section", "↑"):
        assert words not in text

"""On paper: every figure drawn, links and notes readable, scripts or not, dark or light."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

import pypdf
import pytest
from playwright.sync_api import Browser, Page
from pypdf.generic import StreamObject

from tests.browser.reader import Figure, open_article
from tests.browser.reading_article import NOTE

pytestmark = pytest.mark.browser

ITEMS = 6
COLOUR = re.compile(r"([\d.]+) ([\d.]+) ([\d.]+) (?:rg|RG)\b")
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
    for words in ("Contents", "Skip to the text", "Data and citation", "Copy", "#", "↑"):
        assert words not in text


# -- live figures ------------------------------------------------------------------------------

LIGHT, DARK = (0, 103, 165), (107, 184, 238)
"""The colour of images in both themes."""

LIGHT_LABELS = {"rgb(89, 96, 107)", "rgb(0, 103, 165)", "rgb(176, 74, 0)"}
DARK_LABELS = {"rgb(163, 168, 176)", "rgb(107, 184, 238)", "rgb(242, 166, 90)"}
"""Of numbers, images and texts at the axes."""

AXES = """() => {
  const frames = [...document.querySelectorAll("#fig-explorer .frame")];
  const labels = frames.flatMap((frame) => [...frame.querySelectorAll(".xtick text")]);
  return {
    colours: [...new Set(labels.map((text) => getComputedStyle(text).fill))],
    fit: frames.every((f) => f.querySelector(".main-svg").clientWidth >= f.clientWidth),
  };
}"""
AT_PRINTING = f"""() => {{
  dispatchEvent(new Event("beforeprint"));
  return ({AXES})();
}}"""


@pytest.fixture
def dark(browser: Browser, live_address: str) -> Iterator[Page]:
    """The article in dark colours, its first figure live with the gap closed."""
    context = browser.new_context(
        color_scheme="dark", reduced_motion="reduce", viewport={"width": 1280, "height": 800}
    )
    page = context.new_page()
    open_article(page, f"{live_address}/?fig-explorer=share:1", plotly=True)
    yield page
    context.close()


def colours(paper: pypdf.PdfReader) -> set[tuple[int, ...]]:
    """Every colour that something is filled or drawn with: canvases are printed as shapes."""
    streams = [paper.get_object(number) for number in range(1, int(str(paper.trailer["/Size"])))]
    texts = [s.get_data().decode("latin-1") for s in streams if isinstance(s, StreamObject)]
    found = {match for text in texts for match in COLOUR.findall(text)}
    return {tuple(round(255 * float(part)) for part in match) for match in found}


def test_a_live_figure_is_printed_in_light_colours_as_it_stands(dark: Page) -> None:
    figure = Figure(dark, "fig-explorer")
    before = figure.picture("scatter")
    paper = printed(dark)
    assert LIGHT in colours(paper)
    assert DARK not in colours(paper)
    text = text_of(paper)
    assert "gap closed" in text
    assert text.count("Figure 1. All of it") == 1
    # The page on the screen is as it was.
    figure.rest()
    assert figure.picture("scatter") == before


def test_axes_are_drawn_anew_before_the_sheets_are_laid_out(dark: Page) -> None:
    printing = dark.evaluate(AT_PRINTING)
    assert set(printing["colours"]) <= LIGHT_LABELS
    assert printing["fit"]
    dark.evaluate("dispatchEvent(new Event('afterprint'))")
    Figure(dark, "fig-explorer").frames(4)
    after = dark.evaluate(AXES)
    assert set(after["colours"]) <= DARK_LABELS
    assert after["fit"]


def test_of_the_controls_paper_shows_what_they_are_set_to(dark: Page) -> None:
    text = text_of(printed(dark))
    assert "First" in text
    for words in ("Second", "Third", "Reset", "t-SNE", "Point at a cell"):
        assert words not in text.partition("Materials")[0].partition("What to see.")[0]

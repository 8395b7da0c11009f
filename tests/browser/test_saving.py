"""A figure is saved as it stands, as SVG or PNG, with axes and legends and without controls."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.reader import Figure, open_article

pytestmark = pytest.mark.browser

SVG = "{http://www.w3.org/2000/svg}"


def save(page: Page, figure: str, kind: Literal["SVG", "PNG"]) -> bytes:
    """Press the button, and take the file."""
    place = page.locator(f"#{figure} .figure-extras")
    if place.locator("details[open]").count() == 0:
        place.locator("summary").click()
    with page.expect_download() as download:
        place.get_by_role("button", name=f"{kind} of").click()
    assert download.value.suggested_filename == f"{figure}.{kind.lower()}"
    return Path(download.value.path()).read_bytes()


def words(svg: ElementTree.Element) -> list[str]:
    """All texts of a drawing."""
    return ["".join(text.itertext()).strip() for text in svg.iter(f"{SVG}text")]


def test_a_live_figure_is_saved_with_its_axes_and_its_state(page: Page, live_address: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_article(page, f"{live_address}/?fig-explorer=share:1,model:second", plotly=True)
    Figure(page, "fig-explorer").rest()
    svg = ElementTree.fromstring(save(page, "fig-explorer", "SVG"))
    assert svg.findtext(f"{SVG}title") == "Figure 1. All of it"
    assert "Second model, gap closed" in (svg.findtext(f"{SVG}desc") or "")
    said = words(svg)
    for text in ("image", "text", "cosine similarity", "— pair"):
        assert text in said
    titles = page.locator("#fig-explorer :is(.xtitle, .ytitle)").all_text_contents()
    assert len(titles) == 2
    assert set(titles) <= set(said)
    for text in ("Reset", "t-SNE", "Model", "Zoom in"):
        assert text not in said
    canvases = list(svg.iter(f"{SVG}image"))
    assert len(canvases) == 2
    assert all(image.get("href", "").startswith("data:image/png;base64,") for image in canvases)


def test_what_is_saved_is_what_is_seen(page: Page, live_address: str) -> None:
    open_article(page, live_address, plotly=True)
    figure = Figure(page, "fig-explorer")
    figure.rest()
    area, views = figure.plot_area("heatmap"), figure.element.locator(".views").bounding_box()
    assert views
    (image,) = [
        image
        for image in ElementTree.fromstring(save(page, "fig-explorer", "SVG")).iter(f"{SVG}image")
        if abs(float(image.get("x", 0)) - (area["x"] - views["x"] + 8)) < 1
    ]
    png = base64.b64decode(image.get("href", "").partition(",")[2])
    heatmap = Image.open(io.BytesIO(png)).convert("RGB")
    points = [(30.5, 40.5), (200.5, 60.5), (100.5, 300.5)]
    ratio = heatmap.width / area["width"]
    drawn = [heatmap.getpixel((int(x * ratio), int(y * ratio))) for x, y in points]
    assert drawn == figure.pixels("heatmap", points)


def test_a_picture_that_cannot_be_made_says_why(context: BrowserContext, live_address: str) -> None:
    page = context.new_page()
    open_article(page, live_address)
    page.route("**/picture.js", lambda route: route.abort())
    place = page.locator("#fig-explorer .figure-extras")
    place.locator("summary").click()
    place.get_by_role("button", name="SVG of").click()
    expect(place.locator(".saving").get_by_role("status")).to_contain_text("could not be saved")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_png_is_twice_as_fine_and_has_the_colours_of_the_page(
    page: Page, live_address: str, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    open_article(page, live_address, waits_for="loss", plotly=True)
    width = page.locator("#fig-loss .views").evaluate("(v) => v.getBoundingClientRect().width")
    png = Image.open(io.BytesIO(save(page, "fig-loss", "PNG"))).convert("RGB")
    assert png.width == 2 * (width + 16)
    assert png.getpixel((2, 2)) == ((253, 252, 249) if scheme == "light" else (22, 24, 28))
    colours = {colour for _, colour in png.getcolors(1 << 24) or []}
    assert ((0, 103, 85) if scheme == "light" else (99, 215, 188)) in colours


def test_a_picture_that_is_not_live_yet_is_saved_as_it_is(page: Page, live_address: str) -> None:
    page.route("**/data/**", lambda route: None)
    page.goto(live_address)
    expect(page.locator("#fig-explorer[data-state=loading]")).to_be_visible()
    svg = ElementTree.fromstring(save(page, "fig-explorer", "SVG"))
    assert "first principal component" in words(svg)
    strokes = [
        style
        for path in svg.iter(f"{SVG}path")
        for style in path.get("style", "").split(";")
        if style.startswith("stroke:")
    ]
    assert "stroke:rgb(0, 103, 165)" in strokes
    assert "stroke:rgb(176, 74, 0)" in strokes


def test_hostile_names_stay_texts_in_a_file(page: Page, live_address: str) -> None:
    open_article(page, f"{live_address}/?fig-explorer=order:image-image", plotly=True)
    Figure(page, "fig-explorer").rest()
    text = save(page, "fig-explorer", "SVG").decode()
    svg = ElementTree.fromstring(text)
    assert "<script" not in text
    assert not [part for part in svg.iter() if any(name.startswith("on") for name in part.attrib)]
    assert not list(svg.iter("{http://www.w3.org/1999/xhtml}b"))

"""What others see of the page: metadata, the card, citations, the files for search engines."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from article.card import SIZE, card_png
from article.settings import Settings
from tests.article.small_article import EXPLORER, SETTINGS, SmallArticle, small_article

HOME = "https://example.org/gap/"


def settings(article: SmallArticle, more: str = "", title: str = "Small") -> Settings:
    article.write("article.toml", more + SETTINGS.replace('"Small"', f'"{title}"'))
    return Settings.read(article.folder / "content")


def pixels(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def ink(card: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many pixels of a part of a card are darker than paper."""
    return sum(
        card.crop(box).convert("L").point(lambda value: 255 * (value < 160)).histogram()[255:]
    )


def test_a_card_has_the_title_left_and_the_first_heatmap_right(article: SmallArticle) -> None:
    heatmap = io.BytesIO()
    Image.new("RGB", (2, 2), (200, 0, 0)).save(heatmap, "PNG")
    card = pixels(card_png(settings(article), heatmap.getvalue()))
    assert card.size == SIZE == (1200, 630)
    assert card.getpixel((640, 70)) == card.getpixel((1130, 560)) == (200, 0, 0)
    assert ink(card, (60, 50, 560, 150)) > 500


def test_long_titles_stay_on_the_card(article: SmallArticle) -> None:
    title = "A title of many words that goes on and on " * 8 + "Unbreakable" * 40
    card = pixels(card_png(settings(article, title=title), None))
    assert ink(card, (1141, 0, *SIZE)) == 0
    assert ink(card, (60, 50, 1140, 400)) > 5000
    assert ink(card, (0, 0, SIZE[0], 30)) == 0


def test_the_same_article_has_the_same_card(article: SmallArticle) -> None:
    assert card_png(settings(article), None) == card_png(settings(article), None)


def test_a_page_says_what_it_is_where_it_is_shared(article: SmallArticle) -> None:
    article.write("article.toml", f'canonical = "{HOME}"\nkeywords = ["gap"]\n' + SETTINGS)
    files = article.text(EXPLORER).build()
    html = files["index.html"].decode()
    metas = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', html))
    assert metas["og:title"] == metas["citation_title"] == "Small"
    assert metas["og:description"] == metas["description"] == "An article for tests."
    assert metas["og:url"] == metas["citation_fulltext_html_url"] == HOME
    assert metas["og:image"].removeprefix(HOME) in files
    assert (metas["og:image:width"], metas["og:image:height"]) == ("1200", "630")
    assert metas["twitter:card"] == "summary_large_image"
    assert metas["citation_keywords"] == "gap"
    assert metas["article:published_time"] == "2026-01-31"
    assert f'<link rel="canonical" href="{HOME}">' in html


def test_a_sitemap_is_written_where_the_address_is_known(article: SmallArticle) -> None:
    assert "sitemap.xml" not in article.build()
    article.write("article.toml", f'canonical = "{HOME}?a&b"\n' + SETTINGS)
    files = article.build()
    assert (
        f"<loc>{HOME}?a&amp;b</loc><lastmod>2026-01-31</lastmod>".encode() in files["sitemap.xml"]
    )
    assert "robots.txt" not in files


@pytest.mark.parametrize("address", ["https://example.org/gap", "https://example.org/a.b/gap"])
def test_an_address_that_files_cannot_be_named_by_stops_the_build(
    article: SmallArticle, address: str
) -> None:
    article.write("article.toml", f'canonical = "{address}"\n' + SETTINGS)
    (error,) = article.errors()
    assert error == f"article.toml:1: '{address}' does not end with a slash or the name of a file"


@pytest.mark.parametrize("address", ["https://example.org", HOME, f"{HOME}index.html"])
def test_the_card_is_named_from_the_address_of_the_page(
    article: SmallArticle, address: str
) -> None:
    article.write("article.toml", f'canonical = "{address}"\n' + SETTINGS)
    files = article.build()
    (card,) = re.findall(r'property="og:image" content="([^"]+)"', files["index.html"].decode())
    assert card.removeprefix(address.removesuffix("index.html")).lstrip("/") in files


def test_robots_are_told_at_the_root_of_a_host(article: SmallArticle) -> None:
    article.write("article.toml", 'canonical = "https://example.org/"\n' + SETTINGS)
    robots = article.build()["robots.txt"].decode()
    assert robots.endswith("Sitemap: https://example.org/sitemap.xml\n")


def test_a_figure_can_be_cited(article: SmallArticle) -> None:
    article.write("article.toml", f'canonical = "{HOME}"\n' + SETTINGS)
    html = article.text(EXPLORER.replace("All of it", "Half & more.")).html()
    (entry,) = re.findall(r"@misc\{article-fig-explorer.*?</code>", html, re.DOTALL)
    assert r"title  = {{Figure 1. Half \&amp; more}}," in entry
    assert "note   = {In: {Small}}," in entry
    assert f"url    = {{{HOME}#fig-explorer}}" in entry
    assert "author = {Ada Lovelace}" in entry


def test_without_an_address_a_figure_is_cited_without(article: SmallArticle) -> None:
    html = article.text(EXPLORER).html()
    (entry,) = re.findall(r"@misc\{article-fig-explorer.*?</code>", html, re.DOTALL)
    assert "url" not in entry


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ('canonical = "javascript:alert(1)"\n', 1),
        ('repository = "file:///etc/passwd"\n', 1),
        ('code_licence = { name = "MIT", url = "data:text/html,x" }\n', 1),
    ],
)
def test_addresses_that_are_none_of_the_web_stop_the_build(
    article: SmallArticle, setting: str, line: int
) -> None:
    article.write("article.toml", setting + SETTINGS)
    (error,) = article.errors()
    assert error.startswith(f"article.toml:{line}: ")
    assert "is no web address" in error


def test_an_author_with_a_hostile_address_stops_the_build(article: SmallArticle) -> None:
    author = 'name = "Ada Lovelace"\nurl = "javascript:alert(1)"'
    article.write("article.toml", SETTINGS.replace('name = "Ada Lovelace"', author))
    (error,) = article.errors()
    assert error.startswith("article.toml:7: 'javascript:alert(1)' is no web address")


def test_credits_with_a_hostile_address_stop_the_build(tmp_path: Path) -> None:
    credit = {"title": "x", "author": "y", "url": "javascript:alert(1)"}
    dataset = {"title": "Three pairs", "count": 3, "credits": [credit]}
    (error,) = small_article(tmp_path, datasets={"pairs": dataset}).errors()
    assert "credits: 'javascript:alert(1)' is no web address" in error

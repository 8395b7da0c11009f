"""The page is valid HTML: it parses without an error, and its ids and references are sound."""

from __future__ import annotations

from collections import Counter
from typing import Any

import html5lib
import pytest

from tests.article.small_article import EXPLORER, LANDSCAPE, SETTINGS, SmallArticle

TEXT = f"""\
A note[^1], a work [@lovelace1843], $x < y$, [a figure](#fig-loss), [](#eq-x).

{EXPLORER}

## A part {{#part}}

$$ x = y , \\qquad z $$ (eq-x)

::: note
A remark.
:::

| | a |
|---|---|
| b | c |

{LANDSCAPE}

[^1]: The note [@shannon1948].
"""


@pytest.fixture
def html(article: SmallArticle) -> str:
    """A page with everything."""
    article.write(
        "article.toml",
        f'canonical = "https://example.org/"\n{SETTINGS}\n'
        '[[notation]]\nsymbol = "x"\nmeaning = "a *vector*"\n',
    )
    return article.text(TEXT).html()


def elements(html: str) -> Any:
    """The page as browsers parse it."""
    return html5lib.parse(html, namespaceHTMLElements=False)


def test_it_parses_without_an_error(html: str) -> None:
    parser = html5lib.HTMLParser()
    parser.parse(html)
    assert [(place, error) for place, error, _ in parser.errors] == []


def test_the_parser_would_find_errors() -> None:
    parser = html5lib.HTMLParser()
    parser.parse("<!DOCTYPE html><p><b>bold</p>")
    assert parser.errors


def test_every_id_is_there_once(html: str) -> None:
    ids = Counter(e.get("id") for e in elements(html).iter() if e.get("id"))
    assert [name for name, times in ids.items() if times > 1] == []


def test_every_reference_within_the_page_leads_somewhere(html: str) -> None:
    page = list(elements(html).iter())
    ids = {e.get("id") for e in page}
    named = {e.get("href")[1:] for e in page if (e.get("href") or "").startswith("#")}
    for attribute in ("aria-labelledby", "aria-describedby", "aria-controls", "for"):
        named |= {name for e in page for name in (e.get(attribute) or "").split()}
    assert {"ref-lovelace1843", "fig-loss-title", "part", "eq-x", "note-1"} <= named
    assert named - ids == set()


def test_the_caption_of_a_figure_is_its_last_child(html: str) -> None:
    figures = list(elements(html).iter("figure"))
    assert [figure[-1].tag for figure in figures] == ["figcaption", "figcaption"]

"""Tables as figures: cells, marks and order as a reader gets them; errors with their line."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.article.small_article import SmallArticle
from tests.article.tabled_article import add_table

BLOCK = """\
Text.

```figure
id = "fig-table"
type = "table"
title = "A table"
alt = "Numbers."
caption = "What to see."
table = "heat"
{}
```
"""
"""The lines of a test begin on line 10."""

COLUMNS = """\
columns = [
  { name = "model" },
  { name = "temperature" },
  { name = "gap", decimals = 1, best = "low" },
  { name = "loss", title = "lost", decimals = 2, best = "high" },
]
"""


@pytest.fixture
def tabled(article: SmallArticle) -> SmallArticle:
    """An article with a table."""
    add_table(article.folder / "data")
    return article


def config(article: SmallArticle, lines: str) -> dict[str, Any]:
    document = article.text(BLOCK.format(lines)).check()
    return document.figures[0].figure.shown.config(document.study)


def cells(html: str) -> list[list[str]]:
    """The texts of the body of the table, row by row, marks of the best values kept."""
    (body,) = re.findall(r'class="panel panel-table">.*?<tbody>(.*?)</tbody>', html, re.DOTALL)
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", body)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def test_cells_are_written_as_asked(tabled: SmallArticle) -> None:
    best = '<strong>{}</strong><span class="unseen"> (best)</span>'
    assert cells(tabled.text(BLOCK.format(COLUMNS)).html()) == [
        ["CLIP", "0.1", "0.5", "2.00"],
        ["CLIP", "0.01", "1.0", "−1.00"],
        ["CyCLIP", "1", best.format("0.0"), best.format("4.00")],
        ["CyCLIP", "0.1", "0.2", "–"],
        ["&lt;b onmouseover=&#34;x()&#34;&gt;&amp;amp;", "0.01", "0.8", "3.00"],
    ]


def test_the_table_is_one_for_everybody(tabled: SmallArticle) -> None:
    html = tabled.text(BLOCK.format(COLUMNS)).html()
    assert '<div class="figure-static" role="group" aria-label="Numbers.">' in html
    assert 'role="region" tabindex="0" aria-label="Temperature and gap"' in html
    assert '<th scope="col" class="words"><span class="sort-title">model</span>' in html
    assert '<th scope="col" class="numbers"><span class="sort-title">lost</span>' in html
    assert '<th scope="row" class="words" data-value="clip">CLIP</th>' in html
    assert '<td class="numbers" data-value="-1.0">−1.00</td><' in html
    assert '<td class="numbers">–</td>' in html
    assert '<p class="table-key">Bold: the best of a column.</p>' in html


def test_all_columns_are_shown_unless_told(tabled: SmallArticle) -> None:
    names = [one["name"] for one in config(tabled, "")["columns"]]
    assert names == ["model", "tower", "temperature", "gap", "low", "high", "loss", "empty"]
    assert "table-key" not in tabled.html()
    assert '<span class="sort-title">loss (nats)</span>' in tabled.html()


def test_what_is_best_first_is_sorted_so(tabled: SmallArticle) -> None:
    assert config(tabled, COLUMNS) == {
        "columns": [
            {"name": "model", "first": "ascending"},
            {"name": "temperature", "first": "ascending"},
            {"name": "gap", "first": "ascending"},
            {"name": "loss", "first": "descending"},
        ],
        "state": {"sort": "given", "order": "ascending"},
    }


@pytest.mark.parametrize(
    ("state", "rows"),
    [
        ('sort = "gap"', ["2", "3", "0", "4", "1"]),
        ('sort = "gap", order = "descending"', ["1", "4", "0", "3", "2"]),
        ('sort = "loss"', ["1", "0", "4", "2", "3"]),
        ('sort = "loss", order = "descending"', ["2", "4", "0", "1", "3"]),
    ],
)
def test_the_first_state_is_sorted_and_empty_cells_come_last(
    tabled: SmallArticle, state: str, rows: list[str]
) -> None:
    html = tabled.text(BLOCK.format(f"{COLUMNS}state = {{ {state} }}")).html()
    assert re.findall(r'<tr data-row="(\d)">', html) == rows
    assert html.count("aria-sort=") == 1


def test_rows_are_chosen_and_named_by_the_author(tabled: SmallArticle) -> None:
    chosen = 'only = { column = "temperature", values = ["1", "0.1"] }\n'
    named = 'names = [{ value = "cyclip", title = "<i>" }]\n'
    found = cells(tabled.text(BLOCK.format(COLUMNS + chosen + named)).html())
    assert [row[0] for row in found] == ["CLIP", "&lt;i&gt;", "&lt;i&gt;"]
    # The best is that of the rows shown.
    assert found[0][2] == "0.5"
    assert found[1][3].startswith("<strong>4.00")


def test_links_sort_the_table(tabled: SmallArticle) -> None:
    link = "\n[Sort](try:fig-table?sort=gap&order=descending)\n"
    html = tabled.text(BLOCK.format(COLUMNS) + link).html()
    assert 'href="?fig-table=sort:gap,order:descending#fig-table"' in html


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('columns = [{ name = "gasp" }]', "10: table 'heat' has no column 'gasp'"),
        ('columns = [{ name = "tower", best = "low" }]', "10: column 'tower' has no numbers"),
        ('columns = [{ name = "gap", best = "least" }]', "10: 'columns.0.best' is 'least'"),
        ('only = { column = "tower", values = ["rnn"] }', "10: no row is left"),
        ('only = { column = "towel", values = ["cnn"] }', "10: table 'heat' has no column 'towel'"),
        ('state = { sort = "gasp" }', "10: unknown sort 'gasp'; did you mean 'gap'?"),
        ('state = { order = "up" }', "10: 'state.order' is 'up'; it must be one of"),
    ],
)
def test_errors_name_the_line(tabled: SmallArticle, lines: str, message: str) -> None:
    (error,) = tabled.text(BLOCK.format(lines)).errors()
    assert error.startswith(f"index.md:{message}"), error


def test_links_are_checked(tabled: SmallArticle) -> None:
    links = "\n[a](try:fig-table?sort=gasp) [b](try:fig-table?by=gap)\n"
    first, second = tabled.text(BLOCK.format(COLUMNS) + links).errors()
    assert "unknown sort 'gasp'" in first
    assert "unknown state 'by'" in second

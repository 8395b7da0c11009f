"""Charts of tables: places and texts of points worked out by hand; every error with its line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from article.chart import Chart
from article.pictures import Range
from article.plots import Axis, Plot, Series, few_ticks, readable, tick_text
from tests.article.small_article import SmallArticle
from tests.article.tabled_article import HOSTILE, add_table

BLOCK = """\
Text.

```figure
id = "fig-chart"
type = "chart"
title = "A chart"
alt = "Points."
caption = "What to see."
table = "heat"
{}
```
"""
"""The lines of a test begin on line 10."""

ONE = """\
x = "temperature"
scale = "log"
[[panels]]
curves = [{ y = "gap", low = "low", high = "high", title = "ours" }]
only = { column = "model", values = ["clip"] }
"""


@pytest.fixture
def charted(article: SmallArticle) -> SmallArticle:
    """An article with a table, and figures that others published."""
    add_table(article.folder / "data")
    article.write("published.toml", "[lovelace1843]\nwhere = 'G'\nearly = 0.5\nlate = 1.5\n")
    return article


def config(article: SmallArticle, lines: str) -> dict[str, Any]:
    document = article.text(BLOCK.format(lines)).check()
    return document.figures[0].figure.shown.config(document.study)


def test_points_stand_where_their_values_are(charted: SmallArticle) -> None:
    assert config(charted, ONE) == {
        "state": {},
        "x": "temperature",
        "panels": [
            {
                "title": "",
                "y": "gap",
                "series": [
                    {
                        "title": "ours",
                        "sign": "●",
                        "colour": "accent",
                        # From .01 to .1, and from .2 to 1, the round numbers around the bounds.
                        "points": [
                            {"x": "0.01", "y": "1 (0.75 to 1)", "left": 0.0, "top": 0.0},
                            {"x": "0.1", "y": "0.5 (0.25 to 0.75)", "left": 1.0, "top": 0.625},
                        ],
                    }
                ],
            }
        ],
    }


def test_the_picture_has_a_line_signs_and_bounds_at_the_same_places(charted: SmallArticle) -> None:
    html = charted.text(BLOCK.format(ONE)).html()
    style = ' style="--series:var(--accent)"'
    assert f'<path class="line"{style} d="M0 0L2000 1250"/>' in html
    assert f'<path class="round sign"{style} d="M0 0h0M2000 1250h0"/>' in html
    # Bounds .75 to 1 and .25 to .75 of an axis from .2 to 1.
    assert f'<path class="bounds"{style} d="M0 625V0M2000 1875V625"/>' in html
    assert '<tr><th scope="row">0.01</th><td>1 (0.75 to 1)</td></tr>' in html


def test_published_figures_stand_beside_hollow_and_dashed(charted: SmallArticle) -> None:
    published = (
        'published = [{ source = "lovelace1843", title = "Notes", x = [1, 0.01], '
        'figures = ["late", "early"] }]\n'
    )
    (panel,) = config(charted, ONE + published)["panels"]
    ours, theirs = panel["series"]
    assert (theirs["title"], theirs["sign"], theirs["colour"]) == ("Notes", "○", "ink-soft")
    assert [(p["x"], p["y"]) for p in theirs["points"]] == [("0.01", "0.5"), ("1", "1.5")]
    # They widen both axes: .1 is half of the way from .01 to 1.
    assert ours["points"][1]["left"] == 0.5
    html = charted.html()
    assert '<path class="dashed line" style="--series:var(--ink-soft)"' in html
    assert '<path class="round hollow"' in html


def test_groups_are_series_and_models_have_their_colours(charted: SmallArticle) -> None:
    lines = 'x = "temperature"\nseries = "model"\n[[panels]]\ncurves = [{ y = "gap" }]\n'
    (panel,) = config(charted, lines)["panels"]
    found = [(one["title"], one["sign"], one["colour"]) for one in panel["series"]]
    assert found == [
        ("CLIP", "●", "model-0"),
        ("CyCLIP", "■", "model-1"),
        (HOSTILE, "○", "ink-soft"),
    ]
    html = charted.html()
    assert HOSTILE not in html
    assert "&lt;b onmouseover" in html


def test_an_author_names_values(charted: SmallArticle) -> None:
    lines = """\
x = "tower"
series = "model"
look = "points"
names = [{ value = "clip", title = "the first" }, { value = "vit", title = "transformer" }]
[[panels]]
title = "A"
curves = [{ y = "gap", title = "gap" }, { y = "low", title = "least" }]
only = { column = "model", values = ["clip", "cyclip"] }
"""
    (panel,) = config(charted, lines)["panels"]
    titles = [one["title"] for one in panel["series"]]
    assert titles == ["the first, gap", "the first, least", "CyCLIP, gap", "CyCLIP, least"]
    assert [p["x"] for p in panel["series"][2]["points"]] == ["transformer", "transformer"]


def test_bars_stand_beside_each_other_on_categories(charted: SmallArticle) -> None:
    lines = """\
x = "model"
look = "bars"
[[panels]]
curves = [{ y = "gap", title = "gap" }, { y = "low", title = "least" }]
only = { column = "temperature", values = ["0.01", "1"] }
"""
    (panel,) = config(charted, lines)["panels"]
    # Three categories, each a third; bars .35 of it wide, one left and one right of its middle.
    assert [p["left"] for p in panel["series"][0]["points"]] == [0.1083, 0.4417, 0.775]
    assert [p["left"] for p in panel["series"][1]["points"]] == [0.225, 0.5583, 0.8917]
    assert [p["top"] for p in panel["series"][0]["points"]] == [0.0, 1.0, 0.25]
    html = charted.html()
    assert '<path class="bar" style="--series:var(--accent)" d="M110 2000V0H324V2000Z' in html
    assert 'class="tick tick-x category" style="--at:0.1667;--room:0.3333">CLIP</span>' in html


def test_panels_of_categories_have_axes_of_their_own(charted: SmallArticle) -> None:
    panel = (
        '[[panels]]\ncurves = [{{ y = "gap" }}]\nonly = {{ column = "tower", values = ["{}"] }}\n'
    )
    found = config(charted, 'x = "model"\n' + panel.format("cnn") + panel.format("vit"))
    names = [[p["x"] for p in one["series"][0]["points"]] for one in found["panels"]]
    assert names == [["CLIP", "CLIP"], ["CyCLIP", "CyCLIP", HOSTILE]]
    assert charted.html().count('<th scope="col">model</th>') == 2


def test_a_logarithmic_axis_leaves_out_what_is_not_above_zero(charted: SmallArticle) -> None:
    lines = 'x = "temperature"\n[[panels]]\nscale = "log"\ncurves = [{ y = "loss" }]\n'
    (panel,) = config(charted, lines)["panels"]
    assert panel["y"] == "loss (nats)"
    assert [p["top"] for p in panel["series"][0]["points"] if p["y"] == "−1"] == [1.0]


def test_the_table_can_be_downloaded(charted: SmallArticle) -> None:
    files = charted.text(BLOCK.format(ONE)).build()
    (name,) = [name for name in files if name.startswith("data/tables/heat")]
    lines = files[name].decode().splitlines()
    assert lines[0] == "model,tower,temperature,gap,from,to,loss (nats),nothing"
    assert lines[1] == "clip,cnn,0.1,0.5,0.25,0.75,2.0,"


@pytest.mark.parametrize(
    ("lines", "messages"),
    [
        (ONE.replace("temperature", "temprature"), ["10: table 'heat' has no column 'temprature'"]),
        (ONE.replace('"gap"', '"gasp"'), ["12: table 'heat' has no column 'gasp'"]),
        (ONE.replace('"gap"', '"model"'), ["12: column 'model' holds texts, not numbers"]),
        (ONE.replace('"gap"', '"empty"'), ["12: column 'empty' has no numbers to draw"]),
        (ONE.replace('high = "high", ', ""), ["12: 'gap' has one bound; name columns for"]),
        (ONE.replace('["clip"]', '["klip"]'), ["12: no row where 'model' is klip"]),
        (ONE.replace('"model",', '"modell",'), ["12: table 'heat' has no column 'modell'"]),
        (ONE.replace('scale = "log"', 'look = "bars"'), ["11: bars stand on categories"]),
        (ONE + "width = 3", ["15: unknown key 'width'"]),
        ('x = "temperature"\npanels = []', ["11: 'panels' is empty"]),
        ('x = "temperature"\n[[panels]]\ncurves = []', ["11: a panel without curves"]),
        ('x = "temperature"', ["4: 'panels' is missing"]),
        (
            ONE + 'published = [{ source = "lovelace1843", title = "N", x = [1], figures = [] }]',
            ["12: 'N': 0 figures, but 1 places in 'x'"],
        ),
        (
            ONE + 'published = [{ source = "l", title = "N", x = [1], figures = ["a"] }]',
            ["12: no published figures 'l'"],
        ),
        (
            'x = "tower"\n[[panels]]\ncurves = [{ y = "gap" }]\npublished = '
            '[{ source = "lovelace1843", title = "N", at = ["rnn"], figures = ["early"] }]',
            ["11: no tower 'rnn'; did you mean 'cnn'?"],
        ),
        (
            'x = "temperature"\n[[panels]]\nscale = "log"\ncurves = [{ y = "low" }]\n'
            'only = { column = "temperature", values = ["1"] }',
            ["11: a logarithmic axis needs values above zero"],
        ),
    ],
)
def test_errors_name_the_line(charted: SmallArticle, lines: str, messages: list[str]) -> None:
    found = charted.text(BLOCK.format(lines)).errors()
    assert len(found) == len(messages), found
    for error, message in zip(found, messages, strict=True):
        assert error.startswith(f"index.md:{message}"), error


def test_an_unknown_table(charted: SmallArticle) -> None:
    (error,) = charted.text(BLOCK.format(ONE).replace('"heat"', '"heap"')).errors()
    assert error == "index.md:9: unknown table 'heap'; the manifest has: heat"


def test_a_chart_has_no_state_to_change(charted: SmallArticle) -> None:
    (error,) = charted.text(BLOCK.format(ONE) + "\n[Try](try:fig-chart?share=1)\n").errors()
    assert "unknown state 'share'; a chart has none" in error


@pytest.mark.parametrize(
    ("value", "text", "tick"),
    [
        (0.03333, "0.0333", "0.0333"),
        (-0.5, "−0.5", "−0.5"),
        (204800.0, "204,800", "204.8k"),
        (1_000_000.0, "1,000,000", "1M"),
        (1500.0, "1,500", "1,500"),
        (0.0, "0", "0"),
    ],
)
def test_numbers_are_written_to_be_read(value: float, text: str, tick: str) -> None:
    assert (readable(value), tick_text(value)) == (text, tick)


def test_an_axis_over_many_magnitudes_has_powers_of_ten() -> None:
    axis = Range.of_magnitudes(np.array([0.05, 500.0]))
    assert len(axis.ticks) == 13
    assert few_ticks(axis, 7).ticks == pytest.approx((0.1, 1, 10, 100))
    assert few_ticks(axis, 13) is axis


def test_zero_is_drawn_where_an_axis_crosses_it() -> None:
    y = Axis.of_values("y", np.array([-1.0, 1.0]), "linear")
    x = Axis.of_categories("x", ("a",))
    series = Series("s", np.array([0.0]), np.array([1.0]), "accent")
    svg = Plot("", x, y, (series,)).view("1").svg
    assert svg is not None
    assert '<path class="zero" d="M0 1000H2000"/>' in svg


def test_parts_say_how_many_plots_stand_side_by_side(charted: SmallArticle) -> None:
    document = charted.text(BLOCK.format(ONE)).check()
    shown = document.figures[0].figure.shown
    assert isinstance(shown, Chart)
    assert shown.parts == {"views": ["chart"], "controls": ()}
    assert shown.uses(document.study) == ()

"""What a reader downloads."""

from __future__ import annotations

import gzip

from article import site
from article.weights import FigureFiles, Weights, report
from tests.article.small_article import EXPLORER, LANDSCAPE, SmallArticle


def test_text_is_weighed_as_it_is_served_and_pictures_as_they_are() -> None:
    text, picture = b"similar " * 1000, bytes(5000)
    weights = Weights({"index.html": text, "a/b.webp": picture})
    assert abs(weights.served("index.html") - len(gzip.compress(text, 6))) <= 20
    assert weights.served("a/b.webp") == 5000
    assert weights.total(["a/b.webp", "a/b.webp"]) == 5000


def test_a_figure_weighs_what_its_first_state_loads(article: SmallArticle) -> None:
    explorer, landscape = site.build(article.text(f"{EXPLORER}\n{LANDSCAPE}").folder).figures
    stems = [address.split(".")[0] for address in explorer.live]
    assert stems == ["data/pairs/items", "data/pairs/pictures-0", "data/pairs/space-clip"]
    assert [address.split(".")[0] for address in explorer.pictures] == [
        "assets/pictures/fig-explorer-heatmap"
    ]
    curves = [address.split(".")[0] for address in landscape.live]
    assert curves == ["data/pairs/loss-clip", "data/pairs/loss-cyclip"]
    assert landscape.pictures == ()


def test_the_report_names_page_and_figures() -> None:
    files = {
        "index.html": b"",
        "assets/style.css": b"",
        "assets/plotly-4.1.0.min.js": b"",
        "assets/p.png": bytes(2_000),
        "data/d.webp": bytes(12_345),
    }
    lines = report(files, [FigureFiles("fig-a", "Figure 1", ("assets/p.png",), ("data/d.webp",))])
    assert lines == [
        "page (text, styles, scripts)           0.0 kB",
        "plotly.js, once, after the text        0.0 kB",
        "figure 1, fig-a                        2.0 kB as a picture,     12.3 kB live",
        "all files on disk                     14.3 kB in 5 files",
    ]

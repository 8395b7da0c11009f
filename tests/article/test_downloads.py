"""Files of figures' data: what is in them, and that no spreadsheet runs a caption."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import numpy as np
import pytest

from article.downloads import harmless, landscape_csv, layouts_csv, similarities_csv
from tests.article.small_article import (
    EXPLORER,
    LANDSCAPE,
    SmallArticle,
    curve,
    items,
    small_article,
    space,
)


def table(data: bytes) -> list[dict[str, str]]:
    """Rows of a CSV file by column."""
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_similarities_have_a_row_and_a_column_for_each_item() -> None:
    rows = table(similarities_csv(space("clip"), items()))
    assert [row["modality"] for row in rows] == 3 * ["image"] + 3 * ["text"]
    assert [row["text"] for row in rows] == ["", "", "", "a dog", "a cat", "a hot dog"]
    assert list(rows[0])[3:] == [f"{m} {i}" for m in ("image", "text") for i in "abc"]
    assert rows[0]["image b"] == "0.6"
    assert rows[4]["image b"] == "0.28"  # (.6, .8) and (-.6, .8)


def test_layouts_have_two_columns_each() -> None:
    layout = np.arange(12.0).reshape(6, 2)
    rows = table(
        layouts_csv([("pca closed", layout), ("umap closed", -layout)], space("clip"), items())
    )
    assert rows[2]["pair"] == "c"
    assert (rows[2]["pca closed x"], rows[2]["umap closed y"]) == ("4.0", "-5.0")
    assert rows[0]["umap closed x"] == "0.0"


def test_a_landscape_ends_with_the_model_as_trained_and_closed() -> None:
    rows = table(landscape_csv(curve("clip")))
    assert [row["state"] for row in rows] == [*3 * ["shifted"], "as trained", "closed"]
    assert rows[0] == {
        "state": "shifted",
        "shift": "-1",
        "distance": "1.0",
        "loss image to text": "4.0",
        "loss text to image": "2.0",
        "mean loss": "3.0",
    }
    assert (rows[3]["shift"], rows[3]["mean loss"]) == ("0", "1.0")
    assert (rows[4]["shift"], rows[4]["distance"]) == ("0.50000", "0.0")


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1"]
)
def test_what_a_spreadsheet_would_run_becomes_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["a dog", "", "-5", "+0.25", "a = b", "3 + 4"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_hostile_captions_fill_one_cell_each() -> None:
    texts = ('=HYPERLINK("http://x")', 'a "quoted", b', "two\nlines")
    rows = table(similarities_csv(space("clip"), items(texts)))
    assert [row["text"] for row in rows[3:]] == [f"'{texts[0]}", *texts[1:]]


def test_a_figure_links_to_its_data(article: SmallArticle) -> None:
    files = article.text(f"{EXPLORER}\n{LANDSCAPE}").build()
    links = re.findall(
        r'<a href="([^"]+\.csv)" download>([^<]+) \(CSV\)</a>', files["index.html"].decode()
    )
    assert [text for _, text in links] == [
        *("similarities, CLIP", "similarities, CyCLIP", "points, CLIP", "points, CyCLIP"),
        *("losses, CLIP", "losses, CyCLIP"),
    ]
    assert all(address in files for address, _ in links)
    points = next(files[address] for address, text in links if text == "points, CLIP")
    assert "pca closed y" in table(points)[0]
    assert "tsne as trained x" in table(points)[0]


def test_layouts_that_are_not_stored_are_left_out(tmp_path: Path) -> None:
    bare = space("clip")
    object.__setattr__(bare, "projections", ())
    article = small_article(tmp_path, spaces={"clip": bare, "cyclip": bare})
    files = article.text(EXPLORER).build()
    points = next(data for name, data in files.items() if "points-clip" in name)
    assert [name for name in table(points)[0] if "umap" in name or "tsne" in name] == []

"""Sketches: what they draw is right where it can be checked, and none of them claims to be data."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from article import geometry, sketches
from article.geometry import Floats
from tests.article.small_article import SmallArticle

BLOCK = """\
Text.

```figure
id = "fig-sketch"
type = "sketch"
title = "A sketch"
alt = "Points."
caption = "What to see."
drawing = "{}"
{}
```
"""
"""The lines of a test begin on line 10."""


def config(article: SmallArticle, drawing: str, lines: str = "") -> dict[str, Any]:
    document = article.text(BLOCK.format(drawing, lines)).check()
    return document.figures[0].figure.shown.config(document.study)


def points(svg: str, kind: str) -> Floats:
    """Places (k, 2) of the points of a kind, in steps of the drawing."""
    (path,) = re.findall(rf'<path class="{kind}" d="([^"]+)"', svg)
    return np.array([pair.split() for pair in re.findall(r"[ML](-?\d+ -?\d+)", path)], dtype=float)


def svgs(article: SmallArticle, drawing: str, lines: str = "") -> list[str]:
    document = article.text(BLOCK.format(drawing, lines)).check()
    views = document.figures[0].figure.shown.draw(document.study)
    return [str(view.svg) for view in views if view.svg is not None]


@pytest.mark.parametrize("drawing", ["expectation", "closing", "terms"])
def test_a_sketch_says_that_it_is_one(article: SmallArticle, drawing: str) -> None:
    html = article.text(BLOCK.format(drawing, "")).html()
    assert '<p class="sketch-note">A drawing that explains; it shows no data.</p>' in html
    assert "<text" not in html  # texts beside the pictures keep their size
    assert "(CSV)" not in html


def test_drawings_are_the_same_each_time(article: SmallArticle) -> None:
    assert svgs(article, "expectation") == svgs(article, "expectation")


def test_pairs_are_near_where_one_expects_and_far_where_one_finds(article: SmallArticle) -> None:
    expected, found = svgs(article, "expectation")
    for svg, within in ((expected, (0, 150)), (found, (700, 1800))):
        lines = points(svg, "pairs").reshape(-1, 2, 2)
        lengths = np.linalg.norm(lines[:, 0] - lines[:, 1], axis=1)
        assert len(lengths) == 16
        assert within[0] < lengths.min() <= lengths.max() < within[1]
    for svg in (expected, found):
        for kind in ("points image", "points text"):
            from_centre = np.linalg.norm(points(svg, kind) - 1000, axis=1)
            assert from_centre.max() <= 920 + 1  # all of them on the sphere


def test_items_lie_within_their_cones(article: SmallArticle) -> None:
    _, found = svgs(article, "expectation")
    for name in ("image", "text"):
        edge, items = points(found, f"cone {name}"), points(found, f"points {name}")
        assert np.all(items.min(axis=0) > edge.min(axis=0))
        assert np.all(items.max(axis=0) < edge.max(axis=0))


def similarity(images: Floats, texts: Floats) -> Floats:
    return geometry.similarity_matrix(images, texts)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0, 1.5])
def test_the_gap_is_closed_as_everywhere(share: float) -> None:
    start = sketches.closing_pairs()
    assert np.allclose(np.linalg.norm(np.concatenate(start), axis=1), 1)
    between = sketches.moved(*start, share)
    end = [points / np.linalg.norm(points, axis=1, keepdims=True) for points in between]
    closed = geometry.close_gap(similarity(*start), (9, 9), share)
    assert np.allclose(similarity(end[0], end[1]), closed)
    means = [points.mean(axis=0) for points in between]
    whole = np.linalg.norm(start[0].mean(axis=0) - start[1].mean(axis=0))
    assert np.linalg.norm(means[0] - means[1]) == pytest.approx(abs(1 - share) * whole)


def test_the_steps_of_the_first_state_are_drawn(article: SmallArticle) -> None:
    first, second, third = svgs(article, "closing", "state = { share = 1 }")
    assert np.array_equal(points(second, "mean image"), points(second, "mean text"))
    gaps = [np.ptp(points(svg, "gap"), axis=0).max() for svg in (first, third)]
    assert 0 < gaps[1] < gaps[0] / 4  # a little of it stays
    for svg in (first, second, third):
        for kind in ("points image", "points text"):
            places = points(svg, kind)
            assert places.shape == (9, 2)
            assert places.min() > 0
            assert places.max() < 2000


def test_the_page_gets_the_vectors_that_it_moves(article: SmallArticle) -> None:
    found = config(article, "closing")
    assert found["state"] == {"share": 1.0}
    assert np.allclose(found["images"], sketches.closing_pairs()[0], atol=1e-4)
    assert config(article, "terms") == {"drawing": "terms", "controls": (), "state": {}}


@pytest.mark.parametrize(
    ("panel", "counts"),
    [
        # Of four items: a sign in each half of the cross blocks; a plus is two lines.
        (0, {"raised": 2 * 2 * 4, "lowered": 2 * 12}),
        # All cells but those of items with themselves or their partners.
        (1, {"raised": 16, "lowered": 24, "tied": 64 - 16}),
        (2, {"raised": 16, "lowered": 24, "weight": 64}),
    ],
)
def test_each_loss_touches_its_similarities(
    article: SmallArticle, panel: int, counts: dict[str, int]
) -> None:
    svg = svgs(article, "terms")[panel]
    for kind in ("raised", "lowered", "tied", "weight"):
        paths = re.findall(rf'<path class="{kind}" d="([^"]+)"', svg)
        assert sum(path.count("M") for path in paths) == counts.get(kind, 0)
    raised = points(svg, "raised").reshape(-1, 4, 2).mean(axis=1)
    assert np.allclose(np.abs(raised[:, 0] - raised[:, 1]), 1000, atol=1)  # pairs


def test_links_close_the_gap(article: SmallArticle) -> None:
    html = article.text(BLOCK.format("closing", "") + "\n[x](try:fig-sketch?share=0.5)\n").html()
    assert 'href="?fig-sketch=share:0.5#fig-sketch"' in html


@pytest.mark.parametrize(
    ("drawing", "lines", "message"),
    [
        ("cones", "", "9: 'drawing' is 'cones'; it must be one of: expectation, closing, terms"),
        ("closing", "state = { share = 2 }", "10: share '2.0' is not a number from 0 to 1.5"),
        ("terms", "state = { share = 1 }", "10: unknown state 'share'; this sketch has none"),
        ("terms", "size = 1", "10: unknown key 'size'"),
    ],
)
def test_errors_name_the_line(
    article: SmallArticle, drawing: str, lines: str, message: str
) -> None:
    (error,) = article.text(BLOCK.format(drawing, lines)).errors()
    assert error.startswith(f"index.md:{message}"), error

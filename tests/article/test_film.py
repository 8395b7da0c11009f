"""Films side by side: which frame is shown when, where items stand, and every error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from article import geometry
from article.film_states import FilmStates
from article.geometry import Floats
from article.uses import Use
from tests.article.filmed_article import add_films, film
from tests.article.small_article import IMAGES, SmallArticle

BLOCK = """\
Text.

```figure
id = "fig-film"
type = "film"
title = "The trainings"
alt = "Frames."
caption = "What to see."
dataset = "pairs"
{}
```
"""
"""The lines of a test begin on line 10."""


@pytest.fixture
def filmed(article: SmallArticle) -> SmallArticle:
    """An article with two films."""
    add_films(article.folder / "data")
    return article


def config(article: SmallArticle, lines: str = "") -> dict[str, Any]:
    document = article.text(BLOCK.format(lines)).check()
    return document.figures[0].figure.shown.config(document.study)


def test_the_slider_has_every_moment_and_each_film_its_nearest_earlier_frame(
    filmed: SmallArticle,
) -> None:
    found = config(filmed)
    assert found["models"] == ("clip", "cyclip")
    assert found["moments"] == [0, 50, 100, 1000, 10000]
    assert found["frames"] == [[0, 0, 1, 2, 2], [0, 1, 1, 1, 2]]
    # A logarithmic axis from 50 on, to 10,000; what comes before stands at its low end.
    places = [0, 0, np.log(2) / np.log(200), np.log(20) / np.log(200), 1]
    assert found["places"] == pytest.approx(places, abs=1e-4)


def test_films_begin_at_the_end_unless_told(filmed: SmallArticle) -> None:
    assert config(filmed)["state"] == {"pairs": 10000}
    assert config(filmed, "state = { pairs = 70 }")["state"] == {"pairs": 70}
    html = filmed.html()
    assert '<span class="panel-title">CLIP, 0 pairs</span>' in html
    assert '<span class="panel-title">CyCLIP, 50 pairs</span>' in html


def test_before_its_first_frame_a_film_shows_that() -> None:
    states = FilmStates(film("clip", pairs=np.array([10, 20, 30])))
    assert [states.frame_at(pairs) for pairs in (0, 10, 19, 20, 99)] == [0, 0, 0, 1, 2]


def distances(coordinates: Floats) -> Floats:
    return np.asarray(np.linalg.norm(coordinates[:, None] - coordinates[None], axis=-1))


def test_clouds_are_those_of_their_matrices_turned_onto_the_next() -> None:
    states = FilmStates(film("clip"))
    for frame in (1, 2, 0):
        own = geometry.principal_components(states.film.similarities[frame])
        assert np.allclose(distances(states.coordinates(frame)), distances(own))
    last = geometry.principal_components(states.film.similarities[2])
    assert np.array_equal(states.coordinates(2), last)
    for frame in (0, 1):
        product = states.coordinates(frame).T @ states.coordinates(frame + 1)
        assert np.allclose(product, product.T)  # no turn brings them closer
        assert np.linalg.eigvalsh(product).min() > -1e-9


def test_one_colour_scale_and_one_frame_for_all(filmed: SmallArticle) -> None:
    found = config(filmed)
    # At a right angle the first image and caption: cosine 0; the second and first: -.8.
    assert found["similarity_range"] == (-0.8, 1.0)
    states = [FilmStates(film(model)) for model in ("clip", "cyclip")]
    furthest = max(np.linalg.norm(s.coordinates(f), axis=1).max() for s in states for f in range(3))
    assert found["extent"] == pytest.approx(1.06 * furthest, rel=1e-2)


def test_curves_have_the_figures_of_the_files(filmed: SmallArticle) -> None:
    gap, loss, recall = config(filmed)["plots"]
    assert [plot["title"] for plot in (gap, loss, recall)] == ["Gap", "Loss", "Accuracy"]
    assert [one["title"] for one in gap["series"]] == ["CLIP", "CyCLIP"]
    assert [(p["x"], p["y"]) for p in gap["series"][1]["points"]] == [
        ("0", "1"),
        ("50", "0.5"),
        ("10,000", "0.25"),
    ]
    assert [one["title"] for one in loss["series"][:2]] == [
        "CLIP, image → text",
        "CLIP, text → image",
    ]
    assert [p["y"] for p in loss["series"][1]["points"]] == ["2", "1", "0.5"]
    assert [one["colour"] for one in recall["series"]] == [*2 * ["model-0"], *2 * ["model-1"]]
    assert recall["y"] == "R@1 among 2,000"
    # Many points: only the last one has a sign.
    html = filmed.html()
    assert '<path class="round sign" style="--series:var(--model-0)" d="M' in html


def test_nothing_is_loaded_until_it_is_touched(filmed: SmallArticle) -> None:
    document = filmed.text(BLOCK.format("")).check()
    assert document.figures[0].figure.shown.uses(document.study) == [
        Use("items", "pairs", first=False),
        Use("film", "pairs", "clip", first=False),
        Use("film", "pairs", "cyclip", first=False),
    ]


def test_courses_can_be_downloaded(filmed: SmallArticle) -> None:
    files = filmed.text(BLOCK.format("")).build()
    (name,) = [name for name in files if name.startswith("data/pairs/film-clip") and "csv" in name]
    lines = files[name].decode().splitlines()
    assert lines[0] == (
        "pairs seen,gap,loss image to text,loss text to image,R@1 image to text,R@1 text to image"
    )
    assert lines[2] == "100,0.5,2.0,1.0,0.5,0.25"


def test_links_go_to_moments(filmed: SmallArticle) -> None:
    html = filmed.text(BLOCK.format("") + "\n[Early](try:fig-film?pairs=100)\n").html()
    assert 'href="?fig-film=pairs:100#fig-film"' in html


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('models = ["klip"]', "10: unknown model 'klip'; did you mean 'clip'?"),
        ("state = { pairs = -1 }", "10: pairs '-1' is not a whole number from 0 on"),
        ("state = { pairs = 0.5 }", "10: 'state.pairs' must be a whole number"),
        ("speed = 2", "10: unknown key 'speed'"),
    ],
)
def test_errors_name_the_line(filmed: SmallArticle, lines: str, message: str) -> None:
    (error,) = filmed.text(BLOCK.format(lines)).errors()
    assert error.startswith(f"index.md:{message}"), error


def test_a_data_set_without_films(article: SmallArticle) -> None:
    (error,) = article.text(BLOCK.format("")).errors()
    assert "the data hold no film of data set 'pairs'" in error


def test_films_of_different_pairs_do_not_stand_together(article: SmallArticle) -> None:
    two = np.stack([np.eye(4)] * 3)
    add_films(article.folder / "data", film("clip"), film("cyclip", count=2, similarities=two))
    (error,) = article.text(BLOCK.format("")).errors()
    assert error == "index.md:4: these films are of different pairs"


def test_links_to_what_is_no_moment(filmed: SmallArticle) -> None:
    links = "\n[a](try:fig-film?pairs=many) [b](try:fig-film?frame=1)\n"
    first, second = filmed.text(BLOCK.format("") + links).errors()
    assert "pairs 'many' is not a whole number" in first
    assert "unknown state 'frame'" in second


def test_a_moment_in_numbers() -> None:
    # The second frame of three: half of the gap and of the losses' fall is behind it.
    figures = FilmStates(film("clip")).figures(150)
    assert (figures["pairs"], figures["steps"]) == (100, 1)
    assert figures["gap"] == pytest.approx(0.5, abs=1e-6)
    assert figures["loss"] == pytest.approx((2.0 + 1.0) / 2, abs=1e-6)
    assert figures["recall_second_to_first"] == pytest.approx(0.25, abs=1e-6)
    # Turned together, the captions are as alike as the images.
    first, second, third = (np.array(image) / np.linalg.norm(image) for image in IMAGES)
    expected = (first @ second + second @ third + third @ first) / 3
    for name in ("mean_cosine_first", "mean_cosine_second"):
        assert figures[name] == pytest.approx(expected, abs=1e-6)

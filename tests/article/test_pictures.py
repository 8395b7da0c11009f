"""Static pictures: pixels, coordinates and ticks worked out by hand."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from article import pictures
from article.colours import colour_index, similarity_scale
from article.landscape import points_of
from article.pictures import Line, Range
from article.study import SpaceStates
from tests.article.small_article import (
    EXPLORER,
    LANDSCAPE,
    SmallArticle,
    curve,
    four_models,
    space,
)


def test_the_scale_of_similarities_is_viridis() -> None:
    scale = similarity_scale()
    assert scale.shape == (256, 3)
    assert scale[0].tolist() == [68, 1, 84]  # #440154
    assert scale[255].tolist() == [253, 231, 37]  # #fde725


def test_colours_beyond_the_ends_are_those_of_the_ends() -> None:
    values = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    assert colour_index(values, -1, 1).tolist() == [0, 0, 128, 255, 255]


def test_a_heatmap_has_a_pixel_for_each_similarity() -> None:
    scale = similarity_scale()
    data = pictures.heatmap_png(np.array([[1.0, -1.0], [0.0, 1.0]]), -1, 1, scale)
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.size == (2, 2)
        pixels = np.asarray(picture.convert("RGB"))
    assert np.array_equal(pixels[0, 0], scale[255])
    assert np.array_equal(pixels[0, 1], scale[0])
    assert np.array_equal(pixels[1, 0], scale[128])


def test_a_scatter_joins_pairs_and_draws_each_modality() -> None:
    coordinates = np.array([[1.0, 1.0], [0.0, 0.0], [-1.0, -1.0], [0.5, 0.0]])
    svg = pictures.scatter_svg(coordinates, ("image", "text"), (2, 2), np.zeros(2), 2.0)
    # 2000 steps span -2 to 2, upwards: (1, 1) is at 1500 from the left, 500 from the top.
    assert '<path class="pairs" d="M1500 500L500 1500M1000 1000L1250 1000"/>' in svg
    assert '<path class="points image" d="M1500 500h0M1000 1000h0"/>' in svg
    assert '<path class="points text" d="M500 1500h0M1250 1000h0"/>' in svg


def test_a_scatter_may_have_another_centre() -> None:
    coordinates = np.array([[5.0, 5.0], [6.0, 5.0]])
    svg = pictures.scatter_svg(coordinates, ("image", "text"), (1, 1), np.array([5.0, 5.0]), 1.0)
    assert 'd="M1000 1000L2000 1000"' in svg


def test_the_name_of_a_modality_cannot_break_out() -> None:
    svg = pictures.scatter_svg(np.zeros((2, 2)), ('"><script>', "b"), (1, 1), np.zeros(2), 1.0)
    assert "<script>" not in svg


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0.0, 1.0], (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)),
        ([-1.9, 1.9], (-2.0, -1.0, 0.0, 1.0, 2.0)),
        ([0.0, 7.1], (0.0, 2.0, 4.0, 6.0, 8.0)),
        ([3.0, 3.0], (3.0, 4.0)),
        ([-0.001, 0.0], (-0.001, -0.0008, -0.0006, -0.0004, -0.0002, 0.0)),
    ],
)
def test_axes_end_at_round_numbers(values: list[float], ticks: tuple[float, ...]) -> None:
    found = Range.around(np.array(values))
    assert found.ticks == pytest.approx(ticks)
    assert (found.low, found.high) == pytest.approx((ticks[0], ticks[-1]))


def test_ticks_are_counted_from_the_left_and_from_the_top() -> None:
    axis = Range(-1, 1, (-1, 0, 0.5))
    assert [(t.text, t.at) for t in axis.labels()] == [("−1", 0), ("0", 0.5), ("0.5", 0.75)]
    assert [t.at for t in axis.labels(from_top=True)] == [1, 0.5, 0.25]


def test_lines_and_points() -> None:
    axis = Range(0, 2, (0, 2))
    line = Line(np.array([0.0, 1.0, 2.0]), np.array([0.0, 2.0, 1.0]), "curve", 3)
    point = Line(np.array([1.0]), np.array([2.0]), "point")
    svg = pictures.lines_svg([line, point], axis, axis)
    curved = '<path class="curve" style="--model:var(--model-3)" d="M0 2000L1000 0L2000 1000"/>'
    assert f'{curved}<path class="point" d="M1000 0h0"/></svg>' in svg


def test_a_landscape_holds_what_it_was_trained_to() -> None:
    points = points_of(curve("clip"))
    assert points.distance.tolist() == [-1, 0, 0.25, 0.5, 1]
    assert points.losses("mean").tolist() == [2, 1, 2, 1, 3]
    assert points.losses("first_to_second").tolist() == [2, 1, 1, 0.5, 4]
    assert points.trained("mean") == (0.5, 1)
    assert points.trained("second_to_first") == (0.5, 1.5)


def test_a_landscape_names_each_model_at_its_trained_distance(article: SmallArticle) -> None:
    html = article.text(LANDSCAPE).html()
    # Distances -1 to 1 in steps of .5, losses 0 to 3 in steps of .5: trained at (.5, 1).
    for name, place, colour, row in (("CLIP", "left", 0, 1), ("CyCLIP", "right", 1, 0)):
        style = f"--x:0.75;--y:0.0;{f'--row:{row};' if row else ''}--model:var(--model-{colour})"
        assert f'<span class="mark {place}" style="{style}">{name} as trained</span>' in html
    assert '<span class="mark left" style="--x:0.5;--y:0.0">closed</span>' in html
    assert '<path class="rule" style="--model:var(--model-0)" d="M1500 2000L1500 0"/>' in html


def test_a_logarithmic_axis_ends_at_round_steps_and_has_no_place_for_zero() -> None:
    axis = Range.of_magnitudes(np.array([0.03, 1.8]))
    assert axis.low == pytest.approx(0.02)
    assert axis.high == 2
    assert axis.ticks == (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)
    # Two powers of ten from end to end: .2 is in the middle, and nothing is lower than the low end.
    assert axis.shares(np.array([0.02, 0.2, 2.0, 0.0])) == pytest.approx([0, 0.5, 1, 0])


def test_of_many_models_only_the_chosen_one_is_named_in_full(tmp_path: Path) -> None:
    article = four_models(tmp_path / "essay")
    chosen = LANDSCAPE.replace("title", 'state = { model = "more" }\ntitle')
    names = re.findall(r'<span class="mark [^>]+>([^<]+)</span>', article.text(chosen).html())
    assert sorted(names) == ["CLIP", "CYCLIP", "MORE as trained", "MOST", "closed"]


def test_a_logarithmic_landscape_says_so(article: SmallArticle) -> None:
    html = article.text(LANDSCAPE.removesuffix("```\n") + 'scale = "log"\n```\n').html()
    assert "loss (nats, logarithmic)" in html


def test_a_landscape_names_its_directions_where_they_differ_most(article: SmallArticle) -> None:
    more = 'directions = ["mean", "first_to_second", "second_to_first"]\n```\n'
    html = article.text(LANDSCAPE.removesuffix("```\n") + more).html()
    # At distance .25 losses of 1 and 3, at 1 of 4 and 2, on an axis from 0 to 4: the first counts.
    for name, place, height in (("image → text", "below", 0.75), ("text → image", "above", 0.25)):
        style = f"--x:0.625;--y:{height};--model:var(--model-0)"
        assert f'<span class="mark {place}" style="{style}">{name}</span>' in html
    assert html.count('class="curve direction"') == 2


def test_an_order_moves_rows_and_columns_of_both_modalities() -> None:
    assert SpaceStates(space("clip")).rows("given") == [0, 1, 2, 3, 4, 5]
    assert SpaceStates(space("clip")).rows("image-image") == [2, 0, 1, 5, 3, 4]


def test_layouts_between_their_ends_are_interpolated() -> None:
    states = SpaceStates(space("clip"))
    trained = np.arange(12.0).reshape(6, 2)  # and one more everywhere when closed
    assert np.array_equal(states.coordinates("umap", 0.25), trained + 0.25)
    assert np.array_equal(states.coordinates("umap", 1.5), trained + 1)


def test_the_frame_of_a_projection_is_the_same_for_every_share() -> None:
    states = SpaceStates(space("clip"))
    # x from 0 to 11 and y from 1 to 12 over both ends.
    assert states.centre("umap").tolist() == [5.5, 6.5]
    assert states.extent("umap") == pytest.approx(1.06 * 5.5)


def test_principal_components_fit_their_frame_at_both_ends() -> None:
    states = SpaceStates(space("clip"))
    ends = [np.linalg.norm(states.coordinates("pca", share), axis=1).max() for share in (0, 1)]
    assert states.extent("pca") == pytest.approx(1.06 * max(ends))
    assert states.centre("pca").tolist() == [0, 0]


def test_the_scale_stands_below_the_matrix(article: SmallArticle) -> None:
    html = article.text(EXPLORER).html()
    assert '<span>−0.8</span><span class="colour-bar-scale"' in html
    assert "linear-gradient(to right, rgb(68 1 84), " in html
    assert html.count('<span class="image">● image</span><span class="text">■ text</span>') == 1


def test_the_picture_is_of_the_first_state(article: SmallArticle) -> None:
    parameters = (
        'state = {share = 1, order = "image-image", model = "clip"}\nviews = ["heatmap"]\n```\n'
    )
    document = article.text(EXPLORER.removesuffix("```\n") + parameters).check()
    shown = document.figures[0].figure.shown
    (view,) = shown.draw(document.study)
    states = document.study.space("pairs", "clip")
    rows = [2, 0, 1, 5, 3, 4]
    low, high = shown.config(document.study)["similarity_range"]
    expected = states.closed[rows][:, rows]
    assert view.png == pictures.heatmap_png(expected, low, high, similarity_scale())

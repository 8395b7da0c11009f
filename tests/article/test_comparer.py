"""The comparer: panels with states of their own or in common, one order and one scale for all."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from article import geometry
from article.colours import difference_scale
from article.comparer import Comparer
from article.pictures import View
from tests.article.small_article import (
    CAPTIONS,
    IMAGES,
    SmallArticle,
    small_article,
    space,
    write_data,
)

LEAD = "Text.\n\n"  # the block begins on line 3, its first key on line 4

PANELS = '{model = "clip"}, {model = "clip", share = 1}, {model = "cyclip", title = "Turned"}'

COMPARER = f"""\
```figure
id = "fig-both"
type = "comparer"
datasets = ["pairs"]
title = "Both"
alt = "Two matrices."
caption = "What to see."
panels = [{PANELS}]
```
"""


def figure(lines: str, source: str = COMPARER) -> str:
    """A figure with more lines, before its closing fence: from line 11 on."""
    return LEAD + source.removesuffix("```\n") + lines + "\n```\n"


def shown(article: SmallArticle, lines: str = "") -> tuple[Comparer, Any]:
    """The comparer of a text and its study."""
    document = article.text(figure(lines)).check()
    comparer = document.figures[0].figure.shown
    assert isinstance(comparer, Comparer)
    return comparer, document.study


def drawn(article: SmallArticle, lines: str = "") -> list[View]:
    """Its static views."""
    comparer, study = shown(article, lines)
    return comparer.draw(study)


def steps(view: View) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Positions of a picture's pixels on its colour scale."""
    assert view.png is not None
    return np.asarray(Image.open(io.BytesIO(view.png)), dtype=np.int64)


@pytest.mark.parametrize(
    ("markdown", "messages"),
    [
        (figure("").replace('["pairs"]', '["pears"]'), ["6: unknown data set 'pears'"]),
        (figure("").replace('["pairs"]', "[]"), ["6: 'datasets' is empty"]),
        (figure("").replace('{model = "clip"}', '{model = "klip"}'), ["10: unknown model 'klip'"]),
        (
            figure("").replace("share = 1", "share = 0"),
            ["10: panel 'clip' is there twice"],
        ),
        (figure("").replace("share = 1", "share = 2"), ["10: share '2.0' is not a number"]),
        (
            figure("").replace("title =", "name =").replace('name = "B', 'title = "B'),
            ["10: unknown key 'name'"],
        ),
        (figure("views = []"), ["11: 'views' is empty"]),
        (figure("columns = 5"), ["11: 'columns' is 5; there are at most 4"]),
        (figure('state = {shown = "clip-50"}'), ["11: unknown shown 'clip-50'"]),
        (figure('state = {by = "klip"}'), ["11: unknown by 'klip'"]),
        (figure('state = {order = "best"}'), ["11: no order 'best'"]),
        (figure("\n[state]\nshare = -1"), ["13: share '-1.0' is not a number from 0 to 1.5"]),
    ],
)
def test_errors_name_the_line_in_the_block(
    article: SmallArticle, markdown: str, messages: list[str]
) -> None:
    found = article.text(markdown).errors()
    assert len(found) == len(messages), found
    for error, message in zip(found, messages, strict=True):
        assert error.startswith(f"index.md:{message}")


def test_panels_are_called_by_model_and_state(article: SmallArticle) -> None:
    comparer, study = shown(article)
    assert [(panel.id, panel.title) for panel in comparer.panels] == [
        ("clip", "CLIP"),
        ("clip-100", "CLIP, closed"),
        ("cyclip", "Turned"),
    ]
    assert comparer.config(study)["panels"][1] == {
        "id": "clip-100",
        "model": "clip",
        "share": 1.0,
        "title": "CLIP, closed",
    }


def test_only_what_leaves_a_choice_is_a_control(article: SmallArticle) -> None:
    comparer, _ = shown(article)
    assert comparer.controls == ("shown", "share", "order", "reset")
    comparer, _ = shown(article, 'views = ["scatter", "heatmap"]')
    assert comparer.controls == ("view", "shown", "share", "order", "projection", "reset")
    alone = figure("").replace(PANELS, '{model = "clip", share = 1}')
    (block,) = article.text(alone).check().figures
    assert block.figure.shown.parts["controls"] == ("order", "reset")


def test_state_begins_with_the_first_of_all(article: SmallArticle) -> None:
    comparer, study = shown(article, 'views = ["difference", "heatmap"]')
    assert comparer.config(study)["state"] == {
        "dataset": "pairs",
        "view": "difference",
        "shown": "all",
        "share": 0.0,
        "order": "given",
        "by": "clip",
        "projection": "pca",
    }


def test_differences_are_those_of_the_blocks(article: SmallArticle) -> None:
    """Images 0 and 1 have .6, their texts .8; images 0 and 2 have .8, their texts .6."""
    markdown = figure('views = ["difference"]').replace(PANELS, '{model = "clip"}')
    document = article.text(markdown).check()
    comparer = document.figures[0].figure.shown
    (view,) = comparer.draw(document.study)
    low, high = comparer.config(document.study)["difference_range"]
    assert low == -high
    expected = np.array([[0, -0.2, 0.2], [-0.2, 0, 0], [0.2, 0, 0]])
    assert np.abs(steps(view) - (expected - low) / (high - low) * 255).max() <= 0.6
    assert view.scale is not None
    assert view.scale.title == "image minus text"


def test_range_of_differences_holds_those_of_closed_gaps(article: SmallArticle) -> None:
    comparer, study = shown(article, 'views = ["difference"]')
    turned = [[-y, x] for x, y in IMAGES]
    largest = 0.0
    for images in (IMAGES, turned):
        trained = geometry.similarity_matrix(images, CAPTIONS)
        for matrix in (trained, geometry.close_gap(trained, (3, 3))):
            largest = max(largest, float(np.abs(matrix[:3, :3] - matrix[3:, 3:]).max()))
    low, high = comparer.difference_range(study)
    assert largest <= high + 1e-3
    assert high - largest < 0.1
    assert low == -high


def test_scale_of_differences_is_centred_and_as_dark_on_both_sides() -> None:
    scale = difference_scale().astype(float)
    luminance = scale @ [0.2126, 0.7152, 0.0722]
    middle = scale[127:129].mean(axis=0)
    assert np.ptp(middle) < 2
    assert np.all(np.diff(luminance[:128:8]) > 0)
    assert np.all(np.diff(luminance[128::8]) < 0)
    assert scale[40, 0] > scale[40, 2] + 80, "below zero it is orange"
    assert scale[215, 2] > scale[215, 0] + 80, "above zero it is blue"


def test_all_panels_have_the_order_of_one_model(tmp_path: Path) -> None:
    clusters = space("cyclip").clusterings[0]
    turned = dataclasses.replace(clusters, order=np.array([1, 2, 0]), labels=np.array([1, 0, 0]))
    other = dataclasses.replace(space("cyclip"), clusterings=(turned,))
    article = small_article(tmp_path / "essay", spaces={"cyclip": other})
    state = 'state = {order = "image-image", by = "cyclip"}'
    markdown = figure(state).replace(', {model = "clip", share = 1}', "")
    document = article.text(markdown).check()
    comparer = document.figures[0].figure.shown
    low, high = comparer.config(document.study)["similarity_range"]
    rows = [1, 2, 0, 4, 5, 3]
    for view, model in zip(comparer.draw(document.study), ("clip", "cyclip"), strict=True):
        expected = space(model).similarity[rows][:, rows]
        assert np.abs(steps(view) - (expected - low) / (high - low) * 255).max() <= 0.6


def test_many_panels_are_drawn_with_a_quarter_of_the_cells(article: SmallArticle) -> None:
    views = drawn(article)
    assert [view.title for view in views] == ["CLIP", "CLIP, closed", "Turned"]
    assert {view.name for view in views} == {"heatmap-clip", "heatmap-clip-100", "heatmap-cyclip"}
    similarity = space("clip").similarity
    blocks = similarity.reshape(3, 2, 3, 2).mean(axis=(1, 3))
    # Every fourth colour: 2, 6, 10, ... of 255.
    assert set(np.unique(steps(views[0]) % 4)) == {2}
    assert np.abs(steps(views[0]) - (blocks + 0.8) / 1.8 * 255).max() <= 2.6
    assert steps(drawn(article, 'state = {shown = "clip"}')[0]).shape == (3, 3)


def test_a_panel_with_its_own_state_stays_in_it(article: SmallArticle) -> None:
    trained, closed, _ = (steps(view) for view in drawn(article))
    moved = [steps(view) for view in drawn(article, "state = {share = 0.5}")]
    assert np.array_equal(moved[1], closed)
    assert not np.array_equal(moved[0], trained)


def test_first_loads_are_those_of_the_panels_that_are_shown(article: SmallArticle) -> None:
    comparer, study = shown(article, 'state = {shown = "clip-100"}')
    assert [(use.kind, use.model, use.first) for use in comparer.uses(study)] == [
        ("items", None, False),
        ("space", "clip", True),
        ("space", "cyclip", False),
    ]
    state = 'state = {shown = "clip", order = "image-image", by = "cyclip"}'
    comparer, study = shown(article, state)
    assert all(use.first for use in comparer.uses(study) if use.kind == "space")


def test_downloads_are_the_files_of_the_explorer(article: SmallArticle) -> None:
    comparer, study = shown(article, 'views = ["difference", "scatter"]')
    assert [download.path for download in comparer.downloads(study)] == [
        "pairs/similarities-clip.csv",
        "pairs/similarities-cyclip.csv",
        "pairs/points-clip.csv",
        "pairs/points-cyclip.csv",
    ]


def test_links_may_set_every_value_of_the_state(article: SmallArticle) -> None:
    link = (
        "[a](try:fig-both?view=scatter&shown=cyclip&share=1&order=image-image&by=cyclip"
        "&projection=umap&dataset=pairs)"
    )
    markdown = figure('views = ["heatmap", "scatter"]')
    assert article.text(f"{markdown}\n{link}").errors() == []
    wrong = article.text(f"{markdown}\n[a](try:fig-both?view=cloud)").errors()
    assert len(wrong) == 1
    assert "unknown view 'cloud'" in wrong[0]


def test_a_dataset_lacks_a_model(tmp_path: Path) -> None:
    article = small_article(tmp_path / "essay")
    write_data(
        article.folder / "data",
        models={"clip": {"title": "CLIP", "short": "CLIP", "logit_scale": 100.0}},
    )
    (error,) = article.text(figure("")).errors()
    assert error.startswith("index.md:10: unknown model 'cyclip'")


def test_page_reserves_rows_and_columns(article: SmallArticle) -> None:
    html = article.text(figure("columns = 2")).html()
    assert 'data-views="columns-2 rows-4"' in html
    assert 'data-controls="shown share order reset"' in html
    assert html.count('class="panel panel-heatmap"') == 3
    assert html.count('<span class="panel-title">') == 3

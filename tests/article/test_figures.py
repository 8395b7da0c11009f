"""Figures in the text: their parameters, and every error with the line within the block."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from article import geometry
from article.explorer import ExplorerState
from tests.article.small_article import (
    EXPLORER,
    LANDSCAPE,
    SmallArticle,
    small_article,
    space,
    write_data,
)

LEAD = "Text.\n\n"  # the block begins on line 3, its first key on line 4


def figure(lines: str, source: str = EXPLORER) -> str:
    """A figure with more lines, before its closing fence: from line 10 on."""
    return LEAD + source.removesuffix("```\n") + lines + "\n```\n"


@pytest.mark.parametrize(
    ("markdown", "messages"),
    [
        (
            LEAD + EXPLORER.replace('explorer"\nd', 'explorre"\nd'),
            ["5: unknown figure type 'explorre'"],
        ),
        (LEAD + EXPLORER.replace('"pairs"', '"pears"'), ["6: unknown data set 'pears'"]),
        (LEAD + EXPLORER.replace('"Four quadrants."', '" "'), ["8: 'alt' is empty"]),
        (LEAD + EXPLORER.replace("fig-explorer", "Fig 1"), ["4: id 'Fig 1' is not of the form"]),
        (LEAD + EXPLORER.replace("fig-explorer", "explorer"), ["4: id 'explorer' is not of the"]),
        (
            LEAD + EXPLORER + "\n" + EXPLORER,
            ["13: duplicate id 'fig-explorer', first in index.md:4"],
        ),
        (
            "```figure\n```",
            [f"2: {key!r} is missing" for key in ("id", "type", "title", "alt", "caption")],
        ),
        ("```figure\nid = \n```", ["2: not TOML"]),
        (
            figure('width = "huge"'),
            ["10: 'width' is 'huge'; it must be one of: text, page, screen"],
        ),
        (figure('colour = "red"'), ["10: unknown key 'colour'"]),
        (figure('models = ["clip", "klip"]'), ["10: unknown model 'klip'; did you mean 'clip'?"]),
        (figure("views = []"), ["10: 'views' is empty"]),
        (figure('views = ["cloud"]'), ["10: 'views.0' is 'cloud'; it must be one of"]),
        (figure('controls = ["zoom"]'), ["10: 'controls.0' is 'zoom'; it must be one of"]),
        (figure("\nstate = {share = 2}"), ["11: share '2.0' is not a number from 0 to 1.5"]),
        (figure("[state]\nshare = -1"), ["11: share '-1.0' is not a number from 0 to 1.5"]),
        (
            figure('state = {order = "best"}'),
            ["10: unknown order 'best'; there are: given, image-image"],
        ),
        (figure('state = {model = "klip"}'), ["10: unknown model 'klip'"]),
        (figure("state = {zoom = 1}"), ["10: unknown key 'zoom'"]),
        (
            LEAD + EXPLORER.replace('"What to see."', "'''\nSee\n[@nobody]\n'''"),
            ["11: unknown reference 'nobody'"],
        ),
        (
            LEAD + EXPLORER.replace('"What to see."', '"$\\bar x$"'),
            ["9: 'caption' has a control", "9: "],
        ),
        (LEAD + EXPLORER.replace("All of it", "0.5 of it"), ["7: the number '0.5' is typed"]),
        (LEAD + EXPLORER.replace('"What to see."', "'{{ x }}'"), ["9: {{ x }}: 'x' is undefined"]),
        (figure('models = ["klip"]', LANDSCAPE), ["10: unknown model 'klip'"]),
        (figure("directions = []", LANDSCAPE), ["10: 'directions' is empty"]),
        (
            figure('state = {direction = "second_to_first"}', LANDSCAPE),
            ["10: unknown direction 'second_to_first'; there are: mean"],
        ),
        (
            figure('models = ["klip"]\nstate = {share = 9}\nsize = 1').replace("What", "{{ x }}"),
            ["9: {{ x }}", "10: unknown model 'klip'", "12: unknown key 'size'"],
        ),
    ],
)
def test_errors_name_the_line_in_the_block(
    article: SmallArticle, markdown: str, messages: list[str]
) -> None:
    found = article.text(markdown).errors()
    assert len(found) == len(messages), found
    for error, message in zip(found, messages, strict=True):
        assert error.startswith(f"index.md:{message}")


def test_links_to_a_broken_figure_are_no_errors_of_their_own(article: SmallArticle) -> None:
    broken = EXPLORER.replace("caption", "capsion")
    found = article.text(f"{broken}\n[](#fig-explorer) [a](try:fig-explorer?share=1)").errors()
    assert [error.partition(";")[0] for error in found] == [
        "index.md:2: 'caption' is missing",
        "index.md:7: unknown key 'capsion'",
    ]


def config(article: SmallArticle, markdown: str) -> dict[str, object]:
    document = article.text(markdown).check()
    return document.figures[0].figure.shown.config(document.study)


def test_an_explorer_shows_all_models_unless_told(article: SmallArticle) -> None:
    assert config(article, EXPLORER) == {
        "dataset": "pairs",
        "models": ("clip", "cyclip"),
        "views": ("heatmap", "scatter"),
        "controls": ("model", "share", "projection", "order", "reset"),
        "projections": ["pca", "tsne", "umap"],
        "orders": ["given", "image-image"],
        "state": dataclasses.asdict(ExplorerState(model="clip", clusters=10)),
        "similarity_range": (-0.8, 1.0),
        "linkage": "complete",
        "stop_words": [],
        "pool": None,
    }


def test_a_choice_of_one_model_is_no_control(article: SmallArticle) -> None:
    found = config(article, figure('models = ["cyclip"]\ncontrols = ["model", "reset"]'))
    assert found["controls"] == ("reset",)
    assert found["state"] == dataclasses.asdict(ExplorerState(model="cyclip", clusters=10))


def test_a_landscape_shows_all_models_unless_told(article: SmallArticle) -> None:
    assert config(article, LANDSCAPE) == {
        "dataset": "pairs",
        "models": ("clip", "cyclip"),
        "directions": ("mean",),
        "scale": "linear",
        "state": {"model": "clip", "direction": "mean"},
    }


def test_a_projection_that_the_data_lack(article: SmallArticle) -> None:
    bare = dataclasses.replace(space("clip"), projections=())
    write_data(article.folder / "data", spaces={"clip": bare})
    (error,) = article.text(figure('state = {projection = "umap"}')).errors()
    assert error == "index.md:10: unknown projection 'umap'; there are: pca"


def test_a_gap_that_cannot_be_closed(article: SmallArticle) -> None:
    same = geometry.similarity_matrix([[1.0, 0.0]] * 3, [[-1.0, 0.0]] * 3)
    broken = dataclasses.replace(space("clip"), similarity=same)
    write_data(article.folder / "data", spaces={"clip": broken})
    (error,) = article.text(figure('models = ["clip"]')).errors()
    assert error == "index.md:10: item 0 is moved onto the origin: no direction left"


@pytest.mark.parametrize("name", ["space-clip.json", "items.json", "pictures-0.png"])
def test_a_manifest_that_names_a_missing_file(article: SmallArticle, name: str) -> None:
    (article.folder / "data/pairs" / name).unlink()
    (error,) = article.text(figure("")).errors()
    assert error.startswith("index.md:")
    assert error.endswith(f"pairs/{name}: listed in the manifest, but missing")


def test_a_truncated_data_file(article: SmallArticle) -> None:
    file = article.folder / "data/pairs/space-clip.json"
    file.write_bytes(file.read_bytes()[:-20])
    (error,) = article.text(figure("")).errors()
    assert "space-clip.json" in error
    assert "the manifest says" in error


def test_items_that_name_a_picture_the_manifest_lacks(article: SmallArticle) -> None:
    manifest = (article.folder / "data/manifest.json").read_text()
    changed = manifest.replace('"path":"pairs/pictures-0.png"', '"path":"pairs/pictures-1.png"')
    (article.folder / "data/manifest.json").write_text(changed)
    named, listed = sorted(article.text(figure("")).errors(), reverse=True)
    assert "names 'pairs/pictures-0.png', which is not in the manifest" in named
    assert listed.endswith("pairs/pictures-1.png: listed in the manifest, but missing")


def test_a_manifest_that_does_not_say_enough(tmp_path: Path) -> None:
    article = small_article(tmp_path, models={"clip": {"title": "CLIP", "logit_scale": 100.0}})
    (error,) = article.errors()
    assert error.endswith("manifest.json: model 'clip' has no 'short'")


@pytest.mark.parametrize(
    ("smallest", "low"), [(-0.8, -0.8), (-0.81, -0.9), (0.25, 0.2), (0.3, 0.3)]
)
def test_the_similarity_range_is_rounded_outwards(
    article: SmallArticle, smallest: float, low: float
) -> None:
    # Equal clouds of two directions with this cosine: closing the gap between them changes nothing.
    angle = np.arccos(smallest)
    vectors = [[1.0, 0.0], [np.cos(angle), np.sin(angle)], [1.0, 0.0]]
    similarity = geometry.similarity_matrix(vectors, vectors)
    changed = dataclasses.replace(space("clip"), similarity=similarity)
    write_data(article.folder / "data", spaces={"clip": changed})
    assert config(article, figure('models = ["clip"]'))["similarity_range"] == (low, 1.0)

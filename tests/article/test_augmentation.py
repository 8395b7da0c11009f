"""The augmentation comparer: kinds and pictures from the manifest, models beside each other."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from PIL import Image

from article import geometry
from article.augmentation import Augmentation, strip_rows
from article.changed_pictures import ChangedPicture
from article.pictures import SIDE
from tests.article.changed_article import (
    CAPTIONS,
    KINDS,
    MODELS,
    STEPS,
    cell_colour,
    changed_article,
    dataset,
    similarity,
)
from tests.article.small_article import SmallArticle

LEAD = "Text.\n\n"  # the block begins on line 3, its first key on line 4

STEPWISE = """\
```figure
id = "fig-steps"
type = "augmentation"
title = "Steps"
alt = "Matrices."
caption = "What to see."
```
"""


def figure(lines: str) -> str:
    """A figure with more lines, before its closing fence: from line 9 on."""
    return LEAD + STEPWISE.removesuffix("```\n") + lines + "\n```\n"


@pytest.fixture
def changed(tmp_path: Path) -> SmallArticle:
    """Two pictures, two kinds of change, two models."""
    return changed_article(tmp_path / "essay")


def shown(article: SmallArticle, lines: str = "") -> tuple[Augmentation, Any]:
    """The figure of a text and its study."""
    document = article.text(figure(lines)).check()
    augmentation = document.figures[0].figure.shown
    assert isinstance(augmentation, Augmentation)
    return augmentation, document.study


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('kinds = ["turn", "tern"]', "9: unknown kind 'tern'; did you mean 'turn'?"),
        ('pictures = ["three"]', "9: unknown picture 'three'"),
        ('models = ["klip"]', "9: unknown model 'klip'"),
        ("views = []", "9: 'views' is empty"),
        ('views = ["scatter"]', "9: 'views.0' is 'scatter'; it must be one of: heatmap, curve"),
        ("columns = 6", "9: 'columns' is 6; there are at most 5"),
        ("state = {step = 5}", "9: step '5' is not a whole number from 0 to 4"),
        ('state = {kind = "noise"}', "9: unknown kind 'noise'"),
        ('\n[state]\nview = "cloud"', "11: unknown view 'cloud'"),
    ],
)
def test_errors_name_the_line_in_the_block(changed: SmallArticle, lines: str, message: str) -> None:
    (error,) = changed.text(figure(lines)).errors()
    assert error.startswith(f"index.md:{message}")


def test_data_without_changed_pictures_are_an_error(article: SmallArticle) -> None:
    (error,) = article.text(figure("")).errors()
    assert error == "index.md:4: the data hold no pictures that are changed step by step"


def test_a_data_set_must_say_how_its_picture_was_changed(changed: SmallArticle) -> None:
    manifest = changed.folder / "data" / "manifest.json"
    content = orjson.loads(manifest.read_bytes())
    del content["datasets"]["set-01"]["augmentation"]["values"]
    manifest.write_bytes(orjson.dumps(content))
    (error,) = changed.text(figure("")).errors()
    assert "data set 'set-01' does not say how its picture was changed: 'values'" in error


def test_all_that_the_data_have_is_shown(changed: SmallArticle) -> None:
    augmentation, study = shown(changed)
    config = augmentation.config(study)
    assert config["datasets"] == {
        "turn": {"one": "set-00", "two": "set-01"},
        "push": {"one": "set-10", "two": "set-11"},
    }
    assert config["models"] == [
        {"id": "clip", "title": "CLIP"},
        {"id": "cyclip", "title": "CyCLIP"},
    ]
    assert config["controls"] == ("kind", "picture", "view", "step", "reset")
    assert config["state"] == {"kind": "turn", "picture": "one", "view": "heatmap", "step": 0}
    assert config["columns"] == 2
    lowest = min(
        similarity(kind, picture, model).min()
        for kind in KINDS
        for picture in CAPTIONS
        for model in MODELS
    )
    low, high = config["similarity_range"]
    assert high == 1
    assert low - 1e-3 <= lowest < low + 0.1


def test_steps_are_written_in_their_unit(changed: SmallArticle) -> None:
    augmentation, study = shown(changed, 'kinds = ["push", "turn"]')
    push, turn = augmentation.config(study)["kinds"]
    assert push["texts"] == ["−20 px", "−8 px", "1 px", "8 px", "20 px"]
    assert push["axis"] == "push (pixels)"
    assert push["start"] == 2, "the least changed is the beginning"
    assert push["ticks"] == [
        {"at": 0.0, "text": "−20"},
        {"at": 1.0, "text": "−10"},
        {"at": 2.0, "text": "0"},
        {"at": 3.0, "text": "10"},
        {"at": 4.0, "text": "20"},
    ]
    assert turn["texts"] == ["0°", "90°", "180°", "270°", "360°"]
    assert [tick["text"] for tick in turn["ticks"]] == ["0", "90", "180", "270", "360"]


def test_only_what_leaves_a_choice_is_a_control(changed: SmallArticle) -> None:
    lines = 'kinds = ["turn"]\npictures = ["two"]\nviews = ["curve"]'
    augmentation, study = shown(changed, lines)
    assert augmentation.controls == ("step", "reset")
    assert augmentation.config(study)["datasets"] == {"turn": {"two": "set-01"}}


def test_thumbnails_are_of_the_least_changed_picture(changed: SmallArticle) -> None:
    augmentation, study = shown(changed, 'kinds = ["push"]')
    for picture in augmentation.config(study)["pictures"]:
        header, _, content = picture["thumbnail"].partition(",")
        assert header == "data:image/webp;base64"
        colours = np.asarray(Image.open(io.BytesIO(base64.b64decode(content))).convert("RGB"))
        wanted = cell_colour(picture["id"], 2)
        assert np.abs(colours.reshape(-1, 3).mean(axis=0) - wanted).max() < 6
        assert picture["caption"] == CAPTIONS[picture["id"]]


def test_static_matrix_stands_over_the_strip_of_its_text(changed: SmallArticle) -> None:
    augmentation, study = shown(changed, 'state = {kind = "push", picture = "two"}')
    low, high = augmentation.similarity_range(study)
    views = augmentation.draw(study)
    assert [view.name for view in views] == ["steps-clip", "steps-cyclip"]
    gap, strip = strip_rows(STEPS)
    for view, model in zip(views, MODELS, strict=True):
        assert view.png is not None
        picture = Image.open(io.BytesIO(view.png))
        pixels = np.asarray(picture, dtype=int)
        expected = (similarity("push", "two", model) - low) / (high - low) * 255
        assert np.abs(pixels[:STEPS] - expected[:STEPS, :STEPS]).max() <= 1.6
        assert np.all(pixels[STEPS : STEPS + gap] == picture.info["transparency"])
        assert pixels[STEPS + gap :].shape == (strip, STEPS)
        assert np.abs(pixels[-1] - expected[STEPS, :STEPS]).max() <= 1.6


def test_a_hundred_steps_have_a_strip_of_eight() -> None:
    assert strip_rows(100) == (2, 8)
    assert strip_rows(5) == (1, 2)


def places(svg: str, kind: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Points of a line, as shares of the plot's width and height."""
    found = re.search(rf'class="{kind}" d="([^"]*)"', svg)
    assert found is not None
    numbers = [float(n) for n in re.findall(r"\d+", found[1].replace("h0", ""))]
    return np.array(numbers).reshape(-1, 2) / SIDE


def test_static_curves_are_to_the_start_and_to_the_text(changed: SmallArticle) -> None:
    augmentation, study = shown(changed, 'state = {kind = "push", view = "curve"}')
    low, high = augmentation.similarity_range(study)
    matrix = similarity("push", "one", "cyclip")
    svg = str(augmentation.draw(study)[1].svg)
    for kind, row in (("series image", 2), ("series text", STEPS)):
        expected = 1 - (matrix[row, :STEPS] - low) / (high - low)
        found = places(svg, kind)
        assert np.abs(found[:, 1] - expected).max() < 2e-3
        assert np.abs(found[:, 0] - (np.arange(STEPS) + 0.5) / STEPS).max() < 2e-3


def test_static_paths_have_one_scale(changed: SmallArticle) -> None:
    augmentation, study = shown(changed, 'state = {view = "path"}')
    paths = [
        geometry.principal_components(similarity("turn", "one", model)[:STEPS, :STEPS])
        for model in MODELS
    ]
    half = 1.06 * max(np.linalg.norm(path, axis=1).max() for path in paths)
    for view, path in zip(augmentation.draw(study), paths, strict=True):
        expected = (1 + path * [1, -1] / half) / 2
        assert np.abs(places(str(view.svg), "walk") - expected).max() < 2e-3
        assert np.abs(places(str(view.svg), "walk-start") - expected[0]).max() < 2e-3


def test_only_one_picture_is_loaded_at_first(changed: SmallArticle) -> None:
    augmentation, study = shown(changed, 'state = {kind = "push", picture = "two"}')
    uses = augmentation.uses(study)
    assert {use.dataset for use in uses if use.first} == {dataset("push", "two")}
    assert len(uses) == 4 * (1 + len(MODELS))


def test_download_is_of_the_first_curves(changed: SmallArticle) -> None:
    augmentation, study = shown(changed, 'state = {kind = "push"}')
    (download,) = augmentation.downloads(study)
    assert download.path == "set-10/curves.csv"
    lines = download.content().decode().splitlines()
    assert lines[0] == (
        'push (pixels),"CLIP, to the least changed","CLIP, to the text",'
        '"CyCLIP, to the least changed","CyCLIP, to the text"'
    )
    values = np.array([[float(cell) for cell in line.split(",")] for line in lines[1:]])
    assert values[:, 0].tolist() == KINDS["push"]["values"]
    assert np.abs(values[:, 1] - similarity("push", "one", "clip")[2, :STEPS]).max() < 2e-5
    assert np.abs(values[:, 4] - similarity("push", "one", "cyclip")[STEPS, :STEPS]).max() < 2e-5


def test_links_may_set_every_value_of_the_state(changed: SmallArticle) -> None:
    link = "[a](try:fig-steps?kind=push&picture=two&view=path&step=3)"
    assert changed.text(figure("") + "\n" + link).errors() == []
    (error,) = changed.text(figure("") + "\n[a](try:fig-steps?step=x)").errors()
    assert "step 'x' is not a whole number from 0 to 4" in error


def test_captions_are_text_in_the_page(changed: SmallArticle) -> None:
    html = changed.text(figure("")).html()
    assert "<b>a cat" not in html
    assert 'data-views="columns-2"' in html
    assert 'data-controls="kind picture view step reset"' in html


def test_shares_are_written_in_hundredths() -> None:
    values = tuple(step / 100 for step in range(100))
    noisy = ChangedPicture("set", "one", "a dog", "noise", "Noise", "share", values)
    assert noisy.texts[36] == "36 %"
    assert noisy.axis_title == "noise (%)"
    assert [text for _, text in noisy.ticks] == ["0", "25", "50", "75"]
    assert [at for at, _ in noisy.ticks] == pytest.approx([0, 25, 50, 75])

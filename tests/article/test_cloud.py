"""The large scatter: its parameters, its frames, its static picture, its files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from article import site
from article.artifacts import DataFolder, Manifest, Record, encode, write_atomically
from article.cloud import Cloud, CloudState
from article.cloud_picture import COLOURS, SIZE, cloud_png, convex_hull, line_counts, pairs_inside
from article.study import Study
from article.uses import Use
from article.weights import Weights
from tests.article.cloud_data import KEPT, LAYOUTS, MODELS, PAIRS, layout, places, write_cloud_data
from tests.article.small_article import REFERENCES, SETTINGS, SmallArticle

CLOUD = """\
Text.

```figure
id = "fig-cloud"
type = "cloud"
dataset = "many"
title = "All of it"
alt = "Two clouds."
caption = "What to see."
{}
```
"""


@pytest.fixture
def essay(tmp_path: Path) -> SmallArticle:
    """An article over sixty pairs in the plane."""
    article = SmallArticle(tmp_path / "essay")
    article.write("article.toml", SETTINGS)
    article.write("references.bib", REFERENCES)
    write_cloud_data(tmp_path / "essay" / "data")
    return article


def shown(essay: SmallArticle, lines: str = "") -> tuple[Cloud, Study]:
    """The figure and the data of an article that has nothing else."""
    document = essay.text(CLOUD.format(lines)).check()
    (block,) = document.figures
    assert isinstance(block.figure.shown, Cloud)
    return block.figure.shown, document.study


# -- parameters --------------------------------------------------------------------------------


def test_models_layouts_and_state_are_those_of_the_data(essay: SmallArticle) -> None:
    figure, _ = shown(essay)
    assert figure.models == tuple(MODELS)
    assert figure.layouts == tuple(LAYOUTS)
    assert figure.state == CloudState("first", "umap", "plain", "none", "")
    assert figure.controls == ("model", "layout", "lines", "clusters", "words", "reset")


def test_a_control_without_a_choice_is_left_out(essay: SmallArticle) -> None:
    figure, _ = shown(essay, 'models = ["second"]\nlayouts = ["pca"]')
    assert figure.controls == ("lines", "clusters", "words", "reset")
    assert (figure.state.model, figure.state.layout) == ("second", "pca")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('models = ["frist"]', "10: unknown model 'frist'; did you mean 'first'?"),
        (
            'layouts = ["umap-close"]',
            "10: unknown layout 'umap-close'; did you mean 'umap-closed'?",
        ),
        ('state = { layout = "tsne" }', "10: unknown layout 'tsne'; there are: umap, umap-closed,"),
        (
            'layouts = ["pca"]\nstate = { layout = "umap" }',
            "11: unknown layout 'umap'; there are: pca",
        ),
        ('state = { lines = "red" }', "10: 'state.lines' is 'red'; it must be one of"),
        ('controls = ["share"]', "10: 'controls.0' is 'share'; it must be one of"),
    ],
)
def test_what_the_data_do_not_have_is_an_error(
    essay: SmallArticle, lines: str, message: str
) -> None:
    errors = essay.text(CLOUD.format(lines)).errors()
    assert [error.startswith(f"index.md:{message}") for error in errors] == [True], errors


def test_layouts_are_those_that_every_model_has(essay: SmallArticle) -> None:
    data = essay.folder / "data"
    manifest = DataFolder.open(data).manifest
    fewer = [r for r in manifest.artifacts if (r.model, r.name) != ("second", "umap")]
    _write_manifest(data, manifest, fewer)
    figure, _ = shown(essay)
    assert figure.layouts == ("umap-closed", "pca", "pca-closed", "pairs")
    both = essay.text(CLOUD.format('layouts = ["umap"]')).errors()
    assert both[0].startswith("index.md:10: unknown layout 'umap'")


def test_a_data_set_without_layouts_is_an_error(essay: SmallArticle) -> None:
    data = essay.folder / "data"
    manifest = DataFolder.open(data).manifest
    _write_manifest(data, manifest, [r for r in manifest.artifacts if r.kind != "layout"])
    errors = essay.text(CLOUD.format("")).errors()
    assert errors == ["index.md:6: the data hold no layout of data set 'many'"]


def _write_manifest(data: Path, manifest: Manifest, records: Sequence[Record]) -> None:
    value = Manifest(
        manifest.study,
        manifest.datasets,
        manifest.models,
        tuple(records),
    )
    write_atomically(data / "manifest.json", encode(value))


def test_a_link_sets_words_as_an_address_can_hold_them(essay: SmallArticle) -> None:
    link = "[Hot](try:fig-cloud?words=Hot, dog!&lines=inside)\n\n"
    html = essay.text(link.replace(" ", "%20", 1) + CLOUD.format("")).html()
    found = re.search(r'data-set="([^"]+)" href="([^"]+)"', html)
    assert found is not None
    assert found[1] == "words=hot+dog&amp;lines=inside"
    assert found[2] == "?fig-cloud=words:hot+dog,lines:inside#fig-cloud"


# -- frames ------------------------------------------------------------------------------------


def test_frames_are_squares_around_the_points(essay: SmallArticle) -> None:
    figure, study = shown(essay)
    frames = figure.frames(study)
    assert frames.keys() == {f"{model}/{name}" for model in MODELS for name in LAYOUTS}
    # Points from 0 to 29 across and 0 to 5 up: the side is 29 and 6 % of it.
    assert frames["first/umap"] == {
        "x": pytest.approx((14.5 - 15.37, 14.5 + 15.37)),
        "y": pytest.approx((2.5 - 15.37, 2.5 + 15.37)),
    }
    assert frames["second/umap"]["y"] == pytest.approx((-2.5 - 15.37, -2.5 + 15.37))


def test_principal_components_share_a_frame(essay: SmallArticle) -> None:
    figure, study = shown(essay)
    frames = figure.frames(study)
    names = [f"{model}/{name}" for model in MODELS for name in ("pca", "pca-closed")]
    assert len({str(frames[name]) for name in names}) == 1
    # The first model's rows go up to 5.3, the second's down to as much below zero, in units of .02.
    assert frames["first/pca"]["y"] == pytest.approx((-0.3074, 0.3074))
    assert frames["first/umap-closed"] != frames["second/umap-closed"]


# -- what is loaded ----------------------------------------------------------------------------


def test_only_the_first_layout_is_loaded_at_first(essay: SmallArticle) -> None:
    figure, study = shown(essay, 'state = { model = "second", layout = "pca" }')
    uses = figure.uses(study)
    assert [use for use in uses if use.first] == [Use("layout", "many", "second", "pca")]
    assert len([use for use in uses if use.kind == "layout"]) == len(MODELS) * len(LAYOUTS)
    assert Use("items", "many", first=False) in uses


def test_the_page_knows_every_layout(essay: SmallArticle) -> None:
    html = essay.text(CLOUD.format("")).html()
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', html)
    assert found is not None
    known = json.loads(found[1])["artifacts"]["layout"]
    assert known.keys() == {f"many/{model}/{name}" for model in MODELS for name in LAYOUTS}


# -- the static picture ------------------------------------------------------------------------


def picture(name: str, lines: str = "plain", *, outlines: bool = False) -> Image.Image:
    """The picture of a layout of the first model, from 5 below the least place to 35."""
    span = (-5.0, 35.0)
    png = cloud_png(layout("first", name), span, span, lines, outlines)
    return Image.open(io.BytesIO(png)).convert("RGBA")


def pixel(image: Image.Image, x: float, y: float) -> tuple[int, int, int, int]:
    """Red, green, blue and opacity at a place of the plane."""
    at = (int((x + 5) / 40 * SIZE), int(SIZE - (y + 5) / 40 * SIZE))
    found = image.getpixel(at)
    assert isinstance(found, tuple)
    return found  # type: ignore[return-value]


def test_points_have_the_colours_of_their_modalities() -> None:
    image = picture("umap", "none")
    assert pixel(image, 3, 2)[:3] == COLOURS["first"]
    assert pixel(image, 23, 2)[:3] == COLOURS["other"]
    assert pixel(image, 3, 2)[3] > 200
    assert pixel(image, 15, 2)[3] == 0


def test_lines_are_those_that_the_state_asks_for() -> None:
    between = (15.0, 2.0)  # ten lines of a row lie on each other there
    assert pixel(picture("umap", "plain"), *between)[:3] == COLOURS["line"]
    assert pixel(picture("umap", "between"), *between)[:3] == COLOURS["line"]
    assert pixel(picture("umap", "coloured"), *between)[:3] == COLOURS["line"]
    assert pixel(picture("umap", "inside"), *between)[3] == 0
    drawn = {
        name for name in COLOURS if COLOURS[name] in _colours(picture("umap-closed", "inside"))
    }
    assert drawn == {"inside", "first", "other"}


def test_a_point_a_pair_has_no_lines() -> None:
    assert _colours(picture("pairs", "coloured")) == {COLOURS["first"]}


def _colours(image: Image.Image) -> set[tuple[int, int, int]]:
    pixels = np.asarray(image).reshape(-1, 4)
    return {(int(r), int(g), int(b)) for r, g, b, opacity in pixels if opacity > 0}


def test_outlines_go_around_clusters() -> None:
    # The first cluster's corners are (0, 0), (9, 0), (9, 1) and (0, 1): a side runs between points.
    assert pixel(picture("pairs", outlines=True), 4.5, 0)[:3] == COLOURS["outline"]
    assert pixel(picture("pairs"), 4.5, 0)[3] == 0


def test_a_line_passes_the_pixels_between_its_ends() -> None:
    starts, ends = np.array([[2.5, 3.5], [5.5, 3.5]]), np.array([[5.5, 3.5], [5.5, 5.5]])
    counts = line_counts(starts, ends)
    expected = {(3, 2): 1, (3, 3): 1, (3, 4): 1, (3, 5): 2, (4, 5): 1, (5, 5): 1}
    found = {(int(r), int(c)): int(counts[r, c]) for r, c in np.argwhere(counts)}
    assert found == expected


def test_the_hull_leaves_out_what_is_inside() -> None:
    square = [[0.0, 0], [4, 0], [4, 4], [0, 4], [1, 2], [2, 0], [4, 2]]
    assert convex_hull(np.array(square)).tolist() == [[0, 0], [4, 0], [4, 4], [0, 4]]
    assert convex_hull(np.array([[3.0, 1]])).tolist() == [[3, 1]]


def test_pairs_inside_are_the_measured_share() -> None:
    assert pairs_inside(layout("first", "umap-closed")).mean() == pytest.approx(KEPT)
    assert not pairs_inside(layout("first", "umap")).any()


def luminance(colour: Sequence[int]) -> float:
    """Relative luminance of red, green and blue, by WCAG 2.2."""
    shares = [channel / 255 for channel in colour]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", COLOURS)
def test_shapes_can_be_told_from_every_paper(name: str) -> None:
    style = (site.TEMPLATES / "style.css").read_text()
    papers = set(re.findall(r"--paper: #([0-9a-f]{6});", style))
    assert len(papers) == 2  # light and dark
    for paper in papers:
        both = sorted(luminance(c) for c in (COLOURS[name], bytes.fromhex(paper)))
        assert (both[1] + 0.05) / (both[0] + 0.05) >= 3


def test_five_thousand_pairs_weigh_little() -> None:
    random = np.random.default_rng(0)
    count = 5_000
    many = layout("first", "umap")
    object.__setattr__(many, "counts", (count, count))
    object.__setattr__(many, "coordinates", random.normal(size=(2 * count, 2)))
    object.__setattr__(many, "clusters", np.zeros(2 * count, dtype=np.int64))
    assert len(cloud_png(many, (-4, 4), (-4, 4), "plain", outlines=True)) < 100_000


def test_the_picture_is_in_the_page(essay: SmallArticle) -> None:
    built = site.build(essay.text(CLOUD.format("")).folder)
    (figure,) = built.figures
    (address,) = figure.pictures
    assert Image.open(io.BytesIO(built.files[address])).size == (SIZE, SIZE)
    assert f'<img src="{address}"' in built.files["index.html"].decode()
    assert Weights(built.files).total(figure.live) < 2_000  # one layout, no pictures of items


# -- data to take away -------------------------------------------------------------------------


def rows_of(files: dict[str, bytes], name: str) -> list[list[str]]:
    """Rows of a CSV file of the site."""
    (address,) = [address for address in files if address.startswith(f"data/many/{name}.")]
    return list(csv.reader(io.StringIO(files[address].decode())))


def test_downloads_hold_the_measure_and_the_points(essay: SmallArticle) -> None:
    files = essay.text(CLOUD.format('state = { layout = "umap-closed" }')).build()
    header, *rows = rows_of(files, "pair-lines")
    assert header == [
        *("model", "layout", "title", "clustering"),
        *("clusters", "in none", "kept", "expected"),
    ]
    assert [
        "first",
        "umap-closed",
        "UMAP, gap closed",
        "hdbscan",
        "3.0",
        "0.05",
        "0.9",
        "0.3",
    ] in rows
    assert len(rows) == len(MODELS) * 4 * 2  # four layouts with lines, clustered in two ways
    header, *rows = rows_of(files, "points-first-umap-closed")
    assert header == ["modality", "pair", "x", "y", "cluster"]
    assert rows[PAIRS + 9] == ["text", "00009", "9.3", "0.3", "-1.0"]
    assert len(rows) == 2 * PAIRS


def test_places_are_those_of_the_file(essay: SmallArticle) -> None:
    _, study = shown(essay)
    stored = study.layout("many", "second", "umap").coordinates
    assert stored == pytest.approx(places("second", "umap"), abs=29 / 65535)

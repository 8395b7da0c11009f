"""Parameters of the explorer as a tool, and its static picture."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from article import geometry
from article.colours import similarity_scale
from article.explorer import Explorer, ExplorerState
from article.problems import Problems
from article.study import Study
from article.tables import Table
from tests.browser.tool_article import PAIRS, POOL, ToolArticle

Resolve = Callable[..., tuple[Explorer, list[str]]]


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> ToolArticle:
    """An article whose data have a use for every control."""
    return ToolArticle.write(tmp_path_factory.mktemp("tool"))


@pytest.fixture(scope="module")
def study(article: ToolArticle) -> Study:
    """Its data."""
    return Study.open(article.folder / "essay" / "data")


@pytest.fixture
def resolve(study: Study) -> Resolve:
    """An explorer with parameters, and what is wrong with them."""

    def resolve_explorer(lines: str = "", dataset: str = "study") -> tuple[Explorer, list[str]]:
        problems = Problems()
        table = Table.parse(f'dataset = "{dataset}"\n{lines}', Path("index.md"))
        explorer = table.convert(Explorer, problems)
        assert explorer is not None, problems.errors
        resolved = explorer.resolve(table, study, problems)
        return resolved, [error.message for error in problems.errors]

    return resolve_explorer


ALL = 'controls = ["all"]\n'
POOLED = 'pool = "many"\n'
BASIC = ("model", "share", "projection", "order", "reset")
FURTHER = ("clusters", "like", "distance", "lines", "points", "names", "key", "words", "select")


def test_all_controls_are_those_that_the_data_have_a_use_for(resolve: Resolve) -> None:
    assert resolve(ALL)[0].controls == (*BASIC, *FURTHER)
    # Nothing is marked in these, and no item has a picture.
    three, errors = resolve(ALL, "three")
    assert errors == []
    assert set(FURTHER) - set(three.controls) == {"key", "points"}
    one, _ = resolve(ALL + 'models = ["first"]\nviews = ["scatter"]')
    missing = {"model", "clusters", "like", "distance", "names"}
    assert set(BASIC + FURTHER) - set(one.controls) == missing


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('controls = ["points"]\nviews = ["heatmap"]', "the data have no use for the control"),
        ('pool = "more"', "unknown data set 'more'; there are: study, many, three"),
        ('pool = "three"', "the data hold no vectors of data set 'three' by first, second"),
        ('pool = "many"\nmodels = ["second"]', "the data hold no vectors of data set 'many'"),
        ('state = { words = "dog" }', "'words' must be empty at first"),
        ('state = { only = "study!1-3" }', "'only' must be empty at first"),
        ("state = { clusters = 21 }", "clusters '21' is not a whole number from 2 to 20"),
        ('state = { like = "image-p999" }', "unknown like 'image-p999'"),
    ],
)
def test_what_is_wrong_is_said(resolve: Resolve, lines: str, message: str) -> None:
    _, errors = resolve(lines)
    assert len(errors) == 1
    assert errors[0].startswith(message)


@pytest.mark.parametrize(
    ("key", "value", "written"),
    [
        ("words", "hot dog", "hot+dog"),
        ("match", "any", "any"),
        ("clusters", "7", "7"),
        ("like", "text-p004", "text-p004"),
        ("order", "like", "like"),
        ("order", "image-text", "image-text"),
        ("distance", "euclidean", "euclidean"),
        ("lines", "none", "none"),
        ("picked", "study!3.7-12", "study!3.7-12"),
    ],
)
def test_a_link_sets_what_the_controls_set(
    resolve: Resolve, study: Study, key: str, value: str, written: str
) -> None:
    explorer, errors = resolve(ALL + POOLED)
    assert errors == []
    assert explorer.change(key, value, study) == written


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("words", "a&b", "words 'a&b': a link cannot hold '&'"),
        ("clusters", "1", "clusters '1' is not a whole number from 2 to 20"),
        ("lines", "thick", "unknown lines 'thick'; there are: plain, similarity, none"),
        ("colour", "red", "unknown state 'colour'"),
    ],
)
def test_a_link_to_no_state_is_an_error(
    resolve: Resolve, study: Study, key: str, value: str, message: str
) -> None:
    explorer, _ = resolve(ALL)
    with pytest.raises(Exception, match=message.replace("(", r"\(")):
        explorer.change(key, value, study)


def test_a_link_sets_nothing_that_has_no_control(resolve: Resolve, study: Study) -> None:
    explorer, _ = resolve()
    with pytest.raises(Exception, match="the figure has no control that sets 'words'"):
        explorer.change("words", "dog", study)


def test_the_pool_waits_until_it_is_asked_for(resolve: Resolve, study: Study) -> None:
    explorer, _ = resolve(ALL + POOLED)
    later = {(use.kind, use.key) for use in explorer.uses(study) if not use.first}
    assert later == {
        ("space", "study/second"),
        ("items", "many"),
        ("vectors", "many/first"),
        ("layout", "many/first/umap"),
        ("layout", "many/first/umap-closed"),
    }
    assert explorer.config(study)["pool"] == {
        "dataset": "many",
        "models": ("first",),
        "layouts": {"umap": ("umap", "umap-closed")},
    }
    assert POOL > PAIRS


def drawn(explorer: Explorer, study: Study) -> Image.Image:
    """The static matrix."""
    png = explorer.draw(study)[0].png
    assert png is not None
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_the_static_matrix_is_ordered_by_similarity_to_an_item(
    resolve: Resolve, study: Study
) -> None:
    explorer, errors = resolve(ALL + 'state = { order = "like", like = "text-p007" }')
    assert errors == []
    similarity = study.space("study", "first").space.similarity
    values = similarity[PAIRS + 7, PAIRS:].copy()
    values[7] = 2
    order = np.argsort(-values, kind="stable")
    low = explorer.similarity_range(study)[0]
    expected = similarity_scale()[
        int((similarity[order[0], order[1]] - low) / (1 - low) * 255 + 0.5)
    ]
    shown = drawn(explorer, study).getpixel((1, 0))
    assert shown == tuple(expected.tolist())


def test_the_static_matrix_shows_distances_on_their_own_scale(
    resolve: Resolve, study: Study
) -> None:
    explorer, _ = resolve(ALL + 'state = { distance = "euclidean", share = 1 }')
    view = explorer.draw(study)[0]
    assert view.scale is not None
    assert (view.scale.title, view.scale.low) == ("Euclidean distance", "0")
    furthest = float(view.scale.high)
    closed = geometry.close_gap(study.space("study", "first").space.similarity, (PAIRS, PAIRS))
    distance = np.sqrt(2 - 2 * closed[2, 5])
    expected = similarity_scale()[255 - int(distance / furthest * 255 + 0.5)].astype(int)
    shown = np.array(drawn(explorer, study)).astype(int)[2, 5]
    assert np.abs(shown - expected).max() <= 4


def test_a_simple_explorer_says_nothing_of_stop_words(resolve: Resolve, study: Study) -> None:
    explorer, _ = resolve()
    assert explorer.config(study)["stop_words"] == []
    assert explorer.state == ExplorerState(model="first", clusters=4)

"""Numbers that are looked up, and how they are written."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from article.artifacts import Column, Items, Landscape, Manifest, Modality, Space, Table
from article.bibliography import Bibliography
from article.errors import ArticleError
from article.problems import BrokenArticleError
from article.published import Published, PublishedFigures
from article.quantities import (
    Quantities,
    fixed,
    percent,
    signed,
    words,
)
from article.study import SpaceStates

MANIFEST = Manifest(
    study="x",
    datasets={"study": {"title": "S", "count": 5000}},
    models={"clip": {"title": "CLIP <CNN>", "logit_scale": 100.0, "card": {"minutes": 31}}},
    artifacts=(),
    measures=(
        {
            "dataset": "study",
            "model": "clip",
            "share": 0,
            "values": {"gap": 0.8186, "nan": math.nan},
        },
        {"dataset": "study", "model": "clip", "share": 1, "values": {"gap": 0.0351}},
    ),
    settings={"clusters": {"count": 10}, "batch_size": 50},
)
REFERENCES = "@article{liang2022, author={Liang}, title={T}, year={2022}}"


@pytest.fixture
def bibliography(tmp_path: Path) -> Bibliography:
    (tmp_path / "references.bib").write_text(REFERENCES)
    return Bibliography.read(tmp_path)


@pytest.fixture
def quantities(bibliography: Bibliography) -> Quantities:
    published = Published({"liang2022": PublishedFigures("liang2022", "figure 1", {"gap": 0.82})})
    return Quantities(MANIFEST, published, bibliography, SmallData())


class SmallData:
    """Two pairs of which the second is swapped, three shifts, a table."""

    def table(self, name: str) -> Table:
        """Two models, one of them at two temperatures."""
        columns = (Column("model", "model"), Column("s", "s"), Column("gap", "gap"))
        rows = (("clip", 100.0, 0.82), ("clip", 30.0, 0.2), ("cloob", 30.0, None))
        return Table(name, "T", "study", columns, rows)

    def landscape(self, dataset: str, model: str) -> Landscape:
        """Three shifts; the mean of both losses is 0.6, 0.4 and 0.5."""
        return Landscape(
            dataset=dataset,
            model=model,
            modalities=("image", "text"),
            count=2,
            logit_scale=100.0,
            batch_size=50,
            shift=np.array([0.0, 0.5, 1.0]),
            distance=np.array([0.75, 0.25, -0.25]),
            first_to_second=np.array([0.7, 0.3, 0.2]),
            second_to_first=np.array([0.5, 0.5, 0.8]),
            trained=(0.75, 0.7, 0.5),
            closed=(0.0, 0.25, 0.65),
        )

    def items(self, dataset: str) -> Items:
        """Four pairs, of which the last is marked."""
        texts = Modality("text", "text", 4, texts=("a cat", "a dog", "cats", "dogs"))
        images = Modality("image", "picture", 4)
        return Items(dataset, ("p", "q", "r", "s"), (images, texts), marks={"swapped": ("s",)})

    def space(self, dataset: str, model: str) -> SpaceStates:
        """Pairs have cosines of .9, .2, .8 and .5; the images nearest each other .7, then .6."""
        similarity = np.eye(8)
        for first, second, value in (
            *((0, 4, 0.9), (1, 5, 0.2), (2, 6, 0.8), (3, 7, 0.5)),
            *((0, 1, 0.7), (2, 3, 0.6), (1, 3, 0.1)),
        ):
            similarity[first, second] = similarity[second, first] = value
        return SpaceStates(Space(dataset, model, ("image", "text"), (4, 4), 100.0, similarity))


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("measure('gap', 'study', 'clip') | fixed(2)", "0.82"),
        ("measure('gap', 'study', 'clip', 1) | fixed(3)", "0.035"),
        ("measure('gap', 'study', 'clip', share=1) | percent(1)", "3.5\u202f%"),
        ("count('study')", "5,000"),
        ("dataset('study').title", "S"),
        ("setting('clusters.count') | words", "ten"),
        ("setting('batch_size')", "50"),
        ("model('clip').title", "CLIP <CNN>"),
        ("model('clip').logit_scale", "100"),
        ("model('clip').card.minutes", "31"),
        (
            "(measure('gap', 'study', 'clip', 1) - measure('gap', 'study', 'clip')) | signed",
            "−0.78",
        ),
        ("published('liang2022', 'gap') | fixed", "0.82"),
        ("lowest('study', 'clip').distance | fixed", "0.25"),
        ("lowest('study', 'clip').loss | fixed", "0.40"),
    ],
)
def test_lookups(quantities: Quantities, expression: str, text: str) -> None:
    assert quantities.evaluate(expression) == text


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("measure('gab', 'study', 'clip')", "unknown measure 'gab'"),
        ("measure('gap', 'stud', 'clip')", "no measures of 'stud'"),
        ("measure('gap', 'study', 'clip', 0.5)", "no measures of 'study' by 'clip' at share 0.5"),
        ("measure('gap', 'study', 'clip')", "0.8186 needs a filter"),
        ("measure('nan', 'study', 'clip') | fixed", "nan is not a finite number"),
        ("measure('gap')", "missing 2 required"),
        ("count('heldout')", "unknown data set 'heldout'"),
        ("model('klip').title", "unknown model 'klip'; did you mean 'clip'?"),
        ("model('clip').tile", "has no attribute 'tile'"),
        ("model('clip').tile | fixed", "has no attribute 'tile'"),
        ("model('clip').card", "neither a number nor text"),
        ("setting('clusters.size')", "unknown setting 'clusters.size'"),
        ("published('liang2023', 'gap')", "no published figures 'liang2023'"),
        ("published('liang2022', 'gab')", "has no figure 'gab'; did you mean 'gap'?"),
        ("nothing", "'nothing' is undefined"),
        ("1 +", "unexpected"),
        ("1 / 0", "division by zero"),
        ("count('study') | upper_case", "No filter named 'upper_case'"),
        ("().__class__.__bases__", "unsafe"),
        ("range(9)", "'range' is undefined"),
        ("'a' | fixed", "'a' is not a finite number"),
    ],
)
def test_what_cannot_be_looked_up(quantities: Quantities, expression: str, message: str) -> None:
    with pytest.raises(ArticleError) as caught:
        quantities.evaluate(expression)
    assert str(caught.value).startswith(f"{{{{ {expression} }}}}: ")
    assert message in str(caught.value)


def test_a_published_figure_cites_its_source(
    quantities: Quantities, bibliography: Bibliography
) -> None:
    assert bibliography.listed == []
    quantities.evaluate("published('liang2022', 'gap') | fixed")
    assert [reference.key for reference in bibliography.listed] == ["liang2022"]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (fixed(-0.815), "−0.81"),
        (fixed(-0.001), "0.00"),
        (fixed(2, 3), "2.000"),
        (signed(0.5), "+0.50"),
        (percent(0.4187), "42\u202f%"),
        (words(0), "no"),
        (words(12), "twelve"),
        (words(1300), "1,300"),
    ],
)
def test_how_numbers_are_written(written: str, text: str) -> None:
    assert written == text


@pytest.mark.parametrize("value", [True, math.inf, None, "1"])
def test_only_finite_numbers_are_written(value: Any) -> None:
    with pytest.raises(ArticleError, match="is not a finite number"):
        fixed(value)


def published(folder: Path, source: str) -> Published:
    (folder / "published.toml").write_text(source)
    return Published.read(folder, Bibliography.read(folder))


def test_a_table_may_name_another_source(tmp_path: Path, bibliography: Bibliography) -> None:
    found = published(tmp_path, '[subset]\nsource = "liang2022"\nwhere = "p. 3"\ngap = 1\n')
    assert found.find("subset", "gap") == (1, "liang2022")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("[lang2022]\ngap = 1", "1: unknown reference 'lang2022'; did you mean 'liang2022'?"),
        ("[a]\ngap = 1\nsource = 'b'", "3: unknown reference 'b'"),
        ("[liang2022]\n\ngap = 'wide'", "3: 'liang2022.gap' must be a number"),
        ("gap = 1", "1: 'gap' must stand in a table of its source"),
        ("[liang2022\n", "1: not TOML"),
    ],
)
def test_broken_files_of_published_figures(
    tmp_path: Path, bibliography: Bibliography, source: str, message: str
) -> None:
    with pytest.raises((ArticleError, BrokenArticleError)) as caught:
        published(tmp_path, source)
    assert f"{tmp_path / 'published.toml'}:{message}" in str(caught.value)


def test_a_cell_of_a_table_is_found_by_the_other_cells_of_its_row(quantities: Quantities) -> None:
    assert quantities.evaluate("cell('zoo', 'gap', model='clip', s=30) | fixed(2)") == "0.20"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("cell('zoo', 'gap', model='clip')", "table 'zoo' has 2 rows with model 'clip'"),
        ("cell('zoo', 'gap', model='clap')", "table 'zoo' has no row with model 'clap'"),
        ("cell('zoo', 'gape', s=100)", "table 'zoo' has no column 'gape'"),
        ("cell('zoo', 'gap', model='cloob') | fixed", "None is not a finite number"),
    ],
)
def test_a_cell_that_is_not_there_is_named(
    quantities: Quantities, expression: str, message: str
) -> None:
    with pytest.raises(ArticleError, match=message):
        quantities.evaluate(expression)


def test_marked_pairs_are_ranked_by_the_cosine_of_their_items(quantities: Quantities) -> None:
    # .2 is smaller than .5; nothing else is.
    assert quantities.evaluate("paired_ranks('study', 'clip', 'swapped') | max") == "2"


def test_marked_items_are_ranked_by_their_nearest_neighbour(quantities: Quantities) -> None:
    # The last image's nearest is the third, .6; only the first two are closer, .7.
    assert quantities.evaluate("neighbour_ranks('study', 'clip', 'swapped') | max") == "2"


def test_a_mark_that_is_not_there_is_named(quantities: Quantities) -> None:
    with pytest.raises(ArticleError, match="data set 'study' has no mark 'blured'"):
        quantities.evaluate("paired_ranks('study', 'clip', 'blured') | max")


@pytest.mark.parametrize(
    ("figure", "value"),
    # Images 0 and 2 are of cats: cosine 0; 1 and 3 of dogs: .1; across .7, 0, 0 and .6.
    [("within", "0.000"), ("rest", "0.100"), ("across", "0.325"), ("count", "2.000")],
)
def test_cosines_are_split_by_the_words_of_captions(
    quantities: Quantities, figure: str, value: str
) -> None:
    expression = f"split('study', 'clip', 'image', 'cat').{figure} | fixed(3)"
    assert quantities.evaluate(expression) == value


def test_words_that_no_caption_has_split_nothing(quantities: Quantities) -> None:
    with pytest.raises(ArticleError, match="0 of 4 captions have 'cow': nothing to compare"):
        quantities.evaluate("split('study', 'clip', 'image', 'cow').within")


def test_models_are_counted(quantities: Quantities) -> None:
    assert quantities.evaluate("models() | length | words") == "one"

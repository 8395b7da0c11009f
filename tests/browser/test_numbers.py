"""The browser's numbers are Python's, from the same golden files."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import pytest
from playwright.sync_api import Browser, Page

from article import geometry
from article.artifacts import (
    Film,
    Items,
    Landscape,
    Layout,
    Table,
    Vectors,
    decode,
    encode,
    encode_array,
)
from article.errors import ArtifactError
from article.geometry import Floats
from tests.browser.conftest import Serve
from tests.golden import make

ROOT: Final = Path(__file__).parents[2]

pytestmark = pytest.mark.browser

IMPORTS: Final = """
    const contract = await import("/site_templates/js/contract.js");
    const eigen = await import("/site_templates/js/eigen.js");
    const geometry = await import("/site_templates/js/geometry.js");
    const largeSet = await import("/site_templates/js/large-set.js");
    const { DerivedSpace } = await import("/site_templates/js/derived-space.js");
    const read = async (name) =>
      contract.decode(await (await fetch(`/tests/golden/${name}.json`)).text(), name);
    const plain = (value) =>
      ArrayBuffer.isView(value) ? Array.from(value)
      : Array.isArray(value) ? value.map(plain)
      : typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]))
      : value;
"""

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def run(browser: Browser, serve: Serve) -> Any:
    """Run the body of an async function of `argument` beside our modules; typed arrays as lists."""
    page: Page = browser.new_page()
    # Any page of the same origin will do; this one is not even found.
    page.goto(f"{serve(ROOT)}/empty.html")

    def run(body: str, argument: object = None) -> Any:
        function = "async (argument) => {" + IMPORTS + "return plain(await (async () => {"
        return page.evaluate(function + body + "})()); }", argument)

    yield run
    page.close()


# -- reading -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", make.SPACES)
def test_a_space_is_read_as_python_reads_it(run: Run, name: str) -> None:
    read = run("return await read(argument)", name)
    space = make.read_space(name)
    assert (read["kind"], read["dataset"], read["model"]) == ("space", space.dataset, space.model)
    assert read["modalities"] == list(space.modalities)
    assert (read["counts"], read["size"]) == (list(space.counts), sum(space.counts))
    assert read["logitScale"] == space.logit_scale
    np.testing.assert_array_equal(read["similarity"], space.similarity.ravel())
    for found, entry in zip(read["projections"], space.projections, strict=True):
        np.testing.assert_array_equal(found["coordinates"], entry.coordinates.ravel())
        assert (found["method"], found["share"]) == (entry.method, entry.share)
        assert found["parameters"] == entry.parameters
    for found, cluster in zip(read["clusterings"], space.clusterings, strict=True):
        assert found["order"] == cluster.order.tolist()
        assert found["labels"] == cluster.labels.tolist()
        assert (found["block"], found["names"]) == (list(cluster.block), list(cluster.names))
        assert (found["rule"], found["linkage"]) == (cluster.rule, cluster.linkage)


def test_captions_are_read_to_the_letter(run: Run) -> None:
    read = run("return await read('captions')")
    items = make.read("captions")
    assert isinstance(items, Items)
    pictures, texts = read["modalities"]
    assert read["ids"] == list(items.ids)
    assert texts["texts"] == list(make.HOSTILE_CAPTIONS)
    assert (texts["content"], texts["sprites"]) == ("text", None)
    assert (pictures["content"], pictures["texts"]) == ("picture", None)
    assert pictures["sprites"] == {
        "files": ["pictures-0.webp", "pictures-1.webp"],
        "cell": 64,
        "columns": 3,
        "perFile": 6,
    }


def test_marks_are_read_whatever_they_are_called(run: Run) -> None:
    items = make.read("marked")
    assert isinstance(items, Items)
    assert run("return [...(await read('marked')).marks]") == [
        [mark, list(ids)] for mark, ids in items.marks.items()
    ]
    assert run("return (await read('captions')).marks.size") == 0


def test_vectors_are_read_as_python_reads_them(run: Run) -> None:
    read, vectors = run("return await read('vectors')"), make.read("vectors")
    assert isinstance(vectors, Vectors)
    assert (read["dataset"], read["model"]) == ("vectors", "seeded")
    assert (read["modalities"], read["counts"]) == (["image", "text"], [30, 30])
    assert (read["size"], read["dimensions"], read["logitScale"]) == (60, 10, 20)
    assert read["error"] == vectors.error
    rows = np.array(read["steps"]).reshape(60, 10) * np.array(read["scales"])[:, None]
    np.testing.assert_allclose(rows, vectors.vectors, atol=1e-15)


def test_chosen_rows_have_the_similarities_of_their_vectors(run: Run) -> None:
    vectors = make.read("vectors")
    assert isinstance(vectors, Vectors)
    rows = [59, 0, 31, 7]
    found = run("return largeSet.similarityOfRows(await read('vectors'), argument)", rows)
    chosen = vectors.vectors[rows]
    np.testing.assert_allclose(np.reshape(found, (4, 4)), chosen @ chosen.T, atol=1e-14)
    assert np.diagonal(np.reshape(found, (4, 4))).tolist() == [1, 1, 1, 1]


def test_chosen_pairs_have_the_states_of_their_matrix(run: Run) -> None:
    vectors = make.read("vectors")
    assert isinstance(vectors, Vectors)
    pairs = [4, 1, 29]
    state, space = run(
        """const space = largeSet.spaceOfPairs(await read("vectors"), argument);
           return [new DerivedSpace(space, 50).derive({ share: 1 }), space];""",
        pairs,
    )
    rows = [*pairs, *(30 + pair for pair in pairs)]
    similarity = geometry.similarity_matrix(vectors.vectors[rows[:3]], vectors.vectors[rows[3:]])
    closed = geometry.close_gap(similarity, (3, 3))
    np.testing.assert_allclose(state["similarity"], closed.ravel(), atol=1e-12)
    losses = geometry.contrastive_losses(geometry.cross_block(closed, (3, 3)), 20)
    assert list(state["losses"].values())[:2] == pytest.approx(
        [losses.first_to_second, losses.second_to_first], abs=1e-10
    )
    assert (space["counts"], space["size"], space["modalities"]) == ([3, 3], 6, ["image", "text"])


def test_a_layout_is_read_as_python_reads_it(run: Run) -> None:
    read, layout = run("return await read('layout')"), make.read("layout")
    assert isinstance(layout, Layout)
    for name in ("dataset", "model", "name", "title", "points", "method", "share", "fit"):
        assert read[name] == getattr(layout, name)
    assert (read["modalities"], read["counts"]) == (["image", "text"], [3, 3])
    assert (read["size"], read["clusterCount"], read["parameters"]) == (6, 2, {"seed": 1})
    assert read["clusters"] == layout.clusters.tolist() == [0, 0, 1, 0, 1, -1]
    np.testing.assert_array_equal(
        np.float32(read["coordinates"]), np.float32(layout.coordinates.ravel())
    )
    assert (read["bounds"]["x"], read["bounds"]["y"]) == (
        [-1, pytest.approx(3)],
        [5, pytest.approx(7, abs=4 / 65535)],
    )
    assert read["pairLines"][0] == {
        "rule": "hdbscan",
        "clusters": 2,
        "outside": 1 / 6,
        "kept": 1 / 3,
        "expected": 1 / 3,
    }
    assert [lines["rule"] for lines in read["pairLines"]] == ["hdbscan", "kmeans"]


def test_a_landscape_is_read_as_python_reads_it(run: Run) -> None:
    read = run("return await read('landscape')")
    landscape = make.read("landscape")
    assert isinstance(landscape, Landscape)
    np.testing.assert_array_equal(read["shift"], landscape.shift)
    np.testing.assert_array_equal(read["distance"], landscape.distance)
    np.testing.assert_array_equal(read["firstToSecond"], landscape.first_to_second)
    np.testing.assert_array_equal(read["secondToFirst"], landscape.second_to_first)
    for name, values in (("trained", landscape.trained), ("closed", landscape.closed)):
        assert list(read[name].values()) == list(values)
    assert (read["count"], read["batchSize"], read["logitScale"]) == (60, 50, 20)
    assert (read["modalities"], read["model"]) == (["image", "text"], "seeded")


def test_a_film_is_read_as_python_reads_it(run: Run) -> None:
    body = """
        const film = await read("film");
        const frames = film.steps.map((_, frame) => frame);
        return { ...film, frames: Array.from(frames, (f) => contract.frameSimilarity(film, f)) };
    """
    read, film = run(body), make.read("film")
    assert isinstance(film, Film)
    np.testing.assert_array_equal(read["frames"], film.similarities.reshape(3, 16))
    for name in ("steps", "pairs", "gap"):
        np.testing.assert_array_equal(read[name], getattr(film, name))
    np.testing.assert_array_equal(read["firstToSecond"], film.first_to_second)
    np.testing.assert_array_equal(read["secondToFirst"], film.second_to_first)
    np.testing.assert_array_equal(read["recallFirstToSecond"], film.recall_first_to_second)
    np.testing.assert_array_equal(read["recallSecondToFirst"], film.recall_second_to_first)
    assert (read["count"], read["candidates"], read["logitScale"]) == (2, 2000, 10)
    assert (read["dataset"], read["model"]) == ("two", "by-hand")


def test_a_table_is_read_as_python_reads_it(run: Run) -> None:
    read, table = run("return await read('table')"), make.read("table")
    assert isinstance(table, Table)
    assert read["rows"] == [["a", 128, 0.5], ["b", 256, None]] == [list(row) for row in table.rows]
    assert read["columns"][2] == {"name": "loss", "title": "loss", "unit": "nats"}
    assert (read["title"], read["note"]) == (table.title, table.note)


def broken(name: str, **changes: Any) -> str:
    """Text of a golden file with some fields replaced; `...` takes a field away."""
    value = {**orjson.loads(encode(make.read(name))), **changes}
    return orjson.dumps({key: entry for key, entry in value.items() if entry is not ...}).decode()


def steps(*values: float, dtype: str = "i2") -> dict[str, Any]:
    return encode_array(np.array(values), dtype)


def cluster(order: list[int], labels: list[int], *names: str) -> dict[str, Any]:
    arrays = {"order": steps(*order, dtype="u2"), "labels": steps(*labels, dtype="u1")}
    return {"block": ["a", "b"], "rule": "", "linkage": "", "names": names, **arrays}


def projection(coordinates: dict[str, Any]) -> dict[str, Any]:
    return {"method": "pca", "share": 0, "coordinates": coordinates, "parameters": {}}


FLAT: Final = [32767] * 10


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (broken("two")[:-9], "x.json: not JSON, perhaps truncated"),
        ("", "x.json: not JSON, perhaps truncated"),
        ("[]", "x.json: document: expected an object"),
        ("{}", "x.json: kind: missing"),
        (broken("two", kind="sound"), 'x.json: kind: "sound" is none of items,space,vectors'),
        (broken("two", kind="toString"), 'x.json: kind: "toString" is none of'),
        (broken("two", version=2), "x.json: version: 2, this reader knows 1"),
        (broken("two", version=True), "x.json: version: expected a number"),
        (broken("two", counts=...), "x.json: counts: missing"),
        (broken("two", counts=[2, "2"]), "x.json: counts[1]: expected a number"),
        (broken("two", counts=[2, 2.5]), "x.json: counts: [2,2.5] do not fit modalities"),
        (broken("two", counts=[4]), "x.json: counts: [4] do not fit modalities [image,text]"),
        (broken("two", modalities="it"), "x.json: modalities: expected an array"),
        (broken("two", logit_scale=None), "x.json: logit_scale: expected a number"),
        (broken("two", logit_scale=0), "x.json: logit_scale: 0 is not positive"),
        (broken("two", similarity=[1]), "x.json: similarity: expected an object"),
        (broken("two", similarity={}), 'x.json: similarity: unknown dtype "undefined"'),
        (
            broken("two", similarity={**steps(*FLAT), "bdata": "AQD"}),
            "x.json: similarity: 2 bytes are no i2 array of shape 10",
        ),
        (
            broken("two", similarity={**steps(*FLAT), "bdata": "?"}),
            "x.json: similarity: bdata is not base64",
        ),
        (
            broken("two", similarity={**steps(*FLAT), "shape": "-10"}),
            'x.json: similarity: "-10" is no shape',
        ),
        (
            broken("two", similarity=steps(1, 0, 1)),
            "x.json: similarity: 3 values are no upper triangle of 4 items",
        ),
        (
            broken("two", similarity=steps(*FLAT, dtype="f4")),
            "x.json: similarity: stored as f4, not in 16 bits",
        ),
        (
            broken("two", similarity=steps(*FLAT[1:], -32768)),
            "x.json: similarity: a cosine similarity lies between -1 and 1",
        ),
        (broken("two", projections=[{}]), "x.json: projections[0].method: missing"),
        (
            broken("two", projections=[projection(steps(*range(8), dtype="f4"))]),
            "x.json: projections[0].coordinates: shape (8), not (4,2)",
        ),
        (
            broken("two", clusterings=[cluster([0, 0], [0, 0], "dog")]),
            "x.json: clusterings[0].order: not a permutation of the 2 pairs",
        ),
        (
            broken("two", clusterings=[cluster([0, 1], [0], "dog")]),
            "x.json: clusterings[0].labels: shape (1), not (2)",
        ),
        (
            broken("two", clusterings=[cluster([0, 1], [1, 0], "dog", "cat")]),
            "x.json: clusterings[0].labels: must count the 2 names",
        ),
        (
            broken("two", clusterings=[cluster([0, 1], [0, 2], "dog", "cat", "cow")]),
            "x.json: clusterings[0].labels: must count the 3 names",
        ),
        (
            broken("two", clusterings=[cluster([0, 1], [0, 0], "dog", "cat")]),
            "x.json: clusterings[0].labels: must count the 2 names",
        ),
        (broken("film", count=3), "x.json: similarities: shape (3,10), not (3,21)"),
        (broken("film", steps=encode_array(np.array([0, 1, 1]), "i4")), "x.json: steps: do not"),
        (broken("table", rows=[["a"]]), "x.json: rows[0]: 1 cells, not 3"),
        (broken("table", rows=[["a", 1, True]]), "x.json: rows[0]: a cell is a text"),
        (broken("captions", ids=["a", "a"]), 'x.json: ids: "a" occurs twice'),
        (broken("captions", ids=["a"]), "x.json: modalities[0].count: 10, but there are 1 ids"),
        (broken("captions", modalities=["text"]), "x.json: modalities[0]: expected an object"),
        (
            broken("captions", ids=["a"], modalities=[{"name": "a", "content": "b", "count": 1}]),
            'x.json: modalities[0].content: "b" is not picture or text or sound or molecule',
        ),
        (
            broken(
                "captions", ids=["a"], modalities=[{"name": "a", "content": "text", "count": 1}]
            ),
            "x.json: modalities[0].texts: 0 texts for 1 items",
        ),
        (broken("marked", marks=["a"]), "x.json: marks: expected an object"),
        (broken("marked", marks={"x": [1]}), "x.json: marks.x[0]: expected a string"),
        (broken("marked", marks={"x": ["d"]}), 'x.json: marks.x: "d" is no id'),
        (broken("marked", marks={"x": ["a", "a"]}), 'x.json: marks.x: "a" occurs twice'),
        (broken("vectors", counts=[30, 31]), "x.json: vectors: shape (60,10), not (61,d)"),
        (broken("vectors", error=-1), "x.json: error: -1 is not by how much"),
        (broken("vectors", error=...), "x.json: error: missing"),
        (
            broken("vectors", vectors=encode_array(np.ones((60, 2)), "i2")),
            "x.json: vectors: stored as i2, not in 8 bits",
        ),
        (
            broken("vectors", vectors=encode_array(np.eye(60, 59), "i1")),
            "x.json: vectors: row 59 has no direction",
        ),
        (broken("layout", points="item"), 'x.json: points: "item" is not items or pairs'),
        (
            broken("layout", points="pairs", counts=[3, 2]),
            "x.json: counts: [3,2] items form no pairs",
        ),
        (broken("layout", fit="audio"), 'x.json: fit: "audio" is not all and no modality'),
        (broken("layout", points="pairs"), "x.json: clusters: shape (6), not (3)"),
        (broken("layout", step=0), "x.json: step: 0 is not positive"),
        (broken("layout", lower=[0]), "x.json: lower: 1 entries, expected 2"),
        (
            broken("layout", coordinates=encode_array(np.zeros((6, 2)), "i2")),
            "x.json: coordinates: stored as i2, not in 16 bits",
        ),
        (
            broken("layout", clusters=steps(0, 0, 2, 0, 2, -1)),
            "x.json: clusters: not numbered from 0",
        ),
        (broken("layout", pair_lines=[{}]), "x.json: pair_lines[0].clusters: missing"),
        (broken("landscape", trained=[1, 2]), "x.json: trained: 2 entries, expected 3"),
        (broken("landscape", shift=...), "x.json: shift: missing"),
        (broken("landscape", batch_size=0), "x.json: batch_size: not a count"),
        (broken("landscape", logit_scale=-1), "x.json: logit_scale: not positive"),
        (
            broken("landscape", shift=steps(1, dtype="f4")),
            "x.json: distance: shape (13), not (1)",
        ),
        (
            broken("landscape", shift={"dtype": "f4", "shape": "1", "bdata": "AADAfw=="}),
            "x.json: shift: a value is not finite",
        ),
    ],
)
def test_a_broken_file_names_file_and_field(run: Run, text: str, message: str) -> None:
    found = run(
        """try { contract.decode(argument, "x.json"); return "no error"; }
           catch (error) { return [error.name, error.message, error.file]; }""",
        text,
    )
    assert found != "no error"
    assert (found[0], found[2]) == ("ArtifactError", "x.json")
    assert found[1].startswith(message)


def test_a_file_of_another_kind_is_refused(run: Run) -> None:
    text = (make.FOLDER / "captions.json").read_text(encoding="utf-8")
    message = run(
        """try { contract.decodeAs("space", argument, "x.json"); }
           catch (error) { return error.message; }""",
        text,
    )
    assert message == "x.json: kind: expected space, not items"


def test_both_readers_refuse_the_same(run: Run) -> None:
    rng = random.Random(7)
    kinds = (
        "captions",
        "marked",
        "two",
        "pairs",
        "vectors",
        "layout",
        "landscape",
        "film",
        "table",
    )
    texts = [damaged(name, rng) for name in kinds * 60]
    refused = run(
        """return argument.map((text) => {
             try { contract.decode(text, "x.json"); return false; }
             catch (error) {
               if (error instanceof contract.ArtifactError) return true;
               throw error;
             }
           });""",
        texts,
    )
    assert refused.count(False) > 20  # some damage is none: another name, a changed parameter
    assert refused == [is_refused(text) for text in texts]


def is_refused(text: str) -> bool:
    try:
        decode(text.encode(), "x.json")
    except ArtifactError:
        return True
    return False


def damaged(name: str, rng: random.Random) -> str:
    """A golden file with one field, anywhere in it, replaced by something else."""
    value = orjson.loads((make.FOLDER / f"{name}.json").read_bytes())
    inner, key = rng.choice(list(places(value)))
    inner[key] = rng.choice([None, True, 0, -1, 3, 0.5, "", "4, 2", "i2", [], [1], ["a"], {}])
    return orjson.dumps(value).decode()


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every object or list in a document with each of its keys or indices."""
    keys = value if isinstance(value, dict) else range(len(value) if isinstance(value, list) else 0)
    for key in keys:
        yield value, key
        yield from places(value[key])


# -- states ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", make.SPACES)
def test_states_are_those_of_python(run: Run, name: str) -> None:
    states = run(
        """const [name, shares] = argument;
           const derived = new DerivedSpace(await read(name), 50);
           return shares.map((share) => plain(derived.derive({ share })));""",
        [name, make.SHARES],
    )
    expected = orjson.loads((make.FOLDER / f"{name}.expected.json").read_bytes())
    space = make.read_space(name)
    for state, then in zip(states, expected, strict=True):
        similarity = geometry.close_gap(space.similarity, space.counts, then["share"])
        np.testing.assert_allclose(state["similarity"], similarity.ravel(), atol=1e-12)
        np.testing.assert_allclose(state["similarity"][: len(similarity)], then["first_row"])
        # Signs included: both sides give an axis the same one, and these spectra are simple.
        np.testing.assert_allclose(state["coordinates"], then["coordinates"], atol=1e-8)
        assert state["gap"] == pytest.approx(then["gap"], abs=1e-9)
        assert not state["interpolated"]
        if then["losses"] is None:
            assert state["losses"] is None
        else:
            assert list(state["losses"].values()) == pytest.approx(
                [*then["losses"], sum(then["losses"]) / 2], abs=1e-10
            )


def test_as_trained_the_matrix_is_the_stored_one(run: Run) -> None:
    assert run(
        """const space = await read("pairs");
           const derived = new DerivedSpace(space, 50);
           derived.derive({ share: 1 });
           const { similarity } = derived.derive({ share: 0 });
           return similarity.every((value, at) => value === space.similarity[at]);"""
    )


@pytest.mark.parametrize("name", ["pairs", "uneven", "three"])
def test_a_slider_meets_the_components_of_a_full_decomposition(run: Run, name: str) -> None:
    """There and back in steps, jumps between: warm starts must not lose what overtakes."""
    worst = run(
        """const space = await read(argument);
           const derived = new DerivedSpace(space, 50);
           const shares = [0, 1.5, 0, ...Array.from({ length: 61 }, (_, k) => k / 40), 0.1, 1];
           const full = { find(matrix) {
             const { values, vectors } = eigen.symmetricEigen(matrix, space.size);
             return { values, vectors: vectors.slice(0, 2) };
           } };
           return shares.map((share) => {
             const { similarity, coordinates } = derived.derive({ share });
             const exact = geometry.principalComponents(similarity, { solver: full });
             return Math.max(...exact.map((value, at) => Math.abs(value - coordinates[at])));
           });""",
        name,
    )
    assert max(worst) < 1e-8


def test_following_turns_the_axes_onto_those_before(run: Run) -> None:
    found = run(
        """const derived = new DerivedSpace(await read("pairs"), 50);
           derived.derive({ share: 0.25 });
           return derived.derive({ share: 1, follow: true }).coordinates;"""
    )
    space = make.read_space("pairs")
    before, after = (
        geometry.principal_components(geometry.close_gap(space.similarity, space.counts, share))
        for share in (0.25, 1)
    )
    turned = geometry.rotate_onto(after, before)
    assert np.abs(turned - after).max() > 0.1  # there is something to turn
    np.testing.assert_allclose(found, turned.ravel(), atol=1e-7)


@pytest.mark.parametrize(
    ("share", "weight", "interpolated"),
    [(0, 0, False), (0.25, 0.25, True), (1, 1, False), (1.4, 1, True), (-0.2, 0, True)],
)
def test_stored_layouts_are_interpolated_and_say_so(
    run: Run, share: float, weight: float, interpolated: bool
) -> None:
    state = run(
        """const derived = new DerivedSpace(await read("pairs"), 50);
           return derived.derive({ share: argument, projection: "umap" });""",
        share,
    )
    space = make.read_space("pairs")
    first, second = (space.projection("umap", end).coordinates for end in (0, 1))
    np.testing.assert_allclose(
        state["coordinates"], ((1 - weight) * first + weight * second).ravel(), atol=1e-12
    )
    assert state["interpolated"] is interpolated


def test_projections_are_those_with_both_ends(run: Run) -> None:
    assert run("return new DerivedSpace(await read('pairs'), 50).projections") == [
        "pca",
        "tsne",
        "umap",
    ]
    assert run(
        """const space = await read("pairs");
           space.projections = space.projections.filter(({ method, share }) =>
             method === "umap" || share === 0);
           return new DerivedSpace(space, 50).projections;"""
    ) == ["pca", "umap"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "new DerivedSpace(await read('two'), 50).derive({ projection: 'umap' })",
            "two/by-hand has no umap at both ends of the gap",
        ),
        (
            "geometry.closeGap(Float64Array.of(1, -1, -1, 1), [1, 1], 1)",
            "item 0 is moved onto the origin: no direction left",
        ),
        (
            "geometry.closeGap(Float64Array.of(1, NaN, NaN, 1), [1, 1], 1)",
            "a similarity is not a finite number",
        ),
        (
            "geometry.closeGap(new Float64Array(4), [1, 2], 1)",
            "items 1,2 of each modality do not fit a matrix of 4 values",
        ),
        (
            "geometry.contrastiveLosses(new Float64Array(9), [1, 2], 1, 50)",
            "modalities of 1 and 2 items form no pairs",
        ),
        (
            "geometry.meanSimilarity(Float64Array.of(1, 0, 0, 1), [1, 1], 0)",
            "the mean over different items needs two of them",
        ),
    ],
)
def test_what_has_no_geometry_is_refused(run: Run, body: str, message: str) -> None:
    found = run(f"try {{ {body}; }} catch (error) {{ return [error.name, error.message]; }}")
    assert found == ["GeometryError", message]


# -- functions ---------------------------------------------------------------------------------


def test_measures_are_those_of_python(run: Run) -> None:
    space = make.read_space("three")
    found = run(
        """const { similarity, counts } = await read("three");
           return {
             means: geometry.blockMeans(similarity, counts),
             gap: geometry.gapDistance(similarity, counts, 1, 2),
             mean: geometry.meanSimilarity(similarity, counts, 2),
             distances: Array.from(similarity, geometry.euclideanDistance),
           };"""
    )
    means = geometry.block_means(space.similarity, space.counts)
    np.testing.assert_allclose(found["means"]["ofItems"], means.of_items.ravel())
    np.testing.assert_allclose(found["means"]["ofModalities"], means.of_modalities.ravel())
    assert found["gap"] == pytest.approx(
        geometry.gap_distance(space.similarity, space.counts, 1, 2)
    )
    third = geometry.blocks(space.counts)[2]
    assert found["mean"] == pytest.approx(geometry.mean_similarity(space.similarity[third, third]))
    np.testing.assert_allclose(
        found["distances"], geometry.euclidean_distance(space.similarity).ravel(), atol=1e-12
    )


@pytest.mark.parametrize("mirror", [1, -1])
def test_rotating_onto_a_reference_turns_and_mirrors(run: Run, mirror: int) -> None:
    rng = np.random.default_rng(4)
    reference = rng.normal(size=(9, 2))
    turn = np.array([[0.6, 0.8], [-0.8, 0.6]]) @ np.diag([1, mirror])
    coordinates = reference @ turn + 0.1 * rng.normal(size=(9, 2))
    found = run(
        "return geometry.rotateOnto(...argument.map((values) => Float64Array.from(values)))",
        [coordinates.ravel().tolist(), reference.ravel().tolist()],
    )
    np.testing.assert_allclose(
        found, geometry.rotate_onto(coordinates, reference).ravel(), atol=1e-12
    )


def test_of_equally_large_coordinates_the_first_decides_the_sign(run: Run) -> None:
    rectangle = geometry.similarity_matrix([[0.6, 0.8], [0.6, -0.8]], [[-0.6, 0.8], [-0.6, -0.8]])
    found = run(
        "return geometry.principalComponents(Float64Array.from(argument))",
        rectangle.ravel().tolist(),
    )
    np.testing.assert_allclose(found, [0.8, 0.6, -0.8, 0.6, 0.8, -0.6, -0.8, -0.6], atol=1e-12)


def test_a_matrix_that_is_no_numbers_does_not_hang_the_page(run: Run) -> None:
    values = run("return eigen.symmetricEigen(new Float64Array(16).fill(NaN), 4).values")
    assert np.isnan(values).all()


def spectra() -> dict[str, tuple[int, list[float]]]:
    """Matrices by size and leading eigenvalues, the rest zero."""
    falling = (0.9 ** np.arange(200)).tolist()
    return {
        "falls slowly": (200, falling),
        "odd size": (51, falling[:51]),
        "second and third apart by 1e-7": (120, [2, 1, 1 - 1e-7, *falling[8:40]]),
        "first twice": (120, [1, 1, 0.5, 0.25]),
        "all equal": (100, [1.0] * 100),
        "flat": (150, np.linspace(1, 0.9, 150).tolist()),
        "one direction": (60, [1.0]),
        "nothing": (60, []),
        "negative below": (80, [1, 0.5, *[-3.0] * 10]),
        "small": (5, [3, 2, 1]),
        "two": (2, [1, 0.5]),
        "one": (1, [2]),
    }


@pytest.mark.parametrize("spectrum", spectra())
@pytest.mark.parametrize("start", ["none", "exact", "overtaken", "zero"])
def test_the_leading_pair_of_any_spectrum(run: Run, spectrum: str, start: str) -> None:
    size, values = spectra()[spectrum]
    rng = np.random.default_rng(5)
    vectors = np.linalg.qr(rng.normal(size=(size, size)))[0]
    descending = np.sort([*values, *[0.0] * (size - len(values))])[::-1]
    matrix = (vectors * descending) @ vectors.T
    starts = {
        "none": None,
        "exact": vectors[:, :2].T,
        "overtaken": vectors[:, 2:4].T,  # eigenvectors, but no longer the leading ones
        "zero": np.zeros((2, size)),
    }
    chosen = starts[start]
    found = run(
        """const [matrix, size, start] = argument;
           const pair = new eigen.LeadingPair(size);
           const vectors = start && start.map((vector) => Float64Array.from(vector));
           return pair.find(Float64Array.from(matrix), vectors ?? undefined);""",
        [
            ((matrix + matrix.T) / 2).ravel().tolist(),
            size,
            None if chosen is None or len(chosen) < 2 else chosen.tolist(),
        ],
    )
    expected = [*descending, 0.0][:2]
    np.testing.assert_allclose(found["values"], expected, atol=1e-10)
    pair = np.array(found["vectors"]).T
    np.testing.assert_allclose(matrix @ pair, pair * found["values"], atol=1e-8)
    held = min(size, 2)
    np.testing.assert_allclose((pair.T @ pair)[:held, :held], np.eye(held), atol=1e-10)


def test_a_full_decomposition_is_one(run: Run) -> None:
    rng = np.random.default_rng(6)
    square = rng.normal(size=(40, 40))
    matrix: Floats = square + square.T
    found = run(
        "return eigen.symmetricEigen(Float64Array.from(argument), 40)", matrix.ravel().tolist()
    )
    vectors = np.array(found["vectors"])
    np.testing.assert_allclose(found["values"], np.linalg.eigvalsh(matrix)[::-1], atol=1e-11)
    np.testing.assert_allclose(vectors @ vectors.T, np.eye(40), atol=1e-12)
    np.testing.assert_allclose(vectors @ matrix, (vectors.T * found["values"]).T, atol=1e-11)

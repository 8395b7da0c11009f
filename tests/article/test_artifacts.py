"""The contract: what is written is read again, and what is broken says where."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from article import artifacts, geometry
from article.artifacts import (
    Clustering,
    Column,
    DataFolder,
    Film,
    Items,
    Landscape,
    Layout,
    Manifest,
    Modality,
    PairLines,
    Projection,
    Record,
    Space,
    Sprites,
    Table,
    Vectors,
    decode,
    decode_array,
    encode,
    encode_array,
)
from article.errors import ArtifactError, GeometryError
from tests.golden import make

HALF_A_STEP = 1 / 65534


def items(*texts: str) -> Items:
    ids = tuple(str(index) for index in range(len(texts)))
    return Items("study", ids, (Modality("text", "text", len(texts), texts=texts),))


def space(**changes: Any) -> Space:
    """Two pairs in the plane, and all that a space can hold."""
    clustering = Clustering(
        ("image", "text"), "rows", "complete", np.array([1, 0]), np.array([1, 0]), ("dog", "cat")
    )
    content: dict[str, Any] = {
        "dataset": "study",
        "model": "clip",
        "modalities": ("image", "text"),
        "counts": (2, 2),
        "logit_scale": 100.0,
        "similarity": geometry.similarity_matrix(
            [[1.0, 0.0], [0.6, 0.8]], [[0.0, 1.0], [0.8, 0.6]]
        ),
        "projections": (Projection("pca", 0, np.arange(8.0).reshape(4, 2), {"seed": 0}),),
        "clusterings": (clustering,),
    }
    return Space(**{**content, **changes})


def vectors(**changes: Any) -> Vectors:
    """Two pairs in space; the components of the first three rows are stored without error."""
    content: dict[str, Any] = {
        "dataset": "heldout",
        "model": "clip",
        "modalities": ("image", "text"),
        "counts": (2, 2),
        "logit_scale": 100.0,
        "vectors": np.array(
            [[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [-(0.5**0.5), 0.0, 0.5**0.5], [0.6, 0.0, 0.8]]
        ),
        "error": 0.0009765625,
    }
    return Vectors(**{**content, **changes})


def layout(**changes: Any) -> Layout:
    """Two pairs in the plane: 4 units across and 2 up, in one cluster and outside of it."""
    content: dict[str, Any] = {
        "dataset": "heldout",
        "model": "clip",
        "name": "umap-closed",
        "title": "UMAP, gap closed",
        "modalities": ("image", "text"),
        "counts": (2, 2),
        "points": "items",
        "method": "umap",
        "share": 1.0,
        "fit": "text",
        "coordinates": np.array([[-1.0, 2.0], [3.0, 0.0], [1.0, 1.0], [-1.0, 1.5]]),
        "clusters": np.array([0, 1, 0, -1]),
        "pair_lines": (PairLines("hdbscan", 2, 0.25, 0.5, 0.375),),
        "parameters": {"seed": 3},
    }
    return Layout(**{**content, **changes})


def landscape(**changes: Any) -> Landscape:
    content: dict[str, Any] = {
        "dataset": "heldout",
        "model": "clip",
        "modalities": ("image", "text"),
        "count": 5000,
        "logit_scale": 100.0,
        "batch_size": 50,
        "shift": np.array([-0.5, 0.0, 0.5]),
        "distance": np.array([1.5, 1.0, -0.25]),
        "first_to_second": np.array([3.0, 1.0, 2.0]),
        "second_to_first": np.array([2.0, 0.5, 1.0]),
        "trained": (1.0, 1.0, 0.5),
        "closed": (0.0625, 1.5, 0.75),
    }
    return Landscape(**{**content, **changes})


def film(**changes: Any) -> Film:
    """Two pairs, before the first step and after the second."""
    content: dict[str, Any] = {
        "dataset": "study",
        "model": "clip",
        "modalities": ("image", "text"),
        "count": 2,
        "logit_scale": 100.0,
        "candidates": 2000,
        "steps": np.array([0, 2]),
        "pairs": np.array([0, 256]),
        "similarities": np.stack([space().similarity, np.eye(4)]),
        "gap": np.array([1.25, 0.5]),
        "first_to_second": np.array([3.5, 0.25]),
        "second_to_first": np.array([4.5, 0.75]),
        "recall_first_to_second": np.array([0.0, 0.125]),
        "recall_second_to_first": np.array([0.0, 0.375]),
    }
    return Film(**{**content, **changes})


def table(**changes: Any) -> Table:
    content: dict[str, Any] = {
        "name": "temperature",
        "title": "Temperature",
        "dataset": "heldout",
        "columns": (Column("training", "training"), Column("gap", "gap", "length")),
        "rows": (("a", 0.5), ("b", None)),
        "note": "As measured.",
    }
    return Table(**{**content, **changes})


# -- arrays ------------------------------------------------------------------------------------


def test_an_array_is_little_endian_base64_as_plotly_takes_it() -> None:
    encoded = encode_array(np.array([[1, -2], [258, 0]]), "i2")
    assert encoded == {"dtype": "i2", "shape": "2, 2", "bdata": "AQD+/wIBAAA="}
    np.testing.assert_array_equal(decode_array(encoded, "x"), [[1, -2], [258, 0]])


@pytest.mark.parametrize(
    ("values", "dtype", "message"),
    [
        ([0.5], "u1", "values from 0.5 to 0.5 do not fit u1"),
        ([-1], "u1", "values from -1 to -1 do not fit u1"),
        ([0, 40000], "i2", "values from 0 to 40000 do not fit i2"),
        ([1e39], "f4", "do not fit f4"),
        ([math.nan], "f4", "not finite"),
        ([math.inf], "i2", "not finite"),
    ],
)
def test_values_that_a_type_cannot_hold_are_refused(
    values: list[float], dtype: str, message: str
) -> None:
    with pytest.raises(ArtifactError, match=message):
        encode_array(np.array(values), dtype)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dtype": "f8"}, "x: unknown dtype 'f8'"),
        ({"dtype": {}}, "x: unknown dtype {}"),
        ({"shape": "3"}, "x: 2 values are no array of shape 3"),
        ({"shape": "-1"}, "x: 2 values are no array of shape -1"),
        ({"shape": "two"}, "x: broken array"),
        ({"shape": None}, "x: broken array"),
        ({"bdata": "AQD+/w"}, "x: broken array"),
        ({"bdata": "AQD+"}, "x: broken array"),
        ({"bdata": "ÄQD+/w=="}, "x: broken array"),
        ({"bdata": 7}, "x: broken array"),
        ({"dtype": "f4", "shape": "1", "bdata": "AADAfw=="}, "x: a value is not finite"),
    ],
)
def test_a_broken_array_names_its_field(change: dict[str, Any], message: str) -> None:
    encoded = encode_array(np.array([1, -2]), "i2")
    with pytest.raises(ArtifactError, match=message):
        decode_array({**encoded, **change}, "x")


def test_an_array_must_be_an_object() -> None:
    with pytest.raises(ArtifactError, match="x: expected an array with dtype, shape and bdata"):
        decode_array([1, 2], "x")


# -- similarities ------------------------------------------------------------------------------


def test_minus_one_zero_and_one_are_exact() -> None:
    similarity = np.array([[1.0, 0.0, -1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 1.0]])
    encoded = artifacts.encode_similarity(similarity)
    assert encoded["shape"] == "6"
    np.testing.assert_array_equal(artifacts.decode_similarity(encoded, 3), similarity)


@settings(derandomize=True, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 20), st.integers(1, 8))
def test_quantising_errs_by_half_a_step_at_most(seed: int, count: int, width: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(count, width))
    similarity = geometry.similarity_matrix(vectors)
    stored = artifacts.decode_similarity(artifacts.encode_similarity(similarity), count)
    assert np.abs(stored - similarity).max() <= HALF_A_STEP + 1e-15
    assert artifacts.encode_similarity(stored) == artifacts.encode_similarity(similarity)


def test_a_matrix_that_holds_no_similarities_is_not_written() -> None:
    unknown = np.eye(4)
    unknown[0, 1] = unknown[1, 0] = math.nan
    with pytest.raises(GeometryError, match="items 0 and 1 is not a finite number"):
        encode(space(similarity=unknown))
    lopsided = np.eye(4)
    lopsided[2, 3] = 0.5
    with pytest.raises(GeometryError, match="items 2 and 3 differs from the one the other way"):
        encode(space(similarity=lopsided))


@pytest.mark.parametrize(
    ("steps", "dtype", "count", "message"),
    [
        ([32767, 0, 32767], "i2", 3, "3 values are no upper triangle of 3 items"),
        ([32767, 0, 32767], "i2", -3, "3 values are no upper triangle of -3 items"),
        ([32767, -32768, 32767], "i2", 2, "a cosine similarity lies between -1 and 1"),
        ([1, 0, 1], "f4", 2, "stored as float32, not in 16 bits"),
    ],
)
def test_what_is_no_upper_triangle_is_refused(
    steps: list[int], dtype: str, count: int, message: str
) -> None:
    with pytest.raises(ArtifactError, match=message):
        artifacts.decode_similarity(encode_array(np.array(steps), dtype), count)


# -- there and back ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "artifact",
    [items("a dog", "a cat"), space(), vectors(), layout(), landscape(), film(), table()],
)
def test_every_kind_is_written_and_read_again(artifact: artifacts.Artifact) -> None:
    data = encode(artifact)
    again = decode(data, "x.json")
    assert type(again) is type(artifact)
    assert encode(again) == data


def test_every_field_of_a_space_comes_back() -> None:
    again = decode(encode(space()), "x.json")
    assert isinstance(again, Space)
    assert (again.dataset, again.model, again.logit_scale) == ("study", "clip", 100)
    assert (again.modalities, again.counts) == (("image", "text"), (2, 2))
    np.testing.assert_allclose(again.similarity, space().similarity, atol=HALF_A_STEP)
    assert (again.projection("pca", 0).parameters, again.clusterings[0].names) == (
        {"seed": 0},
        ("dog", "cat"),
    )
    np.testing.assert_array_equal(again.projection("pca", 0).coordinates[1], [2, 3])
    np.testing.assert_array_equal(again.clusterings[0].order, [1, 0])
    np.testing.assert_array_equal(again.clusterings[0].labels, [1, 0])


def test_every_field_of_vectors_comes_back() -> None:
    again = decode(encode(vectors()), "x.json")
    assert isinstance(again, Vectors)
    assert (again.dataset, again.model, again.logit_scale) == ("heldout", "clip", 100)
    assert (again.modalities, again.counts) == (("image", "text"), (2, 2))
    assert again.error == 0.0009765625
    np.testing.assert_allclose(again.vectors[:3], vectors().vectors[:3], atol=1e-15)
    # .6 to .8 is 95.25 to 127, stored as 95 to 127.
    np.testing.assert_allclose(again.vectors[3], np.array([95, 0, 127]) / (95**2 + 127**2) ** 0.5)


@settings(derandomize=True, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 40))
def test_vectors_turn_by_half_a_step_a_component_at_most(seed: int, count: int, width: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(count, width)) ** 3
    unit = geometry.normalise(rows)
    again = decode(encode(vectors(vectors=unit, counts=(count,), modalities=("a",))), "x.json")
    assert isinstance(again, Vectors)
    most = np.arcsin(np.minimum(1, width**0.5 / 254 * np.abs(unit).max(axis=1)))
    similarity, then = again.vectors @ again.vectors.T, unit @ unit.T
    assert np.all(np.abs(similarity - then) <= most[:, None] + most + 1e-12)
    turned = np.arccos((again.vectors * unit).sum(axis=1).clip(-1, 1))
    assert np.all(turned <= most + 1e-7)


def test_every_field_of_a_layout_comes_back() -> None:
    again, before = decode(encode(layout()), "x.json"), layout()
    assert isinstance(again, Layout)
    for name in ("dataset", "model", "name", "title", "modalities", "counts", "points"):
        assert getattr(again, name) == getattr(before, name)
    assert (again.method, again.share, again.fit) == ("umap", 1, "text")
    assert (again.pair_lines, again.parameters) == (before.pair_lines, {"seed": 3})
    assert (again.size, again.cluster_count) == (4, 2)
    np.testing.assert_array_equal(again.clusters, before.clusters)
    np.testing.assert_allclose(again.coordinates, before.coordinates, atol=4 / 65535)


@settings(derandomize=True, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))
def test_coordinates_are_off_by_one_step_at_most(seed: int, centre: float, spread: float) -> None:
    placed = np.random.default_rng(seed).normal(centre, spread, size=(4, 2))
    data = encode(layout(coordinates=placed))
    again = decode(data, "x.json")
    assert isinstance(again, Layout)
    rounded = np.abs(placed).max() * 2.0**-23  # the least coordinates are stored in 32 bits
    step = np.ptp(placed, axis=0).max() / 65535
    np.testing.assert_allclose(again.coordinates, placed, atol=step + rounded)


def test_thousands_of_pairs_are_served_within_their_budgets() -> None:
    """5,000 pairs in 128 dimensions, as random as they can be: 1.5 MB and 120 KB by gzip -6."""
    rng, counts = np.random.default_rng(0), (5_000, 5_000)
    stored = vectors(vectors=geometry.normalise(rng.normal(size=(10_000, 128))), counts=counts)
    assert len(gzip.compress(encode(stored), 6)) < 1_500_000
    placed, clusters = rng.uniform(size=(10_000, 2)), rng.integers(0, 60, size=10_000)
    laid_out = layout(coordinates=placed, clusters=clusters, counts=counts)
    assert len(gzip.compress(encode(laid_out), 6)) < 120_000


def test_points_in_one_place_stay_there() -> None:
    again = decode(encode(layout(coordinates=np.full((4, 2), 2.5))), "x.json")
    assert isinstance(again, Layout)
    np.testing.assert_array_equal(again.coordinates, np.full((4, 2), 2.5))


def test_pairs_as_points_are_half_as_many_and_have_no_lines() -> None:
    pairs = layout(
        points="pairs",
        fit="all",
        coordinates=np.array([[0.0, 0.0], [1.0, 1.0]]),
        clusters=np.array([-1, -1]),
        pair_lines=(),
    )
    again = decode(encode(pairs), "x.json")
    assert isinstance(again, Layout)
    assert (again.size, again.cluster_count, again.pair_lines) == (2, 0, ())


@pytest.mark.parametrize(
    ("kept", "expected", "adjusted"),
    [(0.5, 0.375, 0.2), (0.25, 0.25, 0), (1, 0.5, 1), (1, 1, None)],
)
def test_what_is_kept_is_adjusted_for_chance(
    kept: float, expected: float, adjusted: float | None
) -> None:
    assert PairLines("kmeans", 2, 0, kept, expected).adjusted == adjusted


def test_marks_come_back_and_others_do_not_mention_them() -> None:
    marked = items("a dog", "a cat", "a cow")
    marked = Items(marked.dataset, marked.ids, marked.modalities, {"blurred": ("2", "0")})
    data = encode(marked)
    assert decode(data, "x.json") == marked
    assert b'"marks":{"blurred":["2","0"]}' in data
    assert b"marks" not in encode(items("a dog"))


def test_every_field_of_a_landscape_comes_back() -> None:
    again = decode(encode(landscape()), "x.json")
    assert isinstance(again, Landscape)
    assert (again.count, again.batch_size, again.logit_scale) == (5000, 50, 100)
    assert (again.trained, again.closed) == ((1, 1, 0.5), (0.0625, 1.5, 0.75))
    np.testing.assert_array_equal(again.distance, [1.5, 1, -0.25])
    np.testing.assert_array_equal(again.second_to_first, [2, 0.5, 1])


def test_every_field_of_a_film_comes_back() -> None:
    again = decode(encode(film()), "x.json")
    assert isinstance(again, Film)
    assert (again.dataset, again.model, again.modalities) == ("study", "clip", ("image", "text"))
    assert (again.count, again.logit_scale, again.candidates) == (2, 100, 2000)
    np.testing.assert_array_equal(again.steps, [0, 2])
    np.testing.assert_array_equal(again.pairs, [0, 256])
    np.testing.assert_array_equal(again.gap, [1.25, 0.5])
    np.testing.assert_array_equal(again.first_to_second, [3.5, 0.25])
    np.testing.assert_array_equal(again.second_to_first, [4.5, 0.75])
    np.testing.assert_array_equal(again.recall_first_to_second, [0, 0.125])
    np.testing.assert_array_equal(again.recall_second_to_first, [0, 0.375])


def test_frames_are_off_by_half_a_step_of_8_bits_at_most() -> None:
    again = decode(encode(film()), "x.json")
    assert isinstance(again, Film)
    np.testing.assert_allclose(again.similarities[0], space().similarity, atol=1 / 254 + 1e-12)
    np.testing.assert_array_equal(again.similarities[1], np.eye(4))
    # Cosine .6 is 76.2 steps of 1/127, stored as 76.
    assert again.similarities[0, 0, 1] == 76 / 127


def test_every_field_of_a_table_comes_back() -> None:
    assert decode(encode(table()), "x.json") == table()
    assert table().column("gap") == (0.5, None)


def test_captions_come_back_to_the_letter() -> None:
    again = decode(encode(items(*make.HOSTILE_CAPTIONS)), "x.json")
    assert isinstance(again, Items)
    assert again.modalities[0].texts == make.HOSTILE_CAPTIONS


@settings(derandomize=True, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=5))
def test_any_text_comes_back_or_is_refused_in_words(texts: list[str]) -> None:
    again = decode(encode(items(*texts)), "x.json")
    assert isinstance(again, Items)
    assert again.modalities[0].texts == tuple(texts)


def test_half_a_character_is_refused_in_words() -> None:
    with pytest.raises(ArtifactError, match=r"^items: cannot be stored, .*surrogates"):
        encode(items("half of an emoji: \ud83d"))


@pytest.mark.parametrize("name", [*make.artifacts()])
def test_the_golden_files_are_what_is_written_today(name: str) -> None:
    assert encode(make.read(name)) == (make.FOLDER / f"{name}.json").read_bytes()


@pytest.mark.parametrize("name", make.SPACES)
def test_the_golden_states_are_what_is_derived_today(name: str) -> None:
    stored = orjson.loads((make.FOLDER / f"{name}.expected.json").read_bytes())
    for today, then in zip(make.expected(make.read_space(name)), stored, strict=True):
        for key in ("share", "first_row", "coordinates", "gap"):
            assert today[key] == pytest.approx(then[key], abs=1e-9), key
        assert (today["losses"] is None) == (then["losses"] is None)
        if today["losses"] is not None:
            assert today["losses"] == pytest.approx(then["losses"], abs=1e-9)


def test_sounds_and_molecules_survive_and_others_do_not_mention_them() -> None:
    sounds = Modality("bark", "sound", 1, sounds=("triplets/sounds-0.wav",))
    molecules = Modality("drug", "molecule", 1, texts=("CC(=O)O",))
    artifact = Items("triplets", ("a",), (sounds, molecules))
    data = artifacts.encode(artifact)
    assert artifacts.decode(data, "items.json") == artifact
    assert data.count(b'"sounds"') == 1


# -- contradictions ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (items, "modality 'text' has no items"),
        (lambda: Modality("text", "text", 2, texts=("one",)), "2 items but 1 texts"),
        (lambda: Modality("text", "text", 1), "1 items but 0 texts"),
        (lambda: Modality("smiles", "molecule", 1), "1 items but 0 texts"),
        (lambda: Modality("bark", "sound", 2, sounds=("a.wav",)), "2 items but 1 sounds"),
        (lambda: Modality("sound", "noise", 1), "'noise' is not picture or text"),  # type: ignore[arg-type]
        (
            lambda: Modality("image", "picture", 7, sprites=Sprites(("a.webp",), 64, 3, 6)),
            "modality 'image': 7 items, but sprites hold only 6",
        ),
        (lambda: Sprites(("a.webp",), 0, 3, 6), "cell, columns and per_file are at least 1"),
        (
            lambda: Items("study", ("a", "b", "a"), ()),
            "data set 'study': id 'a' occurs twice",
        ),
        (
            lambda: Items("study", ("a",), (Modality("text", "text", 2, texts=("x", "y")),)),
            "data set 'study': 1 ids but 2 items in modality 'text'",
        ),
        (
            lambda: Items("study", ("a",), (), {"blurred": ("b",)}),
            "data set 'study': 'b' is marked 'blurred', but no id",
        ),
        (
            lambda: Items("study", ("a",), (), {"blurred": ("a", "a")}),
            "data set 'study': an id is marked 'blurred' twice",
        ),
        (lambda: vectors(counts=(2, 1)), r"vectors have shape \(4, 3\), not \(3, d\)"),
        (lambda: vectors(counts=(4,)), r"counts \(4,\) do not fit modalities"),
        (lambda: vectors(logit_scale=-1.0), "logit_scale: -1.0 is not positive"),
        (lambda: vectors(error=2.5), "error: 2.5 is not by how much"),
        (lambda: encode(vectors(vectors=np.eye(4, 3))), "vectors: row 3 has no direction"),
        (lambda: layout(counts=(2, 0)), r"counts \(2, 0\) do not fit modalities"),
        (lambda: layout(points="words"), "points: 'words' is not items or pairs"),
        (lambda: layout(points="pairs", counts=(3, 1)), r"counts: \(3, 1\) items form no pairs"),
        (lambda: layout(fit="audio"), "fit: 'audio' is not all and no modality"),
        (lambda: layout(counts=(2, 1)), r"coordinates have shape \(4, 2\), not \(3, 2\)"),
        (lambda: layout(clusters=np.array([0, 1, 0])), "clusters: not one for each of 4 points"),
        (lambda: layout(clusters=np.array([0, 2, 0, -1])), "clusters: not numbered from 0"),
        (lambda: layout(clusters=np.array([0, -2, 0, -1])), "clusters: not numbered from 0"),
        (lambda: PairLines("kmeans", 2, 0, 1.5, 0), "pair lines by kmeans: shares lie between"),
        (lambda: space(counts=(2, 1)), r"similarity has shape \(4, 4\), not 3 square"),
        (lambda: space(counts=(4,)), r"counts \(4,\) do not fit modalities"),
        (lambda: space(counts=(), modalities=()), r"counts \(\) do not fit"),
        (lambda: space(logit_scale=0.0), "logit_scale: 0.0 is not positive"),
        (
            lambda: space(projections=(Projection("pca", 0, np.zeros((3, 2))),)),
            r"projection pca: shape \(3, 2\), not \(4, 2\)",
        ),
        (lambda: space().projection("umap", 0.5), "study/clip has no umap projection at 0.5"),
        (lambda: landscape(batch_size=0), "count, batch_size and logit_scale are positive"),
        (lambda: landscape(distance=np.zeros(2)), "heldout/clip: columns differ in length"),
        (lambda: film(candidates=0), "film study/clip: count, candidates and logit_scale are posi"),
        (lambda: film(gap=np.zeros(3)), "film study/clip: not one value of gap for each frame"),
        (lambda: film(steps=np.array([2, 2])), "film study/clip: steps do not rise"),
        (lambda: film(count=3), r"film study/clip: similarities have shape \(2, 4, 4\)"),
        (lambda: encode(film(similarities=np.zeros((2, 4, 4)))), "similarity of items 0 and 0 is"),
        (lambda: table(rows=(("a",),)), "table 'temperature': row 0 has 1 cells, not 2"),
        (lambda: table(columns=(Column("a", "x"),) * 2), "two columns have the same name"),
        (lambda: table().column("loss"), "no column 'loss': training, gap"),
    ],
)
def test_an_artifact_that_contradicts_itself_is_refused(
    build: Callable[[], object], message: str
) -> None:
    with pytest.raises((ArtifactError, GeometryError), match=message):
        build()


@pytest.mark.parametrize(
    ("order", "labels", "message"),
    [
        ([0, 0, 1], [0, 0, 1], "order is not a permutation"),
        ([0, 1], [0, 0, 1], "order is not a permutation"),
        ([0, 1, 2], [0, 1, 0], "labels must count the 2 names"),  # a cluster in two pieces
        ([0, 1, 2], [1, 0, 0], "labels must count the 2 names"),  # not numbered as they appear
        ([0, 1, 2], [0, 0, 0], "labels must count the 2 names"),  # a name without a cluster
        ([0, 1, 2], [0, 1, 2], "labels must count the 2 names"),  # a cluster without a name
    ],
)
def test_clusters_are_contiguous_and_numbered_in_order(
    order: list[int], labels: list[int], message: str
) -> None:
    with pytest.raises(ArtifactError, match=message):
        Clustering(("a", "b"), "", "", np.array(order), np.array(labels), ("dog", "cat"))


def test_clusters_of_another_number_of_pairs_are_refused() -> None:
    short = Clustering(("a", "b"), "", "", np.array([0]), np.array([0]), ("dog",))
    with pytest.raises(ArtifactError, match="not one label for each pair"):
        space(clusterings=(short,))


def test_not_a_number_is_not_written_as_null() -> None:
    with pytest.raises(ArtifactError, match=r"trained\[1\]: nan cannot be stored"):
        encode(landscape(trained=(1.0, math.nan, 0.5)))


# -- broken documents --------------------------------------------------------------------------


def broken(artifact: artifacts.Artifact, **changes: Any) -> bytes:
    """The file of an artifact with some fields replaced; `...` takes a field away."""
    value = {**orjson.loads(encode(artifact)), **changes}
    return orjson.dumps({name: entry for name, entry in value.items() if entry is not ...})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (encode(space())[:-20], "not JSON, perhaps truncated"),
        (b"", "not JSON, perhaps truncated"),
        (b"[]", "document: expected an object"),
        (b"{}", "kind: missing"),
        (broken(space(), kind="sound"), "kind: 'sound' is none of items, space, vectors"),
        (broken(space(), kind=["space"]), "kind: expected a text"),
        (broken(space(), version=2), "version: 2, this reader knows 1"),
        (broken(space(), version=True), "version: expected a whole number"),
        (broken(space(), counts=...), "counts: missing"),
        (broken(space(), counts=[2, "2"]), r"counts\[1\]: expected a whole number"),
        (broken(space(), counts=[2, 2.5]), r"counts\[1\]: expected a whole number"),
        (broken(space(), counts=[-3, 0]), "no upper triangle of -3 items"),
        (broken(space(), modalities="it"), "modalities: expected a list"),
        (broken(space(), logit_scale=None), "logit_scale: expected a number"),
        (broken(space(), similarity=[1, 0]), "similarity: expected an array"),
        (broken(space(), projections=[{}]), r"projections\[0\].method: missing"),
        (broken(space(), clusterings=[{"block": ["a"]}]), r"clusterings\[0\].block: 1 entries"),
        (broken(items("a"), ids="a"), "ids: expected a list"),
        (broken(items("a"), modalities=["text"]), r"modalities\[0\]: expected an object"),
        (broken(items("a"), modalities=[{"name": 1}]), r"modalities\[0\].name: expected a text"),
        (broken(items("a"), marks=["0"]), "marks: expected an object"),
        (broken(items("a"), marks={"blurred": [0]}), r"marks\.blurred\[0\]: expected a text"),
        (broken(items("a"), marks={"blurred": ["1"]}), "'1' is marked 'blurred', but no id"),
        (broken(vectors(), vectors=encode_array(np.eye(4), "f4")), "not in 8 bits"),
        (broken(vectors(), vectors=encode_array(np.ones(4), "i1")), "not rows of components"),
        (broken(vectors(), vectors=encode_array(np.eye(4, 3), "i1")), "row 3 has no direction"),
        (broken(vectors(), error=...), "error: missing"),
        (broken(layout(), lower=[0]), "lower: 1 entries, expected 2"),
        (broken(layout(), step=0), "step: 0 is not positive"),
        (broken(layout(), coordinates=encode_array(np.zeros((4, 2)), "f4")), "not in 16 bits"),
        (broken(layout(), coordinates=encode_array(np.zeros(8), "u2")), r"\(8,\), not \(M, 2\)"),
        (broken(layout(), points="item"), "points: 'item' is not items or pairs"),
        (broken(layout(), pair_lines=[{}]), r"pair_lines\[0\].rule: missing"),
        (broken(landscape(), trained=[1, 2]), "trained: 2 entries, expected 3"),
        (broken(landscape(), shift=...), "shift: missing"),
        (broken(landscape(), modalities=["image"]), "modalities: 1 entries, expected 2"),
        (broken(film(), count=3), r"similarities: \(2, 10\) are no upper triangles of 6 items"),
        (broken(film(), similarities=encode_array(np.zeros((2, 10)), "i2")), "not in 8 bits"),
        (
            broken(film(), similarities=encode_array(np.full((2, 10), -128), "i1")),
            "similarities: a cosine similarity lies between",
        ),
        (broken(table(), rows=["a"]), r"rows\[0\]: expected a list"),
        (broken(table(), rows=[[True, 1]]), r"rows\[0\]: a cell is a text, a number or nothing"),
    ],
)
def test_a_broken_document_names_file_and_field(data: bytes, message: str) -> None:
    with pytest.raises(ArtifactError, match=rf"^data/x\.json: .*{message}"):
        decode(data, Path("data/x.json"))


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.data())
def test_damage_raises_no_other_error(data: st.DataObject) -> None:
    original = encode(space())
    at = data.draw(st.integers(0, len(original) - 1))
    byte = data.draw(st.integers(0, 255))
    with contextlib.suppress(ArtifactError):
        decode(original[:at] + bytes([byte]) + original[at + 1 :], "x.json")


# -- a folder of them --------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with one artifact of each kind, for two data sets and one model."""
    written: list[tuple[str, artifacts.Artifact, str, str | None]] = [
        ("study/items.json", items("a dog", "a cat"), "study", None),
        ("study/clip.json", space(), "study", "clip"),
        ("heldout/clip-landscape.json", landscape(), "heldout", "clip"),
        ("heldout/clip-vectors.json", vectors(), "heldout", "clip"),
        ("heldout/clip-layout.json", layout(), "heldout", "clip"),
        ("study/clip-film.json", film(), "study", "clip"),
        ("tables/temperature.json", table(), "heldout", None),
    ]
    records = []
    for path, artifact, dataset, model in written:
        data = encode(artifact)
        artifacts.write_atomically(tmp_path / path, data)
        name = artifact.name if isinstance(artifact, Layout) else None
        origin = {"seed": 0}
        kind = artifact.kind
        records.append(artifacts.describe(path, kind, data, dataset, model, origin, name))
    measure = {"dataset": "study", "model": "clip", "share": 0, "values": {"gap": 0.5}}
    manifest = Manifest(
        study="test",
        datasets={"study": {"title": "Study"}, "heldout": {"title": "Held out"}},
        models={"cloob": {}, "clip": {"title": "CLIP"}},
        artifacts=tuple(records),
        measures=(measure,),
        settings={"batch_size": 50},
        costs=({"stage": "embed", "seconds": 1.5},),
    )
    artifacts.write_atomically(tmp_path / artifacts.MANIFEST_NAME, encode(manifest))
    return tmp_path


def test_a_folder_is_read_through_its_manifest(folder: Path) -> None:
    data = DataFolder.open(folder)
    assert data.items("study").modalities[0].texts == ("a dog", "a cat")
    assert data.space("study", "clip").counts == (2, 2)
    assert data.landscape("heldout", "clip").count == 5000
    assert data.film("study", "clip").candidates == 2000
    assert data.vectors("heldout", "clip").error == vectors().error
    assert data.layout("heldout", "clip", "umap-closed").fit == "text"
    assert data.table("temperature") == table()
    assert data.models_of("space", "study") == ["clip"]
    assert data.models_of("space", "heldout") == []
    assert data.manifest.measure("gap", "study", "clip") == 0.5
    assert data.manifest.costs == ({"stage": "embed", "seconds": 1.5},)
    assert data.manifest.artifacts[1].provenance == {"seed": 0}
    assert encode(data.manifest) == (folder / "manifest.json").read_bytes()


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda d: d.items("coco"), "unknown data set 'coco'; the manifest has: heldout, study"),
        (lambda d: d.space("study", "blip"), "unknown model 'blip'; the manifest has: clip, cloob"),
        (lambda d: d.space("study", "cloob"), "no space of data set 'study' by model 'cloob'"),
        (
            lambda d: d.layout("heldout", "clip", "pca"),
            "has no layout 'pca' of data set 'heldout' by",
        ),
        (lambda d: d.items("heldout"), "no items of data set 'heldout'"),
        (lambda d: d.table("start"), "unknown table 'start'; the manifest has: temperature"),
        (lambda d: d.manifest.measure("loss", "study", "clip"), "unknown measure 'loss'; .* gap"),
        (
            lambda d: d.manifest.measure("gap", "study", "clip", 1),
            "no measures of 'study' by 'clip' at share 1",
        ),
    ],
)
def test_what_the_manifest_does_not_have_is_answered_by_what_it_has(
    folder: Path, ask: Callable[[DataFolder], object], message: str
) -> None:
    with pytest.raises(ArtifactError, match=message):
        ask(DataFolder.open(folder))


def test_a_folder_without_a_manifest(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"manifest\.json: missing; run `python -m precompute`"):
        DataFolder.open(tmp_path)


def test_a_manifest_must_be_one(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(encode(items("a")))
    with pytest.raises(ArtifactError, match=r"manifest\.json: a file of items, not a manifest"):
        DataFolder.open(tmp_path)


def test_a_listed_file_that_is_missing(folder: Path) -> None:
    (folder / "study/clip.json").unlink()
    with pytest.raises(ArtifactError, match=r"clip\.json: listed in the manifest, but missing"):
        DataFolder.open(folder).space("study", "clip")


def test_a_truncated_file(folder: Path) -> None:
    path = folder / "study/clip.json"
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ArtifactError, match=rf"clip\.json: {size - 1} bytes, the manifest says"):
        DataFolder.open(folder).space("study", "clip")


def test_a_file_of_another_hash(folder: Path) -> None:
    path = folder / "study/items.json"
    path.write_bytes(path.read_bytes().replace(b"a dog", b"a hog"))
    with pytest.raises(ArtifactError, match=r"items\.json: differs from the file .* lists"):
        DataFolder.open(folder).items("study")


@pytest.mark.parametrize("path", ["../secret.json", "/etc/passwd", "study/../../secret.json"])
def test_a_path_out_of_the_folder(folder: Path, path: str) -> None:
    record = Record(path, "items", 1, hashlib.sha256(b"x").hexdigest(), "study")
    with pytest.raises(ArtifactError, match="points outside of the data folder"):
        DataFolder.open(folder).read_bytes(record)


def test_a_file_of_another_kind_than_listed(folder: Path) -> None:
    data = encode(items("a"))
    (folder / "study/clip.json").write_bytes(data)
    record = artifacts.describe("study/clip.json", "space", data, "study", "clip", {})
    listed = DataFolder(folder, Manifest("test", {"study": {}}, {"clip": {}}, (record,)))
    with pytest.raises(ArtifactError, match=r"clip\.json: a file of items, not of space as listed"):
        listed.space("study", "clip")


def test_a_write_that_fails_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "deep" / "file.json"
    artifacts.write_atomically(path, b"old")

    def interrupted(_self: Path, _target: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        artifacts.write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]

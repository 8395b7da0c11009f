from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from precompute.imports.collection import MisfitError
from precompute.imports.embeddings import read_embeddings
from tests.precompute.imports.layouts import vectors


def npy(folder: Path, array: Any) -> Path:
    file = folder / "clip.npy"
    np.save(file, array)
    return file


def npz(folder: Path, **arrays: Any) -> Path:
    file = folder / "clip.npz"
    np.savez(file, **arrays)
    return file


@pytest.mark.parametrize("kinds", [2, 3])
def test_modalities_stand_one_after_the_other(tmp_path: Path, kinds: int) -> None:
    array = vectors(kinds).astype(np.float16)
    found = read_embeddings(npy(tmp_path, array))
    assert list(found.vectors) == ["image", "text", "audio"][:kinds]
    assert found.count == 4
    for one, expected in zip(found.vectors.values(), array, strict=True):
        np.testing.assert_array_equal(one, expected)


def test_modalities_have_the_names_that_are_given(tmp_path: Path) -> None:
    found = read_embeddings(npy(tmp_path, vectors(4)), ("a", "b", "c", "d"))
    assert list(found.vectors) == ["a", "b", "c", "d"]
    with pytest.raises(MisfitError, match="4 modalities, but 3 names: image, text, audio; name"):
        read_embeddings(npy(tmp_path, vectors(4)))


def test_arrays_are_modalities_by_name(tmp_path: Path) -> None:
    images, texts = vectors()
    file = npz(tmp_path, text_embeds=texts, images=images)
    found = read_embeddings(file)
    assert list(found.vectors) == ["text", "image"]
    assert list(read_embeddings(file, ("image", "text")).vectors) == ["image", "text"]
    assert list(read_embeddings(file, ("images", "text")).vectors) == ["images", "text"]
    np.testing.assert_array_equal(found.vectors["image"], images)


def test_other_arrays_are_left_out_when_modalities_are_named(tmp_path: Path) -> None:
    images, texts = vectors()
    file = npz(tmp_path, image=images, text=texts, years=np.arange(4))
    with pytest.raises(
        MisfitError, match=r"years: int64 of shape \(4,\), expected numbers \(n, d\)"
    ):
        read_embeddings(file)
    assert list(read_embeddings(file, ("image", "text")).vectors) == ["image", "text"]
    with pytest.raises(MisfitError, match="no array 'audio'; there are: image, text, years"):
        read_embeddings(file, ("image", "audio"))


def test_modalities_that_differ_are_refused_with_both_numbers(tmp_path: Path) -> None:
    images, texts = vectors()
    message = "differ in their number of items: 4 in image, 3 in text"
    with pytest.raises(MisfitError, match=message):
        read_embeddings(npz(tmp_path, image=images, text=texts[:3]))
    message = "differ in their number of dimensions: 6 in image, 5 in text"
    with pytest.raises(MisfitError, match=message):
        read_embeddings(npz(tmp_path, image=images, text=texts[:, :5]))


def test_rows_without_a_direction_are_told_together(tmp_path: Path) -> None:
    images, texts = vectors()
    images[1] = 0
    texts[0, 3], texts[2, 1] = np.nan, np.inf
    file = npz(tmp_path, image=images, text=texts)
    with pytest.raises(MisfitError) as caught:
        read_embeddings(file)
    assert str(caught.value).splitlines() == [
        f"{file}: 3 faults:",
        "  image: row 1 is a zero vector",
        "  text: row 0 has a value that is not finite",
        "  text: row 2 has a value that is not finite",
    ]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.ones((4, 6)), r"shape \(4, 6\), expected \(modalities, items, dimensions\)"),
        (np.ones((1, 4, 6)), "only image: two modalities or more are needed"),
        (np.full((2, 4, 6), "a"), "image: <U1 of shape"),
        (np.ones((2, 0, 6)), r"image: float64 of shape \(0, 6\)"),
    ],
)
def test_arrays_of_another_form_are_refused(tmp_path: Path, array: Any, message: str) -> None:
    with pytest.raises(MisfitError, match=message):
        read_embeddings(npy(tmp_path, array))


def test_nothing_in_a_file_is_executed(tmp_path: Path) -> None:
    file = tmp_path / "clip.npy"
    np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(MisfitError, match="no arrays of numbers: Object arrays cannot be loaded"):
        read_embeddings(file)
    file = tmp_path / "clip.npz"
    np.savez(file, image=np.array([{}], dtype=object), text=vectors()[1], allow_pickle=True)
    with pytest.raises(MisfitError, match="Object arrays cannot be loaded"):
        read_embeddings(file, ("image", "text"))


def test_half_a_file_is_named(tmp_path: Path) -> None:
    images, texts = vectors()
    for file in (npy(tmp_path, vectors()), npz(tmp_path, image=images, text=texts)):
        file.write_bytes(file.read_bytes()[:150])
        with pytest.raises(MisfitError, match=rf"{file.name}: (no arrays of num|cannot be read)"):
            read_embeddings(file)

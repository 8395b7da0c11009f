from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from article import geometry
from precompute.imports.collection import MisfitError
from precompute.imports.matrices import read_matrix, vectors_of
from tests.precompute.imports.layouts import vectors

EXPECTED = [[1, 0.6, 0], [0.6, 1, -0.8], [0, -0.8, 1]]
PLAIN = "1,0.6,0\n6.0e-01,1.0,-0.8\n0,-.8,9.999999999999999e-01\n"


def write(folder: Path, text: str) -> Path:
    file = folder / "CLIP.csv"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.rstrip() + "\n\n",
        "\ufeff" + PLAIN.replace("\n", "\r\n"),
        ",0,1,2\n0,1,0.6,0\n1,0.6,1,-0.8\n2,0,-0.8,1\n",
        "image,image,text\n" + PLAIN,
        ",a,b,c\na,1,0.6,0\nb,0.6,1,-0.8\nc,0,-0.8,1\n",
        "0,1,2\n" + PLAIN,
    ],
    ids=[
        "numpy",
        "empty lines",
        "windows",
        "pandas",
        "names above",
        "names above and before",
        "numbers above",
    ],
)
def test_matrices_are_read_as_numpy_and_pandas_write_them(tmp_path: Path, text: str) -> None:
    np.testing.assert_allclose(read_matrix(write(tmp_path, text)), EXPECTED, atol=1e-15)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,0.6,0\n0.6,1\n0,-0.8,1\n", "CLIP.csv: line 2: 2 values, but 3 rows"),
        ("1,0.6\n0.6,x\n", "CLIP.csv: line 2, column 2: 'x' is not a number"),
        ("1,\n0,1\n", "CLIP.csv: line 1, column 2: '' is not a number"),
        ("1,0.6\n0.7,1\n", "items 0 and 1 differs from the one the other way round"),
        ("1,0\n0,0.9\n", "no cosine similarities: similarity of items 1 and 1 is not 1"),
        ("1,1.5\n1.5,1\n", "similarity of items 0 and 1 lies outside of -1 and 1"),
        ("1,nan\nnan,1\n", "similarity of items 0 and 1 is not a finite number"),
        ("", "a similarity matrix is square, not (0,)"),
    ],
)
def test_what_is_no_matrix_of_similarities_is_named(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(MisfitError) as caught:
        read_matrix(write(tmp_path, text))
    assert message in str(caught.value)


def test_all_faults_are_told_together_by_line(tmp_path: Path) -> None:
    file = write(tmp_path, "1,a,0\n0,1\n0,0,1,4\n")
    with pytest.raises(MisfitError) as caught:
        read_matrix(file)
    assert str(caught.value).splitlines() == [
        f"{file}: 3 faults:",
        "  line 1, column 2: 'a' is not a number",
        "  line 2: 2 values, but 3 rows",
        "  line 3: 4 values, but 3 rows",
    ]


def test_a_missing_matrix_is_named(tmp_path: Path) -> None:
    with pytest.raises(MisfitError, match=r"none\.csv: cannot be read: No such file"):
        read_matrix(tmp_path / "none.csv")


def test_vectors_have_the_similarities() -> None:
    similarity = geometry.similarity_matrix(*vectors(3, 5))
    found = vectors_of(similarity, (5, 5, 5), Path("K.csv"))
    assert [len(rows) for rows in found] == [5, 5, 5]
    joined = np.concatenate(found)
    np.testing.assert_allclose(joined @ joined.T, similarity, atol=1e-12)


def test_similarities_that_no_vectors_have_are_refused() -> None:
    # b lies near a and near c, so that c cannot lie opposite of a.
    impossible = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    with pytest.raises(
        MisfitError, match="no vectors have these similarities: an eigenvalue is -0"
    ):
        vectors_of(impossible, (2, 1), Path("K.csv"))

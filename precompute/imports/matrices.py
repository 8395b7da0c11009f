"""Matrices of similarities in CSV files, and vectors that have these similarities."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from article import geometry
from article.errors import GeometryError
from precompute.imports.collection import MisfitError, misfits
from precompute.pairs import DatasetError
from precompute.sources.rows import lines_of

Floats: TypeAlias = npt.NDArray[np.float64]

_NEGATIVE: Final = 1e-6
"""What eigenvalues may lie below zero, for each item: products of vectors in 32 bits."""


def read_matrix(file: Path) -> Floats:
    """A matrix of cosine similarities (N, N), as `numpy.savetxt` or pandas writes it.

    A first line of names is left out, and then a first column of names too.

    Raises:
        MisfitError: values that are missing or no number, by line; or no cosine similarities.
    """
    rows, faults = _parsed(file)
    if faults:
        raise misfits(file, faults)
    matrix = np.array(rows)
    try:
        geometry.check_similarity(matrix)
    except GeometryError as error:
        raise MisfitError(f"no cosine similarities: {error}", file) from None
    return matrix


def _parsed(file: Path) -> tuple[list[list[float]], list[str]]:
    """Rows of numbers, and what is wrong with the others."""
    lines = _lines(file)
    named = _is_header(lines)
    body = lines[1:] if named else lines
    # With a line of names, a column of names makes rows one longer than there are rows.
    skipped = 1 if named and body and len(body[0][1]) == len(body) + 1 else 0
    rows, faults = [], []
    for number, line in body:
        cells = line[skipped:]
        values = _numbers(cells)
        if len(cells) != len(body):
            faults.append(f"line {number}: {len(cells)} values, but {len(body)} rows")
        elif values is None:
            column = next(i for i, cell in enumerate(cells) if _numbers([cell]) is None)
            place = f"line {number}, column {column + skipped + 1}"
            faults.append(f"{place}: {cells[column]!r} is not a number")
        else:
            rows.append(values)
    return rows, faults


def _is_header(lines: Sequence[tuple[int, list[str]]]) -> bool:
    """Whether the first line holds names, or the numbers that pandas gives to columns."""
    if not lines:
        return False
    first = lines[0][1]
    counted = [str(number) for number in range(len(first))]
    return _numbers(first[:1]) is None or (len(first) > 1 and first == counted)


def _lines(file: Path) -> list[tuple[int, list[str]]]:
    """Number and cells of each line that is not empty."""
    try:
        texts = [(number, line.decode("utf-8-sig").strip()) for number, line in lines_of(file)]
    except DatasetError as error:
        raise MisfitError(error.message, file) from None
    except UnicodeDecodeError as error:
        raise MisfitError(str(error), file) from None
    return [(number, text.split(",")) for number, text in texts if text]


def _numbers(cells: Sequence[str]) -> list[float] | None:
    try:
        return [float(cell) for cell in cells]
    except ValueError:
        return None


def vectors_of(similarity: Floats, counts: Sequence[int], file: Path) -> tuple[Floats, ...]:
    """Vectors (n_m, r) of each modality that have these similarities (N, N).

    The eigenvectors times the roots of their eigenvalues: everything that depends on inner products
    alone, which is everything that is measured, is the same for them as for the model's own.

    Raises:
        MisfitError: no vectors have them.
    """
    values, eigenvectors = np.linalg.eigh((similarity + similarity.T) / 2)
    if values[0] < -_NEGATIVE * len(values):
        message = f"no vectors have these similarities: an eigenvalue is {values[0]:.2g}"
        raise MisfitError(message, file)
    vectors = eigenvectors * np.sqrt(values.clip(0))
    return tuple(vectors[rows] for rows in geometry.blocks(counts))

"""The layout of the published article (Humer et al. 2024).

`similarities/MODEL.csv` holds the matrix (N, N) of a model, modality after modality, and
`MODEL_meta_info.json` its gap distance and loss. `MODEL_nogap.csv`, the matrix with the gap closed,
follows from the first and is not read. `prompts.txt` holds a text a line, `images/0.jpg` and so on
the pictures, `audios/0.wav` the sounds; `projections.csv` names the modality of each row.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from article import geometry
from article.errors import GeometryError
from precompute.imports.collection import MisfitError
from precompute.imports.matrices import read_matrix, vectors_of
from precompute.imports.scales import (
    DEFAULT_SCALE,
    PUBLISHED_SCALES,
    PublishedLoss,
    find_scale,
)

Floats: TypeAlias = npt.NDArray[np.float64]

SIMILARITIES: Final = "similarities"
PROJECTIONS: Final = "projections.csv"
_CLOSED: Final = "_nogap"
_META: Final = "_meta_info.json"
_MODALITY_COLUMN: Final = "data_type"
_TOLERANCE: Final = 1e-4


@dataclass(frozen=True)
class Matrix:
    """The similarities (N, N) of a model, its vectors by modality, and its logit scale.

    `told` says where the scale is from.
    """

    name: str
    file: Path
    similarity: Floats
    vectors: tuple[Floats, ...]
    logit_scale: float
    told: str


def model_files(folder: Path) -> dict[str, Path]:
    """Matrices by the name of their model; those with the gap closed are left out.

    Raises:
        MisfitError: there are none.
    """
    files = {path.stem: path for path in sorted((folder / SIMILARITIES).glob("*.csv"))}
    models = {
        name: path
        for name, path in files.items()
        if not (name.endswith(_CLOSED) and name.removesuffix(_CLOSED) in files)
    }
    if not models:
        raise MisfitError("no matrices (*.csv) in this folder", folder / SIMILARITIES)
    return models


def modalities_of(folder: Path) -> tuple[str, ...]:
    """Names of the modalities in the order of their rows, from `projections.csv`; else none.

    Raises:
        MisfitError: modalities that do not stand one after the other, each with as many rows.
    """
    file = folder / PROJECTIONS
    if not file.is_file():
        return ()
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text)
            if _MODALITY_COLUMN not in (reader.fieldnames or ()):
                return ()
            names = [row[_MODALITY_COLUMN] for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MisfitError(f"cannot be read: {error}", file) from None
    modalities = tuple(dict.fromkeys(names))
    count = len(names) // max(len(modalities), 1)
    if names != [name for name in modalities for _ in range(count)]:
        message = f"rows of {', '.join(modalities)} do not follow each other, as many of each"
        raise MisfitError(message, file)
    return modalities


def read_published(name: str, file: Path, modalities: Sequence[str], scale: float | None) -> Matrix:
    """The matrix of a model, checked against the gap distance published with it.

    Raises:
        MisfitError: no such matrix, modalities that do not fit it, or figures of another one.
    """
    similarity = read_matrix(file)
    n, rest = divmod(len(similarity), len(modalities))
    if rest:
        message = f"{len(similarity)} rows cannot be {len(modalities)} modalities of as many items"
        raise MisfitError(message, file)
    counts = (n,) * len(modalities)
    facts_file = file.with_name(f"{name}{_META}")
    facts = _facts(facts_file)
    _check_distances(facts, similarity, counts, modalities, facts_file)
    told = "given"
    if scale is None:
        closed = _facts(file.with_name(f"{name}{_CLOSED}{_META}"))
        losses = [
            *_losses(facts, similarity, counts, modalities),
            *_losses(closed, _closed(similarity, counts), counts, modalities),
        ]
        scale, told = find_scale(losses, facts_file), "found from the published loss"
    if scale is None:
        scale, told = PUBLISHED_SCALES.get(name, DEFAULT_SCALE), "assumed"
    vectors = vectors_of(similarity, counts, file)
    return Matrix(name, file, similarity, vectors, scale, told)


def _facts(file: Path) -> Mapping[str, Any]:
    """What was published with a matrix; nothing where nothing was."""
    if not file.is_file():
        return {}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MisfitError(f"not JSON: {error}", file) from None
    if not isinstance(content, dict):
        raise MisfitError("expected an object", file)
    return content


def _closed(similarity: Floats, counts: Sequence[int]) -> Floats:
    try:
        return geometry.close_gap(similarity, counts)
    except GeometryError:  # then there was no loss to publish either
        return similarity


def _by_modalities(
    facts: Mapping[str, Any], key: str, modalities: Sequence[str]
) -> dict[tuple[int, int], float]:
    """A published figure by the modalities it is of: one for two of them, else `first_second`."""
    value = facts.get(key)
    if isinstance(value, int | float):
        return {(0, 1): float(value)} if len(modalities) == 2 else {}
    if not isinstance(value, dict):
        return {}
    pairs = {
        f"{modalities[a]}_{modalities[b]}": (a, b)
        for a, b in permutations(range(len(modalities)), 2)
    }
    return {pairs[name]: float(figure) for name, figure in value.items() if name in pairs}


def _losses(
    facts: Mapping[str, Any], similarity: Floats, counts: Sequence[int], modalities: Sequence[str]
) -> list[PublishedLoss]:
    return [
        PublishedLoss(geometry.cross_block(similarity, counts, a, b), loss)
        for (a, b), loss in _by_modalities(facts, "loss", modalities).items()
    ]


def _check_distances(
    facts: Mapping[str, Any],
    similarity: Floats,
    counts: Sequence[int],
    modalities: Sequence[str],
    file: Path,
) -> None:
    for (a, b), told in _by_modalities(facts, "gap_distance", modalities).items():
        found = geometry.gap_distance(similarity, counts, a, b)
        if abs(found - told) > _TOLERANCE:
            pair = f"{modalities[a]} and {modalities[b]}"
            message = f"gap_distance: {told:.4f} between {pair}, but the matrix has {found:.4f}"
            raise MisfitError(message, file)

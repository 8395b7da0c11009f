"""Embeddings in NumPy files: `.npy` of shape (m, n, d), `.npz` with an array a modality."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from precompute.imports.collection import MisfitError, misfits

Array: TypeAlias = npt.NDArray[Any]

EMBEDDING_SUFFIXES: Final = (".npy", ".npz")
DEFAULT_NAMES: Final = ("image", "text", "audio")
_ENDING: Final = re.compile(r"[_-]?(features?|embeddings?|embeds?|vectors?)$")
_PLURALS: Final = {f"{name}s": name for name in ("image", "text", "audio", "sound", "molecule")}


@dataclass(frozen=True)
class Embedded:
    """Vectors (n, d) of each modality by its name, in order, as the file holds them."""

    file: Path
    vectors: Mapping[str, Array]

    @property
    def count(self) -> int:
        """Items of each modality."""
        return len(next(iter(self.vectors.values())))


def read_embeddings(file: Path, names: Sequence[str] = ()) -> Embedded:
    """Vectors of a file; `names` are those of the modalities, in order, where given.

    Raises:
        MisfitError: a file that cannot be read, arrays that are no vectors of as many items each,
            or vectors that are zero or not finite, by row.
    """
    arrays = _named(file, names) if file.suffix == ".npz" else _stacked(file, names)
    if len(arrays) < 2:
        raise MisfitError(f"only {', '.join(arrays)}: two modalities or more are needed", file)
    _check_shapes(file, arrays)
    faults = [fault for name, array in arrays.items() for fault in _faults(name, array)]
    if faults:
        raise misfits(file, faults)
    return Embedded(file, arrays)


def _stacked(file: Path, names: Sequence[str]) -> dict[str, Array]:
    """Modalities of a `.npy` file, one after the other along its first axis."""
    with _loaded(file) as array:
        stack = np.asarray(array)
    if stack.ndim != 3:
        message = f"shape {stack.shape}, expected (modalities, items, dimensions)"
        raise MisfitError(message, file)
    called = names or DEFAULT_NAMES[: len(stack)]
    if len(called) != len(stack):
        message = f"{len(stack)} modalities, but {len(called)} names: {', '.join(called)}"
        raise MisfitError(f"{message}; name each with --modality", file)
    return dict(zip(called, stack, strict=True))


def _named(file: Path, names: Sequence[str]) -> dict[str, Array]:
    """Arrays of a `.npz` file by name, those that are named or all."""
    with _loaded(file) as archive, archive:
        there = {_modality(key): key for key in archive.files}
        there |= {key: key for key in names if key in archive.files}
        for name in names:
            if name not in there:
                message = f"no array {name!r}; there are: {', '.join(archive.files)}"
                raise MisfitError(message, file)
        return {name: archive[there[name]] for name in names or there}


def _modality(name: str) -> str:
    """The modality that an array is named after: `image` of `image_embeds` or `images`."""
    stem = _ENDING.sub("", name) or name
    return _PLURALS.get(stem, stem)


@contextmanager
def _loaded(file: Path) -> Iterator[Any]:
    """What a file holds, arrays of plain numbers only: nothing in it is executed."""
    try:
        with file.open("rb") as opened:
            yield np.load(opened, allow_pickle=False)
    except OSError as error:
        raise MisfitError(f"cannot be read: {error.strerror or error}", file) from None
    except (ValueError, EOFError, BadZipFile) as error:
        raise MisfitError(f"no arrays of numbers: {error}", file) from None


def _check_shapes(file: Path, arrays: Mapping[str, Array]) -> None:
    for name, array in arrays.items():
        if array.ndim != 2 or array.size == 0 or array.dtype.kind not in "fiu":
            message = f"{name}: {array.dtype} of shape {array.shape}, expected numbers (n, d)"
            raise MisfitError(f"{message}; choose arrays with --modality", file)
    for axis, what in enumerate(("items", "dimensions")):
        sizes = {name: array.shape[axis] for name, array in arrays.items()}
        if len(set(sizes.values())) > 1:
            told = ", ".join(f"{size} in {name}" for name, size in sizes.items())
            raise MisfitError(f"modalities differ in their number of {what}: {told}", file)


def _faults(name: str, vectors: Array) -> list[str]:
    """Rows that have no direction."""
    finite = np.asarray(np.isfinite(vectors).all(axis=1))
    zero = finite & ~np.asarray(vectors.any(axis=1))
    broken = [f"{name}: row {row} has a value that is not finite" for row in _rows(~finite)]
    return [*broken, *(f"{name}: row {row} is a zero vector" for row in _rows(zero))]


def _rows(mask: npt.NDArray[np.bool_]) -> list[int]:
    return [int(row) for row in np.flatnonzero(mask)]

"""Results of stages, kept by what they were made from.

A key is a plain dictionary of everything that decides a result: the stage and its version, the
items, the hash of the weights, the parameters. The file's name is the key's hash, and the file
repeats the key, so that two keys can never be taken for each other.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from article.artifacts import write_atomically

Json = dict[str, Any]
Arrays = dict[str, npt.NDArray[Any]]

DEFAULT_FOLDER: Final = Path(".cache/precompute")

ABANDONED_AFTER: Final = 60.0
"""Seconds after which nobody is writing a temporary file any more."""


def canonical(value: Any) -> bytes:
    """JSON in which equal values are equal bytes, whatever the order of their keys."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY)


def digest(value: Any) -> str:
    """SHA-256 of a plain value: a key's name, an artifact's origin."""
    return hashlib.sha256(canonical(value)).hexdigest()


def file_digest(*paths: Path) -> str:
    """SHA-256 of the bytes of files, one after the other."""
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    return hashes[0] if len(hashes) == 1 else digest(hashes)


@dataclass(frozen=True)
class Entry:
    """A result of a stage, and what it took: seconds, when, on what, with which packages."""

    payload: bytes
    cost: Mapping[str, Any]


class CacheError(Exception):
    """A file of the cache is not what was written there."""


@dataclass(frozen=True)
class Cache:
    """A folder of results. `warn` is told of a broken file, which is then made anew."""

    folder: Path
    warn: Callable[[str], None]

    def path(self, key: Json) -> Path:
        """Where the result of a key is kept."""
        return self.folder / str(key["stage"]) / digest(key)[:32]

    def load(self, key: Json) -> Entry | None:
        """The result of a key, or nothing where there is none or it is broken."""
        path = self.path(key)
        if not path.exists():
            return None
        try:
            return _decode(path.read_bytes(), key)
        except CacheError as error:
            self.warn(f"{path}: {error}; made anew")
            return None

    def store(self, key: Json, payload: bytes, cost: Json) -> Entry:
        """Keep a result; a process killed meanwhile leaves nothing under its name."""
        header = {"key": key, "cost": cost, "sha256": hashlib.sha256(payload).hexdigest()}
        write_atomically(self.path(key), canonical(header) + b"\n" + payload)
        return Entry(payload, cost)


def remove_abandoned(folder: Path) -> None:
    """Remove the temporary files that killed runs left in a folder and those below.

    Writing one takes moments, so that a younger one may be another run's, at work right now.
    """
    for path in folder.rglob(".*.partial"):
        # It may be finished, and so renamed, at any moment.
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > ABANDONED_AFTER:
                path.unlink()


def _decode(data: bytes, key: Json) -> Entry:
    line, newline, payload = data.partition(b"\n")
    try:
        header = orjson.loads(line)
        expected, found, cost = header["sha256"], header["key"], header["cost"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise CacheError("no header: not a file of this cache") from None
    if not newline or hashlib.sha256(payload).hexdigest() != expected:
        raise CacheError("broken: the content differs from its hash")
    if canonical(found) != canonical(key):
        raise CacheError("belongs to another key")
    return Entry(payload, cost)


def pack(arrays: Arrays) -> bytes:
    """Arrays by name as the bytes of an .npz file."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def unpack(payload: bytes) -> Arrays:
    """What `pack` wrote."""
    with np.load(io.BytesIO(payload), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}

"""A source that a study names, opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from precompute.sources import (
    coco,
    csv_file,
    diffusiondb,
    folder,
    json_lines,
    parquet,
    webdataset,
)
from precompute.sources.listed import ListedPairs
from precompute.sources.plans import (
    Coco,
    Csv,
    DiffusionDb,
    FileSource,
    Folder,
    JsonLines,
    Parquet,
    WebDataset,
)
from precompute.sources.rows import Entry
from precompute.sources.selection import Say, select

_READERS: Final[Mapping[type[FileSource], tuple[str, Callable[[Any], Iterator[Entry]]]]] = {
    Folder: ("folder of pictures", folder.read),
    Csv: ("CSV", csv_file.read),
    JsonLines: ("JSON lines", json_lines.read),
    Parquet: ("Parquet", parquet.read),
    Coco: ("COCO captions", coco.read),
    DiffusionDb: ("DiffusionDB", diffusiondb.read),
    WebDataset: ("WebDataset", webdataset.read),
}
"""What the manifest calls a source, and what reads it."""


def open_source(source: FileSource, say: Say) -> ListedPairs:
    """The pairs of a source; `say` is told of rows that are left out.

    Raises:
        DatasetError: rows or files that cannot be used; names all of them.
    """
    title, read = _READERS[type(source)]
    name = _path_of(source).name
    selected = select(read(source), source.selection, name, say)
    return ListedPairs(selected.pairs, {"source": title, "from": name, **selected.facts})


def _path_of(source: FileSource) -> Path:
    match source:
        case Folder(folder=path) | DiffusionDb(folder=path):
            return path
        case Csv(file=path) | JsonLines(file=path) | Coco(annotations=path):
            return path
        case Parquet(path=path) | WebDataset(path=path):
            return path

"""Parts of DiffusionDB: a folder `part-000001` of pictures, and in it `part-000001.json`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson

from precompute.pairs import DatasetError
from precompute.sources.plans import DiffusionDb
from precompute.sources.rows import Entry, Place, Row, texts_of
from precompute.sources.stored import InFile, natural

PROMPT: Final = "p"
"""Key of the prompt; the others are seed, step, guidance scale and sampler."""


def read(source: DiffusionDb) -> Iterator[Entry]:
    """One row a picture that the JSON files of the parts list, in their order.

    Raises:
        DatasetError: no part, or a JSON file that cannot be read.
    """
    for index in _indices(source.folder):
        for name, fields in _content(index).items():
            place = Place(index, None, name)
            if not isinstance(fields, dict):
                yield place.fault(f"expected an object with {PROMPT!r}")
                continue
            try:
                prompts = texts_of(fields, PROMPT)
            except ValueError as error:
                yield place.fault(str(error))
            else:
                yield Row(Path(name).stem, prompts, InFile(index.parent / name), place)


def _indices(folder: Path) -> list[Path]:
    """The JSON files of a part, or of all parts in a folder, in natural order."""
    own = folder / f"{folder.name}.json"
    if own.is_file():
        return [own]
    parts = sorted(folder.glob("part-*/part-*.json"), key=lambda path: natural(path.as_posix()))
    found = [path for path in parts if path.stem == path.parent.name]
    if not found:
        raise DatasetError("no part: expected part-XXXXXX/part-XXXXXX.json", folder)
    return found


def _content(index: Path) -> dict[str, object]:
    try:
        content = orjson.loads(index.read_bytes())
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror}", index) from None
    except orjson.JSONDecodeError as error:
        raise DatasetError(f"not JSON, perhaps truncated: {error.msg}", index) from None
    if not isinstance(content, dict):
        raise DatasetError("expected an object of pictures by name", index)
    return content

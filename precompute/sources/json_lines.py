"""Pairs as JSON objects, one a line."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from precompute.sources.plans import JsonLines
from precompute.sources.rows import Entry, Place, entry_of, lines_of


def read(source: JsonLines) -> Iterator[Entry]:
    """One row a line; a caption is a text, or a list of texts to choose from."""
    for number, line in lines_of(source.file):
        place = Place(source.file, number)
        if not line.strip():
            continue
        try:
            fields = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            yield place.fault(f"not JSON: {error.msg}")
        else:
            yield entry_of(fields, source.columns, place)

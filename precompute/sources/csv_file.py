"""Pairs in a CSV file with a header."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from precompute.pairs import DatasetError
from precompute.sources.plans import Columns, Csv
from precompute.sources.rows import Entry, Place, entry_of


def read(source: Csv) -> Iterator[Entry]:
    """One row a record; quoted captions may run over several lines.

    Raises:
        DatasetError: no such file, or a column that is missing.
    """
    try:
        text = source.file.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror}", source.file) from None
    with text:
        reader = csv.DictReader(text, strict=True)
        try:
            _check_columns(reader.fieldnames or (), source.columns, source.file)
            yield from _entries(reader, source)
        except (csv.Error, UnicodeDecodeError) as error:
            # Nothing after this can be trusted to be a row.
            line = max(reader.reader.line_num, 1)
            yield DatasetError(f"{error}; not read further", source.file, line)


def _check_columns(found: Sequence[str], columns: Columns, file: Path) -> None:
    wanted = [name for name in (columns.id, columns.image, columns.caption) if name is not None]
    for name in wanted:
        if name not in found:
            message = f"no column {name!r}; needed: {', '.join(wanted)}"
            raise DatasetError(message, file, 1)


def _entries(reader: csv.DictReader[str], source: Csv) -> Iterator[Entry]:
    last = reader.line_num
    for record in reader:
        place, last = Place(source.file, last + 1), reader.line_num
        if None in record or None in record.values():
            yield place.fault("more or fewer values than columns")
        else:
            yield entry_of(record, source.columns, place)

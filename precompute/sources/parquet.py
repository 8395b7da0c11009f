"""Pairs in Parquet files, pictures inside as bytes or outside by path; needs pyarrow."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from precompute.pairs import DatasetError
from precompute.sources.plans import Columns, Parquet
from precompute.sources.rows import Entry, Place, Row, entry_of, listed, text_of, texts_of
from precompute.sources.stored import Bytes


@dataclass(frozen=True)
class InTable:
    """A picture in a cell of a Parquet file: bytes, or a struct with a field `bytes`."""

    file: Path
    column: str
    group: int
    row: int

    def open(self) -> Bytes:
        """Its bytes; the row group that holds them is read, and kept until another is needed."""
        value = _cells(self.file, self.file.stat().st_mtime_ns, self.group, self.column)[self.row]
        data = value["bytes"] if isinstance(value, dict) else value
        if data is None:
            raise OSError(None, "the cell is empty")
        return io.BytesIO(data)

    def __str__(self) -> str:
        return f"{self.file}: row {self.row + 1} of group {self.group + 1}"


def read(source: Parquet) -> Iterator[Entry]:
    """One row a row of the files, in natural order of their names.

    Raises:
        DatasetError: pyarrow is missing, no such file, or a column that is missing.
    """
    files = listed(source.path, ".parquet", "Parquet files (*.parquet)")
    for file in files:
        table = _open(file)
        # Rows without a name are called by their number, which starts again in each file.
        prefix = f"{file.stem}/" if len(files) > 1 else ""
        if _holds_pictures(table, source.columns, file):
            yield from _inside(table, source.columns, file, prefix)
        else:
            yield from _outside(table, source.columns, file)


def _outside(table: Any, columns: Columns, file: Path) -> Iterator[Entry]:
    """Rows whose pictures are files."""
    names = [columns.id_in(table.schema_arrow.names), columns.image, columns.caption]
    for _, _, number, fields in _rows(table, names):
        yield entry_of(fields, columns, Place(file, None, f"row {number}"))


def _inside(table: Any, columns: Columns, file: Path, prefix: str) -> Iterator[Entry]:
    """Rows that hold their pictures, which are not read."""
    id_name = columns.id_in(table.schema_arrow.names)
    for group, row, number, fields in _rows(table, [id_name, columns.caption]):
        place = Place(file, None, f"row {number}")
        try:
            name = f"{prefix}{number}" if id_name is None else text_of(fields, id_name)
            captions = texts_of(fields, columns.caption)
        except ValueError as error:
            yield place.fault(str(error))
        else:
            yield Row(name, captions, InTable(file, columns.image, group, row), place)


def _rows(table: Any, names: list[str | None]) -> Iterator[tuple[int, int, int, dict[str, Any]]]:
    """Row group, row in it, number in the file (from 1) and fields of each row."""
    columns = [name for name in names if name is not None]
    number = 0
    for group in range(table.num_row_groups):
        for row, fields in enumerate(table.read_row_group(group, columns=columns).to_pylist()):
            number += 1
            yield group, row, number, fields


def _open(file: Path) -> Any:
    try:
        reader = import_module("pyarrow.parquet")
    except ImportError:
        raise DatasetError("needs pyarrow: pip install 'pairspace[parquet]'", file) from None
    try:
        return reader.ParquetFile(file, memory_map=True)
    except (OSError, ValueError) as error:
        raise DatasetError(f"cannot be read: {error}", file) from None


def _holds_pictures(table: Any, columns: Columns, file: Path) -> bool:
    """Whether the column of pictures holds their bytes, not their paths."""
    schema = table.schema_arrow
    for name in (columns.image, columns.caption, columns.id):
        if name is not None and name not in schema.names:
            raise DatasetError(f"no column {name!r}; there are: {', '.join(schema.names)}", file)
    return "string" not in str(schema.field(columns.image).type).partition("<")[0]


@lru_cache(maxsize=1)
def _cells(file: Path, _changed: int, group: int, column: str) -> list[Any]:
    """One column of a row group."""
    cells: list[Any] = _open(file).read_row_group(group, columns=[column]).column(0).to_pylist()
    return cells

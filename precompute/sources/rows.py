"""Rows of a source, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

from precompute.pairs import DatasetError
from precompute.sources.plans import Columns
from precompute.sources.stored import InFile, Stored, natural

SHOWN_FAULTS: Final = 20
"""Faults that an error lists; of the others it says how many there are."""


@dataclass(frozen=True)
class Place:
    """Where a row stands: a file, and its line or what it is called there."""

    file: Path
    line: int | None = None
    item: str = ""

    def fault(self, message: str) -> DatasetError:
        """An error about the row."""
        text = f"{self.item}: {message}" if self.item else message
        return DatasetError(text, self.file, self.line)

    def __str__(self) -> str:
        return f"{self.file.name}, line {self.line}" if self.line else self.item or self.file.name


@dataclass(frozen=True)
class Row:
    """A picture with one caption or more, as a source lists it."""

    id: str
    captions: tuple[str, ...]
    picture: Stored
    place: Place


Entry: TypeAlias = Row | DatasetError
"""What a source yields for each row: the row, or why there is none."""


class BrokenRowsError(DatasetError):
    """Everything that is wrong with the rows of a source, together."""

    def __init__(self, faults: Sequence[DatasetError]) -> None:
        """Say how many rows cannot be used, and list the first of them, one a line."""
        self.faults = tuple(faults)
        rows = "1 row" if len(faults) == 1 else f"{len(faults)} rows"
        super().__init__("\n".join([f"{rows} cannot be used:", *told(faults)]))


def told(faults: Sequence[DatasetError]) -> Iterator[str]:
    """Faults, one a line, and how many are not shown."""
    yield from (f"  {_printable(str(fault))}" for fault in faults[:SHOWN_FAULTS])
    if len(faults) > SHOWN_FAULTS:
        yield f"  and {len(faults) - SHOWN_FAULTS} more"


def _printable(text: str) -> str:
    """A text on one line, and without half surrogates: names of files may hold anything."""
    return " ".join(text.encode("utf-8", "backslashreplace").decode().splitlines())


def entry_of(fields: Any, columns: Columns, place: Place) -> Entry:
    """A row from a table's fields; paths of pictures are relative to the table's file.

    A pair is called by its id if the table has one, else as its picture.
    """
    try:
        if not isinstance(fields, dict):
            raise ValueError(f"expected an object with {columns.image!r} and {columns.caption!r}")
        image, captions = text_of(fields, columns.image), texts_of(fields, columns.caption)
        name = columns.id_in(fields)
        identifier = image if name is None else text_of(fields, name)
    except ValueError as error:
        return place.fault(str(error))
    return Row(identifier, captions, InFile(place.file.parent / image), place)


def text_of(fields: dict[str, Any], name: str) -> str:
    """A field that holds a text, or a whole number as a text; `ValueError` where it is neither."""
    value = fields.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"no {name}")
    return value


def texts_of(fields: dict[str, Any], name: str) -> tuple[str, ...]:
    """A field that holds a text or a list of texts; `ValueError` where it is neither."""
    value = fields.get(name)
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError(f"no {name}: neither a text nor a list of texts")
    return tuple(value)


def lines_of(file: Path) -> Iterator[tuple[int, bytes]]:
    """Lines of a file with their numbers, read one by one; only a line feed ends a line.

    Raises:
        DatasetError: the file cannot be read.
    """
    try:
        with file.open("rb") as lines:
            yield from enumerate(lines, start=1)
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror}", file) from None


def listed(folder: Path, suffix: str, what: str) -> list[Path]:
    """The path itself if it is a file, else the files of a folder that end so, in natural order.

    Raises:
        DatasetError: there is none.
    """
    if folder.is_file():
        return [folder]
    found = sorted(folder.glob(f"*{suffix}"), key=lambda path: natural(path.name))
    if not found:
        reason = f"no {what} in this folder" if folder.is_dir() else "no such file or folder"
        raise DatasetError(reason, folder)
    return found


def gathered(entries: Iterable[Entry]) -> list[Entry]:
    """The same entries, where each id stands for one picture.

    Rows that repeat id and picture of an earlier one add their captions to it; rows that repeat an
    id with another picture are faults that name both places.
    """
    rows: dict[str, Row] = {}
    order: list[str | DatasetError] = []
    for entry in entries:
        if isinstance(entry, DatasetError):
            order.append(entry)
        elif entry.id not in rows:
            rows[entry.id] = entry
            order.append(entry.id)
        elif (earlier := rows[entry.id]).picture == entry.picture:
            captions = (*earlier.captions, *entry.captions)
            rows[entry.id] = replace(earlier, captions=captions)
        else:
            order.append(entry.place.fault(f"id {entry.id!r} occurs before: {earlier.place}"))
    return [rows[one] if isinstance(one, str) else one for one in order]

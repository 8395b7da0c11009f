"""Pictures and sounds in a folder, one for each item, by number or by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from precompute.imports.collection import MisfitError, misfits
from precompute.sources.stored import PICTURE_SUFFIXES, InFile, Stored, fault_of, natural

SOUND_SUFFIXES: Final = frozenset((".wav", ".mp3", ".ogg", ".flac", ".m4a"))


def read_pictures(folder: Path, count: int) -> tuple[Stored, ...]:
    """Pictures of `count` items.

    Raises:
        MisfitError: another number of them, numbers that are missing, or files that are no picture.
    """
    found = tuple(InFile(path) for path in numbered(folder, count, PICTURE_SUFFIXES, "pictures"))
    faults = [fault for fault in map(fault_of, found) if fault is not None]
    if faults:
        raise misfits(folder, faults)
    return found


def read_sounds(folder: Path, count: int) -> tuple[Path, ...]:
    """Sound files of `count` items.

    Raises:
        MisfitError: another number of them, or numbers that are missing.
    """
    return tuple(numbered(folder, count, SOUND_SUFFIXES, "sounds"))


def numbered(folder: Path, count: int, suffixes: frozenset[str], what: str) -> list[Path]:
    """Files of `count` items: `0.jpg` to `99.jpg`, or any names, then in natural order."""
    try:
        files = [path for path in folder.iterdir() if path.suffix.lower() in suffixes]
    except OSError as error:
        raise MisfitError(f"cannot be read: {error.strerror}", folder) from None
    files.sort(key=lambda path: natural(path.name))
    stems = [path.stem for path in files]
    if len(set(stems)) < len(stems):
        twice = next(stem for stem in stems if stems.count(stem) > 1)
        raise MisfitError(f"more than one file is called {twice!r}", folder)
    if len(files) != count:
        message = f"{len(files)} {what}, but {count} items{_missing(stems, count)}"
        raise MisfitError(message, folder)
    if all(stem.isdecimal() for stem in stems):
        _check_numbers(stems, folder)
    return files


def _missing(stems: Sequence[str], count: int) -> str:
    """Which numbers are missing, if the files are called by number."""
    if not all(stem.isdecimal() for stem in stems):
        return ""
    numbers = {int(stem) for stem in stems}
    missing = [number for number in range(count) if number not in numbers]
    return f"; missing: {', '.join(map(str, missing[:10]))}" if missing else ""


def _check_numbers(stems: Sequence[str], folder: Path) -> None:
    """Numbers must follow each other from 0 or 1: a gap would shift all that come after it."""
    numbers = sorted(map(int, stems))
    first = numbers[0]
    if first > 1 or numbers != list(range(first, first + len(numbers))):
        gap = next(n for i, n in enumerate(numbers) if n != i + min(first, 1))
        message = f"the numbers of the files do not follow each other: {gap} is out of line"
        raise MisfitError(message, folder)

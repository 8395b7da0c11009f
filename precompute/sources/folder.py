"""A folder of pictures, each with its caption beside it: `dog.jpg` and `dog.txt`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from precompute.pairs import DatasetError
from precompute.sources.plans import Folder
from precompute.sources.rows import Entry, Place, Row
from precompute.sources.stored import PICTURE_SUFFIXES, InFile, natural

CAPTION_SUFFIX: Final = ".txt"


def read(source: Folder) -> Iterator[Entry]:
    """One row a picture, in natural order of the paths; the whole text file is its caption.

    Text files without a picture are faults too: a renamed picture shows twice.
    """
    if not source.folder.is_dir():
        raise DatasetError("no such folder", source.folder)
    stems: dict[str, list[Path]] = {}
    for path in _files(source.folder):
        name = path.relative_to(source.folder).with_suffix("").as_posix()
        stems.setdefault(name, []).append(path)
    if not stems:
        raise DatasetError("no pictures in this folder", source.folder)
    for name in sorted(stems, key=natural):
        yield _entry(name, stems[name])


def _files(folder: Path) -> Iterator[Path]:
    """Pictures and texts at any depth; what begins with a dot is hidden."""
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            path = Path(root, name)
            known = path.suffix.lower() in PICTURE_SUFFIXES or path.suffix == CAPTION_SUFFIX
            if known and not name.startswith("."):
                yield path


def _entry(name: str, paths: list[Path]) -> Entry:
    pictures = sorted(path for path in paths if path.suffix != CAPTION_SUFFIX)
    texts = [path for path in paths if path.suffix == CAPTION_SUFFIX]
    if not pictures:
        return Place(texts[0]).fault("a caption without a picture beside it")
    place = Place(pictures[0])
    if len(pictures) > 1:
        others = ", ".join(path.name for path in pictures[1:])
        return place.fault(f"another picture of the same name: {others}")
    if not texts:
        return place.fault(f"no caption beside it: {pictures[0].with_suffix(CAPTION_SUFFIX).name}")
    try:
        caption = texts[0].read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        return Place(texts[0]).fault(f"cannot be read: {error}")
    return Row(name, (caption,), InFile(pictures[0]), place)

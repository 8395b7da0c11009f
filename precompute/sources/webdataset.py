"""Tar archives of a WebDataset: members of one key stand together, `KEY.jpg` and `KEY.txt`."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any, Final, cast

import orjson

from precompute.pairs import DatasetError
from precompute.sources.plans import WebDataset
from precompute.sources.rows import Entry, Place, Row, listed, texts_of
from precompute.sources.stored import PICTURE_SUFFIXES, InArchive

_LONGEST_TEXT: Final = 1 << 20
_COMPRESSED: Final = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd")
"""How gzip, bzip2, xz and zstandard begin."""


@dataclass(frozen=True)
class Member:
    """A file in an archive: the key it belongs to, its kind, and where its bytes are."""

    key: str
    suffix: str
    stored: InArchive
    text: bytes = field(default=b"", repr=False)


def read(source: WebDataset) -> Iterator[Entry]:
    """One row a key, archive after archive; pictures are found, not read.

    Raises:
        DatasetError: no archive, or one that is broken or compressed.
    """
    archives = listed(source.path, ".tar", "archives (*.tar)")
    for archive in archives:
        prefix = f"{archive.stem}/" if len(archives) > 1 else ""
        for key, members in groupby(_members(archive), key=lambda member: member.key):
            yield _entry(prefix + key, list(members), source.key, Place(archive, None, key))


def _entry(name: str, members: list[Member], key: str, place: Place) -> Entry:
    pictures = [member for member in members if member.suffix in PICTURE_SUFFIXES]
    if len(pictures) != 1:
        return place.fault("no picture" if not pictures else "more than one picture")
    try:
        captions = _captions(members, key)
    except ValueError as error:
        return place.fault(str(error))
    return Row(name, captions, pictures[0].stored, place)


def _captions(members: list[Member], key: str) -> tuple[str, ...]:
    """Captions from a text, else from a key of a JSON object; `ValueError` where there is none."""
    by_suffix = {member.suffix: member.text for member in members}
    if ".txt" in by_suffix:
        return (by_suffix[".txt"].decode("utf-8-sig").strip(),)
    if ".json" not in by_suffix:
        raise ValueError("no caption: neither .txt nor .json")
    fields = orjson.loads(by_suffix[".json"])
    if not isinstance(fields, dict):
        raise ValueError(f"its JSON is no object with {key!r}")
    return texts_of(fields, key)


def _members(archive: Path) -> Iterator[Member]:
    """Files of an archive in order, each header read once and forgotten."""
    try:
        with tarfile.open(archive, "r:") as tar:
            while (found := tar.next()) is not None:
                # Else tarfile would keep the headers of a million files.
                cast(Any, tar).members = []
                path = PurePosixPath(found.name)
                stem, dot, suffix = path.name.partition(".")
                if not found.isfile() or not stem:
                    continue
                key = str(path.with_name(stem))
                stored = InArchive(archive, found.name, found.offset_data, found.size)
                yield Member(key, f"{dot}{suffix}".lower(), stored, _text(tar, found, suffix))
    except (tarfile.TarError, OSError) as error:
        raise DatasetError(_why(archive, error), archive) from None


def _text(tar: tarfile.TarFile, member: tarfile.TarInfo, suffix: str) -> bytes:
    """The bytes of a caption; nothing of pictures, nor of what is too long to be one."""
    if suffix.lower() not in ("txt", "json") or member.size > _LONGEST_TEXT:
        return b""
    file = tar.extractfile(member)
    return b"" if file is None else file.read()


def _why(archive: Path, error: Exception) -> str:
    if isinstance(error, tarfile.TarError):
        with archive.open("rb") as file:
            if file.read(8).startswith(_COMPRESSED):
                return "is compressed, so that no picture has a place in it; unpack it to a .tar"
    return f"cannot be read: {error}"

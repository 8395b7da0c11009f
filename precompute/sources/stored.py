"""Pictures where they are stored: in a file of their own, or as a stretch of a larger one."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TypeAlias

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from precompute.pairs import DatasetError
from precompute.pictures import Picture

PICTURE_SUFFIXES: Final = frozenset((".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif"))

_BROKEN: Final = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
"""What Pillow raises for bytes that are no picture, half of one, or an absurdly large one."""

_DIGITS: Final = re.compile(r"(\d+)")


Bytes: TypeAlias = io.BufferedReader | io.BytesIO
"""A file of bytes, on disk or in memory."""


class Stored(Protocol):
    """A picture that can be opened; `str()` of it says where it is."""

    def open(self) -> Bytes:
        """Its bytes as a file; raises `OSError` where there are none."""


@dataclass(frozen=True)
class InFile:
    """A picture file."""

    path: Path

    def open(self) -> Bytes:
        """The file."""
        return self.path.open("rb")

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True)
class InArchive:
    """A picture in an archive that is not compressed: `size` bytes from `start`."""

    archive: Path
    name: str
    start: int
    size: int

    def open(self) -> Bytes:
        """Its bytes."""
        with self.archive.open("rb") as file:
            file.seek(self.start)
            data = file.read(self.size)
        if len(data) < self.size:
            raise OSError(None, "the archive ends early")
        return io.BytesIO(data)

    def __str__(self) -> str:
        return f"{self.archive}: {self.name}"


def fault_of(stored: Stored) -> str | None:
    """Why a picture cannot be used, from its first bytes; nothing if it seems whole."""
    try:
        with stored.open() as file, Image.open(file):
            return None
    except FileNotFoundError:
        return f"there is no picture {stored}"
    except _BROKEN as error:
        return f"picture {stored} cannot be read: {_reason(error)}"


def read_picture(stored: Stored, identifier: str) -> Picture:
    """A picture (h, w, 3), upright, whatever its mode.

    Raises:
        DatasetError: no picture, or half of one; names the pair and the file.
    """
    try:
        with stored.open() as file, Image.open(file) as image:
            return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    except _BROKEN as error:
        message = f"picture of {identifier!r} cannot be read: {_reason(error)}"
        raise DatasetError(message, str(stored)) from None


def _reason(error: Exception) -> str:
    """An error in words: Pillow's name the object in memory, which tells an author nothing."""
    if isinstance(error, UnidentifiedImageError):
        return "not a picture of a known format"
    return getattr(error, "strerror", None) or str(error)


def natural(text: str) -> list[tuple[int, str]]:
    """A key that sorts 2 before 10, in names such as `part-2`."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(text)]

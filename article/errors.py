"""Errors that an author can act on: each names its file, and the line or item."""

from __future__ import annotations

from pathlib import Path


class ArticleError(Exception):
    """Something the author wrote, or the data it points to, cannot be used.

    Printed as `FILE:LINE: MESSAGE`, the form that editors turn into a link.
    """

    def __init__(self, message: str, file: Path | str | None = None, line: int | None = None):
        self.message = message
        self.file = None if file is None else Path(file)
        self.line = line
        super().__init__(str(self))

    def __str__(self) -> str:
        place = [str(self.file)] if self.file is not None else []
        if self.line is not None:
            place.append(str(self.line))
        return ": ".join([":".join(place), self.message]) if place else self.message


class ArtifactError(ArticleError):
    """A data file is missing, truncated, of another version, or contradicts the manifest."""


class GeometryError(ValueError):
    """The geometry asked for does not exist: no pairs, a zero vector, a value not finite."""

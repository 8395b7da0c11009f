"""Pairs whose pictures are stored somewhere, opened when asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property

from precompute.cache import Json, digest
from precompute.pairs import DatasetError
from precompute.pictures import Picture
from precompute.sources.selection import Pair
from precompute.sources.stored import read_picture


class ListedPairs:
    """n pairs; ids and captions in memory, pictures where they lie."""

    def __init__(self, pairs: Sequence[Pair], facts: Json) -> None:
        """Take over what a selection gave."""
        self.ids = tuple(pair.id for pair in pairs)
        self.captions = tuple(pair.caption for pair in pairs)
        self.facts = facts
        self._stored = tuple(pair.picture for pair in pairs)

    def pictures(self, rows: Sequence[int], side: int) -> list[Picture]:
        """Pictures as they are, upright, whatever `side`.

        Raises:
            DatasetError: half a picture; names pair and file.
        """
        return [read_picture(self._stored[row], self.ids[row]) for row in rows]

    @cached_property
    def fingerprint(self) -> Json:
        """Ids, captions and the bytes of all pictures, wherever they lie."""
        return {
            "source": "listed",
            "ids": digest(self.ids),
            "captions": digest(self.captions),
            "pictures": digest([self._hash(row) for row in range(len(self.ids))]),
        }

    def _hash(self, row: int) -> str:
        stored = self._stored[row]
        try:
            with stored.open() as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            message = f"picture of {self.ids[row]!r} cannot be read: {error.strerror}"
            raise DatasetError(message, str(stored)) from None

"""What a data set must offer: pairs of a picture and a caption, by index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from article.errors import ArticleError
from precompute.cache import Json
from precompute.pictures import Picture


class DatasetError(ArticleError):
    """Pairs that cannot be used: names the data set, and the item or the file."""


class Pairs(Protocol):
    """n pairs of a picture and a caption, always in the same order."""

    @property
    def ids(self) -> Sequence[str]:
        """A name for each pair."""

    @property
    def captions(self) -> Sequence[str]:
        """A caption for each pair; a single one where all pictures share it."""

    @property
    def facts(self) -> Json:
        """What the manifest says of the source: credits, seed, and the like."""

    def pictures(self, rows: Sequence[int], side: int) -> list[Picture]:
        """Pictures (h, w, 3) of pairs; of `side` x `side` pixels where the source can choose."""

    @property
    def fingerprint(self) -> Json:
        """What changes whenever ids, captions or pictures do."""

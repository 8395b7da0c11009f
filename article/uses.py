"""Which data files a figure may load, and which of them its first live state needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["items", "space", "landscape", "film", "table", "vectors", "layout"]


@dataclass(frozen=True)
class Use:
    """A data file that a figure may load; items bring their pictures along.

    `first` says whether the figure loads it before a reader has touched anything.
    """

    kind: Kind
    dataset: str
    model: str | None = None
    name: str | None = None
    first: bool = True

    @property
    def key(self) -> str:
        """What the page calls the file: `study/clip-cnn`."""
        return "/".join(part for part in (self.dataset, self.model, self.name) if part is not None)

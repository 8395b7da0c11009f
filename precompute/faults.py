"""Pairs with faults planted in them, and the key that says where: practice for finding them.

Three faults that data sets of the web have: pictures too blurred to see what the caption says,
captions that belong to other pictures, and pairs that are there twice, the second time in a copy
that differs too little to matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from precompute.cache import Json
from precompute.draws import Draws
from precompute.pairs import DatasetError, Pairs
from precompute.pictures import Picture

BLUR_RADIUS: Final = 1 / 12
"""Standard deviation of the blur, as a share of the picture's side."""

COPY_SHIFT: Final = 1 / 32
"""How far a near duplicate is moved to the right, as a share of its side."""

COPY_BRIGHTNESS: Final = 0.92

_COPY_SUFFIX: Final = "-copy"


@dataclass(frozen=True)
class FaultCounts:
    """How many pairs of each fault: a swap takes two pairs, a duplicate adds one."""

    blurred: int
    swapped: int
    duplicated: int

    def __post_init__(self) -> None:
        if self.swapped % 2:
            raise ValueError(f"captions are swapped between two pairs: {self.swapped} is odd")


@dataclass(frozen=True)
class _Slot:
    """A pair of the faulty set: whose picture, whose caption, and what was done to the picture."""

    id: str
    picture: int
    caption: int
    blurred: bool = False
    copied: bool = False


class FaultyPairs:
    """`count` pairs drawn from others by a seed, some of them with a fault; no pair has two."""

    def __init__(self, parent: Pairs, of: str, count: int, counts: FaultCounts, seed: int) -> None:
        """Choose the pairs and their faults; pictures are changed when asked for.

        Raises:
            DatasetError: more pairs or faults are asked for than there are.
        """
        whole, faulty = count - counts.duplicated, counts.blurred + counts.swapped
        if faulty + counts.duplicated > whole:
            raise DatasetError(f"{faulty} faults and {counts.duplicated} copies of {whole} pairs")
        if whole > len(parent.ids):
            raise DatasetError(f"{whole} of the {len(parent.ids)} pairs of {of!r} are asked for")
        self._parent, self._of, self._seed, self._counts = parent, of, seed, counts
        self._slots = tuple(_plant(parent.ids, whole, counts, Draws("faults", seed)))

    @property
    def ids(self) -> tuple[str, ...]:
        """Names in the source; that of a copy ends in `-copy`."""
        return tuple(slot.id for slot in self._slots)

    @cached_property
    def captions(self) -> tuple[str, ...]:
        """Captions, some of them of other pictures."""
        captions = self._parent.captions
        return tuple(captions[slot.caption] for slot in self._slots)

    @property
    def facts(self) -> Json:
        """Source and seed, and the key: the ids with each fault."""
        return {
            **self._parent.facts,
            "source": "faults",
            "of": self._of,
            "seed": self._seed,
            "key": self._key(),
        }

    @property
    def marks(self) -> dict[str, tuple[str, ...]]:
        """Ids of the pairs with each fault; of a duplicate, the copy."""
        key = self._key()
        names = {"blurred": "blurred", "swapped": "swapped", "copied": "copies"}
        return {mark: tuple(key[name]) for mark, name in names.items()}

    def _key(self) -> Json:
        slots = self._slots
        of_picture = {slot.picture: slot.id for slot in slots if not slot.copied}
        return {
            "blurred": [slot.id for slot in slots if slot.blurred],
            "swapped": {
                slot.id: of_picture[slot.caption] for slot in slots if slot.caption != slot.picture
            },
            "copies": {slot.id: of_picture[slot.picture] for slot in slots if slot.copied},
        }

    def pictures(self, rows: Sequence[int], side: int) -> list[Picture]:
        """Pictures of pairs, blurred or copied where their fault is that."""
        slots = [self._slots[row] for row in rows]
        pictures = self._parent.pictures([slot.picture for slot in slots], side)
        return [_changed(picture, slot) for picture, slot in zip(pictures, slots, strict=True)]

    @cached_property
    def fingerprint(self) -> Json:
        """The source's, and what was planted where."""
        return {
            "source": "faults",
            "parent": self._parent.fingerprint,
            "key": self._key(),
            "pairs": [[slot.id, slot.picture, slot.caption] for slot in self._slots],
            "changes": [BLUR_RADIUS, COPY_SHIFT, COPY_BRIGHTNESS],
        }


def _plant(ids: Sequence[str], whole: int, counts: FaultCounts, draws: Draws) -> list[_Slot]:
    """Pairs in their order, then faults among them, then copies put in at random places."""
    rows = sorted(draws.sample(len(ids), whole))
    drawn = [rows[place] for place in draws.sample(whole, whole)]
    blurred, rest = set(drawn[: counts.blurred]), drawn[counts.blurred :]
    swapped, rest = rest[: counts.swapped], rest[counts.swapped :]
    captions = _swaps(swapped)
    slots = [_Slot(ids[row], row, captions.get(row, row), blurred=row in blurred) for row in rows]
    for row in rest[: counts.duplicated]:
        copy = _Slot(ids[row] + _COPY_SUFFIX, row, row, copied=True)
        slots.insert(draws.below(len(slots) + 1), copy)
    return slots


def _swaps(rows: Sequence[int]) -> Mapping[int, int]:
    """Whose caption each gets: neighbours in the list exchange theirs."""
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return {one: other for pair in pairs for one, other in (pair, pair[::-1])}


def _changed(picture: Picture, slot: _Slot) -> Picture:
    if slot.blurred:
        return blur(picture)
    return near_copy(picture) if slot.copied else picture


def blur(picture: Picture) -> Picture:
    """A picture (h, w, 3) behind a Gaussian blur that leaves colours and hardly a shape."""
    radius = picture.shape[1] * BLUR_RADIUS
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius)))


def near_copy(picture: Picture) -> Picture:
    """A picture (h, w, 3) a little to the right and darker; its left edge is repeated."""
    shift = max(1, round(picture.shape[1] * COPY_SHIFT))
    moved = np.concatenate([np.repeat(picture[:, :1], shift, axis=1), picture[:, :-shift]], axis=1)
    return np.rint(moved * COPY_BRIGHTNESS).astype(np.uint8)

"""A picture changed step by step, beside its text, as a data set: many pictures and one text."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from precompute.augmentation_kinds import KINDS, values_of
from precompute.cache import Json
from precompute.pairs import DatasetError, Pairs
from precompute.pictures import Picture, square
from precompute.scenes import subset
from precompute.sources.stored import InFile, read_picture
from precompute.study import Augmented, DrawnPicture, PictureFile

_VERSION: Final = 2
"""Goes up when the same picture would be changed differently."""


@dataclass(frozen=True)
class Original:
    """The picture before it is changed, (side, side, 3), its id, its text, and where it is from."""

    picture: Picture
    id: str
    text: str
    facts: Json


class AugmentedPictures:
    """`steps` pictures, the first or the middle one as it was, and the text of them all."""

    def __init__(self, source: Augmented, original: Original, device: str) -> None:
        """Take over the original; its changes are made on the device, when asked for."""
        self._source, self._original, self._device = source, original, device
        width = max(3, len(str(source.steps - 1)))
        self.ids = tuple(f"{source.kind}-{step:0{width}d}" for step in range(source.steps))
        self.captions = (original.text,)

    @cached_property
    def facts(self) -> Json:
        """Which picture this is, and how it is changed: by which value at each step."""
        source, kind = self._source, KINDS[self._source.kind]
        values = values_of(source.kind, source.steps, source.side)
        return {
            **self._original.facts,
            "source": "augmentation",
            "picture": self._original.id,
            "caption": self._original.text,
            "seed": source.seed,
            "augmentation": {
                "kind": source.kind,
                "title": kind.title,
                "unit": kind.unit,
                "from": values[0],
                "to": values[-1],
                "steps": source.steps,
                "values": values,
            },
        }

    def pictures(self, rows: Sequence[int], side: int) -> list[Picture]:
        """Pictures of some steps, of the source's side whatever `side`; rows without gaps."""
        from precompute.augmentations import augment
        from precompute.hardware import choose_hardware

        source, device = self._source, choose_hardware(self._device, "fp32").device
        steps = range(rows[0], rows[-1] + 1)
        original = self._original.picture
        batches = augment(source.kind, original, steps, source.steps, source.seed, device)
        made = [picture for batch in batches for picture in batch.permute(0, 2, 3, 1).cpu().numpy()]
        return [made[row - steps.start] for row in rows]

    @cached_property
    def fingerprint(self) -> Json:
        """The original and its text, and everything that decides its changes."""
        source, original = self._source, self._original
        return {
            "source": "augmentation",
            "version": _VERSION,
            "picture": hashlib.sha256(original.picture.tobytes()).hexdigest(),
            "text": original.text,
            "kind": source.kind,
            "steps": source.steps,
            "side": source.side,
            "seed": source.seed,
        }


def drawn(source: DrawnPicture, parent: Pairs, side: int) -> Original:
    """One of the pictures that are drawn from another data set.

    Raises:
        DatasetError: more are asked for than there are.
    """
    if source.count > len(parent.ids):
        raise DatasetError(
            f"{source.count} of the {len(parent.ids)} pictures of {source.of!r} are asked for"
        )
    row = subset(source.count, len(parent.ids), source.seed)[source.number]
    picture = square(parent.pictures([row], side)[0], side)
    facts = {**parent.facts, "of": source.of}
    return Original(picture, parent.ids[row], parent.captions[row], facts)


def from_file(source: PictureFile, side: int) -> Original:
    """A picture file.

    Raises:
        DatasetError: no picture; names the file.
    """
    name = source.file.stem
    picture = square(read_picture(InFile(source.file), name), side)
    return Original(picture, name, source.text, {"from": source.file.name})

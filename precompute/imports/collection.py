"""A set of items as models see it, whichever layout it was read from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from article.artifacts import Content
from article.errors import ArticleError
from precompute.sources.stored import Stored

Floats: TypeAlias = npt.NDArray[np.float64]

SHOWN_FAULTS: Final = 20
_CONTENTS: Final[dict[str, Content]] = {
    "image": "picture",
    "picture": "picture",
    "photo": "picture",
    "thumbnail": "picture",
    "audio": "sound",
    "sound": "sound",
    "molecule": "molecule",
    "smiles": "molecule",
}


class MisfitError(ArticleError):
    """What was computed elsewhere does not fit together; names file, and line or item."""


@dataclass(frozen=True)
class Named:
    """A modality before its items are known: its name, and what they will be."""

    name: str
    content: Content

    @classmethod
    def of(cls, name: str) -> Named:
        """What the name of a modality says of its items; text where it says nothing."""
        return cls(name, _CONTENTS.get(name, "text"))


@dataclass(frozen=True)
class Kind:
    """A modality with its n items: texts, or pictures or sounds where they are stored."""

    name: str
    content: Content
    texts: tuple[str, ...] | None = None
    pictures: tuple[Stored, ...] | None = None
    sounds: tuple[Path, ...] | None = None


@dataclass(frozen=True)
class Seen:
    """The items as a model sees them.

    `vectors` hold an array (n, d) for each modality. Where similarities were given, they stand in
    `similarity` (N, N) to the last digit, and the vectors are some that have them.
    """

    title: str
    file: Path
    vectors: tuple[Floats, ...]
    logit_scale: float
    similarity: Floats | None = None

    @property
    def id(self) -> str:
        """Its name in the article."""
        return slug(self.title)


@dataclass(frozen=True)
class Collection:
    """n items of two modalities or more, item i of each belonging together."""

    id: str
    title: str
    source: str
    kinds: tuple[Kind, ...]
    models: tuple[Seen, ...]
    ids: tuple[str, ...]

    @property
    def count(self) -> int:
        """Number of items of each modality."""
        return len(self.ids)

    @property
    def modalities(self) -> tuple[str, ...]:
        """Names of the modalities."""
        return tuple(kind.name for kind in self.kinds)


def slug(text: str) -> str:
    """A name of lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "unnamed"


def misfits(file: Path, faults: Sequence[str]) -> MisfitError:
    """One error that lists all faults of a file."""
    if len(faults) == 1:
        return MisfitError(faults[0], file)
    lines = [f"{len(faults)} faults:", *(f"  {fault}" for fault in faults[:SHOWN_FAULTS])]
    if len(faults) > SHOWN_FAULTS:
        lines.append(f"  and {len(faults) - SHOWN_FAULTS} more")
    return MisfitError("\n".join(lines), file)


def check_names(names: Iterable[Named]) -> tuple[Named, ...]:
    """Modalities, if there are two or more, each with a name of its own that figures can use.

    Raises:
        MisfitError: names the modality.
    """
    checked = tuple(names)
    for named in checked:
        if slug(named.name) != named.name:
            message = f"modality {named.name!r}: a name has lower-case letters, digits and hyphens"
            raise MisfitError(f"{message}; say others with --modality")
    different = {named.name for named in checked}
    if len(checked) < 2 or len(different) < len(checked):
        told = ", ".join(named.name for named in checked)
        raise MisfitError(f"modalities {told}: two or more different ones are needed")
    return checked

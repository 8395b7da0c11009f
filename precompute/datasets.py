"""Where pairs come from: pictures with captions, by index."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np

from precompute.augmented import AugmentedPictures, drawn, from_file
from precompute.cache import Json, digest, file_digest
from precompute.concepts import CATALOG_PATH, default_catalog
from precompute.faults import FaultyPairs
from precompute.pairs import DatasetError, Pairs
from precompute.pictures import Picture
from precompute.rendering import Renderer
from precompute.scenes import Scene, held_out_scenes, subset
from precompute.sources.opening import open_source
from precompute.sources.selection import Say
from precompute.study import Augmented, DatasetPlan, Faults, PictureFile, Scenes, Subset

_SAMPLED_ONE_IN: Final = 50
_SAMPLED_SIDE: Final = 64


class ScenePairs:
    """Scenes of the generator."""

    def __init__(self, source: Scenes) -> None:
        """Draw the scenes; they are painted when asked for."""
        self._source = source
        self._renderers: dict[int, Renderer] = {}

    @cached_property
    def _scenes(self) -> list[Scene]:
        return held_out_scenes(self._source.count, self._source.seed, self._source.designs)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Names that say which of the seed's scenes it is."""
        return tuple(f"scene-{index:05d}" for index in range(self._source.count))

    @cached_property
    def captions(self) -> tuple[str, ...]:
        """Captions, no two of them the same."""
        return tuple(scene.caption for scene in self._scenes)

    @property
    def facts(self) -> Json:
        """Seed, how many things there are to show, and who drew them."""
        catalog = default_catalog()
        drawn_in = self._source.designs or catalog.training_designs
        used = [design for design in catalog.designs if design.id in drawn_in]
        names = ("title", "author", "url", "licence", "licence_url")
        credits = [{name: getattr(design, name) for name in names} for design in used]
        return {
            "source": "scenes",
            "seed": self._source.seed,
            "concepts": len(catalog.concepts),
            "credits": credits,
        }

    def pictures(self, rows: Sequence[int], side: int) -> list[Picture]:
        """Scenes painted at exactly `side` pixels."""
        renderer = self._renderers.setdefault(side, Renderer(default_catalog(), side))
        scenes = [self._scenes[row] for row in rows]
        return [renderer.paint(scene.background, scene.objects) for scene in scenes]

    @cached_property
    def fingerprint(self) -> Json:
        """All captions, the drawings, and how some of the scenes come out painted."""
        sampled = self.pictures(range(0, self._source.count, _SAMPLED_ONE_IN), _SAMPLED_SIDE)
        drawings = sorted(CATALOG_PATH.parent.glob("sheets/*"))
        return {
            "source": "scenes",
            "seed": self._source.seed,
            "captions": digest(self.captions),
            "drawings": file_digest(CATALOG_PATH, *drawings),
            "pictures": hashlib.sha256(np.stack(sampled).tobytes()).hexdigest(),
        }


@dataclass(frozen=True)
class SubsetPairs:
    """Some pairs of another source, in its order."""

    parent: Pairs
    rows: tuple[int, ...]
    facts: Json = field(default_factory=dict)

    @property
    def ids(self) -> tuple[str, ...]:
        """The names that the pairs have in the source."""
        return tuple(self.parent.ids[row] for row in self.rows)

    @property
    def captions(self) -> tuple[str, ...]:
        """Their captions."""
        return tuple(self.parent.captions[row] for row in self.rows)

    def pictures(self, rows: Sequence[int], side: int) -> list[Picture]:
        """Their pictures."""
        return self.parent.pictures([self.rows[row] for row in rows], side)

    @property
    def fingerprint(self) -> Json:
        """The source's, and which of its pairs these are."""
        return {"source": "subset", "parent": self.parent.fingerprint, "rows": self.rows}


@dataclass(frozen=True)
class Dataset:
    """A data set of a study.

    `rows` are its pairs in `whole`, the data set that is embedded; None where that is itself.
    """

    plan: DatasetPlan
    pairs: Pairs
    rows: tuple[int, ...]
    whole: Dataset | None = None

    @property
    def id(self) -> str:
        """Its name in the study."""
        return self.plan.id

    @property
    def count(self) -> int:
        """Number of pairs."""
        return len(self.rows)

    @property
    def paired(self) -> bool:
        """Whether every picture has a text of its own."""
        return not isinstance(self.plan.source, Augmented)

    @property
    def root(self) -> Dataset:
        """The data set that is embedded."""
        return self if self.whole is None else self.whole

    @cached_property
    def fingerprint(self) -> str:
        """Hash of all that its pairs are."""
        return digest(self.pairs.fingerprint)


def silently(line: str) -> None:
    """Say nothing."""


def open_datasets(
    plans: Sequence[DatasetPlan], say: Say = silently, device: str = "auto"
) -> dict[str, Dataset]:
    """The data sets of a study, by name; `say` is told of rows that are left out.

    Pictures are augmented on the device.

    Raises:
        DatasetError: pairs that cannot be used.
    """
    opened: dict[str, Dataset] = {}
    for plan in plans:
        dataset = _open(plan, opened, say, device)
        if dataset.paired:
            check_pairs(plan.id, dataset.pairs)
        opened[plan.id] = dataset
    return opened


def _open(plan: DatasetPlan, opened: Mapping[str, Dataset], say: Say, device: str) -> Dataset:
    match plan.source:
        case Subset() as source:
            return _open_subset(plan, source, opened[source.of])
        case Scenes() as source:
            pairs: Pairs = ScenePairs(source)
        case Faults() as source:
            pairs = _plant_faults(plan, source, opened[source.of])
        case Augmented() as source:
            pairs = _augmented(plan, source, opened, device)
        case source:
            pairs = open_source(source, say)
    return Dataset(plan, pairs, tuple(range(len(pairs.ids))))


def _open_subset(plan: DatasetPlan, source: Subset, parent: Dataset) -> Dataset:
    """Filter the captions first, then draw."""
    words, captions = source.filter, parent.pairs.captions
    there = [row for row, text in enumerate(captions) if words is None or words.accepts(text)]
    count = len(there) if source.count is None else source.count
    if count > len(there):
        which = "" if words is None else f" with {words}"
        message = f"{count} of the {len(there)} pairs of {source.of!r}{which} are asked for"
        raise DatasetError(f"data set {plan.id!r}: {message}")
    chosen = tuple(there[row] for row in subset(count, len(there), source.seed))
    facts = {**parent.pairs.facts, "source": "subset", "of": source.of, "seed": source.seed}
    if words is not None:
        facts["filter"] = str(words)
    pairs = SubsetPairs(parent.pairs, chosen, facts)
    return Dataset(plan, pairs, tuple(parent.rows[row] for row in chosen), parent.root)


def _plant_faults(plan: DatasetPlan, source: Faults, parent: Dataset) -> FaultyPairs:
    try:
        return FaultyPairs(parent.pairs, source.of, source.count, source.counts, source.seed)
    except DatasetError as error:
        raise DatasetError(f"data set {plan.id!r}: {error.message}") from None


def _augmented(
    plan: DatasetPlan, source: Augmented, opened: Mapping[str, Dataset], device: str
) -> AugmentedPictures:
    picture = source.picture
    if isinstance(picture, PictureFile):
        return AugmentedPictures(source, from_file(picture, source.side), device)
    try:
        original = drawn(picture, opened[picture.of].pairs, source.side)
    except DatasetError as error:
        raise DatasetError(f"data set {plan.id!r}: {error.message}", error.file) from None
    return AugmentedPictures(source, original, device)


def check_pairs(name: str, pairs: Pairs) -> None:
    """Raise `DatasetError` unless there are two pairs or more, each with its own id."""
    ids, captions = pairs.ids, pairs.captions
    if len(ids) != len(captions):
        raise DatasetError(f"data set {name!r}: {len(ids)} ids but {len(captions)} captions")
    if len(ids) < 2:
        raise DatasetError(f"data set {name!r}: {len(ids)} pairs; two are needed to compare any")
    seen: set[str] = set()
    for identifier in ids:
        if identifier in seen:
            raise DatasetError(f"data set {name!r}: id {identifier!r} occurs twice")
        seen.add(identifier)

"""Where stages do their work: a result is taken from the cache or made, and its cost noted."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Final

from article.errors import ArticleError, GeometryError
from precompute.cache import Cache, Entry, Json
from precompute.datasets import Dataset
from precompute.processor import processor_name
from precompute.progress import Progress, Stopwatch
from precompute.study import ModelPlan


class StageError(ArticleError):
    """What a stage needs does not exist in these data: names stage, data set and model."""


@dataclass(frozen=True)
class Stage:
    """A kind of result. Its version goes up when the result changes for the same input."""

    name: str
    version: int
    packages: tuple[str, ...]


MODEL: Final = Stage("model", 1, ("torch", "open_clip_torch"))
EMBEDDING: Final = Stage("embedding", 1, ("numpy", "pillow", "torch", "open_clip_torch"))
THROUGHPUT: Final = Stage("throughput", 1, ("torch", "open_clip_torch"))
PROJECTION: Final = Stage("projection", 1, ("numpy", "scikit-learn", "umap-learn"))
CLUSTERING: Final = Stage("clustering", 1, ("numpy", "scipy"))
LANDSCAPE: Final = Stage("landscape", 1, ("numpy",))
MEASURES: Final = Stage("measures", 1, ("numpy",))
SPRITE: Final = Stage("sprite", 1, ("numpy", "pillow"))
VECTORS: Final = Stage("vectors", 1, ("numpy",))
LAYOUT: Final = Stage("layout", 1, ("numpy", "umap-learn"))
LAYOUT_CLUSTERING: Final = Stage("layout-clustering", 1, ("numpy", "scikit-learn"))

STAGES: Final = (
    MODEL,
    EMBEDDING,
    THROUGHPUT,
    PROJECTION,
    CLUSTERING,
    LANDSCAPE,
    MEASURES,
    SPRITE,
    VECTORS,
    LAYOUT,
    LAYOUT_CLUSTERING,
)


@dataclass(frozen=True)
class Model:
    """A model of the study, and the hashes of its weights and card, and of its film."""

    plan: ModelPlan
    weights: str
    precision: str
    film: str | None = None

    @property
    def id(self) -> str:
        """Its name in the study."""
        return self.plan.id

    def origin(self) -> Json:
        """What decides its embeddings, for a key."""
        return {
            "encoder": self.plan.encoder,
            "weights": self.weights,
            "precision": self.precision,
        }


@dataclass(frozen=True)
class Subject:
    """What a result is of: a data set, a model, or a data set as seen by a model.

    `part` names one of several results of a stage, where each has a cost of its own.
    """

    dataset: Dataset | None = None
    model: Model | None = None
    part: str | None = None

    def names(self) -> tuple[str | None, str | None]:
        """Ids of data set and model."""
        return (
            None if self.dataset is None else self.dataset.id,
            None if self.model is None else self.model.id,
        )

    def covers(self, other: Subject) -> bool:
        """Whether the other is this, or a part of this."""
        return self.names() == other.names() and self.part in (None, other.part)

    def key(self, stage: Stage, parameters: Json) -> Json:
        """Everything that decides a result."""
        return {
            "stage": stage.name,
            "version": stage.version,
            "dataset": None if self.dataset is None else self.dataset.fingerprint,
            "model": None if self.model is None else self.model.origin(),
            "parameters": parameters,
        }

    def __str__(self) -> str:
        whole = " by ".join(name for name in self.names() if name is not None)
        return whole if self.part is None else f"{self.part} of {whole}"


@dataclass(frozen=True)
class Note:
    """That a result of a stage was used, what it took, and whether it was kept from before."""

    stage: Stage
    subject: Subject
    cost: Json
    kept: bool


@dataclass
class Workbench:
    """The cache, the bars, and the notes of what every result took."""

    cache: Cache
    progress: Progress
    notes: list[Note] = field(default_factory=list)
    _noted_seconds: float = 0.0

    def result(
        self, stage: Stage, subject: Subject, parameters: Json, make: Callable[[], bytes]
    ) -> bytes:
        """A result that was kept, else made and kept."""
        kept = self.kept(stage, subject, parameters)
        return self.make(stage, subject, parameters, make) if kept is None else kept

    def kept(self, stage: Stage, subject: Subject, parameters: Json) -> bytes | None:
        """A result that was kept, if there is one."""
        entry = self.cache.load(subject.key(stage, parameters))
        return None if entry is None else self._use(entry, stage, subject, kept=True)

    def make(
        self,
        stage: Stage,
        subject: Subject,
        parameters: Json,
        make: Callable[[], bytes],
        device: str | None = None,
    ) -> bytes:
        """A result made now, whatever was kept.

        Raises:
            StageError: the geometry does not allow it.
        """
        watch, before = Stopwatch(), self._noted_seconds
        try:
            payload = make()
        except GeometryError as error:
            raise StageError(f"{stage.name} of {subject}: {error}") from error
        # Results that this one needed were made meanwhile, and have notes of their own.
        seconds = watch.seconds - (self._noted_seconds - before)
        return self.keep(stage, subject, parameters, payload, seconds, device)

    def keep(
        self,
        stage: Stage,
        subject: Subject,
        parameters: Json,
        payload: bytes,
        seconds: float,
        device: str | None,
    ) -> bytes:
        """A result that took so many seconds of this run, whoever made it."""
        self._noted_seconds += seconds
        cost = {
            "seconds": round(seconds, 3),
            "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "device": device or processor_name(),
            "versions": versions(stage),
        }
        entry = self.cache.store(subject.key(stage, parameters), payload, cost)
        return self._use(entry, stage, subject, kept=False)

    def _use(self, entry: Entry, stage: Stage, subject: Subject, kept: bool) -> bytes:
        self.notes.append(Note(stage, subject, dict(entry.cost), kept))
        return entry.payload

    def parts_of(self, stage: Stage, subject: Subject) -> list[str]:
        """Names of the parts of a subject that a stage had results of, in order."""
        notes = self.notes_of([stage], subject)
        return list(dict.fromkeys(n.subject.part for n in notes if n.subject.part is not None))

    def notes_of(self, stages: Iterable[Stage], *subjects: Subject) -> list[Note]:
        """Notes of stages about any of the subjects."""
        wanted = set(stages)
        return [
            note
            for note in self.notes
            if note.stage in wanted and any(subject.covers(note.subject) for subject in subjects)
        ]


def versions(stage: Stage) -> dict[str, str]:
    """Versions of Python and of the packages that a stage computes with."""
    packages = {package: _version(package) for package in stage.packages}
    return {"python": platform.python_version(), **packages}


@lru_cache
def _version(package: str) -> str:
    return version(package)


def total(notes: Iterable[Note]) -> Json:
    """Costs of several results in one record: time summed, the latest date, all versions."""
    costs: list[dict[str, Any]] = [dict(note.cost) for note in notes]
    merged: dict[str, str] = {}
    for cost in costs:
        merged |= cost["versions"]
    return {
        "seconds": round(sum(cost["seconds"] for cost in costs), 3),
        "date": max(cost["date"] for cost in costs),
        "device": costs[0]["device"],
        "versions": dict(sorted(merged.items())),
    }

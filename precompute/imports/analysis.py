"""What an article shows of a collection: spaces, landscapes and measures of each model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, combinations_with_replacement
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from article import geometry
from article.artifacts import Clustering, Landscape, Space
from article.errors import GeometryError
from precompute import clusters, landscape, measures, projections
from precompute.cache import Json
from precompute.draws import Draws
from precompute.imports.collection import Collection, Kind, MisfitError, Seen
from precompute.progress import Progress, Stopwatch
from precompute.study import (
    ClusterPlan,
    LandscapePlan,
    MeasurePlan,
    ProjectionPlan,
    ThumbnailPlan,
)

Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Plans:
    """Grids and conventions, those of a study that says nothing about them."""

    projections: ProjectionPlan = field(default_factory=ProjectionPlan)
    clusters: ClusterPlan = field(default_factory=ClusterPlan)
    landscape: LandscapePlan = field(default_factory=LandscapePlan)
    measures: MeasurePlan = field(default_factory=MeasurePlan)
    thumbnails: ThumbnailPlan = field(default_factory=ThumbnailPlan)


@dataclass(frozen=True)
class Stage:
    """What a step of the analysis of a data set by a model took, in seconds."""

    name: str
    dataset: str
    model: str
    seconds: float


@dataclass
class Analyst:
    """Derives everything, and notes what it took."""

    plans: Plans
    progress: Progress
    stages: list[Stage] = field(default_factory=list)

    def space(self, collection: Collection, model: Seen) -> Space:
        """Similarities, layouts and clusters of all items of a collection."""
        counts = (collection.count,) * len(collection.kinds)
        given = model.similarity
        similarity = geometry.similarity_matrix(*model.vectors) if given is None else given
        with self._noted("projection", collection, model):
            laid_out = [
                layout
                for method in self.plans.projections.methods
                for layout in projections.project(
                    method, similarity, counts, self.plans.projections
                )
            ]
        with self._noted("clustering", collection, model):
            grouped = list(self._clusterings(collection, similarity))
        return Space(
            dataset=collection.id,
            model=model.id,
            modalities=collection.modalities,
            counts=counts,
            logit_scale=model.logit_scale,
            similarity=similarity,
            projections=tuple(laid_out),
            clusterings=tuple(grouped),
        )

    def _clusterings(self, collection: Collection, similarity: Floats) -> Iterator[Clustering]:
        """Of every block: within each modality, then between any two."""
        names = collection.modalities
        captions = captions_of(collection)
        blocks = sorted(combinations_with_replacement(names, 2), key=lambda b: b[0] != b[1])
        for block in blocks:
            plan = self.plans.clusters
            yield clusters.cluster(similarity, names, captions, block, plan)

    def landscape(self, collection: Collection, model: Seen) -> Landscape | None:
        """Losses along the gap between two modalities; nothing where there are more."""
        if len(collection.kinds) != 2:
            return None
        first, second = collection.modalities
        x, y = model.vectors
        with self._noted("landscape", collection, model):
            return landscape.loss_landscape(
                measures.unit_pairs(x, y, (first, second)),
                collection.id,
                model.id,
                (first, second),
                model.logit_scale,
                self.plans.landscape,
                self.plans.measures.batch,
                self.progress,
            )

    def measures(self, collection: Collection, model: Seen) -> list[Json]:
        """Figures of all items at each share of the gap closed, for the manifest."""
        with self._noted("measures", collection, model):
            return [
                {
                    "dataset": collection.id,
                    "model": model.id,
                    "share": share,
                    "values": self._values(collection, model, share),
                }
                for share in self.plans.measures.shares
            ]

    def _values(self, collection: Collection, model: Seen, share: float) -> dict[str, float]:
        """Measures of every two modalities; the names say which, where there are more than two."""
        moved = close_gap(model.vectors, share) if share else model.vectors
        plan, names = self.plans.measures, collection.modalities
        values: dict[str, float] = {}
        for a, b in combinations(range(len(names)), 2):
            pairs = measures.unit_pairs(moved[a], moved[b], names)
            found = measures.measure(
                pairs,
                (names[a], names[b]),
                model.logit_scale,
                plan.batch,
                plan.ranks,
                plan.candidates,
            )
            values |= found if len(names) == 2 else _between(found, names[a], names[b])
        return values

    def _noted(self, name: str, collection: Collection, model: Seen) -> _Noted:
        return _Noted(self, name, collection.id, model.id)


@dataclass
class _Noted:
    """Notes how long a step took, and says of what it was if it cannot be done."""

    analyst: Analyst
    name: str
    dataset: str
    model: str
    watch: Stopwatch = field(default_factory=Stopwatch)

    def __enter__(self) -> None:
        self.watch = Stopwatch()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, GeometryError):
            message = f"{self.name} of {self.dataset} by {self.model}: {error}"
            raise MisfitError(message) from error
        stage = Stage(self.name, self.dataset, self.model, round(self.watch.seconds, 3))
        self.analyst.stages.append(stage)


def close_gap(vectors: Sequence[Floats], share: float) -> tuple[Floats, ...]:
    """Unit vectors of all modalities after each has moved by a share of its gap, renormalised.

    The same as `geometry.close_gap`, for sets too large for their matrix.
    """
    units = [geometry.normalise(rows) for rows in vectors]
    means = np.stack([rows.mean(axis=0) for rows in units])
    steps = share * (means - means.mean(axis=0))
    return tuple(geometry.normalise(rows - step) for rows, step in zip(units, steps, strict=True))


def _between(values: dict[str, float], first: str, second: str) -> dict[str, float]:
    """Measures of two modalities out of more: what is of both says so in its name."""
    own = (f"_{first}", f"_{second}")
    return {
        name if name.endswith(own) else f"{name}_{first}_{second}": value
        for name, value in values.items()
    }


def captions_of(collection: Collection) -> tuple[str, ...]:
    """What clusters are named by: the first texts that there are."""
    for content in ("text", "molecule"):
        for kind in collection.kinds:
            if kind.content == content and kind.texts is not None:
                return kind.texts
    return ("",) * collection.count


def sample(collection: Collection, count: int, seed: int) -> Collection:
    """`count` items of a collection, drawn by a seed and kept in their order."""
    rows = sorted(Draws(seed, "subset").sample(collection.count, count))
    return replace(
        collection,
        id=f"{collection.id}-{count}",
        title=f"{count} of {collection.title}",
        kinds=tuple(_kind_rows(kind, rows) for kind in collection.kinds),
        models=tuple(_model_rows(model, rows, collection) for model in collection.models),
        ids=tuple(collection.ids[row] for row in rows),
    )


def _kind_rows(kind: Kind, rows: Sequence[int]) -> Kind:
    return replace(
        kind,
        texts=None if kind.texts is None else tuple(kind.texts[row] for row in rows),
        pictures=None if kind.pictures is None else tuple(kind.pictures[row] for row in rows),
        sounds=None if kind.sounds is None else tuple(kind.sounds[row] for row in rows),
    )


def _model_rows(model: Seen, rows: Sequence[int], collection: Collection) -> Seen:
    every = [m * collection.count + row for m in range(len(collection.kinds)) for row in rows]
    given = model.similarity
    return replace(
        model,
        vectors=tuple(vectors[rows] for vectors in model.vectors),
        similarity=None if given is None else given[np.ix_(every, every)],
    )

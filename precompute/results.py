"""What is written of a data set, and of a data set as a model sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Final, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import orjson

from article import artifacts, geometry
from article.artifacts import Clustering, Items, Landscape, Modality, Projection, Space, Sprites
from precompute import clusters, landscape, measures, projections, thumbnails
from precompute.cache import Json, canonical, pack, unpack
from precompute.datasets import Dataset
from precompute.faults import FaultyPairs
from precompute.measures import Pairs
from precompute.study import MODALITIES, DatasetPlan, Study, ThumbnailPlan
from precompute.vectors import Vectors
from precompute.workbench import (
    CLUSTERING,
    LANDSCAPE,
    MEASURES,
    PROJECTION,
    SPRITE,
    Model,
    Subject,
    Workbench,
)

Floats: TypeAlias = npt.NDArray[np.float64]

FIRST, SECOND = MODALITIES
SPRITE_KIND: Final = "sprite"


@dataclass(frozen=True)
class Results:
    """Derives everything that a study asks for from its pairs and their vectors."""

    study: Study
    bench: Workbench
    vectors: Vectors

    # -- data sets -------------------------------------------------------------------------

    def _thumbnails(self, dataset: Dataset) -> ThumbnailPlan:
        return dataset.plan.thumbnails or self.study.thumbnails

    def sprites(self, dataset: Dataset) -> dict[str, bytes]:
        """WebP files with the pictures of a data set, by their paths in the data folder."""
        ranges = thumbnails.files_needed(dataset.count, self._thumbnails(dataset))
        title = f"thumbnails of {dataset.id}"
        bar = self.bench.progress.each(enumerate(ranges), title, len(ranges), "files")
        return {f"{dataset.id}/pictures-{i}.webp": self._sprite(dataset, rows) for i, rows in bar}

    def _sprite(self, dataset: Dataset, rows: range) -> bytes:
        plan = self._thumbnails(dataset)

        def make() -> bytes:
            return thumbnails.sprite(dataset.pairs.pictures(rows, plan.cell), len(rows), plan)

        parameters = {"rows": [rows.start, rows.stop], **asdict(plan)}
        return self.bench.result(SPRITE, Subject(dataset), parameters, make)

    def items(self, dataset: Dataset, sprite_files: Sequence[str]) -> Items:
        """Ids, captions, where the pictures are, and the key to planted faults."""
        plan, n = self._thumbnails(dataset), dataset.count
        sprites = Sprites(tuple(sprite_files), plan.cell, plan.columns, plan.per_file)
        pictures = Modality(FIRST, "picture", n, sprites=sprites)
        captions = tuple(dataset.pairs.captions)
        texts = Modality(SECOND, "text", len(captions), texts=captions)
        marks = dataset.pairs.marks if isinstance(dataset.pairs, FaultyPairs) else {}
        return Items(dataset.id, tuple(dataset.pairs.ids), (pictures, texts), marks)

    # -- data sets as models see them ------------------------------------------------------

    def space(self, dataset: Dataset, model: Model) -> Space:
        """Similarities, layouts, and clusters where there are pairs to be grouped."""
        vectors = self.vectors.embeddings(dataset, model)
        similarity = geometry.similarity_matrix(vectors.images, vectors.texts)
        counts = (len(vectors.images), len(vectors.texts))
        subject, captions = Subject(dataset, model), dataset.pairs.captions
        return Space(
            dataset=dataset.id,
            model=model.id,
            modalities=MODALITIES,
            counts=counts,
            logit_scale=self._logit_scale(model),
            similarity=similarity,
            projections=tuple(self._projections(subject, similarity, counts, dataset.plan)),
            clusterings=tuple(
                self._clusterings(subject, similarity, captions) if dataset.paired else ()
            ),
        )

    def _projections(
        self, subject: Subject, similarity: Floats, counts: tuple[int, int], of: DatasetPlan
    ) -> Iterator[Projection]:
        plan = self.study.projections
        title = f"projections of {subject}"
        methods = plan.methods if of.methods is None else of.methods
        for method in self.bench.progress.each(methods, title, len(methods), "methods"):

            def make(method: str = method) -> bytes:
                made = projections.project(method, similarity, counts, plan)
                return pack({f"{layout.share:g}": layout.coordinates for layout in made})

            parameters = {**asdict(plan), "methods": method}
            found = unpack(self.bench.result(PROJECTION, subject, parameters, make))
            told = projections.parameters_of(method, len(similarity), plan)
            for share in plan.shares:
                yield Projection(method, share, found[f"{share:g}"], told)

    def _clusterings(
        self, subject: Subject, similarity: Floats, captions: Sequence[str]
    ) -> Iterator[Clustering]:
        plan = self.study.clusters
        for block in plan.blocks:

            def make(block: tuple[str, str] = block) -> bytes:
                made = clusters.cluster(similarity, MODALITIES, captions, block, plan)
                return canonical(asdict(made))

            parameters = {"block": block, "linkage": plan.linkage, "count": plan.count}
            found = orjson.loads(self.bench.result(CLUSTERING, subject, parameters, make))
            yield Clustering(
                block=block,
                rule=found["rule"],
                linkage=found["linkage"],
                order=np.array(found["order"]),
                labels=np.array(found["labels"]),
                names=tuple(found["names"]),
            )

    def landscape(self, dataset: Dataset, model: Model) -> Landscape:
        """Losses along the gap."""
        plan, batch = self.study.landscape, self.study.measures.batch

        def make() -> bytes:
            made = landscape.loss_landscape(
                self._pairs(dataset, model),
                dataset.id,
                model.id,
                MODALITIES,
                self._logit_scale(model),
                plan,
                batch,
                self.bench.progress,
            )
            return artifacts.encode(made)

        subject = Subject(dataset, model)
        parameters = {"names": subject.names(), "batch": batch, **asdict(plan)}
        data = self.bench.result(LANDSCAPE, subject, parameters, make)
        return cast(Landscape, artifacts.decode(data, f"landscape of {subject}"))

    def measures(self, dataset: Dataset, model: Model) -> list[Json]:
        """Figures of the whole data set at each share of the gap closed, for the manifest."""
        return [
            {"dataset": dataset.id, "model": model.id, "share": share, "values": values}
            for share in self.study.measures.shares
            for values in [self._measures(dataset, model, share)]
        ]

    def _measures(self, dataset: Dataset, model: Model, share: float) -> dict[str, float]:
        plan = self.study.measures

        def make() -> bytes:
            pairs = self._pairs(dataset, model)
            moved = measures.close_gap(pairs, share) if share else pairs
            scale = self._logit_scale(model)
            values = measures.measure(
                moved, MODALITIES, scale, plan.batch, plan.ranks, plan.candidates
            )
            return canonical(values)

        parameters = {**asdict(plan), "shares": share}
        subject = Subject(dataset, model)
        values: dict[str, float] = orjson.loads(
            self.bench.result(MEASURES, subject, parameters, make)
        )
        return values

    def _pairs(self, dataset: Dataset, model: Model) -> Pairs:
        vectors = self.vectors.embeddings(dataset, model)
        return measures.unit_pairs(vectors.images, vectors.texts, MODALITIES)

    def _logit_scale(self, model: Model) -> float:
        return float(self.vectors.facts(model)["logit_scale"])

"""Embeddings of the study's data sets by its models, each made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import orjson

from precompute.cache import Json, canonical, pack, unpack
from precompute.datasets import Dataset
from precompute.embedding import (
    TIMED_BATCHES,
    Embeddings,
    embed,
    measure_throughput,
    parts,
)
from precompute.encoders import Encoder
from precompute.progress import Stopwatch
from precompute.study import EmbeddingPlan, ModelPlan
from precompute.workbench import EMBEDDING, MODEL, THROUGHPUT, Model, Subject, Workbench

if TYPE_CHECKING:
    from precompute.ray_embedding import RayCluster

EncoderBuilder: TypeAlias = Callable[[ModelPlan, str, str], Encoder]


@dataclass
class Vectors:
    """Builds encoders when they are needed, and embeds what no earlier run has embedded.

    With a cluster, that is what embeds.
    """

    bench: Workbench
    plan: EmbeddingPlan
    build: EncoderBuilder
    device: str
    cluster: RayCluster | None = None
    _facts: dict[str, Json] = field(default_factory=dict)
    _encoders: dict[str, Encoder] = field(default_factory=dict)
    _embeddings: dict[tuple[str, str], Embeddings] = field(default_factory=dict)
    _measured: dict[tuple[str | None, str | None], bytes] = field(default_factory=dict)

    def facts(self, model: Model) -> Json:
        """The model's logit scale, and what the manifest says of it besides."""

        def make() -> bytes:
            encoder = self._encoder(model)
            return canonical({"logit_scale": encoder.logit_scale, **encoder.facts})

        if model.id not in self._facts:
            kept = self.bench.result(MODEL, Subject(model=model), {}, make)
            self._facts[model.id] = orjson.loads(kept)
        return self._facts[model.id]

    def embeddings(self, dataset: Dataset, model: Model) -> Embeddings:
        """Vectors of a data set by a model; a subset's are rows of the whole's."""
        root = dataset.root
        if (root.id, model.id) not in self._embeddings:
            self._embeddings[root.id, model.id] = self._whole(root, model)
        whole = self._embeddings[root.id, model.id]
        rows = np.array(dataset.rows)
        return Embeddings(whole.images[rows], whole.texts[rows[rows < len(whole.texts)]])

    def throughput(self, dataset: Dataset, model: Model) -> Json:
        """Speed beside the bare forward pass, as measured when these were embedded.

        A run measures each model on the first data set that it embeds; empty for others, and where
        it was killed between embedding and measuring.
        """
        subject = Subject(dataset.root, model)
        measured = self._measured.get(subject.names())
        if measured is None:
            measured = self.bench.kept(THROUGHPUT, subject, asdict(self.plan))
        return {} if measured is None else dict(orjson.loads(measured))

    def _encoder(self, model: Model) -> Encoder:
        if model.id not in self._encoders:
            encoder = self.build(model.plan, self.device, model.precision)
            self._encoders[model.id] = encoder
        return self._encoders[model.id]

    def _whole(self, dataset: Dataset, model: Model) -> Embeddings:
        subject = Subject(dataset, model)
        found = {rows: self._kept_part(subject, rows) for rows in parts(dataset.count)}
        if None in found.values():
            self._make_missing(dataset, model, found)
        made = [unpack(payload) for payload in found.values() if payload is not None]
        return Embeddings(
            np.concatenate([part["images"] for part in made]),
            np.concatenate([part["texts"] for part in made]),
        )

    def _kept_part(self, subject: Subject, rows: range) -> bytes | None:
        return self.bench.kept(EMBEDDING, subject, _part(rows))

    def _make_missing(
        self, dataset: Dataset, model: Model, found: dict[range, bytes | None]
    ) -> None:
        if self.cluster is not None:
            self._make_on(self.cluster, dataset, model, found)
            return
        encoder, subject = self._encoder(model), Subject(dataset, model)
        done = sum(len(rows) for rows, payload in found.items() if payload is not None)
        with self.bench.progress.bar(f"embedding {subject}", dataset.count, "pairs", done) as bar:
            for rows, payload in found.items():
                if payload is None:
                    found[rows] = self._make_part(encoder, subject, dataset, rows, bar.update)
        if not any(model.id == timed for _, timed in self._measured):
            self._time(encoder, subject, dataset)

    def _make_on(
        self,
        cluster: RayCluster,
        dataset: Dataset,
        model: Model,
        found: dict[range, bytes | None],
    ) -> None:
        """Parts come in any order, and are kept as they come."""
        from precompute.ray_embedding import Job

        missing = [rows for rows, payload in found.items() if payload is None]
        done = dataset.count - sum(map(len, missing))
        job = Job(
            model.plan, dataset.pairs, self.build, self.device, model.precision, self.plan.batch
        )
        subject, watch = Subject(dataset, model), Stopwatch()
        with self.bench.progress.bar(f"embedding {subject}", dataset.count, "pairs", done) as bar:
            for part in cluster.embed(job, missing):
                found[part.rows] = self.bench.keep(
                    EMBEDDING, subject, _part(part.rows), part.payload, watch.seconds, part.device
                )
                watch = Stopwatch()
                bar.update(len(part.rows))

    def _make_part(
        self,
        encoder: Encoder,
        subject: Subject,
        dataset: Dataset,
        rows: range,
        done: Callable[[int], None],
    ) -> bytes:
        def make() -> bytes:
            made = embed(encoder, dataset.pairs, rows, self.plan.batch, done)
            return pack({"images": made.images, "texts": made.texts})

        return self.bench.make(EMBEDDING, subject, _part(rows), make, encoder.device)

    def _time(self, encoder: Encoder, subject: Subject, dataset: Dataset) -> None:
        batch = self.plan.batch
        rows = range(min(dataset.count, batch * TIMED_BATCHES))

        def make() -> bytes:
            pictures = dataset.pairs.pictures(rows, encoder.picture_side)
            measured = measure_throughput(encoder, pictures, batch)
            return canonical({**asdict(measured), "share_of_forward_pass": measured.share})

        measured = self.bench.make(THROUGHPUT, subject, asdict(self.plan), make, encoder.device)
        self._measured[subject.names()] = measured


def _part(rows: range) -> Json:
    return {"rows": [rows.start, rows.stop]}

"""What is written of a data set of thousands as models see it: vectors, layouts, pair lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import orjson

from article import geometry
from article.artifacts import Cell, Column, Layout, PairLines, Table, vector_steps
from article.artifacts import Vectors as StoredVectors
from precompute import large_layouts, measures, pair_lines
from precompute.cache import Arrays, Json, canonical, pack, unpack
from precompute.datasets import Dataset
from precompute.large_layouts import KINDS, LayoutKind
from precompute.measures import CHUNK_ROWS, Pairs
from precompute.study import MODALITIES, Study
from precompute.vectors import Vectors
from precompute.workbench import (
    LAYOUT,
    LAYOUT_CLUSTERING,
    VECTORS,
    Model,
    Stage,
    Subject,
    Workbench,
)

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]

TABLE: Final = "pair-lines"
_DIGITS: Final = 6

_COLUMNS: Final = (
    Column("model", "model"),
    Column("layout", "layout"),
    Column("title", "layout"),
    Column("rule", "clusters by"),
    Column("clusters", "clusters"),
    Column("outside", "points in no cluster"),
    Column("kept", "lines inside a cluster"),
    Column("expected", "expected by chance"),
    Column("adjusted", "adjusted for chance"),
)
_NOTE: Final = (
    "Share of pair lines with both ends in the same cluster; expected: the same where texts are "
    "dealt out to images at random; adjusted: (kept - expected) / (1 - expected). hdbscan: visible "
    "clusters, dense spots of {smallest_cluster} points or more; kmeans: {kmeans_clusters} in "
    "a layout. Rows without a layout: clusters of the vectors themselves."
)


@dataclass
class LargeSets:
    """Derives what a study asks for of its largest data sets, from their vectors."""

    study: Study
    bench: Workbench
    vectors: Vectors
    _used: dict[tuple[str, str], Arrays] = field(default_factory=dict)

    def includes(self, model: Model) -> bool:
        """Whether vectors and layouts by a model are asked for."""
        chosen = self.study.layouts.models
        return not chosen or model.id in chosen

    def stored_vectors(self, dataset: Dataset, model: Model) -> StoredVectors:
        """The vectors, and by how much their similarities are off once they are stored."""
        pairs = self._pairs(dataset, model)
        unit = np.concatenate(pairs)

        def make() -> bytes:
            return canonical({"error": largest_error(unit)})

        kept = orjson.loads(self.bench.result(VECTORS, Subject(dataset, model), {}, make))
        return StoredVectors(
            dataset=dataset.id,
            model=model.id,
            modalities=MODALITIES,
            counts=(len(pairs.x), len(pairs.y)),
            logit_scale=float(self.vectors.facts(model)["logit_scale"]),
            vectors=unit,
            error=kept["error"],
        )

    # -- layouts ---------------------------------------------------------------------------

    def layouts(self, dataset: Dataset, model: Model) -> Iterator[Layout]:
        """Every layout that the study asks for."""
        names = self.study.layouts.layouts
        title = f"layouts of {Subject(dataset, model)}"
        for name in self.bench.progress.each(names, title, len(names), "layouts"):
            yield self._layout(dataset, model, name)

    def _layout(self, dataset: Dataset, model: Model, name: str) -> Layout:
        kind, plan = KINDS[name], self.study.layouts
        clusters = self._clusters(dataset, model, name)
        return Layout(
            dataset=dataset.id,
            model=model.id,
            name=name,
            title=kind.title,
            modalities=MODALITIES,
            counts=(dataset.count, dataset.count),
            points=kind.points,
            method=kind.method,
            share=kind.share,
            fit=kind.fit,
            coordinates=self._coordinates(dataset, model, name),
            clusters=clusters[pair_lines.VISIBLE],
            pair_lines=self._pair_lines(kind, clusters),
            parameters=large_layouts.parameters_of(kind, plan),
        )

    def _coordinates(self, dataset: Dataset, model: Model, name: str) -> Floats:
        kind, plan = KINDS[name], self.study.layouts

        def make() -> bytes:
            start = None if kind.start is None else self._coordinates(dataset, model, kind.start)
            made = large_layouts.lay_out(kind, self._pairs(dataset, model), plan, start)
            return pack({"coordinates": made})

        subject = Subject(dataset, model, name)
        return self._arrays(LAYOUT, subject, self._decided_by(name), make)["coordinates"]

    def _clusters(self, dataset: Dataset, model: Model, name: str) -> dict[str, Integers]:
        """The cluster of each point by each rule."""
        plan = self.study.layouts

        def make() -> bytes:
            points = self._coordinates(dataset, model, name)
            return pack(
                {
                    pair_lines.VISIBLE: pair_lines.visible_clusters(points, plan),
                    pair_lines.EQUALLY_MANY: pair_lines.equally_many_clusters(points, plan),
                }
            )

        parameters = {**self._decided_by(name), **self._rules()}
        return self._arrays(LAYOUT_CLUSTERING, Subject(dataset, model, name), parameters, make)

    def _arrays(
        self, stage: Stage, subject: Subject, parameters: Json, make: Callable[[], bytes]
    ) -> Arrays:
        """A result, asked for once: every use is noted with its cost."""
        key = (stage.name, str(subject))
        if key not in self._used:
            self._used[key] = unpack(self.bench.result(stage, subject, parameters, make))
        return self._used[key]

    def _decided_by(self, name: str) -> Json:
        """What decides a layout besides the vectors."""
        kind = KINDS[name]
        described = {key: value for key, value in asdict(kind).items() if key != "title"}
        return {**described, **large_layouts.parameters_of(kind, self.study.layouts)}

    def _rules(self) -> Json:
        plan = self.study.layouts
        return {
            "smallest_cluster": plan.smallest_cluster,
            "density_neighbours": plan.density_neighbours,
            "kmeans_clusters": plan.kmeans_clusters,
            "seed": plan.seed,
        }

    def _pair_lines(self, kind: LayoutKind, clusters: dict[str, Integers]) -> tuple[PairLines, ...]:
        """None where points are pairs: there are no lines between them."""
        if kind.points == "pairs":
            return ()
        return tuple(pair_lines.pair_lines(rule, found) for rule, found in clusters.items())

    # -- pair lines of all layouts ---------------------------------------------------------

    def table(self, dataset: Dataset, models: Sequence[Model]) -> Table:
        """Pair lines of every model and layout, and of clusters of the vectors themselves."""
        rows = [row for model in models for row in self._rows(dataset, model)]
        return Table(
            name=TABLE,
            title="Pair lines that stay inside a cluster",
            dataset=dataset.id,
            columns=_COLUMNS,
            rows=tuple(rows),
            note=_NOTE.format(**self._rules()),
        )

    def _rows(self, dataset: Dataset, model: Model) -> Iterator[tuple[Cell, ...]]:
        for name in self.study.layouts.layouts:
            kind = KINDS[name]
            for lines in self._pair_lines(kind, self._clusters(dataset, model, name)):
                yield _row(model, name, kind.title, lines)
        for share, title in ((0, "vectors, as trained"), (1, "vectors, gap closed")):
            yield _row(model, None, title, self._pair_lines_of_vectors(dataset, model, share))

    def _pair_lines_of_vectors(self, dataset: Dataset, model: Model, share: int) -> PairLines:
        """What k-means keeps together before any layout."""
        plan, rule = self.study.layouts, pair_lines.EQUALLY_MANY

        def make() -> bytes:
            pairs = self._pairs(dataset, model)
            moved = np.concatenate(measures.close_gap(pairs, share) if share else pairs)
            return pack({rule: pair_lines.equally_many_clusters(moved, plan)})

        parameters = {"vectors": share, **self._rules()}
        subject = Subject(dataset, model, f"vectors at {share}")
        found = self._arrays(LAYOUT_CLUSTERING, subject, parameters, make)
        return pair_lines.pair_lines(rule, found[rule])

    def _pairs(self, dataset: Dataset, model: Model) -> Pairs:
        vectors = self.vectors.embeddings(dataset, model)
        return measures.unit_pairs(vectors.images, vectors.texts, MODALITIES)


def _row(model: Model, name: str | None, title: str, lines: PairLines) -> tuple[Cell, ...]:
    shares = (lines.outside, lines.kept, lines.expected, lines.adjusted)
    rounded = (None if share is None else round(share, _DIGITS) for share in shares)
    return (model.id, name, title, lines.rule, lines.clusters, *rounded)


def largest_error(vectors: Floats) -> float:
    """By how much any similarity of vectors (N, d) of length 1 is off once they are stored."""
    stored = geometry.normalise(vector_steps(vectors))
    starts = range(0, len(vectors), CHUNK_ROWS)
    chunks = ((stored[at : at + CHUNK_ROWS], vectors[at : at + CHUNK_ROWS]) for at in starts)
    return max(float(np.abs(a @ stored.T - b @ vectors.T).max()) for a, b in chunks)

"""A run: from a study to its data folder, or to the finding that there is nothing to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from article import artifacts
from article.artifacts import Artifact, Manifest, Table
from article.errors import ArtifactError
from precompute import export, films, landscape
from precompute.cache import Cache, Json, digest, remove_abandoned
from precompute.clusters import CROSS_MODAL_RULE, IN_MODAL_RULE
from precompute.datasets import Dataset, open_datasets
from precompute.encoders import build_encoder, weights_digest
from precompute.export import RECIPE_SETTING, Output
from precompute.large_sets import LargeSets
from precompute.progress import Progress, Stopwatch
from precompute.results import SPRITE_KIND, Results
from precompute.study import MODALITIES, DatasetPlan, Study, TablePlan
from precompute.vectors import EncoderBuilder, Vectors
from precompute.workbench import (
    CLUSTERING,
    EMBEDDING,
    LANDSCAPE,
    LAYOUT,
    LAYOUT_CLUSTERING,
    MEASURES,
    PROJECTION,
    SPRITE,
    STAGES,
    VECTORS,
    Model,
    Note,
    Stage,
    Subject,
    Workbench,
    total,
)

if TYPE_CHECKING:
    from precompute.ray_embedding import RayCluster

PIPELINE_VERSION: Final = 2
"""Goes up when the same results would be written differently."""


_MADE_IN: Final[Mapping[str, list[Stage]]] = {
    "space": [PROJECTION, CLUSTERING],
    "landscape": [LANDSCAPE],
    "vectors": [VECTORS],
    "layout": [LAYOUT, LAYOUT_CLUSTERING],
}
"""Stages that a kind of file comes from, after its vectors."""


@dataclass(frozen=True)
class Outcome:
    """What a run wrote (paths in the data folder), and why; nothing where all was up to date."""

    written: tuple[str, ...]
    reason: str | None
    made: int
    kept: int
    seconds: float


def run(
    study: Study,
    output: Path,
    cache_folder: Path,
    progress: Progress,
    device: str = "auto",
    build: EncoderBuilder = build_encoder,
    cluster: RayCluster | None = None,
) -> Outcome:
    """Bring the data folder of a study up to date; a cluster, if given, embeds.

    Raises:
        ArticleError: something the author can act on; names file, item, data set or model.
    """
    watch = Stopwatch()
    datasets = open_datasets(study.datasets, progress.say, device)
    precision = study.embedding.precision
    models = [
        Model(plan, weights_digest(plan), precision, films.digest_of(plan.film))
        for plan in study.models
    ]
    tables = [_table(plan, datasets) for plan in study.tables]
    recipe = recipe_of(study, datasets, models, tables)
    reason = export.why_outdated(output, recipe)
    if reason is None:
        return Outcome((), None, 0, 0, watch.seconds)
    remove_abandoned(cache_folder)
    bench = Workbench(Cache(cache_folder, progress.say), progress)
    vectors = Vectors(bench, study.embedding, build, device, cluster)
    results, large = Results(study, bench, vectors), LargeSets(study, bench, vectors)
    outputs = [one for d in datasets.values() for one in outputs_of(results, large, d, models)]
    outputs += tables
    manifest = manifest_of(study, results, datasets, models, recipe)
    written = export.write(output, outputs, manifest)
    kept = sum(note.kept for note in bench.notes)
    return Outcome(tuple(written), reason, len(bench.notes) - kept, kept, watch.seconds)


def recipe_of(
    study: Study, datasets: Mapping[str, Dataset], models: list[Model], tables: list[Output]
) -> str:
    """Hash of everything that the data folder is made from."""
    return digest(
        {
            "format": artifacts.VERSION,
            "pipeline": PIPELINE_VERSION,
            "stages": {stage.name: stage.version for stage in STAGES},
            "study": study.name,
            "title": study.title,
            "datasets": [
                [*_written_of(d.plan), d.pairs.facts, d.fingerprint] for d in datasets.values()
            ],
            "models": [[m.id, m.plan.title, m.plan.short, m.origin(), m.film] for m in models],
            "tables": [[table.path, table.record().sha256] for table in tables],
            "settings": settings_of(study),
        }
    )


def _written_of(plan: DatasetPlan) -> list[Any]:
    """What a plan says of a data set besides what its pairs are."""
    return [plan.id, plan.title, plan.write, plan.models, plan.methods, plan.thumbnails]


def outputs_of(
    results: Results, large: LargeSets, dataset: Dataset, models: list[Model]
) -> Iterator[Output]:
    """The files of a data set: what its plan says, once for the data set or for each model."""
    wanted, chosen = dataset.plan.write, dataset.plan.models
    if "items" in wanted:
        yield from _items(results, dataset)
    for model in [model for model in models if not chosen or model.id in chosen]:
        if "space" in wanted:
            yield _of_model(results, results.space(dataset, model), dataset, model)
        if "landscape" in wanted:
            yield _of_model(results, results.landscape(dataset, model), dataset, model)
        if "film" in wanted and model.plan.film is not None:
            yield _film(results, dataset, model, model.plan.film)
        if "vectors" in wanted and large.includes(model):
            yield _of_model(results, large.stored_vectors(dataset, model), dataset, model)
        if "layout" in wanted and large.includes(model):
            for layout in large.layouts(dataset, model):
                yield _of_model(results, layout, dataset, model, layout.name)
    if "layout" in wanted:
        yield _pair_lines(large, dataset, models)


def _items(results: Results, dataset: Dataset) -> Iterator[Output]:
    sprites = results.sprites(dataset)
    provenance = _provenance(results.bench.notes_of([SPRITE], Subject(dataset)), dataset)
    for path, data in sprites.items():
        yield Output(path, SPRITE_KIND, data, dataset.id, None, provenance)
    data = artifacts.encode(results.items(dataset, tuple(sprites)))
    yield Output(f"{dataset.id}/items.json", "items", data, dataset.id, None, provenance)


def _of_model(
    results: Results, artifact: Artifact, dataset: Dataset, model: Model, name: str | None = None
) -> Output:
    own = _MADE_IN[artifact.kind]
    bench, subject = results.bench, Subject(dataset, model, name)
    embedded = bench.notes_of([EMBEDDING], Subject(dataset.root, model))
    provenance = {
        "model": model.id,
        "weights_sha256": model.weights,
        **_provenance([*embedded, *bench.notes_of(own, subject)], dataset),
    }
    named = "" if name is None else f"-{name}"
    path = f"{dataset.id}/{artifact.kind}-{model.id}{named}.json"
    data = artifacts.encode(artifact)
    return Output(path, artifact.kind, data, dataset.id, model.id, provenance, name)


def _pair_lines(large: LargeSets, dataset: Dataset, models: list[Model]) -> Output:
    shown = [model for model in models if large.includes(model)]
    table = large.table(dataset, shown)
    subjects = [Subject(dataset, model) for model in shown]
    provenance = _provenance(large.bench.notes_of([LAYOUT_CLUSTERING], *subjects), dataset)
    data = artifacts.encode(table)
    return Output(f"tables/{table.name}.json", table.kind, data, dataset.id, None, provenance)


def _film(results: Results, dataset: Dataset, model: Model, file: Path) -> Output:
    """A film is made in a moment, from what a training left."""
    captions, batch = dataset.pairs.captions, results.study.measures.batch
    film = films.film_of(films.read_reel(file), dataset.id, model.id, MODALITIES, captions, batch)
    provenance = {
        "model": model.id,
        "weights_sha256": model.weights,
        "film_sha256": model.film,
        "dataset_sha256": dataset.fingerprint,
    }
    path = f"{dataset.id}/film-{model.id}.json"
    return Output(path, film.kind, artifacts.encode(film), dataset.id, model.id, provenance)


def _table(plan: TablePlan, datasets: Mapping[str, Dataset]) -> Output:
    """A table that was made elsewhere, as it is.

    Raises:
        ArtifactError: the file is missing, broken, no table, or of a data set of another study.
    """
    try:
        data = plan.file.read_bytes()
    except FileNotFoundError:
        raise ArtifactError("no such table", plan.file) from None
    table = artifacts.decode(data, plan.file)
    if not isinstance(table, Table):
        raise ArtifactError(f"a file of {table.kind}, not a table", plan.file)
    if table.dataset not in datasets:
        raise ArtifactError(f"figures of {table.dataset!r}, no data set of the study", plan.file)
    return Output(f"tables/{plan.id}.json", table.kind, data, table.dataset, None, {})


def _provenance(notes: list[Note], dataset: Dataset) -> Json:
    seed = dataset.pairs.facts.get("seed")
    return {"dataset_sha256": dataset.fingerprint, "seed": seed, **total(notes)}


# -- the manifest ------------------------------------------------------------------------------


def manifest_of(
    study: Study,
    results: Results,
    datasets: Mapping[str, Dataset],
    models: list[Model],
    recipe: str,
) -> Manifest:
    """The manifest, all but its records, which `export.write` fills in."""
    shown = {dataset.id: dataset for dataset in datasets.values() if dataset.plan.write}
    seen = [(dataset, model) for dataset in shown.values() for model in models if dataset.paired]
    bar = results.bench.progress.each(seen, "measures", len(seen), "spaces")
    measures = [entry for dataset, model in bar for entry in results.measures(dataset, model)]
    return Manifest(
        study=study.title,
        datasets={name: _dataset_facts(dataset) for name, dataset in shown.items()},
        models={model.id: _model_facts(results, model) for model in models},
        artifacts=(),
        measures=tuple(measures),
        settings={**settings_of(study), RECIPE_SETTING: recipe},
        costs=tuple(_costs(results, datasets, models)),
    )


def _dataset_facts(dataset: Dataset) -> Json:
    return {"title": dataset.plan.title, "count": dataset.count, **dataset.pairs.facts}


def _model_facts(results: Results, model: Model) -> Json:
    plan = model.plan
    named = {"title": plan.title, "short": plan.short, "weights": plan.weights_name}
    return {**results.vectors.facts(model), **named, "weights_sha256": model.weights}


def settings_of(study: Study) -> Json:
    """Grids and conventions, so that no reader repeats them."""
    measures, clusters = study.measures, study.clusters
    return {
        "batch_size": measures.batch,
        "measures": asdict(measures),
        "precision": study.embedding.precision,
        "projections": asdict(study.projections),
        "clusters": {
            "count": clusters.count,
            "linkage": clusters.linkage,
            "blocks": ["-".join(block) for block in clusters.blocks],
            "in_modal": IN_MODAL_RULE,
            "cross_modal": CROSS_MODAL_RULE,
        },
        "layouts": asdict(study.layouts),
        "shifts": {**asdict(study.landscape), "count": len(landscape.shifts(study.landscape))},
        "thumbnails": asdict(study.thumbnails),
    }


def _costs(
    results: Results, datasets: Mapping[str, Dataset], models: list[Model]
) -> Iterator[Json]:
    """What each stage took for each data set and model, whenever that was."""
    bench = results.bench
    for dataset in datasets.values():
        yield from _cost(bench, SPRITE, dataset)
        for model in models:
            for stage in (EMBEDDING, PROJECTION, CLUSTERING, LANDSCAPE, VECTORS, MEASURES):
                for cost in _cost(bench, stage, dataset, model):
                    speed = results.vectors.throughput(dataset, model)
                    yield cost | speed if stage is EMBEDDING else cost
            for stage in (LAYOUT, LAYOUT_CLUSTERING):
                for part in bench.parts_of(stage, Subject(dataset, model)):
                    yield from _cost(bench, stage, dataset, model, part)


def _cost(
    bench: Workbench,
    stage: Stage,
    dataset: Dataset,
    model: Model | None = None,
    part: str | None = None,
) -> Iterator[Json]:
    notes = bench.notes_of([stage], Subject(dataset, model, part))
    if notes:
        cost = total(notes)
        del cost["versions"]
        names = {"dataset": dataset.id, "model": None if model is None else model.id}
        if part is not None:
            names["part"] = part
        yield {"stage": stage.name, **names, **cost}

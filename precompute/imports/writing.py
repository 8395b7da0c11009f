"""A collection into the data folder of an article, beside what was imported before."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from article import artifacts
from article.artifacts import MANIFEST_NAME, DataFolder, Items, Manifest, Modality, Sprites
from precompute import export, landscape, thumbnails
from precompute.cache import Json, file_digest
from precompute.clusters import CROSS_MODAL_RULE, IN_MODAL_RULE
from precompute.export import RECIPE_SETTING, Output
from precompute.imports.analysis import Analyst, Plans
from precompute.imports.collection import Collection, Kind, MisfitError, Seen
from precompute.processor import processor_name
from precompute.results import SPRITE_KIND
from precompute.sources.stored import read_picture
from precompute.workbench import CLUSTERING, PROJECTION, SPRITE, versions

SOUND_KIND: Final = "sound"
COMMAND: Final = "python -m precompute import FOLDER --out DIR"
"""What the article says that its data were made by."""


@dataclass(frozen=True)
class Imported:
    """The files of a collection, and what the manifest says of it."""

    outputs: tuple[Output, ...]
    manifest: Manifest


# -- one collection ----------------------------------------------------------------------------


def imported(whole: Collection, shown: Collection, analyst: Analyst, seed: int) -> Imported:
    """What is written of a collection: all of it measured, some of it, or all, shown."""
    outputs = [*_items(shown, analyst.plans)]
    found = []
    for model in whole.models:
        found += analyst.measures(whole, model)
        outputs += _landscape(whole, model, analyst)
    for model in shown.models:
        outputs.append(_space(shown, model, analyst))
        if shown is not whole:
            found += analyst.measures(shown, model)
    manifest = Manifest(
        study=whole.title,
        datasets={one.id: _dataset_facts(one, whole, seed) for one in (whole, shown)},
        models={model.id: _model_facts(model) for model in whole.models},
        artifacts=(),
        measures=tuple(found),
        settings=settings_of(analyst.plans),
        costs=tuple(_costs(analyst)),
    )
    return Imported(tuple(outputs), manifest)


def _items(collection: Collection, plans: Plans) -> Iterator[Output]:
    """Items, with pictures and sounds in files of their own."""
    modalities = []
    provenance = _provenance(versions(SPRITE))
    for kind in collection.kinds:
        files = {**_sprites(collection, kind, plans), **_sounds(collection, kind)}
        for path, data in files.items():
            what = SPRITE_KIND if kind.pictures is not None else SOUND_KIND
            yield Output(path, what, data, collection.id, None, provenance)
        modalities.append(_modality(kind, collection.count, tuple(files), plans))
    data = artifacts.encode(Items(collection.id, collection.ids, tuple(modalities)))
    yield Output(f"{collection.id}/items.json", "items", data, collection.id, None, provenance)


def _modality(kind: Kind, count: int, files: tuple[str, ...], plans: Plans) -> Modality:
    plan = plans.thumbnails
    sprites = Sprites(files, plan.cell, plan.columns, plan.per_file)
    return Modality(
        kind.name,
        kind.content,
        count,
        texts=kind.texts,
        sprites=None if kind.pictures is None else sprites,
        sounds=None if kind.sounds is None else files,
    )


def _sprites(collection: Collection, kind: Kind, plans: Plans) -> dict[str, bytes]:
    """WebP files with the pictures of a modality, by their paths; pictures are read one by one."""
    if kind.pictures is None:
        return {}
    plan, files = plans.thumbnails, {}
    for index, rows in enumerate(thumbnails.files_needed(collection.count, plan)):
        pictures = (read_picture(kind.pictures[row], collection.ids[row]) for row in rows)
        path = f"{collection.id}/{kind.name}-{index}.webp"
        files[path] = thumbnails.sprite(pictures, len(rows), plan)
    return files


def _sounds(collection: Collection, kind: Kind) -> dict[str, bytes]:
    """Sound files as they are, by their paths."""
    return {
        f"{collection.id}/{kind.name}-{row}{file.suffix.lower()}": file.read_bytes()
        for row, file in enumerate(kind.sounds or ())
    }


def _space(collection: Collection, model: Seen, analyst: Analyst) -> Output:
    data = artifacts.encode(analyst.space(collection, model))
    path = f"{collection.id}/space-{model.id}.json"
    provenance = _provenance(versions(PROJECTION) | versions(CLUSTERING), model)
    return Output(path, "space", data, collection.id, model.id, provenance)


def _landscape(collection: Collection, model: Seen, analyst: Analyst) -> list[Output]:
    curve = analyst.landscape(collection, model)
    if curve is None:
        return []
    path = f"{collection.id}/landscape-{model.id}.json"
    provenance = _provenance(versions(CLUSTERING), model)
    data = artifacts.encode(curve)
    return [Output(path, "landscape", data, collection.id, model.id, provenance)]


def _provenance(used: Mapping[str, str], model: Seen | None = None) -> Json:
    origin = {} if model is None else {"file": model.file.name, "sha256": file_digest(model.file)}
    date = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return {**origin, "date": date, "device": processor_name(), "versions": dict(used)}


def _dataset_facts(collection: Collection, whole: Collection, seed: int) -> Json:
    facts: Json = {
        "title": collection.title,
        "count": collection.count,
        "source": whole.source,
        "modalities": list(collection.modalities),
    }
    return facts if collection is whole else {**facts, "of": whole.id, "seed": seed}


def _model_facts(model: Seen) -> Json:
    return {"title": model.title, "short": model.title, "logit_scale": model.logit_scale}


def settings_of(plans: Plans) -> Json:
    """Grids and conventions, under the names that those of a study have."""
    return {
        "command": COMMAND,
        "batch_size": plans.measures.batch,
        "measures": asdict(plans.measures),
        "projections": asdict(plans.projections),
        "clusters": {
            "count": plans.clusters.count,
            "linkage": plans.clusters.linkage,
            "in_modal": IN_MODAL_RULE,
            "cross_modal": CROSS_MODAL_RULE,
        },
        "shifts": {
            **asdict(plans.landscape),
            "count": len(landscape.shifts(plans.landscape)),
        },
        "thumbnails": asdict(plans.thumbnails),
    }


def _costs(analyst: Analyst) -> Iterator[Json]:
    device = processor_name()
    for stage in analyst.stages:
        yield {
            "stage": stage.name,
            "dataset": stage.dataset,
            "model": stage.model,
            "seconds": stage.seconds,
            "device": device,
        }


# -- beside what is there ----------------------------------------------------------------------


def write(folder: Path, new: Imported) -> tuple[int, int]:
    """Add a collection to a data folder, in the place of one of the same name.

    Returns how many files it has, and how many bytes.

    All of it is written to a folder beside, which then takes the place of the old one.

    Raises:
        MisfitError: the folder holds a study's data, or a model of this name that is another.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    old = _read(folder)
    outputs, manifest = (new.outputs, new.manifest) if old is None else _merged(old, new)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".partial", dir=folder.parent))
    try:
        fresh.chmod(0o755)
        export.write(fresh, outputs, manifest)
        replace_folder(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return len(new.outputs), sum(len(output.data) for output in new.outputs)


def _read(folder: Path) -> DataFolder | None:
    """What was imported before, if anything was; raises rather than replace anything else."""
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    if MANIFEST_NAME not in files:
        if files:
            raise MisfitError(f"holds other things than an article's data: {min(files)}", folder)
        return None
    data = DataFolder.open(folder)
    if RECIPE_SETTING in data.manifest.settings:
        raise MisfitError("holds the data of a study; import into another folder", folder)
    others = files - {MANIFEST_NAME, *(record.path for record in data.manifest.artifacts)}
    if others:
        raise MisfitError(f"holds what its manifest does not list: {min(others)}", folder)
    return data


def _merged(old: DataFolder, new: Imported) -> tuple[tuple[Output, ...], Manifest]:
    """Everything that was there, except data sets of the same name, and what is new."""
    known, added = old.manifest, new.manifest
    for model, facts in added.models.items():
        scale = known.models.get(model, facts)["logit_scale"]
        if scale != facts["logit_scale"]:
            message = (
                f"model {model!r} has logit scale {scale:g} there, {facts['logit_scale']:g} here"
            )
            raise MisfitError(f"{message}; say --logit-scale", old.folder)
    kept = [record for record in known.artifacts if record.dataset not in added.datasets]
    outputs = [
        Output(r.path, r.kind, old.read_bytes(r), r.dataset, r.model, dict(r.provenance), r.name)
        for r in kept
    ]
    manifest = replace(
        known,
        datasets={**known.datasets, **added.datasets},
        models={**known.models, **added.models},
        measures=(*_others(known.measures, added), *added.measures),
        settings=added.settings,
        costs=(*_others(known.costs, added), *added.costs),
    )
    return (*outputs, *new.outputs), manifest


def _others(entries: tuple[Mapping[str, object], ...], added: Manifest) -> Iterator[Json]:
    """Entries about data sets that stay as they were."""
    return (dict(entry) for entry in entries if entry["dataset"] not in added.datasets)


def replace_folder(fresh: Path, folder: Path) -> None:
    """Put a folder in the place of another, which is kept until then."""
    old = fresh.with_suffix(".old")
    if folder.exists():
        folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)

"""Studies that a command line makes, without a file: own pictures with their captions, or one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from precompute.pairs import Pairs
from precompute.sources.opening import open_source
from precompute.sources.plans import Folder, Selection
from precompute.sources.selection import Say
from precompute.study import (
    ClusterPlan,
    DatasetPlan,
    EmbeddingPlan,
    LandscapePlan,
    LayoutPlan,
    MeasurePlan,
    ModelPlan,
    PictureFile,
    ProjectionPlan,
    Study,
    Subset,
    ThumbnailPlan,
    augmentation_plans,
)

SHOWN = 200
"""Pairs that are shown where there are more: a matrix of more is neither quick nor legible."""


def study_of_folder(
    folder: Path, title: str, models: Sequence[ModelPlan], skip: bool, out: Path, say: Say
) -> Study:
    """A study of the pictures of a folder, by captions beside them.

    All pairs are measured; those beyond `SHOWN` are shown as a drawn sample.

    Raises:
        DatasetError: pictures or captions that cannot be used, unless they are to be skipped.
    """
    source = Folder(folder.resolve(), Selection(broken="skip" if skip else "stop"))
    pairs: Pairs = open_source(source, say)
    every = ("items", "space", "landscape")
    if len(pairs.ids) <= SHOWN:
        plans = [DatasetPlan("pictures", title, source, every)]
    else:
        sample = Subset("pictures", SHOWN, 0)
        shown = f"{title}: {SHOWN} of them"
        plans = [
            DatasetPlan("pictures", title, source, every[2:]),
            DatasetPlan("shown", shown, sample, every[:2]),
        ]
    return _study(folder, title, plans, models, out)


def study_of_picture(
    picture: Path, text: str, kinds: Sequence[str], models: Sequence[ModelPlan], out: Path
) -> Study:
    """A study of one picture, changed step by step, beside its text."""
    plans = augmentation_plans("picture", text, [PictureFile(picture.resolve(), text)], kinds)
    return _study(picture, text, plans, models, out)


def _study(
    file: Path,
    title: str,
    datasets: Sequence[DatasetPlan],
    models: Sequence[ModelPlan],
    out: Path,
) -> Study:
    """What a study file that says nothing else would give."""
    return Study(
        file=file.resolve(),
        title=title,
        output=out,
        datasets=tuple(datasets),
        models=tuple(models),
        tables=(),
        embedding=EmbeddingPlan(batch=64),
        projections=ProjectionPlan(),
        clusters=ClusterPlan(),
        layouts=LayoutPlan(),
        landscape=LandscapePlan(),
        measures=MeasurePlan(),
        thumbnails=ThumbnailPlan(),
    )

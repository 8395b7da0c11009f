"""An import as named steps: read, draw a sample, derive, write, and a text if there is none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from article.artifacts import DataFolder
from precompute.imports import writing
from precompute.imports.analysis import Analyst, Plans, sample
from precompute.imports.collection import MisfitError, slug
from precompute.imports.content import section, write_content
from precompute.imports.folders import Wishes, read_collection
from precompute.progress import Progress, Stopwatch
from precompute.study import ProjectionPlan

CONTENT = "content"
DATA = "data"


@dataclass(frozen=True)
class Display:
    """What of a collection is shown: so many items, drawn by a seed, in these projections."""

    count: int
    seed: int
    projections: tuple[str, ...]


def run(source: Path, out: Path, wishes: Wishes, display: Display, progress: Progress) -> list[str]:
    """Import what lies in `source` into the article in `out`; says what was done.

    Nothing is written before all of it has been read and derived.

    Raises:
        ArticleError: something the author can act on; names file, line or item.
    """
    watch = Stopwatch()
    if wishes.dataset is not None and slug(wishes.dataset) != wishes.dataset:
        message = f"data set {wishes.dataset!r}: a name has lower-case letters, digits and hyphens"
        raise MisfitError(f"{message} only, such as {slug(wishes.dataset)!r}")
    whole = read_collection(source, wishes, progress.say)
    few = whole.count > display.count
    shown = sample(whole, display.count, display.seed) if few else whole
    plans = Plans(projections=ProjectionPlan(methods=display.projections))
    new = writing.imported(whole, shown, Analyst(plans, progress), display.seed)
    files, size = writing.write(out / DATA, new)
    manifest = DataFolder.open(out / DATA).manifest
    told = [f"wrote {files} files of {shown.id!r} to {out / DATA}, {size / 1e3:,.1f} kB"]
    if (out / CONTENT).exists():
        told += [f"{out / CONTENT} is as it was; to show {shown.id!r}, add:"]
        told += [section(manifest, dataset) for dataset in new.manifest.datasets]
    else:
        write_content(out / CONTENT, manifest)
        told.append(f"wrote {out / CONTENT}")
    seen = f"to see it: python build.py --article {out} --out PUBLIC --serve"
    return [*told, f"{watch.seconds:.1f} s; {seen}"]

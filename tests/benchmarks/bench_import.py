"""Export of one set of 100 pairs: time and bytes, beside the published export's files of it.

`python -m tests.benchmarks.bench_import [FOLDER]`, a folder in the layout of the published article.
Run it on an otherwise idle machine. It fails where a model's matrix, both states and all
projections of it, takes more than a tenth of the published bytes as served (gzip -6).
"""

from __future__ import annotations

import gzip
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from article.artifacts import DataFolder
from precompute.imports import importing
from precompute.imports.folders import Wishes
from precompute.progress import Progress, Stopwatch

PUBLISHED = Path(__file__).resolve().parents[3] / "shared/reference/jovi/MSCOCO-Val_size-100"
LARGEST_SHARE = 0.1


@click.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path), default=PUBLISHED)
def bench(folder: Path) -> None:
    """Import a published set twice, the second time with everything imported, and weigh it."""
    display = importing.Display(200, 0, ("pca", "tsne", "umap"))
    with tempfile.TemporaryDirectory() as name:
        for out in (Path(name) / "first", Path(name) / "second"):
            watch = Stopwatch()
            importing.run(folder, out, Wishes(), display, Progress(quiet=True))
            click.echo(f"{out.name} import: {watch.seconds:.1f} s")
        data = DataFolder.open(Path(name) / "second" / "data")
        for stage, seconds in stages(data).items():
            click.echo(f"  {stage:12} {seconds:6.2f} s")
        ours = [Path(name) / "second" / "data" / record.path for record in data.manifest.artifacts]
        models = [r.model for r in data.manifest.artifacts if r.kind == "space"]
        theirs = sorted((folder / "similarities").iterdir())
        spaces = [path for path in ours if path.name.startswith("space-")]
        click.echo(f"{len(models)} models, as trained and with the gap closed:")
        click.echo(f"  published matrices   {told(theirs)}")
        click.echo(f"  our spaces           {told(spaces)}")
        click.echo(f"  all our files        {told(ours)}")
        share = served(spaces) / served(theirs)
    click.echo(f"{share:.3f} of the published bytes as served")
    sys.exit(0 if share <= LARGEST_SHARE else f"more than {LARGEST_SHARE} of the published bytes")


def stages(data: DataFolder) -> dict[str, float]:
    """Seconds of each stage, all models together."""
    seconds: dict[str, float] = {}
    for cost in data.manifest.costs:
        seconds[cost["stage"]] = seconds.get(cost["stage"], 0) + cost["seconds"]
    return seconds


def told(files: Iterable[Path]) -> str:
    """How many files, and their bytes on disk and as served."""
    paths = list(files)
    size = sum(path.stat().st_size for path in paths)
    return f"{len(paths):3} files {size / 1e3:9,.1f} kB {served(paths) / 1e3:9,.1f} kB as served"


def served(files: Iterable[Path]) -> int:
    """Bytes as a web server sends them, gzip -6."""
    return sum(len(gzip.compress(path.read_bytes(), 6)) for path in files)


if __name__ == "__main__":
    bench()

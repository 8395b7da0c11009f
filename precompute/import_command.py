"""The command `import`: an article over what was computed elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from article.errors import ArticleError

if TYPE_CHECKING:
    from precompute.imports.collection import Named

DEFAULT_SHOWN = 200
"""Items that are shown where there are more: a matrix of more is neither quick nor legible."""

METHODS = ("pca", "tsne", "umap")


class Scale(click.ParamType[Any]):
    """`30`, or `MODEL=30`."""

    name = "[MODEL=]SCALE"

    def convert(self, value: Any, param: Any, context: Any) -> tuple[str, float]:
        """Model, empty for all of them, and scale."""
        model, _, number = value.rpartition("=")
        try:
            scale = float(number)
        except ValueError:
            scale = 0.0
        if not 0 < scale < float("inf"):
            self.fail(f"{number!r} is not a number above 0", param, context)
        return model, scale


class ModalityName(click.ParamType[Any]):
    """`image`, or `microscopy:picture` where the name does not say what the items are."""

    name = "NAME[:KIND]"

    def convert(self, value: Any, param: Any, context: Any) -> Named:
        """Name and kind of content."""
        from typing import get_args

        from article.artifacts import Content
        from precompute.imports.collection import Named

        name, _, kind = value.partition(":")
        if kind and kind not in get_args(Content):
            self.fail(f"{kind!r} is none of {', '.join(get_args(Content))}", param, context)
        return Named(name, kind) if kind else Named.of(name)


@click.command("import")
@click.argument("source", metavar="FOLDER", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the article; its data/ is added to, its content/ is written if missing.",
)
@click.option("--dataset", metavar="NAME", help="What the data set is called.  [default: FOLDER's]")
@click.option("--title", help="What readers see it called.  [default: FOLDER's name]")
@click.option(
    "--model", "models", multiple=True, metavar="NAME", help="Only this; may be repeated."
)
@click.option(
    "--modality",
    "modalities",
    multiple=True,
    type=ModalityName(),
    help="Name of a modality, one for each in order; KIND is picture, text, sound or molecule.",
)
@click.option("--captions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--pictures", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--logit-scale", "scales", multiple=True, type=Scale(), help="Inverse temperature.")
@click.option(
    "--show",
    type=click.IntRange(min=2),
    default=DEFAULT_SHOWN,
    show_default=True,
    help="Items to show, drawn by --seed, where there are more.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "--projection",
    "projections",
    multiple=True,
    type=click.Choice(METHODS),
    default=METHODS,
    show_default=True,
    help="Only this; repeatable.",
)
@click.option("--quiet", is_flag=True, help="No progress bars.")
def import_command(
    source: Path,
    out: Path,
    dataset: str | None,
    title: str | None,
    models: tuple[str, ...],
    modalities: tuple[Named, ...],
    captions: Path | None,
    pictures: Path | None,
    scales: tuple[tuple[str, float], ...],
    show: int,
    seed: int,
    projections: tuple[str, ...],
    quiet: bool,
) -> None:
    """Make an article over embeddings or similarities that were computed elsewhere.

    FOLDER is in the layout of the published article (similarities/MODEL.csv), or holds embeddings
    (MODEL.npz with an array a modality, MODEL.npy of shape (modalities, items, dimensions)), or is
    such a file. Captions lie in prompts.txt, one a line, or captions.json, a list of texts;
    pictures in images/, sounds in audios/. `python build.py --article DIR` shows all of it.
    """
    from precompute.imports import importing
    from precompute.imports.folders import Wishes
    from precompute.progress import Progress

    wishes = Wishes(dataset, title, models, modalities, captions, pictures, dict(scales))
    display = importing.Display(show, seed, projections)
    try:
        lines = importing.run(source, out, wishes, display, Progress(quiet))
    except (ArticleError, OSError) as error:
        raise click.ClickException(str(error)) from error
    for line in lines:
        click.echo(line)

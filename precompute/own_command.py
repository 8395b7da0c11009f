"""The commands `pictures` and `augment`: over material of one's own, without a study file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from article.errors import ArticleError
from precompute.cache import DEFAULT_FOLDER
from precompute.study import AUGMENTATION_KINDS

if TYPE_CHECKING:
    from precompute.study import Study

DEFAULT_ENCODER = "openai-clip-rn50"
DEVICES = ("auto", "cuda", "mps", "cpu")


def common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of both commands."""
    folder = click.Path(file_okay=False, path_type=Path)
    for option in (
        click.option("--quiet", is_flag=True, help="No progress bars."),
        click.option("--device", type=click.Choice(DEVICES), default="auto", show_default=True),
        click.option("--cache", type=folder, default=DEFAULT_FOLDER, show_default=True),
        click.option(
            "--encoder",
            "encoders",
            multiple=True,
            default=(DEFAULT_ENCODER,),
            show_default=True,
            metavar="NAME[=WEIGHTS]",
            help="A model that sees them; repeatable. Names: precompute/published/README.md.",
        ),
        click.option("--out", required=True, type=folder, help="Folder of the article."),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--title", help="What readers see it called.  [default: FOLDER's name]")
@click.option("--skip-broken", is_flag=True, help="Leave out what has no caption or is broken.")
@common_options
def pictures(
    folder: Path,
    title: str | None,
    skip_broken: bool,
    out: Path,
    encoders: tuple[str, ...],
    cache: Path,
    device: str,
    quiet: bool,
) -> None:
    """Make an article over the pictures in FOLDER, each with its caption beside it.

    dog.jpg has its caption in dog.txt. `python build.py --article DIR` makes the page.
    """
    from precompute.encoders import plans_of_texts
    from precompute.imports.content import OWN_PICTURES, write_content
    from precompute.own_study import study_of_folder
    from precompute.progress import Progress

    def study() -> Study:
        name = title or folder.resolve().name
        models = plans_of_texts(encoders)
        return study_of_folder(folder, name, models, skip_broken, out / "data", Progress().say)

    manifest = _run(study, cache, device, quiet)
    if not (out / "content").exists():
        write_content(out / "content", manifest, OWN_PICTURES)
        click.echo(f"wrote {out / 'content'}")
    click.echo(f"to see it: python build.py --article {out} --out PUBLIC --serve")


@click.command()
@click.argument("picture", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--text", required=True, help="What the picture shows; it is not changed.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(AUGMENTATION_KINDS),
    default=AUGMENTATION_KINDS,
    show_default=True,
    help="Only this; repeatable.",
)
@common_options
def augment(
    picture: Path,
    text: str,
    kinds: tuple[str, ...],
    out: Path,
    encoders: tuple[str, ...],
    cache: Path,
    device: str,
    quiet: bool,
) -> None:
    """Change PICTURE step by step, and see it and its text as models do.

    Writes a space of 100 pictures and one text for each kind of change and each model to DIR/data.
    """
    from precompute.encoders import plans_of_texts
    from precompute.own_study import study_of_picture

    def study() -> Study:
        return study_of_picture(picture, text, kinds, plans_of_texts(encoders), out / "data")

    _run(study, cache, device, quiet)


def _run(make: Callable[[], Study], cache: Path, device: str, quiet: bool) -> Any:
    """Run a study, say what was done; the manifest of its data."""
    from article.artifacts import DataFolder
    from precompute import pipeline
    from precompute.__main__ import report
    from precompute.progress import Progress

    try:
        study = make()
        _check_not_of_others(study)
        outcome = pipeline.run(study, study.output, cache, Progress(quiet), device)
        manifest = DataFolder.open(study.output).manifest
    except ArticleError as error:
        raise click.ClickException(str(error)) from error
    for line in report(outcome, study.output):
        click.echo(line)
    return manifest


def _check_not_of_others(study: Study) -> None:
    """A run replaces what its folder's manifest lists: refuse where that is another study's."""
    from article.artifacts import MANIFEST_NAME, DataFolder

    if not (study.output / MANIFEST_NAME).exists():
        return
    there = DataFolder.open(study.output).manifest.datasets
    if not there.keys() & {plan.id for plan in study.datasets}:
        names = ", ".join(there)
        raise ArticleError(f"has data of its own ({names}); choose another --out", study.output)

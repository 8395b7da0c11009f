"""The command `python -m precompute`: run a study, train a model, or import."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from article.errors import ArticleError
from precompute.cache import DEFAULT_FOLDER

if TYPE_CHECKING:
    from precompute.ray_embedding import RayCluster

DEFAULT_COMMAND = "run"
OTHERS = {
    "train": ("precompute.train_command", "train"),
    "import": ("precompute.import_command", "import_command"),
    "pictures": ("precompute.own_command", "pictures"),
    "augment": ("precompute.own_command", "augment"),
    "record": ("precompute.table_command", "record"),
    "table": ("precompute.table_command", "table"),
}
DEVICES = ("auto", "cuda", "mps", "cpu")


class Commands(click.Group):
    """Subcommands; `run` where none is named, others imported only when asked for."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        """Put the default command in front of arguments that name none."""
        named = bool(arguments) and arguments[0] in (*self.list_commands(context), "--help")
        return super().parse_args(context, arguments if named else [DEFAULT_COMMAND, *arguments])

    def list_commands(self, context: click.Context) -> list[str]:
        """Names of all subcommands."""
        return [*super().list_commands(context), *OTHERS]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """A subcommand by its name."""
        if name not in OTHERS:
            return super().get_command(context, name)
        module, command = OTHERS[name]
        found: click.Command = getattr(import_module(module), command)
        return found


@click.group(cls=Commands)
def main() -> None:
    """Make the data of an article: run a study (the default), train a miniature, or import."""


@main.command()
@click.argument("study", default="default")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to, instead of the study's.",
)
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_FOLDER,
    show_default=True,
    help="Folder that keeps the results of single stages.",
)
@click.option(
    "--encoder",
    "encoders",
    multiple=True,
    metavar="NAME[=WEIGHTS]",
    help="See with this instead of the study's models; repeatable. Names: precompute/published.",
)
@click.option("--device", type=click.Choice(DEVICES), default="auto", show_default=True)
@click.option(
    "--ray",
    "address",
    is_flag=False,
    flag_value="local",
    metavar="[=ADDRESS]",
    help="Embed with Ray Data: on a cluster of this machine, or on the one at ADDRESS.",
)
@click.option(
    "--ray-workers", type=click.IntRange(min=1), default=2, show_default=True, help="Of --ray."
)
@click.option("--quiet", is_flag=True, help="No progress bars.")
def run(
    study: str,
    out: Path | None,
    cache: Path,
    encoders: tuple[str, ...],
    device: str,
    address: str | None,
    ray_workers: int,
    quiet: bool,
) -> None:
    """Bring the data of STUDY up to date: a TOML file, or the name of one in precompute/studies.

    Results of stages are kept: a run that was killed goes on where it was, and one after which
    nothing has changed does nothing.
    """
    from precompute import pipeline
    from precompute.encoders import plans_of_texts
    from precompute.progress import Progress
    from precompute.study import find_study, read_study, with_models

    try:
        plan = read_study(find_study(study))
        if encoders:
            plan = with_models(plan, plans_of_texts(encoders))
        folder = out or plan.output
        cluster = _cluster(address, ray_workers)
        outcome = pipeline.run(plan, folder, cache, Progress(quiet), device, cluster=cluster)
    except ArticleError as error:
        raise click.ClickException(str(error)) from error
    for line in report(outcome, folder):
        click.echo(line)


def _cluster(address: str | None, workers: int) -> RayCluster | None:
    if address is None:
        return None
    from precompute.ray_embedding import RayCluster, import_ray

    import_ray()
    return RayCluster(address, workers)


def report(outcome: Any, folder: Path) -> list[str]:
    """What a run did, in a few lines."""
    if outcome.reason is None:
        return [f"nothing to do: {folder} is up to date ({outcome.seconds:.1f} s)"]
    lines = [f"reason: {outcome.reason}", *(f"wrote {folder / path}" for path in outcome.written)]
    counts = f"{outcome.made} results made, {outcome.kept} kept from before"
    return [*lines, f"{counts}, {outcome.seconds:.1f} s"]


if __name__ == "__main__":
    main(prog_name="python -m precompute")

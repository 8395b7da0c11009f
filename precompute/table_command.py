"""The commands `record` and `table`: how trainings went, and what came of them, in figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from article.artifacts import Table, encode, write_atomically
from article.errors import ArticleError
from precompute.records import RECORDS_FOLDER, record_of, write_record

TABLES_FOLDER = Path(__file__).parent / "tables"
WEIGHTS_FOLDER = Path(__file__).parent / "weights"


@click.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--runs", type=click.Path(path_type=Path), default=Path("runs"), show_default=True)
@click.option("--to", type=click.Path(path_type=Path), default=RECORDS_FOLDER)
def record(names: tuple[str, ...], runs: Path, to: Path) -> None:
    """Keep how the trainings NAMES in RUNS went so far, in small files, for the tables."""
    for name in names:
        try:
            click.echo(f"wrote {write_record(to, record_of(name, runs / name))}")
        except (ArticleError, ValueError) as error:
            raise click.ClickException(str(error)) from error


@click.command()
@click.option("--weights", type=click.Path(path_type=Path), default=WEIGHTS_FOLDER)
@click.option("--to", type=click.Path(path_type=Path), default=TABLES_FOLDER)
@click.option("--only", multiple=True, help="Make only this table; may be repeated.")
def table(weights: Path, to: Path, only: tuple[str, ...]) -> None:
    """Make the tables of the miniatures, from committed weights and records alone.

    Prints the table of all miniatures, writes every table, and the findings into the README of the
    weights.
    """
    from precompute.findings import read_tables, readme

    try:
        for made in _tables(weights, only):
            write_atomically(to / f"{made.name}.json", encode(made) + b"\n")
            click.echo(f"wrote {to / made.name}.json")
        text = readme(read_tables(to))
    except (ArticleError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    write_atomically(weights / "README.md", text.encode())
    click.echo(text)


def _tables(weights: Path, only: tuple[str, ...]) -> Iterator[Table]:
    """The tables asked for, or all; those of the weights are made from one embedding.

    Of all, a series whose trainings have no records yet is left out, and said to be.
    """
    from precompute import series, zoo

    makers: dict[str, Callable[[], Table]] = {
        "temperature": series.temperature_table,
        "start": series.start_table,
        "seeds": series.seed_table,
        "first-phase": series.phase_table,
        "learning": lambda: series.learning_table(zoo.MEMBERS),
        "cone": lambda: series.cone_table(weights),
    }
    unknown = set(only) - {*makers, "zoo", "differences"}
    if unknown:
        known = ", ".join(["zoo", "differences", *makers])
        raise click.ClickException(f"no table {unknown.pop()!r}; there are: {known}")
    wanted = only or ("zoo", "differences", *makers)
    if {"zoo", "differences"} & set(wanted):
        members = zoo.members(weights)
        yield zoo.zoo_table(members)
        yield zoo.difference_table(members)
    for name, make in makers.items():
        if name in wanted:
            try:
                yield make()
            except series.SeriesError as error:
                if only:
                    raise
                click.echo(f"left out {name}: {error}", err=True)

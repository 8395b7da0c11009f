"""Builds the article: `python build.py [--article DIR] [--out DIR] [--serve [PORT]] [--check]`."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import click

from article import serve as server
from article import site, weights
from article.errors import ArticleError
from article.problems import BrokenArticleError

ROOT = Path(__file__).resolve().parent


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--article",
    type=click.Path(path_type=Path, file_okay=False),
    default=os.path.relpath(ROOT / "article"),
    help="Folder with content/ and data/.  [default: article]",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=os.path.relpath(ROOT / "public"),
    help="Folder to write; what a build made there before is replaced.  [default: public]",
)
@click.option(
    "--serve",
    "port",
    is_flag=False,
    flag_value=server.PORT,
    type=click.IntRange(0, 65535),
    help=f"Show the page, and build again whenever a file changes.  [default port: {server.PORT}]",
)
@click.option("--check", is_flag=True, help="Only look for errors: print all, write nothing.")
def main(article: Path, out: Path, port: int | None, check: bool) -> None:
    """Build a static, interactive article from its text, its figures and its data."""
    try:
        if port is not None:
            server.serve(article, out, port)
        elif check:
            document = site.check(article)
            count = len(document.figures)
            click.echo(f"{article}: no errors, {count} figure{'s' * (count != 1)}")
        else:
            build(article, out)
    except BrokenArticleError as broken:
        fail(broken.errors)
    except ArticleError as error:
        fail([error])


def build(article: Path, out: Path) -> None:
    """Build once and say what it weighs."""
    started = time.perf_counter()
    site.check_replaceable(out)
    built = site.build(article)
    site.write(built, out)
    for line in weights.report(built.files, built.figures):
        click.echo(line)
    click.echo(f"{out} built in {time.perf_counter() - started:.2f} s")


def fail(errors: list[ArticleError]) -> None:
    """Print all errors and end with exit code 1."""
    for error in errors:
        click.echo(str(error), err=True)
    click.echo(f"{len(errors)} error{'s' * (len(errors) != 1)}; nothing was written", err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()

"""The command: what it prints, writes, and leaves alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import build
from tests.article.small_article import EXPLORER, SmallArticle

ROOT = Path(build.__file__).parent


def run(*arguments: object) -> Result:
    return CliRunner().invoke(build.main, [str(argument) for argument in arguments])


def test_it_builds_and_says_what_the_page_weighs(article: SmallArticle, tmp_path: Path) -> None:
    result = run("--article", article.text(EXPLORER).folder, "--out", tmp_path / "public")
    assert result.exit_code == 0, result.output
    first, *_, last = result.stdout.splitlines()
    assert first.startswith("page (text, styles, scripts)")
    assert "figure 1, fig-explorer" in result.stdout
    assert last.startswith(f"{tmp_path / 'public'} built in ")
    assert (tmp_path / "public/index.html").exists()


def test_errors_are_printed_and_nothing_is_written(article: SmallArticle, tmp_path: Path) -> None:
    out = tmp_path / "public"
    result = run("--article", article.text("[@nobody]\n\n[](#nowhere)").folder, "--out", out)
    assert result.exit_code == 1
    content = article.folder / "content"
    first, second, last = result.stderr.splitlines()
    assert first.startswith(f"{content / 'index.md'}:1: unknown reference 'nobody'")
    assert second.startswith(f"{content / 'index.md'}:3: unknown reference '#nowhere'")
    assert last == "2 errors; nothing was written"
    assert not out.exists()


def test_check_writes_nothing(article: SmallArticle, tmp_path: Path) -> None:
    out = tmp_path / "public"
    result = run("--article", article.text(EXPLORER).folder, "--out", out, "--check")
    assert (result.exit_code, result.stdout) == (0, f"{article.folder}: no errors, 1 figure\n")
    assert not out.exists()
    result = run("--article", article.text("[@nobody]").folder, "--out", out, "--check")
    assert result.exit_code == 1
    assert not out.exists()


def test_a_folder_that_holds_other_things_is_refused(article: SmallArticle, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    result = run("--article", article.folder, "--out", tmp_path)
    assert result.exit_code == 1
    assert "holds other things than a built site" in result.stderr


def test_no_such_article(tmp_path: Path) -> None:
    result = run("--article", tmp_path / "none", "--out", tmp_path / "public")
    assert result.exit_code == 1
    assert f"{tmp_path / 'none/content/article.toml'}: missing" in result.stderr


@pytest.mark.parametrize("folder", ["article", "article/starter"])
def test_the_articles_of_this_repository_have_no_errors(folder: str, tmp_path: Path) -> None:
    result = run("--article", ROOT / folder, "--out", tmp_path / "public")
    assert result.exit_code == 0, result.stderr


def test_the_starter_can_be_copied(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "article/starter", tmp_path / "mine")
    result = run("--article", tmp_path / "mine", "--out", tmp_path / "public")
    assert result.exit_code == 0, result.stderr
    assert "fig-explorer" in (tmp_path / "public/index.html").read_text()


def test_it_runs_from_any_folder(article: SmallArticle, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "build.py"), "--article", "essay", "--out", "public"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "public/index.html").exists()

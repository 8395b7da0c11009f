"""Dependencies point one way: the build needs the article, and neither needs what trains models."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "open_clip", "umap", "sklearn", "scipy", "numba")
BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ImportError(f"{{name}} must not be imported")

sys.meta_path.insert(0, Blocked())
import build
"""


def imported(file: Path) -> Iterator[str]:
    """Top-level names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("file", sorted(ROOT.glob("article/*.py")), ids=lambda file: file.name)
def test_the_article_imports_nothing_of_precompute(file: Path) -> None:
    forbidden = {"precompute", "build", "tests", *HEAVY}
    assert forbidden.isdisjoint(imported(file))


def test_the_build_imports_the_article_alone() -> None:
    ours = {"article", "precompute", "tests"} & set(imported(ROOT / "build.py"))
    assert ours == {"article"}


def test_the_build_starts_without_what_trains_models() -> None:
    code = BLOCKED.format(names=HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_check_would_notice() -> None:
    code = BLOCKED.format(names=("numpy",))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "numpy must not be imported" in done.stderr

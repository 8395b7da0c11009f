"""Prints how long the build of the article takes, in whole and step by step.

    python -m tests.benchmarks.bench_build [ARTICLE]

The whole is a fresh process each time, as an author has it; the steps are within this one.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from article import site, weights
from article.document import check as check_document
from article.problems import Problems
from article.sources import Sources

ROOT: Final = Path(__file__).parents[2]
RUNS: Final = 7
T = TypeVar("T")


def main() -> None:
    """Time everything, and print medians."""
    article = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "article"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "public"
        print(f"{'python build.py':<24}{whole(article, out):7.0f} ms")
        for name, times in steps(article, out).items():
            print(f"{'  ' + name:<24}{1000 * statistics.median(times):7.0f} ms")


def whole(article: Path, out: Path) -> float:
    """Milliseconds of the command, the interpreter's start included: the median of all runs."""
    command = [sys.executable, str(ROOT / "build.py"), "--article", str(article), "--out", str(out)]
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def steps(article: Path, out: Path) -> dict[str, list[float]]:
    """Seconds of each step in each run."""
    times: dict[str, list[float]] = {}

    def timed(name: str, step: Callable[..., T], *arguments: Any) -> T:
        start = time.perf_counter()
        result = step(*arguments)
        times.setdefault(name, []).append(time.perf_counter() - start)
        return result

    for _ in range(RUNS):
        problems = Problems()
        sources = timed("load", Sources.load, article, problems)
        document = timed("check", check_document, sources, problems)
        drawings = timed("draw", site.draw, document)
        built = timed("render", site.render, document, drawings, site.TEMPLATES)
        timed("write", site.write, built, out)
        timed("report", weights.report, built.files, built.figures)
    return times


if __name__ == "__main__":
    main()

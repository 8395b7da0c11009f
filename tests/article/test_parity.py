"""The list of what the published article shows names figures and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIST = (ROOT / "tests" / "PARITY.md").read_text(encoding="utf-8")
TEXT = (ROOT / "article" / "content" / "index.md").read_text(encoding="utf-8")


def test_every_published_figure_is_listed_once_and_in_order() -> None:
    listed = re.findall(r"^\| (P1\.\d+) \|", LIST, re.MULTILINE)
    assert listed == [f"P1.{number}" for number in range(1, 19)]


def test_every_figure_of_the_list_is_in_the_article() -> None:
    named = set(re.findall(r"`(fig-[a-z-]+)`", LIST))
    written = set(re.findall(r'^id = "(fig-[a-z-]+)"', TEXT, re.MULTILINE))
    assert named - written == set()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(tests/[^`]+)`", LIST))))
def test_every_test_of_the_list_is_there(name: str) -> None:
    path, _, test = name.partition("::")
    file = ROOT / path
    assert file.exists()
    if test:
        assert f"def {test}(" in file.read_text(encoding="utf-8")

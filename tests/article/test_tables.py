"""TOML as dataclasses: the values, and the line of everything that is wrong."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from article.errors import ArticleError
from article.problems import BrokenArticleError, Problems
from article.tables import Table, suggestion


@dataclass(frozen=True)
class Inner:
    name: str
    size: float = 1.0


@dataclass(frozen=True)
class Outer:
    title: str
    count: int = 0
    on: bool = False
    when: datetime.date | None = None
    kind: Literal["big", "small"] = "big"
    inner: tuple[Inner, ...] = ()
    names: tuple[str, ...] = ()


def read(text: str, first_line: int = 1) -> Outer:
    return Table.parse(text, Path("a.toml"), first_line).to(Outer)


def errors(text: str, first_line: int = 1) -> list[str]:
    with pytest.raises(BrokenArticleError) as caught:
        read(text, first_line)
    return [str(error) for error in caught.value.errors]


def test_values_and_defaults() -> None:
    found = read('title = "T"\nwhen = 2026-01-31\nnames = ["a"]\n[[inner]]\nname = "i"\nsize = 2')
    assert found == Outer(
        "T", when=datetime.date(2026, 1, 31), names=("a",), inner=(Inner("i", 2.0),)
    )


def test_every_error_is_found_with_its_line() -> None:
    text = """\
titel = "T"
count = "three"

kind = "huge"
names = ["a", 1]

[[inner]]
name = "first"

[[inner]]
size = true
"""
    assert errors(text) == [
        "a.toml:1: unknown key 'titel'; did you mean 'title'?",
        "a.toml:1: 'title' is missing",
        "a.toml:2: 'count' must be a whole number",
        "a.toml:4: 'kind' is 'huge'; it must be one of: big, small",
        "a.toml:5: 'names.1' must be text in quotes",
        "a.toml:10: 'name' is missing",
        "a.toml:11: 'inner.1.size' must be a number",
    ]


def test_lines_count_from_where_the_table_stands_in_its_file() -> None:
    assert errors('title = "T"\ncount = 1.5', first_line=40) == [
        "a.toml:41: 'count' must be a whole number"
    ]


def test_a_key_within_a_long_text_is_no_key() -> None:
    assert errors("title = '''\ncount = 3\n'''\ncount = 'x'") == [
        "a.toml:4: 'count' must be a whole number"
    ]


def test_a_boolean_is_no_number() -> None:
    assert errors('title = "T"\ncount = true') == ["a.toml:2: 'count' must be a whole number"]


@pytest.mark.parametrize(
    ("text", "line"),
    [('title = "T"\ncount = ', 2), ('title = "T"\n\ncount 3', 3), ("a = '''\n", 1)],
)
def test_what_is_not_toml_names_the_line(text: str, line: int) -> None:
    with pytest.raises(ArticleError) as caught:
        Table.parse(text, Path("a.toml"))
    assert str(caught.value).startswith(f"a.toml:{line}: not TOML: ")


def test_unknown_keys_do_not_hide_what_is_known() -> None:
    problems = Problems()
    table = Table.parse('title = "T"\nmore = 1', Path("a.toml"))
    assert table.convert(Outer, problems) == Outer("T")
    assert [str(error) for error in problems.errors] == [
        "a.toml:2: unknown key 'more'; there are: title, count, on, when, kind, inner, names"
    ]


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match=r"article\.toml: missing"):
        Table.read(tmp_path / "article.toml")


def test_suggestions() -> None:
    assert suggestion("clip", ["clip-cnn", "cloob"]) == "; did you mean 'clip-cnn'?"
    assert suggestion("xyz", ["a", "b"]) == "; there are: a, b"
    assert suggestion("xyz", []) == "; there are none"

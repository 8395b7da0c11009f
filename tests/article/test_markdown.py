"""Markdown to tokens: our own syntax, and the line of everything."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_it.token import Token

from article.errors import ArticleError
from article.markdown import expand, parse, read


def tokens(text: str, kind: str, first_line: int = 1) -> list[Token]:
    passage = parse(text, Path("index.md"), first_line)
    return [token for token in expand(passage.tokens) if token.type == kind]


def lines(text: str, kind: str, first_line: int = 1) -> list[int | None]:
    passage = parse(text, Path("index.md"), first_line)
    return [passage.line_of(token) for token in expand(passage.tokens) if token.type == kind]


def test_a_lookup_may_hold_quotes_pipes_and_stars() -> None:
    text = "a {{ measure('x', \"y\") | fixed(2) * 2 }} b *c*"
    (found,) = tokens(text, "lookup")
    assert found.content == "measure('x', \"y\") | fixed(2) * 2"


def test_a_lookup_in_a_table_is_not_split_at_its_pipe() -> None:
    (found,) = tokens("| a | b |\n|---|---|\n| {{ x | fixed }} | c |", "lookup")
    assert found.content == "x | fixed"


def test_a_lookup_stays_as_written_in_code() -> None:
    assert tokens("`{{ x }}`", "code_inline")[0].content == "{{ x }}"
    assert tokens("```\n{{ x }}\n```", "fence")[0].content == "{{ x }}\n"


def test_a_lookup_over_two_lines_keeps_the_lines_after_it() -> None:
    assert lines("a {{ x |\n fixed }} b\n{{ y }}", "lookup") == [1, 3]


def test_a_lookup_that_is_not_closed_spoils_nothing_after_its_paragraph() -> None:
    assert [t.content for t in tokens("a {{ x b\n\nc {{ y }}", "lookup")] == ["y"]


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("a\n\n$x$\nb $y$ [](#c)", "math_inline", [3, 4]),
        ("- a\n- b\n  $y$", "math_inline", [3]),
        ("> a\n> $x$", "math_inline", [2]),
        ("| a |\n|---|\n| b |\n| $x$ |", "math_inline", [4]),
        ("# a\n\n```figure\n```", "fence", [3]),
        ("a\n\n$$\nx\n$$", "math_block", [3]),
    ],
)
def test_lines(text: str, kind: str, expected: list[int]) -> None:
    assert lines(text, kind) == expected


def test_lines_count_from_where_the_text_stands_in_its_file() -> None:
    assert lines("a\n$x$", "math_inline", first_line=30) == [31]


@pytest.mark.parametrize(
    ("text", "works", "narrative"),
    [
        ("[@liang2022]", [("liang2022", "")], False),
        ("[@liang2022; @humer2024]", [("liang2022", ""), ("humer2024", "")], False),
        ("[@liang2022, figure 2a]", [("liang2022", "figure 2a")], False),
        ("as @liang2022 found", [("liang2022", "")], True),
        ("by @liang2022.", [("liang2022", "")], True),
        ("[@liang2022 figure 2]", [], False),
        ("[@liang2022; humer2024]", [], False),
    ],
)
def test_citations(text: str, works: list[tuple[str, str]], narrative: bool) -> None:
    (found,) = tokens(text, "citation")
    assert found.meta["works"] == works
    assert found.meta["narrative"] is narrative


@pytest.mark.parametrize("text", ["a@b.org", "`@key`", "[a@b.org](mailto:a@b.org)"])
def test_what_is_no_citation(text: str) -> None:
    assert tokens(text, "citation") == []


def test_the_id_of_a_heading() -> None:
    (heading,) = tokens("## The $x$ of it {#the-x}", "heading_open")
    assert heading.attrs == {"id": "the-x"}
    assert tokens("## The it {#the-x}", "text")[0].content == "The it"


def test_raw_html_is_text() -> None:
    assert tokens("a <b>c</b>\n\n<script>x</script>", "html_inline") == []
    assert tokens("<script>x</script>", "text")[0].content == "<script>x</script>"


def test_an_escaped_dollar_is_text() -> None:
    assert tokens(r"costs \$5", "stray_dollar") == []
    assert len(tokens("costs $5", "stray_dollar")) == 1


def test_characters_that_stand_in_for_lookups_are_refused() -> None:
    with pytest.raises(ArticleError, match=r"index\.md:2: private-use characters"):
        parse("a\n\ue000", Path("index.md"))


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    file = tmp_path / "index.md"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ArticleError, match=r"index\.md: not UTF-8 text"):
        read(file)

"""Markdown as articles are written in it, to tokens that know their line.

CommonMark without raw HTML, with tables, footnotes, maths between dollars, attributes
(`[image]{.image}`, `## Title {#id}`), `::: note`, and two things of our own: lookups
`{{ expression }}` and citations `[@key; @other, page 3]` or `@key`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from article.errors import ArticleError

LOOKUP: Final = re.compile(r"\{\{((?:(?!\{\{|\}\}|\n\s*\n).)*)\}\}", re.DOTALL)
"""A lookup stays within its paragraph, so that one that is not closed spoils nothing else."""
CONTAINERS: Final = ("note", "abstract")
_ATTRIBUTES: Final = ("id", "class", "model")
_KEY: Final = r"[A-Za-z](?:[\w:.-]*\w)?"
_CITATION: Final = re.compile(r"\[(@[^\[\]]*)\]")
_CITED: Final = re.compile(rf"^\s*@({_KEY})\s*(?:,\s*(.+?))?\s*$", re.DOTALL)
_NARRATIVE: Final = re.compile(rf"@({_KEY})")
_HEADING_ID: Final = re.compile(r"\s*\{#([A-Za-z][\w-]*)\}\s*$")

# A lookup stands in the source as OPEN number CLOSE while Markdown is parsed, so that its quotes,
# pipes and stars mean nothing to Markdown.
_OPEN, _CLOSE = "\ue000", "\ue001"
_STAND_IN: Final = re.compile(f"{_OPEN}(\\d+){_CLOSE}")


@dataclass(frozen=True)
class Passage:
    """The tokens of one Markdown text; `first_line` is where it starts in `file`.

    Inline tokens carry their line as `meta["line"]`, blocks as `map[0]` (see `line_of`).
    """

    tokens: Sequence[Token]
    file: Path
    first_line: int = 1

    def line_of(self, token: Token) -> int | None:
        """The line of a block or inline token in the file."""
        if "line" in token.meta:
            return int(token.meta["line"])
        return None if token.map is None else self.first_line + token.map[0]

    def note_key(self, call: Token) -> str:
        """What tells the note that a token calls from those of other files."""
        return f"{self.file}:{call.meta['label']}"


def read(file: Path) -> Passage:
    """Parse a file."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ArticleError("missing", file) from None
    except UnicodeDecodeError:
        raise ArticleError("not UTF-8 text", file) from None
    return parse(text, file)


def parse(text: str, file: Path, first_line: int = 1) -> Passage:
    """Parse Markdown that starts at `first_line` of `file`."""
    if found := re.search(f"[{_OPEN}{_CLOSE}]", text):
        line = first_line + text[: found.start()].count("\n")
        raise ArticleError("private-use characters U+E000 and U+E001 cannot be used", file, line)
    lookups: list[str] = []

    def stand_in(found: re.Match[str]) -> str:
        lookups.append(found[1])
        return f"{_OPEN}{len(lookups) - 1}{_CLOSE}" + "\n" * found[1].count("\n")

    tokens = _parser().parse(LOOKUP.sub(stand_in, text), {"lookups": lookups})
    passage = Passage(tokens, file, first_line)
    _number_lines(passage)
    for token in expand(tokens):
        token.content = _restored(token.content, lookups)
    return passage


def options() -> OptionsDict:
    """The options that tokens are rendered with."""
    return _parser().options


def expand(tokens: Sequence[Token]) -> Iterator[Token]:
    """All tokens, blocks and what is in them, in reading order."""
    for token in tokens:
        yield token
        yield from expand(token.children or [])


def groups(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The blocks at the top level, each with all that is in it."""
    group: list[Token] = []
    depth = 0
    for token in tokens:
        group.append(token)
        depth += token.nesting
        if depth == 0:
            yield group
            group = []


def _restored(content: str, lookups: Sequence[str]) -> str:
    """Content in which stand-ins are lookups again: code, formulas and figures see the source."""
    return _STAND_IN.sub(lambda found: "{{" + lookups[int(found[1])] + "}}", content)


def _number_lines(passage: Passage) -> None:
    """Give each inline token its line: its block's first, and one more after each line break."""
    for block in passage.tokens:
        if block.type == "inline" and block.map is not None:
            _number_children(block.children or [], passage.first_line + block.map[0])


def _number_children(children: Sequence[Token], line: int) -> int:
    for child in children:
        child.meta["line"] = line
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.children:
            line = _number_children(child.children, line)
        elif child.type != "lookup":  # its line breaks stand after it
            line += child.content.count("\n")
    return line


# -- the parser --------------------------------------------------------------------------------


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": True})
    parser.enable(["table", "replacements", "smartquotes"])
    parser.disable(["html_block", "html_inline", "lheading"])
    footnote_plugin(parser, inline=False, move_to_end=False, always_match_refs=True)
    dollarmath_plugin(parser, allow_space=False, allow_digits=False, allow_blank_lines=False)
    for name in CONTAINERS:
        container_plugin(parser, name)
    attrs_plugin(parser, spans=True, allowed=_ATTRIBUTES)
    attrs_block_plugin(parser, allowed=_ATTRIBUTES)
    parser.inline.ruler.before("link", "citation", _citation_rule)
    parser.inline.ruler.before("escape", "narrative", _narrative_rule)
    parser.inline.ruler.before("escape", "lookup", _lookup_rule)
    parser.inline.ruler.after("math_inline", "stray_dollar", _stray_dollar_rule)
    parser.inline.add_terminator_char("@")
    parser.inline.add_terminator_char(_OPEN)
    parser.core.ruler.before("inline", "heading_id", _heading_id_rule)
    return parser


def _lookup_rule(state: StateInline, silent: bool) -> bool:
    """A stand-in becomes a token `lookup` that holds the expression."""
    found = _STAND_IN.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("lookup", "", 0).content = state.env["lookups"][int(found[1])].strip()
    state.pos = found.end()
    return True


def _stray_dollar_rule(state: StateInline, silent: bool) -> bool:
    """A dollar that no formula begins or ends with, and that is not escaped."""
    if state.src[state.pos] != "$":
        return False
    if not silent:
        state.push("stray_dollar", "", 0)
    state.pos += 1
    return True


def _citation_rule(state: StateInline, silent: bool) -> bool:
    """`[@key; @other, page 3]` becomes a token `citation` with keys and places in `meta`.

    One that is not of this form has no works.
    """
    found = _CITATION.match(state.src, state.pos)
    if found is None or state.src[found.end() : found.end() + 1] in ("(", "["):
        return False
    if not silent:
        works = [_CITED.match(part) for part in found[1].split(";")]
        cited = [(work[1], work[2] or "") for work in works if work]
        _push_citation(state, cited if all(works) else [], narrative=False)
    state.pos = found.end()
    return True


def _narrative_rule(state: StateInline, silent: bool) -> bool:
    """`@key`, not within a word (an e-mail address), becomes a token `citation`."""
    found = _NARRATIVE.match(state.src, state.pos)
    if found is None or (state.pos and state.src[state.pos - 1].isalnum()):
        return False
    if not silent:
        _push_citation(state, [(found[1], "")], narrative=True)
    state.pos = found.end()
    return True


def _push_citation(state: StateInline, works: list[tuple[str, str]], narrative: bool) -> None:
    token = state.push("citation", "", 0)
    token.meta.update(works=works, narrative=narrative)


def _heading_id_rule(state: StateCore) -> None:
    """`## Title {#id}`: the id goes to the heading."""
    for heading, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if heading.type == "heading_open" and (found := _HEADING_ID.search(inline.content)):
            heading.attrSet("id", found[1])
            inline.content = inline.content[: found.start()]


def attributes(token: Token) -> dict[str, Any]:
    """The attributes that the author gave a token; refuses those that are not known."""
    refused = token.meta.get("insecure_attrs", {})
    if refused:
        raise ArticleError(
            f"attribute {next(iter(refused))!r} cannot be given; known: {', '.join(_ATTRIBUTES)}"
        )
    return dict(token.attrs)

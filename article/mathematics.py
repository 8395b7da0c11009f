"""TeX to MathML at build time, refusing what the converter would let through in silence.

latex2mathml writes an unknown macro into the page as text, closes open groups by itself, and leaves
out a missing argument; a reader would see a backslash, or a formula that is not the one meant.
"""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree

from latex2mathml import commands, converter
from markdown_it.common.utils import escapeHtml

from article.errors import ArticleError

_BRACE: Final = re.compile(r"\\.|[{}]", re.DOTALL)
_ENVIRONMENT: Final = re.compile(r"\\(begin|end)\s*\{([^}]*)\}")
_MACRO: Final = re.compile(r"\\([A-Za-z]+)")
_PIECE: Final = re.compile(r"(\\[A-Za-z]+|\\.|[{}])", re.DOTALL)
_DEPTH: Final = (
    {"{": 1, "}": -1}
    | {rf"\{n}": 1 for n in ("begin", "left")}
    | {rf"\{n}": -1 for n in ("end", "right")}
)

ENVIRONMENTS: Final = frozenset(
    f"{name}{star}"
    for name in ("matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "align")
    for star in ("", "*")
) | {"array", "cases", "split", "smallmatrix"}
"""Environments that the converter knows; any other it would print by name."""

REFUSED: Final = frozenset(
    {"href", "class", "style", "unicode", "verb"}
    | {"newcommand", "newenvironment", "def", "DeclareMathOperator"}
)
"""Macros that reach outside of the formula, or that would change formulas after it."""

_OPERANDS: Final = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "msubsup": 3,
    "munderover": 3,
}
_FENCES: Final = ("&#x027E8;", "&#x027E9;", "&#x0230A;", "&#x0230B;", "&#x02308;", "&#x02309;")
"""Angle brackets, floor and ceiling: delimiters, which the converter takes for identifiers."""

_BARS: Final = ("&#x0007C;", "&#x02016;")
"""What \\lvert and \\lVert become: bars that browsers would stretch to the height of the line."""


def parts_of(tex: str) -> list[str]:
    r"""A formula divided at the wide gaps (`\qquad`) that are not within a group of it."""
    parts, depth = [""], 0
    for piece in _PIECE.split(tex):
        if piece == r"\qquad" and depth == 0:
            parts.append("")
            continue
        depth += _DEPTH.get(piece, 0)
        parts[-1] += piece
    return parts


def to_mathml(tex: str, display: bool) -> str:
    """A formula as a `<math>` element, set inline or on a line of its own; its TeX is `alttext`.

    Raises `ArticleError` for an unknown macro or environment, a missing argument, markup, and for a
    group, an environment or a delimiter that is not closed.
    """
    try:
        _check_macros(tex)
        _check_groups(tex)
        _check_environments(tex)
        element = _convert(tex, display)
        _check_elements(element)
    except ArticleError as error:
        raise ArticleError(f"{error.message} in the formula {tex.strip()!r}") from None
    for fence in _FENCES:
        element = element.replace(f"<mi>{fence}</mi>", f'<mo stretchy="false">{fence}</mo>')
    for bar in _BARS:
        element = _with_bars(element, bar)
    said = f' alttext="{escapeHtml(tex.strip())}"'
    return element.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', said)


def _with_bars(element: str, bar: str) -> str:
    """Bars that open and close in turn, and that do not grow with what stands beside them."""
    first, *parts = element.split(f"<mo>{bar}</mo>")
    for position, part in enumerate(parts):
        form = ("prefix", "postfix")[position % 2] if len(parts) % 2 == 0 else "infix"
        first += f'<mo stretchy="false" form="{form}">{bar}</mo>{part}'
    return first


def _check_macros(tex: str) -> None:
    fonts = {*commands.LOCAL_FONTS, *commands.MATH_NON_FONT_COMMANDS, *commands.CONVERSION_MAP}
    for name in _MACRO.findall(tex):
        if name in REFUSED:
            raise ArticleError(f"\\{name} is not allowed")
        if name.startswith("math") and f"\\{name}" not in fonts:
            raise ArticleError(f"unknown macro \\{name}")


def _check_groups(tex: str) -> None:
    depth = 0
    for found in _BRACE.findall(tex):
        depth += {"{": 1, "}": -1}.get(found, 0)
        if depth < 0:
            raise ArticleError("a group is closed that was not opened")
    if depth:
        raise ArticleError("a group is not closed")


def _check_environments(tex: str) -> None:
    open_names: list[str] = []
    for side, name in _ENVIRONMENT.findall(tex):
        if name not in ENVIRONMENTS:
            raise ArticleError(f"unknown environment {name!r}")
        if side == "begin":
            open_names.append(name)
        elif not open_names or open_names.pop() != name:
            raise ArticleError(f"\\end{{{name}}} closes nothing")
    if open_names:
        raise ArticleError(f"environment {open_names[-1]!r} is not closed")


def _convert(tex: str, display: bool) -> str:
    try:
        return str(converter.convert(tex, display="block" if display else "inline"))
    except Exception as error:  # the converter raises bare StopIteration, IndexError and its own
        raise ArticleError(_explain(error)) from None


def _explain(error: Exception) -> str:
    """The converter's exceptions say what is wrong in their names: DoubleSubscriptsError."""
    name = type(error).__name__
    if name in ("StopIteration", "IndexError", "NoAvailableTokensError", "TypeError"):
        return "an argument is missing"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removesuffix("Error")).lower()


def _check_elements(element: str) -> None:
    try:
        tree = ElementTree.fromstring(element)
    except ElementTree.ParseError:
        raise ArticleError("& outside of an environment, or < in text") from None
    for node in tree.iter():
        name = node.tag.rpartition("}")[2]
        if not name.startswith("m"):
            raise ArticleError(f"markup <{name}>")
        if len(node) != _OPERANDS.get(name, len(node)):
            raise ArticleError("an argument is missing")
        if unknown := _MACRO.match(node.text or ""):
            raise ArticleError(f"unknown macro {unknown[0]}")

"""TOML tables as typed dataclasses: unknown keys, wrong types and missing values are errors.

`tomllib` does not say where a value stands; `Table` does, so that every error names its line.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
import tomllib
import types
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import (
    Any,
    Final,
    Literal,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from article.errors import ArticleError
from article.problems import Problems

KeyPath: TypeAlias = tuple[str | int, ...]
T = TypeVar("T")

_HEADER: Final = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY: Final = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*[\w-]+)*)\s*=""")
_BELOW: Final = re.compile(r"""^\s*([\w-]+)\s*=\s*(?:'{3}|"{3})\s*$""", re.MULTILINE)
_TYPE_NAMES: Final = {
    str: "text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    datetime.date: "a date (2026-01-31)",
}


@dataclasses.dataclass(frozen=True)
class Table:
    """A parsed TOML document and the lines that its keys stand on."""

    values: Mapping[str, Any]
    file: Path
    first_line: int
    lines: Mapping[KeyPath, int]
    below: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str, file: Path, first_line: int = 1) -> Table:
        """Parse TOML that starts at `first_line` of `file`."""
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
            message = str(error)[: found.start()] if found else str(error)
            within = int(found[1]) if found and found[1] else max(len(text.splitlines()), 1)
            raise ArticleError(f"not TOML: {message}", file, first_line + within - 1) from None
        below = frozenset(_BELOW.findall(text))
        return cls(values, file, first_line, _lines_of_keys(text, first_line), below)

    @classmethod
    def read(cls, file: Path) -> Table:
        """Parse a file."""
        try:
            return cls.parse(file.read_text(encoding="utf-8"), file)
        except FileNotFoundError:
            raise ArticleError("missing", file) from None
        except UnicodeDecodeError:
            raise ArticleError("not UTF-8 text", file) from None

    def line_of(self, *path: str | int) -> int:
        """The line of a key, or of the closest key above it that has one."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return self.first_line

    def text_line(self, key: str) -> int:
        """The line that a top key's text begins on: the next where quotes end the key's."""
        return self.line_of(key) + (key in self.below)

    def error(self, message: str, *path: str | int) -> ArticleError:
        """An error at a key."""
        return ArticleError(message, self.file, self.line_of(*path))

    def to(self, kind: type[T], *path: str | int) -> T:
        """The table at `path` as a dataclass; raises all that is wrong with it at once."""
        problems = Problems()
        result = self.convert(kind, problems, *path)
        problems.stop_if_any()
        assert result is not None
        return result

    def convert(self, kind: type[T], problems: Problems, *path: str | int) -> T | None:
        """The table at `path` as a dataclass; what is wrong is noted, and keys not known left out.

        Nothing when a value that the dataclass needs is missing or of another type.
        """
        value: Any = self.values
        for step in path:
            value = value[step]
        result = _convert(self, kind, value, path, problems)
        return result if isinstance(result, kind) else None

    def only(self, *keys: str) -> Table:
        """The same table with only these of its top keys."""
        values = {key: value for key, value in self.values.items() if key in keys}
        return dataclasses.replace(self, values=values)

    def without(self, *keys: str) -> Table:
        """The same table without these of its top keys."""
        return self.only(*(self.values.keys() - set(keys)))


def suggestion(name: str, known: Mapping[str, Any] | list[str] | tuple[str, ...]) -> str:
    """`; did you mean 'x'?` where a known name is close, else the list of what there is."""
    close = get_close_matches(name, list(known), n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; there are: {', '.join(known)}" if known else "; there are none"


def _lines_of_keys(text: str, first_line: int) -> dict[KeyPath, int]:
    lines: dict[KeyPath, int] = {}
    prefix: KeyPath = ()
    quote: str | None = None
    for number, line in enumerate(text.splitlines(), first_line):
        if quote is None:
            if header := _HEADER.match(line):
                prefix = _opened(header[1], _split_key(header[2]), lines)
                lines.setdefault(prefix, number)
            elif key := _KEY.match(line):
                lines.setdefault((*prefix, *_split_key(key[1])), number)
        quote = _open_quote(line, quote)
    return lines


def _opened(bracket: str, key: KeyPath, lines: Mapping[KeyPath, int]) -> KeyPath:
    """The prefix below a header: `[[authors]]` counts its tables, and `[authors.x]` their last."""
    if bracket == "[[":
        index = 0
        while (*key, index) in lines:
            index += 1
        return (*key, index)
    return key


def _split_key(key: str) -> KeyPath:
    return tuple(part.strip().strip("\"'") for part in re.split(r"\s*\.\s*", key.strip()))


def _open_quote(line: str, quote: str | None) -> str | None:
    """The triple quote that is open at the end of a line."""
    for found in re.findall(r"'''|\"\"\"", line):
        if quote is None:
            quote = found
        elif quote == found:
            quote = None
    return quote


_UNFIT: Final = object()
"""Stands for a value that could not be converted; what is wrong with it has been noted."""


def _convert(table: Table, kind: Any, value: Any, path: KeyPath, problems: Problems) -> Any:
    """`value` as `kind`, or `_UNFIT`."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _to_dataclass(table, kind, value, path, problems)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        required = next(a for a in arguments if a is not type(None))
        return _convert(table, required, value, path, problems)
    if origin is Literal:
        return _to_choice(table, arguments, value, path, problems)
    if origin is tuple:
        return _to_tuple(table, arguments[0], value, path, problems)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        return _unfit(table, f"{_name(path)} must be {_TYPE_NAMES[kind]}", path, problems)
    return value


def _unfit(table: Table, message: str, path: KeyPath, problems: Problems) -> object:
    problems.errors.append(table.error(message, *path))
    return _UNFIT


def _to_dataclass(table: Table, kind: Any, value: Any, path: KeyPath, problems: Problems) -> Any:
    if not isinstance(value, dict):
        return _unfit(table, f"{_name(path)} must be a table", path, problems)
    hints = get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for key in sorted(value.keys() - fields.keys()):
        _unfit(table, f"unknown key {key!r}{suggestion(key, list(fields))}", (*path, key), problems)
    found: dict[str, Any] = {}
    for name, field in fields.items():
        if name in value:
            found[name] = _convert(table, hints[name], value[name], (*path, name), problems)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            found[name] = _unfit(table, f"{name!r} is missing", path, problems)
    return _UNFIT if any(item is _UNFIT for item in found.values()) else kind(**found)


def _to_choice(
    table: Table, choices: tuple[str, ...], value: Any, path: KeyPath, problems: Problems
) -> Any:
    if value in choices:
        return value
    message = f"{_name(path)} is {value!r}; it must be one of: {', '.join(choices)}"
    return _unfit(table, message, path, problems)


def _to_tuple(table: Table, kind: Any, value: Any, path: KeyPath, problems: Problems) -> Any:
    if not isinstance(value, list):
        return _unfit(table, f"{_name(path)} must be a list", path, problems)
    entries = [
        _convert(table, kind, entry, (*path, index), problems) for index, entry in enumerate(value)
    ]
    return _UNFIT if any(entry is _UNFIT for entry in entries) else tuple(entries)


def _name(path: KeyPath) -> str:
    return repr(".".join(str(step) for step in path))

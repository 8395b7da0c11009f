"""A TOML table, read key by key, so that every error names file and key."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from article.errors import ArticleError

_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_REQUIRED: Final = object()

Value = TypeVar("Value")


class StudyError(ArticleError):
    """A study file that is missing or asks for something impossible; names file and key."""


class Reader:
    """One table of a TOML file, read key by key, so that errors name the key."""

    def __init__(self, file: Path, name: str, content: dict[str, Any]) -> None:
        """Read `content`, the table `name` of `file`."""
        self.file, self.name = file, name
        self._left = dict(content)

    def error(self, key: str, message: str) -> StudyError:
        """An error about a key of this table."""
        place = f"[{self.name}] {key}" if self.name else key
        return StudyError(f"{place}: {message}", self.file)

    def finish(self) -> None:
        """Raise if a key was not read: nothing in a study file is without effect."""
        for key in self._left:
            raise self.error(key, "unknown key")

    def has(self, key: str) -> bool:
        """Whether a key is given, and was not read before."""
        return key in self._left

    def rest(self) -> dict[str, Any]:
        """All keys that were not read, as they are: for somebody else to check."""
        left, self._left = self._left, {}
        return left

    def text(self, key: str, default: Any = _REQUIRED, among: Sequence[str] = ()) -> str:
        """A text that is not empty; one of `among` where given."""
        value = self._take(key, default)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, f"expected a text, not {value!r}")
        self._check_among(key, value, among)
        return value

    def texts(
        self, key: str, default: Any, among: Sequence[str], least: int = 1
    ) -> tuple[str, ...]:
        """A list of `least` different texts or more, out of `among` where that names any."""
        values = self._list(key, default, "texts", lambda value: isinstance(value, str), least)
        for value in values:
            self._check_among(key, value, among)
        if len(set(values)) < len(values):
            raise self.error(key, "lists something twice")
        return values

    def whole(self, key: str, default: Any = _REQUIRED, least: int = 0) -> int:
        """A whole number of at least `least`."""
        value = self._take(key, default)
        if not _is_whole(value) or value < least:
            raise self.error(key, f"expected a whole number, {least} or more, not {value!r}")
        return int(value)

    def wholes(self, key: str, default: Any, least: int = 0) -> tuple[int, ...]:
        """A list of whole numbers of at least `least`, rising."""
        numbers = f"whole numbers, {least} or more"
        values = self._list(key, default, numbers, lambda v: _is_whole(v) and v >= least)
        return self._rising(key, values)

    def number(self, key: str, default: Any = _REQUIRED, above: float | None = None) -> float:
        """A number, more than `above` where given."""
        value = self._take(key, default)
        if not _is_number(value) or (above is not None and value <= above):
            wanted = "a number" if above is None else f"a number above {above:g}"
            raise self.error(key, f"expected {wanted}, not {value!r}")
        return float(value)

    def numbers(self, key: str, default: Any) -> tuple[float, ...]:
        """A list of numbers, rising."""
        values = self._list(key, default, "numbers", _is_number)
        return self._rising(key, tuple(float(value) for value in values))

    def pairs(self, key: str, default: Any, among: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """A list of pairs of texts out of `among`."""
        wanted = f"pairs of {' and '.join(among)}"
        values = self._list(
            key,
            default,
            wanted,
            lambda v: isinstance(v, list | tuple) and len(v) == 2 and all(m in among for m in v),
        )
        return tuple((first, second) for first, second in values)

    def path(self, key: str) -> Path:
        """A path, relative to the study file."""
        return (self.file.parent / self.text(key)).resolve()

    def table(self, key: str) -> Reader:
        """A table, empty where it is left out."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            raise self.error(key, "expected a table")
        return Reader(self.file, f"{self.name}.{key}" if self.name else key, value)

    def tables(self, key: str) -> list[tuple[str, Reader]]:
        """The tables in a table, by name; one at least."""
        outer = self.table(key)
        names = list(outer._left)
        if not names:
            raise self.error(key, f"expected at least one table [{key}.NAME]")
        for name in names:
            if not _ID.fullmatch(name):
                raise outer.error(name, "a name has lower-case letters, digits and hyphens only")
        return [(name, outer.table(name)) for name in names]

    def _take(self, key: str, default: Any) -> Any:
        value = self._left.pop(key, default)
        if value is _REQUIRED:
            raise self.error(key, "missing")
        return value

    def _list(
        self, key: str, default: Any, wanted: str, fits: Callable[[Any], bool], least: int = 1
    ) -> tuple[Any, ...]:
        values = self._take(key, default)
        listed = isinstance(values, list | tuple) and len(values) >= least
        if not listed or not all(map(fits, values)):
            raise self.error(key, f"expected a list of {wanted}, not {values!r}")
        return tuple(values)

    def _rising(self, key: str, values: tuple[Value, ...]) -> tuple[Value, ...]:
        if list(values) != sorted(set(values)):  # type: ignore[type-var]
            raise self.error(key, f"expected different numbers in rising order, not {list(values)}")
        return values

    def _check_among(self, key: str, value: str, among: Sequence[str]) -> None:
        if among and value not in among:
            raise self.error(key, f"{value!r} is not one of: {', '.join(among)}")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return _is_whole(value) or (isinstance(value, float) and abs(value) < float("inf"))

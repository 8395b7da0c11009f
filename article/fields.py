"""Fields of parsed JSON, read one by one, so that an error names the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from article.errors import ArtifactError

T = TypeVar("T")

_NAMES: Final[Mapping[type, str]] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "an object",
}


class Fields:
    """One object of a JSON document; `name` says where in the document it stands."""

    def __init__(self, value: Any, name: str = "") -> None:
        """Refuse what is no object."""
        self.name = name
        self.values: dict[str, Any] = _checked(value, dict, name or "document")

    def place(self, key: str) -> str:
        """Where in the document a field of this object stands."""
        return f"{self.name}.{key}" if self.name else key

    def value(self, key: str) -> Any:
        """A field of any type, which must be there."""
        if key not in self.values:
            raise ArtifactError(f"{self.place(key)}: missing")
        return self.values[key]

    def optional(self, key: str) -> Any:
        """A field of any type, None where it is missing or null."""
        return self.values.get(key)

    def text(self, key: str) -> str:
        """A text."""
        return _checked(self.value(key), str, self.place(key))

    def whole(self, key: str) -> int:
        """A whole number."""
        return _checked(self.value(key), int, self.place(key))

    def number(self, key: str) -> float:
        """A number, whole or not."""
        return _checked(self.value(key), float, self.place(key))

    def object(self, key: str) -> Fields:
        """An object, to be read field by field."""
        return Fields(self.value(key), self.place(key))

    def mapping(self, key: str) -> dict[str, Any]:
        """An object of any content."""
        return _checked(self.value(key), dict, self.place(key))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        return self._entries(key, str)

    def wholes(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        return self._entries(key, int)

    def numbers(self, key: str) -> tuple[float, ...]:
        """A list of numbers."""
        return self._entries(key, float)

    def objects(self, key: str) -> tuple[Fields, ...]:
        """A list of objects."""
        entries = self._entries(key, dict)
        return tuple(Fields(entry, f"{self.place(key)}[{n}]") for n, entry in enumerate(entries))

    def lists(self, key: str) -> tuple[list[Any], ...]:
        """A list of lists of anything."""
        return self._entries(key, list)

    def fixed(self, key: str, entries: tuple[T, ...], count: int) -> tuple[T, ...]:
        """The entries of a list, if there are as many of them as there must be."""
        if len(entries) != count:
            raise ArtifactError(f"{self.place(key)}: {len(entries)} entries, expected {count}")
        return entries

    def _entries(self, key: str, kind: type[T]) -> tuple[T, ...]:
        entries: list[Any] = _checked(self.value(key), list, self.place(key))
        return tuple(
            _checked(entry, kind, f"{self.place(key)}[{n}]") for n, entry in enumerate(entries)
        )


def _checked(value: Any, kind: type[T], name: str) -> T:
    accepted = (int, float) if kind is float else (kind,)
    if type(value) not in accepted:  # by type: True is an int too
        raise ArtifactError(f"{name}: expected {_NAMES[kind]}")
    checked: T = value
    return checked

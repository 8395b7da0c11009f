"""Numbers in the text: looked up in the data or among the cited figures, never typed.

An author writes `{{ measure('gap_distance', 'heldout', 'clip-cnn') | fixed(2) }}`; the expression
is Jinja's, evaluated in a sandbox that knows only the lookups and filters of this module.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeVar

from jinja2 import StrictUndefined, TemplateError, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from article.artifacts import Cell, Items, Landscape, Manifest
from article.artifacts import Table as Figures
from article.bibliography import Bibliography
from article.errors import ArticleError
from article.marked import neighbour_ranks, paired_ranks, split_by_words
from article.published import Published
from article.study import SpaceStates
from article.tables import suggestion

T = TypeVar("T")

_MINUS: Final = "−"
_NARROW_SPACE: Final = "\u202f"
_MISTAKES: Final = (TypeError, ValueError, ZeroDivisionError, LookupError, AttributeError)
"""What evaluating an expression that parses can still raise: `1 / 0`, a missing argument."""
_WORDS: Final = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


class Data(Protocol):
    """The data that numbers are looked up in, beside the manifest."""

    def landscape(self, dataset: str, model: str) -> Landscape:
        """The loss along the gap."""

    def table(self, name: str) -> Figures:
        """Figures in rows."""

    def items(self, dataset: str) -> Items:
        """What the rows of a data set are."""

    def space(self, dataset: str, model: str) -> SpaceStates:
        """A data set as a model sees it."""


class Quantities:
    """Evaluates the expressions between `{{` and `}}`."""

    def __init__(
        self,
        manifest: Manifest,
        published: Published,
        bibliography: Bibliography,
        data: Data,
        lookups: Mapping[str, Callable[..., Any]] = MappingProxyType({}),
    ):
        self._manifest = manifest
        self._data = data
        self._published = published
        self._bibliography = bibliography
        self._environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
        self._environment.globals.clear()
        self._environment.globals.update(
            measure=manifest.measure,
            lowest=self._lowest,
            cell=self._cell,
            paired_ranks=self._paired_ranks,
            neighbour_ranks=self._neighbour_ranks,
            split=self._split,
            count=self._count,
            setting=self._setting,
            model=self._model,
            models=lambda: list(manifest.models),
            dataset=self._dataset,
            published=self._cited,
            **lookups,
        )
        self._environment.filters.update(
            fixed=fixed, percent=percent, grouped=grouped, signed=signed, words=words
        )

    def evaluate(self, expression: str) -> str:
        """The text that an expression stands for; `ArticleError` says why it stands for none."""
        return self._explained(expression, lambda: _as_text(self._value(expression)))

    def check(self, claim: str) -> None:
        """Raise `ArticleError` unless a claim such as `measure(…) < measure(…)` is true."""
        held = self._explained(claim, lambda: self._value(claim))
        if held is not True:
            what = "does not hold" if held is False else "is neither true nor false"
            raise ArticleError(f"the claim {claim!r} {what}")

    def _value(self, expression: str) -> Any:
        return self._environment.compile_expression(expression, undefined_to_none=False)()

    def _explained(self, expression: str, work: Callable[[], T]) -> T:
        try:
            return work()
        except ArticleError as error:
            raise ArticleError(f"{{{{ {expression} }}}}: {error.message}") from None
        except (TemplateError, *_MISTAKES) as error:
            raise ArticleError(f"{{{{ {expression} }}}}: {error}") from None

    def _lowest(self, dataset: str, model: str) -> Mapping[str, float]:
        """Where the loss of a landscape is least: `lowest('heldout', 'clip-cnn').distance`."""
        distance, loss = self._data.landscape(dataset, model).lowest()
        return {"distance": distance, "loss": loss}

    def _cell(self, table: str, column: str, **keys: Cell) -> Cell:
        """A figure of the row with these cells: `cell('zoo', 'gap', model='clip')`."""
        figures = self._data.table(table)
        columns = {key: figures.column(key) for key in keys}
        rows = [
            row
            for row in range(len(figures.rows))
            if all(columns[key][row] == wanted for key, wanted in keys.items())
        ]
        if len(rows) != 1:
            sought = ", ".join(f"{key} {wanted!r}" for key, wanted in keys.items())
            found = "no row" if not rows else f"{len(rows)} rows"
            raise ArticleError(f"table {table!r} has {found} with {sought}")
        return figures.column(column)[rows[0]]

    def _paired_ranks(self, dataset: str, model: str, mark: str) -> list[int]:
        """Ranks of marked pairs by the cosine of their items, the smallest cosine first."""
        items = self._data.items(dataset)
        return paired_ranks(self._data.space(dataset, model).space, items, mark)

    def _neighbour_ranks(self, dataset: str, model: str, mark: str) -> list[int]:
        """Ranks of marked items by the cosine to their nearest neighbour, the largest first."""
        items = self._data.items(dataset)
        return neighbour_ranks(self._data.space(dataset, model).space, items, mark)

    def _split(self, dataset: str, model: str, modality: str, words: str) -> Mapping[str, float]:
        """Mean cosines by words: `split('dog', 'clip', 'image', 'hot dog').within`."""
        items = self._data.items(dataset)
        return split_by_words(self._data.space(dataset, model).space, items, modality, words)

    def _count(self, dataset: str) -> int:
        return int(self._dataset(dataset)["count"])

    def _dataset(self, dataset: str) -> Mapping[str, Any]:
        if dataset not in self._manifest.datasets:
            known = suggestion(dataset, self._manifest.datasets)
            raise ArticleError(f"unknown data set {dataset!r}{known}")
        return self._manifest.datasets[dataset]

    def _model(self, model: str) -> Mapping[str, Any]:
        if model not in self._manifest.models:
            known = suggestion(model, self._manifest.models)
            raise ArticleError(f"unknown model {model!r}{known}")
        return self._manifest.models[model]

    def _setting(self, path: str) -> Any:
        """A setting of the study; a dot leads into a table: `setting('clusters.count')`."""
        value: Any = self._manifest.settings
        for step in path.split("."):
            if not isinstance(value, Mapping) or step not in value:
                known = suggestion(step, value) if isinstance(value, Mapping) else ""
                raise ArticleError(f"unknown setting {path!r}{known}")
            value = value[step]
        return value

    def _cited(self, name: str, figure: str) -> float:
        """A published figure; its source is thereby cited."""
        value, source = self._published.find(name, figure)
        self._bibliography.cite(source)
        return value


def fixed(value: float, digits: int = 2) -> str:
    """`0.82`: so many digits after the point, with a true minus sign."""
    return _typeset(f"{_finite(value):.{digits}f}")


def signed(value: float, digits: int = 2) -> str:
    """`+0.12`: a difference."""
    return _typeset(f"{_finite(value):+.{digits}f}")


def percent(value: float, digits: int = 0) -> str:
    """`42 %` of a share between 0 and 1."""
    return _typeset(f"{100 * _finite(value):.{digits}f}{_NARROW_SPACE}%")


def grouped(value: float) -> str:
    """`5,000`: a whole number with its thousands apart."""
    return _typeset(f"{round(_finite(value)):,}")


def words(value: int) -> str:
    """`three`; numbers above twelve stay in figures."""
    return _WORDS[value] if 0 <= value < len(_WORDS) else grouped(value)


def _finite(value: float) -> float:
    _require(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ArticleError(f"{value!r} is not a finite number")
    return value


def _require(value: object) -> None:
    """Raise what a strict environment says of a name that is not defined."""
    if isinstance(value, Undefined):
        str(value)


def _typeset(number: str) -> str:
    """A true minus sign, and none before a zero that was rounded to."""
    if number.startswith("-") and not number.strip("-0.,%" + _NARROW_SPACE):
        number = number[1:]
    return number.replace("-", _MINUS)


def _as_text(value: Any) -> str:
    _require(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ArticleError(f"{value!r} is neither a number nor text")
    if isinstance(value, str):
        return value
    if not float(value).is_integer():
        raise ArticleError(f"{value!r} needs a filter: fixed(2), percent, signed(2), grouped")
    return grouped(value)

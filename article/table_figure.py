"""Tables as figures: chosen columns of a table of the data, to be sorted by any of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, TypeAlias, get_args

from markupsafe import Markup

from article import artifacts
from article.artifacts import Cell
from article.chart import Name, table_download
from article.chart_series import Rows, cell_text
from article.downloads import Download, named
from article.errors import ArticleError
from article.pictures import View
from article.plots import readable
from article.problems import Problems
from article.states import known_value
from article.study import Study
from article.tables import Table
from article.uses import Use

Order: TypeAlias = Literal["ascending", "descending"]

GIVEN: Final = "given"
"""What the state calls the order that the rows have in the data."""

_NONE: Final = "–"


@dataclass(frozen=True)
class ShownColumn:
    """A column by name: its heading if not its own, its decimals, which of its values is best."""

    name: str
    title: str = ""
    decimals: int | None = None
    best: Literal["", "high", "low"] = ""


@dataclass(frozen=True)
class TableState:
    """Which column the rows are sorted by, and which way."""

    sort: str = GIVEN
    order: Order = "ascending"


@dataclass(frozen=True)
class TableFigure:
    """Parameters of a table; the first column names the rows."""

    table: str
    columns: tuple[ShownColumn, ...] = ()
    only: Rows | None = None
    names: tuple[Name, ...] = ()
    state: TableState = TableState()

    def resolve(self, table: Table, study: Study, problems: Problems) -> TableFigure:
        """Fill in the columns, and check all of it against the table."""
        with problems.noted(table.file, table.line_of("table")):
            found = study.table(self.table)
            every = tuple(ShownColumn(column.name) for column in found.columns)
            resolved = replace(self, columns=self.columns or every)
            resolved._check(found, table, problems)
            return resolved
        return self

    def _check(self, found: artifacts.Table, table: Table, problems: Problems) -> None:
        for index, column in enumerate(self.columns):
            with problems.noted(table.file, table.line_of("columns", index)):
                cells = found.column(column.name)
                if column.best and not any(isinstance(cell, float | int) for cell in cells):
                    raise ArticleError(f"column {column.name!r} has no numbers, so none is best")
        with problems.noted(table.file, table.line_of("only")):
            if not self._rows(found):
                raise ArticleError("no row is left")
        with problems.noted(table.file, table.line_of("state")):
            self._known("sort", self.state.sort)

    def change(self, key: str, value: str, study: Study) -> str:
        """A change of the state, as the address of the page writes it."""
        return self._known(key, value)

    def _known(self, key: str, value: str) -> str:
        known: Mapping[str, Sequence[str]] = {
            "sort": (GIVEN, *(column.name for column in self.columns)),
            "order": get_args(Order),
        }
        return known_value(key, value, known)

    def config(self, study: Study) -> dict[str, Any]:
        """What the browser must know: the columns, and which way each is sorted first."""
        first = {"high": "descending"}
        columns = [
            {"name": column.name, "first": first.get(column.best, "ascending")}
            for column in self.columns
        ]
        return {"columns": columns, "state": asdict(self.state)}

    def draw(self, study: Study) -> list[View]:
        """The table itself."""
        found = study.table(self.table)
        head = Markup("").join(self._headings(found))
        rows = Markup("").join(self._row(row, found, study) for row in self._sorted(found))
        html = Markup(
            '<div class="table" role="region" tabindex="0" aria-label="{}"><table><thead><tr>{}'
            "</tr></thead><tbody>{}</tbody></table></div>{}"
        ).format(found.title, head, rows, self._notes())
        return [View(kind="table", html=html)]

    def downloads(self, study: Study) -> list[Download]:
        """The whole table."""
        return [table_download(self.table, study)]

    def uses(self, study: Study) -> Sequence[Use]:
        """Nothing: the table is in the page."""
        return ()

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """One view; its headings are the controls."""
        return {"views": ("table",), "controls": ()}

    # -- rows ----------------------------------------------------------------------------------

    def _rows(self, found: artifacts.Table) -> list[int]:
        every = range(len(found.rows))
        if self.only is None:
            return list(every)
        cells = found.column(self.only.column)
        return [row for row in every if cell_text(cells[row]) in self.only.values]

    def _sorted(self, found: artifacts.Table) -> list[int]:
        """The rows in the first state; those without a value come last."""
        rows = self._rows(found)
        if self.state.sort == GIVEN:
            return rows
        cells = found.column(self.state.sort)
        valued = [row for row in rows if cells[row] is not None]
        falling = self.state.order == "descending"
        valued.sort(key=lambda row: _sort_key(cells[row]), reverse=falling)
        return valued + [row for row in rows if cells[row] is None]

    # -- markup --------------------------------------------------------------------------------

    def _headings(self, found: artifacts.Table) -> Iterator[Markup]:
        titles = {column.name: named(column) for column in found.columns}
        for column in self.columns:
            sorted_by = Markup(' aria-sort="{}"').format(self.state.order)
            yield Markup(
                '<th scope="col" class="{}"{}><span class="sort-title">{}</span>'
                '<span class="sort-sign" aria-hidden="true"></span></th>'
            ).format(
                _alignment(found.column(column.name)),
                sorted_by if column.name == self.state.sort else "",
                column.title or titles[column.name],
            )

    def _row(self, row: int, found: artifacts.Table, study: Study) -> Markup:
        cells = Markup("").join(
            self._cell(column, index, row, found, study)
            for index, column in enumerate(self.columns)
        )
        return Markup('<tr data-row="{}">{}</tr>').format(row, cells)

    def _cell(
        self, column: ShownColumn, index: int, row: int, found: artifacts.Table, study: Study
    ) -> Markup:
        """A cell; what it is sorted by is written beside what is read."""
        cells = found.column(column.name)
        tag, scope = ("th", Markup(' scope="row"')) if index == 0 else ("td", "")
        value = cells[row]
        text = self._text(column, value, study)
        content: Markup | str = text
        if column.best and value == self._best(column, found):
            content = Markup('<strong>{}</strong><span class="unseen"> (best)</span>').format(text)
        written = "" if value is None else Markup(' data-value="{}"').format(value)
        return Markup('<{0}{1} class="{2}"{3}>{4}</{0}>').format(
            tag, scope, _alignment(cells), written, content
        )

    def _text(self, column: ShownColumn, value: Cell, study: Study) -> str:
        if value is None:
            return _NONE
        if isinstance(value, str):
            given = {name.value: name.title for name in self.names}
            model = study.manifest.models.get(value, {}).get("short", value)
            return given.get(value, str(model))
        if column.decimals is None:
            return readable(float(value))
        return f"{value:,.{column.decimals}f}".replace("-", "−")

    def _best(self, column: ShownColumn, found: artifacts.Table) -> float:
        """The best value among the rows shown."""
        cells = found.column(column.name)
        numbers = [cell for row in self._rows(found) if isinstance(cell := cells[row], float | int)]
        return max(numbers) if column.best == "high" else min(numbers)

    def _notes(self) -> Markup:
        """What bold numbers say, where there are some."""
        if not any(column.best for column in self.columns):
            return Markup("")
        return Markup('<p class="table-key">Bold: the best of a column.</p>')


def _alignment(cells: Sequence[Cell]) -> str:
    """The class of a column: numbers stand at the right."""
    return "words" if any(isinstance(cell, str) for cell in cells) else "numbers"


def _sort_key(cell: Cell) -> tuple[bool, float, str]:
    """Numbers before texts."""
    if isinstance(cell, str):
        return True, 0.0, cell.casefold()
    return False, float(cell or 0), ""

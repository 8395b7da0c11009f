"""Charts of tables: columns against a column, published figures beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from article.chart_series import Columns, Panel, PanelSeries, XScale
from article.downloads import Download, table_csv
from article.errors import ArticleError
from article.pictures import View
from article.plots import Axis, Look, Plot, data_table
from article.problems import Problems
from article.study import Study
from article.tables import Table
from article.uses import Use


@dataclass(frozen=True)
class Name:
    """What a value of the table is called."""

    value: str
    title: str


@dataclass(frozen=True)
class Chart:
    """Parameters of a chart.

    `series` is a column whose values part the rows into series of their own; models are named and
    coloured as everywhere.
    """

    table: str
    x: str
    panels: tuple[Panel, ...]
    look: Look = "lines"
    scale: XScale | None = None
    x_title: str = ""
    series: str = ""
    names: tuple[Name, ...] = ()

    def resolve(self, table: Table, study: Study, problems: Problems) -> Chart:
        """Check every column and figure that is named, panel by panel."""
        before = len(problems.errors)
        with problems.noted(table.file, table.line_of("table")):
            study.table(self.table)
        if len(problems.errors) == before:
            for key, column in (("x", self.x), ("series", self.series)):
                if column:
                    with problems.noted(table.file, table.line_of(key)):
                        study.table(self.table).column(column)
        if not self.panels:
            problems.errors.append(table.error("'panels' is empty", "panels"))
        if len(problems.errors) > before:
            return self
        resolved = replace(self, scale=self.scale or self._natural_scale(study))
        if self.look == "bars" and resolved.scale != "categories":
            message = "bars stand on categories; use points or lines"
            problems.errors.append(table.error(message, "look"))
        for index, panel in enumerate(self.panels):
            with problems.noted(table.file, table.line_of("panels", index)):
                replace(resolved, panels=(panel,)).plots(study)
        return resolved

    def _natural_scale(self, study: Study) -> XScale:
        cells = study.table(self.table).column(self.x)
        return "categories" if any(isinstance(cell, str) for cell in cells) else "linear"

    def change(self, key: str, value: str, study: Study) -> str:
        """Nothing of a chart changes."""
        raise ArticleError(f"unknown state {key!r}; a chart has none")

    def config(self, study: Study) -> dict[str, Any]:
        """What the browser must know: every point's place and values."""
        plots = self.plots(study)
        return {"state": {}, "x": plots[0].x.title, "panels": [plot.config() for plot in plots]}

    def draw(self, study: Study) -> list[View]:
        """The panels, and their values as a table."""
        plots = self.plots(study)
        return [*(plot.view(str(n)) for n, plot in enumerate(plots, 1)), data_table(plots)]

    def downloads(self, study: Study) -> list[Download]:
        """The table."""
        return [table_download(self.table, study)]

    def uses(self, study: Study) -> Sequence[Use]:
        """Nothing: the picture is the figure."""
        return ()

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """As many views as panels."""
        return {"views": ["chart"] * len(self.panels), "controls": ()}

    def plots(self, study: Study) -> list[Plot]:
        """The panels; those with numbers on the x axis share it."""
        columns = self._columns(study)
        panels = [PanelSeries(panel, columns, study.published) for panel in self.panels]
        title = self.x_title or columns.heading(self.x)
        if columns.scale == "categories":
            named = [[columns.names.get(one, one) for one in p.categories] for p in panels]
            axes = [Axis.of_categories(title, names) for names in named]
        else:
            places = [one.x for panel in panels for one in panel.series]
            axes = [Axis.of_values(title, np.concatenate(places), columns.scale)] * len(panels)
        return [panel.plot(axis) for panel, axis in zip(panels, axes, strict=True)]

    def _columns(self, study: Study) -> Columns:
        models = study.manifest.models
        return Columns(
            table=study.table(self.table),
            x=self.x,
            scale=self.scale or self._natural_scale(study),
            look=self.look,
            series=self.series,
            names={
                **{name: str(model["short"]) for name, model in models.items()},
                **{name.value: name.title for name in self.names},
            },
            colours={name: f"model-{index}" for index, name in enumerate(models)},
        )


def table_download(name: str, study: Study) -> Download:
    """A table as a file."""
    table = study.table(name)
    return Download(f"tables/{name}.csv", table.title.lower(), partial(table_csv, table))

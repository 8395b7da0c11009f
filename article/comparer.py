"""The comparer: models or states of one data set side by side, in one order and on one scale."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np
from PIL import Image

from article import geometry, pictures
from article.axes import PROJECTION_TITLES, modality_ticks, scatter_view
from article.colours import Colours, difference_scale, similarity_scale
from article.downloads import Download
from article.explorer import Explorer, Projection
from article.geometry import Floats
from article.pictures import Scale, View
from article.problems import Problems
from article.states import known_value, share_of
from article.study import SpaceStates, Study
from article.tables import Table
from article.uses import Use

ViewName: TypeAlias = Literal["heatmap", "scatter", "difference"]
Control: TypeAlias = Literal["dataset", "view", "shown", "share", "order", "projection", "reset"]

ALL: Final = "all"
"""Name of the choice that shows every panel."""

GIVEN: Final = "given"
_MOST_COLUMNS: Final = 4
_MOST_SHARP: Final = 2
"""More matrices than this are drawn with half as many cells a side, as they are small; so few
planes of points stand one below the other on narrow screens."""

_COLOURS_APART: Final = 4
"""Those have every fourth colour of the scale, steps too small to see in so small a cell."""

_COMPONENTS: Final = ("component 1", "component 2")
"""Titles of the axes of principal components, short enough for a narrow panel."""


@dataclass(frozen=True)
class Panel:
    """A model, with a share of its gap closed that stays, or the share that the figure shows."""

    model: str
    share: float | None = None
    title: str = ""

    @property
    def id(self) -> str:
        """What addresses call it: `clip-cnn`, or `clip-cnn-100` with 100 % of the gap closed."""
        return self.model if not self.share else f"{self.model}-{100 * self.share:.0f}"

    def titled(self, study: Study) -> Panel:
        """With a title that says its model, and its state where that is its own."""
        if self.title:
            return self
        short = study.manifest.models[self.model]["short"]
        return replace(self, title=f"{short}{self._state_in_words}")

    @property
    def _state_in_words(self) -> str:
        if not self.share:
            return ""
        return ", closed" if self.share == 1 else f", {100 * self.share:.0f} % closed"


@dataclass(frozen=True)
class ComparerState:
    """What a comparer shows: of which data, in which view, which panels, in which state.

    `by` is the model whose clusters `order` all panels, so that their rows stay comparable.
    """

    dataset: str = ""
    view: str = ""
    shown: str = ALL
    share: float = 0.0
    order: str = GIVEN
    by: str = ""
    projection: Projection = "pca"


@dataclass(frozen=True)
class Comparer:
    """Parameters of a comparer; `columns` is how many panels stand in a row where there is room."""

    datasets: tuple[str, ...]
    panels: tuple[Panel, ...]
    views: tuple[ViewName, ...] = ("heatmap",)
    columns: int = 0
    controls: tuple[Control, ...] = get_args(Control)
    state: ComparerState = ComparerState()

    def resolve(self, table: Table, study: Study, problems: Problems) -> Comparer:
        """Fill in titles, columns and the first state, and check all of it against the data."""
        before = len(problems.errors)
        for key in ("datasets", "panels", "views"):
            if not getattr(self, key):
                problems.errors.append(table.error(f"{key!r} is empty", key))
        self._check_panels(table, study, problems)
        if len(problems.errors) > before:
            return self
        resolved = replace(
            self,
            panels=tuple(panel.titled(study) for panel in self.panels),
            columns=self.columns or _columns(len(self.panels)),
            state=self._first_state(),
        )
        resolved = replace(resolved, controls=tuple(filter(resolved._has_choice, self.controls)))
        for key, value in asdict(resolved.state).items():
            with problems.noted(table.file, table.line_of("state", key)):
                resolved.change(key, str(value), study)
        return resolved

    def _check_panels(self, table: Table, study: Study, problems: Problems) -> None:
        """Note panels that are shown twice, or that a data set has no sound data for."""
        if not 0 <= self.columns <= _MOST_COLUMNS:
            message = f"'columns' is {self.columns}; there are at most {_MOST_COLUMNS}"
            problems.errors.append(table.error(message, "columns"))
        repeated = [name for name, times in Counter(p.id for p in self.panels).items() if times > 1]
        if repeated:
            problems.errors.append(table.error(f"panel {repeated[0]!r} is there twice", "panels"))
        for panel in self.panels:
            if panel.share is not None:
                with problems.noted(table.file, table.line_of("panels")):
                    share_of(str(panel.share))
        for index, dataset in enumerate(self.datasets):
            with problems.noted(table.file, table.line_of("datasets", index)):
                study.check_dataset(dataset)
                study.items(dataset)
                self._check_models(dataset, table, study, problems)

    def _check_models(self, dataset: str, table: Table, study: Study, problems: Problems) -> None:
        """Note models without a space of a data set, or with a gap that cannot be closed."""
        for model in self.models:
            with problems.noted(table.file, table.line_of("panels")):
                study.check_model(model)
                states = study.space(dataset, model)
                states.smallest_similarity()
                if "difference" in self.views:
                    geometry.in_modal_difference(states.closed, states.space.counts)

    def _first_state(self) -> ComparerState:
        state = self.state
        return replace(
            state,
            dataset=state.dataset or self.datasets[0],
            view=state.view or self.views[0],
            by=state.by or self.models[0],
        )

    def _has_choice(self, control: Control) -> bool:
        """Whether a control would leave the reader a choice."""
        choices: Mapping[str, bool] = {
            "dataset": len(self.datasets) > 1,
            "view": len(self.views) > 1,
            "shown": len(self.panels) > 1,
            "share": any(panel.share is None for panel in self.panels),
            "projection": "scatter" in self.views,
            "order": bool({"heatmap", "difference"} & set(self.views)),
        }
        return choices.get(control, True)

    @property
    def models(self) -> tuple[str, ...]:
        """The models of the panels, each once."""
        return tuple(dict.fromkeys(panel.model for panel in self.panels))

    def change(self, key: str, value: str, study: Study) -> str:
        """A change of the state, as the address of the page writes it."""
        known: Mapping[str, Sequence[str]] = {
            "dataset": self.datasets,
            "view": self.views,
            "shown": (ALL, *(panel.id for panel in self.panels)),
            "by": self.models,
            "projection": get_args(Projection),
        }
        if key == "share":
            return f"{share_of(value):g}"
        if key == "order":
            for space in self._spaces(study):
                space.clustering(value)
            return value
        checked = known_value(key, value, known, also=["share", "order"])
        if key == "projection" and value != "pca":
            for space in self._spaces(study):
                space.extent(value)
        return checked

    def _spaces(self, study: Study) -> list[SpaceStates]:
        """Every model's space of every data set."""
        return [study.space(dataset, model) for dataset in self.datasets for model in self.models]

    # -- what all panels have in common ----------------------------------------------------------

    def similarity_range(self, study: Study) -> tuple[float, float]:
        """The colour scale of the matrices, the same for all data sets, panels and shares."""
        explorers = (Explorer(dataset, self.models) for dataset in self.datasets)
        return min(explorer.similarity_range(study)[0] for explorer in explorers), 1.0

    def difference_range(self, study: Study) -> tuple[float, float]:
        """The colour scale of in-modal differences: as far below zero as above it."""
        largest = max(
            float(np.abs(geometry.in_modal_difference(matrix, space.space.counts)).max())
            for space in self._spaces(study)
            for matrix in (space.space.similarity, space.closed)
        )
        limit = math.ceil(round(largest * 10, 3)) / 10
        return -limit, limit

    def component_extent(self, study: Study, dataset: str) -> float:
        """Half the side of the plane of principal components, the same in all panels."""
        return max(study.space(dataset, model).extent("pca") for model in self.models)

    def config(self, study: Study) -> dict[str, Any]:
        """What the browser must know."""
        differences = "difference" in self.views
        return {
            "datasets": self.datasets,
            "panels": [asdict(panel) | {"id": panel.id} for panel in self.panels],
            "views": self.views,
            "columns": self.columns,
            "controls": self.controls,
            "state": asdict(self.state),
            "similarity_range": self.similarity_range(study),
            "difference_range": self.difference_range(study) if differences else None,
            "difference_colours": difference_scale().tolist() if differences else None,
            "component_extents": {
                dataset: self.component_extent(study, dataset)
                for dataset in self.datasets
                if "scatter" in self.views
            },
        }

    # -- the static picture ----------------------------------------------------------------------

    def draw(self, study: Study) -> list[View]:
        """Every panel that the first state shows."""
        drawing = {
            "heatmap": self._draw_heatmap,
            "scatter": self._draw_scatter,
            "difference": self._draw_difference,
        }[self.state.view]
        shown = [p for p in self.panels if self.state.shown in (ALL, p.id)]
        return [replace(drawing(p, study), part=p.id, title=p.title) for p in shown]

    def _space(self, panel: Panel, study: Study) -> SpaceStates:
        return study.space(self.state.dataset, panel.model)

    def _similarity(self, panel: Panel, study: Study) -> Floats:
        """K (N, N) of a panel."""
        return self._space(panel, study).similarity(self._share(panel))

    def _share(self, panel: Panel) -> float:
        return self.state.share if panel.share is None else panel.share

    def _rows(self, study: Study) -> list[int]:
        """Rows of all matrices in the common order."""
        return study.space(self.state.dataset, self.state.by).rows(self.state.order)

    def _draw_heatmap(self, panel: Panel, study: Study) -> View:
        rows = self._rows(study)
        matrix = self._similarity(panel, study)[rows][:, rows]
        low, high = self.similarity_range(study)
        ticks = modality_ticks(self._space(panel, study))
        return View(
            "heatmap",
            ticks,
            ticks,
            **self._picture(matrix, low, high, similarity_scale()),
            scale=Scale.of(low, high, similarity_scale()),
        )

    def _picture(self, matrix: Floats, low: float, high: float, scale: Colours) -> dict[str, Any]:
        """A matrix as `png` of a `size`; each of many has a quarter of the cells, their means."""
        if len(self.panels) <= _MOST_SHARP:
            return {"png": pictures.heatmap_png(matrix, low, high, scale), "size": len(matrix)}
        small = _halved(matrix)
        png = pictures.heatmap_png(small, low, high, scale, _COLOURS_APART)
        return {"png": png, "size": len(small)}

    def _draw_difference(self, panel: Panel, study: Study) -> View:
        space = self._space(panel, study).space
        pairs = self._rows(study)[: space.counts[0]]
        matrix = geometry.in_modal_difference(self._similarity(panel, study), space.counts)
        low, high = self.difference_range(study)
        return View(
            "difference",
            x_title="pairs",
            y_title="pairs",
            **self._picture(matrix[pairs][:, pairs], low, high, difference_scale()),
            scale=Scale.of(low, high, difference_scale(), " minus ".join(space.modalities[:2])),
        )

    def _draw_scatter(self, panel: Panel, study: Study) -> View:
        space, name = self._space(panel, study), self.state.projection
        is_pca = name == "pca"
        extent = self.component_extent(study, self.state.dataset) if is_pca else space.extent(name)
        titles = _COMPONENTS if is_pca else PROJECTION_TITLES[name]
        return scatter_view(space, name, self._share(panel), extent, titles)

    # -- files -------------------------------------------------------------------------------------

    def downloads(self, study: Study) -> list[Download]:
        """Similarities and layouts of every model in the first data set, as an explorer's are."""
        views = tuple(name for name in ("heatmap", "scatter") if name in self._drawn_from)
        return Explorer(self.state.dataset, self.models, views).downloads(study)

    @property
    def _drawn_from(self) -> set[str]:
        """Views whose data hold all that is shown; differences follow from similarities."""
        return {"heatmap" if view == "difference" else view for view in self.views}

    def uses(self, study: Study) -> Sequence[Use]:
        """The space of every panel, those first that the first state shows.

        Items and their pictures are loaded when a reader points at something.
        """
        shown = {p.model for p in self.panels if self.state.shown in (ALL, p.id)}
        if self.state.order != GIVEN:
            shown.add(self.state.by)
        spaces = (
            Use("space", dataset, model, first=dataset == self.state.dataset and model in shown)
            for dataset in self.datasets
            for model in self.models
        )
        return [*(Use("items", dataset, first=False) for dataset in self.datasets), *spaces]

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """Panels in a row, rows of controls, whether many figures stand below a panel; controls."""
        shown = len(self.panels) if self.state.shown == ALL else 1
        columns = min(self.columns, shown)
        narrow = ("narrow",) if self.state.view == "scatter" and shown <= _MOST_SHARP else ()
        long = ("long-feet",) if {"difference", "scatter"} & set(self.views) else ()
        return {
            "views": (f"columns-{columns}", f"rows-{self._control_rows}", *narrow, *long),
            "controls": self.controls,
        }

    @property
    def _control_rows(self) -> int:
        """Rows of controls below one another: order and projection share one, a slider has two."""
        single = sum(name in self.controls for name in ("dataset", "view", "shown"))
        arranging = any(name in self.controls for name in ("order", "projection"))
        return single + int(arranging) + 2 * int("share" in self.controls)


def _halved(matrix: Floats) -> Floats:
    """Means of two by two cells, fewer at the far ends of a matrix of odd size."""
    side = math.ceil(len(matrix) / 2)
    picture = Image.fromarray(matrix.astype(np.float32))
    return np.asarray(picture.resize((side, side), Image.Resampling.BOX), dtype=np.float64)


def _columns(panels: int) -> int:
    """Panels in a row: all of up to four, else three."""
    return panels if panels <= _MOST_COLUMNS else 3

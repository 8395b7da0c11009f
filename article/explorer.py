"""The explorer: the matrix of similarities and a projection of one data set, linked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, TypeAlias, get_args

from article import pictures
from article.axes import PROJECTION_TITLES, component_ticks, modality_ticks
from article.colours import similarity_scale
from article.downloads import Download, layouts_csv, similarities_csv
from article.errors import ArticleError
from article.pictures import Scale, View
from article.problems import Problems
from article.states import one_of, share_of
from article.study import SpaceStates, Study
from article.tables import Table, suggestion
from article.uses import Use

ViewName: TypeAlias = Literal["heatmap", "scatter"]
Control: TypeAlias = Literal["model", "share", "projection", "order", "reset"]
Projection: TypeAlias = Literal["pca", "tsne", "umap"]

_ROUNDING: Final = 1e-3
"""More than what storing similarities in 16 bits adds to ten of them: -0.80001 is -0.8."""


@dataclass(frozen=True)
class ExplorerState:
    """What an explorer shows: a model, the share of its gap closed, a projection, an order."""

    model: str = ""
    share: float = 0.0
    projection: Projection = "pca"
    order: str = "given"


@dataclass(frozen=True)
class Explorer:
    """Parameters of an explorer."""

    dataset: str
    models: tuple[str, ...] = ()
    views: tuple[ViewName, ...] = get_args(ViewName)
    controls: tuple[Control, ...] = get_args(Control)
    state: ExplorerState = ExplorerState()

    def resolve(self, table: Table, study: Study, problems: Problems) -> Explorer:
        """Fill in models and the first state, and check all of it against the data."""
        if not self.views:
            problems.errors.append(table.error("'views' is empty", "views"))
        with problems.noted(table.file, table.line_of("dataset")):
            study.check_dataset(self.dataset)
            study.items(self.dataset)
            return self._with_models(table, study, problems)
        return self

    def _with_models(self, table: Table, study: Study, problems: Problems) -> Explorer:
        models = study.choose_models("space", self.dataset, self.models, table, problems)
        if not models:
            return self
        controls = tuple(c for c in self.controls if c != "model" or len(models) > 1)
        state = replace(self.state, model=self.state.model or models[0])
        resolved = replace(self, models=models, controls=controls, state=state)
        for key, value in asdict(state).items():
            with problems.noted(table.file, table.line_of("state", key)):
                resolved.change(key, str(value), study)
        return resolved

    def change(self, key: str, value: str, study: Study) -> str:
        """A change of the state, as the address of the page writes it."""
        if key == "model":
            return one_of(key, value, self.models)
        if key == "share":
            return f"{share_of(value):g}"
        if key == "projection":
            return self._checked_projection(value, study)
        if key == "order":
            for model in self.models:
                study.space(self.dataset, model).clustering(value)
            return value
        raise ArticleError(f"unknown state {key!r}{suggestion(key, list(asdict(self.state)))}")

    def _checked_projection(self, name: str, study: Study) -> str:
        one_of("projection", name, get_args(Projection))
        if name != "pca":
            for model in self.models:
                for end in (0, 1):
                    study.space(self.dataset, model).space.projection(name, end)
        return name

    def config(self, study: Study) -> dict[str, Any]:
        """What the browser must know."""
        return {
            "dataset": self.dataset,
            "models": self.models,
            "views": self.views,
            "controls": self.controls,
            "state": asdict(self.state),
            "similarity_range": self.similarity_range(study),
        }

    def similarity_range(self, study: Study) -> tuple[float, float]:
        """The colour scale, the same for all models and shares so that colours can be compared."""
        spaces = [study.space(self.dataset, model) for model in self.models]
        lowest = min(space.smallest_similarity() for space in spaces)
        return math.floor(lowest * 10 + _ROUNDING) / 10, 1.0

    def draw(self, study: Study) -> list[View]:
        """Heatmap and scatter in the first state."""
        drawing = {"heatmap": self._draw_heatmap, "scatter": self._draw_scatter}
        return [drawing[view](study) for view in self.views]

    def downloads(self, study: Study) -> list[Download]:
        """Similarities and layouts of every model, as far as the views show them."""
        makers = {"heatmap": self._similarities, "scatter": self._layouts}
        return [makers[view](model, study) for view in self.views for model in self.models]

    def _similarities(self, model: str, study: Study) -> Download:
        space, items = study.space(self.dataset, model).space, study.items(self.dataset)
        return Download(
            f"{self.dataset}/similarities-{model}.csv",
            f"similarities, {study.manifest.models[model]['short']}",
            lambda: similarities_csv(space, items),
        )

    def _layouts(self, model: str, study: Study) -> Download:
        states, items = study.space(self.dataset, model), study.items(self.dataset)
        stored = {(projection.method, projection.share) for projection in states.space.projections}
        ends = {"as trained": 0, "closed": 1}

        def content() -> bytes:
            layouts = [
                (f"{name} {end}", states.coordinates(name, share))
                for name in get_args(Projection)
                if name == "pca" or {(name, share) for share in ends.values()} <= stored
                for end, share in ends.items()
            ]
            return layouts_csv(layouts, states.space, items)

        label = f"points, {study.manifest.models[model]['short']}"
        return Download(f"{self.dataset}/points-{model}.csv", label, content)

    def _draw_heatmap(self, study: Study) -> View:
        space = self._space(study)
        rows = space.rows(self.state.order)
        matrix = space.similarity(self.state.share)[rows][:, rows]
        ticks = modality_ticks(space)
        low, high = self.similarity_range(study)
        return View(
            kind="heatmap",
            x_ticks=ticks,
            y_ticks=ticks,
            x_title="",
            y_title="",
            png=pictures.heatmap_png(matrix, low, high, similarity_scale()),
            size=len(rows),
            scale=Scale.of(low, high, similarity_scale()),
        )

    def _draw_scatter(self, study: Study) -> View:
        space, name = self._space(study), self.state.projection
        drawing = pictures.scatter_svg(
            space.coordinates(name, self.state.share),
            space.space.modalities,
            space.space.counts,
            space.centre(name),
            space.extent(name),
        )
        ticks = component_ticks(space.extent(name)) if name == "pca" else ()
        upside_down = tuple(replace(tick, at=round(1 - tick.at, 4)) for tick in ticks)
        return View(
            "scatter",
            ticks,
            upside_down,
            *PROJECTION_TITLES[name],
            svg=drawing,
            legend=space.space.modalities,
        )

    def _space(self, study: Study) -> SpaceStates:
        return study.space(self.dataset, self.state.model)

    def uses(self, study: Study) -> Sequence[Use]:
        """The items, and the space of every model; that of the first state first."""
        spaces = (
            Use("space", self.dataset, model, first=model == self.state.model)
            for model in self.models
        )
        return [Use("items", self.dataset), *spaces]

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """Views and controls."""
        return {"views": self.views, "controls": self.controls}

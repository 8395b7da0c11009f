"""The explorer: the matrix of similarities and a projection of one data set, linked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, TypeAlias, get_args

from article import geometry, pictures
from article.colours import similarity_scale
from article.errors import ArticleError
from article.pictures import Label, View
from article.problems import Problems
from article.study import SpaceStates, Study
from article.tables import Table, suggestion

ViewName: TypeAlias = Literal["heatmap", "scatter"]
Control: TypeAlias = Literal["model", "share", "projection", "order", "reset"]
Projection: TypeAlias = Literal["pca", "tsne", "umap"]

LARGEST_SHARE: Final = 1.5
_ORDINALS: Final = ("first", "second")
_PROJECTION_NAMES: Final = {"tsne": "t-SNE", "umap": "UMAP"}


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

    def resolve(self, table: Table, study: Study) -> Explorer:
        """Fill in models and the first state, and check all of it against the data."""
        problems = Problems()
        with problems.noted(table.file, table.line_of("dataset")):
            study.check_dataset(self.dataset)
            study.items(self.dataset)
        problems.stop_if_any()
        models: tuple[str, ...] = ()
        with problems.noted(table.file, table.line_of("models")):
            models = study.choose_models("space", self.dataset, self.models)
        problems.stop_if_any()
        state = replace(self.state, model=self.state.model or models[0])
        controls = tuple(c for c in self.controls if c != "model" or len(models) > 1)
        resolved = replace(self, models=models, controls=controls, state=state)
        resolved._check(table, study, problems)
        problems.stop_if_any()
        return resolved

    def _check(self, table: Table, study: Study, problems: Problems) -> None:
        if not self.views:
            problems.errors.append(table.error("'views' is empty", "views"))
        for model in self.models:
            with problems.noted(table.file, table.line_of("models")):
                study.space(self.dataset, model)
        problems.stop_if_any()
        for key, value in asdict(self.state).items():
            with problems.noted(table.file, table.line_of("state", key)):
                self.change(key, str(value), study)

    def change(self, key: str, value: str, study: Study) -> str:
        """A change of the state, as the address of the page writes it."""
        if key == "model":
            return _one_of(key, value, self.models)
        if key == "share":
            return f"{_share(value):g}"
        if key == "projection":
            return self._checked_projection(value, study)
        if key == "order":
            self._space(study).clustering(value)
            return value
        raise ArticleError(f"unknown state {key!r}{suggestion(key, list(asdict(self.state)))}")

    def _checked_projection(self, name: str, study: Study) -> str:
        _one_of("projection", name, get_args(Projection))
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
        return math.floor(lowest * 10) / 10, 1.0

    def draw(self, study: Study) -> list[View]:
        """Heatmap and scatter in the first state."""
        drawing = {"heatmap": self._draw_heatmap, "scatter": self._draw_scatter}
        return [drawing[view](study) for view in self.views]

    def _draw_heatmap(self, study: Study) -> View:
        space = self._space(study)
        rows = space.rows(self.state.order)
        matrix = space.similarity(self.state.share)[rows][:, rows]
        ticks = _modality_ticks(space)
        return View(
            kind="heatmap",
            x_ticks=ticks,
            y_ticks=ticks,
            x_title="",
            y_title="",
            png=pictures.heatmap_png(matrix, *self.similarity_range(study), similarity_scale()),
            size=len(rows),
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
        x_title, y_title = _axis_titles(space, self.state)
        return View("scatter", (), (), x_title, y_title, svg=drawing)

    def _space(self, study: Study) -> SpaceStates:
        return study.space(self.dataset, self.state.model)

    @property
    def spaces(self) -> Sequence[str]:
        """Models whose spaces it can show."""
        return self.models

    @property
    def landscapes(self) -> Sequence[str]:
        """None."""
        return ()

    @property
    def first_model(self) -> str:
        """The model that it shows first."""
        return self.state.model

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """Views and controls."""
        return {"views": self.views, "controls": self.controls}


def _one_of(key: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise ArticleError(f"unknown {key} {value!r}{suggestion(value, list(known))}")
    return value


def _share(value: str) -> float:
    try:
        share = float(value)
    except ValueError:
        share = math.nan
    if not 0 <= share <= LARGEST_SHARE:
        raise ArticleError(f"share {value!r} is not a number from 0 to {LARGEST_SHARE:g}")
    return share


def _modality_ticks(space: SpaceStates) -> tuple[Label, ...]:
    """The name of each modality in the middle of its rows."""
    total = len(space.space.similarity)
    rows = geometry.blocks(space.space.counts)
    return tuple(
        Label(name, round((row.start + row.stop) / 2 / total, 4), name)
        for name, row in zip(space.space.modalities, rows, strict=True)
    )


def _axis_titles(space: SpaceStates, state: ExplorerState) -> tuple[str, str]:
    if state.projection != "pca":
        name = _PROJECTION_NAMES[state.projection]
        return f"{name} 1", f"{name} 2"
    shares = geometry.explained_variance(space.similarity(state.share))
    first, second = (
        f"{ordinal} principal component ({100 * share:.0f}\u202f% of variance)"
        for ordinal, share in zip(_ORDINALS, shares, strict=True)
    )
    return first, second

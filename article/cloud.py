"""The large scatter: thousands of pairs in the plane, as points and lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from article.artifacts import Layout
from article.axes import PROJECTION_TITLES
from article.cloud_picture import SIZE, cloud_png
from article.downloads import Download, pair_lines_csv, points_csv
from article.errors import ArticleError
from article.geometry import Floats
from article.pictures import Label, View, number
from article.problems import Problems
from article.states import known_value, one_of
from article.study import Study
from article.tables import Table
from article.uses import Use
from article.vocabulary import STOP_WORDS

Control: TypeAlias = Literal["model", "layout", "lines", "clusters", "words", "reset"]
Lines: TypeAlias = Literal["plain", "coloured", "inside", "between", "none"]
Clusters: TypeAlias = Literal["none", "outlines"]
Frame: TypeAlias = Mapping[Literal["x", "y"], tuple[float, float]]

_PADDING: Final = 1.06
"""Room beyond the outermost point, as a factor of the side."""

_WORD: Final = re.compile(r"[^\W_]+")
_TICKS: Final = (-0.5, 0.0, 0.5)


@dataclass(frozen=True)
class CloudState:
    """What a large scatter shows: a model, a layout, which lines, what stands out.

    Lines are all in one colour, or coloured by whether they stay inside a cluster, or only those
    that do or do not. `words` are those that a caption must hold to stand out.
    """

    model: str = ""
    layout: str = ""
    lines: Lines = "plain"
    clusters: Clusters = "none"
    words: str = ""


@dataclass(frozen=True)
class Cloud:
    """Parameters of a large scatter."""

    dataset: str
    models: tuple[str, ...] = ()
    layouts: tuple[str, ...] = ()
    controls: tuple[Control, ...] = get_args(Control)
    state: CloudState = CloudState()

    def resolve(self, table: Table, study: Study, problems: Problems) -> Cloud:
        """Fill in models, layouts and the first state, and check all of it against the data."""
        with problems.noted(table.file, table.line_of("dataset")):
            study.check_dataset(self.dataset)
            study.items(self.dataset)
            if not study.data.models_of("layout", self.dataset):
                raise ArticleError(f"the data hold no layout of data set {self.dataset!r}")
            return self._with_layouts(table, study, problems)
        return self

    def _with_layouts(self, table: Table, study: Study, problems: Problems) -> Cloud:
        models = self.models or tuple(study.data.models_of("layout", self.dataset))
        with problems.noted(table.file, table.line_of("models")):
            for model in models:
                study.check_model(model)
            with problems.noted(table.file, table.line_of("layouts")):
                layouts = self._known_layouts(models, study)
                return self._with_state(replace(self, models=models, layouts=layouts), table, study)
        return self

    def _known_layouts(self, models: Sequence[str], study: Study) -> tuple[str, ...]:
        """The layouts wanted, or all that every model has; each is read."""
        known = [set(_layouts_of(self.dataset, model, study)) for model in models]
        shared = [
            name
            for name in _layouts_of(self.dataset, models[0], study)
            if all(name in names for names in known)
        ]
        for name in self.layouts:
            one_of("layout", name, shared)
        chosen = self.layouts or tuple(shared)
        if not chosen:
            raise ArticleError("the models have no layout in common")
        for model in models:
            for name in chosen:
                study.layout(self.dataset, model, name)
        return chosen

    def _with_state(self, resolved: Cloud, table: Table, study: Study) -> Cloud:
        texts = [m for m in study.items(self.dataset).modalities if m.texts is not None]
        useless = {
            "model": len(resolved.models) == 1,
            "layout": len(resolved.layouts) == 1,
            "words": not texts,
        }
        controls = tuple(control for control in self.controls if not useless.get(control))
        state = replace(
            self.state,
            model=self.state.model or resolved.models[0],
            layout=self.state.layout or resolved.layouts[0],
            words=_normal(self.state.words),
        )
        resolved = replace(resolved, controls=controls, state=state)
        for key, value in asdict(state).items():
            try:
                resolved.change(key, value, study)
            except ArticleError as error:
                raise table.error(error.message, "state", key) from None
        return resolved

    def change(self, key: str, value: str, study: Study) -> str:
        """A change of the state, as the address of the page writes it."""
        if key == "words":
            return _normal(value).replace(" ", "+")
        known: Mapping[str, Sequence[str]] = {
            "model": self.models,
            "layout": self.layouts,
            "lines": get_args(Lines),
            "clusters": get_args(Clusters),
        }
        return known_value(key, value, known, also=["words"])

    def config(self, study: Study) -> dict[str, Any]:
        """What the browser must know."""
        shown = {name: self._layout(self.models[0], name, study) for name in self.layouts}
        return {
            "dataset": self.dataset,
            "models": self.models,
            "layouts": [{"name": name, "title": shown[name].title} for name in self.layouts],
            "controls": self.controls,
            "state": asdict(self.state),
            "frames": self.frames(study),
            "axes": {name: _axes(layout.method) for name, layout in shown.items()},
            "stop_words": sorted(STOP_WORDS),
        }

    def frames(self, study: Study) -> dict[str, Frame]:
        """Ranges of both axes by `model/layout`, equally long: principal components have one unit.

        So all of these share one frame, and a gap that closes is seen to; the units of other
        methods mean nothing outside of one layout, and each has its own.
        """
        layouts = {
            f"{model}/{name}": self._layout(model, name, study)
            for model in self.models
            for name in self.layouts
        }
        linear = [layout.coordinates for layout in layouts.values() if layout.method == "pca"]
        shared = _square(np.concatenate(linear)) if linear else {}
        return {
            key: shared if layout.method == "pca" else _square(layout.coordinates)
            for key, layout in layouts.items()
        }

    def draw(self, study: Study) -> list[View]:
        """The first state, without what stands out."""
        layout = self._layout(self.state.model, self.state.layout, study)
        frame = self.frames(study)[f"{self.state.model}/{self.state.layout}"]
        axes = _axes(layout.method)
        outlines = self.state.clusters == "outlines"
        return [
            View(
                kind="cloud",
                x_ticks=_labels(axes["ticks"], frame["x"]),
                y_ticks=_labels(axes["ticks"], frame["y"][::-1]),
                x_title=axes["titles"][0],
                y_title=axes["titles"][1],
                png=cloud_png(layout, frame["x"], frame["y"], self.state.lines, outlines),
                size=SIZE,
                legend=() if layout.points == "pairs" else layout.modalities,
            )
        ]

    def downloads(self, study: Study) -> list[Download]:
        """The measure of pair lines for every layout, and the points of the first state."""
        layout = self._layout(self.state.model, self.state.layout, study)
        short = study.manifest.models[layout.model]["short"]
        layouts = [self._layout(m, name, study) for m in self.models for name in self.layouts]
        return [
            Download(
                f"{self.dataset}/pair-lines.csv",
                "pair lines inside clusters",
                lambda: pair_lines_csv(layouts),
            ),
            Download(
                f"{self.dataset}/points-{layout.model}-{layout.name}.csv",
                f"points, {short}, {layout.title}",
                lambda: points_csv(layout, study.items(self.dataset)),
            ),
        ]

    def uses(self, study: Study) -> Sequence[Use]:
        """Every layout, that of the first state first; items when a reader first points at one."""
        first = (self.state.model, self.state.layout)
        layouts = (
            Use("layout", self.dataset, model, name, first=(model, name) == first)
            for model in self.models
            for name in self.layouts
        )
        return [Use("items", self.dataset, first=False), *layouts]

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """One view, and the controls."""
        return {"views": ("cloud",), "controls": self.controls}

    def _layout(self, model: str, name: str, study: Study) -> Layout:
        return study.layout(self.dataset, model, name)


def _layouts_of(dataset: str, model: str, study: Study) -> list[str]:
    """Names of a model's layouts, in the order of the manifest."""
    return [
        record.name
        for record in study.manifest.artifacts
        if (record.kind, record.dataset, record.model) == ("layout", dataset, model)
        and record.name is not None
    ]


def _normal(words: str) -> str:
    """Words as an address can hold them: without what stands between them."""
    return " ".join(_WORD.findall(words.casefold()))


def _square(coordinates: Floats) -> dict[Literal["x", "y"], tuple[float, float]]:
    """Ranges of one length around points (k, 2), rounded so that all machines agree."""
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    half = _PADDING * float((high - low).max()) / 2 or 1.0
    x, y = ((low + high) / 2).tolist()
    return {
        "x": (round(x - half, 4), round(x + half, 4)),
        "y": (round(y - half, 4), round(y + half, 4)),
    }


def _axes(method: str) -> dict[str, Any]:
    """Titles of both axes, and the numbers that stand at them: none where they mean nothing."""
    titles = PROJECTION_TITLES.get(method, (f"{method} 1", f"{method} 2"))
    return {"titles": titles, "ticks": _TICKS if method == "pca" else ()}


def _labels(ticks: Sequence[float], ends: tuple[float, float]) -> tuple[Label, ...]:
    """Ticks at their shares of an axis, as far as they lie on it."""
    shares = [(tick - ends[0]) / (ends[1] - ends[0]) for tick in ticks]
    return tuple(
        Label(number(tick), round(share, 4))
        for tick, share in zip(ticks, shares, strict=True)
        if 0 <= share <= 1
    )

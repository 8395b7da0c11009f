"""The loss against the distance between the modalities, as they are shifted along the gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from article.artifacts import Floats, Landscape
from article.errors import ArticleError
from article.pictures import Line, Mark, Range, View, lines_svg
from article.problems import Problems
from article.study import Study
from article.tables import Table, suggestion

Direction: TypeAlias = Literal["mean", "first_to_second", "second_to_first"]

_X_TITLE: Final = "distance between the modalities"
_Y_TITLE: Final = "loss (nats)"


@dataclass(frozen=True)
class LandscapeState:
    """What a landscape points out: a model, and a direction of the loss."""

    model: str = ""
    direction: Direction = "mean"


@dataclass(frozen=True)
class LandscapeChart:
    """Parameters of a landscape."""

    dataset: str
    models: tuple[str, ...] = ()
    directions: tuple[Direction, ...] = ("mean",)
    state: LandscapeState = LandscapeState()

    def resolve(self, table: Table, study: Study) -> LandscapeChart:
        """Fill in models and the first state, and check all of it against the data."""
        problems = Problems()
        with problems.noted(table.file, table.line_of("dataset")):
            study.check_dataset(self.dataset)
        problems.stop_if_any()
        models: tuple[str, ...] = ()
        with problems.noted(table.file, table.line_of("models")):
            models = study.choose_models("landscape", self.dataset, self.models)
            for model in models:
                study.landscape(self.dataset, model)
        problems.stop_if_any()
        if not self.directions:
            raise table.error("'directions' is empty", "directions")
        state = replace(self.state, model=self.state.model or models[0])
        resolved = replace(self, models=models, state=state)
        for key, value in asdict(state).items():
            with problems.noted(table.file, table.line_of("state", key)):
                resolved.change(key, str(value), study)
        problems.stop_if_any()
        return resolved

    def change(self, key: str, value: str, study: Study) -> str:
        """A change of the state, as the address of the page writes it."""
        known: Mapping[str, Sequence[str]] = {"model": self.models, "direction": self.directions}
        if key not in known:
            raise ArticleError(f"unknown state {key!r}{suggestion(key, known)}")
        if value not in known[key]:
            raise ArticleError(f"unknown {key} {value!r}{suggestion(value, list(known[key]))}")
        return value

    def config(self, study: Study) -> dict[str, Any]:
        """What the browser must know."""
        return {
            "dataset": self.dataset,
            "models": self.models,
            "directions": self.directions,
            "state": asdict(self.state),
        }

    def draw(self, study: Study) -> list[View]:
        """One curve a model in the first direction, that of the first state on top."""
        curves = {model: study.landscape(self.dataset, model) for model in self.models}
        x = Range.around(np.concatenate([curve.distance for curve in curves.values()]))
        shown = [d for d in get_args(Direction) if d in self.directions]
        losses = [losses_of(curve, d) for curve in curves.values() for d in shown]
        y = Range.around(np.concatenate([[0.0], *losses]))
        drawing = lines_svg(self._lines(curves, study, y), x, y)
        return [
            View(
                kind="landscape",
                x_ticks=x.labels(),
                y_ticks=y.labels(from_top=True),
                x_title=_X_TITLE,
                y_title=_Y_TITLE,
                svg=drawing,
                marks=tuple(self._marks(curves, study, x, y)),
            )
        ]

    def _lines(self, curves: Mapping[str, Landscape], study: Study, y: Range) -> list[Line]:
        colours = list(study.manifest.models)
        lines = []
        for model in sorted(self.models, key=lambda m: m == self.state.model):
            curve, colour = curves[model], colours.index(model)
            kind = "curve" if model == self.state.model else "curve other"
            lines.append(_trained_line(curve, self.state.direction, y, colour))
            lines.append(Line(curve.distance, losses_of(curve, self.state.direction), kind, colour))
            trained = (
                np.array([curve.trained[0]]),
                np.array([trained_loss(curve, self.state.direction)]),
            )
            lines.append(Line(*trained, "point trained", colour))
        return lines

    def _marks(
        self, curves: Mapping[str, Landscape], study: Study, x: Range, y: Range
    ) -> list[Mark]:
        """The name of each model at its trained distance."""
        marks = []
        for model, curve in curves.items():
            distance, loss = curve.trained[0], trained_loss(curve, self.state.direction)
            name = study.manifest.models[model].get("short", model)
            colour = list(study.manifest.models).index(model)
            at_x, at_y = x.shares(np.array(distance)), 1 - y.shares(np.array(loss))
            marks.append(
                Mark(
                    f"{name} as trained",
                    round(float(at_x), 4),
                    round(float(at_y), 4),
                    f"model-{colour}",
                )
            )
        return marks

    @property
    def spaces(self) -> Sequence[str]:
        """None."""
        return ()

    @property
    def landscapes(self) -> Sequence[str]:
        """Models whose curves it can show."""
        return self.models

    @property
    def first_model(self) -> str:
        """The model that it shows first."""
        return self.state.model

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """One view, and the controls that have more than one choice."""
        controls = {"model": self.models, "direction": self.directions}
        return {
            "views": ("landscape",),
            "controls": [name for name, choices in controls.items() if len(choices) > 1],
        }


def losses_of(curve: Landscape, direction: str) -> Floats:
    """The losses (k,) of a direction, or their mean over both."""
    if direction == "mean":
        return np.asarray((curve.first_to_second + curve.second_to_first) / 2)
    return np.asarray(getattr(curve, direction))


def trained_loss(curve: Landscape, direction: str) -> float:
    """The loss at the distance that the model was trained to."""
    _, first, second = curve.trained
    return {"mean": (first + second) / 2, "first_to_second": first, "second_to_first": second}[
        direction
    ]


def _trained_line(curve: Landscape, direction: str, y: Range, colour: int) -> Line:
    """A rule from the axis up to the trained distance's point."""
    distance = curve.trained[0]
    ends = np.array([y.low, trained_loss(curve, direction)])
    return Line(np.array([distance, distance]), ends, "rule", colour)

"""The loss against the distance between the modalities, as they are shifted along the gap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from article.artifacts import Floats, Landscape
from article.downloads import Download, landscape_csv
from article.pictures import Line, Mark, Range, View, lines_svg
from article.problems import Problems
from article.states import known_value
from article.study import Study
from article.tables import Table
from article.uses import Use

Direction: TypeAlias = Literal["mean", "first_to_second", "second_to_first"]

_X_TITLE: Final = "distance between the modalities"
_Y_TITLES: Final = {"linear": "loss (nats)", "log": "loss (nats, logarithmic)"}
MOST_NAMED_IN_FULL: Final = 3
"""Of more models only the chosen one is said to stand there as trained; `js/landscape.js` too."""

_TOLD_APART: Final = 0.03
"""Share of the height that two lines must differ by to be named each: some 10 pixels."""


@dataclass(frozen=True)
class LandscapeState:
    """What a landscape points out: a model, and a direction of the loss."""

    model: str = ""
    direction: Direction | None = None


@dataclass(frozen=True)
class LandscapeChart:
    """Parameters of a landscape."""

    dataset: str
    models: tuple[str, ...] = ()
    directions: tuple[Direction, ...] = ("mean",)
    scale: Literal["linear", "log"] = "linear"
    state: LandscapeState = LandscapeState()

    def resolve(self, table: Table, study: Study, problems: Problems) -> LandscapeChart:
        """Fill in models and the first state, and check all of it against the data."""
        if not self.directions:
            problems.errors.append(table.error("'directions' is empty", "directions"))
        with problems.noted(table.file, table.line_of("dataset")):
            study.check_dataset(self.dataset)
            return self._with_models(table, study, problems)
        return self

    def _with_models(self, table: Table, study: Study, problems: Problems) -> LandscapeChart:
        models = study.choose_models("landscape", self.dataset, self.models, table, problems)
        if not models or not self.directions:
            return self
        state = LandscapeState(self.state.model or models[0], self._direction)
        resolved = replace(self, models=models, state=state)
        for key, value in asdict(state).items():
            with problems.noted(table.file, table.line_of("state", key)):
                resolved.change(key, str(value), study)
        return resolved

    def change(self, key: str, value: str, study: Study) -> str:
        """A change of the state, as the address of the page writes it."""
        known: Mapping[str, Sequence[str]] = {"model": self.models, "direction": self.directions}
        return known_value(key, value, known)

    def config(self, study: Study) -> dict[str, Any]:
        """What the browser must know."""
        return {
            "dataset": self.dataset,
            "models": self.models,
            "directions": self.directions,
            "scale": self.scale,
            "state": asdict(self.state),
        }

    def draw(self, study: Study) -> list[View]:
        """One curve a model in the direction of the first state; that state's model stands out."""
        curves = {model: points_of(study.landscape(self.dataset, model)) for model in self.models}
        losses = [curve.losses(d) for curve in curves.values() for d in self._shown]
        x = Range.around(np.concatenate([curve.distance for curve in curves.values()]))
        y = self._loss_axis(np.concatenate(losses))
        colours = {model: index for index, model in enumerate(study.manifest.models)}
        lines = self._lines(curves, colours, y)
        marks = [
            Mark("closed", _share(x, 0.0), 0.0, "left"),
            *self._model_names(curves, colours, x, study),
            *self._direction_names(curves, colours, x, y, study),
        ]
        return [
            View(
                kind="landscape",
                x_ticks=x.labels(),
                y_ticks=y.labels(from_top=True),
                x_title=_X_TITLE,
                y_title=_Y_TITLES[self.scale],
                svg=lines_svg(lines, x, y),
                marks=tuple(marks),
            )
        ]

    def downloads(self, study: Study) -> list[Download]:
        """The curve of every model."""
        return [self._curve(model, study) for model in self.models]

    def _curve(self, model: str, study: Study) -> Download:
        curve = study.landscape(self.dataset, model)
        return Download(
            f"{self.dataset}/landscape-{model}.csv",
            f"losses, {study.manifest.models[model]['short']}",
            lambda: landscape_csv(curve),
        )

    @property
    def _direction(self) -> Direction:
        """The direction of the first state: the first one, unless the author names another."""
        return self.state.direction or self.directions[0]

    @property
    def _shown(self) -> list[str]:
        return [direction for direction in get_args(Direction) if direction in self.directions]

    def _lines(
        self, curves: Mapping[str, Points], colours: Mapping[str, int], y: Range
    ) -> list[Line]:
        """From back to front: where the means coincide, the other models, the chosen one."""
        lines = [Line(np.zeros(2), np.array([y.low, y.high]), "zero")]
        for model in sorted(self.models, key=lambda name: name == self.state.model):
            lines.extend(self._lines_of(model, curves[model], colours[model], y))
        return lines

    def _loss_axis(self, losses: Floats) -> Range:
        """From zero on, or logarithmic around the losses above zero."""
        if self.scale == "log":
            return Range.of_magnitudes(losses[losses > 0])
        return Range.around(np.concatenate([[0.0], losses]))

    def _lines_of(self, model: str, curve: Points, colour: int, y: Range) -> list[Line]:
        chosen = model == self.state.model
        distance, loss = curve.trained(self._direction)
        others = [d for d in self._shown if chosen and d != self._direction]
        return [
            *(Line(curve.distance, curve.losses(d), "curve direction", colour) for d in others),
            Line(
                curve.distance,
                curve.losses(self._direction),
                "curve" if chosen else "curve other",
                colour,
            ),
            Line(np.array([distance, distance]), np.array([y.low, y.high]), "rule", colour),
            Line(np.array([distance]), np.array([loss]), "point", colour),
        ]

    def _model_names(
        self, curves: Mapping[str, Points], colours: Mapping[str, int], x: Range, study: Study
    ) -> Iterator[Mark]:
        """Names at the top of the trained distances: of the nearer models left, of others right."""
        ordered = sorted(self.models, key=lambda model: curves[model].trained("mean")[0])
        left = len(ordered) // 2
        for at, model in enumerate(ordered):
            yield Mark(
                self._name(model, study),
                _share(x, curves[model].trained("mean")[0]),
                0.0,
                "left" if at < left else "right",
                # The topmost row on the left belongs to "closed".
                left - at if at < left else at - left,
                colours[model],
            )

    def _name(self, model: str, study: Study) -> str:
        """What stands at a model's trained distance: of many models, the name alone."""
        name = str(study.manifest.models[model]["short"])
        is_short = len(self.models) > MOST_NAMED_IN_FULL and model != self.state.model
        return name if is_short else f"{name} as trained"

    def _direction_names(
        self,
        curves: Mapping[str, Points],
        colours: Mapping[str, int],
        x: Range,
        y: Range,
        study: Study,
    ) -> Iterator[Mark]:
        """Names of both directions where they differ most, if they can be told apart at all."""
        model = self.state.model
        names = _in_words(study.landscape(self.dataset, model))
        if not names.keys() <= set(self._shown):
            return
        curve = curves[model]
        forward, backward = (y.shares(curve.losses(direction)) for direction in names)
        at = int(np.abs(forward - backward).argmax())
        if abs(forward[at] - backward[at]) < _TOLD_APART:
            return
        for share, other, name in (
            (forward[at], backward[at], names["first_to_second"]),
            (backward[at], forward[at], names["second_to_first"]),
        ):
            place: Literal["above", "below"] = "above" if share > other else "below"
            height = round(1 - float(share), 4)
            yield Mark(name, _share(x, curve.distance[at]), height, place, 0, colours[model])

    def uses(self, study: Study) -> Sequence[Use]:
        """The landscape of every model."""
        return [Use("landscape", self.dataset, model) for model in self.models]

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """One view, and the controls that have more than one choice."""
        controls = {"model": self.models, "direction": self.directions}
        return {
            "views": ("landscape",),
            "controls": [name for name, choices in controls.items() if len(choices) > 1],
        }


def _share(axis: Range, value: float) -> float:
    """Where a value lies on an axis, 0 to 1."""
    return round(float(axis.shares(np.array(value))), 4)


def _in_words(curve: Landscape) -> dict[str, str]:
    """The two directions as readers know them: `image → text`."""
    first, second = curve.modalities
    return {"first_to_second": f"{first} → {second}", "second_to_first": f"{second} → {first}"}


@dataclass(frozen=True)
class Points:
    """A landscape's points (k,) by distance, among them trained and closed."""

    distance: Floats
    first_to_second: Floats
    second_to_first: Floats
    trained_at: int

    def losses(self, direction: str) -> Floats:
        """The losses (k,) of a direction, or their mean over both."""
        if direction == "mean":
            return (self.first_to_second + self.second_to_first) / 2
        losses: Floats = getattr(self, direction)
        return losses

    def trained(self, direction: str) -> tuple[float, float]:
        """Distance and loss as trained."""
        return float(self.distance[self.trained_at]), float(self.losses(direction)[self.trained_at])


def points_of(curve: Landscape) -> Points:
    """All points of a landscape, in the order of their distance."""
    columns = (curve.distance, curve.first_to_second, curve.second_to_first)
    points = np.concatenate([np.stack(columns, axis=1), [curve.trained, curve.closed]])
    order = np.argsort(points[:, 0], kind="stable")
    trained_at = int(np.flatnonzero(order == len(curve.distance))[0])
    distance, forward, backward = points[order].T
    return Points(distance, forward, backward, trained_at)

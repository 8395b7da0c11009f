"""Films of trainings side by side: matrices and clouds of each frame, curves of the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np
from markupsafe import Markup

from article import pictures
from article.artifacts import Film, Floats
from article.colours import similarity_ends, similarity_scale
from article.downloads import Download, film_csv
from article.errors import ArticleError
from article.film_states import FilmStates
from article.geometry import blocks
from article.pictures import Label, Scale, View
from article.plots import Axis, Plot, Series, data_table
from article.problems import Problems
from article.study import Study
from article.tables import Table, suggestion
from article.uses import Use

MOST_MODELS: Final = 3
"""As many stand side by side."""

_STORED_ERROR: Final = 0.005
"""More than what storing similarities in 8 bits adds to them."""
_PAIRS: Final = "pairs seen (logarithmic)"
_PANE: Final = Markup('<div class="film-pane"></div>')
"""Where the live figure shows what is marked."""


@dataclass(frozen=True)
class FilmState:
    """How many pairs the trainings have seen; all of them where nothing is said."""

    pairs: int | None = None


@dataclass(frozen=True)
class FilmFigure:
    """Parameters of films side by side."""

    dataset: str
    models: tuple[str, ...] = ()
    state: FilmState = FilmState()

    def resolve(self, table: Table, study: Study, problems: Problems) -> FilmFigure:
        """Fill in models and the first state, and check all of it against the data."""
        with problems.noted(table.file, table.line_of("dataset")):
            study.check_dataset(self.dataset)
            study.items(self.dataset)
            models = study.choose_models("film", self.dataset, self.models, table, problems)
            if not models:
                return self
            resolved = replace(self, models=models)
            with problems.noted(table.file, table.line_of("models")):
                resolved._check(study)
            last = self.state.pairs is None
            pairs = resolved.moments(study)[-1] if last else self.state.pairs
            with problems.noted(table.file, table.line_of("state", "pairs")):
                _number_of_pairs(str(pairs))
            return replace(resolved, state=FilmState(pairs))
        return self

    def _check(self, study: Study) -> None:
        if len(self.models) > MOST_MODELS:
            raise ArticleError(f"{len(self.models)} films; {MOST_MODELS} stand side by side")
        films = [states.film for states in self._films(study)]
        if len({(film.modalities, film.count) for film in films}) > 1:
            raise ArticleError("these films are of different pairs")

    def change(self, key: str, value: str, study: Study) -> str:
        """A change of the state, as the address of the page writes it."""
        if key != "pairs":
            raise ArticleError(f"unknown state {key!r}{suggestion(key, list(asdict(self.state)))}")
        return str(_number_of_pairs(value))

    def moments(self, study: Study) -> list[int]:
        """After how many pairs any of the films has a frame."""
        films = (states.film for states in self._films(study))
        return sorted({int(pairs) for film in films for pairs in film.pairs})

    def _films(self, study: Study) -> list[FilmStates]:
        return [study.film(self.dataset, model) for model in self.models]

    # -- what the browser must know ------------------------------------------------------------

    def config(self, study: Study) -> dict[str, Any]:
        """What the browser must know; the films themselves it loads when they are first needed."""
        films, plots = self._films(study), self._plots(study)
        moments = self.moments(study)
        first = films[0].film
        places = plots[0].x.range.shares(np.array(moments, dtype=float))
        return {
            "dataset": self.dataset,
            "models": self.models,
            "modalities": first.modalities,
            "count": first.count,
            "moments": moments,
            "places": [round(place, 4) for place in places.tolist()],
            "frames": [[states.frame_at(moment) for moment in moments] for states in films],
            "pairs": [states.film.pairs.tolist() for states in films],
            "similarity_range": self.similarity_range(study),
            "extent": self.extent(study),
            "x": _PAIRS,
            "plots": [plot.config() for plot in plots],
            "state": {"pairs": self._pairs},
        }

    @property
    def _pairs(self) -> int:
        return self.state.pairs or 0

    def similarity_range(self, study: Study) -> tuple[float, float]:
        """The colour scale, the same for all frames of all films."""
        lowest = min(float(states.film.similarities.min()) for states in self._films(study))
        return similarity_ends(lowest, _STORED_ERROR)

    def extent(self, study: Study) -> float:
        """Half the side of every plane, the same for all frames of all films."""
        return round(max(states.extent for states in self._films(study)), 6)

    # -- pictures ------------------------------------------------------------------------------

    def draw(self, study: Study) -> list[View]:
        """Matrix and cloud of each model in the first state, then the curves."""
        views = [view for model in self.models for view in self._draw_model(model, study)]
        plots = self._plots(study)
        charts = [plot.view(str(n)) for n, plot in enumerate(plots, 1)]
        return [*views, View(kind="film-pane", html=_PANE), *charts, data_table(plots)]

    def _draw_model(self, model: str, study: Study) -> Iterator[View]:
        states = study.film(self.dataset, model)
        film, frame = states.film, states.frame_at(self._pairs)
        low, high = self.similarity_range(study)
        ticks = _modality_ticks(film)
        yield View(
            kind="heatmap",
            part=model,
            title=f"{study.manifest.models[model]['short']}, {film.pairs[frame]:,} pairs",
            x_ticks=ticks,
            y_ticks=ticks,
            png=pictures.heatmap_png(film.similarities[frame], low, high, similarity_scale()),
            size=2 * film.count,
            scale=Scale.of(low, high, similarity_scale()),
        )
        counts = (film.count, film.count)
        yield View(
            kind="scatter",
            part=model,
            x_title="principal components",
            svg=pictures.scatter_svg(
                states.coordinates(frame),
                film.modalities,
                counts,
                np.zeros(2),
                self.extent(study),
            ),
            legend=film.modalities,
        )

    def _plots(self, study: Study) -> list[Plot]:
        films = self._films(study)
        first, second = films[0].film.modalities
        forward, backward = f"{first} → {second}", f"{second} → {first}"
        candidates = films[0].film.candidates
        pairs = np.concatenate([states.film.pairs for states in films]).astype(float)
        x = Axis.of_values(_PAIRS, pairs, "log")
        curves: list[tuple[str, str, str, dict[str, str]]] = [
            ("Gap", "distance of the means", "linear", {"gap": ""}),
            (
                "Loss",
                "loss (nats, logarithmic)",
                "log",
                {"first_to_second": forward, "second_to_first": backward},
            ),
            (
                "Accuracy",
                f"R@1 among {candidates:,}",
                "linear",
                {"recall_first_to_second": forward, "recall_second_to_first": backward},
            ),
        ]
        return [
            self._plot(title, y_title, scale, names, x, study)
            for title, y_title, scale, names in curves
        ]

    def _plot(
        self,
        title: str,
        y_title: str,
        scale: str,
        names: Mapping[str, str],
        x: Axis,
        study: Study,
    ) -> Plot:
        series = tuple(
            self._curve(model, index, figure, name, study)
            for index, model in enumerate(self.models)
            for figure, name in names.items()
        )
        values = np.concatenate([one.y for one in series])
        return Plot(title, x, Axis.of_values(y_title, values, scale, scale == "linear"), series)

    def _curve(self, model: str, index: int, figure: str, name: str, study: Study) -> Series:
        film = study.film(self.dataset, model).film
        values: Floats = getattr(film, figure)
        short = str(study.manifest.models[model]["short"])
        return Series(
            title=f"{short}, {name}" if name else short,
            x=film.pairs.astype(float),
            y=values,
            colour=f"model-{list(study.manifest.models).index(model)}",
            sign=index,
            dashed=figure.endswith("second_to_first"),
            sparse=True,
        )

    def downloads(self, study: Study) -> list[Download]:
        """The curves of every model."""
        return [
            Download(
                f"{self.dataset}/film-{model}.csv",
                f"course, {study.manifest.models[model]['short']}",
                partial(film_csv, study.film(self.dataset, model).film),
            )
            for model in self.models
        ]

    def uses(self, study: Study) -> Sequence[Use]:
        """Items and films, none of which the first picture needs."""
        films = (Use("film", self.dataset, model, first=False) for model in self.models)
        return [Use("items", self.dataset, first=False), *films]

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """How many films stand side by side."""
        return {"views": (f"films-{len(self.models)}",), "controls": ("pairs",)}


def _number_of_pairs(value: str) -> int:
    if not value.isdecimal():
        raise ArticleError(f"pairs {value!r} is not a whole number from 0 on")
    return int(value)


def _modality_ticks(film: Film) -> tuple[Label, ...]:
    """The name of each modality in the middle of its rows."""
    rows = blocks((film.count, film.count))
    return tuple(
        Label(name, (row.start + row.stop) / 2 / (2 * film.count), name)
        for name, row in zip(film.modalities, rows, strict=True)
    )

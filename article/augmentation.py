"""The augmentation comparer: a picture changed step by step beside its text, as models see it."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np
from PIL import Image

from article import geometry, pictures
from article.artifacts import Column, Space
from article.artifacts import Table as TableOfNumbers
from article.changed_pictures import ChangedPicture, changed_pictures
from article.colours import STEPS, colour_index, similarity_ends, similarity_scale
from article.downloads import Download, table_csv
from article.errors import ArticleError
from article.geometry import Floats
from article.pictures import Label, Line, Range, Scale, View
from article.problems import Problems
from article.states import known_value, one_of
from article.study import Study
from article.tables import Table
from article.uses import Use

ViewName: TypeAlias = Literal["heatmap", "curve", "path"]
Control: TypeAlias = Literal["kind", "picture", "view", "step", "reset"]

_MOST_COLUMNS: Final = 5

_DECIMALS: Final = 5
"""What similarities stored in 16 bits hold."""

_MARGIN: Final = 1.06
"""Room about a path, as in other planes."""

_CLEAR: Final = STEPS - 1
"""The last colour of the scale stands for none in a picture with a gap, the one before for it."""

_THUMBNAIL: Final = 56
"""Side of the pictures to choose from, in pixels."""

_THUMBNAIL_QUALITY: Final = 60


@dataclass(frozen=True)
class AugmentationState:
    """What is shown: a kind of change, a picture, a view, and how many steps it was changed."""

    kind: str = ""
    picture: str = ""
    view: str = ""
    step: int = -1


@dataclass(frozen=True)
class Augmentation:
    """Parameters of an augmentation comparer; without kinds, pictures, models: all of them."""

    kinds: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    views: tuple[ViewName, ...] = get_args(ViewName)
    columns: int = 0
    controls: tuple[Control, ...] = get_args(Control)
    state: AugmentationState = AugmentationState()

    def resolve(self, table: Table, study: Study, problems: Problems) -> Augmentation:
        """Fill in what is not named and the first state, and check all of it against the data."""
        before = len(problems.errors)
        with problems.noted(table.file, table.first_line):
            known = _require(changed_pictures(study))
            self._check_names(known, table, problems)
        if len(problems.errors) > before:
            return self
        named = replace(
            self,
            kinds=self.kinds or tuple(dict.fromkeys(one.kind for one in known)),
            pictures=self.pictures or tuple(dict.fromkeys(one.picture for one in known)),
            columns=self.columns or _MOST_COLUMNS,
        )
        resolved = named._with_models(table, study, problems)
        if len(problems.errors) > before:
            return self
        resolved = replace(resolved, state=resolved._first_state(study))
        for key, value in asdict(resolved.state).items():
            with problems.noted(table.file, table.line_of("state", key)):
                resolved.change(key, str(value), study)
        controls = tuple(filter(resolved._has_choice, self.controls))
        return replace(resolved, controls=controls)

    def _check_names(
        self, known: Sequence[ChangedPicture], table: Table, problems: Problems
    ) -> None:
        """Note names of kinds and pictures that the data do not have, and a view too few."""
        for key, names in (
            ("kinds", [one.kind for one in known]),
            ("pictures", [one.picture for one in known]),
        ):
            for index, name in enumerate(getattr(self, key)):
                with problems.noted(table.file, table.line_of(key, index)):
                    one_of(key.removesuffix("s"), name, list(dict.fromkeys(names)))
        if not self.views:
            problems.errors.append(table.error("'views' is empty", "views"))
        if not 0 <= self.columns <= _MOST_COLUMNS:
            message = f"'columns' is {self.columns}; there are at most {_MOST_COLUMNS}"
            problems.errors.append(table.error(message, "columns"))

    def _with_models(self, table: Table, study: Study, problems: Problems) -> Augmentation:
        """The models wanted, or all that have seen the first data set; all data must be there."""
        with problems.noted(table.file, table.line_of("models")):
            datasets = [self.changed(k, p, study) for k in self.kinds for p in self.pictures]
            first = datasets[0].dataset
            models = study.choose_models("space", first, self.models, table, problems)
            for one in datasets:
                study.items(one.dataset)
                for model in models:
                    _check_counts(study.space(one.dataset, model).space, one)
            return replace(self, models=models, columns=min(self.columns, max(len(models), 1)))
        return self

    def _first_state(self, study: Study) -> AugmentationState:
        kind = self.state.kind or self.kinds[0]
        picture = self.state.picture or self.pictures[0]
        known = kind in self.kinds and picture in self.pictures
        start = self.changed(kind, picture, study).start if known else 0
        step = self.state.step if self.state.step >= 0 else start
        return AugmentationState(kind, picture, self.state.view or self.views[0], step)

    def _has_choice(self, control: Control) -> bool:
        """Whether a control would leave the reader a choice."""
        choices: Mapping[str, Sequence[str]] = {
            "kind": self.kinds,
            "picture": self.pictures,
            "view": self.views,
        }
        return len(choices.get(control, "more")) > 1

    def changed(self, kind: str, picture: str, study: Study) -> ChangedPicture:
        """The data set of a picture under a kind of change."""
        for one in changed_pictures(study):
            if (one.kind, one.picture) == (kind, picture):
                return one
        raise ArticleError(f"the data hold no {kind!r} of picture {picture!r}")

    def change(self, key: str, value: str, study: Study) -> str:
        """A change of the state, as the address of the page writes it."""
        known: Mapping[str, Sequence[str]] = {
            "kind": self.kinds,
            "picture": self.pictures,
            "view": self.views,
        }
        if key == "step":
            return self._checked_step(value, study)
        return known_value(key, value, known, also=["step"])

    def _checked_step(self, value: str, study: Study) -> str:
        most = min(len(one.values) for one in self._all(study)) - 1
        if not value.isdecimal() or int(value) > most:
            raise ArticleError(f"step {value!r} is not a whole number from 0 to {most}")
        return str(int(value))

    def _all(self, study: Study) -> list[ChangedPicture]:
        """The data sets of the figure."""
        return [
            self.changed(kind, picture, study) for kind in self.kinds for picture in self.pictures
        ]

    # -- what the browser must know ----------------------------------------------------------------

    def config(self, study: Study) -> dict[str, Any]:
        """Kinds with the values of their steps, pictures to choose from, data sets, the state."""
        shorts = {model: study.manifest.models[model]["short"] for model in self.models}
        return {
            "kinds": [self._kind(kind, study) for kind in self.kinds],
            "pictures": [self._picture(picture, study) for picture in self.pictures],
            "datasets": {
                kind: {p: self.changed(kind, p, study).dataset for p in self.pictures}
                for kind in self.kinds
            },
            "models": [{"id": model, "title": shorts[model]} for model in self.models],
            "views": self.views,
            "columns": self.columns,
            "controls": self.controls,
            "state": asdict(self.state),
            "similarity_range": self.similarity_range(study),
        }

    def _kind(self, kind: str, study: Study) -> dict[str, Any]:
        one = self.changed(kind, self.pictures[0], study)
        return {
            "id": kind,
            "title": one.title,
            "axis": one.axis_title,
            "values": one.values,
            "texts": one.texts,
            "ticks": [{"at": round(at, 3), "text": text} for at, text in one.ticks],
            "start": one.start,
            "strip": strip_rows(len(one.values)),
        }

    def _picture(self, picture: str, study: Study) -> dict[str, str]:
        one = self.changed(self.kinds[0], picture, study)
        return {"id": picture, "caption": one.caption, "thumbnail": _thumbnail(one, study)}

    def similarity_range(self, study: Study) -> tuple[float, float]:
        """The colour scale, the same for all models, pictures and kinds of change."""
        lowest = min(
            float(study.space(one.dataset, model).space.similarity.min())
            for one in self._all(study)
            for model in self.models
        )
        return similarity_ends(lowest)

    # -- the static picture ------------------------------------------------------------------------

    def draw(self, study: Study) -> list[View]:
        """Every model in the first state."""
        drawing = {
            "heatmap": self._draw_matrix,
            "curve": self._draw_curves,
            "path": self._draw_path,
        }
        draw = drawing[self.state.view]
        titles = {model: study.manifest.models[model]["short"] for model in self.models}
        return [replace(draw(m, study), part=m, title=titles[m]) for m in self.models]

    def _shown(self, study: Study) -> ChangedPicture:
        return self.changed(self.state.kind, self.state.picture, study)

    def _similarity(self, model: str, study: Study) -> Floats:
        return study.space(self._shown(study).dataset, model).space.similarity

    def _draw_matrix(self, model: str, study: Study) -> View:
        one, similarity = self._shown(study), self._similarity(model, study)
        steps = len(one.values)
        gap, strip = strip_rows(steps)
        whole = steps + gap + strip
        low, high = self.similarity_range(study)
        text_tick = Label("text", round((steps + gap + strip / 2) / whole, 4), "text")
        return View(
            "steps",
            _tick_labels(one, steps),
            (*_tick_labels(one, whole), text_tick),
            one.axis_title,
            png=_matrix_png(similarity, steps, low, high),
            size=whole,
            scale=Scale.of(low, high, similarity_scale()),
        )

    def _draw_curves(self, model: str, study: Study) -> View:
        one, similarity = self._shown(study), self._similarity(model, study)
        steps = len(one.values)
        at = np.arange(steps, dtype=np.float64)
        x = Range(-0.5, steps - 0.5, ())
        low, high = self.similarity_range(study)
        y = Range(low, high, tuple(tick for tick in (-0.5, 0.0, 0.5, 1.0) if tick >= low))
        lines = [
            Line(at, similarity[one.start, :steps], "series image"),
            Line(at, similarity[steps, :steps], "series text"),
        ]
        return View(
            "curve",
            _tick_labels(one, steps),
            y.labels(from_top=True),
            one.axis_title,
            "cosine similarity",
            svg=pictures.lines_svg(lines, x, y),
        )

    def _draw_path(self, model: str, study: Study) -> View:
        one = self._shown(study)
        paths = {m: _path(self._similarity(m, study), len(one.values)) for m in self.models}
        half = _MARGIN * max(float(np.linalg.norm(path, axis=1).max()) for path in paths.values())
        plane = Range(-half, half, ())
        x, y = paths[model].T
        lines = [Line(x, y, "walk"), Line(x[[one.start]], y[[one.start]], "walk-start")]
        return View(
            "path",
            x_title="component 1",
            y_title="component 2",
            svg=pictures.lines_svg(lines, plane, plane),
        )

    # -- files -------------------------------------------------------------------------------------

    def downloads(self, study: Study) -> list[Download]:
        """The curves of all models in the first state."""
        one = self._shown(study)
        label = f"curves, {one.title.lower()}"
        table = self._curves(one, study)
        return [Download(f"{one.dataset}/curves.csv", label, lambda: table_csv(table))]

    def _curves(self, one: ChangedPicture, study: Study) -> TableOfNumbers:
        """A row for each step: its cosines with the least changed picture and with the text."""
        steps = len(one.values)
        columns, values = [Column("value", one.title.lower(), one.unit)], [np.array(one.values)]
        for model in self.models:
            short = study.manifest.models[model]["short"]
            similarity = self._similarity(model, study)
            for name, row in (("the least changed", one.start), ("the text", steps)):
                columns.append(Column(f"{model}-{row}", f"{short}, to {name}"))
                values.append(np.round(similarity[row, :steps], _DECIMALS))
        rows = tuple(tuple(row) for row in np.column_stack(values).tolist())
        return TableOfNumbers("curves", one.title, one.dataset, tuple(columns), rows)

    def uses(self, study: Study) -> Sequence[Use]:
        """Items and spaces of every picture under every change; those of the first state first."""
        first = self._shown(study).dataset
        return [
            use
            for one in self._all(study)
            for use in (
                Use("items", one.dataset, first=one.dataset == first),
                *(Use("space", one.dataset, m, first=one.dataset == first) for m in self.models),
            )
        ]

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """How many panels a row has, and the controls."""
        return {"views": (f"columns-{self.columns}",), "controls": self.controls}


def strip_rows(steps: int) -> tuple[int, int]:
    """Rows between a matrix and the strip of its text below, and rows of the strip."""
    return max(1, round(0.02 * steps)), max(2, round(0.08 * steps))


def _matrix_png(similarity: Floats, steps: int, low: float, high: float) -> bytes:
    """A pixel for each similarity of two steps; below a gap, the strip of those to the text."""
    gap, strip = strip_rows(steps)
    rows = [*range(steps), *[steps] * (gap + strip)]
    indices = colour_index(similarity[rows, :steps], low, high).clip(0, _CLEAR - 1)
    indices[steps : steps + gap] = _CLEAR
    picture = Image.fromarray(indices)
    picture.putpalette(similarity_scale().tobytes())
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True, transparency=_CLEAR)
    return buffer.getvalue()


def _require(known: Sequence[ChangedPicture]) -> Sequence[ChangedPicture]:
    if not known:
        raise ArticleError("the data hold no pictures that are changed step by step")
    return known


def _check_counts(space: Space, one: ChangedPicture) -> None:
    if space.counts != (len(one.values), 1):
        raise ArticleError(
            f"data set {one.dataset!r}: {space.counts} items are not {len(one.values)} pictures "
            "and one text"
        )


def _tick_labels(one: ChangedPicture, cells: int) -> tuple[Label, ...]:
    """Ticks of an axis that `cells` steps fill."""
    return tuple(Label(text, round((at + 0.5) / cells, 4)) for at, text in one.ticks)


def _path(similarity: Floats, steps: int) -> Floats:
    """The pictures on their own principal components (steps, 2), without the text."""
    return geometry.principal_components(similarity[:steps, :steps])


def _thumbnail(one: ChangedPicture, study: Study) -> str:
    """The least changed picture as a `data:` address: to choose from before others are there."""
    sprites = next(m.sprites for m in study.items(one.dataset).modalities if m.sprites is not None)
    file, cell = divmod(one.start, sprites.per_file)
    record = study.record(sprites.files[file], one.dataset)
    sheet = Image.open(io.BytesIO(study.data.read_bytes(record))).convert("RGB")
    left, top = (sprites.cell * at for at in (cell % sprites.columns, cell // sprites.columns))
    picture = sheet.crop((left, top, left + sprites.cell, top + sprites.cell))
    buffer = io.BytesIO()
    side = min(_THUMBNAIL, sprites.cell)
    picture.resize((side, side), Image.Resampling.LANCZOS).save(
        buffer, "WEBP", quality=_THUMBNAIL_QUALITY, method=6
    )
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"

"""Sketches: drawings of our own that explain, and say that they show no data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, TypeAlias

from markupsafe import Markup

from article import sketches
from article.downloads import Download
from article.errors import ArticleError
from article.pictures import SIDE, View
from article.problems import Problems
from article.states import share_of
from article.study import Study
from article.tables import Table, suggestion
from article.uses import Use

Drawing: TypeAlias = Literal["expectation", "closing", "terms"]

LARGEST_SHARE: Final = 1.5
_NOTE: Final = Markup('<p class="sketch-note">A drawing that explains; it shows no data.</p>')


@dataclass(frozen=True)
class SketchState:
    """The share of the gap that is closed, in the drawing that closes it."""

    share: float = 1.0


@dataclass(frozen=True)
class Sketch:
    """Parameters of a sketch: which one."""

    drawing: Drawing
    state: SketchState = SketchState()

    def resolve(self, table: Table, study: Study, problems: Problems) -> Sketch:
        """Check the first state."""
        with problems.noted(table.file, table.line_of("state", "share")):
            if "state" in table.values:
                self.change("share", str(self.state.share), study)
        return self

    def change(self, key: str, value: str, study: Study) -> str:
        """A change of the state, as the address of the page writes it."""
        if self.drawing != "closing":
            raise ArticleError(f"unknown state {key!r}; this sketch has none")
        if key != "share":
            raise ArticleError(f"unknown state {key!r}{suggestion(key, ['share'])}")
        return f"{share_of(value):g}"

    def config(self, study: Study) -> dict[str, Any]:
        """What the browser must know: the vectors of the drawing that it moves."""
        common = {"drawing": self.drawing, "controls": self.parts["controls"]}
        if self.drawing != "closing":
            return common | {"state": {}}
        images, texts = (points.round(4).tolist() for points in sketches.closing_pairs())
        plane = {"low": sketches.LOW.tolist(), "length": sketches.LENGTH, "side": SIDE}
        return common | {
            "images": images,
            "texts": texts,
            "plane": plane,
            "state": asdict(self.state),
        }

    def draw(self, study: Study) -> list[View]:
        """The drawing, and a line that says what it is."""
        if self.drawing == "expectation":
            return [*sketches.expectation(), View(kind="sketch-note", html=_NOTE)]
        if self.drawing == "closing":
            views = sketches.closing(self.state.share)
            return [*views, View(kind="sketch-note", html=_NOTE)]
        return [*sketches.terms(), View(kind="sketch-note", html=_key() + _NOTE)]

    def downloads(self, study: Study) -> list[Download]:
        """Nothing: there are no data."""
        return []

    def uses(self, study: Study) -> Sequence[Use]:
        """Nothing: the drawing is in the page."""
        return ()

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """As many views as the drawing has parts; one of the drawings has a slider."""
        count = {"expectation": 2, "closing": 3, "terms": 3}[self.drawing]
        controls = ("share",) if self.drawing == "closing" else ()
        return {"views": ["sketch"] * count, "controls": controls}


def _key() -> Markup:
    """What the signs of the terms say."""
    entries = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(sketches.glyph(kind), text)
        for kind, text in sketches.KEY.items()
    )
    return Markup('<dl class="sketch-key">{}</dl>').format(entries)

"""The explorer: the matrix of similarities and a projection of one data set, linked."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, TypeAlias, get_args, get_type_hints

import numpy as np

from article import geometry, pictures
from article.artifacts import Items
from article.axes import PROJECTION_TITLES, modality_ticks, scatter_view
from article.colours import STORED_ERROR, similarity_ends, similarity_scale
from article.downloads import Download, layouts_csv, similarities_csv
from article.errors import ArticleError
from article.pictures import Scale, View
from article.pool import Pool
from article.problems import Problems
from article.states import one_of, share_of
from article.study import SpaceStates, Study
from article.tables import Table, suggestion
from article.uses import Use
from article.vocabulary import STOP_WORDS

ViewName: TypeAlias = Literal["heatmap", "scatter"]
Control: TypeAlias = Literal[
    "model",
    "share",
    "projection",
    "order",
    "reset",
    "clusters",
    "like",
    "distance",
    "lines",
    "points",
    "names",
    "key",
    "words",
    "select",
    "all",
]
Projection: TypeAlias = Literal["pca", "tsne", "umap"]


_BASIC: Final[tuple[Control, ...]] = get_args(Control)[:5]
_EVERY: Final[tuple[Control, ...]] = get_args(Control)[:-1]

_LIKE: Final = "like"
"""The order by similarity to the item that the state names beside it."""

_CLUSTERS: Final = (2, 20)
_STATE_OF: Final = {"words": ("words", "match"), "select": ("only", "picked")}
"""What a control sets, if that is not what it is called."""

_AT_FIRST_EMPTY: Final = ("words", "only", "picked", "like")
_UNSAFE: Final = re.compile(r"[^\w '’!.-]")
"""Characters that a link to a state cannot hold."""


@dataclass(frozen=True)
class ExplorerState:
    """What an explorer shows: a model, the share of its gap closed, a projection, an order.

    Then what its further controls set: how many `clusters` (0: as many as the study has), the item
    that others are ordered by (`image-id`), what cells show, how lines and points look, whether
    clusters are named and marked items ringed; words that captions hold, `all` or `any` of them;
    the pairs shown alone, and those selected (`dataset!3.7-12`).
    """

    model: str = ""
    share: float = 0.0
    projection: Projection = "pca"
    order: str = "given"
    clusters: int = 0
    like: str = ""
    distance: Literal["cosine", "euclidean"] = "cosine"
    lines: Literal["plain", "similarity", "none"] = "plain"
    points: Literal["shapes", "pictures"] = "shapes"
    names: Literal["on", "off"] = "on"
    key: Literal["hidden", "shown"] = "hidden"
    words: str = ""
    match: Literal["all", "any"] = "all"
    only: str = ""
    picked: str = ""


@dataclass(frozen=True)
class Explorer:
    """Parameters of an explorer.

    The control "all" stands for every one that the data have a use for. Words are looked for in
    the captions of `pool`, a data set with vectors, else in those of the data set itself.
    """

    dataset: str
    models: tuple[str, ...] = ()
    views: tuple[ViewName, ...] = get_args(ViewName)
    controls: tuple[Control, ...] = _BASIC
    state: ExplorerState = ExplorerState()
    pool: str | None = None

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
        state = replace(
            self.state,
            model=self.state.model or models[0],
            clusters=self.state.clusters or _clusters(study).get("count", 10),
        )
        resolved = replace(self, models=models, state=state)
        with problems.noted(table.file, table.line_of("controls")):
            resolved = replace(resolved, controls=resolved._checked_controls(study))
        with problems.noted(table.file, table.line_of("pool")):
            if pool := resolved._pool(study):
                pool.check()
        for key, value in asdict(state).items():
            with problems.noted(table.file, table.line_of("state", key)):
                resolved._check_first(key, str(value), study)
        return resolved

    def _checked_controls(self, study: Study) -> tuple[Control, ...]:
        """The controls asked for, or all of use; raises when the data have no use for one."""
        useless = self._useless(study)
        if "all" in self.controls:
            return tuple(control for control in _EVERY if control not in useless)
        for control in self.controls:
            if control in useless and control != "model":
                raise ArticleError(f"the data have no use for the control {control!r}")
        return tuple(control for control in self.controls if control not in useless)

    def _useless(self, study: Study) -> set[str]:
        """Controls that could change nothing."""
        items = study.items(self.dataset)
        found = set()
        if len(self.models) < 2:
            found.add("model")
        if not items.marks:
            found.add("key")
        if len({modality.count for modality in items.modalities}) > 1:
            found |= {"clusters", "like", "words", "select", "names"}
        if "heatmap" not in self.views:
            found |= {"distance", "clusters", "like", "names"}
        if "scatter" not in self.views:
            found |= {"lines", "points"}
        if not any(modality.sprites for modality in items.modalities):
            found.add("points")
        if not any(modality.texts for modality in items.modalities):
            found.add("words")
        return found

    def _pool(self, study: Study) -> Pool | None:
        return None if self.pool is None else Pool(self.pool, self.models, study)

    def _check_first(self, key: str, value: str, study: Study) -> None:
        """Raise what is wrong with a value of the first state."""
        if key in _AT_FIRST_EMPTY and value == "":
            return
        if key in ("words", "only"):
            raise ArticleError(
                f"{key!r} must be empty at first; the static picture shows all pairs"
            )
        if value != str(getattr(ExplorerState(), key)) or key in _BASIC:
            self._checked(key, value, study)

    def change(self, key: str, value: str, study: Study) -> str:
        """A change of the state, as the address of the page writes it."""
        states = asdict(self.state)
        if key not in states:
            raise ArticleError(f"unknown state {key!r}{suggestion(key, list(states))}")
        if key not in (*_BASIC, *self._set_by_controls):
            raise ArticleError(f"the figure has no control that sets {key!r}")
        return self._checked(key, value, study)

    @property
    def _set_by_controls(self) -> list[str]:
        """What further controls set."""
        return [key for name in self.controls for key in _STATE_OF.get(name, (name,))]

    def _checked(self, key: str, value: str, study: Study) -> str:
        if key == "model":
            return one_of(key, value, self.models)
        if key == "share":
            return f"{share_of(value):g}"
        if key == "projection":
            return one_of(key, value, self.projections(study))
        if key == "order":
            return one_of(key, value, self.orders(study))
        if key == "clusters":
            return str(_count(value))
        if key == "like":
            return self._checked_like(value, study)
        if key in ("words", "only", "picked"):
            return _link_text(key, value)
        return one_of(key, value, get_args(get_type_hints(ExplorerState)[key]))

    def projections(self, study: Study) -> list[str]:
        """PCA, and those that all models have at both ends of the gap."""
        stored = [
            {(p.method, p.share) for p in study.space(self.dataset, model).space.projections}
            for model in self.models
        ]
        both = [
            name
            for name in get_args(Projection)
            if all({(name, 0), (name, 1)} <= ends for ends in stored)
        ]
        return ["pca", *(name for name in both if name != "pca")]

    def orders(self, study: Study) -> list[str]:
        """As given, by clusters of a block, by similarity to an item.

        Clusters are those that all models bring along, or of any block where the page makes them.
        """
        spaces = [study.space(self.dataset, model).space for model in self.models]
        stored = [["-".join(c.block) for c in space.clusterings] for space in spaces]
        named = [name for name in stored[0] if all(name in names for names in stored)]
        if "clusters" in self.controls:
            named = ["-".join(block) for block in _blocks(spaces[0].modalities)]
        return ["given", *named, *([_LIKE] if "like" in self.controls else [])]

    def _checked_like(self, value: str, study: Study) -> str:
        """An item, as `modality-id`."""
        items = study.items(self.dataset)
        known = [f"{m.name}-{i}" for m in items.modalities for i in items.ids]
        return _link_text("like", one_of("like", value, known))

    def config(self, study: Study) -> dict[str, Any]:
        """What the browser must know."""
        pool = self._pool(study)
        makes_clusters = {"clusters", "words", "select"} & set(self.controls)
        return {
            "dataset": self.dataset,
            "models": self.models,
            "views": self.views,
            "controls": self.controls,
            "projections": self.projections(study),
            "orders": self.orders(study),
            "state": asdict(self.state),
            "similarity_range": self.similarity_range(study),
            "linkage": _clusters(study).get("linkage", "complete"),
            "stop_words": sorted(STOP_WORDS) if makes_clusters else [],
            "pool": None if pool is None else pool.config(),
        }

    def similarity_range(self, study: Study) -> tuple[float, float]:
        """The colour scale, the same for all models and shares so that colours can be compared."""
        spaces = [study.space(self.dataset, model) for model in self.models]
        lowest = min(space.smallest_similarity() for space in spaces)
        return similarity_ends(lowest)

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
        rows = self._rows(space, study)
        matrix = space.similarity(self.state.share)[rows][:, rows]
        ticks = modality_ticks(space)
        (low, high), colours, title = self.similarity_range(study), similarity_scale(), ""
        if self.state.distance == "euclidean":
            matrix = np.sqrt((2 - 2 * matrix).clip(0))
            low, high = 0.0, math.ceil(10 * (math.sqrt(2 - 2 * low) - STORED_ERROR)) / 10
            colours, title = np.ascontiguousarray(colours[::-1]), "Euclidean distance"
        return View(
            kind="heatmap",
            x_ticks=ticks,
            y_ticks=ticks,
            png=pictures.heatmap_png(matrix, low, high, colours),
            size=len(rows),
            scale=Scale.of(low, high, colours, title or "cosine similarity"),
        )

    def _rows(self, space: SpaceStates, study: Study) -> list[int]:
        """Rows of K in the order of the first state.

        Clusters that the page makes itself are none of the study's; their order is left to it.
        """
        stored = ["-".join(clustering.block) for clustering in space.space.clusterings]
        if self.state.order == _LIKE and self.state.like:
            return _rows_like(self.state.like, space, study.items(self.dataset))
        return space.rows(self.state.order if self.state.order in stored else "given")

    def _draw_scatter(self, study: Study) -> View:
        space, name = self._space(study), self.state.projection
        extent, titles = space.extent(name), PROJECTION_TITLES[name]
        return scatter_view(space, name, self.state.share, extent, titles)

    def _space(self, study: Study) -> SpaceStates:
        return study.space(self.dataset, self.state.model)

    def uses(self, study: Study) -> Sequence[Use]:
        """The items, and the space of every model; that of the first state first."""
        spaces = (
            Use("space", self.dataset, model, first=model == self.state.model)
            for model in self.models
        )
        pool = self._pool(study)
        return [Use("items", self.dataset), *spaces, *(pool.uses() if pool else ())]

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """Views and controls."""
        return {"views": self.views, "controls": self.controls}


def _clusters(study: Study) -> Mapping[str, Any]:
    """How the study clusters pairs."""
    found = study.manifest.settings.get("clusters", {})
    return found if isinstance(found, Mapping) else {}


def _blocks(modalities: Sequence[str]) -> list[tuple[str, str]]:
    """Blocks of a similarity matrix: of each modality, then of each two."""
    return [(name, name) for name in modalities] + list(itertools.combinations(modalities, 2))


def _count(value: str) -> int:
    low, high = _CLUSTERS
    if not value.isdecimal() or not low <= int(value) <= high:
        raise ArticleError(f"clusters {value!r} is not a whole number from {low} to {high}")
    return int(value)


def _link_text(key: str, value: str) -> str:
    """A text as a link writes it: with + for spaces."""
    if unsafe := _UNSAFE.search(value):
        raise ArticleError(f"{key} {value!r}: a link cannot hold {unsafe[0]!r}")
    return value.replace(" ", "+")


def _rows_like(like: str, space: SpaceStates, items: Items) -> list[int]:
    """Rows of K by similarity to an item among those of its modality, its own pair first."""
    blocks = geometry.blocks(space.space.counts)
    for name, block in zip(space.space.modalities, blocks, strict=True):
        if like.removeprefix(f"{name}-") in items.ids:
            own = items.ids.index(like.removeprefix(f"{name}-"))
            similarity = space.space.similarity[block.start + own, block].copy()
            similarity[own] = np.inf
            order = np.argsort(-similarity, kind="stable")
            return [start.start + int(pair) for start in blocks for pair in order]
    raise ArticleError(f"no item {like!r}")

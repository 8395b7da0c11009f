"""The data of an article, each file read and derived once for a build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from article import artifacts, geometry
from article.artifacts import (
    MANIFEST_NAME,
    Clustering,
    DataFolder,
    Floats,
    Items,
    Landscape,
    Manifest,
    Record,
    Space,
)
from article.errors import ArticleError, ArtifactError
from article.film_states import FilmStates
from article.problems import Problems
from article.published import Published
from article.settings import is_web_address
from article.tables import Table, suggestion


@dataclass
class Study:
    """What `precompute` wrote, read when asked for and kept; and what others `published`."""

    data: DataFolder
    published: Published = field(default_factory=lambda: Published({}))
    _spaces: dict[tuple[str, str], SpaceStates] = field(default_factory=dict)
    _items: dict[str, Items] = field(default_factory=dict)
    _landscapes: dict[tuple[str, str], Landscape] = field(default_factory=dict)
    _films: dict[tuple[str, str], FilmStates] = field(default_factory=dict)
    _tables: dict[str, artifacts.Table] = field(default_factory=dict)
    _layouts: dict[tuple[str, str, str], artifacts.Layout] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path) -> Study:
        """Read the manifest of a data folder; it must say what the page needs to know."""
        study = cls(DataFolder.open(folder))
        for what, entries, needed in (
            ("data set", study.manifest.datasets, ("title", "count")),
            ("model", study.manifest.models, ("title", "short", "logit_scale")),
        ):
            for name, entry in entries.items():
                if missing := [key for key in needed if key not in entry]:
                    message = f"{what} {name!r} has no {missing[0]!r}"
                    raise ArtifactError(message, folder / MANIFEST_NAME)
        study._check_credits(folder / MANIFEST_NAME)
        return study

    def _check_credits(self, file: Path) -> None:
        """Raise when an address in the credits is none that a link may lead to."""
        for dataset in self.manifest.datasets.values():
            for credit in dataset.get("credits", ()):
                for address in (credit.get("url", ""), credit.get("licence_url", "")):
                    if address and not is_web_address(address):
                        raise ArtifactError(f"credits: {address!r} is no web address", file)

    @property
    def manifest(self) -> Manifest:
        """The list of all data."""
        return self.data.manifest

    def check_dataset(self, dataset: str) -> None:
        """Raise when there is no such data set."""
        if dataset not in self.manifest.datasets:
            known = suggestion(dataset, self.manifest.datasets)
            raise ArticleError(f"unknown data set {dataset!r}{known}")

    def check_model(self, model: str) -> None:
        """Raise when there is no such model."""
        if model not in self.manifest.models:
            known = suggestion(model, self.manifest.models)
            raise ArticleError(f"unknown model {model!r}{known}")

    def choose_models(
        self, kind: str, dataset: str, wanted: Sequence[str], table: Table, problems: Problems
    ) -> tuple[str, ...]:
        """Of the models wanted, or of all where none is, those with a sound `kind` of the data set.

        What is wrong with the others is noted at the key `models`.
        """
        read = {
            "space": self._read_space,
            "landscape": self.landscape,
            "film": self.film,
        }[kind]
        sound = []
        with problems.noted(table.file, table.line_of("models")):
            if not self.data.models_of(kind, dataset):
                raise ArticleError(f"the data hold no {kind} of data set {dataset!r}")
            for model in wanted or self.data.models_of(kind, dataset):
                with problems.noted(table.file, table.line_of("models")):
                    self.check_model(model)
                    read(dataset, model)
                    sound.append(model)
        return tuple(sound)

    def _read_space(self, dataset: str, model: str) -> None:
        """Read a space; its gap can be closed."""
        self.space(dataset, model).smallest_similarity()

    def items(self, dataset: str) -> Items:
        """What the rows of a data set are; its pictures and sounds are there."""
        if dataset not in self._items:
            items = self.data.items(dataset)
            for path in media_files(items):
                self.data.read_bytes(self.record(path, dataset))
            self._items[dataset] = items
        return self._items[dataset]

    def record(self, path: str, dataset: str) -> Record:
        """The manifest's record of a file that the items of a data set name."""
        for record in self.manifest.artifacts:
            if record.path == path:
                return record
        source = self.data.folder / self.manifest.find("items", dataset).path
        raise ArtifactError(f"names {path!r}, which is not in the manifest", source)

    def space(self, dataset: str, model: str) -> SpaceStates:
        """A data set as a model sees it."""
        key = (dataset, model)
        if key not in self._spaces:
            self._spaces[key] = SpaceStates(self.data.space(dataset, model))
        return self._spaces[key]

    def layout(self, dataset: str, model: str, name: str) -> artifacts.Layout:
        """A large data set in the plane."""
        key = (dataset, model, name)
        if key not in self._layouts:
            self._layouts[key] = self.data.layout(dataset, model, name)
        return self._layouts[key]

    def landscape(self, dataset: str, model: str) -> Landscape:
        """The loss along the gap."""
        key = (dataset, model)
        if key not in self._landscapes:
            self._landscapes[key] = self.data.landscape(dataset, model)
        return self._landscapes[key]

    def film(self, dataset: str, model: str) -> FilmStates:
        """A data set in the course of a training."""
        key = (dataset, model)
        if key not in self._films:
            self._films[key] = FilmStates(self.data.film(dataset, model))
        return self._films[key]

    def table(self, name: str) -> artifacts.Table:
        """Figures in rows, by the name of their table."""
        if name not in self._tables:
            self._tables[name] = self.data.table(name)
        return self._tables[name]


def media_files(items: Items) -> list[str]:
    """Files of pictures and sounds of a data set, relative to the data folder."""
    pictures = [f for m in items.modalities if m.sprites is not None for f in m.sprites.files]
    return pictures + [file for m in items.modalities for file in m.sounds or ()]


@dataclass
class SpaceStates:
    """A space in every state: any share of the gap closed, any projection, any order."""

    space: Space

    @cached_property
    def closed(self) -> Floats:
        """K (N, N) with the whole gap closed."""
        return geometry.close_gap(self.space.similarity, self.space.counts, 1)

    def similarity(self, share: float) -> Floats:
        """K (N, N) with a share of the gap closed."""
        if share in (0, 1):
            return self.closed if share else self.space.similarity
        return geometry.close_gap(self.space.similarity, self.space.counts, share)

    def smallest_similarity(self) -> float:
        """The smallest cosine as trained or with the gap closed."""
        return float(min(self.space.similarity.min(), self.closed.min()))

    @cached_property
    def trained_components(self) -> Floats:
        """Principal components (N, 2) as trained: what every other state is turned onto."""
        return geometry.principal_components(self.space.similarity)

    def principal_components(self, share: float) -> Floats:
        """Principal components (N, 2), turned onto those of the model as trained."""
        if share == 0:
            return self.trained_components
        components = geometry.principal_components(self.similarity(share))
        return geometry.rotate_onto(components, self.trained_components)

    def coordinates(self, projection: str, share: float) -> Floats:
        """Items in the plane (N, 2); t-SNE and UMAP are interpolated between both ends."""
        if projection == "pca":
            return self.principal_components(share)
        trained, closed = (self.space.projection(projection, end).coordinates for end in (0, 1))
        return np.asarray(trained + np.clip(share, 0, 1) * (closed - trained))

    def extent(self, projection: str) -> float:
        """Half the side of a square around both ends: the same frame for every share.

        For PCA around the origin, with a margin of 6 %; else see `centre`.
        """
        ends = [self.coordinates(projection, end) for end in (0, 1)]
        if projection == "pca":
            return 1.06 * float(max(np.linalg.norm(end, axis=1).max() for end in ends))
        both = np.concatenate(ends)
        return 1.06 * float((both.max(axis=0) - both.min(axis=0)).max() / 2)

    def centre(self, projection: str) -> Floats:
        """The middle (2,) of the square that `extent` gives the size of."""
        if projection == "pca":
            return np.zeros(2)
        both = np.concatenate([self.coordinates(projection, end) for end in (0, 1)])
        return np.asarray((both.max(axis=0) + both.min(axis=0)) / 2)

    def clustering(self, order: str) -> Clustering | None:
        """The clustering named `image-text`, say; none for the given order."""
        if order == "given":
            return None
        for clustering in self.space.clusterings:
            if "-".join(clustering.block) == order:
                return clustering
        known = suggestion(order, ["given", *("-".join(c.block) for c in self.space.clusterings)])
        raise ArticleError(f"no order {order!r}{known}")

    def rows(self, order: str) -> list[int]:
        """Rows of K in an order of the pairs, the same within each modality."""
        clustering = self.clustering(order)
        if clustering is None:
            return list(range(len(self.space.similarity)))
        starts = [block.start for block in geometry.blocks(self.space.counts)]
        return [start + int(pair) for start in starts for pair in clustering.order]

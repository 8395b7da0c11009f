"""A large data set that a figure takes pairs from, as many as its reader asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from article.errors import ArticleError
from article.study import Study
from article.uses import Use


@dataclass(frozen=True)
class Pool:
    """The pairs of `dataset`, as those of `wanted` models see them that have its vectors."""

    dataset: str
    wanted: Sequence[str]
    study: Study

    def check(self) -> None:
        """Raise when pairs cannot be taken from it: unknown, without texts or without vectors."""
        self.study.check_dataset(self.dataset)
        texts = [m.texts for m in self.study.items(self.dataset).modalities if m.texts]
        if not texts:
            raise ArticleError(f"the items of data set {self.dataset!r} have no texts")
        if not self.models:
            wanted = ", ".join(self.wanted)
            raise ArticleError(f"the data hold no vectors of data set {self.dataset!r} by {wanted}")

    @cached_property
    def models(self) -> tuple[str, ...]:
        """Models that have its vectors."""
        found = self.study.data.models_of("vectors", self.dataset)
        return tuple(model for model in self.wanted if model in found)

    @cached_property
    def layouts(self) -> Mapping[str, tuple[str, str]]:
        """Names of the layouts of all items, as trained and closed, by method, in every model.

        PCA is left out: the page makes that of the chosen pairs.
        """
        ends = [self._ends(model) for model in self.models]
        methods = set.intersection(*({method for method, _ in names} for names in ends))
        return {
            method: (ends[0][method, 0], ends[0][method, 1])
            for method in sorted(methods - {"pca"})
            if all(
                names.get((method, share)) == ends[0].get((method, share), "")
                for names in ends
                for share in (0, 1)
            )
        }

    def _ends(self, model: str) -> dict[tuple[str, float], str]:
        """Names of a model's layouts of all items, by method and share of the gap closed."""
        names = [
            str(record.name)
            for record in self.study.manifest.artifacts
            if (record.kind, record.dataset, record.model) == ("layout", self.dataset, model)
        ]
        layouts = [self.study.layout(self.dataset, model, name) for name in names]
        return {
            (layout.method, layout.share): layout.name
            for layout in layouts
            if layout.points == "items" and layout.fit == "all"
        }

    def uses(self) -> Iterator[Use]:
        """Data files, none of which is needed before a reader asks for other pairs."""
        yield Use("items", self.dataset, first=False)
        for model in self.models:
            yield Use("vectors", self.dataset, model, first=False)
            for names in self.layouts.values():
                for name in names:
                    yield Use("layout", self.dataset, model, name, first=False)

    def config(self) -> dict[str, Any]:
        """What the browser must know."""
        return {"dataset": self.dataset, "models": self.models, "layouts": self.layouts}

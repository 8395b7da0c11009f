"""An article whose figures compare: the live article's pairs, and ten of them as other data."""

from __future__ import annotations

import dataclasses
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from article import geometry, site
from article.artifacts import (
    Clustering,
    DataFolder,
    Items,
    Manifest,
    Modality,
    Record,
    Space,
    describe,
    encode,
    write_atomically,
)
from article.geometry import Floats
from tests.browser.live_article import LOGIT_SCALE, MODELS, LiveArticle

FEW: Final = 10

TEXT: Final = f"""\
[Differences](try:fig-compare?view=difference&order=image-image&by=second), by other clusters.

```figure
id = "fig-compare"
type = "comparer"
title = "Side by side"
alt = "Three matrices."
datasets = ["study", "few"]
panels = [{{ model = "first" }}, {{ model = "first", share = 1 }}, {{ model = "second" }}]
views = ["heatmap", "scatter", "difference"]
caption = "What to see."
```

{"Text between the figures. " * 900}

```figure
id = "fig-cells"
type = "comparer"
title = "Alone or together"
alt = "Three planes."
datasets = ["study"]
panels = [{{ model = "first" }}, {{ model = "second" }}, {{ model = "third" }}]
views = ["scatter"]
controls = ["shown", "projection"]
state = {{ shown = "second", projection = "umap" }}
caption = "What to see."
```
"""


@dataclass(frozen=True)
class ComparingArticle:
    """The article and its site, and the truth of what the site must show."""

    folder: Path

    @classmethod
    def write(cls, folder: Path, live: LiveArticle) -> ComparingArticle:
        """Write the article over a copy of the live one's data, and build its site."""
        shutil.copytree(live.folder / "essay", folder / "essay")
        write_atomically(folder / "essay" / "content" / "index.md", TEXT.encode())
        _add_few(folder / "essay" / "data")
        site.write(site.build(folder / "essay"), folder / "site")
        return cls(folder)

    @cached_property
    def data(self) -> DataFolder:
        """What the page was built from, as its readers decode it."""
        return DataFolder.open(self.folder / "essay" / "data")

    def similarity(self, model: str, share: float = 0, dataset: str = "study") -> Floats:
        """K of a state."""
        space = self.data.space(dataset, model)
        return geometry.close_gap(space.similarity, space.counts, share)

    def readouts(self, model: str, share: float = 0, dataset: str = "study") -> dict[str, str]:
        """What the page says of a panel."""
        similarity = self.similarity(model, share, dataset)
        counts = self.data.space(dataset, model).counts
        cross = geometry.cross_block(similarity, counts)
        differences = geometry.in_modal_difference(similarity, counts)
        count = len(differences)
        return {
            "gap": f"{geometry.gap_distance(similarity, counts):.2f}",
            "loss": f"{geometry.contrastive_losses(cross, LOGIT_SCALE).mean:.3f}",
            "recall": f"{100 * np.mean(geometry.recall(cross, 1)):.0f} %",
            "difference": f"{np.abs(differences).sum() / (count * (count - 1)):.2f}",
        }


def _add_few(folder: Path) -> None:
    """The first ten pairs as a data set of their own."""
    data = DataFolder.open(folder)
    items = data.items("study")
    image, text = items.modalities
    assert text.texts is not None
    few = Items(
        "few",
        items.ids[:FEW],
        (
            dataclasses.replace(image, count=FEW),
            Modality("text", "text", FEW, texts=text.texts[:FEW]),
        ),
    )
    records: list[Record] = [*data.manifest.artifacts, _put(folder, "few/items.json", few, None)]
    for model in MODELS:
        space = _few_of(data.space("study", model))
        records.append(_put(folder, f"few/space-{model}.json", space, model))
    datasets = {**data.manifest.datasets, "few": {"title": "Ten pairs", "count": FEW}}
    manifest = dataclasses.replace(data.manifest, artifacts=tuple(records), datasets=datasets)
    write_atomically(folder / "manifest.json", encode(manifest))


def _put(folder: Path, path: str, artifact: Items | Space | Manifest, model: str | None) -> Record:
    content = encode(artifact)
    write_atomically(folder / path, content)
    return describe(path, artifact.kind, content, "few", model, {})


def _few_of(space: Space) -> Space:
    """The first pairs of a space, without projections, in an order turned round by clusters."""
    pairs = space.counts[0]
    rows = [*range(FEW), *range(pairs, pairs + FEW)]
    order = np.arange(FEW)[::-1].copy()
    one = Clustering(
        ("image", "image"), "as drawn", "none", order, np.zeros(FEW, dtype=np.int64), ("all",)
    )
    return dataclasses.replace(
        space,
        dataset="few",
        counts=(FEW, FEW),
        similarity=space.similarity[rows][:, rows],
        projections=(),
        clusterings=(one, *(dataclasses.replace(one, block=block) for block in _OTHER_BLOCKS)),
    )


_OTHER_BLOCKS: Final = (("text", "text"), ("image", "text"))

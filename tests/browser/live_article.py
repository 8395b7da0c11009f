"""An article with one figure of each kind, over sixty pairs that three models see.

Sixty, so that losses have a whole batch and a part of one; the captions are what a page must bear.
The truth that tests compare with is what `article.geometry` makes of the files' own numbers.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from article import geometry, site
from article.artifacts import (
    Clustering,
    DataFolder,
    Items,
    Landscape,
    Manifest,
    Modality,
    Projection,
    Record,
    Space,
    Sprites,
    describe,
    encode,
    write_atomically,
)
from article.geometry import Floats
from tests.article.small_article import PUBLISHED, REFERENCES, SETTINGS

PAIRS: Final = 60
COUNTS: Final = (PAIRS, PAIRS)
LOGIT_SCALE: Final = 20.0
MODELS: Final = {"first": "First", "second": "Second", "third": "Third"}
CELL: Final = 8
COLUMNS: Final = 10

HOSTILE: Final = "<img src=x onerror=\"document.title=1\"> & 'quoted'"
RIGHT_TO_LEFT: Final = "כלב 🐶 ליד עץ"
TWO_LINES: Final = "a dog\nunder a tree"
TEXTS: Final = (
    HOSTILE,
    RIGHT_TO_LEFT,
    TWO_LINES,
    *(f"caption {pair + 1}" for pair in range(3, PAIRS)),
)

CLUSTER_SIZES: Final = (24, 20, 10, 4, 2)
CLUSTER_NAMES: Final = ("dogs, <b>", "cats", "trees", "four", "two")
"""Of the sizes above; only those of more than five pairs are boxed and named."""

STATE: Final = 'state = { model = "first", share = 0, projection = "pca", order = "given" }'

TEXT: Final = f"""\
Some text, and [a link that closes the gap](try:fig-explorer?share=1&order=image-image).

```figure
id = "fig-explorer"
type = "explorer"
title = "All of it"
alt = "Four quadrants, two clouds."
dataset = "study"
width = "page"
{STATE}
caption = "What to see."
```

{"Text between the figures. " * 900}

```figure
id = "fig-scatter"
type = "explorer"
title = "Only points"
alt = "Two clouds."
dataset = "study"
models = ["first"]
views = ["scatter"]
controls = ["projection", "reset"]
{STATE}
caption = "What to see."
```

{"Text between the figures. " * 900}

```figure
id = "fig-loss"
type = "landscape"
title = "The loss"
alt = "Three curves."
dataset = "study"
models = ["first", "second"]
directions = ["mean", "first_to_second", "second_to_first"]
width = "text"
caption = "What to see."
```

The end.
"""


@dataclass(frozen=True)
class LiveArticle:
    """The article and its site, and the truth of what the site must show."""

    folder: Path

    @classmethod
    def write(cls, folder: Path) -> LiveArticle:
        """Write the article, and build its site."""
        for name, text in (
            ("article.toml", SETTINGS),
            ("references.bib", REFERENCES),
            ("published.toml", PUBLISHED),
            ("index.md", TEXT),
        ):
            write_atomically(folder / "essay" / "content" / name, text.encode())
        _write_data(folder / "essay" / "data")
        site.write(site.build(folder / "essay"), folder / "site")
        return cls(folder)

    @property
    def site(self) -> Path:
        """Folder of the built page."""
        return self.folder / "site"

    @cached_property
    def data(self) -> DataFolder:
        """What the page was built from, as its readers decode it."""
        return DataFolder.open(self.folder / "essay" / "data")

    def space(self, model: str = "first") -> Space:
        """The pairs as a model sees them."""
        return self.data.space("study", model)

    def similarity(self, model: str = "first", share: float = 0) -> Floats:
        """K of a state (120, 120)."""
        stored = self.space(model).similarity
        return geometry.close_gap(stored, COUNTS, share) if share else stored

    def readouts(self, model: str = "first", share: float = 0) -> dict[str, str]:
        """What the page says of a state: distance and losses, to three decimals."""
        similarity = self.similarity(model, share)
        cross = geometry.cross_block(similarity, COUNTS)
        losses = geometry.contrastive_losses(cross, LOGIT_SCALE)
        values = {
            "gap": geometry.gap_distance(similarity, COUNTS),
            "firstToSecond": losses.first_to_second,
            "secondToFirst": losses.second_to_first,
            "mean": losses.mean,
        }
        return {name: f"{value:.3f}" for name, value in values.items()}


def embeddings(model: str) -> tuple[Floats, Floats]:
    """Images and texts (60, 16) around means that lie apart, another noise for each model."""
    seed = list(MODELS).index(model)
    shared = np.random.default_rng(0).normal(size=(PAIRS, 16))
    noise = np.random.default_rng(seed + 1)
    towards = np.zeros(16)
    towards[0] = 3.0 + seed
    images = shared + towards + 0.8 * noise.normal(size=shared.shape)
    texts = shared - towards + 0.8 * noise.normal(size=shared.shape)
    return images, texts


def space(model: str) -> Space:
    """A space with stored layouts that are simple to place: circles that turn as the gap closes."""
    similarity = geometry.similarity_matrix(*embeddings(model))
    angles = 2 * np.pi * np.arange(2 * PAIRS) / (2 * PAIRS)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    closed = geometry.close_gap(similarity, COUNTS)
    trained_components = geometry.principal_components(similarity)
    closed_components = geometry.principal_components(closed)
    layouts = {
        ("pca", 0.0): trained_components,
        ("pca", 1.0): geometry.rotate_onto(closed_components, trained_components),
        ("tsne", 0.0): 10 * circle,
        ("tsne", 1.0): 10 * np.roll(circle, 7, axis=0) + [4.0, 0.0],
        ("umap", 0.0): 2 * circle,
        ("umap", 1.0): -2 * circle,
    }
    return Space(
        "study",
        model,
        ("image", "text"),
        COUNTS,
        LOGIT_SCALE,
        similarity,
        tuple(Projection(name, share, layout) for (name, share), layout in layouts.items()),
        tuple(clustering(block, seed) for seed, block in enumerate(BLOCKS)),
    )


BLOCKS: Final = (("image", "image"), ("text", "text"), ("image", "text"))


def clustering(block: tuple[str, str], seed: int) -> Clustering:
    """Clusters of the sizes above over a shuffled order."""
    order = np.random.default_rng(seed).permutation(PAIRS)
    labels = np.empty(PAIRS, dtype=np.int64)
    labels[order] = np.repeat(np.arange(len(CLUSTER_SIZES)), CLUSTER_SIZES)
    return Clustering(block, "as drawn", "none", order, labels, CLUSTER_NAMES)


def landscape(model: str) -> Landscape:
    """The loss while the gap is changed by half a unit at a time."""
    similarity = geometry.similarity_matrix(*embeddings(model))
    gap = geometry.gap_distance(similarity, COUNTS)
    shifts = np.arange(-1.0, 2.1, 0.25)
    points = np.array([_point(similarity, shift / gap) for shift in shifts])
    return Landscape(
        "study",
        model,
        ("image", "text"),
        PAIRS,
        LOGIT_SCALE,
        geometry.BATCH_SIZE,
        shift=shifts,
        distance=points[:, 0],
        first_to_second=points[:, 1],
        second_to_first=points[:, 2],
        trained=_point(similarity, 0),
        closed=_point(similarity, 1),
    )


def _point(similarity: Floats, share: float) -> tuple[float, float, float]:
    """Signed distance and both losses."""
    moved = geometry.close_gap(similarity, COUNTS, share)
    losses = geometry.contrastive_losses(geometry.cross_block(moved, COUNTS), LOGIT_SCALE)
    distance = geometry.gap_distance(moved, COUNTS) * (1 if share <= 1 else -1)
    return float(distance), losses.first_to_second, losses.second_to_first


def cell_colour(pair: int) -> tuple[int, int, int]:
    """Colour of a pair's picture."""
    return (40 + 3 * pair, 220 - 3 * pair, 100)


def _sprite() -> bytes:
    sheet = Image.new("RGB", (COLUMNS * CELL, PAIRS // COLUMNS * CELL))
    for pair in range(PAIRS):
        corner = (pair % COLUMNS * CELL, pair // COLUMNS * CELL)
        sheet.paste(cell_colour(pair), (*corner, corner[0] + CELL, corner[1] + CELL))
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def _write_data(folder: Path) -> None:
    sprites = Sprites(("study/pictures-0.png",), cell=CELL, columns=COLUMNS, per_file=PAIRS)
    image = Modality("image", "picture", PAIRS, sprites=sprites)
    items = Items(
        "study",
        tuple(f"{pair:05}" for pair in range(PAIRS)),
        (image, Modality("text", "text", PAIRS, texts=TEXTS)),
    )
    files: list[tuple[str, str, bytes, str | None]] = [
        ("study/pictures-0.png", "sprite", _sprite(), None),
        ("study/items.json", "items", encode(items), None),
    ]
    for model in MODELS:
        files.append((f"study/space-{model}.json", "space", encode(space(model)), model))
        files.append((f"study/loss-{model}.json", "landscape", encode(landscape(model)), model))
    records: list[Record] = []
    for path, kind, data, of_model in files:
        write_atomically(folder / path, data)
        records.append(describe(path, kind, data, "study", of_model, {}))
    manifest = Manifest(
        study="live",
        datasets={"study": {"title": "Sixty pairs", "count": PAIRS}},
        models={
            model: {"title": f"{short} model", "short": short, "logit_scale": LOGIT_SCALE}
            for model, short in MODELS.items()
        },
        artifacts=tuple(records),
        settings={"batch_size": geometry.BATCH_SIZE, "clusters": {"count": len(CLUSTER_SIZES)}},
    )
    write_atomically(folder / "manifest.json", encode(manifest))

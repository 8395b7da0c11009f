"""An article with an explorer that has every control and a pool, and one of three modalities.

Sixty prepared pairs are the first of a pool of 450, so that words find pairs that are not prepared.
The first model has vectors of the pool and layouts of all its items, the second has none.
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
    Artifact,
    DataFolder,
    Items,
    Layout,
    Manifest,
    Modality,
    Projection,
    Record,
    Space,
    Sprites,
    Vectors,
    describe,
    encode,
    write_atomically,
)
from article.geometry import Floats
from tests.article.small_article import PUBLISHED, REFERENCES, SETTINGS

PAIRS: Final = 60
POOL: Final = 450
TRIPLES: Final = 12
LOGIT_SCALE: Final = 20.0
MODELS: Final = {"first": "First", "second": "Second"}
CELL: Final = 8
PER_FILE: Final = 100

SOUNDS: Final = tuple(f"three/sound-{k}.wav" for k in range(TRIPLES))

NOUNS: Final = ("dog", "hotdog", "cat", "car", "tree", "boat", "sun", "moon", "star")
COLOURS: Final = ("red", "green", "blue", "black")
MARKS: Final = {"blurred": (3, 14, 15), "swapped": (20, 21)}
"""Prepared pairs by what was done to them."""

TEXT: Final = """\
Some text, and [a link that looks for dogs](try:fig-tool?words=red+dog&share=1).

```figure
id = "fig-tool"
type = "explorer"
title = "Everything"
alt = "Four quadrants, two clouds."
dataset = "study"
pool = "many"
controls = ["all"]
caption = "What to see."
```

TEXT_BETWEEN

```figure
id = "fig-three"
type = "explorer"
title = "Three modalities"
alt = "Nine quadrants, three clouds."
dataset = "three"
controls = ["all"]
caption = "What to see."
```

The end.
""".replace("TEXT_BETWEEN", "Text between the figures. " * 900)


def captions() -> list[str]:
    """A colour and a noun, sometimes another noun."""
    draw = np.random.default_rng(11)
    texts = []
    for _ in range(POOL):
        noun, other = draw.choice(NOUNS, 2, replace=False)
        colour = draw.choice(COLOURS)
        texts.append(f"a {colour} {noun}" + (f" and a {other}" if draw.random() < 0.4 else ""))
    return texts


def embeddings(model: str, modalities: int = 2, pairs: int = POOL) -> list[Floats]:
    """Vectors (n, 16) of each modality about means that lie apart."""
    shared = np.random.default_rng(0).normal(size=(pairs, 16))
    noise = np.random.default_rng(list(MODELS).index(model) + 1)
    return [
        shared + 3 * np.eye(16)[m] + 0.8 * noise.normal(size=shared.shape)
        for m in range(modalities)
    ]


@dataclass(frozen=True)
class ToolArticle:
    """The article, its site, and the truth of what the site must show."""

    folder: Path

    @classmethod
    def write(cls, folder: Path) -> ToolArticle:
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

    @cached_property
    def captions(self) -> list[str]:
        """Of all pairs of the pool; the first sixty are prepared."""
        return captions()

    def similarity(self, model: str = "first", dataset: str = "study") -> Floats:
        """K (N, N) of a prepared set."""
        return self.data.space(dataset, model).similarity

    def of_pool(self, pairs: list[int]) -> Floats:
        """K (2m, 2m) of pairs of the pool, from the vectors in the file."""
        vectors = self.data.vectors("many", "first").vectors
        part = vectors[[*pairs, *(POOL + pair for pair in pairs)]]
        return np.asarray(part @ part.T)

    def readouts(self, similarity: Floats, digits: int = 3) -> dict[str, str]:
        """What the page says of a matrix (2m, 2m)."""
        counts = (len(similarity) // 2,) * 2
        losses = geometry.contrastive_losses(geometry.cross_block(similarity, counts), LOGIT_SCALE)
        values = {
            "gap": geometry.gap_distance(similarity, counts),
            "firstToSecond": losses.first_to_second,
            "secondToFirst": losses.second_to_first,
            "mean": losses.mean,
        }
        return {name: f"{value:.{digits}f}" for name, value in values.items()}


def cell_colour(pair: int) -> tuple[int, int, int]:
    """Colour of a pair's picture."""
    return (20 + pair % 200, 220 - pair % 190, 200)


def _sprite(first: int, count: int) -> bytes:
    sheet = Image.new("RGB", (10 * CELL, 10 * CELL))
    for cell in range(count):
        corner = (cell % 10 * CELL, cell // 10 * CELL)
        sheet.paste(cell_colour(first + cell), (*corner, corner[0] + CELL, corner[1] + CELL))
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def _space(dataset: str, model: str, modalities: tuple[str, ...], count: int) -> Space:
    vectors = embeddings(model, len(modalities), POOL if dataset == "study" else count)
    similarity = geometry.similarity_matrix(*(part[:count] for part in vectors))
    counts = (count,) * len(modalities)
    closed = geometry.close_gap(similarity, counts)
    layouts = [
        Projection("pca", 0.0, geometry.principal_components(similarity)),
        Projection("pca", 1.0, geometry.principal_components(closed)),
        *(Projection("tsne", share, _circle(sum(counts), 1 + share)) for share in (0.0, 1.0)),
        *(Projection("umap", share, _circle(sum(counts), 3 + share)) for share in (0.0, 1.0)),
    ]
    return Space(dataset, model, modalities, counts, LOGIT_SCALE, similarity, tuple(layouts), ())


def _circle(count: int, radius: float) -> Floats:
    angles = 2 * np.pi * np.arange(count) / count
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _items(dataset: str, count: int, files: int) -> Items:
    ids = tuple(f"p{pair:03}" for pair in range(count))
    paths = tuple(f"{dataset}/pictures-{k}.png" for k in range(files))
    sprites = Sprites(paths, cell=CELL, columns=10, per_file=PER_FILE)
    texts = tuple(captions()[:count])
    modalities = (
        Modality("image", "picture", count, sprites=sprites),
        Modality("text", "text", count, texts=texts),
    )
    marks = {k: tuple(ids[i] for i in v) for k, v in MARKS.items()} if dataset == "study" else {}
    return Items(dataset, ids, modalities, marks)


def _three() -> Items:
    """Texts, molecules and sounds."""
    ids = tuple(f"t{k}" for k in range(TRIPLES))
    smiles = tuple("C" * (k + 1) + "O" for k in range(TRIPLES))
    return Items(
        "three",
        ids,
        (
            Modality("text", "text", TRIPLES, texts=tuple(captions()[:TRIPLES])),
            Modality("molecule", "molecule", TRIPLES, texts=smiles),
            Modality("sound", "sound", TRIPLES, sounds=SOUNDS),
        ),
    )


def _pool(model: str) -> list[tuple[str, str | None, Artifact]]:
    """Vectors of all pairs, and both layouts."""
    vectors = np.concatenate(embeddings(model))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    modalities, counts = ("image", "text"), (POOL, POOL)
    layouts = [
        Layout(
            "many",
            model,
            name,
            f"UMAP {share:g}",
            modalities,
            counts,
            "items",
            "umap",
            share,
            "all",
            _circle(2 * POOL, 5 + share),
            np.zeros(2 * POOL, dtype=np.int64),
        )
        for name, share in (("umap", 0.0), ("umap-closed", 1.0))
    ]
    whole = Vectors("many", model, modalities, counts, LOGIT_SCALE, vectors, error=0.02)
    return [("vectors", None, whole), *(("layout", layout.name, layout) for layout in layouts)]


def _write_data(folder: Path) -> None:
    records: list[Record] = []

    def add(
        path: str, kind: str, data: bytes, dataset: str, model: str | None, name: str | None = None
    ) -> None:
        write_atomically(folder / path, data)
        records.append(describe(path, kind, data, dataset, model, {}, name))

    for dataset, count in (("study", PAIRS), ("many", POOL)):
        files = -(-count // PER_FILE)
        for file in range(files):
            first = file * PER_FILE
            cells = min(PER_FILE, count - first)
            add(f"{dataset}/pictures-{file}.png", "sprite", _sprite(first, cells), dataset, None)
        add(f"{dataset}/items.json", "items", encode(_items(dataset, count, files)), dataset, None)
    for sound in SOUNDS:
        add(sound, "sound", b"RIFF" + sound.encode(), "three", None)
    add("three/items.json", "items", encode(_three()), "three", None)
    for model in MODELS:
        space = _space("study", model, ("image", "text"), PAIRS)
        add(f"study/space-{model}.json", "space", encode(space), "study", model)
        three = _space("three", model, ("text", "molecule", "sound"), TRIPLES)
        add(f"three/space-{model}.json", "space", encode(three), "three", model)
    for kind, name, artifact in _pool("first"):
        path = "-".join(part for part in (kind, "first", name) if part)
        add(f"many/{path}.json", kind, encode(artifact), "many", "first", name)
    manifest = Manifest(
        study="tool",
        datasets={
            "study": {"title": "Sixty pairs", "count": PAIRS},
            "many": {"title": "Many pairs", "count": POOL},
            "three": {"title": "Triples", "count": TRIPLES},
        },
        models={
            model: {"title": f"{short} model", "short": short, "logit_scale": LOGIT_SCALE}
            for model, short in MODELS.items()
        },
        artifacts=tuple(records),
        settings={
            "batch_size": geometry.BATCH_SIZE,
            "clusters": {"count": 4, "linkage": "complete"},
        },
    )
    write_atomically(folder / "manifest.json", encode(manifest))

"""Sixty pairs in the plane, places and clusters such that all of it can be worked out by hand.

Ten pairs a row, six rows. As trained, texts lie twenty units right of the images, in clusters of
their own; closed, a text lies beside its image and in its cluster, but for the tenth of each row,
which lies in none.
"""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from article.artifacts import (
    Floats,
    Integers,
    Items,
    Layout,
    Manifest,
    Modality,
    PairLines,
    Record,
    Sprites,
    describe,
    encode,
    write_atomically,
)

PAIRS: Final = 60
COLUMNS: Final = 10
ROW_LENGTH: Final = 20
"""Pairs in a cluster: two rows."""

CELL: Final = 8
PER_FILE: Final = 30
MODELS: Final = {"first": "First", "second": "Second"}
HOSTILE: Final = "<img src=x onerror=\"document.title=1\"> & 'dog'"
TEXTS: Final = (HOSTILE, "a hot dog", "a dog\nand a cat", *(f"tree {p}" for p in range(3, PAIRS)))

LAYOUTS: Final = {
    "umap": ("UMAP, as trained", "umap", 0.0),
    "umap-closed": ("UMAP, gap closed", "umap", 1.0),
    "pca": ("PCA, as trained", "pca", 0.0),
    "pca-closed": ("PCA, gap closed", "pca", 1.0),
    "pairs": ("UMAP of joined pairs", "umap", 0.0),
}
KEPT: Final = 54 / 60
EXPECTED: Final = 3 * 20 * 18 / 60**2
"""As `layout` has it closed: twenty images and eighteen texts in each of three clusters."""


def places(model: str, name: str) -> Floats:
    """Points of a layout (120, 2), or (60, 2) of pairs; the second model's is upside down."""
    pair = np.arange(PAIRS)
    images = np.stack([pair % COLUMNS, pair // COLUMNS], axis=1).astype(float)
    texts = images + ([0.3, 0.3] if name.endswith("closed") else [20.0, 0.0])
    both = images if name == "pairs" else np.concatenate([images, texts])
    unit = 0.02 if name.startswith("pca") else 1.0
    return unit * both * ([1, 1] if model == "first" else [1, -1])


def clusters(name: str) -> Integers:
    """Visible cluster of each point."""
    pair = np.arange(PAIRS)
    if name == "pairs":
        return pair // ROW_LENGTH
    texts = np.where(pair % COLUMNS == 9, -1, pair // ROW_LENGTH)
    return np.concatenate([pair // ROW_LENGTH, texts if name.endswith("closed") else texts_apart()])


def texts_apart() -> Integers:
    """Clusters of texts as trained: none with an image."""
    return 3 + np.arange(PAIRS) // ROW_LENGTH


def layout(model: str, name: str) -> Layout:
    """A layout with its measure of pair lines."""
    title, method, share = LAYOUTS[name]
    measured: tuple[PairLines, ...] = ()
    if name.endswith("closed"):
        measured = (
            PairLines("hdbscan", 3, 0.05, KEPT, EXPECTED),
            PairLines("kmeans", 5, 0, 0.5, 0.2),
        )
    elif name != "pairs":
        measured = (PairLines("hdbscan", 6, 0, 0, 0), PairLines("kmeans", 5, 0, 0.25, 0.2))
    return Layout(
        dataset="many",
        model=model,
        name=name,
        title=title,
        modalities=("image", "text"),
        counts=(PAIRS, PAIRS),
        points="pairs" if name == "pairs" else "items",
        method=method,
        share=share,
        fit="all",
        coordinates=places(model, name),
        clusters=clusters(name),
        pair_lines=measured,
    )


def write_cloud_data(folder: Path, models: dict[str, str] = MODELS) -> None:
    """Items, pictures and layouts as files, and the manifest that lists them."""
    paths = tuple(f"many/pictures-{at}.png" for at in range(PAIRS // PER_FILE))
    sprites = Sprites(paths, cell=CELL, columns=COLUMNS, per_file=PER_FILE)
    items = Items(
        "many",
        tuple(f"{pair:05}" for pair in range(PAIRS)),
        (
            Modality("image", "picture", PAIRS, sprites=sprites),
            Modality("text", "text", PAIRS, texts=TEXTS),
        ),
    )
    records = [_write(folder, "many/items.json", "items", encode(items))]
    records += [_write(folder, path, "sprite", _sprite(at)) for at, path in enumerate(paths)]
    for model in models:
        for name in LAYOUTS:
            path = f"many/layout-{model}-{name}.json"
            record = _write(folder, path, "layout", encode(layout(model, name)), model)
            records.append(replace(record, name=name))
    manifest = Manifest(
        study="cloud",
        datasets={"many": {"title": "Sixty pairs", "count": PAIRS}},
        models={
            name: {"title": f"{short} model", "short": short, "logit_scale": 20.0}
            for name, short in models.items()
        },
        artifacts=tuple(records),
    )
    write_atomically(folder / "manifest.json", encode(manifest))


def cell_colour(pair: int) -> tuple[int, int, int]:
    """Colour of a pair's picture."""
    return (40 + 3 * pair, 220 - 3 * pair, 100)


def _sprite(at: int) -> bytes:
    sheet = Image.new("RGB", (COLUMNS * CELL, PER_FILE // COLUMNS * CELL))
    for cell in range(PER_FILE):
        corner = (cell % COLUMNS * CELL, cell // COLUMNS * CELL)
        sheet.paste(
            cell_colour(PER_FILE * at + cell), (*corner, corner[0] + CELL, corner[1] + CELL)
        )
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def _write(folder: Path, path: str, kind: str, data: bytes, model: str | None = None) -> Record:
    write_atomically(folder / path, data)
    return describe(path, kind, data, "many", model, {})

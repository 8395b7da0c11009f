"""Small collections in both layouts, and the captions of a published set."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from article import geometry
from tests.precompute.fake_encoder import COLOURS
from tests.precompute.sources.files import write_png

Floats = npt.NDArray[np.float64]

NAMES = ("image", "text", "audio")
CAPTIONS = ("A red square.", "A green square.", "A blue square.", "A square, yellow.")


def vectors(kinds: int = 2, count: int = 4, dimensions: int = 6) -> Floats:
    """Embeddings (kinds, count, dimensions), each kind on a side of its own."""
    draw = np.random.default_rng(7).normal(size=(kinds, count, dimensions))
    draw[..., 0] += 3 * (np.arange(kinds)[:, None] - (kinds - 1) / 2)
    return np.asarray(draw)


def write_pictures(folder: Path, count: int = 4) -> None:
    for number in range(count):
        write_png(folder / f"{number}.png", COLOURS[number % len(COLOURS)])


def write_published(
    folder: Path, models: Sequence[str] = ("CLIP",), kinds: int = 2, count: int = 4
) -> Path:
    """A folder in the layout of the published article, with captions and pictures."""
    (folder / "similarities").mkdir(parents=True, exist_ok=True)
    counts = (count,) * kinds
    similarity = geometry.similarity_matrix(*vectors(kinds, count))
    closed = geometry.close_gap(similarity, counts)
    for model in models:
        for name, matrix in ((model, similarity), (f"{model}_nogap", closed)):
            file = folder / "similarities" / f"{name}.csv"
            np.savetxt(file, matrix, delimiter=",")
            facts = {"gap_distance": geometry.gap_distance(matrix, counts)} if kinds == 2 else {}
            file.with_name(f"{name}_meta_info.json").write_text(json.dumps(facts))
    lines = [f"{CAPTIONS[i % len(CAPTIONS)]}\n" for i in range(count)]
    (folder / "prompts.txt").write_text("".join(lines))
    rows = [f"{i},{i % count},{NAMES[i // count]}" for i in range(kinds * count)]
    (folder / "projections.csv").write_text("\n".join([",emb_id,data_type", *rows]) + "\n")
    write_pictures(folder / "images", count)
    return folder

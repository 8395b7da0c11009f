"""Films for articles of tests: two trainings of the three pairs, worked out by hand."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from article import geometry
from article.artifacts import DataFolder, Film, describe, encode, write_atomically
from tests.article.small_article import CAPTIONS, IMAGES

PAIRS = {"clip": (0, 100, 1000), "cyclip": (0, 50, 10000)}


def film(model: str, **changes: Any) -> Film:
    """Three frames: captions come nearer to images, which stand still, by a right angle in all."""
    angles = np.array([1.0, 0.5, 0.0]) * np.pi / 2
    turns = [np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]) for a in angles]
    texts = [np.array(IMAGES) @ turn for turn in turns]
    frames = np.stack([geometry.similarity_matrix(IMAGES, text) for text in texts])
    rises, falls = np.array([0.0, 0.5, 1.0]), np.array([4.0, 2.0, 1.0])
    values: dict[str, Any] = {
        "dataset": "pairs",
        "model": model,
        "modalities": ("image", "text"),
        "count": len(CAPTIONS),
        "logit_scale": 10.0,
        "candidates": 2000,
        "steps": np.array([0, 1, 2]),
        "pairs": np.array(PAIRS[model]),
        "similarities": frames,
        "gap": falls / 4,
        "first_to_second": falls,
        "second_to_first": falls / 2,
        "recall_first_to_second": rises,
        "recall_second_to_first": rises / 2,
    }
    return Film(**{**values, **changes})


def add_films(folder: Path, *films: Film) -> None:
    """Write films into a data folder."""
    manifest, records = DataFolder.open(folder).manifest, []
    for one in films or (film("clip"), film("cyclip")):
        data, path = encode(one), f"pairs/film-{one.model}.json"
        write_atomically(folder / path, data)
        records.append(describe(path, "film", data, "pairs", one.model, {}))
    listed = dataclasses.replace(manifest, artifacts=(*manifest.artifacts, *records))
    write_atomically(folder / "manifest.json", encode(listed))

"""An article over two pictures, each turned and shifted in five steps, as two models see them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from article import geometry
from article.artifacts import (
    Items,
    Manifest,
    Modality,
    Record,
    Space,
    Sprites,
    describe,
    encode,
    write_atomically,
)
from article.geometry import Floats
from tests.article.small_article import PUBLISHED, REFERENCES, SETTINGS, SmallArticle

STEPS: Final = 5
CELL: Final = 4
CAPTIONS: Final = {"one": "a dog & <b>a cat</b>", "two": "a tree"}
KINDS: Final[dict[str, dict[str, Any]]] = {
    "turn": {"title": "Turn", "unit": "degrees", "values": [0.0, 90.0, 180.0, 270.0, 360.0]},
    "push": {"title": "Push", "unit": "pixels", "values": [-20.0, -8.0, 1.0, 8.0, 20.0]},
}
MODELS: Final = ("clip", "cyclip")


def changed_article(folder: Path, steps: int = STEPS) -> SmallArticle:
    """Write the article; of more steps than five, values lie evenly."""
    article = SmallArticle(folder)
    for name, text in (
        ("article.toml", SETTINGS),
        ("references.bib", REFERENCES),
        ("published.toml", PUBLISHED),
        ("index.md", "Some text.\n"),
    ):
        article.write(name, text)
    _write_data(folder / "data", steps)
    return article


def dataset(kind: str, picture: str) -> str:
    """Name of a data set, which nothing may read anything from."""
    return f"set-{list(KINDS).index(kind)}{list(CAPTIONS).index(picture)}"


def values_of(kind: str, steps: int = STEPS) -> list[float]:
    """How far each step changes a picture."""
    values = KINDS[kind]["values"]
    return list(values) if steps == STEPS else np.linspace(values[0], values[-1], steps).tolist()


def similarity(kind: str, picture: str, model: str, steps: int = STEPS) -> Floats:
    """K (steps + 1, steps + 1): the pictures on a walk, and a text that lies apart."""
    seed = 100 * list(KINDS).index(kind) + 10 * list(CAPTIONS).index(picture)
    random = np.random.default_rng(seed + MODELS.index(model))
    walk = np.cumsum(0.4 * random.normal(size=(steps, 8)), axis=0) + random.normal(size=8)
    return geometry.similarity_matrix(walk, random.normal(size=(1, 8)))


def cell_colour(picture: str, step: int, steps: int = STEPS) -> tuple[int, int, int]:
    """Colour of a picture at a step."""
    return (40 + 120 * list(CAPTIONS).index(picture), 30 + 200 * step // steps, 90)


def _write_data(folder: Path, steps: int) -> None:
    datasets: dict[str, Any] = {}
    records: list[Record] = []
    for kind, change in KINDS.items():
        for picture, caption in CAPTIONS.items():
            name = dataset(kind, picture)
            datasets[name] = {
                "title": f"{picture}, {kind}",
                "count": steps,
                "picture": picture,
                "caption": caption,
                "augmentation": {"kind": kind, **change, "values": values_of(kind, steps)},
            }
            records += _records(folder, name, kind, picture, steps)
    manifest = Manifest(
        study="changed",
        datasets=datasets,
        models={
            "clip": {"title": "CLIP (CNN)", "short": "CLIP", "logit_scale": 100.0},
            "cyclip": {"title": "CyCLIP (CNN)", "short": "CyCLIP", "logit_scale": 100.0},
        },
        artifacts=tuple(records),
        settings={"batch_size": 50},
    )
    write_atomically(folder / "manifest.json", encode(manifest))


def _records(folder: Path, name: str, kind: str, picture: str, steps: int) -> list[Record]:
    """A sprite, the items, and a space for each model."""
    sprites = Sprites((f"{name}/pictures-0.png",), cell=CELL, columns=steps, per_file=steps)
    items = Items(
        name,
        tuple(f"{step}" for step in range(steps)),
        (
            Modality("image", "picture", steps, sprites=sprites),
            Modality("text", "text", 1, texts=(CAPTIONS[picture],)),
        ),
    )
    files: list[tuple[str, str, bytes, str | None]] = [
        ("pictures-0.png", "sprite", _sprite(picture, steps), None),
        ("items.json", "items", encode(items), None),
    ]
    for model in MODELS:
        matrix = similarity(kind, picture, model, steps)
        space = Space(name, model, ("image", "text"), (steps, 1), 100.0, matrix)
        files.append((f"space-{model}.json", "space", encode(space), model))
    found = []
    for file, of_kind, data, of_model in files:
        write_atomically(folder / name / file, data)
        found.append(describe(f"{name}/{file}", of_kind, data, name, of_model, {}))
    return found


def _sprite(picture: str, steps: int) -> bytes:
    sheet = Image.new("RGB", (steps * CELL, CELL))
    for step in range(steps):
        corner = (step * CELL, 0, (step + 1) * CELL, CELL)
        sheet.paste(cell_colour(picture, step, steps), corner)
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()

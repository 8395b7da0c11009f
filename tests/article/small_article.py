"""An article small enough to work out by hand: three pairs in the plane, two models."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from article import geometry, site
from article.artifacts import (
    Clustering,
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
from article.document import Document
from article.problems import BrokenArticleError

TEXTS = ("a dog", "a cat", "a hot dog")
IMAGES = [[1.0, 0.0], [0.6, 0.8], [0.8, 0.6]]
CAPTIONS = [[0.0, 1.0], [-0.6, 0.8], [-0.8, 0.6]]

SETTINGS = """\
title = "Small"
description = "An article for tests."
date = 2026-01-31

[[authors]]
name = "Ada Lovelace"

[licence]
name = "CC BY 4.0"
url = "https://creativecommons.org/licenses/by/4.0/"
"""

REFERENCES = """\
@article{lovelace1843,
  author = {Lovelace, Ada},
  title = {Notes <b> & more},
  journal = {Scientific Memoirs},
  year = {1843},
  doi = {10.1000/1}
}

@article{shannon1948,
  author = {Shannon, Claude Elwood and Weaver, Warren},
  title = {A Mathematical Theory},
  year = {1948}
}
"""

PUBLISHED = """\
[lovelace1843]
where = "note G"
numbers = 0.125
"""

EXPLORER = """\
```figure
id = "fig-explorer"
type = "explorer"
dataset = "pairs"
title = "All of it"
alt = "Four quadrants."
caption = "What to see."
```
"""

LANDSCAPE = """\
```figure
id = "fig-loss"
type = "landscape"
dataset = "pairs"
title = "The loss"
alt = "A curve."
caption = "What to see."
```
"""


@dataclass(frozen=True)
class SmallArticle:
    """An article in a folder of a test."""

    folder: Path

    def write(self, name: str, text: str) -> None:
        """Replace a file of the content."""
        (self.folder / "content").mkdir(parents=True, exist_ok=True)
        (self.folder / "content" / name).write_text(text, encoding="utf-8")

    def text(self, markdown: str) -> SmallArticle:
        """Replace the text."""
        self.write("index.md", markdown)
        return self

    def check(self) -> Document:
        """Check it; errors are raised."""
        return site.check(self.folder)

    def errors(self) -> list[str]:
        """What is wrong with it, file names without their folder."""
        try:
            self.check()
        except BrokenArticleError as broken:
            return [str(e).replace(f"{self.folder}/content/", "") for e in broken.errors]
        return []

    def build(self) -> dict[str, bytes]:
        """All files of its site by their address."""
        return dict(site.build(self.folder).files)

    def html(self) -> str:
        """The page."""
        return self.build()["index.html"].decode()

    def body(self, markdown: str) -> str:
        """The HTML of a text without figures."""
        return "".join(str(block.html) for block in self.text(markdown).check().blocks)  # type: ignore[union-attr]


def small_article(folder: Path, **data: Any) -> SmallArticle:
    """Write the article; `data` changes what `write_data` writes."""
    article = SmallArticle(folder)
    for name, text in (
        ("article.toml", SETTINGS),
        ("references.bib", REFERENCES),
        ("published.toml", PUBLISHED),
        ("index.md", "Some text.\n"),
    ):
        article.write(name, text)
    write_data(folder / "data", **data)
    return article


def write_data(
    folder: Path,
    texts: tuple[str, ...] = TEXTS,
    spaces: Mapping[str, Space] | None = None,
    **manifest: Any,
) -> None:
    """Items with one sprite, and for two models a space and a landscape.

    `spaces` replaces those of some models, `manifest` some fields of the manifest.
    """
    records = [
        _put(folder, "pairs/pictures-0.png", "sprite", _sprite(), None),
        _put(folder, "pairs/items.json", "items", encode(items(texts)), None),
    ]
    seen = {"clip": space("clip"), "cyclip": space("cyclip"), **(spaces or {})}
    for model in seen:
        records += [
            _put(folder, f"pairs/space-{model}.json", "space", encode(seen[model]), model),
            _put(folder, f"pairs/loss-{model}.json", "landscape", encode(curve(model)), model),
        ]
    content: dict[str, Any] = {
        "study": "small",
        "datasets": {"pairs": {"title": "Three pairs", "count": 3}},
        "models": {
            "clip": {"title": "CLIP (CNN)", "short": "CLIP", "logit_scale": 100.0},
            "cyclip": {"title": "CyCLIP (CNN)", "short": "CyCLIP", "logit_scale": 100.0},
        },
        "measures": (
            {"dataset": "pairs", "model": "clip", "share": 0, "values": {"gap_distance": 0.8186}},
        ),
        "settings": {"batch_size": 50, "clusters": {"count": 10}},
    }
    full = Manifest(artifacts=tuple(records), **{**content, **manifest})
    write_atomically(folder / "manifest.json", encode(full))


def _put(folder: Path, path: str, kind: str, data: bytes, model: str | None) -> Record:
    write_atomically(folder / path, data)
    return describe(path, kind, data, "pairs", model, {})


def _sprite() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (12, 4), (200, 0, 0)).save(buffer, "PNG")
    return buffer.getvalue()


def items(texts: tuple[str, ...] = TEXTS) -> Items:
    """Three pairs."""
    sprites = Sprites(("pairs/pictures-0.png",), cell=4, columns=3, per_file=3)
    return Items(
        "pairs",
        ("a", "b", "c"),
        (Modality("image", "picture", 3, sprites=sprites), Modality("text", "text", 3, texts)),
    )


def space(model: str) -> Space:
    """The pairs as a model sees them: the second model's images are turned by a right angle."""
    images = IMAGES if model == "clip" else [[-y, x] for x, y in IMAGES]
    similarity = geometry.similarity_matrix(images, CAPTIONS)
    layout = np.arange(12.0).reshape(6, 2)
    methods = [(name, end) for name in ("tsne", "umap") for end in (0, 1)]
    order = np.array([2, 0, 1])
    return Space(
        "pairs",
        model,
        ("image", "text"),
        (3, 3),
        100.0,
        similarity,
        tuple(Projection(name, end, layout + end) for name, end in methods),
        (
            Clustering(
                ("image", "image"), "angle", "complete", order, np.array([1, 1, 0]), ("x", "y")
            ),
        ),
    )


def curve(model: str) -> Landscape:
    """A landscape of three shifts; trained at a distance of .5 and a mean loss of 1."""
    return Landscape(
        "pairs",
        model,
        ("image", "text"),
        3,
        100.0,
        50,
        shift=np.array([-1.0, 0.25, 1.0]),
        distance=np.array([1.0, 0.25, -1.0]),
        first_to_second=np.array([4.0, 1.0, 2.0]),
        second_to_first=np.array([2.0, 3.0, 2.0]),
        trained=(0.5, 0.5, 1.5),
        closed=(0.0, 1.0, 1.0),
    )


def four_models(folder: Path) -> SmallArticle:
    """The article with two more models, which see the pairs as the first one does."""
    models = {
        name: {"title": name, "short": name.upper(), "logit_scale": 100.0}
        for name in ("clip", "cyclip", "more", "most")
    }
    more = {name: dataclasses.replace(space("clip"), model=name) for name in ("more", "most")}
    return small_article(folder, spaces=more, models=models)

"""A model and pairs small enough for tests: vectors that can be worked out by hand."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from precompute.encoders import Vectors
from precompute.pictures import Picture
from precompute.sources.listed import ListedPairs
from precompute.sources.opening import open_source
from precompute.sources.plans import Csv
from precompute.study import ModelPlan

SIDE = 4
COLOURS = (
    (250, 10, 10),
    (10, 250, 10),
    (10, 10, 250),
    (250, 250, 10),
    (10, 250, 250),
    (99, 9, 200),
)
HOSTILE = (
    '<script>alert("1")</script> & <b>bold</b>',
    "two lines:\r\none \"quoted\", one 'single'; \\ and a tab\t",
    "שלום \u202eRTL\u202c عربي",
    "🐶🏳️‍🌈 dog\u2028flag",
    "=1+1, a formula; naïve café",
    "{{ template }} ${code} %s \x7f",
)


@dataclass
class FakeEncoder:
    """Images become their mean colour and a constant, texts three bytes of their hash and another.

    So the modalities lie apart, and a vector depends on its item alone. Vectors in `broken` replace
    those of the texts that they are named by.
    """

    name: str = "fake"
    picture_side: int = SIDE
    logit_scale: float = 10.0
    device: str = "fake device"
    facts: dict[str, Any] = field(default_factory=lambda: {"objective": "none", "tower": "fake"})
    broken: Mapping[str, float] = field(default_factory=dict)
    encoded: list[int] = field(default_factory=list)

    def prepare_images(self, pictures: Sequence[Picture]) -> Vectors:
        means = [picture.reshape(-1, 3).mean(axis=0) / 255 for picture in pictures]
        return np.array([[*mean, 1.0] for mean in means], dtype=np.float32)

    def prepare_texts(self, texts: Sequence[str]) -> Vectors:
        return np.array([self._text(text) for text in texts], dtype=np.float32)

    def _text(self, text: str) -> list[float]:
        if text in self.broken:
            return [self.broken[text]] * 4
        return [*(byte / 255 for byte in hashlib.sha256(text.encode()).digest()[:3]), -1.0]

    def encode_images(self, batch: Vectors) -> Vectors:
        self.encoded.append(len(batch))
        return batch

    def encode_texts(self, batch: Vectors) -> Vectors:
        return batch

    def gather(self, encoded: Sequence[Vectors]) -> Vectors:
        return np.concatenate(encoded)


def build_fake(plan: ModelPlan, device: str, precision: str) -> FakeEncoder:
    return FakeEncoder(name=plan.id)


def write_table(folder: Path, captions: Sequence[str], ids: Sequence[str] = ()) -> Path:
    """A CSV file of pairs, with a picture of one colour for each."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "pairs.csv"
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(["id", "image", "caption"])
        for index, caption in enumerate(captions):
            name = ids[index] if ids else f"pair-{index}"
            image = f"{index}.png"
            colour = COLOURS[index % len(COLOURS)]
            Image.new("RGB", (8, 6), colour).save(folder / image)
            writer.writerow([name, image, caption])
    return file


def table_pairs(folder: Path, captions: Sequence[str]) -> ListedPairs:
    """Pairs of such a file, opened."""
    return open_source(Csv(write_table(folder, captions)), print)


STUDY = """
title = "A small study"
output = "data"

[datasets.pairs]
title = "Six pairs"
source = "csv"
file = "pairs.csv"

[datasets.some]
title = "Three of them"
source = "subset"
of = "pairs"
count = 3
write = ["items"]

[models.fake]
title = "Fake model"
weights = "fake.safetensors"
encoder = "miniature"

[embedding]
batch = 4

[projections]
methods = ["pca"]

[clusters]
count = 2

[landscape]
start = -1
stop = 1
step = 0.5

[measures]
batch = 4
ranks = [1, 2]

[thumbnails]
cell = 8
columns = 2
per_file = 4
"""


def write_study(folder: Path, captions: Sequence[str] = HOSTILE, study: str = STUDY) -> Path:
    """A study of a table of pairs, with weights and card that are only hashed."""
    write_table(folder, captions)
    (folder / "fake.safetensors").write_bytes(b"weights")
    (folder / "fake.json").write_text("{}")
    file = folder / "small.toml"
    file.write_text(study, encoding="utf-8")
    return file

"""A whole run over pairs of other people: rows that are left out shift nothing on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from article.artifacts import DataFolder
from precompute import pipeline
from precompute.pairs import DatasetError
from precompute.progress import Progress
from precompute.study import read_study
from tests.precompute.fake_encoder import COLOURS, STUDY, build_fake
from tests.precompute.sources.files import write_png

SOURCE = """source = "jsonl"
file = "pairs.jsonl"
filter.any = ["SQUARE"]
"""


@dataclass(frozen=True)
class Listener(Progress):
    """Progress that keeps what is said."""

    said: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        self.said.append(line)


def write(folder: Path, broken: str) -> Path:
    """Eight rows: the second has no picture, the fourth no caption, the fifth none of the words."""
    rows = []
    for number in range(8):
        caption: str | None = f"square {number}"
        if number == 3:
            caption = None
        if number == 4:
            caption = "a circle"
        if number != 1:
            write_png(folder / f"{number}.png", COLOURS[number % len(COLOURS)])
        rows.append(json.dumps({"id": number, "image": f"{number}.png", "caption": caption}))
    (folder / "pairs.jsonl").write_text("\n".join(rows))
    (folder / "fake.safetensors").write_bytes(b"weights")
    (folder / "fake.json").write_text("{}")
    source = f'{SOURCE}broken = "{broken}"\n'
    study = STUDY.replace('source = "csv"\nfile = "pairs.csv"\n', source)
    (folder / "small.toml").write_text(study)
    return folder / "small.toml"


def test_a_run_leaves_out_whole_rows_and_says_so(tmp_path: Path) -> None:
    study = read_study(write(tmp_path, "skip"))
    listener, output = Listener(quiet=True), tmp_path / "data"
    pipeline.run(study, output, tmp_path / "cache", listener, build=build_fake)
    items = DataFolder.open(output).items("pairs")
    assert items.ids == ("0", "2", "5", "6", "7")
    assert items.modalities[1].texts == tuple(f"square {number}" for number in (0, 2, 5, 6, 7))
    facts = DataFolder.open(output).manifest.datasets["pairs"]
    assert (facts["left_out"], facts["filter"]) == (2, "any of 'SQUARE'")
    assert [line.partition("\n")[0] for line in listener.said] == [
        "pairs.jsonl: 2 rows are left out:"
    ]
    with Image.open(output / "pairs" / "pictures-0.webp") as sheet:
        cells = np.asarray(sheet.convert("RGB"), dtype=int)
    for place, number in enumerate((0, 2, 5, 6)):
        row, column = divmod(place, 2)
        middle = cells[8 * row + 4, 8 * column + 4]
        assert np.abs(middle - COLOURS[number % len(COLOURS)]).max() < 60


def test_a_run_stops_at_broken_rows_before_anything_is_made(tmp_path: Path) -> None:
    study = read_study(write(tmp_path, "stop"))
    with pytest.raises(DatasetError, match="2 rows cannot be used"):
        pipeline.run(study, tmp_path / "data", tmp_path / "cache", Progress(quiet=True))
    assert not (tmp_path / "data").exists()

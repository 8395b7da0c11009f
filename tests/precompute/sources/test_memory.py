"""Pictures are opened one by one: none is kept, however many there are."""

from __future__ import annotations

import csv
import io
import json
import tarfile
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from precompute.sources.opening import open_source
from precompute.sources.plans import (
    Coco,
    Csv,
    DiffusionDb,
    FileSource,
    Folder,
    JsonLines,
    Parquet,
    WebDataset,
)
from tests.precompute.sources.files import silent

COUNT, SIDE = 40, 256
NAMES = [f"{number}.bmp" for number in range(COUNT)]


def picture() -> bytes:
    """196 KB that do not compress."""
    noise = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    data = io.BytesIO()
    Image.fromarray(noise).save(data, "BMP")
    return data.getvalue()


def pictures(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for name in NAMES:
        (folder / name).write_bytes(picture())
    return folder


def folder(root: Path) -> FileSource:
    for name in NAMES:
        (pictures(root) / name).with_suffix(".txt").write_text("noise")
    return Folder(root)


def table(root: Path) -> FileSource:
    with (pictures(root) / "pairs.csv").open("w", newline="") as text:
        csv.writer(text).writerows([("image", "caption"), *((name, "noise") for name in NAMES)])
    return Csv(root / "pairs.csv")


def lines(root: Path) -> FileSource:
    rows = (json.dumps({"image": name, "caption": "noise"}) for name in NAMES)
    (pictures(root) / "pairs.jsonl").write_text("\n".join(rows))
    return JsonLines(root / "pairs.jsonl")


def parquet(root: Path) -> FileSource:
    arrow, writer = import_module("pyarrow"), import_module("pyarrow.parquet")
    table = arrow.table({"image": [picture()] * COUNT, "caption": ["noise"] * COUNT})
    writer.write_table(table, root / "pairs.parquet", row_group_size=4)
    return Parquet(root / "pairs.parquet")


def coco(root: Path) -> FileSource:
    images = [{"id": number, "file_name": name} for number, name in enumerate(NAMES)]
    captions = [{"image_id": number, "caption": "noise"} for number in range(COUNT)]
    content = {"images": images, "annotations": captions}
    (root / "captions.json").write_text(json.dumps(content))
    return Coco(root / "captions.json", pictures(root / "val"))


def diffusiondb(root: Path) -> FileSource:
    part = pictures(root / "part-000001")
    (part / "part-000001.json").write_text(json.dumps({name: {"p": "noise"} for name in NAMES}))
    return DiffusionDb(part)


def webdataset(root: Path) -> FileSource:
    with tarfile.open(root / "pairs.tar", "w") as tar:
        for name in NAMES:
            for member, data in ((name, picture()), (f"{Path(name).stem}.txt", b"noise")):
                info = tarfile.TarInfo(member)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    return WebDataset(root / "pairs.tar")


@pytest.mark.parametrize(
    "write",
    [folder, table, lines, parquet, coco, diffusiondb, webdataset],
    ids=lambda f: f.__name__,
)
def test_no_layout_keeps_pictures(tmp_path: Path, write: Callable[[Path], FileSource]) -> None:
    source = write(tmp_path)
    open_source(source, silent)  # once, so that imports are not counted
    tracemalloc.start()
    try:
        pairs = open_source(source, silent)
        _ = pairs.fingerprint
        for row in range(COUNT):
            assert pairs.pictures([row], 4)[0].shape == (SIDE, SIDE, 3)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # A picture as a file and as an array, some copies of it, or a row group of four.
    assert peak < COUNT / 3 * len(picture())

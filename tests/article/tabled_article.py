"""Tables for articles of tests: added to the data of one, and listed in its manifest."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Final

from article.artifacts import Column, DataFolder, Table, describe, encode, write_atomically

HOSTILE: Final = '<b onmouseover="x()">&amp;'

TEMPERATURE: Final = Table(
    name="heat",
    title="Temperature and gap",
    dataset="pairs",
    columns=(
        Column("model", "model"),
        Column("tower", "tower"),
        Column("temperature", "temperature"),
        Column("gap", "gap"),
        Column("low", "from"),
        Column("high", "to"),
        Column("loss", "loss", "nats"),
        Column("empty", "nothing"),
    ),
    rows=(
        ("clip", "cnn", 0.1, 0.5, 0.25, 0.75, 2.0, None),
        ("clip", "cnn", 0.01, 1.0, 0.75, 1.0, -1.0, None),
        ("cyclip", "vit", 1.0, 0.0, 0.0, 0.25, 4.0, None),
        ("cyclip", "vit", 0.1, 0.25, 0.0, 0.5, None, None),
        (HOSTILE, "vit", 0.01, 0.75, 0.5, 1.0, 3.0, None),
    ),
)


def add_table(folder: Path, table: Table = TEMPERATURE) -> None:
    """Write a table into a data folder."""
    data, path = encode(table), f"{table.dataset}/{table.name}.json"
    write_atomically(folder / path, data)
    manifest = DataFolder.open(folder).manifest
    record = describe(path, "table", data, table.dataset, None, {}, table.name)
    listed = dataclasses.replace(manifest, artifacts=(*manifest.artifacts, record))
    write_atomically(folder / "manifest.json", encode(listed))

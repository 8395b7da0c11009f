from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from precompute.pairs import DatasetError
from precompute.sources import parquet as parquet_source
from precompute.sources.opening import open_source
from precompute.sources.plans import CaptionChoice, Columns, Parquet, Selection
from tests.precompute.fake_encoder import HOSTILE
from tests.precompute.sources.files import BLUE, GREEN, RED, colours_of, png, silent, write_png


def write(file: Path, columns: Mapping[str, Any], group: int = 2) -> Path:
    """A Parquet file with so many rows to a group."""
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    parquet.write_table(arrow.table(dict(columns)), file, row_group_size=group)
    return file


def test_pictures_may_be_inside(tmp_path: Path) -> None:
    cells = [png(colour) for colour in (RED, GREEN, BLUE)]
    file = write(tmp_path / "a.parquet", {"image": cells, "caption": ["r", "g", "b"]})
    pairs = open_source(Parquet(file), silent)
    assert (pairs.ids, pairs.captions) == (("1", "2", "3"), ("r", "g", "b"))
    assert colours_of(pairs) == [RED, GREEN, BLUE]


def test_pictures_may_be_structs_with_bytes(tmp_path: Path) -> None:
    cells = [{"bytes": png(BLUE), "path": "a.png"}, {"bytes": png(RED), "path": None}]
    columns = {"image": cells, "sentences": [["one", "two"], ["uno", "due"]], "id": [7, 8]}
    file = write(tmp_path / "a.parquet", columns)
    source = Parquet(file, Columns(caption="sentences"), Selection(CaptionChoice(number=2)))
    pairs = open_source(source, silent)
    assert (pairs.ids, pairs.captions) == (("7", "8"), ("two", "due"))
    assert colours_of(pairs) == [BLUE, RED]


def test_pictures_may_be_files(tmp_path: Path) -> None:
    write_png(tmp_path / "in" / "a.png", GREEN)
    file = write(tmp_path / "a.parquet", {"image": ["in/a.png"], "caption": ["g"]})
    pairs = open_source(Parquet(file), silent)
    assert (pairs.ids, colours_of(pairs)) == (("in/a.png",), [GREEN])


def test_files_of_a_folder_follow_in_natural_order(tmp_path: Path) -> None:
    for number, colour in ((10, BLUE), (9, RED)):
        columns = {"image": [png(colour)], "caption": [f"file {number}"]}
        write(tmp_path / f"part-{number}.parquet", columns)
    pairs = open_source(Parquet(tmp_path), silent)
    assert pairs.ids == ("part-9/1", "part-10/1")
    assert pairs.captions == ("file 9", "file 10")
    assert colours_of(pairs) == [RED, BLUE]


def test_hostile_captions_survive(tmp_path: Path) -> None:
    columns = {"image": [png(RED)] * len(HOSTILE), "caption": list(HOSTILE)}
    pairs = open_source(Parquet(write(tmp_path / "a.parquet", columns)), silent)
    assert pairs.captions == HOSTILE


def test_rows_that_cannot_be_used_are_told_together(tmp_path: Path) -> None:
    columns = {
        "image": [png(RED), None, b"no picture", png(RED)],
        "caption": ["whole", "empty cell", "broken", None],
        "id": ["a", "b", "c", "d"],
    }
    file = write(tmp_path / "a.parquet", columns)
    with pytest.raises(DatasetError) as caught:
        open_source(Parquet(file), silent)
    place = f"picture {file}: row"
    assert str(caught.value).splitlines() == [
        "3 rows cannot be used:",
        f"  {file}: row 2: {place} 2 of group 1 cannot be read: the cell is empty",
        f"  {file}: row 3: {place} 1 of group 2 cannot be read: not a picture of a known format",
        f"  {file}: row 4: no caption: neither a text nor a list of texts",
    ]


def test_one_row_group_is_in_memory_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "a.parquet", {"image": [png(RED)] * 6, "caption": list("abcdef")})
    pairs = open_source(Parquet(file), silent)
    parquet_source._cells.cache_clear()
    pairs.pictures(range(6), 4)
    assert parquet_source._cells.cache_info().misses == 3
    assert parquet_source._cells.cache_info().currsize == 1


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such file or folder"):
        open_source(Parquet(tmp_path / "none.parquet"), silent)
    with pytest.raises(DatasetError, match=r"no Parquet files \(\*\.parquet\) in this folder"):
        open_source(Parquet(tmp_path), silent)
    (tmp_path / "text.parquet").write_text("no table")
    with pytest.raises(DatasetError, match=r"text\.parquet: cannot be read: "):
        open_source(Parquet(tmp_path), silent)
    file = write(tmp_path / "a.parquet", {"picture": [png(RED)], "caption": ["r"]})
    with pytest.raises(DatasetError, match="no column 'image'; there are: picture, caption"):
        open_source(Parquet(file), silent)


def test_without_pyarrow_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "a.parquet", {"image": [png(RED)], "caption": ["r"]})
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(DatasetError, match=r"needs pyarrow: pip install 'pairspace\[parquet\]'"):
        open_source(Parquet(file), silent)

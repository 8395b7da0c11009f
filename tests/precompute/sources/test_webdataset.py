from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from precompute.pairs import DatasetError
from precompute.sources import webdataset
from precompute.sources.opening import open_source
from precompute.sources.plans import WebDataset
from precompute.sources.stored import InArchive
from tests.precompute.fake_encoder import HOSTILE
from tests.precompute.sources.files import (
    BLUE,
    GREEN,
    HOSTILE_NAMES,
    RED,
    colours_of,
    png,
    silent,
)


def write(file: Path, members: Iterable[tuple[str, bytes]]) -> Path:
    with tarfile.open(file, "w") as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return file


def test_members_of_a_key_are_a_pair(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.tar",
        [
            ("./in/000.png", png(RED)),
            ("./in/000.txt", b"a red one\n"),
            ("./in/000.json", b'{"caption": "not this"}'),
            ("./in/000.cls", b"3"),
            ("001.json", json.dumps({"caption": "a green one", "url": ""}).encode()),
            ("001.PNG", png(GREEN)),
        ],
    )
    pairs = open_source(WebDataset(file), silent)
    assert (pairs.ids, pairs.captions) == (("in/000", "001"), ("a red one", "a green one"))
    assert colours_of(pairs) == [RED, GREEN]


def test_archives_of_a_folder_follow_in_order(tmp_path: Path) -> None:
    for name, colour in (("10", BLUE), ("9", RED)):
        write(tmp_path / f"{name}.tar", [("0.png", png(colour)), ("0.txt", name.encode())])
    pairs = open_source(WebDataset(tmp_path), silent)
    assert (pairs.ids, pairs.captions) == (("9/0", "10/0"), ("9", "10"))
    assert colours_of(pairs) == [RED, BLUE]


def test_captions_may_stand_under_another_key(tmp_path: Path) -> None:
    member = ("0.json", json.dumps({"prompt": ["one", "two"]}).encode())
    file = write(tmp_path / "a.tar", [("0.png", png(RED)), member])
    assert open_source(WebDataset(file, key="prompt"), silent).captions == ("one",)


def test_hostile_names_and_captions_survive(tmp_path: Path) -> None:
    keys = tuple(name.replace(".", "_") for name in HOSTILE_NAMES)
    members: list[tuple[str, bytes]] = []
    for key, caption in zip(keys, HOSTILE, strict=True):
        members.append((f"{key}.png", png(RED)))
        members.append((f"{key}.json", json.dumps({"caption": caption}).encode()))
    pairs = open_source(WebDataset(write(tmp_path / "a.tar", members)), silent)
    assert (pairs.ids, pairs.captions) == (keys, HOSTILE)


def test_a_member_that_points_elsewhere_writes_nothing(tmp_path: Path) -> None:
    file = write(tmp_path / "a.tar", [("../../x.png", png(RED)), ("../../x.txt", b"escape")])
    pairs = open_source(WebDataset(file), silent)
    assert colours_of(pairs) == [RED]
    assert [path.name for path in tmp_path.rglob("*")] == ["a.tar"]


def test_keys_that_are_no_pair_are_told_together(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.tar",
        [
            ("a.txt", b"no picture"),
            ("b.png", png(RED)),
            ("c.png", png(RED)),
            ("c.json", b"[]"),
            ("d.png", png(RED)),
            ("d.json", b'{"caption": 3}'),
            ("e.png", png(RED)),
            ("e.webp", png(RED)),
            ("e.txt", b"two pictures"),
            ("f.png", b"no picture"),
            ("f.txt", b"broken"),
            ("g.png", png(RED)),
            ("g.json", b"{"),
        ],
    )
    with pytest.raises(DatasetError) as caught:
        open_source(WebDataset(file), silent)
    told = [line.removeprefix(f"  {file}: ") for line in str(caught.value).splitlines()]
    assert told[:7] == [
        "7 rows cannot be used:",
        "a: no picture",
        "b: no caption: neither .txt nor .json",
        "c: its JSON is no object with 'caption'",
        "d: no caption: neither a text nor a list of texts",
        "e: more than one picture",
        f"f: picture {file}: f.png cannot be read: not a picture of a known format",
    ]
    assert told[7].startswith("g: unexpected end of data")


def test_pictures_are_found_by_place_and_not_kept(tmp_path: Path) -> None:
    file = write(tmp_path / "a.tar", [("0.png", png(RED)), ("0.txt", b"one")])
    (row,) = webdataset.read(WebDataset(file))
    assert not isinstance(row, DatasetError)
    assert row.picture == InArchive(file, "0.png", 512, len(png(RED)))


def test_an_archive_that_ends_early_is_named(tmp_path: Path) -> None:
    members = [("0.png", png(RED)), ("0.txt", b"one"), ("1.txt", b"two"), ("1.png", png(BLUE))]
    file = write(tmp_path / "a.tar", members)
    whole = file.read_bytes()
    file.write_bytes(whole[: whole.rindex(b"\x89PNG") + 20])
    with pytest.raises(DatasetError, match=r"a\.tar: (1: picture .*ends early|cannot be read)"):
        open_source(WebDataset(file), silent)


def test_compressed_archives_are_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "a.tar", [("0.png", png(RED)), ("0.txt", b"one")])
    file.write_bytes(gzip.compress(file.read_bytes()))
    with pytest.raises(DatasetError, match=r"is compressed, so .*unpack it to a \.tar"):
        open_source(WebDataset(file), silent)


def test_paths_without_archives_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no archives \(\*\.tar\) in this folder"):
        open_source(WebDataset(tmp_path), silent)
    with pytest.raises(DatasetError, match="no such file or folder"):
        open_source(WebDataset(tmp_path / "none.tar"), silent)

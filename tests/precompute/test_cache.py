from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from precompute.cache import Arrays, Cache, digest, file_digest, pack, remove_abandoned, unpack

KEY: dict[str, Any] = {"stage": "embedding", "version": 1, "items": ["a", "b"], "batch": 4}
COST = {"seconds": 1.5}


class Warnings(list[str]):
    """What the cache complained of."""


@pytest.fixture
def warned() -> Warnings:
    return Warnings()


@pytest.fixture
def cache(tmp_path: Path, warned: Warnings) -> Cache:
    return Cache(tmp_path / "cache", warned.append)


def test_what_was_stored_is_loaded(cache: Cache) -> None:
    cache.store(KEY, b"result\nof two lines", COST)
    entry = cache.load(dict(reversed(KEY.items())))
    assert entry is not None
    assert entry.payload == b"result\nof two lines"
    assert entry.cost == COST


@pytest.mark.parametrize(
    "change", [{"version": 2}, {"items": ["b", "a"]}, {"batch": 5}, {"more": None}]
)
def test_another_key_has_another_result(cache: Cache, change: dict[str, Any]) -> None:
    cache.store(KEY, b"result", COST)
    assert cache.load({**KEY, **change}) is None


def test_the_digest_is_of_content_not_of_order() -> None:
    assert digest({"a": 1, "b": [1.5]}) == digest({"b": [1.5], "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})
    assert digest({"a": "1"}) != digest({"a": 1})


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: data.replace(b"result", b"resold"),
        lambda data: b"{}\n" + data,
        lambda data: b"[1]\nresult",
    ],
)
def test_a_broken_file_is_reported_by_name_and_not_used(
    cache: Cache, warned: Warnings, damage: Any
) -> None:
    cache.store(KEY, b"result", COST)
    path = cache.path(KEY)
    path.write_bytes(damage(path.read_bytes()))
    assert cache.load(KEY) is None
    assert len(warned) == 1
    assert str(path) in warned[0]
    assert "made anew" in warned[0]


def test_a_file_under_the_name_of_another_key_is_not_used(cache: Cache, warned: Warnings) -> None:
    other = {**KEY, "version": 2}
    cache.store(KEY, b"result", COST)
    cache.path(KEY).rename(cache.path(other))
    assert cache.load(other) is None
    assert "belongs to another key" in warned[0]


def test_temporary_files_of_killed_runs_are_removed(cache: Cache) -> None:
    cache.store(KEY, b"result", COST)
    left, at_work = (cache.path(KEY).with_name(f".abc.{run}.partial") for run in (1, 2))
    for path in (left, at_work):
        path.write_bytes(b"half")
    os.utime(left, (0, 0))
    remove_abandoned(cache.folder)
    assert not left.exists()
    assert at_work.exists()
    assert cache.load(KEY) is not None


def test_arrays_come_back_as_they_were() -> None:
    arrays: Arrays = {"images": np.array([[1.5, -2.0]], dtype=np.float32), "rows": np.arange(3)}
    back = unpack(pack(arrays))
    assert back.keys() == arrays.keys()
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype
        np.testing.assert_array_equal(back[name], array)


def test_a_digest_of_files_is_of_their_bytes_in_order(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_bytes(b"1")
    second.write_bytes(b"2")
    # SHA-256 of the single byte "1", as any other program computes it.
    assert file_digest(first).startswith("6b86b273ff34fce19d6b804eff5a3f57")
    assert file_digest(first, second) != file_digest(second, first)

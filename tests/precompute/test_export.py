from __future__ import annotations

import os
from pathlib import Path

from article.artifacts import DataFolder, Manifest
from precompute.export import RECIPE_SETTING, Output, why_outdated, write


def output(path: str, data: bytes = b"data") -> Output:
    return Output(path, "sprite", data, "pairs", None, {"seed": 3})


def manifest(recipe: str = "one") -> Manifest:
    return Manifest("study", {"pairs": {}}, {}, (), settings={RECIPE_SETTING: recipe})


def test_the_manifest_lists_what_was_written(tmp_path: Path) -> None:
    written = write(tmp_path, [output("pairs/a.webp"), output("pairs/b.webp")], manifest())
    assert written == ["pairs/a.webp", "pairs/b.webp", "manifest.json"]
    records = DataFolder.open(tmp_path).manifest.artifacts
    assert [record.path for record in records] == ["pairs/a.webp", "pairs/b.webp"]
    assert records[0].bytes == 4
    assert records[0].provenance == {"seed": 3}


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    write(tmp_path, [output("a"), output("b")], manifest())
    before = (tmp_path / "a").stat().st_mtime_ns
    assert write(tmp_path, [output("a"), output("b", b"new")], manifest()) == ["b", "manifest.json"]
    assert (tmp_path / "a").stat().st_mtime_ns == before
    assert write(tmp_path, [output("a"), output("b", b"new")], manifest()) == []


def test_files_no_longer_listed_are_removed_and_others_left(tmp_path: Path) -> None:
    write(tmp_path, [output("a"), output("b")], manifest())
    (tmp_path / "notes.txt").write_text("mine")
    write(tmp_path, [output("a")], manifest())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "manifest.json", "notes.txt"]


def test_a_manifest_cannot_have_files_outside_removed(tmp_path: Path) -> None:
    folder, outside = tmp_path / "data", tmp_path / "precious"
    outside.write_text("mine")
    write(folder, [output("../precious")], manifest())
    outside.write_text("mine")
    write(folder, [output("a")], manifest())
    assert outside.read_text() == "mine"


def test_half_files_of_killed_runs_are_removed(tmp_path: Path) -> None:
    (tmp_path / "pairs").mkdir()
    half = tmp_path / "pairs" / ".a.webp.77.partial"
    half.write_bytes(b"ha")
    os.utime(half, (0, 0))
    write(tmp_path, [output("pairs/a.webp")], manifest())
    assert not half.exists()


def test_why_a_folder_is_outdated(tmp_path: Path) -> None:
    assert "manifest.json: missing" in str(why_outdated(tmp_path, "one"))
    write(tmp_path, [output("a")], manifest())
    assert why_outdated(tmp_path, "one") is None
    assert "made from other pairs" in str(why_outdated(tmp_path, "two"))
    (tmp_path / "a").write_bytes(b"date")
    assert "a: differs from the file" in str(why_outdated(tmp_path, "one"))
    (tmp_path / "a").unlink()
    assert "a: listed in the manifest, but missing" in str(why_outdated(tmp_path, "one"))
    (tmp_path / "manifest.json").write_bytes(b'{"kind": "mani')
    assert "manifest.json: not JSON, perhaps truncated" in str(why_outdated(tmp_path, "one"))

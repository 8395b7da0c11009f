"""Every file that the manifest lists must be there and whole, whether a figure shows it or not."""

from __future__ import annotations

from pathlib import Path

from tests.article.small_article import small_article


def test_a_file_that_no_figure_needs_is_missed_all_the_same(tmp_path: Path) -> None:
    article = small_article(tmp_path).text("Text without figures.")
    assert article.errors() == []
    files = sorted(path for path in (tmp_path / "data").rglob("*.json"))
    lost, cut = [path for path in files if path.name != "manifest.json"][:2]
    lost.unlink()
    cut.write_bytes(cut.read_bytes()[:-1])
    found = article.errors()
    assert len(found) == 2
    assert f"{lost}: listed in the manifest, but missing" in found
    assert any(error.startswith(f"{cut}: ") and "the manifest says" in error for error in found)

"""A small article to change and build."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.article.small_article import SmallArticle, small_article


@pytest.fixture
def article(tmp_path: Path) -> SmallArticle:
    """An article of three pairs, two models and no figure yet."""
    return small_article(tmp_path / "essay")

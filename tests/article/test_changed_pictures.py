"""How far changes move a picture, on average over all pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from article.artifacts import SIMILARITY_STEPS
from article.changed_pictures import mean_cosine
from article.errors import ArticleError
from article.study import Study
from tests.article.changed_article import STEPS, changed_article, similarity

STORED = 1 / SIMILARITY_STEPS


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study.open(changed_article(tmp_path / "essay").folder / "data")


@pytest.mark.parametrize(
    ("to", "step", "other"),
    # A push of 9 pixels is nearest to 8, the fourth step; the least push is the third.
    [("picture", 3, 2), ("caption", 3, STEPS)],
)
def test_the_nearest_step_of_every_picture_is_compared(
    study: Study, to: str, step: int, other: int
) -> None:
    cosines = [similarity("push", picture, "clip")[step, other] for picture in ("one", "two")]
    found = mean_cosine(study, "push", "clip", 9, to)
    assert found == pytest.approx(sum(cosines) / 2, abs=STORED)


@pytest.mark.parametrize(
    ("kind", "to", "message"),
    [
        ("pull", "picture", "no pictures were changed by 'pull'"),
        ("push", "text", "'text' is neither 'picture' nor 'caption'"),
    ],
)
def test_what_is_not_there_is_named(study: Study, kind: str, to: str, message: str) -> None:
    with pytest.raises(ArticleError, match=message):
        mean_cosine(study, kind, "clip", 9, to)

"""What the text claims of the data must be true of them, or the build stops."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.article.small_article import small_article


def test_claims_that_hold_leave_no_trace_on_the_page(tmp_path: Path) -> None:
    article = small_article(tmp_path)
    assert article.body("Text.\n\n```claims\ncount('pairs') > 0\n```\n\nMore.") == (
        article.body("Text.\n\nMore.")
    )


@pytest.mark.parametrize(
    ("claim", "error"),
    [
        (
            "count('pairs') > 1000000",
            "index.md:5: the claim \"count('pairs') > 1000000\" does not hold",
        ),
        ("count('pairs')", "index.md:5: the claim \"count('pairs')\" is neither true nor false"),
        ("count('nothing') > 1", "index.md:5: {{ count('nothing') > 1 }}: unknown data set"),
        ("count('study' > 1", "index.md:5: {{ count('study' > 1 }}: "),
    ],
)
def test_a_claim_that_does_not_hold_stops_the_build_at_its_line(
    tmp_path: Path, claim: str, error: str
) -> None:
    article = small_article(tmp_path).text(f"Text.\n\n```claims\n1 < 2\n{claim}\n```\n")
    (found,) = article.errors()
    assert found.startswith(error)

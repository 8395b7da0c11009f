"""Values of a figure's state, checked as an author or an address writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from article.errors import ArticleError
from article.tables import suggestion

LARGEST_SHARE: Final = 1.5
"""The largest share of the gap that a figure closes: the modalities have passed each other."""


def one_of(key: str, value: str, known: Sequence[str]) -> str:
    """One of some values; raises with the closest of them."""
    if value not in known:
        raise ArticleError(f"unknown {key} {value!r}{suggestion(value, list(known))}")
    return value


def known_value(
    key: str, value: str, known: Mapping[str, Sequence[str]], also: Sequence[str] = ()
) -> str:
    """The value of a key that can have some values each; raises with the closest key or value.

    `also` are keys that are checked elsewhere, and named where none fits.
    """
    if key not in known:
        raise ArticleError(f"unknown state {key!r}{suggestion(key, [*known, *also])}")
    return one_of(key, value, known[key])


def share_of(value: str) -> float:
    """A share of the gap, 0 as trained, 1 closed; raises what is none."""
    try:
        share = float(value)
    except ValueError:
        share = math.nan
    if not 0 <= share <= LARGEST_SHARE:
        raise ArticleError(f"share {value!r} is not a number from 0 to {LARGEST_SHARE:g}")
    return share

"""Where the marked pairs of a data set stand among all: how far a reader has to look for them."""

from __future__ import annotations

import numpy as np

from article.artifacts import Floats, Items, Space
from article.errors import ArticleError
from article.tables import suggestion


def paired_ranks(space: Space, items: Items, mark: str) -> list[int]:
    """Ranks of marked pairs, ascending, by the cosine of their two items; 1 is the smallest."""
    count = space.counts[0]
    if len(space.counts) < 2 or space.counts[1] != count:
        raise ArticleError(f"data set {space.dataset!r} has no pairs to rank")
    paired = np.diagonal(space.similarity[:count, count:])
    return _ranks(paired, paired[_indices(items, mark)])


def neighbour_ranks(space: Space, items: Items, mark: str) -> list[int]:
    """Ranks of marked items of the first modality, ascending, by their nearest neighbour.

    Every pair of different items of that modality is ranked by its cosine; 1 is the largest. A
    marked item has the rank of the pair that it forms with its nearest neighbour.
    """
    count = space.counts[0]
    in_modal = space.similarity[:count, :count].copy()
    np.fill_diagonal(in_modal, -np.inf)
    rows, columns = np.triu_indices(count, k=1)
    nearest = in_modal[_indices(items, mark)].max(axis=1)
    return _ranks(-in_modal[rows, columns], -nearest)


def _indices(items: Items, mark: str) -> list[int]:
    if mark not in items.marks:
        known = suggestion(mark, items.marks)
        raise ArticleError(f"data set {items.dataset!r} has no mark {mark!r}{known}")
    places = {name: index for index, name in enumerate(items.ids)}
    return [places[name] for name in items.marks[mark]]


def _ranks(values: Floats, wanted: Floats) -> list[int]:
    """One more than the number of values below each wanted one, ascending."""
    return sorted(int(rank) for rank in 1 + np.searchsorted(np.sort(values), wanted))

"""Where the marked pairs of a data set stand among all: how far a reader has to look for them."""

from __future__ import annotations

import numpy as np

from article.artifacts import Floats, Items, Space
from article.errors import ArticleError
from article.geometry import blocks, mean_similarity
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


def split_by_words(space: Space, items: Items, modality: str, words: str) -> dict[str, float]:
    """Mean cosines of different items of a modality, split by whether a pair's caption has words.

    `within` those that have them, within the `rest`, and `across`; `count` are those that have
    them. Two items of a modality at least must be on either side.
    """
    texts = next((m.texts for m in items.modalities if m.texts is not None), None)
    if texts is None or modality not in space.modalities:
        raise ArticleError(f"data set {space.dataset!r} has no captions of its {modality!r} items")
    has = np.array([words in text for text in texts])
    if min(has.sum(), (~has).sum()) <= 1:
        message = f"{has.sum()} of {len(has)} captions have {words!r}: nothing to compare"
        raise ArticleError(f"data set {space.dataset!r}: {message}")
    block = blocks(space.counts)[space.modalities.index(modality)]
    cosines = space.similarity[block, block]
    return {
        "within": mean_similarity(cosines[has][:, has]),
        "rest": mean_similarity(cosines[~has][:, ~has]),
        "across": float(cosines[has][:, ~has].mean()),
        "count": int(has.sum()),
    }

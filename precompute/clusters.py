"""Pairs grouped by blocks of the similarity matrix, and groups named by their captions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.cluster import hierarchy
from scipy.spatial import distance

from article import geometry
from article.artifacts import Clustering
from article.vocabulary import STOP_WORDS
from precompute.study import ClusterPlan

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
Ngram: TypeAlias = tuple[str, ...]

IN_MODAL_RULE: Final = "angular distance of items"
CROSS_MODAL_RULE: Final = "Euclidean distance of rows"
LONGEST_NGRAM: Final = 2
WORDS_IN_NAME: Final = 2

_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def cluster(
    similarity: Floats,
    modalities: Sequence[str],
    captions: Sequence[str],
    block: tuple[str, str],
    plan: ClusterPlan,
) -> Clustering:
    """Cluster n pairs by one block of their similarity matrix (2n, 2n).

    Within a modality items are compared by angle; between two modalities a pair is described by the
    row of similarities of its first item to all second ones, and rows are compared as vectors.
    """
    n = len(captions)
    rows = dict(zip(modalities, geometry.blocks([n] * len(modalities)), strict=True))
    values = similarity[rows[block[0]], rows[block[1]]]
    within = block[0] == block[1]
    distances = angles(values) if within else distance.pdist(values)
    order, labels = group(distances, plan.linkage, plan.count)
    return Clustering(
        block=block,
        rule=IN_MODAL_RULE if within else CROSS_MODAL_RULE,
        linkage=plan.linkage,
        order=order,
        labels=labels,
        names=name_clusters(captions, labels),
    )


def angles(block: Floats) -> Floats:
    """Angles in radians between the items of an in-modal block, in scipy's condensed form."""
    radians = np.arccos(block.clip(-1, 1))
    np.fill_diagonal(radians, 0)
    return np.asarray(distance.squareform(radians, checks=False))


def group(distances: Floats, linkage: str, count: int) -> tuple[Integers, Integers]:
    """Order (n,) and labels (n,) of at most `count` clusters, from condensed distances.

    The order is that of the dendrogram's leaves, turned so that neighbours are near (Bar-Joseph et
    al. 2001); a cut through the tree leaves clusters contiguous in it. Labels count up along it.
    """
    tree = hierarchy.linkage(distances, method=linkage, optimal_ordering=True)
    order = hierarchy.leaves_list(tree).astype(np.int64)
    flat = hierarchy.fcluster(tree, count, criterion="maxclust")
    _, first = np.unique(flat[order], return_index=True)
    position = np.empty(flat.max() + 1, dtype=np.int64)
    position[flat[order][np.sort(first)]] = np.arange(len(first))
    return order, position[flat]


def name_clusters(captions: Sequence[str], labels: Integers) -> tuple[str, ...]:
    """A name for each cluster: the n-grams that most of its captions contain."""
    ngrams = [ngrams_of(caption) for caption in captions]
    everywhere = Counter(ngram for found in ngrams for ngram in found)
    return tuple(
        _name([ngrams[i] for i in np.flatnonzero(labels == label)], everywhere)
        for label in range(int(labels.max()) + 1)
    )


def _name(members: Iterable[set[Ngram]], everywhere: Counter[Ngram]) -> str:
    """The most frequent n-grams; of equal ones those rarer elsewhere, then the longer."""
    counts = Counter(ngram for found in members for ngram in found)
    ranked = sorted(counts, key=lambda g: (-counts[g], everywhere[g], -len(g), g))
    chosen: list[Ngram] = []
    for ngram in ranked:
        if not any(set(ngram) & set(other) for other in chosen):
            chosen.append(ngram)
        if len(chosen) == WORDS_IN_NAME:
            break
    return ", ".join(" ".join(ngram) for ngram in chosen) or "no words"


def ngrams_of(caption: str) -> set[Ngram]:
    """Words of a caption without stop words, and pairs of such that stand side by side in it."""
    words = [word.casefold() for word in _WORD.findall(caption)]
    windows = (
        tuple(words[start : start + length])
        for length in range(1, LONGEST_NGRAM + 1)
        for start in range(len(words) - length + 1)
    )
    return {window for window in windows if not STOP_WORDS.intersection(window)}

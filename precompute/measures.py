"""Measures of paired embeddings from the vectors, for sets too large for their similarity matrix.

Notation: x and y (n, d) are unit vectors of two modalities, row i of both being pair i. Formulas
and sources are those of `article.geometry`, which has them for a similarity matrix; what needs all
similarities at once is done here in chunks of rows. All arithmetic is float64.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from article import geometry
from article.errors import GeometryError
from article.geometry import Losses

Floats: TypeAlias = npt.NDArray[np.float64]

CHUNK_ROWS: Final = 512
"""Rows of a similarity matrix that are held at once."""


class Pairs(NamedTuple):
    """Unit vectors (n, d) of both modalities."""

    x: Floats
    y: Floats


def unit_pairs(
    first: npt.ArrayLike, second: npt.ArrayLike, names: Sequence[str] = ("first", "second")
) -> Pairs:
    """Embeddings (n, d) of both modalities, normalised.

    Raises:
        GeometryError: fewer than two pairs, lengths that differ, or a vector that is zero or not
            finite; names modality and row.
    """
    x, y = geometry.normalise(first, names[0]), geometry.normalise(second, names[1])
    if x.shape != y.shape:
        raise GeometryError(f"{names[0]} has shape {x.shape}, {names[1]} {y.shape}: no pairs")
    if len(x) < 2:
        raise GeometryError("one pair has nothing to be compared with; two are needed")
    return Pairs(x, y)


def gap_vector(pairs: Pairs) -> Floats:
    """Mean of the first modality minus mean of the second, (d,)."""
    return np.asarray(pairs.x.mean(axis=0) - pairs.y.mean(axis=0))


def gap_distance(pairs: Pairs) -> float:
    """Length of the gap."""
    return float(np.linalg.norm(gap_vector(pairs)))


def close_gap(pairs: Pairs, share: float) -> Pairs:
    """Both modalities moved towards each other by a share of the gap, then renormalised."""
    return _move(pairs, share / 2 * gap_vector(pairs))


def shift_gap(pairs: Pairs, length: float) -> Pairs:
    """Both modalities moved by half of `length` along the gap (Liang et al. 2022), renormalised.

    Positive lengths shorten the gap. Raises `GeometryError` where there is no gap to move along.
    """
    return _move(pairs, length / 2 * gap_direction(pairs))


def gap_direction(pairs: Pairs) -> Floats:
    """The gap vector, of length 1."""
    gap = gap_vector(pairs)
    length = np.linalg.norm(gap)
    if length == 0:
        raise GeometryError("the modalities have the same mean: the gap has no direction")
    return np.asarray(gap / length)


def _move(pairs: Pairs, step: Floats) -> Pairs:
    return Pairs(
        geometry.normalise(pairs.x - step, "moved first modality"),
        geometry.normalise(pairs.y + step, "moved second modality"),
    )


def contrastive_losses(
    pairs: Pairs, logit_scale: float, batch_size: int = geometry.BATCH_SIZE
) -> Losses:
    """Losses in nats over batches of consecutive pairs, the last weighted by its size."""
    forward = backward = 0.0
    for start in range(0, len(pairs.x), batch_size):
        rows = slice(start, start + batch_size)
        cross = pairs.x[rows] @ pairs.y[rows].T
        losses = geometry.contrastive_losses(cross, logit_scale, batch_size)
        forward += len(cross) * losses.first_to_second
        backward += len(cross) * losses.second_to_first
    return Losses(forward / len(pairs.x), backward / len(pairs.x))


def recall(pairs: Pairs, ranks: Sequence[int], candidates: int) -> dict[int, tuple[float, float]]:
    """R@k of both directions for each k of `ranks`, among the first `candidates` pairs."""
    cross = pairs.x[:candidates] @ pairs.y[:candidates].T
    return {k: geometry.recall(cross, k) for k in ranks}


def paired_cosine(pairs: Pairs) -> float:
    """Mean cosine of the two items of a pair."""
    return float((pairs.x * pairs.y).sum(axis=1).mean())


def unpaired_cosine(pairs: Pairs) -> float:
    """Mean cosine of items of different modalities that are no pair."""
    n = len(pairs.x)
    every = float(pairs.x.sum(axis=0) @ pairs.y.sum(axis=0))
    return (every - n * paired_cosine(pairs)) / (n * (n - 1))


def mean_cosine(vectors: Floats) -> float:
    """Mean cosine of different items of one modality: the narrowness of its cone."""
    n = len(vectors)
    total = vectors.sum(axis=0)
    return float((total @ total - np.square(vectors).sum()) / (n * (n - 1)))


def relative_gap(pairs: Pairs) -> float:
    """RMG (Schrodi et al. 2024), see `geometry.relative_gap`."""
    between = (1 - paired_cosine(pairs)) / 2
    within = (2 - mean_cosine(pairs.x) - mean_cosine(pairs.y)) / 4
    return between / (between + within)


def alignment(pairs: Pairs) -> float:
    """Mean squared Euclidean distance of pairs (Wang and Isola 2020)."""
    return float(np.square(pairs.x - pairs.y).sum(axis=1).mean())


def uniformity(vectors: Floats) -> float:
    """log mean exp(-2 |a - b|^2) over different items (Wang and Isola 2020)."""
    n = len(vectors)
    every = sum(float(np.exp(4 * block - 4).sum()) for block in _similarities(vectors))
    # The n similarities of items to themselves are 1 and add exp(0) each.
    return float(np.log((every - n) / (n * (n - 1))))


def in_modal_difference(pairs: Pairs) -> float:
    """Mean over different items i, j of |<x_i, x_j> - <y_i, y_j>|; 0 where modalities agree."""
    n = len(pairs.x)
    blocks = zip(_similarities(pairs.x), _similarities(pairs.y), strict=True)
    return sum(float(np.abs(a - b).sum()) for a, b in blocks) / (n * (n - 1))


def _similarities(vectors: Floats) -> Iterator[Floats]:
    """Rows of the similarity matrix, a chunk at a time; the diagonal is exactly 1."""
    for start in range(0, len(vectors), CHUNK_ROWS):
        block = vectors[start : start + CHUNK_ROWS] @ vectors.T
        rows = np.arange(len(block))
        block[rows, start + rows] = 1
        yield block


def effective_rank(vectors: Floats) -> float:
    """exp of the entropy of the normalised eigenvalues of the centred vectors' covariance.

    These are the nonzero eigenvalues of the centred in-modal block (Roy and Vetterli 2007).
    """
    squared = np.square(np.linalg.svd(vectors - vectors.mean(axis=0), compute_uv=False))
    if squared.sum() <= 1e-12:
        return 0.0
    shares = squared[squared > 0] / squared.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def measure(
    pairs: Pairs,
    modalities: tuple[str, str],
    logit_scale: float,
    batch_size: int,
    ranks: Sequence[int],
    candidates: int,
) -> dict[str, float]:
    """All measures of a data set, by the names that the article calls them by."""
    first, second = modalities
    forward, backward = f"{first}_to_{second}", f"{second}_to_{first}"
    losses = contrastive_losses(pairs, logit_scale, batch_size)
    values = {
        "gap_distance": gap_distance(pairs),
        "relative_gap": relative_gap(pairs),
        "loss": losses.mean,
        f"loss_{forward}": losses.first_to_second,
        f"loss_{backward}": losses.second_to_first,
    }
    for k, (there, back) in recall(pairs, ranks, candidates).items():
        values[f"recall_at_{k}_{forward}"] = there
        values[f"recall_at_{k}_{backward}"] = back
    values |= {
        "alignment": alignment(pairs),
        "uniformity": uniformity(np.concatenate(pairs)),
        "paired_cosine": paired_cosine(pairs),
        "unpaired_cosine": unpaired_cosine(pairs),
        "in_modal_difference": in_modal_difference(pairs),
    }
    for name, vectors in zip(modalities, pairs, strict=True):
        values[f"uniformity_{name}"] = uniformity(vectors)
        values[f"mean_cosine_{name}"] = mean_cosine(vectors)
        values[f"effective_rank_{name}"] = effective_rank(vectors)
    return values

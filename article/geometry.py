"""The geometry of paired embeddings, from the matrix of their cosine similarities alone.

Notation: K (N, N) holds the cosine similarities of N vectors of length 1, modality after modality;
`counts` says how many belong to each; pairs share their index within the modality. Every state of a
figure follows from K through the block means

    <x_i, mu_m> = mean over j in modality m of K[i, j],   <mu_m, mu_n> = mean of block (m, n),

so no embedding is needed once K is known. All arithmetic is float64; sizes are a few hundred items.
The browser's `site_templates/js/geometry.js` computes the same, and is tested against this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from article.errors import GeometryError

Floats: TypeAlias = npt.NDArray[np.float64]

BATCH_SIZE: Final = 50
"""Losses are means over batches of this many pairs, in order: the batch decides the figure."""

_SMALLEST_SQUARED_LENGTH: Final = 1e-12
_SIMILARITY_TOLERANCE: Final = 1e-6
"""What products of vectors normalised in 32 bits may be off by."""

_TIE: Final = 1e-9
"""Coordinates whose magnitudes differ by less, in relation, are equally large: rounding then has no
say in the sign of an axis."""


def similarity_matrix(*embeddings: npt.ArrayLike) -> Floats:
    """K (N, N) of embeddings, one (n_m, d) array a modality, normalised here.

    Raises `GeometryError` naming modality and row of a vector that is zero or not finite.
    """
    units = [normalise(x, f"modality {m}") for m, x in enumerate(embeddings)]
    widths = sorted({rows.shape[1] for rows in units})
    if len(widths) > 1:
        raise GeometryError(f"modalities have vectors of different length: {widths}")
    unit = np.concatenate(units)
    similarity = unit @ unit.T
    np.fill_diagonal(similarity, 1)
    return np.asarray(similarity.clip(-1, 1))


def normalise(embeddings: npt.ArrayLike, name: str = "embeddings") -> Floats:
    """Rows of (n, d) divided by their Euclidean length."""
    rows = np.asarray(embeddings, dtype=np.float64)
    if rows.ndim != 2 or rows.size == 0:
        raise GeometryError(f"{name}: expected an array (n, d) with rows, not {rows.shape}")
    finite = np.isfinite(rows).all(axis=1)
    if not finite.all():
        raise GeometryError(f"{name}: row {np.argmin(finite)} has a value that is not finite")
    largest = np.abs(rows).max(axis=1, keepdims=True)
    if not largest.all():
        raise GeometryError(f"{name}: row {np.argmin(largest)} is a zero vector")
    scaled = rows / largest  # squares of very large or small values would leave the range of floats
    return np.asarray(scaled / np.linalg.norm(scaled, axis=1, keepdims=True))


def check_similarity(similarity: Floats) -> None:
    """Raise `GeometryError` unless these can be the cosine similarities of some vectors."""
    if similarity.ndim != 2 or similarity.shape[0] != similarity.shape[1] or similarity.size == 0:
        raise GeometryError(f"a similarity matrix is square, not {similarity.shape}")
    _check_items(np.isfinite(similarity), "is not a finite number")
    _check_items(np.abs(similarity) <= 1 + _SIMILARITY_TOLERANCE, "lies outside of -1 and 1")
    asymmetry = np.abs(similarity - similarity.T)
    _check_items(asymmetry <= _SIMILARITY_TOLERANCE, "differs from the one the other way round")
    own = np.abs(np.diagonal(similarity) - 1)
    _check_items(np.diag(own <= _SIMILARITY_TOLERANCE) | ~np.eye(len(own), dtype=bool), "is not 1")


def _check_items(valid: npt.NDArray[np.bool_], fault: str) -> None:
    if not valid.all():
        row, column = np.argwhere(~valid)[0]
        raise GeometryError(f"similarity of items {row} and {column} {fault}")


def blocks(counts: Sequence[int]) -> list[slice]:
    """Rows of each modality in K."""
    ends = np.cumsum(counts)
    return [slice(int(end - n), int(end)) for end, n in zip(ends, counts, strict=True)]


@dataclass(frozen=True)
class BlockMeans:
    """`of_items` (N, M): <x_i, mu_m>; `of_modalities` (M, M): <mu_m, mu_n>."""

    of_items: Floats
    of_modalities: Floats


def block_means(similarity: Floats, counts: Sequence[int]) -> BlockMeans:
    """Inner products of all items and modality means with the modality means."""
    total = sum(counts)
    if similarity.shape != (total, total) or min(counts, default=0) < 1:
        shape = similarity.shape
        raise GeometryError(f"items {tuple(counts)} of each modality do not fit a matrix {shape}")
    rows = blocks(counts)
    of_items = np.stack([similarity[:, m].mean(axis=1) for m in rows], axis=1)
    of_modalities = np.stack([of_items[m].mean(axis=0) for m in rows])
    if not np.all(np.isfinite(of_modalities)):
        raise GeometryError("a similarity is not a finite number")
    return BlockMeans(of_items, of_modalities)


def gap_distance(
    similarity: Floats, counts: Sequence[int], first: int = 0, second: int = 1
) -> float:
    """Length of the gap between two modalities, |mu_m - mu_n| (Liang et al. 2022)."""
    g = block_means(similarity, counts).of_modalities
    return float(np.sqrt(max(g[first, first] + g[second, second] - 2 * g[first, second], 0.0)))


def close_gap(similarity: Floats, counts: Sequence[int], share: float = 1) -> Floats:
    """K after moving each modality by a share of the gap, then renormalising.

    `x' = x - share (mu_m - mean of the modality means)`: share 0 leaves the model as trained, 1
    makes the means coincide before renormalising, beyond it the modalities pass each other. For two
    modalities this is the half step along the gap vector of Liang et al. 2022.
    """
    means = block_means(similarity, counts)
    items = means.of_items - means.of_items.mean(axis=1, keepdims=True)
    return _subtract(similarity, counts, items, _centre_both(means.of_modalities), share)


def standardise(similarity: Floats, counts: Sequence[int]) -> Floats:
    """K after subtracting each modality's own mean, then renormalising (An et al. 2024)."""
    means = block_means(similarity, counts)
    return _subtract(similarity, counts, means.of_items, means.of_modalities, 1)


def _subtract(
    similarity: Floats, counts: Sequence[int], items: Floats, modalities: Floats, share: float
) -> Floats:
    """K of `x_i - share v_m`, given `items` <x_i, v_m> and `modalities` <v_m, v_n>."""
    member = np.repeat(np.arange(len(counts)), counts)
    cross = items[:, member]
    moved = similarity - share * (cross + cross.T) + share**2 * modalities[np.ix_(member, member)]
    squared = np.diagonal(moved)
    if squared.min() < _SMALLEST_SQUARED_LENGTH:
        raise GeometryError(
            f"item {np.argmin(squared)} is moved onto the origin: no direction left"
        )
    lengths = np.sqrt(squared)
    moved = moved / np.outer(lengths, lengths)
    np.fill_diagonal(moved, 1)
    return np.asarray(moved.clip(-1, 1))


def _centre_both(matrix: Floats) -> Floats:
    """Subtract row and column means, add the overall mean."""
    rows = matrix.mean(axis=1, keepdims=True)
    columns = matrix.mean(axis=0, keepdims=True)
    return np.asarray(matrix - rows - columns + matrix.mean())


# -- measures ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Losses:
    """Contrastive losses in nats: each direction, and their mean (symmetric InfoNCE)."""

    first_to_second: float
    second_to_first: float

    @property
    def mean(self) -> float:
        """The symmetric loss."""
        return (self.first_to_second + self.second_to_first) / 2


def cross_block(
    similarity: Floats, counts: Sequence[int], first: int = 0, second: int = 1
) -> Floats:
    """Similarities (n, n) of one modality's items to another's; pairs are on the diagonal."""
    _check_pairs(counts, first, second)
    rows = blocks(counts)
    return similarity[rows[first], rows[second]]


def _check_pairs(counts: Sequence[int], first: int, second: int) -> None:
    if counts[first] != counts[second]:
        raise GeometryError(
            f"modalities of {counts[first]} and {counts[second]} items form no pairs"
        )


def contrastive_losses(cross: Floats, logit_scale: float, batch_size: int = BATCH_SIZE) -> Losses:
    """Losses of paired items from their cross block (n, n).

    Means over batches of `batch_size` consecutive pairs, the last weighted by its size:
    cross-entropy of `softmax(logit_scale * row)` against the pair (Radford et al. 2021).
    """
    starts = range(0, len(cross), batch_size)
    batches = [logit_scale * cross[s : s + batch_size, s : s + batch_size] for s in starts]
    forward = sum(_cross_entropies(batch).sum() for batch in batches)
    backward = sum(_cross_entropies(batch.T).sum() for batch in batches)
    return Losses(float(forward) / len(cross), float(backward) / len(cross))


def published_loss(cross: Floats, logit_scale: float, batch_size: int = BATCH_SIZE) -> float:
    """The loss as the article of Humer et al. (2024) computes it, only for comparison with it.

    First to second modality only, and pairs beyond the last whole batch are left out. `nan` for
    fewer pairs than one batch, as there.
    """
    whole = len(cross) // batch_size * batch_size
    if whole == 0:
        return float("nan")
    return contrastive_losses(cross[:whole, :whole], logit_scale, batch_size).first_to_second


def _cross_entropies(logits: Floats) -> Floats:
    """-log softmax at the diagonal, for each row of (n, n) logits."""
    peaks = logits.max(axis=1)
    partition = peaks + np.log(np.exp(logits - peaks[:, None]).sum(axis=1))
    return np.asarray(partition - np.diagonal(logits))


def recall(cross: Floats, k: int) -> tuple[float, float]:
    """R@k of both directions: share of items whose partner is among the k nearest.

    An item is ranked behind every other of equal similarity, so that a model that maps everything
    onto one point gets no credit; nor does one whose similarities are not numbers.
    """
    own = np.diagonal(cross)
    forward = (~(cross < own[:, None])).sum(axis=1) <= k
    backward = (~(cross < own[None, :])).sum(axis=0) <= k
    return float(forward.mean()), float(backward.mean())


def mean_similarity(block: Floats) -> float:
    """Mean cosine of different items of one modality: the narrowness of its cone."""
    n = len(block)
    if n < 2:
        raise GeometryError("the mean over different items needs two of them")
    return float((block.sum() - np.trace(block)) / (n * (n - 1)))


def relative_gap(
    similarity: Floats, counts: Sequence[int], first: int = 0, second: int = 1
) -> float:
    """RMG of two modalities (Schrodi et al. 2024): d_pair / (d_pair + mean in-modal distance).

    Distances are (1 - cosine) / 2; in-modal means leave out the diagonal.
    """
    rows = blocks(counts)
    own = np.diagonal(cross_block(similarity, counts, first, second))
    pairs = float((1 - own).mean() / 2)
    inner = [(1 - mean_similarity(similarity[rows[m], rows[m]])) / 2 for m in (first, second)]
    total = pairs + float(np.mean(inner))
    if total <= 0:
        raise GeometryError("the relative gap of items that all coincide does not exist")
    return pairs / total


def alignment(cross: Floats) -> float:
    """Mean squared Euclidean distance of pairs (Wang and Isola 2020); smaller is better."""
    return float((2 - 2 * np.diagonal(cross)).mean())


def uniformity(similarity: Floats) -> float:
    """log mean exp(-2 |a - b|^2) over different items (Wang and Isola 2020)."""
    upper = similarity[np.triu_indices(len(similarity), 1)]
    if upper.size == 0:
        raise GeometryError("uniformity needs two items")
    return float(np.log(np.exp(-2 * (2 - 2 * upper)).mean()))


def effective_rank(block: Floats) -> float:
    """exp of the entropy of the normalised eigenvalues of a centred in-modal block."""
    values = np.linalg.eigvalsh(_centre_both(block)).clip(0)
    if values.sum() <= _SMALLEST_SQUARED_LENGTH:
        return 0.0
    shares = values[values > 0] / values.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def in_modal_difference(
    similarity: Floats, counts: Sequence[int], first: int = 0, second: int = 1
) -> Floats:
    """One in-modal block minus another, (n, n): zero where both modalities agree."""
    _check_pairs(counts, first, second)
    rows = blocks(counts)
    own, other = (similarity[rows[m], rows[m]] for m in (first, second))
    return np.asarray(own - other)


def euclidean_distance(similarity: Floats) -> Floats:
    """Distances of unit vectors, sqrt(2 - 2 cos)."""
    return np.asarray(np.sqrt((2 - 2 * similarity).clip(0)))


# -- projection --------------------------------------------------------------------------------


def principal_components(similarity: Floats, dimensions: int = 2) -> Floats:
    """Coordinates (N, dimensions) on the principal components, exact.

    Eigenvectors of the doubly centred K, times the root of their eigenvalues: the same as PCA of
    the vectors themselves. Each axis points to where its coordinate of largest magnitude is
    positive.
    """
    values, vectors = np.linalg.eigh(_centre_both(similarity))
    values, vectors = values[::-1][:dimensions], vectors[:, ::-1][:, :dimensions]
    coordinates = vectors * np.sqrt(values.clip(0))
    magnitudes = np.abs(coordinates)
    peaks = (magnitudes >= magnitudes.max(axis=0) * (1 - _TIE)).argmax(axis=0)
    signs = np.where(coordinates[peaks, np.arange(coordinates.shape[1])] < 0, -1, 1)
    return np.asarray(coordinates * signs)


def explained_variance(similarity: Floats, dimensions: int = 2) -> Floats:
    """Share of the variance on each of the first principal components."""
    values = np.linalg.eigvalsh(_centre_both(similarity)).clip(0)[::-1]
    if values.sum() <= _SMALLEST_SQUARED_LENGTH:
        raise GeometryError("items that all coincide have no variance to explain")
    return np.asarray(values[:dimensions] / values.sum())


def rotate_onto(coordinates: Floats, reference: Floats) -> Floats:
    """Coordinates turned or mirrored onto a reference of the same items (orthogonal Procrustes)."""
    left, _, right = np.linalg.svd(coordinates.T @ reference)
    return np.asarray(coordinates @ (left @ right))

"""Pairs to vectors: pictures are drawn or read, and prepared, while the model works."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

import numpy as np

from article.errors import ArticleError
from precompute.encoders import Encoder, Vectors
from precompute.pairs import Pairs
from precompute.pictures import Picture
from precompute.progress import Stopwatch

PART_PAIRS: Final = 1_024
"""Pairs that are embedded, then kept: what a killed run loses at most."""

BATCHES_AHEAD: Final = 2
TIMED_BATCHES: Final = 2
TIMED_REPEATS: Final = 5

Value = TypeVar("Value")


class EmbeddingError(ArticleError):
    """A model made something of an item that is no direction; names both."""


@dataclass(frozen=True)
class Embeddings:
    """Vectors of images (n, d) and of texts (n, d), as the model gives them, not normalised.

    Texts are fewer where pictures share them.
    """

    images: Vectors
    texts: Vectors


@dataclass(frozen=True)
class Throughput:
    """Pictures a second, from memory to vectors, beside the bare forward pass of the same."""

    pictures_per_second: float
    bare_pictures_per_second: float

    @property
    def share(self) -> float:
        """How much of the forward pass's speed is left."""
        return self.pictures_per_second / self.bare_pictures_per_second


def parts(count: int) -> list[range]:
    """Consecutive pairs that are embedded together and kept."""
    starts = range(0, count, PART_PAIRS)
    return [range(start, min(start + PART_PAIRS, count)) for start in starts]


def embed(
    encoder: Encoder, pairs: Pairs, rows: range, batch: int, done: Callable[[int], None]
) -> Embeddings:
    """Embed the pairs of some rows; `done` is told how many more of them are.

    Raises:
        EmbeddingError: a vector that is zero or not finite.
    """
    images, texts = [], []
    for size, pictures, captions in ahead(_prepared(encoder, pairs, rows, batch)):
        images.append(encoder.encode_images(pictures))
        if captions is not None:
            texts.append(encoder.encode_texts(captions))
        done(size)
    embeddings = _gathered(encoder, images, texts)
    ids = pairs.ids[rows.start : rows.stop]
    check_vectors(embeddings.images, ids, f"{encoder.name}: image")
    check_vectors(embeddings.texts, ids, f"{encoder.name}: text")
    return embeddings


def _gathered(encoder: Encoder, images: list[Any], texts: list[Any]) -> Embeddings:
    vectors = encoder.gather(images)
    without_texts = np.empty((0, vectors.shape[1]), dtype=np.float32)
    return Embeddings(vectors, encoder.gather(texts) if texts else without_texts)


def _prepared(
    encoder: Encoder, pairs: Pairs, rows: range, batch: int
) -> Iterator[tuple[int, Any, Any]]:
    for some in batches(rows, batch):
        pictures = pairs.pictures(some, encoder.picture_side)
        captions = pairs.captions[some.start : some.stop]
        texts = encoder.prepare_texts(captions) if captions else None
        yield len(some), encoder.prepare_images(pictures), texts


def batches(values: Sequence[Value] | range, size: int) -> Iterator[Any]:
    """Consecutive slices of `size`, the last perhaps shorter."""
    return (values[start : start + size] for start in range(0, len(values), size))


def ahead(values: Iterable[Value]) -> Iterator[Value]:
    """The same values, made in a thread while the one before is used."""
    end = object()
    iterator = iter(values)
    with ThreadPoolExecutor(max_workers=1) as thread:
        waiting = deque(thread.submit(next, iterator, end) for _ in range(BATCHES_AHEAD))
        while (value := waiting.popleft().result()) is not end:
            waiting.append(thread.submit(next, iterator, end))
            yield cast(Value, value)


def check_vectors(vectors: Vectors, ids: Sequence[str], what: str) -> None:
    """Raise `EmbeddingError`, naming the first item whose vector has no direction."""
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        raise EmbeddingError(f"{what} of {ids[int(np.argmin(finite))]!r} is not finite")
    long_enough = vectors.any(axis=1)
    if not long_enough.all():
        raise EmbeddingError(f"{what} of {ids[int(np.argmin(long_enough))]!r} is a zero vector")


def measure_throughput(encoder: Encoder, pictures: Sequence[Picture], batch: int) -> Throughput:
    """Time the way from pictures in memory to vectors, and the forward pass on prepared batches.

    The two take turns, and the fastest turn of each counts: what else the machine does meanwhile
    slows single turns, and would otherwise be taken for a cost of one of the two.
    """
    groups = list(batches(pictures[: batch * TIMED_BATCHES], batch))
    ready = [encoder.prepare_images(group) for group in groups]

    def whole() -> None:
        prepared = ahead(encoder.prepare_images(group) for group in groups)
        encoder.gather([encoder.encode_images(one) for one in prepared])

    def bare() -> None:
        encoder.gather([encoder.encode_images(one) for one in ready])

    bare()
    turns = [(seconds_of(whole), seconds_of(bare)) for _ in range(TIMED_REPEATS)]
    count = sum(map(len, groups))
    fastest_whole, fastest_bare = (min(times) for times in zip(*turns, strict=True))
    return Throughput(count / fastest_whole, count / fastest_bare)


def seconds_of(work: Callable[[], None]) -> float:
    """How long something takes."""
    watch = Stopwatch()
    work()
    return watch.seconds

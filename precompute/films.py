"""The film of a training: its snapshots in one file, and what the page shows of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from article import geometry
from article.artifacts import Film, write_atomically
from article.errors import ArticleError
from precompute.cache import digest, file_digest
from precompute.measures import contrastive_losses, gap_distance, unit_pairs
from precompute.snapshots import Halves, read_snapshot

FILMS_FOLDER = "films"
"""Films lie in this folder beside the weights, under the name of the training."""


class FilmError(ArticleError):
    """A film that cannot be read, or is of other pairs than it should be: names the file."""


@dataclass(frozen=True)
class Reel:
    """Snapshots of one training, in order.

    `images` and `texts` (k, n, d) are unit vectors of n pairs at k `steps` (k,) of `batch` pairs
    each; `held_out` are k records of figures of the held-out pairs; `captions` is the digest of
    those of the n pairs.
    """

    steps: npt.NDArray[np.int64]
    images: Halves
    texts: Halves
    held_out: tuple[dict[str, Any], ...]
    batch: int
    captions: str


def film_path(weights: Path) -> Path:
    """Where the film of a training lies that made these weights."""
    return weights.parent / FILMS_FOLDER / weights.name


def digest_of(film: Path | None) -> str | None:
    """The hash of a film's file, if there is one.

    Raises:
        FilmError: there should be one, and is not.
    """
    if film is not None and not film.is_file():
        raise FilmError("no such film", film)
    return None if film is None else file_digest(film)


def gather(folder: Path, batch: int, captions: Sequence[str]) -> Reel:
    """All snapshots of a folder.

    Raises:
        SnapshotError: one of them is broken.
        FilmError: there is none.
    """
    snapshots = [read_snapshot(path) for path in sorted(folder.glob("*.safetensors"))]
    if not snapshots:
        raise FilmError("no snapshot; train with --film to take some", folder)
    return Reel(
        steps=np.array([one.step for one in snapshots]),
        images=np.stack([one.images for one in snapshots]),
        texts=np.stack([one.texts for one in snapshots]),
        held_out=tuple(one.held_out for one in snapshots),
        batch=batch,
        captions=digest(list(captions)),
    )


def write_reel(path: Path, reel: Reel) -> None:
    """Write a film as one safetensors file."""
    said = {"held_out": reel.held_out, "batch": reel.batch, "captions": reel.captions}
    tensors: dict[str, npt.NDArray[Any]] = {
        "steps": reel.steps,
        "images": reel.images,
        "texts": reel.texts,
    }
    write_atomically(path, save(tensors, metadata={"film": json.dumps(said)}))


def read_reel(path: Path) -> Reel:
    """Read what `write_reel` wrote.

    Raises:
        FilmError: the file is missing or broken.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            said = json.loads(file.metadata()["film"])
            tensors = {name: file.get_tensor(name) for name in ("steps", "images", "texts")}
    except (OSError, SafetensorError, TypeError, KeyError) as error:
        raise FilmError(f"not a film ({error})", path) from None
    return Reel(**tensors, **{**said, "held_out": tuple(said["held_out"])})


def film_of(
    reel: Reel,
    dataset: str,
    model: str,
    modalities: tuple[str, str],
    captions: Sequence[str],
    batch_size: int,
) -> Film:
    """The artifact: similarities, gap and losses of the pairs, R@1 of the held-out pairs.

    Raises:
        FilmError: the film was taken of other pairs.
    """
    if reel.captions != digest(list(captions)):
        raise FilmError(f"the film of {model!r} was not taken of the pairs of {dataset!r}")
    scale, candidates = reel.held_out[-1]["logit_scale"], reel.held_out[-1]["pairs"]
    frames = [
        unit_pairs(images, texts, modalities)
        for images, texts in zip(reel.images, reel.texts, strict=True)
    ]
    losses = [contrastive_losses(frame, scale, batch_size) for frame in frames]
    return Film(
        dataset=dataset,
        model=model,
        modalities=modalities,
        count=len(captions),
        logit_scale=scale,
        candidates=candidates,
        steps=reel.steps,
        pairs=reel.steps * reel.batch,
        similarities=np.stack([geometry.similarity_matrix(*frame) for frame in frames]),
        gap=np.array([gap_distance(frame) for frame in frames]),
        first_to_second=np.array([loss.first_to_second for loss in losses]),
        second_to_first=np.array([loss.second_to_first for loss in losses]),
        recall_first_to_second=_column(reel, "recall_image_to_text"),
        recall_second_to_first=_column(reel, "recall_text_to_image"),
    )


def _column(reel: Reel, name: str) -> npt.NDArray[np.float64]:
    return np.array([figures[name] for figures in reel.held_out])

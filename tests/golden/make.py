"""Write the golden files: small artifacts from seeded numbers, and what Python derives from them.

    python -m tests.golden.make

`NAME.json` is an artifact; `NAME.expected.json` beside a space holds its states, derived from the
decoded file, so that quantisation is no part of any difference. Python and JavaScript are both
tested against them. Written anew only when the format changes on purpose.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson

from article import geometry
from article.artifacts import (
    Artifact,
    Clustering,
    Column,
    Film,
    Floats,
    Integers,
    Items,
    Landscape,
    Layout,
    Modality,
    PairLines,
    Projection,
    Space,
    Sprites,
    Table,
    Vectors,
    decode,
    encode,
    vector_steps,
    write_atomically,
)

FOLDER: Final = Path(__file__).parent
SHARES: Final = (0.0, 0.25, 1.0, 1.3)
SPACES: Final = ("two", "pairs", "uneven", "three")

HOSTILE_CAPTIONS: Final = (
    "<b>bold</b> & <img src=x onerror=alert(1)>",
    "</script><script>alert('1')</script>",
    "\"double\" 'single' `backtick` \\ backslash",
    "two\nlines\tand a tab\r\n",
    "שלום \u202eright to left",
    "👩‍👩‍👧 family, 🏳️‍🌈 flag, e\u0301 combined",
    "{{ template }} {% tag %} ${value} \u2028\u2029",
    "",
    "nul \x00 and bell \x07",
    "long " * 200,
)


def artifacts() -> dict[str, Artifact]:
    """Every golden artifact by the name of its file."""
    return {
        "captions": _captions(),
        "marked": _marked(),
        "two": _two(),
        "pairs": _pairs(),
        "uneven": space("uneven", (70, 40), embeddings(2, (70, 40), 24, gap=0.9)),
        "three": space("three", (20, 20, 20), embeddings(3, (20, 20, 20), 12, gap=0.7)),
        "vectors": _vectors(),
        "layout": _layout(),
        "landscape": _landscape(),
        "film": _film(),
        "table": _table(),
    }


def read(name: str) -> Artifact:
    """A golden file as Python reads it."""
    path = FOLDER / f"{name}.json"
    return decode(path.read_bytes(), path)


def read_space(name: str) -> Space:
    """A golden space as Python reads it."""
    space = read(name)
    assert isinstance(space, Space)
    return space


def expected(space: Space) -> list[dict[str, Any]]:
    """The states of a space at every share: first row of the matrix, coordinates, gap, losses."""
    return [_state(space, share) for share in SHARES]


def _state(space: Space, share: float) -> dict[str, Any]:
    similarity = geometry.close_gap(space.similarity, space.counts, share)
    return {
        "share": share,
        "first_row": _rounded(similarity[0]),
        "coordinates": _rounded(geometry.principal_components(similarity)),
        "gap": geometry.gap_distance(similarity, space.counts),
        "losses": _losses(similarity, space),
    }


def _losses(similarity: Floats, space: Space) -> list[float] | None:
    """First to second, second to first; None where the first two modalities form no pairs."""
    if space.counts[0] != space.counts[1]:
        return None
    cross = geometry.cross_block(similarity, space.counts)
    losses = geometry.contrastive_losses(cross, space.logit_scale)
    return [losses.first_to_second, losses.second_to_first]


def _rounded(values: Floats) -> list[float]:
    return [round(value, 12) for value in values.ravel().tolist()]


def _captions() -> Items:
    count = len(HOSTILE_CAPTIONS)
    sprites = Sprites(("pictures-0.webp", "pictures-1.webp"), cell=64, columns=3, per_file=6)
    return Items(
        dataset="captions",
        ids=tuple(f"pair {index}" for index in range(count)),
        modalities=(
            Modality("image", "picture", count, sprites=sprites),
            Modality("text", "text", count, texts=HOSTILE_CAPTIONS),
        ),
    )


def _marked() -> Items:
    """Three pairs, of which two are marked; what a mark is called is as hostile as any text."""
    return Items(
        dataset="marked",
        ids=("a", "b", "<c>"),
        modalities=(Modality("text", "text", 3, texts=("one", "two", "three")),),
        marks={"blurred": ("b",), "__proto__": ("<c>", "a"), "swapped": ()},
    )


def _two() -> Space:
    images, texts = [[1.0, 0.0, 0.0], [0.6, 0.8, 0.0]], [[0.6, 0.0, 0.8], [0.0, 0.6, 0.8]]
    return Space(
        dataset="two",
        model="by-hand",
        modalities=("image", "text"),
        counts=(2, 2),
        logit_scale=10.0,
        similarity=geometry.similarity_matrix(images, texts),
    )


def _pairs() -> Space:
    """60 pairs: one batch of 50 and one of 10, two projections at both ends, three clusterings."""
    rng = np.random.default_rng(1)
    ends = [
        Projection(method, share, rng.normal(scale=20, size=(120, 2)), {"seed": 1})
        for method in ("tsne", "umap")
        for share in (0.0, 1.0)
    ]
    blocks = (("image", "image"), ("text", "text"), ("image", "text"))
    return space(
        "pairs",
        (60, 60),
        embeddings(1, (60, 60), 16, gap=0.8),
        projections=tuple(ends),
        clusterings=tuple(_clustering(block, rng.permutation(60)) for block in blocks),
    )


def large() -> Space:
    """100 pairs, as many as the study has, with one projection; for benchmarks, not stored.

    Its spectrum falls as slowly as that of CLIP on photographs.
    """
    counts = (100, 100)
    rng = np.random.default_rng(4)
    ends = (
        Projection("tsne", share, rng.normal(scale=20, size=(200, 2)), {}) for share in (0.0, 1.0)
    )
    views = embeddings(4, counts, 64, gap=0.8, falling=0.96)
    return space("large", counts, views, projections=tuple(ends))


def _clustering(block: tuple[str, str], order: Integers) -> Clustering:
    """Three clusters of 30, 20 and 10 pairs."""
    labels = np.empty(60, dtype=np.int64)
    labels[order] = np.repeat([0, 1, 2], [30, 20, 10])
    return Clustering(block, "any", "complete", order, labels, ("dog park", "red car", "a <b>"))


def space(dataset: str, counts: tuple[int, ...], views: list[Floats], **more: Any) -> Space:
    """A space of embeddings (n, d), one array a modality."""
    return Space(
        dataset=dataset,
        model="seeded",
        modalities=("image", "text", "audio")[: len(counts)],
        counts=counts,
        logit_scale=20.0,
        similarity=geometry.similarity_matrix(*views),
        **more,
    )


def embeddings(
    seed: int, counts: tuple[int, ...], width: int, gap: float, falling: float = 0.8
) -> list[Floats]:
    """Noisy views of the same items, moved apart along one axis a modality.

    Lengths of the axes fall by this factor, so that the leading components are far from each other.
    """
    rng = np.random.default_rng(seed)
    lengths = falling ** np.arange(width)
    items = rng.normal(size=(max(counts), width)) * lengths
    views = []
    for modality, count in enumerate(counts):
        view = items[:count] + 0.5 * rng.normal(size=(count, width)) * lengths
        view[:, width - 1 - modality] += 2 * gap
        views.append(view)
    return views


def _vectors() -> Vectors:
    """30 pairs in 10 dimensions; the error is that of their similarities once stored."""
    counts = (30, 30)
    unit = geometry.normalise(np.concatenate(embeddings(5, counts, 10, gap=0.8)))
    stored = geometry.normalise(vector_steps(unit))
    return Vectors(
        dataset="vectors",
        model="seeded",
        modalities=("image", "text"),
        counts=counts,
        logit_scale=20.0,
        vectors=unit,
        error=float(np.abs(stored @ stored.T - unit @ unit.T).max()),
    )


def _layout() -> Layout:
    """Three pairs: two visible clusters, which one pair lies in whole and one in part."""
    coordinates = [[-1.0, 7.0], [-0.5, 7.0], [3.0, 5.25], [-1.0, 6.5], [3.0, 5.0], [1.0, 6.0]]
    return Layout(
        dataset="marked",
        model="by-hand",
        name="umap",
        title="UMAP <as trained>",
        modalities=("image", "text"),
        counts=(3, 3),
        points="items",
        method="umap",
        share=0.0,
        fit="all",
        coordinates=np.array(coordinates),
        clusters=np.array([0, 0, 1, 0, 1, -1]),
        pair_lines=(
            PairLines("hdbscan", 2, outside=1 / 6, kept=1 / 3, expected=3 / 9),
            PairLines("kmeans", 1, outside=0, kept=1, expected=1),
        ),
        parameters={"seed": 1},
    )


def _landscape() -> Landscape:
    pairs = _pairs()
    trained = geometry.gap_distance(pairs.similarity, pairs.counts)
    shift = np.arange(-1, 2.01, 0.25)
    rows = np.array([_landmark(pairs, value / trained) for value in shift])
    return Landscape(
        dataset="pairs",
        model="seeded",
        modalities=("image", "text"),
        count=60,
        logit_scale=pairs.logit_scale,
        batch_size=geometry.BATCH_SIZE,
        shift=shift,
        distance=rows[:, 0],
        first_to_second=rows[:, 1],
        second_to_first=rows[:, 2],
        trained=_landmark(pairs, 0),
        closed=_landmark(pairs, 1),
    )


def _film() -> Film:
    """Two pairs that come together: cosines of a pair -1, 0 and 0.96, both pairs alike."""
    images = [[1.0, 0.0], [0.0, 1.0]]
    texts = [[[-1.0, 0.0], [0.0, -1.0]], [[0.0, 1.0], [1.0, 0.0]], [[0.96, 0.28], [0.28, 0.96]]]
    frames = [geometry.similarity_matrix(images, each) for each in texts]
    return Film(
        dataset="two",
        model="by-hand",
        modalities=("image", "text"),
        count=2,
        logit_scale=10.0,
        candidates=2_000,
        steps=np.array([0, 1, 7]),
        pairs=np.array([0, 128, 896]),
        similarities=np.stack(frames),
        gap=np.array([2.0**0.5, 0.0, 0.0]),
        first_to_second=np.array([10.0, 10.0, 0.001]),
        second_to_first=np.array([10.5, 10.0, 0.002]),
        recall_first_to_second=np.array([0.0, 0.0005, 1.0]),
        recall_second_to_first=np.array([0.0, 0.25, 0.5]),
    )


def _table() -> Table:
    return Table(
        name="table",
        title="Trainings <b>compared</b>",
        dataset="two",
        columns=(
            Column("training", "training"),
            Column("pairs", "pairs seen"),
            Column("loss", "loss", "nats"),
        ),
        rows=(("a", 128, 0.5), ("b", 256, None)),
        note="After {{ no }} steps.",
    )


def _landmark(space: Space, share: float) -> tuple[float, float, float]:
    similarity = geometry.close_gap(space.similarity, space.counts, share)
    losses = geometry.contrastive_losses(
        geometry.cross_block(similarity, space.counts), space.logit_scale
    )
    distance = geometry.gap_distance(similarity, space.counts)
    return distance if share <= 1 else -distance, losses.first_to_second, losses.second_to_first


def main() -> None:
    """Write all files."""
    for name, artifact in artifacts().items():
        write_atomically(FOLDER / f"{name}.json", encode(artifact))
    for name in SPACES:
        data = orjson.dumps(expected(read_space(name)))
        write_atomically(FOLDER / f"{name}.expected.json", data + b"\n")


if __name__ == "__main__":
    main()

"""The contract: every kind of data file, its fields, shapes, units, version; read, write, check.

`precompute` writes these files, the build and the tests read them through this module, and the
browser through `site_templates/js/contract.js`, which is tested against the same golden files.

A file is one JSON object. Arrays stand inside it as `{"dtype", "shape", "bdata"}`: little-endian
base64, in the form that plotly.js takes as it is. The kinds:

- `items`: what the rows of a data set are: ids, and for each modality its texts or its pictures;
- `space`: one data set as one model sees it: the similarity matrix, projections, clusterings;
- `vectors`: a data set of thousands as one model sees it: too large for a matrix;
- `layout`: the items, or the pairs, of a data set of thousands in the plane;
- `landscape`: the loss of a whole data set as its modalities are shifted along the gap;
- `film`: one data set as a model sees it in the course of its training;
- `table`: figures that belong to no single data set and model, such as a series of trainings;
- `manifest`: the list of all of it, with sizes, hashes and where each file came from.
"""

from __future__ import annotations

import base64
import hashlib
import math
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final, Literal, TypeAlias, TypeVar, cast, get_args

import numpy as np
import numpy.typing as npt
import orjson

from article.errors import ArtifactError
from article.fields import Fields
from article.geometry import check_similarity, normalise

VERSION: Final = 1
"""Version of all formats below. A reader refuses every other one."""

SIMILARITY_STEPS: Final = 32767
"""A similarity is stored as `round(similarity * 32767)` in 16 bits: -1, 0 and 1 are exact and the
error is at most half a step, 1/65534. Never fewer bits: the loss multiplies similarities by 100."""

FRAME_STEPS: Final = 127
"""A similarity in a frame of a film is stored as `round(similarity * 127)` in 8 bits, off by at
most 1/254: enough for a colour. What is computed from similarities travels beside them."""

VECTOR_STEPS: Final = 127
"""The largest component of a vector is stored as 127 or -127, the others in proportion, 8 bits
each: every component is off by at most half of the row's step."""

COORDINATE_STEPS: Final = 65535
"""Coordinates of a layout are stored in 16 bits: off by at most one step, the longer side of the
layout / 65535."""

MANIFEST_NAME: Final = "manifest.json"

Json: TypeAlias = dict[str, Any]
Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
Content: TypeAlias = Literal["picture", "text", "sound", "molecule"]
"""What an item is: a molecule is a text too, its SMILES string."""

_DTYPES: Final = {"i1": "<i1", "u1": "<u1", "i2": "<i2", "u2": "<u2", "i4": "<i4", "f4": "<f4"}


# -- arrays ------------------------------------------------------------------------------------


def encode_array(array: npt.NDArray[Any], dtype: str) -> Json:
    """`{"dtype", "shape", "bdata"}` of an array, as plotly.js takes it.

    Raises `ArtifactError` when an integer type cannot hold the values.
    """
    if not np.all(np.isfinite(array)):
        raise ArtifactError("values that are not finite cannot be stored")
    with np.errstate(over="ignore", invalid="ignore"):  # what does not fit is found below
        converted = np.ascontiguousarray(array).astype(_DTYPES[dtype])
    exact = converted.dtype.kind in "iu"
    if not np.all(converted == array if exact else np.isfinite(converted)):
        raise ArtifactError(f"values from {np.min(array)} to {np.max(array)} do not fit {dtype}")
    shape = ", ".join(str(size) for size in converted.shape)
    return {"dtype": dtype, "shape": shape, "bdata": base64.b64encode(converted.tobytes()).decode()}


def decode_array(value: Any, name: str) -> npt.NDArray[Any]:
    """The array that `encode_array` wrote; errors name the field."""
    if not isinstance(value, dict) or not {"dtype", "shape", "bdata"} <= value.keys():
        raise ArtifactError(f"{name}: expected an array with dtype, shape and bdata")
    if not isinstance(value["dtype"], str) or value["dtype"] not in _DTYPES:
        raise ArtifactError(f"{name}: unknown dtype {value['dtype']!r}")
    try:
        shape = tuple(int(size) for size in value["shape"].split(","))
        data = base64.b64decode(value["bdata"], validate=True)
        array = np.frombuffer(data, dtype=_DTYPES[value["dtype"]])
    except (ValueError, TypeError, AttributeError) as error:
        raise ArtifactError(f"{name}: broken array, {error}") from None
    if min(shape) < 1 or math.prod(shape) != array.size:
        raise ArtifactError(f"{name}: {array.size} values are no array of shape {value['shape']}")
    if not np.all(np.isfinite(array)):
        raise ArtifactError(f"{name}: a value is not finite")
    return array.reshape(shape)


def encode_similarity(similarity: Floats) -> Json:
    """Upper triangle by rows, diagonal included, of a symmetric (N, N) matrix in [-1, 1]."""
    check_similarity(similarity)
    upper = similarity[np.triu_indices(len(similarity))].clip(-1, 1)
    return encode_array(np.rint(upper * SIMILARITY_STEPS), "i2")


def decode_similarity(value: Any, count: int, name: str = "similarity") -> Floats:
    """The symmetric (count, count) matrix that `encode_similarity` wrote, float64."""
    upper = decode_array(value, name)
    if upper.dtype != np.int16:
        raise ArtifactError(f"{name}: stored as {upper.dtype}, not in 16 bits")
    if count < 1 or upper.shape != (count * (count + 1) // 2,):
        raise ArtifactError(f"{name}: {upper.size} values are no upper triangle of {count} items")
    if upper.min() < -SIMILARITY_STEPS or upper.max() > SIMILARITY_STEPS:
        raise ArtifactError(f"{name}: a cosine similarity lies between -1 and 1")
    matrix = np.empty((count, count))
    rows, columns = np.triu_indices(count)
    matrix[rows, columns] = matrix[columns, rows] = upper / SIMILARITY_STEPS
    return matrix


# -- items -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sprites:
    """Pictures of a modality, in order, in grids of square cells.

    `files` are paths relative to the data folder; `cell` is in pixels; a file holds `per_file`
    cells, `columns` to a row.
    """

    files: tuple[str, ...]
    cell: int
    columns: int
    per_file: int

    def __post_init__(self) -> None:
        if min(self.cell, self.columns, self.per_file) < 1:
            raise ArtifactError("sprites: cell, columns and per_file are at least 1")


@dataclass(frozen=True)
class Modality:
    """One kind of item of a data set: its name, and its `count` items in order.

    Pictures are in `sprites`; texts and molecules in `texts`; `sounds` are paths of sound files,
    relative to the data folder.
    """

    name: str
    content: Content
    count: int
    texts: tuple[str, ...] | None = None
    sprites: Sprites | None = None
    sounds: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ArtifactError(f"modality {self.name!r} has no items")
        if self.content not in get_args(Content):
            known = " or ".join(get_args(Content))
            raise ArtifactError(f"modality {self.name!r}: {self.content!r} is not {known}")
        if self.content in ("text", "molecule"):
            self._check_held(self.texts or (), "texts")
        if self.sounds is not None:
            self._check_held(self.sounds, "sounds")
        if self.content == "picture" and self.sprites is not None:
            room = len(self.sprites.files) * self.sprites.per_file
            if room < self.count:
                raise ArtifactError(
                    f"modality {self.name!r}: {self.count} items, but sprites hold only {room}"
                )

    def _check_held(self, held: Sequence[str], what: str) -> None:
        if len(held) != self.count:
            raise ArtifactError(
                f"modality {self.name!r}: {self.count} items but {len(held)} {what}"
            )


@dataclass(frozen=True)
class Items:
    """What the rows of a data set are. Row i of every modality belongs to the pair `ids[i]`.

    A modality may have a single item instead, which belongs to all of them. `marks` are ids of
    pairs by what is true of them, such as a fault that was planted there.
    """

    dataset: str
    ids: tuple[str, ...]
    modalities: tuple[Modality, ...]
    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kind: Literal["items"] = "items"
    version: int = VERSION

    def __post_init__(self) -> None:
        repeated = [name for name, times in Counter(self.ids).items() if times > 1]
        if repeated:
            raise ArtifactError(f"data set {self.dataset!r}: id {repeated[0]!r} occurs twice")
        for modality in self.modalities:
            if modality.count not in (1, len(self.ids)):
                raise ArtifactError(
                    f"data set {self.dataset!r}: {len(self.ids)} ids but "
                    f"{modality.count} items in modality {modality.name!r}"
                )
        for mark, marked in self.marks.items():
            self._check_marked(mark, marked)

    def _check_marked(self, mark: str, marked: Sequence[str]) -> None:
        known = set(self.ids)
        unknown = [name for name in marked if name not in known]
        if unknown:
            raise ArtifactError(
                f"data set {self.dataset!r}: {unknown[0]!r} is marked {mark!r}, but no id"
            )
        if len(set(marked)) < len(marked):
            raise ArtifactError(f"data set {self.dataset!r}: an id is marked {mark!r} twice")

    def to_json(self) -> Json:
        """The JSON object written to the file; of sounds and marks only where there are any."""
        value = asdict(self)
        for modality in value["modalities"]:
            if modality["sounds"] is None:
                del modality["sounds"]
        if not self.marks:
            del value["marks"]
        return value

    @classmethod
    def from_json(cls, value: Json) -> Items:
        """Read what `to_json` wrote."""
        fields = Fields(value)
        return cls(
            dataset=fields.text("dataset"),
            ids=fields.texts("ids"),
            modalities=tuple(_modality(entry) for entry in fields.objects("modalities")),
            marks={} if fields.optional("marks") is None else _marks(fields.object("marks")),
        )


def _marks(fields: Fields) -> dict[str, tuple[str, ...]]:
    return {name: fields.texts(name) for name in fields.values}


def _modality(fields: Fields) -> Modality:
    return Modality(
        name=fields.text("name"),
        content=cast(Content, fields.text("content")),  # Modality checks it
        count=fields.whole("count"),
        texts=None if fields.optional("texts") is None else fields.texts("texts"),
        sprites=None if fields.optional("sprites") is None else _sprites(fields.object("sprites")),
        sounds=None if fields.optional("sounds") is None else fields.texts("sounds"),
    )


def _sprites(fields: Fields) -> Sprites:
    return Sprites(
        files=fields.texts("files"),
        cell=fields.whole("cell"),
        columns=fields.whole("columns"),
        per_file=fields.whole("per_file"),
    )


# -- space -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Projection:
    """Items in the plane: `coordinates` (N, 2), in the order of the similarity matrix.

    `share` is the share of the gap that was closed before projecting: 0 as trained, 1 closed.
    """

    method: str
    share: float
    coordinates: Floats
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Clustering:
    """Pairs grouped by one block of the similarity matrix.

    `order` (n,) is a permutation of the pairs in which each cluster is contiguous; `labels` (n,)
    gives the cluster of each pair in the given order, 0 to `len(names) - 1`, numbered as they
    appear in `order`; `names` are the two most frequent words of each cluster's captions.
    """

    block: tuple[str, str]
    rule: str
    linkage: str
    order: Integers
    labels: Integers
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.labels.ndim != 1:
            raise ArtifactError(f"clusters of {self.block}: labels form no list")
        if not np.array_equal(np.sort(self.order), np.arange(len(self.labels))):
            raise ArtifactError(
                f"clusters of {self.block}: order is not a permutation of the pairs"
            )
        in_order = self.labels[self.order]
        starts = np.flatnonzero(np.diff(in_order, prepend=-1))
        if not np.array_equal(in_order[starts], np.arange(len(self.names))):
            raise ArtifactError(
                f"clusters of {self.block}: labels must count the {len(self.names)} names as their "
                "clusters follow each other in the order"
            )


@dataclass(frozen=True)
class Space:
    """One data set as one model sees it.

    `similarity` (N, N) holds cosine similarities, N = sum of `counts`, modality after modality.
    `logit_scale` (1/temperature) is the one the model was trained with; losses use it.
    """

    dataset: str
    model: str
    modalities: tuple[str, ...]
    counts: tuple[int, ...]
    logit_scale: float
    similarity: Floats
    projections: tuple[Projection, ...] = ()
    clusterings: tuple[Clustering, ...] = ()
    kind: Literal["space"] = "space"
    version: int = VERSION

    def __post_init__(self) -> None:
        total = sum(self.counts)
        if len(self.counts) != len(self.modalities) or min(self.counts, default=0) < 1:
            raise ArtifactError(f"counts {self.counts} do not fit modalities {self.modalities}")
        if not self.logit_scale > 0:
            raise ArtifactError(f"logit_scale: {self.logit_scale} is not positive")
        if self.similarity.shape != (total, total):
            raise ArtifactError(f"similarity has shape {self.similarity.shape}, not {total} square")
        for projection in self.projections:
            if projection.coordinates.shape != (total, 2):
                shape = projection.coordinates.shape
                raise ArtifactError(
                    f"projection {projection.method}: shape {shape}, not ({total}, 2)"
                )
        for clustering in self.clusterings:
            if len(clustering.labels) != self.counts[0]:
                raise ArtifactError(f"clusters of {clustering.block}: not one label for each pair")

    def to_json(self) -> Json:
        """The JSON object written to the file."""
        return {
            "kind": self.kind,
            "version": self.version,
            "dataset": self.dataset,
            "model": self.model,
            "modalities": self.modalities,
            "counts": self.counts,
            "logit_scale": self.logit_scale,
            "similarity": encode_similarity(self.similarity),
            "projections": [
                {**asdict(entry), "coordinates": encode_array(entry.coordinates, "f4")}
                for entry in self.projections
            ],
            "clusterings": [
                {
                    **asdict(entry),
                    "order": encode_array(entry.order, "u2"),
                    "labels": encode_array(entry.labels, "u1"),
                }
                for entry in self.clusterings
            ],
        }

    @classmethod
    def from_json(cls, value: Json) -> Space:
        """Read what `to_json` wrote."""
        fields = Fields(value)
        counts = fields.wholes("counts")
        return cls(
            dataset=fields.text("dataset"),
            model=fields.text("model"),
            modalities=fields.texts("modalities"),
            counts=counts,
            logit_scale=fields.number("logit_scale"),
            similarity=decode_similarity(fields.value("similarity"), sum(counts)),
            projections=tuple(_projection(entry) for entry in fields.objects("projections")),
            clusterings=tuple(_clustering(entry) for entry in fields.objects("clusterings")),
        )

    def projection(self, method: str, share: float) -> Projection:
        """The stored projection by a method at a share of the gap closed (0 or 1)."""
        for entry in self.projections:
            if entry.method == method and entry.share == share:
                return entry
        raise ArtifactError(f"{self.dataset}/{self.model} has no {method} projection at {share:g}")


def _projection(fields: Fields) -> Projection:
    return Projection(
        method=fields.text("method"),
        share=fields.number("share"),
        coordinates=_floats(fields, "coordinates"),
        parameters=fields.mapping("parameters"),
    )


def _clustering(fields: Fields) -> Clustering:
    first, second = fields.fixed("block", fields.texts("block"), 2)
    return Clustering(
        block=(first, second),
        rule=fields.text("rule"),
        linkage=fields.text("linkage"),
        order=_integers(fields, "order"),
        labels=_integers(fields, "labels"),
        names=fields.texts("names"),
    )


def _floats(fields: Fields, key: str) -> Floats:
    return decode_array(fields.value(key), fields.place(key)).astype(np.float64)


def _integers(fields: Fields, key: str) -> Integers:
    return decode_array(fields.value(key), fields.place(key)).astype(np.int64)


# -- vectors -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Vectors:
    """A data set of N items as one model sees it, where a matrix (N, N) would be too large.

    `vectors` (N, d) have length 1, N = sum of `counts`, modality after modality. Stored are whole
    numbers from -127 to 127, in proportion to the components of a row: its scale is what brings
    it back to length 1. The direction of a row turns by at most `arcsin(sqrt(d) / 254 * m)`, m its
    largest component, and a similarity changes by no more than the angles of both rows together.
    `error` is by how much any similarity of these items did change.
    """

    dataset: str
    model: str
    modalities: tuple[str, ...]
    counts: tuple[int, ...]
    logit_scale: float
    vectors: Floats
    error: float
    kind: Literal["vectors"] = "vectors"
    version: int = VERSION

    def __post_init__(self) -> None:
        total = sum(self.counts)
        if len(self.counts) != len(self.modalities) or min(self.counts, default=0) < 1:
            raise ArtifactError(f"counts {self.counts} do not fit modalities {self.modalities}")
        if not self.logit_scale > 0:
            raise ArtifactError(f"logit_scale: {self.logit_scale} is not positive")
        if not 0 <= self.error <= 2:
            raise ArtifactError(f"error: {self.error} is not by how much a similarity can be off")
        if self.vectors.ndim != 2 or len(self.vectors) != total:
            raise ArtifactError(f"vectors have shape {self.vectors.shape}, not ({total}, d)")

    def to_json(self) -> Json:
        """The JSON object written to the file."""
        value = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return value | {"vectors": encode_array(vector_steps(self.vectors), "i1")}

    @classmethod
    def from_json(cls, value: Json) -> Vectors:
        """Read what `to_json` wrote."""
        fields = Fields(value)
        return cls(
            dataset=fields.text("dataset"),
            model=fields.text("model"),
            modalities=fields.texts("modalities"),
            counts=fields.wholes("counts"),
            logit_scale=fields.number("logit_scale"),
            vectors=_unit_vectors(fields, "vectors"),
            error=fields.number("error"),
        )


def vector_steps(vectors: Floats) -> Floats:
    """Rows (N, d) as whole numbers, the largest component of each 127 or -127.

    Raises:
        ArtifactError: a row has no direction.
    """
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    if not np.all(largest > 0):
        raise ArtifactError(f"vectors: row {int(np.argmin(largest > 0))} has no direction")
    steps: Floats = np.rint(vectors / largest * VECTOR_STEPS)
    return steps


def _unit_vectors(fields: Fields, key: str) -> Floats:
    name = fields.place(key)
    steps = decode_array(fields.value(key), name)
    if steps.dtype != np.int8:
        raise ArtifactError(f"{name}: stored as {steps.dtype}, not in 8 bits")
    if steps.ndim != 2:
        raise ArtifactError(f"{name}: shape {steps.shape}, not rows of components")
    empty = ~steps.any(axis=1)
    if empty.any():
        raise ArtifactError(f"{name}: row {int(empty.argmax())} has no direction")
    return normalise(steps, name)


# -- layout ------------------------------------------------------------------------------------

Points: TypeAlias = Literal["items", "pairs"]


@dataclass(frozen=True)
class PairLines:
    """How many of the lines between the two items of a pair stay inside a cluster of a layout.

    `rule` names the clustering, `clusters` is their number, `outside` the share of points that
    are in none. A line is kept where both of its ends are in the same cluster: `kept` is the share
    of those, `expected` their share where texts are dealt out to images at random.
    """

    rule: str
    clusters: int
    outside: float
    kept: float
    expected: float

    def __post_init__(self) -> None:
        shares = (self.outside, self.kept, self.expected)
        if self.clusters < 0 or not all(0 <= share <= 1 for share in shares):
            raise ArtifactError(f"pair lines by {self.rule}: shares lie between 0 and 1")

    @property
    def adjusted(self) -> float | None:
        """How far what is kept is from chance (0) to all (1); None where chance keeps all."""
        return None if self.expected == 1 else (self.kept - self.expected) / (1 - self.expected)


@dataclass(frozen=True)
class Layout:
    """The points of a large data set in the plane.

    `points` are the items, modality after modality, or the pairs, each as its vectors joined to
    one. `fit` is what the layout was made from: "all" of the points, or one modality, into whose
    layout the other was brought afterwards. `share` of the gap was closed before.
    `coordinates` (M, 2) are in units of the method; `clusters` (M,) the visible cluster of each
    point, from 0, or -1 where it is in none. `pair_lines` has an entry for each clustering, none
    where points are pairs and so have no lines. `title` is what readers call the layout.
    """

    dataset: str
    model: str
    name: str
    title: str
    modalities: tuple[str, ...]
    counts: tuple[int, ...]
    points: Points
    method: str
    share: float
    fit: str
    coordinates: Floats
    clusters: Integers
    pair_lines: tuple[PairLines, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    kind: Literal["layout"] = "layout"
    version: int = VERSION

    def __post_init__(self) -> None:
        if len(self.counts) != len(self.modalities) or min(self.counts, default=0) < 1:
            raise ArtifactError(f"counts {self.counts} do not fit modalities {self.modalities}")
        if self.points not in get_args(Points):
            raise ArtifactError(f"points: {self.points!r} is not {' or '.join(get_args(Points))}")
        if self.points == "pairs" and len(set(self.counts)) > 1:
            raise ArtifactError(f"counts: {self.counts} items form no pairs")
        if self.fit not in ("all", *self.modalities):
            raise ArtifactError(f"fit: {self.fit!r} is not all and no modality")
        if self.coordinates.shape != (self.size, 2):
            shape = self.coordinates.shape
            raise ArtifactError(f"coordinates have shape {shape}, not ({self.size}, 2)")
        _check_clusters(self.clusters, self.size)

    @property
    def size(self) -> int:
        """Number of points M."""
        return sum(self.counts) if self.points == "items" else self.counts[0]

    @property
    def cluster_count(self) -> int:
        """Number of visible clusters."""
        return int(self.clusters.max()) + 1

    def to_json(self) -> Json:
        """The JSON object written to the file."""
        steps, lower, step = coordinate_steps(self.coordinates)
        value = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return value | {
            "coordinates": encode_array(steps, "u2"),
            "lower": lower.tolist(),
            "step": step,
            "clusters": encode_array(self.clusters, "i2"),
            "pair_lines": [asdict(entry) for entry in self.pair_lines],
        }

    @classmethod
    def from_json(cls, value: Json) -> Layout:
        """Read what `to_json` wrote."""
        fields = Fields(value)
        return cls(
            dataset=fields.text("dataset"),
            model=fields.text("model"),
            name=fields.text("name"),
            title=fields.text("title"),
            modalities=fields.texts("modalities"),
            counts=fields.wholes("counts"),
            points=cast(Points, fields.text("points")),  # Layout checks it
            method=fields.text("method"),
            share=fields.number("share"),
            fit=fields.text("fit"),
            coordinates=_coordinates(fields),
            clusters=_integers(fields, "clusters"),
            pair_lines=tuple(_pair_lines(entry) for entry in fields.objects("pair_lines")),
            parameters=fields.mapping("parameters"),
        )


def _check_clusters(clusters: Integers, size: int) -> None:
    if clusters.shape != (size,):
        raise ArtifactError(f"clusters: not one for each of {size} points")
    found = set(np.unique(clusters).tolist()) - {-1}
    if found != set(range(len(found))):
        raise ArtifactError("clusters: not numbered from 0 without a break, -1 for none")


def coordinate_steps(coordinates: Floats) -> tuple[Floats, Floats, float]:
    """Coordinates (M, 2) as steps from their least ones: steps, least coordinates, length of one.

    One step is as long on both axes. Points that all lie in one place are apart by no steps.
    """
    lower = coordinates.min(axis=0).astype(np.float32).astype(np.float64)
    span = (coordinates.max(axis=0) - lower).max()
    step = float(np.float32(span / COORDINATE_STEPS)) or 1.0
    return np.rint((coordinates - lower) / step).clip(0, COORDINATE_STEPS), lower, step


def _coordinates(fields: Fields) -> Floats:
    steps, name = decode_array(fields.value("coordinates"), "coordinates"), "coordinates"
    lower, step = fields.fixed("lower", fields.numbers("lower"), 2), fields.number("step")
    if steps.dtype != np.uint16:
        raise ArtifactError(f"{name}: stored as {steps.dtype}, not in 16 bits")
    if steps.ndim != 2 or steps.shape[1] != 2:
        raise ArtifactError(f"{name}: shape {steps.shape}, not (M, 2)")
    if not step > 0:
        raise ArtifactError(f"step: {step} is not positive")
    placed: Floats = np.array(lower) + steps.astype(np.float64) * step
    return placed


def _pair_lines(fields: Fields) -> PairLines:
    return PairLines(
        rule=fields.text("rule"),
        clusters=fields.whole("clusters"),
        outside=fields.number("outside"),
        kept=fields.number("kept"),
        expected=fields.number("expected"),
    )


# -- landscape ---------------------------------------------------------------------------------

_LANDSCAPE_COLUMNS: Final = ("shift", "distance", "first_to_second", "second_to_first")


@dataclass(frozen=True)
class Landscape:
    """Contrastive loss of a whole data set while two modalities are shifted along the gap.

    `shift` (k,) is the length by which the gap was changed (positive shortens it), `distance`
    (k,) the signed distance that results after renormalising (negative once the modalities have
    passed each other), `first_to_second`, `second_to_first` (k,) the losses of the two directions
    in nats: means over batches of `batch_size` in the order of the data, the last weighted by its
    size. `trained` and `closed` are (distance, first_to_second, second_to_first) at the shifts 0
    and the trained distance itself.
    """

    dataset: str
    model: str
    modalities: tuple[str, str]
    count: int
    logit_scale: float
    batch_size: int
    shift: Floats
    distance: Floats
    first_to_second: Floats
    second_to_first: Floats
    trained: tuple[float, float, float]
    closed: tuple[float, float, float]
    kind: Literal["landscape"] = "landscape"
    version: int = VERSION

    def __post_init__(self) -> None:
        if min(self.count, self.batch_size) < 1 or not self.logit_scale > 0:
            raise ArtifactError(
                f"landscape {self.dataset}/{self.model}: count, batch_size and logit_scale are "
                "positive"
            )
        shapes = {getattr(self, name).shape for name in _LANDSCAPE_COLUMNS}
        if shapes != {(len(self.shift),)}:
            raise ArtifactError(f"landscape {self.dataset}/{self.model}: columns differ in length")

    def lowest(self) -> tuple[float, float]:
        """Signed distance and mean of both losses at the shift of the grid where that is least."""
        mean = (self.first_to_second + self.second_to_first) / 2
        least = int(mean.argmin())
        return float(self.distance[least]), float(mean[least])

    def to_json(self) -> Json:
        """The JSON object written to the file."""
        arrays = {name: encode_array(getattr(self, name), "f4") for name in _LANDSCAPE_COLUMNS}
        return {**asdict(self), **arrays}

    @classmethod
    def from_json(cls, value: Json) -> Landscape:
        """Read what `to_json` wrote."""
        fields = Fields(value)
        first, second = fields.fixed("modalities", fields.texts("modalities"), 2)
        return cls(
            dataset=fields.text("dataset"),
            model=fields.text("model"),
            modalities=(first, second),
            count=fields.whole("count"),
            logit_scale=fields.number("logit_scale"),
            batch_size=fields.whole("batch_size"),
            shift=_floats(fields, "shift"),
            distance=_floats(fields, "distance"),
            first_to_second=_floats(fields, "first_to_second"),
            second_to_first=_floats(fields, "second_to_first"),
            trained=_landmark(fields, "trained"),
            closed=_landmark(fields, "closed"),
        )


def _landmark(fields: Fields, key: str) -> tuple[float, float, float]:
    distance, first_to_second, second_to_first = fields.fixed(key, fields.numbers(key), 3)
    return distance, first_to_second, second_to_first


# -- film --------------------------------------------------------------------------------------

_FILM_COUNTS: Final = ("steps", "pairs")
_FILM_FIGURES: Final = (
    "gap",
    "first_to_second",
    "second_to_first",
    "recall_first_to_second",
    "recall_second_to_first",
)


@dataclass(frozen=True)
class Film:
    """One data set of n pairs as a model sees it at k steps of its training.

    `steps` (k,) and `pairs` (k,) say how many steps and pairs of training came before each frame.
    `similarities` (k, 2n, 2n) holds cosine similarities, to 8 bits once stored. `gap` (k,) and the
    losses of the two directions (k,), in nats at `logit_scale`, are of these n pairs; the recalls
    (k,), R@1 of the two directions, are among `candidates` pairs of a larger set.
    """

    dataset: str
    model: str
    modalities: tuple[str, str]
    count: int
    logit_scale: float
    candidates: int
    steps: Integers
    pairs: Integers
    similarities: Floats
    gap: Floats
    first_to_second: Floats
    second_to_first: Floats
    recall_first_to_second: Floats
    recall_second_to_first: Floats
    kind: Literal["film"] = "film"
    version: int = VERSION

    def __post_init__(self) -> None:
        name, frames = f"film {self.dataset}/{self.model}", len(self.steps)
        if min(self.count, self.candidates) < 1 or not self.logit_scale > 0:
            raise ArtifactError(f"{name}: count, candidates and logit_scale are positive")
        for column in (*_FILM_COUNTS, *_FILM_FIGURES):
            if getattr(self, column).shape != (frames,):
                raise ArtifactError(f"{name}: not one value of {column} for each frame")
        if np.any(np.diff(self.steps) <= 0):
            raise ArtifactError(f"{name}: steps do not rise")
        if self.similarities.shape != (frames, 2 * self.count, 2 * self.count):
            raise ArtifactError(f"{name}: similarities have shape {self.similarities.shape}")

    def to_json(self) -> Json:
        """The JSON object written to the file."""
        rows, columns = np.triu_indices(2 * self.count)
        for similarity in self.similarities:
            check_similarity(similarity)
        upper = np.rint(self.similarities[:, rows, columns].clip(-1, 1) * FRAME_STEPS)
        counts = {name: encode_array(getattr(self, name), "i4") for name in _FILM_COUNTS}
        figures = {name: encode_array(getattr(self, name), "f4") for name in _FILM_FIGURES}
        described = {
            name: getattr(self, name)
            for name in ("kind", "version", "dataset", "model", "modalities", "count")
        }
        settings = {"logit_scale": self.logit_scale, "candidates": self.candidates}
        similarities = {"similarities": encode_array(upper, "i1")}
        return described | settings | counts | figures | similarities

    @classmethod
    def from_json(cls, value: Json) -> Film:
        """Read what `to_json` wrote."""
        fields = Fields(value)
        first, second = fields.fixed("modalities", fields.texts("modalities"), 2)
        count = fields.whole("count")
        return cls(
            dataset=fields.text("dataset"),
            model=fields.text("model"),
            modalities=(first, second),
            count=count,
            logit_scale=fields.number("logit_scale"),
            candidates=fields.whole("candidates"),
            similarities=_frames(fields, "similarities", 2 * count),
            steps=_integers(fields, "steps"),
            pairs=_integers(fields, "pairs"),
            gap=_floats(fields, "gap"),
            first_to_second=_floats(fields, "first_to_second"),
            second_to_first=_floats(fields, "second_to_first"),
            recall_first_to_second=_floats(fields, "recall_first_to_second"),
            recall_second_to_first=_floats(fields, "recall_second_to_first"),
        )


def _frames(fields: Fields, key: str, items: int) -> Floats:
    """Symmetric matrices (k, items, items) from their upper triangles in 8 bits."""
    upper = decode_array(fields.value(key), fields.place(key))
    if upper.dtype != np.int8:
        raise ArtifactError(f"{fields.place(key)}: stored as {upper.dtype}, not in 8 bits")
    if items < 1 or upper.ndim != 2 or upper.shape[1] != items * (items + 1) // 2:
        shape = upper.shape
        raise ArtifactError(f"{fields.place(key)}: {shape} are no upper triangles of {items} items")
    if upper.min() < -FRAME_STEPS:
        raise ArtifactError(f"{fields.place(key)}: a cosine similarity lies between -1 and 1")
    matrices = np.empty((len(upper), items, items))
    rows, columns = np.triu_indices(items)
    matrices[:, rows, columns] = matrices[:, columns, rows] = upper / FRAME_STEPS
    return matrices


# -- table -------------------------------------------------------------------------------------

Cell: TypeAlias = str | float | None


@dataclass(frozen=True)
class Column:
    """A column of a table: its name for code, its heading, and the unit of its values if any."""

    name: str
    title: str
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """Figures in rows; a cell is a text, a number, or nothing where there is none.

    `dataset` is the one that the figures are of. `note` says how they came about.
    """

    name: str
    title: str
    dataset: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    kind: Literal["table"] = "table"
    version: int = VERSION

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) < len(names):
            raise ArtifactError(f"table {self.name!r}: two columns have the same name")
        for index, row in enumerate(self.rows):
            if len(row) != len(names):
                message = f"row {index} has {len(row)} cells, not {len(names)}"
                raise ArtifactError(f"table {self.name!r}: {message}")

    def column(self, name: str) -> tuple[Cell, ...]:
        """The cells of a column, by name."""
        names = [column.name for column in self.columns]
        if name not in names:
            raise ArtifactError(f"table {self.name!r} has no column {name!r}: {', '.join(names)}")
        return tuple(row[names.index(name)] for row in self.rows)

    def to_json(self) -> Json:
        """The JSON object written to the file."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Json) -> Table:
        """Read what `to_json` wrote."""
        fields = Fields(value)
        return cls(
            name=fields.text("name"),
            title=fields.text("title"),
            dataset=fields.text("dataset"),
            columns=tuple(
                Column(entry.text("name"), entry.text("title"), entry.text("unit"))
                for entry in fields.objects("columns")
            ),
            rows=tuple(
                tuple(_cell(cell, f"{fields.place('rows')}[{index}]") for cell in row)
                for index, row in enumerate(fields.lists("rows"))
            ),
            note=fields.text("note"),
        )


def _cell(value: Any, name: str) -> Cell:
    if value is not None and type(value) not in (str, int, float):
        raise ArtifactError(f"{name}: a cell is a text, a number or nothing")
    return cast(Cell, value)


# -- manifest ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    """One data file: its path relative to the data folder, its size, its hash, its origin.

    `name` tells apart what one model has several of for a data set.
    """

    path: str
    kind: str
    bytes: int
    sha256: str
    dataset: str
    model: str | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None

    def to_json(self) -> Json:
        """The entry of the manifest; one without a name says nothing of it."""
        value = asdict(self)
        if self.name is None:
            del value["name"]
        return value


@dataclass(frozen=True)
class Manifest:
    """Everything that `precompute` wrote, and what the page must know before it loads any of it.

    `datasets` and `models` map an id to what is known of it (title, count, source, licence; title,
    objective, tower, logit_scale, card). `measures` are figures of whole data sets: one entry for
    each (dataset, model, share of the gap closed), with `values` by name. `settings` are the grids
    and conventions (batch size, shifts, cluster rule). `costs` is what each stage took.
    """

    study: str
    datasets: Mapping[str, Mapping[str, Any]]
    models: Mapping[str, Mapping[str, Any]]
    artifacts: tuple[Record, ...]
    measures: tuple[Mapping[str, Any], ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    costs: tuple[Mapping[str, Any], ...] = ()
    kind: Literal["manifest"] = "manifest"
    version: int = VERSION

    def to_json(self) -> Json:
        """The JSON object written to the file."""
        return asdict(self) | {"artifacts": [record.to_json() for record in self.artifacts]}

    @classmethod
    def from_json(cls, value: Json) -> Manifest:
        """Read what `to_json` wrote."""
        fields = Fields(value)
        return cls(
            study=fields.text("study"),
            datasets=fields.mapping("datasets"),
            models=fields.mapping("models"),
            artifacts=tuple(_record(entry) for entry in fields.objects("artifacts")),
            measures=tuple(_measure(entry) for entry in fields.objects("measures")),
            settings=fields.mapping("settings"),
            costs=tuple(entry.values for entry in fields.objects("costs")),
        )

    def find(
        self, kind: str, dataset: str, model: str | None = None, name: str | None = None
    ) -> Record:
        """The record of one artifact; the error lists what there is instead."""
        wanted = (kind, dataset, model, name)
        for record in self.artifacts:
            if (record.kind, record.dataset, record.model, record.name) == wanted:
                return record
        if dataset not in self.datasets:
            known = ", ".join(sorted(self.datasets))
            raise ArtifactError(f"unknown data set {dataset!r}; the manifest has: {known}")
        if model is not None and model not in self.models:
            known = ", ".join(sorted(self.models))
            raise ArtifactError(f"unknown model {model!r}; the manifest has: {known}")
        of_model = "" if model is None else f" by model {model!r}"
        named = "" if name is None else f" {name!r}"
        raise ArtifactError(f"the manifest has no {kind}{named} of data set {dataset!r}{of_model}")

    def measure(self, name: str, dataset: str, model: str, share: float = 0) -> float:
        """A figure of a whole data set, by name."""
        for entry in self.measures:
            if (entry["dataset"], entry["model"], entry["share"]) == (dataset, model, share):
                if name not in entry["values"]:
                    known = ", ".join(sorted(entry["values"]))
                    raise ArtifactError(f"unknown measure {name!r}; there are: {known}")
                return float(entry["values"][name])
        raise ArtifactError(f"no measures of {dataset!r} by {model!r} at share {share:g}")


def _record(fields: Fields) -> Record:
    return Record(
        path=fields.text("path"),
        kind=fields.text("kind"),
        bytes=fields.whole("bytes"),
        sha256=fields.text("sha256"),
        dataset=fields.text("dataset"),
        model=None if fields.optional("model") is None else fields.text("model"),
        provenance=fields.mapping("provenance"),
        name=None if fields.optional("name") is None else fields.text("name"),
    )


def _measure(fields: Fields) -> Json:
    values = fields.object("values")
    return {
        "dataset": fields.text("dataset"),
        "model": fields.text("model"),
        "share": fields.number("share"),
        "values": {name: values.number(name) for name in values.values},
    }


# -- files -------------------------------------------------------------------------------------

Artifact: TypeAlias = Items | Space | Vectors | Layout | Landscape | Film | Table | Manifest
A = TypeVar("A", Items, Space, Vectors, Layout, Landscape, Film, Table)
_KINDS: Final[Mapping[str, type[Artifact]]] = {
    "items": Items,
    "space": Space,
    "vectors": Vectors,
    "layout": Layout,
    "landscape": Landscape,
    "film": Film,
    "table": Table,
    "manifest": Manifest,
}


def encode(artifact: Artifact) -> bytes:
    """The bytes of an artifact's file; the same artifact always gives the same bytes."""
    value = artifact.to_json()
    _check_numbers(value, "")
    try:
        return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
    except orjson.JSONEncodeError as error:  # half of a surrogate pair in a text, an unknown type
        raise ArtifactError(f"{artifact.kind}: cannot be stored, {error}") from None


def _check_numbers(value: Any, name: str) -> None:
    """Refuse what JSON has no number for: it would be written as null."""
    if isinstance(value, float | np.floating) and not math.isfinite(value):
        raise ArtifactError(f"{name}: {value} cannot be stored")
    if isinstance(value, Mapping):
        for key, entry in value.items():
            _check_numbers(entry, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple):
        for index, entry in enumerate(value):
            _check_numbers(entry, f"{name}[{index}]")


def decode(data: bytes, file: Path | str) -> Artifact:
    """Read any artifact; every error names the file."""
    try:
        value = orjson.loads(data)
        fields = Fields(value)
        kind = fields.text("kind")
        if kind not in _KINDS:
            raise ArtifactError(f"kind: {kind!r} is none of {', '.join(_KINDS)}")
        if fields.whole("version") != VERSION:
            raise ArtifactError(f"version: {value['version']}, this reader knows {VERSION}")
        return _KINDS[kind].from_json(value)
    except orjson.JSONDecodeError as error:
        raise ArtifactError(f"not JSON, perhaps truncated: {error}", file) from None
    except ArtifactError as error:
        raise ArtifactError(error.message, file) from None


def write_atomically(path: Path, data: bytes) -> None:
    """Write a temporary file beside `path`, then rename: a killed run leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def describe(
    path: str,
    kind: str,
    data: bytes,
    dataset: str,
    model: str | None,
    provenance: Json,
    name: str | None = None,
) -> Record:
    """The manifest's record of a file with these bytes."""
    digest = hashlib.sha256(data).hexdigest()
    return Record(path, kind, len(data), digest, dataset, model, provenance, name)


@dataclass(frozen=True)
class DataFolder:
    """A folder that `precompute` wrote, read through its manifest."""

    folder: Path
    manifest: Manifest

    @classmethod
    def open(cls, folder: Path) -> DataFolder:
        """Read the manifest; the files themselves are read when asked for."""
        path = folder / MANIFEST_NAME
        try:
            manifest = decode(path.read_bytes(), path)
        except FileNotFoundError:
            raise ArtifactError("missing; run `python -m precompute` to write it", path) from None
        if not isinstance(manifest, Manifest):
            raise ArtifactError(f"a file of {manifest.kind}, not a manifest", path)
        return cls(folder, manifest)

    def read_bytes(self, record: Record) -> bytes:
        """The bytes of a listed file, checked against size and hash."""
        name = PurePosixPath(record.path)
        path = self.folder / name
        if name.is_absolute() or ".." in name.parts:
            raise ArtifactError("the manifest points outside of the data folder", path)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise ArtifactError("listed in the manifest, but missing", path) from None
        if len(data) != record.bytes:
            raise ArtifactError(f"{len(data)} bytes, the manifest says {record.bytes}", path)
        if hashlib.sha256(data).hexdigest() != record.sha256:
            raise ArtifactError("differs from the file that the manifest lists (hash)", path)
        return data

    def items(self, dataset: str) -> Items:
        """What the rows of a data set are."""
        return self._find(Items, dataset)

    def space(self, dataset: str, model: str) -> Space:
        """A data set as a model sees it."""
        return self._find(Space, dataset, model)

    def vectors(self, dataset: str, model: str) -> Vectors:
        """A large data set as a model sees it."""
        return self._find(Vectors, dataset, model)

    def layout(self, dataset: str, model: str, name: str) -> Layout:
        """A large data set in the plane, as one of a model's layouts has it."""
        return self._find(Layout, dataset, model, name)

    def landscape(self, dataset: str, model: str) -> Landscape:
        """The loss of a data set by a model along the gap."""
        return self._find(Landscape, dataset, model)

    def film(self, dataset: str, model: str) -> Film:
        """A data set as a model saw it in the course of its training."""
        return self._find(Film, dataset, model)

    def table(self, name: str) -> Table:
        """A table, by name; the error lists what there is instead."""
        tables = {
            PurePosixPath(r.path).stem: r for r in self.manifest.artifacts if r.kind == "table"
        }
        if name not in tables:
            known = ", ".join(sorted(tables)) or "none"
            raise ArtifactError(f"unknown table {name!r}; the manifest has: {known}")
        return self._read(Table, tables[name])

    def models_of(self, kind: str, dataset: str) -> Sequence[str]:
        """Ids of the models that have an artifact of a kind for a data set, in manifest order."""
        found = {r.model for r in self.manifest.artifacts if (r.kind, r.dataset) == (kind, dataset)}
        return [model for model in self.manifest.models if model in found]

    def _find(
        self, kind: type[A], dataset: str, model: str | None = None, name: str | None = None
    ) -> A:
        return self._read(kind, self.manifest.find(kind.kind, dataset, model, name))

    def _read(self, kind: type[A], record: Record) -> A:
        """Read a listed file; it must hold what it is listed as."""
        path = self.folder / record.path
        artifact = decode(self.read_bytes(record), path)
        if not isinstance(artifact, kind):
            raise ArtifactError(f"a file of {artifact.kind}, not of {record.kind} as listed", path)
        return artifact

"""Where pairs come from: pictures with captions, by index."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from PIL import Image, ImageOps

from article.errors import ArticleError
from precompute.cache import Json, digest, file_digest
from precompute.concepts import CATALOG_PATH, default_catalog
from precompute.pictures import Picture
from precompute.rendering import Renderer
from precompute.scenes import Scene, held_out_scenes, subset
from precompute.study import DatasetPlan, Scenes, Subset, Table

COLUMNS: Final = ("id", "image", "caption")
_SAMPLED_ONE_IN: Final = 50
_SAMPLED_SIDE: Final = 64


class DatasetError(ArticleError):
    """Pairs that cannot be used: names the data set, and the item or the file."""


class Pairs(Protocol):
    """n pairs of a picture and a caption, always in the same order."""

    @property
    def ids(self) -> Sequence[str]:
        """A name for each pair."""

    @property
    def captions(self) -> Sequence[str]:
        """A caption for each pair."""

    @property
    def facts(self) -> Json:
        """What the manifest says of the source: credits, seed, and the like."""

    def pictures(self, rows: Sequence[int], side: int) -> list[Picture]:
        """Pictures (h, w, 3) of pairs; of `side` x `side` pixels where the source can choose."""

    @property
    def fingerprint(self) -> Json:
        """What changes whenever ids, captions or pictures do."""


class ScenePairs:
    """Scenes of the generator."""

    def __init__(self, source: Scenes) -> None:
        """Draw the scenes; they are painted when asked for."""
        self._source = source
        self._renderers: dict[int, Renderer] = {}

    @cached_property
    def _scenes(self) -> list[Scene]:
        return held_out_scenes(self._source.count, self._source.seed)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Names that say which of the seed's scenes it is."""
        return tuple(f"scene-{index:05d}" for index in range(self._source.count))

    @cached_property
    def captions(self) -> tuple[str, ...]:
        """Captions, no two of them the same."""
        return tuple(scene.caption for scene in self._scenes)

    @property
    def facts(self) -> Json:
        """Seed, how many things there are to show, and who drew them."""
        catalog = default_catalog()
        used = [design for design in catalog.designs if design.id in catalog.training_designs]
        names = ("title", "author", "url", "licence", "licence_url")
        credits = [{name: getattr(design, name) for name in names} for design in used]
        return {
            "source": "scenes",
            "seed": self._source.seed,
            "concepts": len(catalog.concepts),
            "credits": credits,
        }

    def pictures(self, rows: Sequence[int], side: int) -> list[Picture]:
        """Scenes painted at exactly `side` pixels."""
        renderer = self._renderers.setdefault(side, Renderer(default_catalog(), side))
        scenes = [self._scenes[row] for row in rows]
        return [renderer.paint(scene.background, scene.objects) for scene in scenes]

    @cached_property
    def fingerprint(self) -> Json:
        """All captions, the drawings, and how some of the scenes come out painted."""
        sampled = self.pictures(range(0, self._source.count, _SAMPLED_ONE_IN), _SAMPLED_SIDE)
        drawings = sorted(CATALOG_PATH.parent.glob("sheets/*"))
        return {
            "source": "scenes",
            "seed": self._source.seed,
            "captions": digest(self.captions),
            "drawings": file_digest(CATALOG_PATH, *drawings),
            "pictures": hashlib.sha256(np.stack(sampled).tobytes()).hexdigest(),
        }


class TablePairs:
    """Pairs listed in a CSV file; the paths of its images are relative to it."""

    def __init__(self, file: Path) -> None:
        """Read the list; images are opened when asked for.

        Raises:
            DatasetError: no such file, columns missing, or a line that cannot be used.
        """
        self._file = file
        rows = list(_table_rows(file))
        self.ids = tuple(row["id"] for row in rows)
        self.captions = tuple(row["caption"] for row in rows)
        self._images = [file.parent / row["image"] for row in rows]

    @property
    def facts(self) -> Json:
        """The name of the file."""
        return {"source": "table", "file": self._file.name}

    def pictures(self, rows: Sequence[int], side: int) -> list[Picture]:
        """Images as they are, upright, whatever `side`."""
        return [self._picture(row) for row in rows]

    @cached_property
    def fingerprint(self) -> Json:
        """Ids, captions and the bytes of all images."""
        hashes = [hashlib.sha256(self._bytes(row)).hexdigest() for row in range(len(self.ids))]
        return {
            "source": "table",
            "ids": digest(self.ids),
            "captions": digest(self.captions),
            "images": digest(hashes),
        }

    def _bytes(self, row: int) -> bytes:
        try:
            return self._images[row].read_bytes()
        except OSError as error:
            message = f"image of {self.ids[row]!r} cannot be read: {error.strerror}"
            raise DatasetError(message, self._images[row]) from None

    def _picture(self, row: int) -> Picture:
        try:
            with Image.open(self._images[row]) as image:
                return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
        except (OSError, SyntaxError, ValueError) as error:
            # Pillow raises any of these for bytes that are no image, or half of one.
            message = f"image of {self.ids[row]!r} is broken: {error}"
            raise DatasetError(message, self._images[row]) from None


def _table_rows(file: Path) -> Iterator[dict[str, str]]:
    try:
        text = file.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror}", file) from None
    with text:
        reader = csv.DictReader(text, strict=True)
        line = 1
        try:
            _check_columns(reader.fieldnames or (), file)
            line += 1
            for row in reader:
                _check_row(row, file, line)
                yield row
                # A caption may go over several lines; errors name the one where its row begins.
                line = reader.line_num + 1
        except (csv.Error, UnicodeDecodeError) as error:
            raise DatasetError(str(error), file, line) from None


def _check_columns(found: Sequence[str], file: Path) -> None:
    for name in COLUMNS:
        if name not in found:
            raise DatasetError(f"no column {name!r}; needed: {', '.join(COLUMNS)}", file, 1)


def _check_row(row: dict[Any, Any], file: Path, line: int) -> None:
    """Every row has one value for each column: a stray line break shows here, not in a figure."""
    if None in row or None in row.values():
        raise DatasetError("more or fewer values than columns", file, line)
    for name in COLUMNS:
        if not row[name].strip():
            raise DatasetError(f"no {name}", file, line)


@dataclass(frozen=True)
class SubsetPairs:
    """Some pairs of another source, in its order."""

    parent: Pairs
    rows: tuple[int, ...]
    facts: Json = field(default_factory=dict)

    @property
    def ids(self) -> tuple[str, ...]:
        """The names that the pairs have in the source."""
        return tuple(self.parent.ids[row] for row in self.rows)

    @property
    def captions(self) -> tuple[str, ...]:
        """Their captions."""
        return tuple(self.parent.captions[row] for row in self.rows)

    def pictures(self, rows: Sequence[int], side: int) -> list[Picture]:
        """Their pictures."""
        return self.parent.pictures([self.rows[row] for row in rows], side)

    @property
    def fingerprint(self) -> Json:
        """The source's, and which of its pairs these are."""
        return {"source": "subset", "parent": self.parent.fingerprint, "rows": self.rows}


@dataclass(frozen=True)
class Dataset:
    """A data set of a study.

    `rows` are its pairs in `whole`, the data set that is embedded; None where that is itself.
    """

    plan: DatasetPlan
    pairs: Pairs
    rows: tuple[int, ...]
    whole: Dataset | None = None

    @property
    def id(self) -> str:
        """Its name in the study."""
        return self.plan.id

    @property
    def count(self) -> int:
        """Number of pairs."""
        return len(self.rows)

    @property
    def root(self) -> Dataset:
        """The data set that is embedded."""
        return self if self.whole is None else self.whole

    @cached_property
    def fingerprint(self) -> str:
        """Hash of all that its pairs are."""
        return digest(self.pairs.fingerprint)


def open_datasets(plans: Sequence[DatasetPlan]) -> dict[str, Dataset]:
    """The data sets of a study, by name.

    Raises:
        DatasetError: pairs that cannot be used.
    """
    opened: dict[str, Dataset] = {}
    for plan in plans:
        dataset = _open(plan, opened)
        check_pairs(plan.id, dataset.pairs)
        opened[plan.id] = dataset
    return opened


def _open(plan: DatasetPlan, opened: Mapping[str, Dataset]) -> Dataset:
    match plan.source:
        case Subset() as source:
            return _open_subset(plan, source, opened[source.of])
        case Scenes() as source:
            pairs: Pairs = ScenePairs(source)
        case Table() as source:
            pairs = TablePairs(source.file)
    return Dataset(plan, pairs, tuple(range(len(pairs.ids))))


def _open_subset(plan: DatasetPlan, source: Subset, parent: Dataset) -> Dataset:
    if source.count > parent.count:
        message = f"{source.count} of the {parent.count} pairs of {source.of!r} are asked for"
        raise DatasetError(f"data set {plan.id!r}: {message}")
    chosen = tuple(subset(source.count, parent.count, source.seed))
    facts = {**parent.pairs.facts, "source": "subset", "of": source.of, "seed": source.seed}
    pairs = SubsetPairs(parent.pairs, chosen, facts)
    return Dataset(plan, pairs, tuple(parent.rows[row] for row in chosen), parent.root)


def check_pairs(name: str, pairs: Pairs) -> None:
    """Raise `DatasetError` unless there are two pairs or more, each with its own id."""
    ids, captions = pairs.ids, pairs.captions
    if len(ids) != len(captions):
        raise DatasetError(f"data set {name!r}: {len(ids)} ids but {len(captions)} captions")
    if len(ids) < 2:
        raise DatasetError(f"data set {name!r}: {len(ids)} pairs; two are needed to compare any")
    seen: set[str] = set()
    for identifier in ids:
        if identifier in seen:
            raise DatasetError(f"data set {name!r}: id {identifier!r} occurs twice")
        seen.add(identifier)

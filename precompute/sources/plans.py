"""Sources of pairs as a study names them: where the files are, and which rows to take."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from precompute.toml_reader import Reader

BROKEN_ROWS: Final = ("stop", "skip")


@dataclass(frozen=True)
class Filter:
    """Captions that contain any, or all, of some words.

    A word is found anywhere in a caption, in upper or lower case: "dog" finds hot dogs and Dogs, as
    it does in the package of the published article.
    """

    words: tuple[str, ...]
    every: bool

    def accepts(self, caption: str) -> bool:
        """Whether a caption contains what is asked for."""
        lower = caption.lower()
        return (all if self.every else any)(word.lower() in lower for word in self.words)

    def __str__(self) -> str:
        return f"{'all' if self.every else 'any'} of {', '.join(map(repr, self.words))}"


@dataclass(frozen=True)
class Sample:
    """So many rows, drawn by a seed and kept in their order."""

    count: int
    seed: int


@dataclass(frozen=True)
class CaptionChoice:
    """Which of a picture's captions: a place, counted from 1, or one drawn by a seed."""

    number: int = 1
    seed: int | None = None


@dataclass(frozen=True)
class Selection:
    """Which rows of a source become pairs.

    One caption of each is chosen, then rows are filtered by it, then sampled. Rows that cannot be
    used stop the run ("stop"), or are left out whole and reported ("skip").
    """

    caption: CaptionChoice = CaptionChoice()
    filter: Filter | None = None
    sample: Sample | None = None
    broken: str = "stop"


@dataclass(frozen=True)
class Columns:
    """Names of the columns, or keys, that hold a row.

    Where no column of ids is named, `id` is used if there is one; without it pairs are called as
    their pictures.
    """

    image: str = "image"
    caption: str = "caption"
    id: str | None = None

    def id_in(self, names: Container[str]) -> str | None:
        """The column of ids among those that there are, if pairs are not called as pictures."""
        return self.id or ("id" if "id" in names else None)


@dataclass(frozen=True)
class Folder:
    """Pictures, at any depth, with captions beside them in text files of the same stem."""

    folder: Path
    selection: Selection = Selection()


@dataclass(frozen=True)
class Csv:
    """A CSV file with a header; paths of pictures are relative to it."""

    file: Path
    columns: Columns = Columns()
    selection: Selection = Selection()


@dataclass(frozen=True)
class JsonLines:
    """One JSON object a line; paths of pictures are relative to the file."""

    file: Path
    columns: Columns = Columns()
    selection: Selection = Selection()


@dataclass(frozen=True)
class Parquet:
    """A Parquet file, or a folder of them, with pictures inside or by paths relative to it."""

    path: Path
    columns: Columns = Columns()
    selection: Selection = Selection()


@dataclass(frozen=True)
class Coco:
    """Captions of COCO: the annotation file, and the folder of its pictures."""

    annotations: Path
    pictures: Path
    selection: Selection = Selection()


@dataclass(frozen=True)
class DiffusionDb:
    """A part of DiffusionDB, or a folder of parts, unpacked."""

    folder: Path
    selection: Selection = Selection()


@dataclass(frozen=True)
class WebDataset:
    """A tar archive, or a folder of them: `KEY.jpg` beside `KEY.txt`, or `KEY.json` with a key."""

    path: Path
    key: str = "caption"
    selection: Selection = Selection()


FileSource: TypeAlias = Folder | Csv | JsonLines | Parquet | Coco | DiffusionDb | WebDataset


def _selection(table: Reader) -> Selection:
    return Selection(
        caption=_caption_choice(table.table("caption")),
        filter=read_filter(table),
        sample=_sample(table),
        broken=table.text("broken", "stop", among=BROKEN_ROWS),
    )


def _caption_choice(table: Reader) -> CaptionChoice:
    if table.has("number") and table.has("seed"):
        raise table.error("seed", "a caption is chosen by its number or drawn by a seed, not both")
    seed = table.whole("seed") if table.has("seed") else None
    choice = CaptionChoice(number=table.whole("number", 1, least=1), seed=seed)
    table.finish()
    return choice


def read_filter(table: Reader) -> Filter | None:
    """The filter of a data set's table, if it has one."""
    if not table.has("filter"):
        return None
    inner = table.table("filter")
    given = [key for key in ("any", "all") if inner.has(key)]
    if len(given) != 1:
        raise table.error("filter", "expected any = [WORDS] or all = [WORDS]")
    words = inner.texts(given[0], (), ())
    if not all(word.strip() for word in words):
        raise inner.error(given[0], "a word is empty: it would be found in every caption")
    inner.finish()
    return Filter(words, every=given[0] == "all")


def _sample(table: Reader) -> Sample | None:
    if not table.has("sample"):
        return None
    inner = table.table("sample")
    sample = Sample(count=inner.whole("count", least=2), seed=inner.whole("seed", 0))
    inner.finish()
    return sample


def _columns(table: Reader) -> Columns:
    default = Columns()
    inner = table.table("columns")
    columns = Columns(
        image=inner.text("image", default.image),
        caption=inner.text("caption", default.caption),
        id=inner.text("id") if inner.has("id") else None,
    )
    inner.finish()
    return columns


SOURCES: Final[Mapping[str, Callable[[Reader], FileSource]]] = {
    "folder": lambda table: Folder(table.path("folder"), _selection(table)),
    "csv": lambda table: Csv(table.path("file"), _columns(table), _selection(table)),
    "jsonl": lambda table: JsonLines(table.path("file"), _columns(table), _selection(table)),
    "parquet": lambda table: Parquet(table.path("path"), _columns(table), _selection(table)),
    "coco": lambda table: Coco(
        table.path("annotations"), table.path("pictures"), _selection(table)
    ),
    "diffusiondb": lambda table: DiffusionDb(table.path("folder"), _selection(table)),
    "webdataset": lambda table: WebDataset(
        table.path("path"), table.text("key", WebDataset.key), _selection(table)
    ),
}
"""What reads the keys of a source from its table in a study file."""

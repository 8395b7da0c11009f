"""What a user points to: a folder in either layout, or a file of embeddings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from article.geometry import normalise
from precompute.imports import published
from precompute.imports.captions import read_captions
from precompute.imports.collection import (
    Collection,
    Kind,
    MisfitError,
    Named,
    Seen,
    check_names,
    slug,
)
from precompute.imports.embeddings import (
    DEFAULT_NAMES,
    EMBEDDING_SUFFIXES,
    Embedded,
    read_embeddings,
)
from precompute.imports.numbered import read_pictures, read_sounds
from precompute.imports.scales import DEFAULT_SCALE
from precompute.sources.stored import natural

_CAPTIONS: Final = ("prompts.txt", "captions.txt", "prompts.json", "captions.json")
_PICTURES: Final = ("images", "pictures")
_SOUNDS: Final = ("audios", "sounds")


@dataclass(frozen=True)
class Wishes:
    """What a user may say of a folder, where it does not say so itself."""

    dataset: str | None = None
    title: str | None = None
    models: tuple[str, ...] = ()
    modalities: tuple[Named, ...] = ()
    captions: Path | None = None
    pictures: Path | None = None
    scales: Mapping[str, float] = field(default_factory=dict)
    """Logit scales by model; that of "" is for all others."""

    def scale(self, model: str) -> float | None:
        """The logit scale that is given for a model."""
        return self.scales.get(model, self.scales.get(""))


def read_collection(path: Path, wishes: Wishes, say: Callable[[str], None]) -> Collection:
    """Everything that lies there; `say` is told what had to be assumed.

    Raises:
        MisfitError: names file, line or item of what does not fit together.
    """
    if (path / published.SIMILARITIES).is_dir():
        return _read_published(path, wishes, say)
    return _read_embeddings(path, wishes, say)


def _read_published(folder: Path, wishes: Wishes, say: Callable[[str], None]) -> Collection:
    files = _chosen(published.model_files(folder), wishes.models, folder)
    called = published.modalities_of(folder) or DEFAULT_NAMES[:2]
    names = check_names(wishes.modalities or map(Named.of, called))
    modalities = tuple(named.name for named in names)
    matrices = [
        published.read_published(name, file, modalities, wishes.scale(name))
        for name, file in files.items()
    ]
    counts = {matrix.name: len(matrix.similarity) // len(names) for matrix in matrices}
    count = _common(counts, folder)
    for matrix in matrices:
        say(f"{matrix.name}: logit scale {matrix.logit_scale:g}, {matrix.told}")
    return _collection(
        folder,
        wishes,
        names,
        [_seen_matrix(matrix) for matrix in matrices],
        count,
        "similarity matrices",
    )


def _seen_matrix(matrix: published.Matrix) -> Seen:
    return Seen(
        _title(matrix.name), matrix.file, matrix.vectors, matrix.logit_scale, matrix.similarity
    )


def _read_embeddings(path: Path, wishes: Wishes, say: Callable[[str], None]) -> Collection:
    files = _chosen(_embedding_files(path), wishes.models, path)
    given = tuple(named.name for named in wishes.modalities)
    embedded = [read_embeddings(file, given) for file in files.values()]
    modalities = {tuple(one.vectors) for one in embedded}
    if len(modalities) > 1:
        told = "; ".join(", ".join(names) for names in sorted(modalities))
        raise MisfitError(f"files of different modalities: {told}; say which with --modality", path)
    names = check_names(wishes.modalities or map(Named.of, embedded[0].vectors))
    count = _common({one.file.name: one.count for one in embedded}, path)
    models = []
    for name, one in zip(files, embedded, strict=True):
        scale = wishes.scale(name)
        if scale is None:
            say(f"{name}: logit scale {DEFAULT_SCALE:g}, assumed; say it with --logit-scale")
        models.append(_seen_vectors(name, one, scale or DEFAULT_SCALE))
    return _collection(path, wishes, names, models, count, "embeddings")


def _seen_vectors(name: str, embedded: Embedded, scale: float) -> Seen:
    vectors = tuple(normalise(array, kind) for kind, array in embedded.vectors.items())
    return Seen(_title(name), embedded.file, vectors, scale)


def _embedding_files(path: Path) -> dict[str, Path]:
    """Embeddings by the name of their model: the file itself, or those in a folder."""
    if path.is_file() and path.suffix in EMBEDDING_SUFFIXES:
        return {path.stem: path}
    found = [file for suffix in EMBEDDING_SUFFIXES for file in path.glob(f"*{suffix}")]
    if not found:
        what = f"neither {published.SIMILARITIES}/*.csv nor *.npy nor *.npz here"
        raise MisfitError(what if path.is_dir() else "no folder, nor a .npy or .npz file", path)
    return {file.stem: file for file in sorted(found, key=lambda file: natural(file.name))}


def _chosen(files: Mapping[str, Path], wanted: Sequence[str], path: Path) -> Mapping[str, Path]:
    for name in wanted:
        if name not in files:
            raise MisfitError(f"no model {name!r}; there are: {', '.join(files)}", path)
    return {name: files[name] for name in wanted} if wanted else files


def _common(counts: Mapping[str, int], path: Path) -> int:
    """The number of items that all models agree on."""
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{count} in {name}" for name, count in counts.items())
        raise MisfitError(f"models differ in their number of items: {told}", path)
    count = next(iter(counts.values()))
    if count < 2:
        raise MisfitError(f"{count} item; two are needed to compare any", path)
    return count


def _title(name: str) -> str:
    return name.replace("_", " ")


def _collection(
    path: Path, wishes: Wishes, names: Sequence[Named], models: list[Seen], count: int, source: str
) -> Collection:
    _check_ids(models, path)
    folder = path if path.is_dir() else None
    title = wishes.title or _title(path.name if folder else path.stem)
    return Collection(
        id=wishes.dataset or slug(path.name if folder else path.stem),
        title=title,
        source=f"{source} computed elsewhere",
        kinds=_kinds(names, folder, wishes, count),
        models=tuple(models),
        ids=tuple(map(str, range(count))),
    )


def _check_ids(models: Sequence[Seen], path: Path) -> None:
    ids: dict[str, str] = {}
    for model in models:
        if model.id in ids:
            message = f"models {ids[model.id]!r} and {model.title!r} would have the same name"
            raise MisfitError(f"{message} {model.id!r}", path)
        ids[model.id] = model.title


# -- what the items are ------------------------------------------------------------------------


def _kinds(
    names: Sequence[Named], folder: Path | None, wishes: Wishes, count: int
) -> tuple[Kind, ...]:
    """The items of each modality; those that are nowhere to be found are called by number.

    The captions are those of the first modality of texts; others have a file of their own name.
    """
    first = next((n.name for n in names if n.content in ("text", "molecule")), None)
    return tuple(_kind(named, folder, wishes, count, named.name == first) for named in names)


def _kind(named: Named, folder: Path | None, wishes: Wishes, count: int, captioned: bool) -> Kind:
    if named.content == "picture":
        there = wishes.pictures or _first(folder, _PICTURES)
        pictures = None if there is None else read_pictures(there, count)
        return Kind(named.name, named.content, pictures=pictures)
    if named.content == "sound":
        there = _first(folder, _SOUNDS)
        sounds = None if there is None else read_sounds(there, count)
        return Kind(named.name, named.content, sounds=sounds)
    there = _first(folder, (f"{named.name}.txt", f"{named.name}.json"))
    if captioned:
        there = wishes.captions or there or _first(folder, _CAPTIONS)
    called = tuple(f"{named.name} {number}" for number in range(1, count + 1))
    texts = called if there is None else read_captions(there, count)
    return Kind(named.name, named.content, texts=texts)


def _first(folder: Path | None, names: Sequence[str]) -> Path | None:
    """The first of these that is in a folder."""
    paths = [] if folder is None else [folder / name for name in names]
    return next((path for path in paths if path.exists()), None)

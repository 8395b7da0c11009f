"""A study: which pairs, seen by which models, measured and drawn how; read from a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

from article.geometry import BATCH_SIZE
from precompute.concepts import default_catalog
from precompute.faults import FaultCounts
from precompute.sources.plans import SOURCES as FILE_SOURCES
from precompute.sources.plans import FileSource, Filter, read_filter
from precompute.toml_reader import Reader, StudyError

STUDIES_FOLDER: Final = Path(__file__).parent / "studies"
MODALITIES: Final = ("image", "text")
ARTIFACTS: Final = ("items", "space", "landscape", "film", "vectors", "layout")
_USUAL_ARTIFACTS: Final = ("items", "space", "landscape")
_WRITTEN_OF_AUGMENTED: Final = ("items", "space")
AUGMENTATION_KINDS: Final = ("rotation", "blur", "horizontal-shift", "vertical-shift", "noise")
METHODS: Final = ("pca", "tsne", "umap")
LAYOUTS: Final = (
    "pca",
    "pca-closed",
    "umap",
    "umap-closed",
    "umap-of-texts",
    "umap-of-images",
    "umap-of-pairs",
)
"""Layouts of data sets too large for a matrix; `large_layouts.KINDS` says what they are."""
LINKAGES: Final = ("complete", "average", "single")
PRECISIONS: Final = ("fp32", "bf16")
MINIATURE: Final = "miniature"


@dataclass(frozen=True)
class Scenes:
    """The first `count` held-out scenes of a seed, no two of them with the same caption.

    They are drawn in `designs`, or in all those that trainings use.
    """

    count: int
    seed: int
    designs: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Subset:
    """Pairs of another data set, in its order: those with certain words, `count` of them drawn."""

    of: str
    count: int | None
    seed: int
    filter: Filter | None = None


@dataclass(frozen=True)
class Faults:
    """`count` pairs of another data set, drawn by a seed, with faults planted in some of them."""

    of: str
    count: int
    counts: FaultCounts
    seed: int


@dataclass(frozen=True)
class DrawnPicture:
    """Picture `number`, from 0, of the `count` that a seed draws from another data set."""

    of: str
    number: int
    count: int
    seed: int


@dataclass(frozen=True)
class PictureFile:
    """A picture in a file, and a text for it."""

    file: Path
    text: str


@dataclass(frozen=True)
class Augmented:
    """A picture changed in `steps`, its text kept.

    It is cut to a square of `side` pixels first; `seed` draws the noise.
    """

    picture: DrawnPicture | PictureFile
    kind: str
    steps: int = 100
    side: int = 224
    seed: int = 0


Source: TypeAlias = Scenes | Subset | Faults | Augmented | FileSource


@dataclass(frozen=True)
class ThumbnailPlan:
    """Sprites: square cells of `cell` pixels, `columns` to a row, `per_file` to a WebP file."""

    cell: int = 96
    columns: int = 10
    per_file: int = 100
    quality: int = 80


@dataclass(frozen=True)
class DatasetPlan:
    """A data set, and which artifacts to write of it.

    Its measures are always written, unless `write` is empty: then it is not in the article, and
    only there for others to be made of. What concerns a model is written of these `models`, of all
    where none are named. `methods` and `thumbnails` are those of the study where there are none.
    """

    id: str
    title: str
    source: Source
    write: tuple[str, ...]
    models: tuple[str, ...] = ()
    methods: tuple[str, ...] | None = None
    thumbnails: ThumbnailPlan | None = None


@dataclass(frozen=True)
class ModelPlan:
    """A model: how its figures call it, who encodes with it, where its film is.

    A miniature has `weights`; every other encoder has `settings` of its own, in which paths are
    relative to `base`.
    """

    id: str
    title: str
    short: str
    encoder: str
    weights: Path | None = None
    film: Path | None = None
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    base: Path = Path()

    @property
    def weights_name(self) -> str:
        """What the manifest calls its weights: a file's name, a tag, else the encoder's name."""
        if self.weights is not None:
            return self.weights.name
        if "weights" in self.settings:
            return Path(self.settings["weights"]).name
        named = [self.settings[key] for key in ("model", "pretrained") if key in self.settings]
        return " ".join([self.encoder, *map(str, named)])


@dataclass(frozen=True)
class TablePlan:
    """A table made elsewhere, to be shown beside the rest."""

    id: str
    file: Path


@dataclass(frozen=True)
class EmbeddingPlan:
    """How to embed: pairs in a batch, floating-point precision ("bf16" only on CUDA).

    Losses multiply similarities by up to 100, and bf16 is off by some .004: it is for large sets
    of which only clusters and layouts matter.
    """

    batch: int = 256
    precision: str = "fp32"


@dataclass(frozen=True)
class ProjectionPlan:
    """Which layouts to compute; `shares` of the gap are closed before, one after the other."""

    methods: tuple[str, ...] = METHODS
    shares: tuple[float, ...] = (0.0, 1.0)
    seed: int = 0
    perplexity: float = 30.0
    neighbours: int = 15
    minimum_distance: float = 0.1


@dataclass(frozen=True)
class ClusterPlan:
    """How many clusters, by which linkage, of which blocks of the similarity matrix."""

    count: int = 10
    linkage: str = "complete"
    blocks: tuple[tuple[str, str], ...] = (("image", "image"), ("text", "text"), ("image", "text"))


@dataclass(frozen=True)
class LayoutPlan:
    """How the layouts of data sets too large for a matrix are made, and their clusters found.

    Vectors and `layouts` are written of these `models`, of all where none are named. A visible
    cluster has at least `smallest_cluster` points; how dense it is around a point is measured by
    `density_neighbours`.
    """

    models: tuple[str, ...] = ()
    layouts: tuple[str, ...] = LAYOUTS
    seed: int = 0
    neighbours: int = 15
    minimum_distance: float = 0.1
    epochs: int = 200
    smallest_cluster: int = 50
    density_neighbours: int = 10
    kmeans_clusters: int = 50


@dataclass(frozen=True)
class LandscapePlan:
    """Shifts along the gap, `start` to `stop` inclusive, as lengths between unit vectors."""

    start: float = -5.0
    stop: float = 4.75
    step: float = 0.25


@dataclass(frozen=True)
class MeasurePlan:
    """What whole data sets are measured by.

    Losses are means over batches of `batch` pairs in order. Recall at `ranks` is among the first
    `candidates` pairs, so that it does not depend on the size of the data set.
    """

    batch: int = BATCH_SIZE
    ranks: tuple[int, ...] = (1, 5, 10)
    candidates: int = 2_000
    shares: tuple[float, ...] = (0.0, 1.0)


@dataclass(frozen=True)
class Study:
    """All of a study file; `output` is the folder that its data are written to."""

    file: Path
    title: str
    output: Path
    datasets: tuple[DatasetPlan, ...]
    models: tuple[ModelPlan, ...]
    tables: tuple[TablePlan, ...]
    embedding: EmbeddingPlan
    projections: ProjectionPlan
    clusters: ClusterPlan
    layouts: LayoutPlan
    landscape: LandscapePlan
    measures: MeasurePlan
    thumbnails: ThumbnailPlan

    @property
    def name(self) -> str:
        """The name of the study: its file's."""
        return self.file.stem


def find_study(name: str, folder: Path = STUDIES_FOLDER) -> Path:
    """The file of a study given by its path, or by its name if it is one of the package's."""
    if name.endswith(".toml"):
        return Path(name)
    path = folder / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.toml")))
        raise StudyError(f"no study {name!r}; give the path of a TOML file, or one of: {known}")
    return path


def read_study(path: Path) -> Study:
    """Read a study file; paths in it are relative to the file.

    Raises:
        StudyError: names the file and the key.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StudyError("no such study file", path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(str(error), path) from None
    root = Reader(path, "", content)
    thumbnails = _thumbnails(root.table("thumbnails"), ThumbnailPlan())
    study = Study(
        file=path,
        title=root.text("title"),
        output=root.path("output"),
        datasets=_datasets(root, thumbnails),
        models=_models(root),
        tables=_tables(root),
        embedding=_embedding(root.table("embedding")),
        projections=_projections(root.table("projections")),
        clusters=_clusters(root.table("clusters")),
        layouts=_layouts(root.table("layouts")),
        landscape=_landscape(root.table("landscape")),
        measures=_measures(root.table("measures")),
        thumbnails=thumbnails,
    )
    root.finish()
    _check_subsets(study)
    _check_models(study)
    return study


def with_models(study: Study, models: Sequence[ModelPlan]) -> Study:
    """A study with other models, each of which sees all of its data sets."""
    return replace(
        study,
        models=tuple(models),
        datasets=tuple(replace(plan, models=()) for plan in study.datasets),
        layouts=replace(study.layouts, models=()),
    )


def _datasets(root: Reader, thumbnails: ThumbnailPlan) -> tuple[DatasetPlan, ...]:
    """Data sets, then those that augmentations make of their pictures or of files."""
    augmented = root.tables("augmentations") if root.has("augmentations") else []
    given = root.tables("datasets") if root.has("datasets") or not augmented else []
    plans = [_dataset(name, table, thumbnails) for name, table in given]
    for name, table in augmented:
        plans += _augmentations(name, table, thumbnails)
    return tuple(plans)


def _augmentations(name: str, table: Reader, thumbnails: ThumbnailPlan) -> list[DatasetPlan]:
    """A data set for each picture and each kind of change."""
    title = table.text("title")
    pictures = _file_picture(table) if table.has("file") else _drawn_pictures(table)
    kinds = table.texts("kinds", AUGMENTATION_KINDS, AUGMENTATION_KINDS)
    steps, side = table.whole("steps", 100, least=2), table.whole("side", 224, least=8)
    seed = table.whole("seed", 0)
    plans = augmentation_plans(name, title, pictures, kinds, steps, side, seed)
    own = _own_settings(table, thumbnails)
    table.finish()
    return [replace(plan, **own) for plan in plans]


def _own_settings(table: Reader, thumbnails: ThumbnailPlan) -> dict[str, Any]:
    """What a data set may say differently from the study, whose thumbnails these are."""
    own: dict[str, Any] = {}
    if table.has("models"):
        own["models"] = table.texts("models", (), ())
    if table.has("methods"):
        own["methods"] = table.texts("methods", (), METHODS, least=0)
    if table.has("thumbnails"):
        own["thumbnails"] = _thumbnails(table.table("thumbnails"), thumbnails)
    return own


def augmentation_plans(
    name: str,
    title: str,
    pictures: Sequence[DrawnPicture | PictureFile],
    kinds: Sequence[str] = AUGMENTATION_KINDS,
    steps: int = 100,
    side: int = 224,
    seed: int = 0,
) -> list[DatasetPlan]:
    """Data sets `NAME-KIND` of one picture, `NAME-NUMBER-KIND`, from 1, of several."""
    plans = []
    for number, picture in enumerate(pictures, start=1):
        own = (f"{name}-{number}", f"{title} {number}") if len(pictures) > 1 else (name, title)
        for kind in kinds:
            source = Augmented(picture, kind, steps, side, seed)
            heading = f"{own[1]}: {kind.replace('-', ' ')}"
            plans.append(DatasetPlan(f"{own[0]}-{kind}", heading, source, _WRITTEN_OF_AUGMENTED))
    return plans


def _file_picture(table: Reader) -> list[PictureFile]:
    return [PictureFile(table.path("file"), table.text("text"))]


def _drawn_pictures(table: Reader) -> list[DrawnPicture]:
    of, count = table.text("of"), table.whole("count", 10, least=1)
    seed = table.whole("pictures_seed", 0)
    return [DrawnPicture(of, number, count, seed) for number in range(count)]


def _dataset(name: str, table: Reader, thumbnails: ThumbnailPlan) -> DatasetPlan:
    source = table.text("source", among=tuple(_SOURCES))
    plan = DatasetPlan(
        id=name,
        title=table.text("title"),
        source=_SOURCES[source](table),
        write=table.texts("write", _USUAL_ARTIFACTS, ARTIFACTS, least=0),
        **_own_settings(table, thumbnails),
    )
    table.finish()
    return plan


def _subset(table: Reader) -> Subset:
    words = read_filter(table)
    all_of_them = words is not None and not table.has("count")
    return Subset(
        of=table.text("of"),
        count=None if all_of_them else table.whole("count", least=2),
        seed=table.whole("seed", 0),
        filter=words,
    )


def _scenes(table: Reader) -> Scenes:
    known = tuple(design.id for design in default_catalog().designs)
    designs = table.texts("designs", (), known) if table.has("designs") else None
    return Scenes(table.whole("count", least=2), table.whole("seed", 0), designs)


def _faults(table: Reader) -> Faults:
    names = ("blurred", "swapped", "duplicated")
    wanted = {name: table.whole(name, 0, least=0) for name in names}
    try:
        counts = FaultCounts(**wanted)
    except ValueError as error:
        raise table.error("swapped", str(error)) from None
    return Faults(table.text("of"), table.whole("count", least=2), counts, table.whole("seed", 0))


_SOURCES: Final[Mapping[str, Callable[[Reader], Source]]] = {
    "scenes": _scenes,
    "subset": _subset,
    "faults": _faults,
    **FILE_SOURCES,
}


def _models(root: Reader) -> tuple[ModelPlan, ...]:
    """Models of the study itself, after those of another study, where it names one."""
    others = read_study(root.path("models_of")).models if root.has("models_of") else ()
    if others and not root.has("models"):
        return others
    return (*others, *(_model(name, table) for name, table in root.tables("models")))


def _model(name: str, table: Reader) -> ModelPlan:
    title = table.text("title")
    short = table.text("short", title)
    encoder = table.text("encoder")
    film = table.path("film") if table.has("film") else None
    if encoder != MINIATURE:
        return ModelPlan(name, title, short, encoder, None, film, table.rest(), table.file.parent)
    plan = ModelPlan(name, title, short, encoder, table.path("weights"), film)
    table.finish()
    return plan


def _tables(root: Reader) -> tuple[TablePlan, ...]:
    if not root.has("tables"):
        return ()
    plans = []
    for name, table in root.tables("tables"):
        plans.append(TablePlan(name, table.path("file")))
        table.finish()
    return tuple(plans)


def _embedding(table: Reader) -> EmbeddingPlan:
    default = EmbeddingPlan()
    plan = EmbeddingPlan(
        batch=table.whole("batch", default.batch, least=1),
        precision=table.text("precision", default.precision, among=PRECISIONS),
    )
    table.finish()
    return plan


def _projections(table: Reader) -> ProjectionPlan:
    default = ProjectionPlan()
    plan = ProjectionPlan(
        methods=table.texts("methods", default.methods, METHODS),
        shares=table.numbers("shares", default.shares),
        seed=table.whole("seed", default.seed),
        perplexity=table.number("perplexity", default.perplexity, above=1),
        neighbours=table.whole("neighbours", default.neighbours, least=2),
        minimum_distance=table.number("minimum_distance", default.minimum_distance, above=0),
    )
    table.finish()
    return plan


def _clusters(table: Reader) -> ClusterPlan:
    default = ClusterPlan()
    plan = ClusterPlan(
        count=table.whole("count", default.count, least=1),
        linkage=table.text("linkage", default.linkage, among=LINKAGES),
        blocks=table.pairs("blocks", default.blocks, MODALITIES),
    )
    table.finish()
    return plan


def _layouts(table: Reader) -> LayoutPlan:
    default = LayoutPlan()
    plan = LayoutPlan(
        models=table.texts("models", (), ()) if table.has("models") else (),
        layouts=table.texts("layouts", default.layouts, LAYOUTS),
        seed=table.whole("seed", default.seed),
        neighbours=table.whole("neighbours", default.neighbours, least=2),
        minimum_distance=table.number("minimum_distance", default.minimum_distance, above=0),
        epochs=table.whole("epochs", default.epochs, least=1),
        smallest_cluster=table.whole("smallest_cluster", default.smallest_cluster, least=2),
        density_neighbours=table.whole("density_neighbours", default.density_neighbours, least=1),
        kmeans_clusters=table.whole("kmeans_clusters", default.kmeans_clusters, least=2),
    )
    table.finish()
    return plan


def _landscape(table: Reader) -> LandscapePlan:
    default = LandscapePlan()
    plan = LandscapePlan(
        start=table.number("start", default.start),
        stop=table.number("stop", default.stop),
        step=table.number("step", default.step, above=0),
    )
    if plan.stop < plan.start:
        raise table.error("stop", f"{plan.stop:g} is before the start, {plan.start:g}")
    table.finish()
    return plan


def _measures(table: Reader) -> MeasurePlan:
    default = MeasurePlan()
    plan = MeasurePlan(
        batch=table.whole("batch", default.batch, least=2),
        ranks=table.wholes("ranks", default.ranks, least=1),
        candidates=table.whole("candidates", default.candidates, least=2),
        shares=table.numbers("shares", default.shares),
    )
    table.finish()
    return plan


def _thumbnails(table: Reader, default: ThumbnailPlan) -> ThumbnailPlan:
    plan = ThumbnailPlan(
        cell=table.whole("cell", default.cell, least=8),
        columns=table.whole("columns", default.columns, least=1),
        per_file=table.whole("per_file", default.per_file, least=1),
        quality=table.whole("quality", default.quality, least=1),
    )
    if plan.quality > 100:
        raise table.error("quality", f"expected 1 to 100, not {plan.quality}")
    table.finish()
    return plan


def _check_subsets(study: Study) -> None:
    """What is made of another data set is so of one that is named before it; no name twice."""
    known: list[str] = []
    for plan in study.datasets:
        parent = _parent(plan.source)
        if parent is not None and parent not in known:
            before = ", ".join(known) or "none"
            message = f"no data set {parent!r} before it; there are: {before}"
            raise StudyError(f"[{_table_of(plan)}] of: {message}", study.file)
        if plan.id in known:
            raise StudyError(f"[{_table_of(plan)}] two data sets of this name", study.file)
        known.append(plan.id)


def _check_models(study: Study) -> None:
    """Models that data sets and layouts are for are models of the study."""
    known = {model.id for model in study.models}
    wanted = {_table_of(plan): plan.models for plan in study.datasets}
    for table, models in (*wanted.items(), ("layouts", study.layouts.models)):
        for model in models:
            if model not in known:
                there = ", ".join(sorted(known))
                message = f"[{table}] models: no model {model!r}; there are: {there}"
                raise StudyError(message, study.file)


def _parent(source: Source) -> str | None:
    """The data set that another one is made of."""
    if isinstance(source, Augmented):
        return source.picture.of if isinstance(source.picture, DrawnPicture) else None
    return source.of if isinstance(source, Subset | Faults) else None


def _table_of(plan: DatasetPlan) -> str:
    kind = "augmentations" if isinstance(plan.source, Augmented) else "datasets"
    return f"{kind}.{plan.id}"

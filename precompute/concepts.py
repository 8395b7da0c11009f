"""The concepts that scenes are made of, and the drawings of each by several designers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

CATALOG_PATH = Path(__file__).parent / "assets" / "catalog.json"

Sprite = NDArray[np.uint8]


class CatalogError(ValueError):
    """A catalog or sprite sheet that cannot be used, or a name that the catalog lacks."""


@dataclass(frozen=True)
class Concept:
    """One drawable thing.

    ``name`` and ``synonyms`` belong to this concept alone, so a caption that uses them is never
    ambiguous; ``keywords`` may be shared, and serve searching. What is not ``countable`` goes with
    "some" ("some grapes").
    """

    id: str
    name: str
    synonyms: tuple[str, ...]
    countable: bool
    unicode: str
    hexcode: str
    keywords: tuple[str, ...]
    group: str
    subgroup: str

    @property
    def phrases(self) -> tuple[str, ...]:
        """All that captions call it, the name first."""
        return (self.name, *self.synonyms)


@dataclass(frozen=True)
class Design:
    """One set of drawings: who drew it, under which licence, and the sheet that holds it."""

    id: str
    title: str
    use: str
    author: str
    url: str
    licence: str
    licence_url: str
    package: str
    version: str
    sheet: str


class Catalog:
    """All concepts and designs; sheets are read when the first sprite of theirs is asked for."""

    def __init__(
        self,
        concepts: tuple[Concept, ...],
        designs: tuple[Design, ...],
        cell: int,
        columns: int,
        folder: Path,
    ) -> None:
        """Hold a catalog whose sheets lie under ``folder``, in cells of ``cell`` pixels."""
        self.concepts = concepts
        self.designs = designs
        self.cell = cell
        self.columns = columns
        self._folder = folder
        self._sheets: dict[str, Sprite] = {}

    @cached_property
    def _concept_indices(self) -> Mapping[str, int]:
        return {concept.id: index for index, concept in enumerate(self.concepts)}

    @cached_property
    def training_designs(self) -> tuple[str, ...]:
        """Ids of the designs that training may draw from."""
        return tuple(design.id for design in self.designs if design.use == "train")

    @cached_property
    def held_out_designs(self) -> tuple[str, ...]:
        """Ids of the designs that no training ever sees."""
        return tuple(design.id for design in self.designs if design.use == "held out")

    def concept(self, concept_id: str) -> Concept:
        """Look a concept up by id.

        Raises:
            CatalogError: there is no such concept.
        """
        return self.concepts[self._index(concept_id)]

    def check_designs(self, designs: tuple[str, ...]) -> None:
        """Raise CatalogError unless ``designs`` names at least one design, all of them known."""
        known = [design.id for design in self.designs]
        unknown = [design for design in designs if design not in known]
        if unknown or not designs:
            named = f"no design {', '.join(unknown)}" if unknown else "no design given"
            raise CatalogError(f"{named}; there are {', '.join(known)}")

    def sprite(self, concept_id: str, design_id: str) -> Sprite:
        """Return the drawing of a concept: uint8 (cell, cell, 4), red, green, blue and alpha.

        Raises:
            CatalogError: no such concept or design, or its sheet is missing or of another size.
        """
        index = self._index(concept_id)
        top = index // self.columns * self.cell
        left = index % self.columns * self.cell
        return self._sheet(design_id)[top : top + self.cell, left : left + self.cell]

    def _index(self, concept_id: str) -> int:
        try:
            return self._concept_indices[concept_id]
        except KeyError:
            raise CatalogError(f"no concept {concept_id!r} in the catalog") from None

    def _sheet(self, design_id: str) -> Sprite:
        if design_id not in self._sheets:
            self.check_designs((design_id,))
            design = next(design for design in self.designs if design.id == design_id)
            self._sheets[design_id] = self._read_sheet(self._folder / design.sheet)
        return self._sheets[design_id]

    def _read_sheet(self, path: Path) -> Sprite:
        rows = -(-len(self.concepts) // self.columns)
        expected = (self.columns * self.cell, rows * self.cell)
        try:
            with Image.open(path) as image:
                sheet = np.asarray(image.convert("RGBA"))
        except FileNotFoundError:
            raise CatalogError(f"{path}: no such sprite sheet") from None
        except UnidentifiedImageError:
            raise CatalogError(f"{path}: not an image") from None
        if (sheet.shape[1], sheet.shape[0]) != expected:
            found = f"{sheet.shape[1]} x {sheet.shape[0]}"
            raise CatalogError(f"{path}: {found} pixels, expected {expected[0]} x {expected[1]}")
        return sheet


def read_catalog(path: Path = CATALOG_PATH) -> Catalog:
    """Read a catalog file; its sheets are looked for beside it.

    Raises:
        CatalogError: the file is missing, not JSON, lacks a field, or names something twice.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        concepts = tuple(_concept_of(entry) for entry in content["concepts"])
        designs = tuple(Design(**entry) for entry in content["designs"])
        catalog = Catalog(concepts, designs, content["cell"], content["columns"], path.parent)
    except FileNotFoundError:
        raise CatalogError(f"{path}: no such catalog") from None
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise CatalogError(f"{path}: not a catalog ({error!r})") from error
    _refuse_repeats(path, "concept id", [concept.id for concept in concepts])
    _refuse_repeats(path, "design id", [design.id for design in designs])
    _refuse_repeats(path, "phrase", [phrase for concept in concepts for phrase in concept.phrases])
    return catalog


@lru_cache(maxsize=1)
def default_catalog() -> Catalog:
    """Return the committed catalog, read once."""
    return read_catalog()


def _concept_of(entry: dict[str, Any]) -> Concept:
    tuples = {key: tuple(entry[key]) for key in ("synonyms", "keywords")}
    return Concept(**(entry | tuples))


def _refuse_repeats(path: Path, kind: str, values: list[str]) -> None:
    repeated = {value for value in values if values.count(value) > 1}
    if repeated:
        raise CatalogError(f"{path}: {kind} given twice: {', '.join(sorted(repeated))}")

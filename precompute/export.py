"""Writes the data folder: artifacts first, the manifest that lists them last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from article import artifacts
from article.artifacts import MANIFEST_NAME, DataFolder, Manifest, Record
from article.errors import ArtifactError
from precompute.cache import Json, remove_abandoned

RECIPE_SETTING = "recipe"
"""The manifest's setting that holds the hash of everything the data were made from."""


@dataclass(frozen=True)
class Output:
    """A file of the data folder."""

    path: str
    kind: str
    data: bytes
    dataset: str
    model: str | None
    provenance: Json
    name: str | None = None

    def record(self) -> Record:
        """The manifest's record of it."""
        return artifacts.describe(
            self.path, self.kind, self.data, self.dataset, self.model, self.provenance, self.name
        )


def why_outdated(folder: Path, recipe: str) -> str | None:
    """Why the data in a folder are not those of a recipe; nothing if they are, to the last byte."""
    try:
        data = DataFolder.open(folder)
        for record in data.manifest.artifacts:
            data.read_bytes(record)
    except ArtifactError as error:
        return str(error)
    if data.manifest.settings.get(RECIPE_SETTING) != recipe:
        return f"{folder / MANIFEST_NAME}: made from other pairs, models, settings or stages"
    return None


def write(folder: Path, outputs: Sequence[Output], manifest: Manifest) -> list[str]:
    """Write what differs, then the manifest with all records; returns the paths written.

    A file that the manifest before listed, and this one does not, is removed.
    """
    remove_abandoned(folder)
    outdated = _listed(folder)
    written = [output.path for output in outputs if _write(folder / output.path, output.data)]
    complete = replace(manifest, artifacts=tuple(output.record() for output in outputs))
    if _write(folder / MANIFEST_NAME, artifacts.encode(complete)):
        written.append(MANIFEST_NAME)
    for path in outdated - {output.path for output in outputs}:
        (folder / path).unlink(missing_ok=True)
    return written


def _write(path: Path, data: bytes) -> bool:
    if path.is_file() and path.read_bytes() == data:
        return False
    artifacts.write_atomically(path, data)
    return True


def _listed(folder: Path) -> set[str]:
    """Paths in the folder's manifest, if it has one that can be read."""
    try:
        records = DataFolder.open(folder).manifest.artifacts
    except ArtifactError:
        return set()
    inside = folder.resolve()
    return {r.path for r in records if (folder / r.path).resolve().is_relative_to(inside)}

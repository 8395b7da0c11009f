"""Scenes, endless and repeatable: a few drawings on a background, and a caption.

Scenes are split by what they show. A set of concepts is held out if the first byte of BLAKE2b of
its sorted ids, joined by commas, is a multiple of eight; that is an eighth of all sets. Training
never meets such a set, and since captions name all concepts unambiguously, no held-out caption
either.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count as count_from

import numpy as np
from numpy.typing import NDArray

from precompute.backgrounds import Background, draw_background
from precompute.captions import write_caption
from precompute.concepts import Catalog, default_catalog
from precompute.draws import Draws
from precompute.layouts import CANVAS, SceneObject, arrange
from precompute.rendering import Renderer

SPLITS = ("train", "heldout")
_HELD_OUT_ONE_IN = 8

_COUNTS = (*(1,) * 3, *(2,) * 10, *(3,) * 7)
_PERCENT_TWICE = 6
"""Share of scenes of two objects that show one concept twice."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture shows, whatever its size in pixels, and the caption that goes with it."""

    objects: tuple[SceneObject, ...]
    background: Background
    caption: str


def is_held_out(concepts: Iterable[str]) -> bool:
    """Whether scenes of just these concepts (ids, in any order) are kept from training."""
    joined = ",".join(sorted(set(concepts)))
    return blake2b(joined.encode(), digest_size=1).digest()[0] % _HELD_OUT_ONE_IN == 0


def draw_concepts(draws: Draws, catalog: Catalog) -> list[str]:
    """Draw what a scene shows: ids of one to three concepts, or of one countable concept twice."""
    count = draws.pick(_COUNTS)
    twice = count == 2 and draws.chance(_PERCENT_TWICE)
    chosen = [catalog.concepts[index] for index in draws.sample(len(catalog.concepts), count)]
    if twice and chosen[0].countable:
        chosen[1] = chosen[0]
    return [concept.id for concept in chosen]


def compose(
    draws: Draws, concepts: Sequence[str], designs: Sequence[str], catalog: Catalog
) -> Scene:
    """Place drawings of the concepts on a background and describe them.

    Every object takes one draw for its design, however many there are to choose from, so scenes
    of one index in different designs differ in nothing else.
    """
    boxes = arrange(draws, len(concepts))
    objects = tuple(
        SceneObject(concept, draws.pick(designs), box)
        for concept, box in zip(concepts, boxes, strict=True)
    )
    background = draw_background(draws)
    return Scene(objects, background, write_caption(draws, objects, background, catalog))


class SceneStream:
    """Scenes by index. The same seed, split and index give the same scene everywhere."""

    def __init__(
        self,
        seed: int,
        split: str,
        designs: Sequence[str] | None = None,
        size: int = CANVAS,
        catalog: Catalog | None = None,
    ) -> None:
        """Draw scenes of a split, in the given designs (all that training may use, if None).

        Args:
            seed: any integer.
            split: "train" or "heldout".
            designs: ids of designs to draw from.
            size: side of the pictures in pixels.
            catalog: concepts and drawings; the committed ones if None.

        Raises:
            ValueError: an unknown split.
            CatalogError: an unknown design.
        """
        if split not in SPLITS:
            raise ValueError(f"no split {split!r}; there are {', '.join(SPLITS)}")
        self.seed = seed
        self.split = split
        self.catalog = catalog or default_catalog()
        self.designs = self.catalog.training_designs if designs is None else tuple(designs)
        self.catalog.check_designs(self.designs)
        self._renderer = Renderer(self.catalog, size)

    def scene(self, index: int) -> Scene:
        """Draw the scene at an index; sets of concepts of the other split are drawn again."""
        for attempt in count_from():
            draws = Draws(self.seed, self.split, index, attempt)
            concepts = draw_concepts(draws, self.catalog)
            if is_held_out(concepts) == (self.split == "heldout"):
                break
        return compose(draws, concepts, self.designs, self.catalog)

    def pairs(self, start: int, count: int) -> tuple[NDArray[np.uint8], list[str]]:
        """Draw the pairs at ``start`` to ``start + count - 1``.

        Returns:
            Pictures, uint8 (count, size, size, 3), and as many captions.
        """
        scenes = [self.scene(index) for index in range(start, start + count)]
        return _paint(scenes, self._renderer), [scene.caption for scene in scenes]


def paint_scenes(
    scenes: Sequence[Scene], size: int = CANVAS, catalog: Catalog | None = None
) -> NDArray[np.uint8]:
    """Paint scenes at any size: uint8 (count, size, size, 3)."""
    return _paint(scenes, Renderer(catalog or default_catalog(), size))


def held_out_scenes(
    count: int = 5000,
    seed: int = 0,
    designs: Sequence[str] | None = None,
    catalog: Catalog | None = None,
) -> list[Scene]:
    """Return the first ``count`` held-out scenes of a seed whose captions all differ."""
    stream = SceneStream(seed, "heldout", designs, catalog=catalog)
    scenes: dict[str, Scene] = {}
    for index in count_from():
        if len(scenes) == count:
            break
        scene = stream.scene(index)
        scenes.setdefault(scene.caption, scene)
    return list(scenes.values())


def subset(count: int, total: int = 5000, seed: int = 0) -> list[int]:
    """Sample ``count`` different indices below ``total``, ascending.

    Raises:
        ValueError: more are asked for than there are.
    """
    if not 0 <= count <= total:
        raise ValueError(f"cannot take {count} of {total} items")
    return sorted(Draws(seed, "subset").sample(total, count))


def _paint(scenes: Sequence[Scene], renderer: Renderer) -> NDArray[np.uint8]:
    images = np.empty((len(scenes), renderer.size, renderer.size, 3), dtype=np.uint8)
    for image, scene in zip(images, scenes, strict=True):
        image[...] = renderer.paint(scene.background, scene.objects)
    return images

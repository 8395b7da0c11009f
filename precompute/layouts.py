"""Where the objects of a scene stand, and which of them stand left of or above which."""

from dataclasses import dataclass
from typing import NamedTuple

from precompute.draws import Draws

CANVAS = 64
"""Side of a scene in layout units; one unit is one pixel in what the models see."""

_EDGE = 1
_SINGLE_SIZES = (28, 36, 36, 42, 42, 48)
_PAIR_SIZES = (20, 24, 28, 30)
_ROW_SIZES = (18, 20)
_LEAD_SIZES = (24, 28, 30)
_FOLLOWER_SIZES = (18, 20, 24, 28)
_ROW_JITTER = 6
_CLEARLY_BIGGER = 1.4
"""Ratio of sizes from which on "big" and "small" are fair words for two objects."""

SIZES = tuple(sorted({*_SINGLE_SIZES, *_PAIR_SIZES, *_ROW_SIZES, *_LEAD_SIZES, *_FOLLOWER_SIZES}))
"""Every size an object can have, in layout units; few, so that scaled sprites can be kept."""


class Box(NamedTuple):
    """The square that an object fills, in layout units from the upper left corner."""

    left: int
    top: int
    size: int

    @property
    def across(self) -> float:
        """Horizontal position of the centre."""
        return self.left + self.size / 2

    @property
    def down(self) -> float:
        """Vertical position of the centre."""
        return self.top + self.size / 2

    def left_of(self, other: "Box") -> bool:
        """Whether all of this box lies left of the other."""
        return self.left + self.size <= other.left

    def above(self, other: "Box") -> bool:
        """Whether all of this box lies above the other."""
        return self.top + self.size <= other.top

    def bigger_than(self, other: "Box") -> bool:
        """Whether anybody would call this box the bigger one."""
        return self.size >= _CLEARLY_BIGGER * other.size


@dataclass(frozen=True, slots=True)
class SceneObject:
    """One drawing in a scene: ids of its concept and its design, and where it stands."""

    concept: str
    design: str
    box: Box


def arrange(draws: Draws, count: int) -> list[Box]:
    """Draw boxes of one, two or three objects, which never overlap, in random order."""
    arrangement = {1: _single, 2: _pair, 3: _triple}[count]
    boxes = arrangement(draws)
    return [boxes[index] for index in draws.sample(count, count)]


def _single(draws: Draws) -> list[Box]:
    size = draws.pick(_SINGLE_SIZES)
    return [Box(_place(draws, size), _place(draws, size), size)]


def _pair(draws: Draws) -> list[Box]:
    sizes = [draws.pick(_PAIR_SIZES) for _ in range(2)]
    along = _pack(draws, sizes)
    across = [_place(draws, size) for size in sizes]
    return _boxes(draws, along, across, sizes)


def _triple(draws: Draws) -> list[Box]:
    return _row(draws) if draws.chance(40) else _lead_and_two(draws)


def _row(draws: Draws) -> list[Box]:
    sizes = [draws.pick(_ROW_SIZES) for _ in range(3)]
    along = _pack(draws, sizes)
    base = _place(draws, max(sizes) + _ROW_JITTER)
    across = [base + draws.between(0, _ROW_JITTER) for _ in sizes]
    return _boxes(draws, along, across, sizes)


def _lead_and_two(draws: Draws) -> list[Box]:
    """One object on one side, two on the other, one beyond the other."""
    lead = draws.pick(_LEAD_SIZES)
    followers = [draws.pick(_FOLLOWER_SIZES) for _ in range(2)]
    widest = max(followers)
    if draws.chance(50):
        lead_start, column = _pack(draws, [lead, widest])
    else:
        column, lead_start = _pack(draws, [widest, lead])
    along = [lead_start, *(column + draws.between(0, widest - size) for size in followers)]
    across = [_place(draws, lead), *_pack(draws, followers)]
    return _boxes(draws, along, across, [lead, *followers])


def _place(draws: Draws, size: int) -> int:
    return draws.between(_EDGE, CANVAS - _EDGE - size)


def _pack(draws: Draws, sizes: list[int]) -> list[int]:
    """Starts of consecutive intervals of these sizes, with random gaps around them."""
    slack = CANVAS - 2 * _EDGE - sum(sizes)
    cuts = sorted(draws.between(0, slack) for _ in sizes)
    return [_EDGE + cut + sum(sizes[:index]) for index, cut in enumerate(cuts)]


def _boxes(draws: Draws, along: list[int], across: list[int], sizes: list[int]) -> list[Box]:
    """Lay the arrangement down as it is, or turned so that what was across runs down."""
    if draws.chance(60):
        return [Box(*position) for position in zip(along, across, sizes, strict=True)]
    return [Box(*position) for position in zip(across, along, sizes, strict=True)]

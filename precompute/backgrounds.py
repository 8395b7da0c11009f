"""What scenes stand on: one or two colours in a simple pattern."""

from dataclasses import dataclass
from typing import NamedTuple

from precompute.draws import Draws

PALETTE: dict[str, tuple[tuple[int, int, int], ...]] = {
    "red": ((222, 92, 88), (196, 56, 56), (158, 36, 44)),
    "orange": ((255, 205, 150), (250, 180, 110), (226, 126, 50)),
    "yellow": ((253, 246, 190), (252, 236, 150), (248, 220, 104)),
    "green": ((200, 232, 190), (158, 212, 158), (46, 110, 64)),
    "turquoise": ((184, 236, 230), (126, 214, 206), (20, 110, 108)),
    "blue": ((196, 224, 252), (142, 192, 244), (36, 76, 148)),
    "purple": ((226, 206, 242), (190, 156, 226), (86, 50, 134)),
    "pink": ((253, 222, 234), (250, 190, 212), (240, 140, 182)),
    "brown": ((206, 176, 150), (140, 104, 82), (84, 58, 46)),
    "grey": ((222, 225, 230), (176, 182, 190), (84, 92, 102)),
    "white": ((255, 255, 255), (250, 250, 246)),
    "black": ((24, 24, 28), (38, 40, 48)),
}
"""Shades (red, green and blue, 0 to 255) by the word that captions use, the palest first."""

_NAMES = tuple(PALETTE)
_WHEEL = ("red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink")
_SKIES = ("blue", "blue", "turquoise", "purple", "pink", "orange", "yellow", "white", "black")
_GROUNDS = ("green", "green", "brown", "yellow", "grey", "white", "blue")
_NEAREST_GREY = {"white": 0, "black": 2}
_JITTER = 8
"""Most that a channel of a shade strays from the palette."""

_PATTERNS = (
    *("plain",) * 9,
    *("gradient down", "gradient down", "gradient across"),
    *("horizon",) * 3,
    *("stripes down", "stripes across", "stripes diagonal"),
    *("dots",) * 2,
)


class Shade(NamedTuple):
    """A colour and the word for it."""

    name: str
    red: int
    green: int
    blue: int


@dataclass(frozen=True, slots=True)
class Background:
    """A pattern of a first and a second colour; a plain one shows the first alone."""

    pattern: str
    first: Shade
    second: Shade

    @property
    def colours(self) -> tuple[str, ...]:
        """Words for the colours that show, without repetition."""
        if self.pattern == "plain" or self.first.name == self.second.name:
            return (self.first.name,)
        return (self.first.name, self.second.name)


def draw_background(draws: Draws) -> Background:
    """Draw a pattern, and colours that go together in it."""
    pattern = draws.pick(_PATTERNS)
    if pattern == "horizon":
        sky = draws.pick(_SKIES)
        ground = draws.pick([name for name in _GROUNDS if name != sky])
        return Background(pattern, _shade(draws, sky), _shade(draws, ground))
    if pattern.startswith("gradient"):
        start = draws.below(len(_WHEEL))
        neighbour = _WHEEL[(start + draws.pick((-2, -1, 1, 2))) % len(_WHEEL)]
        second = "white" if draws.chance(25) else neighbour
        return Background(pattern, _shade(draws, _WHEEL[start]), _shade(draws, second))
    first = draws.pick(_NAMES)
    return Background(pattern, *_two_tones(draws, first))


def _shade(draws: Draws, name: str) -> Shade:
    return _jittered(draws, name, draws.pick(PALETTE[name]))


def _two_tones(draws: Draws, name: str) -> tuple[Shade, Shade]:
    """Shades near each other, so that the pattern stands quietly behind the objects."""
    if name in _NEAREST_GREY:
        grey = PALETTE["grey"][_NEAREST_GREY[name]]
        return _shade(draws, name), _jittered(draws, "grey", grey)
    first, second = draws.pick(((0, 1), (1, 0)))
    shade = _jittered(draws, name, PALETTE[name][first])
    if draws.chance(40):
        return shade, _shade(draws, "white")
    return shade, _jittered(draws, name, PALETTE[name][second])


def _jittered(draws: Draws, name: str, tone: tuple[int, int, int]) -> Shade:
    red, green, blue = (
        min(255, max(0, value + draws.between(-_JITTER, _JITTER))) for value in tone
    )
    return Shade(name, red, green, blue)

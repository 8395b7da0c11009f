import pytest

from precompute.backgrounds import PALETTE, Background, Shade, draw_background
from precompute.draws import Draws
from precompute.rendering import PATTERN_SHARES

BLUE, PALE_BLUE, WHITE = Shade("blue", 0, 0, 255), Shade("blue", 9, 9, 255), Shade("white", 1, 1, 1)


@pytest.mark.parametrize(
    ("background", "colours"),
    [
        (Background("plain", BLUE, WHITE), ("blue",)),
        (Background("stripes down", BLUE, PALE_BLUE), ("blue",)),
        (Background("horizon", BLUE, WHITE), ("blue", "white")),
    ],
)
def test_only_colours_that_show_are_named(background: Background, colours: tuple[str, ...]) -> None:
    assert background.colours == colours


def test_every_pattern_and_colour_is_drawn_and_can_be_painted() -> None:
    backgrounds = [draw_background(Draws("background", index)) for index in range(2000)]
    assert {background.pattern for background in backgrounds} == set(PATTERN_SHARES)
    assert {background.first.name for background in backgrounds} == set(PALETTE)


def test_shades_stray_little_from_the_palette() -> None:
    for index in range(500):
        for name, *levels in (shade for shade in draw_shades(index)):
            strays = [
                max(abs(level - planned) for level, planned in zip(levels, tone, strict=True))
                for tone in PALETTE[name]
            ]
            assert min(strays) <= 8
            assert all(0 <= level <= 255 for level in levels)


def draw_shades(index: int) -> tuple[Shade, Shade]:
    background = draw_background(Draws("shades", index))
    return background.first, background.second


def test_two_fields_never_have_the_same_colour() -> None:
    for index in range(2000):
        background = draw_background(Draws("fields", index))
        if background.pattern == "horizon" or background.pattern.startswith("gradient"):
            assert background.first.name != background.second.name

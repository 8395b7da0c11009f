"""Colours of the page: contrast of everything that is read or told apart, by WCAG 2.2."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLE = (Path(__file__).parents[2] / "site_templates/style.css").read_text()
TEXT = ["ink", "ink-soft", "accent", "image", "text", *(f"model-{index}" for index in range(8))]
PAPERS = ["paper", "paper-raised"]


def tokens(selector: str) -> dict[str, str]:
    """Custom properties of the first rule with a selector."""
    body = STYLE[STYLE.index(selector + " {") :].partition("}")[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6});", body))


LIGHT = tokens(":root")
DARK = tokens(':root[data-theme="dark"]')


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("name", TEXT)
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read(theme: dict[str, str], paper: str, name: str) -> None:
    assert contrast(theme[name], theme[paper]) >= 4.5


def test_the_dark_colours_by_system_are_those_by_switch() -> None:
    assert tokens(':root:not([data-theme="light"])') == DARK
    assert DARK.keys() == LIGHT.keys()

"""Colours of the page: contrast of everything that is read or told apart, by WCAG 2.2."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from article.geometry import Floats

STYLE = (Path(__file__).parents[2] / "site_templates/style.css").read_text()
MODELS = [f"model-{index}" for index in range(9)]
TEXT = ["ink", "ink-soft", "accent", "image", "text", *MODELS]
PAPERS = ["paper", "paper-raised"]


def tokens(selector: str) -> dict[str, str]:
    """Custom properties of the first rule with a selector."""
    body = STYLE[STYLE.index(selector + " {") :].partition("}")[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6});", body))


LIGHT = tokens(":root")
DARK = tokens(':root[data-theme="dark"]:not([data-printing])')


VISIONS = {
    "all colours": np.eye(3),
    "no red": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]],
    "no green": [[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]],
    "no blue": [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9309, 0.1476], [0.0047, 0.6914, 0.3039]],
}
"""What people see of linear RGB (Machado, Oliveira and Fernandes 2009, severity 1)."""

TOLD_APART = 0.05
"""Distance in Oklab from which two colours are told apart; black and white are 1 apart. A model is
known by its name, sign or kind of line as well."""


def linear(colour: str) -> Floats:
    """Red, green and blue as light."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    return np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels])


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def oklab(light: Floats) -> Floats:
    """Lightness and two axes of colour in which equal distances look alike (Ottosson 2020)."""
    cones = np.array([[0.4122, 0.5363, 0.0515], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]])
    axes = np.array(
        [[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]]
    )
    return np.asarray(axes @ np.cbrt(cones @ np.clip(light, 0, 1)))


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
    assert tokens(':root:not([data-theme="light"], [data-printing])') == DARK
    assert DARK.keys() == LIGHT.keys()


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_models_are_told_apart_by_everyone(theme: dict[str, str], vision: str) -> None:
    seen = {name: oklab(np.array(VISIONS[vision]) @ linear(theme[name])) for name in MODELS}
    apart = {
        pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]])) for pair in combinations(seen, 2)
    }
    assert min(apart.values()) >= TOLD_APART, min(apart, key=lambda pair: apart[pair])


def test_black_and_white_are_as_far_apart_as_can_be() -> None:
    assert np.linalg.norm(oklab(linear("#fff")) - oklab(linear("#000"))) == pytest.approx(
        1, abs=2e-3
    )

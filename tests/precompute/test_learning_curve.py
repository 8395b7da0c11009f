from typing import Any
from xml.etree import ElementTree

import pytest

from precompute.learning_curve import PANEL_HEIGHT, WIDTH, learning_curve, panel

SVG = "{http://www.w3.org/2000/svg}"


def held_out(pairs: int, recall: float, gap: float) -> dict[str, Any]:
    figures = {"recall_image_to_text": recall, "recall_text_to_image": recall / 2, "gap": gap}
    return {"step": pairs, "pairs": pairs, "held_out": figures}


def test_curve_has_a_line_for_each_series() -> None:
    log: list[dict[str, Any]] = [
        {"step": 1, "pairs": 10, "loss": 4.0, "rate": 0.1},
        held_out(10, 0.5, 1.0),
        {"step": 2, "pairs": 20, "loss": 1.0, "rate": 0.1},
        held_out(20, 1.0, 0.5),
    ]
    root = ElementTree.fromstring(learning_curve("a < b", log))
    lines = [line.get("points") for line in root.iter(f"{SVG}polyline")]
    half, low = f"{WIDTH / 2:.1f}", f"{WIDTH:.1f}"
    assert lines == [
        f"{half},0.0 {low},{PANEL_HEIGHT * 0.75:.1f}",
        f"{half},{PANEL_HEIGHT / 2:.1f} {low},0.0",
        f"{half},{PANEL_HEIGHT * 0.75:.1f} {low},{PANEL_HEIGHT / 2:.1f}",
        f"{half},{PANEL_HEIGHT / 2:.1f} {low},{PANEL_HEIGHT * 0.75:.1f}",
    ]
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert "a < b, 20 pairs" in texts
    assert "to image 0.500" in texts


def test_series_without_points_has_no_label() -> None:
    assert "gap 0" not in panel("gap", {"gap": []}, last=10, top=1)


def test_empty_log_is_refused() -> None:
    with pytest.raises(ValueError, match="holds no step yet"):
        learning_curve("t", [])

"""The learning curve of a training, drawn from its log as one SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

WIDTH, PANEL_HEIGHT, MARGIN = 640, 150, 44
COLOURS = {"loss": "#555555", "to text": "#c2410c", "to image": "#1d4ed8", "gap": "#047857"}

Points = Sequence[tuple[float, float]]


def learning_curve(title: str, log: Sequence[dict[str, Any]]) -> str:
    """SVG with three panels over pairs seen: batch loss, R@1 of held-out pairs, gap.

    Raises:
        ValueError: the log holds no loss yet.
    """
    losses = [(line["pairs"], line["loss"]) for line in log if "loss" in line]
    held_out = [(line["pairs"], line["held_out"]) for line in log if "held_out" in line]
    if not losses:
        raise ValueError("the log holds no step yet")
    to_text = [(pairs, figures["recall_image_to_text"]) for pairs, figures in held_out]
    to_image = [(pairs, figures["recall_text_to_image"]) for pairs, figures in held_out]
    gaps = [(pairs, figures["gap"]) for pairs, figures in held_out]
    last = losses[-1][0]
    panels = [
        panel("loss of a batch, nats", {"loss": losses}, last, max(y for _, y in losses)),
        panel("R@1 of held-out pairs", {"to text": to_text, "to image": to_image}, last, 1.0),
        panel("gap", {"gap": gaps}, last, 2.0),
    ]
    placed = "".join(
        f'<g transform="translate({MARGIN} {MARGIN + i * (PANEL_HEIGHT + MARGIN)})">{drawn}</g>'
        for i, drawn in enumerate(panels)
    )
    width, height = WIDTH + 2 * MARGIN, MARGIN + len(panels) * (PANEL_HEIGHT + MARGIN)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="11">'
        f'<rect width="{width}" height="{height}" fill="white"/>'
        f'<text x="{MARGIN}" y="18" font-size="14">{escape(title)}, {last:,} pairs</text>'
        f"{placed}</svg>\n"
    )


def panel(title: str, lines: dict[str, Points], last: float, top: float) -> str:
    """One panel: axes from 0 to `last` and 0 to `top`, and a labelled line for each series."""
    parts = [
        f'<text y="-6">{escape(title)}</text>',
        f'<path d="M0 0V{PANEL_HEIGHT}H{WIDTH}" fill="none" stroke="#999999"/>',
        f'<text x="-6" y="4" text-anchor="end">{top:.3g}</text>',
        f'<text x="-6" y="{PANEL_HEIGHT}" text-anchor="end">0</text>',
        f'<text x="{WIDTH}" y="{PANEL_HEIGHT + 14}" text-anchor="end">{last:,.0f} pairs</text>',
    ]
    for row, (name, points) in enumerate(lines.items()):
        drawn = " ".join(
            f"{WIDTH * x / last:.1f},{PANEL_HEIGHT * (1 - y / top):.1f}" for x, y in points
        )
        colour = COLOURS[name]
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}"/>')
        if points:
            parts.append(
                f'<text x="{WIDTH}" y="{14 * row - 6}" text-anchor="end" fill="{colour}">'
                f"{name} {points[-1][1]:.3f}</text>"
            )
    return "".join(parts)

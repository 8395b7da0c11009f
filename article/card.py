"""The picture that stands for the article where a link to it is shared."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from article.settings import Settings

SIZE: Final = (1200, 630)
_MARGIN: Final = 60
_MATRIX: Final = SIZE[1] - 2 * _MARGIN
_PAPER, _INK, _INK_SOFT, _RULE = "#fdfcf9", "#20242a", "#59606b", "#d8d4cb"
_TITLE_SIZES: Final = (68, 60, 52, 44, 36)
_SUBTITLE_SIZE: Final = 28
_BYLINE_SIZE: Final = 24
_LINE: Final = 1.2
"""Height of a line, in sizes of the type."""


def card_png(settings: Settings, heatmap: bytes | None) -> bytes:
    """Title, subtitle and authors as a PNG, beside the article's first heatmap if it has one."""
    card = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(card)
    right = SIZE[0] - _MARGIN
    if heatmap is not None:
        right -= _MATRIX + _MARGIN
        _paste(card, heatmap, right + _MARGIN)
    bottom = SIZE[1] - _MARGIN
    _write(draw, bottom - _BYLINE_SIZE, right, _byline(settings), _BYLINE_SIZE, _INK_SOFT, most=1)
    y = _write_title(draw, settings.title, right)
    _write(draw, y + 20, right, settings.subtitle, _SUBTITLE_SIZE, _INK_SOFT, most=5)
    buffer = io.BytesIO()
    card.save(buffer, "PNG")
    return buffer.getvalue()


def _paste(card: Image.Image, heatmap: bytes, x: int) -> None:
    with Image.open(io.BytesIO(heatmap)) as picture:
        shown = picture.convert("RGB").resize((_MATRIX, _MATRIX), Image.Resampling.NEAREST)
    card.paste(shown, (x, _MARGIN))
    frame = (x - 1, _MARGIN - 1, x + _MATRIX, _MARGIN + _MATRIX)
    ImageDraw.Draw(card).rectangle(frame, outline=_RULE)


def _byline(settings: Settings) -> str:
    return ", ".join(author.name for author in settings.authors)


def _write_title(draw: ImageDraw.ImageDraw, title: str, right: int) -> int:
    """In the largest size that needs four lines at most; the height where it ends."""
    size = next((s for s in _TITLE_SIZES if len(_lines(title, s, right)) <= 4), _TITLE_SIZES[-1])
    return _write(draw, _MARGIN - size // 6, right, title, size, _INK, most=5)


def _write(
    draw: ImageDraw.ImageDraw, y: int, right: int, text: str, size: int, colour: str, most: int
) -> int:
    """Write a text from `y` down, at most so many lines of it; the height where it ends."""
    lines = _lines(text, size, right)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    for line in lines:
        draw.text((_MARGIN, y), line, fill=colour, font=_font(size))
        y += round(size * _LINE)
    return y


def _lines(text: str, size: int, right: int) -> list[str]:
    """A text broken between words to the width between the margin and `right`."""
    lines: list[str] = []
    for word in _fitting_words(text, size, right - _MARGIN):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _font(size).getlength(longer) <= right - _MARGIN:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _fitting_words(text: str, size: int, width: int) -> Iterator[str]:
    """The words of a text; what is wider than a line is cut."""
    for word in text.split():
        fitting = word
        while _font(size).getlength(fitting) > width:
            fitting = fitting[:-1]
        yield fitting


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own scalable font: the same on every machine."""
    return ImageFont.load_default(size)

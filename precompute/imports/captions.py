"""Texts by line, one for each item: what does not fit is refused, never shifted.

A text with a line break in it looks like two, and every text below it then belongs to the wrong
item. Published sets have such lines, so a wrong number comes with the lines that look like halves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, Final

from precompute.imports.collection import MisfitError, misfits

_SUSPECTS: Final = 5
_SUSPICIOUS: Final = 0.5
_SHORT: Final = 2
_TWO_SENTENCES: Final = re.compile(r"[.!?]\s*[A-Z].*[a-z]")


def read_captions(file: Path, count: int) -> tuple[str, ...]:
    """Texts of `count` items, from a text file (one a line) or a JSON list of texts.

    Raises:
        MisfitError: another number of them; names the lines where one may be broken in two.
    """
    texts = _listed(file) if file.suffix == ".json" else _lines(file)
    if len(texts) != count:
        hint = "" if file.suffix == ".json" else _hint(texts, len(texts) - count)
        raise MisfitError(f"{len(texts)} captions, but {count} items{hint}", file)
    what = "caption" if file.suffix == ".json" else "line"
    faults = [
        f"{what} {number} {fault}"
        for number, text in enumerate(texts, start=1)
        if (fault := _fault(text)) is not None
    ]
    if faults:
        raise misfits(file, faults)
    return tuple(texts)


def _fault(text: str) -> str | None:
    if not text.strip():
        return "is empty"
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can say
        return "is no Unicode text"
    return None


def _lines(file: Path) -> list[str]:
    """Lines as they are; only a line feed ends one, and the last may lack it."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise MisfitError(f"cannot be read: {error.strerror}", file) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise MisfitError(str(error), file, line) from None
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def _listed(file: Path) -> list[str]:
    try:
        texts: Any = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise MisfitError(f"cannot be read: {error.strerror}", file) from None
    except ValueError as error:
        raise MisfitError(f"not JSON: {error}", file) from None
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise MisfitError("expected a list of texts", file)
    return texts


def _hint(lines: Sequence[str], surplus: int) -> str:
    """Where the fault may lie, and what to do about it."""
    found = broken_lines(lines, surplus) if surplus > 0 else joined_lines(lines, -surplus)
    if not found:
        return ""
    looks = "looks" if len(found) == 1 else "look"
    if surplus < 0:
        why = f"which {looks} like two captions"
    elif all(not lines[number - 1].strip() for number in found):
        why = "without a text"
    else:
        why = f"which {looks} like the rest of the line before"
    numbers = ", ".join(map(str, found))
    return (
        f"; likely line{'s' * (len(found) > 1)} {numbers}, {why}. "
        "Put it right, or give the captions as a JSON list of texts"
    )


def broken_lines(lines: Sequence[str], surplus: int) -> list[int]:
    """Lines (from 1) that look least like a caption of their own, `surplus` of them at most.

    An empty line is no caption. Else it counts what sets a line apart from the others: that it
    begins in lower case, that it is very short, and that the line before does not end as lines do.
    """
    lower = fmean(_begins_lower(line) for line in lines)
    short = fmean(len(line.split()) <= _SHORT for line in lines)
    ended = fmean(_ends(line) for line in lines)
    scores: dict[int, float] = {}
    for number, line in enumerate(lines, start=1):
        before = lines[number - 2] if number > 1 else line
        scores[number] = (
            4.0 * (not line.strip())
            + (1 - lower) * _begins_lower(line)
            + (1 - short) * (len(line.split()) <= _SHORT)
            + (ended if number > 1 and not _ends(before) else 0)
        )
    likely = sorted(scores, key=lambda number: -scores[number])[: min(surplus, _SUSPECTS)]
    return sorted(number for number in likely if scores[number] > _SUSPICIOUS)


def joined_lines(lines: Sequence[str], missing: int) -> list[int]:
    """Lines (from 1) that hold more than one sentence, the longest first, `missing` at most."""
    found = [n for n, line in enumerate(lines, start=1) if _TWO_SENTENCES.search(line)]
    longest = sorted(found, key=lambda number: -len(lines[number - 1]))
    return sorted(longest[: min(missing, _SUSPECTS)])


def _begins_lower(line: str) -> bool:
    return line.lstrip()[:1].islower()


def _ends(line: str) -> bool:
    return line.rstrip().endswith((".", "!", "?", '."', ".”"))

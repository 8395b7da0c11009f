"""Words that do not say what a caption shows: function words, places, sizes, kinds of picture."""

from __future__ import annotations

from pathlib import Path
from typing import Final

STOP_WORDS: Final = frozenset(
    (Path(__file__).parent / "stop_words.txt").read_text(encoding="utf-8").split()
)
"""Neither in the names of clusters nor among the frequent words of a selection."""

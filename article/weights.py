"""What a reader downloads: bytes as a web server sends them (gzip -6) of page and figures."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from article.figures import Figure
from article.uses import Use

_LEVEL: Final = 6
_GZIP_WINDOW: Final = 31
_COMPRESSED: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".woff2"})


@dataclass(frozen=True)
class FigureFiles:
    """The files of a figure: its static pictures, and what its first live state loads."""

    id: str
    name: str
    pictures: tuple[str, ...]
    live: tuple[str, ...]

    @classmethod
    def of(
        cls, figure: Figure, uses: Iterable[Use], data: Mapping[str, Any], pictures: Iterable[str]
    ) -> FigureFiles:
        """The files of a figure: where the page's data say that they are."""
        live = [address for use in uses if use.first for address in addresses_of(use, data)]
        return cls(figure.id, figure.name, tuple(pictures), tuple(live))


def addresses_of(use: Use, data: Mapping[str, Any]) -> list[str]:
    """Where the page finds what a figure uses."""
    if use.kind == "items":
        dataset = data["datasets"][use.dataset]
        return [dataset["items"], *dataset["files"].values()]
    return [data["artifacts"][use.kind][use.key]]


@dataclass(frozen=True)
class Weights:
    """Bytes of files as served, each weighed when it is first asked for."""

    files: Mapping[str, bytes]
    _served: dict[str, int] = field(default_factory=dict)

    def served(self, address: str) -> int:
        """Bytes of a file as a server sends it; pictures are not compressed again."""
        if address not in self._served:
            self._served[address] = _served(address, self.files[address])
        return self._served[address]

    @property
    def whole(self) -> int:
        """Bytes of all files."""
        return self.total(self.files)

    def total(self, addresses: Iterable[str]) -> int:
        """Bytes of some files, each counted once."""
        return sum(self.served(address) for address in set(addresses))

    def matching(self, *patterns: str) -> int:
        """Bytes of the files whose address matches a pattern."""
        return self.total(
            address
            for address in self.files
            if any(PurePosixPath(address).match(pattern) for pattern in patterns)
        )


def _served(address: str, data: bytes) -> int:
    if PurePosixPath(address).suffix in _COMPRESSED:
        return len(data)
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
    return len(compressor.compress(data) + compressor.flush())


def report(files: Mapping[str, bytes], figures: Iterable[FigureFiles]) -> list[str]:
    """Lines that say what the page and each figure weigh."""
    weights = Weights(files)
    first = weights.matching("index.html", "assets/*.css", "assets/*.svg", "assets/js-*/*")
    plotly = weights.matching("assets/plotly-*")
    lines = [
        f"{'page (text, styles, scripts)':<34}{_kilobytes(first)}",
        f"{'plotly.js, once, after the text':<34}{_kilobytes(plotly)}",
    ]
    for figure in figures:
        pictures, live = weights.total(figure.pictures), weights.total(figure.live)
        name = f"{figure.name.lower()}, {figure.id}"
        drawn = f"{_kilobytes(pictures)} as a picture" if pictures else f"{'drawn in the page':>25}"
        lines.append(f"{name:<34}{drawn}, {_kilobytes(live)} live")
    whole = sum(len(data) for data in files.values())
    lines.append(f"{'all files on disk':<34}{_kilobytes(whole)} in {len(files)} files")
    return lines


def _kilobytes(count: int) -> str:
    return f"{count / 1000:8,.1f} kB"

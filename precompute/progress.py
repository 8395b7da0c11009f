"""What a run says while it works: bars with rates, lines above them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from tqdm import tqdm

Value = TypeVar("Value")


@dataclass
class Bar:
    """A bar over `total` units; `update` tells how many more are done."""

    _bar: tqdm[None]

    def update(self, count: int) -> None:
        """Advance by a number of units."""
        self._bar.update(count)


@dataclass(frozen=True)
class Progress:
    """Bars and lines on standard error; `quiet` shows lines only."""

    quiet: bool = False

    @contextmanager
    def bar(self, title: str, total: int, unit: str, done: int = 0) -> Iterator[Bar]:
        """A bar over `total` units, of which `done` were done before."""
        with tqdm(
            total=total,
            initial=done,
            desc=title,
            unit=f" {unit}",
            disable=self.quiet,
            mininterval=0.2,
        ) as bar:
            yield Bar(bar)

    def each(self, values: Iterable[Value], title: str, total: int, unit: str) -> Iterator[Value]:
        """Values, one after the other, with a bar over them."""
        with self.bar(title, total, unit) as bar:
            for value in values:
                yield value
                bar.update(1)

    def say(self, line: str) -> None:
        """A line above the bars."""
        tqdm.write(line)


@dataclass
class Stopwatch:
    """Seconds since it was started."""

    _began: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return time.perf_counter() - self._began

"""Random decisions that come out the same on every machine, version and process."""

import hashlib
import struct
from collections.abc import Sequence
from typing import TypeVar

Option = TypeVar("Option")

_WORDS_PER_BLOCK = 48
_WORD_BITS = 32
_BLOCK = struct.Struct(f"<{_WORDS_PER_BLOCK}I")


class Draws:
    """A stream of decisions that depends on its key alone.

    Its words are SHAKE-256 of the key: a hash function is specified to the bit, while the methods
    of NumPy's generators may change between versions. Seeding one costs more than hashing, too.
    """

    def __init__(self, *key: str | int) -> None:
        """Start the stream of a key, such as ``Draws("scene", seed, index)``."""
        self._key = ":".join(map(str, key))
        self._words: tuple[int, ...] = ()
        self._used = 0
        self._blocks = 0

    def _refill(self) -> None:
        message = f"{self._key}#{self._blocks}".encode()
        self._words = _BLOCK.unpack(hashlib.shake_256(message).digest(_BLOCK.size))
        self._blocks += 1
        self._used = 0

    def below(self, count: int) -> int:
        """Draw an integer from 0 to ``count - 1``, uniform to within count parts in 2^32."""
        if self._used == len(self._words):
            self._refill()
        word = self._words[self._used]
        self._used += 1
        return word * count >> _WORD_BITS

    def between(self, low: int, high: int) -> int:
        """Draw an integer from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        """Return true in ``percent`` of 100 draws."""
        return self.below(100) < percent

    def pick(self, options: Sequence[Option]) -> Option:
        """Draw one of ``options``; an option listed twice comes twice as often."""
        return options[self.below(len(options))]

    def sample(self, population: int, count: int) -> list[int]:
        """Draw ``count`` different integers below ``population``, in random order."""
        chosen: list[int] = []
        while len(chosen) < count:
            candidate = self.below(population)
            if candidate not in chosen:
                chosen.append(candidate)
        return chosen

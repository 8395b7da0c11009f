"""Word-level tokenizer of the miniatures, called as open_clip's own tokenizers are.

The miniatures read captions made of a few hundred words, so a word is a token. A word that the
vocabulary lacks is spelt in single characters, so that any caption can be read.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from article.artifacts import write_atomically

FORMAT_VERSION = 1
CONTEXT_LENGTH = 24
TOKENIZER_PATH = Path(__file__).parent / "assets" / "tokenizer.json"

PADDING, START, UNKNOWN, END = "<padding>", "<start>", "<unknown>", "<end>"
CHARACTERS = tuple("abcdefghijklmnopqrstuvwxyz0123456789")

_WORD = re.compile(r"\w+")


class TokenizerError(ValueError):
    """A tokenizer file or word list that cannot be used."""


def words_of(text: str) -> list[str]:
    """Split a text into lower-case words without accents; punctuation only separates.

    Apostrophes join ("dog's" becomes "dogs"), so that a possessive is one word.
    """
    # Compatibility forms may unfold into capitals, hence once before and once after the folding.
    folded = unicodedata.normalize("NFKD", text).casefold()
    decomposed = unicodedata.normalize("NFKD", folded)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c) and c not in "'’")
    return _WORD.findall(plain.replace("_", " "))


class Tokenizer:
    """Maps captions to rows of token ids; the end of a text has the highest id.

    open_clip pools the text tower where the id is highest, which is why the end comes last.
    """

    def __init__(self, words: Iterable[str], context_length: int = CONTEXT_LENGTH) -> None:
        """Build the vocabulary from words, in sorted order whatever order they come in.

        Raises:
            TokenizerError: no words, or an entry that is not one normalised word.
        """
        self.words = tuple(sorted(set(words)))
        if not self.words:
            raise TokenizerError("the vocabulary has no words")
        for word in self.words:
            if words_of(word) != [word]:
                raise TokenizerError(f"{word!r} is not one lower-case word without punctuation")
        if context_length < 3:
            raise TokenizerError(f"context length {context_length} leaves no room for a word")
        self.context_length = context_length
        spelling = tuple(f"##{character}" for character in CHARACTERS)
        self.pieces = (PADDING, START, UNKNOWN, *spelling, *self.words, END)
        self._ids = {piece: index for index, piece in enumerate(self.pieces)}

    @property
    def vocabulary_size(self) -> int:
        """Number of ids, specials and characters included."""
        return len(self.pieces)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what decides the ids: pieces in order and context length."""
        content = json.dumps([FORMAT_VERSION, self.context_length, self.pieces])
        return hashlib.sha256(content.encode()).hexdigest()

    def encode(self, text: str) -> list[int]:
        """Ids of a text without start, end and padding."""
        ids: list[int] = []
        for word in words_of(text):
            known = self._ids.get(word)
            ids.extend([known] if known is not None else self._spell(word))
        return ids

    def _spell(self, word: str) -> list[int]:
        unknown = self._ids[UNKNOWN]
        return [self._ids.get(f"##{character}", unknown) for character in word]

    def decode(self, ids: Sequence[int]) -> str:
        """Words of a row of ids, for people; specials are left out."""
        hidden = (PADDING, START, END)
        return " ".join(self.pieces[index] for index in ids if self.pieces[index] not in hidden)

    def __call__(self, texts: str | Sequence[str], context_length: int | None = None) -> Tensor:
        """Tokenise n texts into an int64 tensor (n, context length).

        A text too long for the context is cut, and keeps its end token.
        """
        texts = [texts] if isinstance(texts, str) else texts
        length = context_length or self.context_length
        rows = torch.zeros((len(texts), length), dtype=torch.long)
        start, end = self._ids[START], self._ids[END]
        for row, text in zip(rows, texts, strict=True):
            ids = [start, *self.encode(text)[: length - 2], end]
            row[: len(ids)] = torch.tensor(ids)
        return rows

    def write(self, path: Path = TOKENIZER_PATH) -> None:
        """Write the words, sorted, one a line, so that a change reads as a small difference."""
        content = {
            "version": FORMAT_VERSION,
            "context_length": self.context_length,
            "words": list(self.words),
        }
        write_atomically(path, (json.dumps(content, indent=1) + "\n").encode())

    @classmethod
    def read(cls, path: Path = TOKENIZER_PATH) -> Tokenizer:
        """Read a tokenizer file.

        Raises:
            TokenizerError: the file is missing, not ours, or of another version.
        """
        try:
            content = json.loads(path.read_text())
        except FileNotFoundError:
            raise TokenizerError(f"{path}: no such tokenizer file") from None
        except json.JSONDecodeError as error:
            raise TokenizerError(f"{path}: not JSON ({error})") from error
        expected = {"version", "context_length", "words"}
        if not isinstance(content, dict) or set(content) != expected:
            raise TokenizerError(f"{path}: expected the keys {', '.join(sorted(expected))}")
        if content["version"] != FORMAT_VERSION:
            found = content["version"]
            raise TokenizerError(f"{path}: version {found}, this program reads {FORMAT_VERSION}")
        words = content["words"]
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise TokenizerError(f"{path}: words are not a list of texts")
        if words != sorted(set(words)):
            raise TokenizerError(f"{path}: words are not sorted, or repeat")
        return cls(words, content["context_length"])

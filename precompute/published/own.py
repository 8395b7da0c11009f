"""An encoder that somebody else wrote: as an object, or as the dotted name of what makes one.

Two functions and three facts are enough (`OwnEncoder`); README.md shows one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from precompute.cache import digest
from precompute.pictures import Picture
from precompute.published.errors import EncoderError

if TYPE_CHECKING:
    from precompute.encoders import Vectors
    from precompute.hardware import Hardware

DOTTED_NAME: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
DEFAULT_PICTURE_SIDE: Final = 224
_REQUIRED: Final = ("digest", "logit_scale", "embed_images", "embed_texts")


class OwnEncoder(Protocol):
    """What an encoder must have. It may also have `picture_side`, `facts` and `device`."""

    @property
    def digest(self) -> str:
        """Changes whenever the embeddings do: a hash of the weights, or a version."""

    @property
    def logit_scale(self) -> float:
        """Inverse of the temperature that it was trained with."""

    def embed_images(self, pictures: list[Image.Image]) -> npt.ArrayLike:
        """Embeddings (n, d) of n pictures in RGB."""

    def embed_texts(self, texts: list[str]) -> npt.ArrayLike:
        """Embeddings (n, d) of n texts."""


class WrappedEncoder:
    """An own encoder in the pipeline's three steps; all its work is done in the second."""

    def __init__(self, name: str, own: OwnEncoder) -> None:
        """Take over what it says of itself."""
        self.name = name
        self.logit_scale = float(own.logit_scale)
        self.picture_side = int(getattr(own, "picture_side", DEFAULT_PICTURE_SIDE))
        self.device = str(getattr(own, "device", "own encoder"))
        self._own = own

    @property
    def facts(self) -> dict[str, Any]:
        """What the encoder says of itself, if anything."""
        return dict(getattr(self._own, "facts", {}))

    def prepare_images(self, pictures: Sequence[Picture]) -> list[Image.Image]:
        """The pictures as PIL images."""
        return [Image.fromarray(picture) for picture in pictures]

    def prepare_texts(self, texts: Sequence[str]) -> list[str]:
        """The texts."""
        return list(texts)

    def encode_images(self, batch: list[Image.Image]) -> Vectors:
        """Embeddings (n, d)."""
        return self._checked(self._own.embed_images(batch), len(batch), "embed_images")

    def encode_texts(self, batch: list[str]) -> Vectors:
        """Embeddings (n, d)."""
        return self._checked(self._own.embed_texts(batch), len(batch), "embed_texts")

    def _checked(self, embedded: npt.ArrayLike, count: int, function: str) -> Vectors:
        vectors = np.asarray(embedded, dtype=np.float32)
        if vectors.ndim != 2 or len(vectors) != count:
            raise EncoderError(
                f"{self.name}: {function} of {count} items gave an array of shape "
                f"{vectors.shape}, not ({count}, d)"
            )
        return vectors

    def gather(self, encoded: Sequence[Vectors]) -> Vectors:
        """All batches in one array."""
        if len({vectors.shape[1] for vectors in encoded}) > 1:
            raise EncoderError(f"{self.name}: embeddings of different batches differ in length")
        return np.concatenate(encoded)


def checked(encoder: Any, name: str) -> OwnEncoder:
    """The encoder, if it has what `OwnEncoder` asks for.

    Raises:
        EncoderError: names everything that is missing.
    """
    missing = [part for part in _REQUIRED if not hasattr(encoder, part)]
    if missing:
        what = type(encoder).__name__
        raise EncoderError(f"{name}: this {what} is no encoder; it lacks {', '.join(missing)}")
    if not isinstance(encoder.digest, str) or not encoder.digest:
        raise EncoderError(f"{name}: `digest` must be a text that changes with the embeddings")
    found: OwnEncoder = encoder
    return found


@dataclass(frozen=True)
class DottedName:
    """An encoder made by "package.module:factory", called with `settings` by name."""

    factory: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def _encoder(self) -> OwnEncoder:
        return checked(self._function()(**self.settings), self.factory)

    def _function(self) -> Callable[..., Any]:
        module_name, _, function_name = self.factory.partition(":")
        try:
            module = import_module(module_name)
        except ModuleNotFoundError as error:
            raise EncoderError(f"{self.factory}: there is no module {error.name!r}") from None
        function = getattr(module, function_name, None)
        if not callable(function):
            raise EncoderError(f"{self.factory}: {module_name} has no function {function_name!r}")
        made: Callable[..., Any] = function
        return made

    def digest(self) -> str:
        """Hash of the name, the settings, and what the encoder says of its weights."""
        return digest(
            {
                "encoder": self.factory,
                "settings": dict(self.settings),
                "own": self._encoder.digest,
            }
        )

    def load(self, name: str, hardware: Hardware) -> WrappedEncoder:
        """The encoder. It chooses its device itself: settings can say which."""
        return WrappedEncoder(name, self._encoder)

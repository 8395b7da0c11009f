"""Every encoder by its name, for study files and for the command line.

Reading a name imports what its model needs (torch, open_clip); import this module late.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from precompute.published.biomedclip import biomedclip
from precompute.published.cloob import Cloob
from precompute.published.cloob_laion import CloobLaion400M
from precompute.published.cloob_laion_towers import GELU_FORMS
from precompute.published.cyclip import CyClip
from precompute.published.errors import EncoderError
from precompute.published.open_clip_models import FOLDER, HUB, NamedModel, PackagedModel
from precompute.published.openai import TAG
from precompute.published.own import DOTTED_NAME, DottedName
from precompute.published.torch_encoder import PLACE_OF_CAPTION

if TYPE_CHECKING:
    from precompute.encoders import Encoder
    from precompute.hardware import Hardware

OPEN_CLIP: Final = "open_clip"


class Source(Protocol):
    """Where an encoder comes from, before it is loaded."""

    def digest(self) -> str:
        """SHA-256 of all that decides its embeddings, weights and settings: for cache keys."""

    def load(self, name: str, hardware: Hardware) -> Encoder:
        """The encoder on a device, called `name` in messages."""


@dataclass(frozen=True)
class _Name:
    """What makes the source of a name, and the settings that it takes."""

    make: Callable[..., Source]
    settings: tuple[str, ...] = ("weights", "template")


def _open_clip(model: str = "", **settings: Any) -> Source:
    if not model:
        raise EncoderError("`model` is missing: a name of open_clip's list, hf-hub: or local-dir:")
    if not model.startswith((HUB, FOLDER)):
        return NamedModel(model, **settings)
    needless = settings.keys() - {"template"}
    if needless:
        raise EncoderError(f"{model} brings its weights; leave out {', '.join(sorted(needless))}")
    return PackagedModel(model, **settings)


_NAMES: Final[Mapping[str, _Name]] = {
    "openai-clip-rn50": _Name(lambda **settings: NamedModel("RN50", TAG, **settings)),
    "cyclip": _Name(CyClip),
    "cloob-rn50": _Name(lambda **settings: Cloob("RN50", **settings)),
    "cloob-rn50x4": _Name(lambda **settings: Cloob("RN50x4", **settings)),
    "cloob-laion-400m-16-epochs": _Name(
        lambda **settings: CloobLaion400M(16, **settings), ("weights", "template", "gelu")
    ),
    "cloob-laion-400m-32-epochs": _Name(
        lambda **settings: CloobLaion400M(32, **settings), ("weights", "template", "gelu")
    ),
    "biomedclip": _Name(
        lambda weights=None, **settings: biomedclip(weights, **settings), ("weights", "template")
    ),
    OPEN_CLIP: _Name(_open_clip, ("model", "pretrained", "weights", "quick_gelu", "template")),
}
NAMES: Final = tuple(_NAMES)


def source_of(encoder: str, settings: Mapping[str, Any], base: Path = Path()) -> Source:
    """The source of an encoder by its name, or by the dotted name of a factory.

    Settings of a name are checked; those of a dotted name go to the factory as they are. Paths are
    relative to `base`.

    Raises:
        EncoderError: an unknown name or setting, or one of a wrong kind.
    """
    if encoder in _NAMES:
        return _NAMES[encoder].make(**_checked(encoder, settings, base))
    if DOTTED_NAME.fullmatch(encoder):
        return DottedName(encoder, dict(settings))
    names = ("miniature", *NAMES)
    close = get_close_matches(encoder, names, n=3) or names
    raise EncoderError(
        f"unknown encoder {encoder!r}; there are: {', '.join(close)}, or package.module:factory"
    )


def source_of_text(text: str) -> Source:
    """The source of what a command line says; see `parts_of_text`."""
    return source_of(*parts_of_text(text))


def parts_of_text(text: str) -> tuple[str, dict[str, Any]]:
    """Name and settings of an encoder, from what a command line says.

    "NAME" or "NAME=FILE OF WEIGHTS", where NAME is one of `NAMES`, "open_clip:MODEL:TAG",
    "open_clip:MODEL", "open_clip:hf-hub:OWNER/REPOSITORY", or "package.module:factory".
    """
    name, _, weights = text.partition("=")
    settings = {"weights": weights} if weights else {}
    if not name.startswith(f"{OPEN_CLIP}:"):
        return name, settings
    model = name.removeprefix(f"{OPEN_CLIP}:")
    if not model.startswith((HUB, FOLDER)):
        model, _, tag = model.partition(":")
        settings |= {"pretrained": tag} if tag else {}
    return OPEN_CLIP, {"model": model, **settings}


def _checked(encoder: str, settings: Mapping[str, Any], base: Path) -> dict[str, Any]:
    known = _NAMES[encoder].settings
    checked = {}
    for name, value in settings.items():
        if name not in known:
            raise EncoderError(f"{encoder} has no setting {name!r}; it has: {', '.join(known)}")
        fits, wanted, convert = _SETTINGS[name]
        if not fits(value):
            raise EncoderError(f"{encoder}: {name} must be {wanted}, not {value!r}")
        checked[name] = convert(value, base)
    return checked


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_template(value: object) -> bool:
    return isinstance(value, str) and value.count(PLACE_OF_CAPTION) == 1


def _unchanged(value: Any, _base: Path) -> Any:
    return value


def _path(value: str, base: Path) -> Path:
    return base / Path(value).expanduser()


def _model(value: str, base: Path) -> str:
    folder = value.removeprefix(FOLDER)
    return value if folder == value else f"{FOLDER}{_path(folder, base)}"


_SETTINGS: Final[Mapping[str, tuple[Callable[[object], bool], str, Callable[..., Any]]]] = {
    "model": (_is_text, "a text", _model),
    "pretrained": (_is_text, "a text", _unchanged),
    "weights": (_is_text, "a path", _path),
    "quick_gelu": (lambda value: isinstance(value, bool), "true or false", _unchanged),
    "template": (_is_template, f"a text with {PLACE_OF_CAPTION} once", _unchanged),
    "gelu": (lambda value: value in GELU_FORMS, " or ".join(GELU_FORMS), _unchanged),
}

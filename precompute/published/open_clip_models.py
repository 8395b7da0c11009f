"""Any model that open_clip can build: from its own list, from the hub, from a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from importlib.metadata import version as package_version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Final

import open_clip

from precompute.cache import digest, file_digest
from precompute.hardware import Hardware
from precompute.published import hub
from precompute.published.errors import EncoderError
from precompute.published.torch_encoder import (
    PLAIN_TEMPLATE,
    TorchEncoder,
    Towers,
    inverse_temperature,
)
from precompute.published.weights_files import reading, refuse_torchscript

HUB: Final = "hf-hub:"
FOLDER: Final = "local-dir:"
_PREPROCESSING: Final = ("mean", "std", "interpolation", "resize_mode")
_TEXT_FILES: Final = (".json", ".txt", ".model")
_TEXT_BASES: Final = ("hf_model_name", "hf_tokenizer_name")


def _packages() -> dict[str, str]:
    # They bring the architecture, the tokenizer and the preprocessing.
    return {"open_clip": package_version("open_clip_torch")}


@dataclass(frozen=True)
class NamedModel:
    """A model of open_clip's own list.

    `pretrained` is a tag of the list, whose weights are fetched unless `weights` is a file of them.
    A file may stand alone; then `quick_gelu` says what only a tag knows, and the preprocessing is
    CLIP's.
    """

    model: str
    pretrained: str | None = None
    weights: Path | None = None
    quick_gelu: bool = False
    template: str = PLAIN_TEMPLATE

    version: ClassVar[int] = 1

    def __post_init__(self) -> None:
        """Compare with the list.

        Raises:
            EncoderError: an unknown name or tag, or settings that do not go together.
        """
        if self.model not in open_clip.list_models():
            raise EncoderError(_unknown("model of open_clip", self.model, open_clip.list_models()))
        if self.pretrained is None and self.weights is None:
            raise EncoderError(f"{self.model}: needs `pretrained`, a tag, or `weights`, a file")
        if self.pretrained is not None and not self._tag:
            tags = open_clip.list_pretrained_tags_by_model(self.model)
            raise EncoderError(_unknown(f"tag of {self.model}", self.pretrained, tags))
        if self.quick_gelu and self._tag:
            raise EncoderError(f"{self.model}: leave `quick_gelu` to the tag {self.pretrained}")

    @cached_property
    def _tag(self) -> dict[str, Any]:
        """What the list says of the tag: where its weights are, its preprocessing."""
        tag: dict[str, Any] = open_clip.get_pretrained_cfg(self.model, self.pretrained or "")
        return tag

    @cached_property
    def _path(self) -> Path:
        """The file of weights, fetched if need be."""
        if self.weights is not None:
            if not self.weights.is_file():
                raise EncoderError("no such weights file", self.weights)
            return self.weights
        repository, _, file = self._tag["hf_hub"].rpartition("/")
        try:
            return hub.fetch(repository, *([file] if file else hub.WEIGHTS))
        except EncoderError as error:
            message = f"{error.message}, or fetch that file and say with `weights` where it is"
            raise EncoderError(message) from None

    def digest(self) -> str:
        """SHA-256 of all that decides the embeddings."""
        return digest(
            {
                "encoder": "open_clip",
                "version": self.version,
                "packages": _packages(),
                "model": self.model,
                "pretrained": self.pretrained,
                "weights": file_digest(self._path),
                "quick_gelu": self.quick_gelu,
                "template": self.template,
            }
        )

    def load(self, name: str, hardware: Hardware) -> TorchEncoder:
        """The model on a device.

        Raises:
            EncoderError: weights that cannot be had, or are not of this model.
        """
        preprocessing = {f"image_{key}": self._tag.get(key) for key in _PREPROCESSING}
        towers = _towers(
            self.model,
            open_clip.get_model_config(self.model),
            self._path,
            self.template,
            pretrained=str(self._path),
            # A tag of a model whose name does not say it would otherwise only be warned about.
            force_quick_gelu=self.quick_gelu or self._tag.get("quick_gelu", False),
            **preprocessing,
        )
        return TorchEncoder(name, towers, hardware)


@dataclass(frozen=True)
class PackagedModel:
    """A model that brings its own config: "hf-hub:OWNER/REPOSITORY" or "local-dir:FOLDER".

    A folder has what a repository in open_clip's form has: open_clip_config.json, the weights, and
    the files of the tokenizer where it is not CLIP's.
    """

    model: str
    template: str = PLAIN_TEMPLATE

    version: ClassVar[int] = 1

    @cached_property
    def _files(self) -> list[Path]:
        """Config and all that may decide the embeddings; the weights are the last."""
        if self.model.startswith(HUB):
            repository = self.model.removeprefix(HUB)
            return [hub.fetch(repository, hub.CONFIG), hub.fetch(repository, *hub.WEIGHTS)]
        folder = Path(self.model.removeprefix(FOLDER))
        weights = [folder / name for name in hub.WEIGHTS if (folder / name).is_file()]
        if not weights or not (folder / hub.CONFIG).is_file():
            wanted = f"{hub.CONFIG} and {' or '.join(hub.WEIGHTS)}"
            raise EncoderError(f"not a model in open_clip's form: needs {wanted}", folder)
        others = [path for path in sorted(folder.iterdir()) if path.suffix in _TEXT_FILES]
        return [*others, weights[0]]

    def digest(self) -> str:
        """SHA-256 of all that decides the embeddings."""
        return digest(
            {
                "encoder": "open_clip package",
                "version": self.version,
                "packages": _packages(),
                "files": file_digest(*self._files),
                "template": self.template,
            }
        )

    def load(self, name: str, hardware: Hardware) -> TorchEncoder:
        """The model on a device.

        Raises:
            EncoderError: files that cannot be had, or do not belong together.
        """
        *_, weights = self._files
        with reading(weights.with_name(hub.CONFIG)):
            config = open_clip.get_model_config(self.model)
            needed = {key: config[key] for key in ("embed_dim", "text_cfg")}
        return TorchEncoder(name, _towers(self.model, needed, weights, self.template), hardware)


def _towers(
    model: str, config: Mapping[str, Any], weights: Path, template: str, **settings: Any
) -> Towers:
    """Have open_clip build a model and load its weights."""
    refuse_torchscript(weights)
    text = config["text_cfg"]
    bases = {text[key] for key in _TEXT_BASES if text.get(key)}
    if bases and find_spec("transformers") is None:
        raise EncoderError(f"{model}: reads text with the package `transformers`; install it")
    with reading(weights):
        try:
            network, transform = open_clip.create_model_from_pretrained(
                model, precision="fp32", weights_only=True, **settings
            )
            tokenize = open_clip.get_tokenizer(model)
        except OSError as error:
            raise hub.unreachable(" ".join(sorted(bases)) or model, error) from None
    side = network.visual.image_size
    return Towers(
        model=network,
        encode_image=network.encode_image,
        encode_text=network.encode_text,
        transform=transform,
        tokenize=tokenize,
        picture_side=side if isinstance(side, int) else max(side),
        dimensions=config["embed_dim"],
        logit_scale=inverse_temperature(network.logit_scale),
        template=template,
        facts={"tower": model, "weights": weights.name},
    )


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, n=5, cutoff=0.4) or list(known)
    return f"unknown {what}: {name!r}; there are: {', '.join(close)}"

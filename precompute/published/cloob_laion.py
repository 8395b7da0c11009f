"""CLOOB trained on LAION-400M, ViT-B/16: from its checkpoint of haiku parameters to torch.

Checkpoints, layout and preprocessing of crowsonkb/cloob-training (MIT). The authors trained with
GELU in its tanh form (jax.nn.gelu); their translation to torch, by which the published figures of
this model were computed, uses GELU by the error function. `gelu` chooses.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt
import torch
from open_clip.constants import OPENAI_DATASET_MEAN, OPENAI_DATASET_STD
from open_clip.tokenizer import SimpleTokenizer
from torch import Tensor
from torchvision import transforms  # type: ignore[import-untyped]

from precompute.cache import digest, file_digest
from precompute.hardware import Hardware
from precompute.published.cloob_laion_towers import CloobLaion, Config
from precompute.published.errors import EncoderError
from precompute.published.haiku_pickle import Parameters, read_haiku_pickle
from precompute.published.torch_encoder import PLAIN_TEMPLATE, TorchEncoder, Towers
from precompute.published.weights_files import PublishedFile

_DOWNLOADS: Final = "https://the-eye.eu/public/AI/models/cloob"
CHECKPOINTS: Final = {
    epochs: PublishedFile(name, f"{_DOWNLOADS}/{name}")
    for epochs, name in {
        16: "cloob_laion_400m_vit_b_16_16_epochs-"
        "405a3c31572e0a38f8632fa0db704d0e4521ad663555479f86babd3d178b1892.pkl",
        32: "cloob_laion_400m_vit_b_16_32_epochs-"
        "646f61628eb4bc03a01ce5c23b727a348105f0405b6037a329da062739a06441.pkl",
    }.items()
}
LOGIT_SCALE: Final = 30.0
_HASH_IN_NAME: Final = re.compile(r"-([0-9a-f]{64})\.pkl$")

_AS_IT_IS: Final = None
_TRANSPOSED: Final = (1, 0)
_CONVOLUTION: Final = (3, 2, 0, 1)  # (height, width, in, out) to (out, in, height, width)
_IMAGE, _TEXT = "vi_t_image_encoder", "text_encoder"


@dataclass(frozen=True)
class Entry:
    """A parameter: module and name in haiku, name in torch, and how its axes are permuted."""

    module: str
    parameter: str
    name: str
    axes: tuple[int, ...] | None = _AS_IT_IS

    def to_torch(self, values: npt.NDArray[np.floating]) -> Tensor:
        """The tensor that torch's module has for it."""
        permuted = values if self.axes is None else values.transpose(self.axes)
        return torch.from_numpy(np.array(permuted, dtype=np.float32))

    def haiku_shape(self, tensor: Tensor) -> tuple[int, ...]:
        """The shape that the checkpoint has, from that of torch's tensor."""
        if self.axes is None:
            return tuple(tensor.shape)
        return tuple(tensor.shape[self.axes.index(axis)] for axis in range(len(self.axes)))


def image_entries(config: Config) -> list[Entry]:
    """All parameters of the image tower."""
    return [
        Entry(_IMAGE, "class_embed", "class_place"),
        Entry(f"{_IMAGE}/embed", "w", "patches.weight", _CONVOLUTION),
        *_common_entries(_IMAGE, config.image.layers),
    ]


def text_entries(config: Config) -> list[Entry]:
    """All parameters of the text tower."""
    return [
        Entry(f"{_TEXT}/embed", "embeddings", "tokens.weight"),
        *_common_entries(_TEXT, config.text.layers),
    ]


def _common_entries(tower: str, layers: int) -> Iterator[Entry]:
    yield Entry(f"{tower}/pos_embed", "w", "positions")
    yield from _linear(f"{tower}/proj", "projection")
    for layer in range(layers):
        yield from _layer_entries(f"{tower}/layer_{layer}", f"layers.{layer}")


def _layer_entries(module: str, name: str) -> Iterator[Entry]:
    attention, feed_forward = f"{module}/self_attention", f"{module}/feed_forward"
    yield from _norm(f"{attention}/layer_norm", f"{name}.attention.norm")
    yield from _norm(f"{feed_forward}/layer_norm", f"{name}.feed_forward.norm")
    for theirs, ours in {"query": "query", "key": "key", "value": "value", "linear": "out"}.items():
        yield from _linear(f"{attention}/multi_head_attention/{theirs}", f"{name}.attention.{ours}")
    yield from _linear(f"{feed_forward}/linear_0", f"{name}.feed_forward.widen")
    yield from _linear(f"{feed_forward}/linear_1", f"{name}.feed_forward.narrow")


def _linear(module: str, name: str) -> list[Entry]:
    weight = Entry(module, "w", f"{name}.weight", _TRANSPOSED)
    return [weight, Entry(module, "b", f"{name}.bias")]


def _norm(module: str, name: str) -> list[Entry]:
    scale = Entry(module, "scale", f"{name}.weight")
    return [scale, Entry(module, "offset", f"{name}.bias")]


def fill(tower: torch.nn.Module, entries: list[Entry], params: Parameters, path: Path) -> None:
    """Copy haiku parameters into a tower.

    Raises:
        EncoderError: parameters that are missing, too many or of another shape, by haiku's names.
    """
    expected = {(entry.module, entry.parameter) for entry in entries}
    found = {(module, name) for module, values in params.items() for name in values}
    own = tower.state_dict()
    misshapen = [
        f"{entry.module}/{entry.parameter} {shape} for {wanted}"
        for entry in entries
        if (entry.module, entry.parameter) in found
        and (shape := params[entry.module][entry.parameter].shape)
        != (wanted := entry.haiku_shape(own[entry.name]))
    ]
    faults = {
        "missing": ["/".join(key) for key in sorted(expected - found)],
        "unexpected": ["/".join(key) for key in sorted(found - expected)],
        "wrong shape": misshapen,
    }
    if any(faults.values()):
        listed = "; ".join(
            f"{fault}: {', '.join(names)}" for fault, names in faults.items() if names
        )
        raise EncoderError(listed, path)
    state = {entry.name: entry.to_torch(params[entry.module][entry.parameter]) for entry in entries}
    tower.load_state_dict(state, assign=True)


def read_towers(path: Path, config: Config, gelu: str) -> CloobLaion:
    """Both towers from a checkpoint.

    Raises:
        EncoderError: a file that is damaged, holds more than arrays, or has another layout.
    """
    image, text = read_haiku_pickle(path)
    with torch.device("meta"):  # all parameters come from the file; none need drawing first
        model = CloobLaion(config, gelu)
    fill(model.image, image_entries(config), image, path)
    fill(model.text, text_entries(config), text, path)
    return model


def check_hash_in_name(path: Path) -> None:
    """Compare a file with the SHA-256 that its published name ends with, if it does.

    Raises:
        EncoderError: the file is not what its name says.
    """
    promised = _HASH_IN_NAME.search(path.name)
    if promised is None:
        return
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != promised[1]:
        raise EncoderError(f"damaged: its SHA-256 is {found}, not that of its name", path)


def preprocessing(side: int) -> transforms.Compose:
    """Shorter side to `side` by Lanczos, middle, normalised as CLIP's."""
    return transforms.Compose(
        [
            transforms.Resize(side, transforms.InterpolationMode.LANCZOS),
            transforms.CenterCrop(side),
            transforms.ToTensor(),
            transforms.Normalize(OPENAI_DATASET_MEAN, OPENAI_DATASET_STD),
        ]
    )


@dataclass(frozen=True)
class CloobLaion400M:
    """CLOOB on LAION-400M after 16 or 32 epochs, from an official checkpoint."""

    epochs: int
    weights: Path | None = None
    template: str = PLAIN_TEMPLATE
    gelu: str = "tanh"

    version: ClassVar[int] = 1
    config: ClassVar[Config] = Config()

    def _path(self) -> Path:
        return CHECKPOINTS[self.epochs].locate(self.weights)

    def digest(self) -> str:
        """SHA-256 of all that decides the embeddings."""
        return digest(
            {
                "encoder": "cloob-laion-400m",
                "version": self.version,
                "weights": file_digest(self._path()),
                "template": self.template,
                "gelu": self.gelu,
            }
        )

    def load(self, name: str, hardware: Hardware) -> TorchEncoder:
        """The model on a device.

        Raises:
            EncoderError: no such file, a damaged one, or not these weights.
        """
        path = self._path()
        check_hash_in_name(path)
        model = read_towers(path, self.config, self.gelu)
        towers = Towers(
            model=model,
            encode_image=model.image,
            encode_text=model.text,
            transform=preprocessing(self.config.image_size),
            tokenize=SimpleTokenizer(context_length=self.config.context_length),
            picture_side=self.config.image_size,
            dimensions=self.config.dimensions,
            logit_scale=LOGIT_SCALE,
            template=self.template,
            facts={
                "objective": "cloob",
                "tower": "ViT-B/16",
                "weights": path.name,
                "gelu": self.gelu,
            },
        )
        return TorchEncoder(name, towers, hardware)

"""CLOOB: CLIP's ResNets trained with modern Hopfield retrieval and InfoLOOB on YFCC.

Fürst et al. 2022, arXiv 2110.11316. The checkpoint holds `model_config_file` and a `state_dict`
behind `module.`. Its text tower is a module of its own, called `transformer`, whose layers are
called `transformer` again; the inverse temperature is `logit_inv_tau`, as a logarithm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from torch import Tensor

from precompute.cache import digest, file_digest
from precompute.hardware import Hardware
from precompute.published.clip_parts import load_clip
from precompute.published.errors import EncoderError
from precompute.published.torch_encoder import PLAIN_TEMPLATE, TorchEncoder
from precompute.published.weights_files import PublishedFile, read_checkpoint, state_of

_DOWNLOADS: Final = "https://ml.jku.at/research/CLOOB/downloads/checkpoints"
CHECKPOINTS: Final = {
    architecture: PublishedFile(name, f"{_DOWNLOADS}/{name}")
    for architecture, name in {
        "RN50": "cloob_rn50_yfcc_epoch_28.pt",
        "RN50x4": "cloob_rn50x4_yfcc_epoch_28.pt",
    }.items()
}
_TEXT_TOWER: Final = "transformer."
_INVERSE_TEMPERATURE: Final = "logit_inv_tau"
_TRAINING_ONLY: Final = ("logit_scale_hopfield",)


@dataclass(frozen=True)
class Cloob:
    """CLOOB from an official checkpoint; `architecture` is "RN50" or "RN50x4"."""

    architecture: str
    weights: Path | None = None
    template: str = PLAIN_TEMPLATE

    version: ClassVar[int] = 1

    def _path(self) -> Path:
        return CHECKPOINTS[self.architecture].locate(self.weights)

    def digest(self) -> str:
        """SHA-256 of all that decides the embeddings."""
        return digest(
            {
                "encoder": "cloob",
                "version": self.version,
                "architecture": self.architecture,
                "weights": file_digest(self._path()),
                "template": self.template,
            }
        )

    def load(self, name: str, hardware: Hardware) -> TorchEncoder:
        """The model on a device.

        Raises:
            EncoderError: no such file, another architecture, or not CLOOB's weights.
        """
        path = self._path()
        checkpoint = read_checkpoint(path)
        check_architecture(checkpoint, self.architecture, path)
        state = to_open_clip(state_of(checkpoint, path), path)
        facts = {"objective": "cloob", "weights": path.name}
        towers = load_clip(self.architecture, state, path, self.template, facts)
        return TorchEncoder(name, towers, hardware)


def check_architecture(checkpoint: Mapping[str, Any], architecture: str, path: Path) -> None:
    """Compare the config that a checkpoint names, if it names one, with what is asked for."""
    named = checkpoint.get("model_config_file")
    if named is not None and Path(str(named)).stem != architecture:
        raise EncoderError(f"holds {Path(str(named)).stem}, not {architecture}", path)


def to_open_clip(state: Mapping[str, Tensor], path: Path) -> dict[str, Tensor]:
    """Tensors by CLOOB's names to tensors by open_clip's.

    Raises:
        EncoderError: there is no inverse temperature, or two tensors would get one name.
    """
    if _INVERSE_TEMPERATURE not in state:
        raise EncoderError(f"missing: {_INVERSE_TEMPERATURE}; not a checkpoint of CLOOB", path)
    kept = [name for name in state if name not in _TRAINING_ONLY]
    renamed = {_open_clip_name(name): state[name] for name in kept}
    if len(renamed) != len(kept):
        raise EncoderError("names of CLOOB and of open_clip are mixed", path)
    return renamed


def _open_clip_name(name: str) -> str:
    return "logit_scale" if name == _INVERSE_TEMPERATURE else name.removeprefix(_TEXT_TOWER)

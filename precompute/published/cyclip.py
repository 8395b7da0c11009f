"""CyCLIP: CLIP's ResNet-50 trained to be consistent across and within modalities.

Goel et al. 2022, arXiv 2205.14459. The checkpoint is what its training saved: `epoch`, `name`,
`optimizer`, and a `state_dict` with CLIP's own names behind `module.`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from precompute.cache import digest, file_digest
from precompute.hardware import Hardware
from precompute.published.clip_parts import load_clip
from precompute.published.torch_encoder import PLAIN_TEMPLATE, TorchEncoder
from precompute.published.weights_files import PublishedFile, read_checkpoint, state_of

ARCHITECTURE: Final = "RN50"
CHECKPOINT: Final = PublishedFile(
    "cyclip-3M.pt",
    "the checkpoints of CyCLIP "
    "(https://drive.google.com/drive/folders/1K0kPJZ3MA4KAdx3Fpq25dgW59wIf7M-x)",
)


@dataclass(frozen=True)
class CyClip:
    """CyCLIP from its official checkpoint, by default the file of the published name."""

    weights: Path | None = None
    template: str = PLAIN_TEMPLATE

    version: ClassVar[int] = 1

    def digest(self) -> str:
        """SHA-256 of all that decides the embeddings."""
        return digest(
            {
                "encoder": "cyclip",
                "version": self.version,
                "weights": file_digest(CHECKPOINT.locate(self.weights)),
                "template": self.template,
            }
        )

    def load(self, name: str, hardware: Hardware) -> TorchEncoder:
        """The model on a device.

        Raises:
            EncoderError: no such file, or not CyCLIP's weights.
        """
        path = CHECKPOINT.locate(self.weights)
        state = state_of(read_checkpoint(path), path)
        facts = {"objective": "cyclip", "weights": path.name}
        towers = load_clip(ARCHITECTURE, state, path, self.template, facts)
        return TorchEncoder(name, towers, hardware)

"""Two towers in torch, with what they need before them, as an encoder of the pipeline."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from precompute.hardware import Hardware, computing
from precompute.pictures import Picture

if TYPE_CHECKING:
    from precompute.encoders import Vectors

PLACE_OF_CAPTION: Final = "{}"
PLAIN_TEMPLATE: Final = PLACE_OF_CAPTION


def inverse_temperature(logarithm: Tensor) -> float:
    """The logit scale that weights hold as a logarithm, to the six digits that fp32 has."""
    return float(f"{math.exp(float(logarithm.detach())):.6g}")


@dataclass(frozen=True)
class Towers:
    """A model with its own preprocessing.

    `encode_image` takes (n, 3, side, side) from `transform`, `encode_text` token ids (n, context)
    from `tokenize`. Both belong to `model` and give (n, dimensions), of any length. Captions are
    put into `template` first.
    """

    model: nn.Module
    encode_image: Callable[[Tensor], Tensor]
    encode_text: Callable[[Tensor], Tensor]
    transform: Callable[[Image.Image], Tensor]
    tokenize: Callable[[list[str]], Tensor]
    picture_side: int
    dimensions: int
    logit_scale: float
    template: str = PLAIN_TEMPLATE
    facts: Mapping[str, Any] = field(default_factory=dict)


class TorchEncoder:
    """Towers on a device, in evaluation mode."""

    def __init__(self, name: str, towers: Towers, hardware: Hardware) -> None:
        """Move the towers to the device."""
        # Without this, convolutions of fp32 would be rounded to 10 bits on recent GPUs.
        torch.backends.cudnn.allow_tf32 = False
        self.name = name
        self.picture_side = towers.picture_side
        self.logit_scale = towers.logit_scale
        self._towers = towers
        self._hardware = hardware
        # Scaling pictures leaves Python's lock; a GPU would otherwise wait for one core.
        self._threads = ThreadPoolExecutor(max(1, hardware.workers))
        self._pinned = hardware.device.type == "cuda"
        towers.model.eval().requires_grad_(False).to(hardware.device)

    @property
    def facts(self) -> dict[str, Any]:
        """What is known of the model, its dimensions, its parameters, its template."""
        towers = self._towers
        return {
            **towers.facts,
            "dimensions": towers.dimensions,
            "parameters": sum(parameter.numel() for parameter in towers.model.parameters()),
            "template": towers.template,
        }

    @property
    def device(self) -> str:
        """Name of the device and precision."""
        return self._hardware.describe()

    def prepare_images(self, pictures: Sequence[Picture]) -> Tensor:
        """Float32 (n, 3, side, side) on the device, by the model's own preprocessing."""
        return self._to_device(torch.stack(list(self._threads.map(self._transformed, pictures))))

    def _transformed(self, picture: Picture) -> Tensor:
        return self._towers.transform(Image.fromarray(picture))

    def prepare_texts(self, texts: Sequence[str]) -> Tensor:
        """Token ids (n, context) on the device, of the texts in their template."""
        return self._to_device(self._towers.tokenize([self._in_template(text) for text in texts]))

    def _in_template(self, text: str) -> str:
        # Not str.format, to which other braces of the template would mean something.
        return self._towers.template.replace(PLACE_OF_CAPTION, text)

    def _to_device(self, batch: Tensor) -> Tensor:
        if not self._pinned:
            return batch.to(self._hardware.device)
        return batch.pin_memory().to(self._hardware.device, non_blocking=True)

    def encode_images(self, batch: Tensor) -> Tensor:
        """Embeddings (n, d) on the device."""
        return self._forward(self._towers.encode_image, batch)

    def encode_texts(self, batch: Tensor) -> Tensor:
        """Embeddings (n, d) on the device."""
        return self._forward(self._towers.encode_text, batch)

    def _forward(self, tower: Callable[[Tensor], Tensor], batch: Tensor) -> Tensor:
        with torch.inference_mode(), computing(self._hardware):
            return tower(batch)

    def gather(self, encoded: Sequence[Tensor]) -> Vectors:
        """Float32 (n, d) in memory."""
        gathered = torch.cat([batch.float() for batch in encoded]).cpu().numpy()
        return gathered.astype(np.float32, copy=False)

"""Models as functions from pictures and captions to vectors.

An encoder works in three steps, so that a pipeline can overlap them: prepare (pixels and tokens
onto the device), encode (start the forward pass), gather (wait for the results and fetch them).
Packages that take long to import are imported by the factory that needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from article.errors import ArticleError
from precompute.cache import Json, file_digest
from precompute.pictures import Picture, square
from precompute.study import MINIATURE, ModelPlan
from precompute.toml_reader import StudyError

if TYPE_CHECKING:
    from torch import Tensor

    from precompute.hardware import Hardware
    from precompute.miniatures import Miniature
    from precompute.published.names import Source

Vectors: TypeAlias = npt.NDArray[np.float32]


class Encoder(Protocol):
    """A two-tower model. What `prepare_*` and `encode_*` return is its own affair."""

    @property
    def name(self) -> str:
        """What it is called in messages."""

    @property
    def picture_side(self) -> int:
        """Side in pixels of the pictures that it looks at."""

    @property
    def logit_scale(self) -> float:
        """Inverse of the temperature that it was trained with."""

    @property
    def facts(self) -> Json:
        """What the manifest says of the model."""

    @property
    def device(self) -> str:
        """What it computes on, in words."""

    def prepare_images(self, pictures: Sequence[Picture]) -> Any:
        """A batch of n pictures (h, w, 3), ready for `encode_images`."""

    def prepare_texts(self, texts: Sequence[str]) -> Any:
        """A batch of n texts, ready for `encode_texts`."""

    def encode_images(self, batch: Any) -> Any:
        """Start the forward pass of prepared pictures."""

    def encode_texts(self, batch: Any) -> Any:
        """Start the forward pass of prepared texts."""

    def gather(self, encoded: Sequence[Any]) -> Vectors:
        """Embeddings (n, d) of all batches encoded, in order; waits until they are done."""


class MiniatureEncoder:
    """A miniature on a device."""

    def __init__(self, name: str, miniature: Miniature, hardware: Hardware) -> None:
        """Move the model to the device."""
        import torch

        self.name = name
        self._card = miniature.card
        self._tokenizer = miniature.tokenizer
        self._hardware = hardware
        self._pinned = hardware.device.type == "cuda"
        self._model = miniature.model.to(hardware.device, memory_format=torch.channels_last)
        self.picture_side = int(miniature.card["model"]["vision_cfg"]["image_size"])
        # Six digits: the rest is noise of the logarithm that the weights hold.
        self.logit_scale = float(f"{miniature.model.logit_scale.detach().exp().item():.6g}")

    @property
    def facts(self) -> Json:
        """Objective, tower and card."""
        training = self._card["training"]
        return {
            "objective": training["objective"],
            "tower": training["tower"],
            "dimensions": self._card["model"]["embed_dim"],
            "parameters": sum(parameter.numel() for parameter in self._model.parameters()),
            "pairs_seen": self._card["pairs_seen"],
            "training_minutes": round(self._card["duration_seconds"] / 60),
            "card": self._card,
        }

    @property
    def device(self) -> str:
        """Name of the device and precision."""
        return self._hardware.describe()

    def prepare_images(self, pictures: Sequence[Picture]) -> Tensor:
        """Float32 (n, 3, side, side) on the device; bytes travel there, not floats."""
        import torch

        from precompute.miniatures import images_to_input

        pixels = torch.from_numpy(np.stack([square(p, self.picture_side) for p in pictures]))
        return images_to_input(self._to_device(pixels))

    def prepare_texts(self, texts: Sequence[str]) -> Tensor:
        """Token ids (n, context) on the device."""
        return self._to_device(self._tokenizer(texts))

    def _to_device(self, batch: Tensor) -> Tensor:
        if not self._pinned:
            return batch.to(self._hardware.device)
        return batch.pin_memory().to(self._hardware.device, non_blocking=True)

    def encode_images(self, batch: Tensor) -> Tensor:
        """Embeddings (n, d) on the device, not normalised."""
        return self._forward(self._model.encode_image, batch)

    def encode_texts(self, batch: Tensor) -> Tensor:
        """Embeddings (n, d) on the device, not normalised."""
        return self._forward(self._model.encode_text, batch)

    def _forward(self, tower: Callable[[Tensor], Tensor], batch: Tensor) -> Tensor:
        import torch

        from precompute.hardware import computing

        with torch.inference_mode(), computing(self._hardware):
            return tower(batch)

    def gather(self, encoded: Sequence[Tensor]) -> Vectors:
        """Float32 (n, d) in memory."""
        import torch

        return torch.cat([batch.float() for batch in encoded]).cpu().numpy()


def build_encoder(plan: ModelPlan, device: str, precision: str) -> Encoder:
    """The encoder of a model, loaded onto a device ("auto" takes the fastest there is).

    Raises:
        StudyError: weights, a setting, a device or a precision that cannot be used; names the
            model.
    """
    try:
        hardware = _hardware(device, precision)
        if plan.encoder == MINIATURE:
            return _miniature(plan, hardware)
        return _source(plan).load(plan.id, hardware)
    except (ValueError, ArticleError) as error:
        raise _of_model(plan, error) from error


def plans_of_texts(texts: Sequence[str]) -> tuple[ModelPlan, ...]:
    """Models as a command line names them: as in `parts_of_text`, or `miniature=FILE`.

    Raises:
        StudyError: two of the same name.
    """
    plans = tuple(_plan_of_text(text) for text in texts)
    ids = [plan.id for plan in plans]
    for plan in plans:
        if ids.count(plan.id) > 1:
            raise StudyError(f"two encoders would be called {plan.id!r}; name them in a study file")
    return plans


def _plan_of_text(text: str) -> ModelPlan:
    from precompute.imports.collection import slug
    from precompute.published.names import parts_of_text

    encoder, settings = parts_of_text(text)
    if encoder == MINIATURE and "weights" in settings:
        weights = Path(settings["weights"])
        return ModelPlan(slug(weights.stem), weights.stem, weights.stem, encoder, weights)
    title = text.partition("=")[0]
    plan = ModelPlan(slug(title), title, title, encoder, settings=settings)
    _source(plan)
    return plan


def _hardware(device: str, precision: str) -> Hardware:
    import torch

    from precompute.hardware import HardwareError, choose_hardware

    # Threads as torch chooses them: nothing else runs beside an embedding.
    hardware = choose_hardware(device, precision, threads=torch.get_num_threads())
    if precision == "bf16" and hardware.device.type != "cuda":
        raise HardwareError(f"[embedding] precision: bf16 is for CUDA, not {hardware.device.type}")
    # Without this, convolutions of fp32 would be rounded to 10 bits on recent GPUs.
    torch.backends.cudnn.allow_tf32 = False
    return hardware


def _miniature(plan: ModelPlan, hardware: Hardware) -> MiniatureEncoder:
    """A miniature from its weights, its card and the committed tokenizer."""
    from precompute.miniatures import read_weights
    from precompute.tokenizer import Tokenizer

    assert plan.weights is not None
    return MiniatureEncoder(plan.id, read_weights(plan.weights, Tokenizer.read()), hardware)


@lru_cache
def _source(plan: ModelPlan) -> Source:
    """Where a published or own encoder comes from: one for each plan, as it remembers its files."""
    from precompute.published.names import source_of

    return source_of(plan.encoder, plan.settings, plan.base)


def weights_digest(plan: ModelPlan) -> str:
    """SHA-256 of weights and card, or settings: what decides all embeddings of a model.

    Raises:
        StudyError: weights that are missing, or settings that cannot be; names the model.
    """
    if plan.weights is None:
        try:
            return _source(plan).digest()
        except ArticleError as error:
            raise _of_model(plan, error) from error
    card = plan.weights.with_suffix(".json")
    for path in (plan.weights, card):
        if not path.is_file():
            raise StudyError(f"[models.{plan.id}] weights: no such file", path)
    return file_digest(plan.weights, card)


def _of_model(plan: ModelPlan, error: Exception) -> StudyError:
    if isinstance(error, ArticleError):
        return StudyError(f"[models.{plan.id}] {error.message}", error.file)
    return StudyError(f"[models.{plan.id}] {error}")

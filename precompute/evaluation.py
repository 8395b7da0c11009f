"""What a model makes of held-out pairs: retrieval, gap and loss."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from open_clip.model import CLIP
from torch import Tensor

from article import geometry
from precompute.miniatures import images_to_input

Embeddings = npt.NDArray[np.float32]

ENCODING_BATCH = 250


@dataclass(frozen=True)
class Evaluation:
    """Figures of n held-out pairs: R@1 both ways, gap, and losses in nats at a logit scale.

    Losses are means over batches of 50 pairs in order.
    """

    pairs: int
    logit_scale: float
    recall_image_to_text: float
    recall_text_to_image: float
    gap: float
    loss_image_to_text: float
    loss_text_to_image: float


@contextmanager
def evaluation_mode(model: CLIP) -> Iterator[None]:
    """Use running statistics and track no gradients within; return to the mode before."""
    training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        model.train(training)


def encode_pairs(
    model: CLIP, images: npt.NDArray[np.uint8], tokens: Tensor
) -> tuple[Embeddings, Embeddings]:
    """Unit vectors (n, d) of images (n, h, w, 3) and of tokens (n, context), in float32."""
    device = next(model.parameters()).device
    with evaluation_mode(model):
        starts = range(0, len(images), ENCODING_BATCH)
        image_parts = [
            model.encode_image(
                images_to_input(torch.tensor(images[s : s + ENCODING_BATCH], device=device)),
                normalize=True,
            )
            for s in starts
        ]
        text_parts = [
            model.encode_text(tokens[s : s + ENCODING_BATCH].to(device), normalize=True)
            for s in starts
        ]
        return torch.cat(image_parts).cpu().numpy(), torch.cat(text_parts).cpu().numpy()


def evaluate(images: Embeddings, texts: Embeddings, logit_scale: float) -> Evaluation:
    """Figures of n pairs of unit vectors, (n, d) each."""
    x, y = images.astype(np.float64), texts.astype(np.float64)
    cross = x @ y.T
    to_text, to_image = geometry.recall(cross, 1)
    losses = geometry.contrastive_losses(cross, logit_scale)
    return Evaluation(
        pairs=len(x),
        logit_scale=logit_scale,
        recall_image_to_text=to_text,
        recall_text_to_image=to_image,
        gap=float(np.linalg.norm(x.mean(axis=0) - y.mean(axis=0))),
        loss_image_to_text=losses.first_to_second,
        loss_text_to_image=losses.second_to_first,
    )

"""What CyCLIP and CLOOB share with OpenAI's CLIP: the towers, the preprocessing, the tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import open_clip
import torch
from open_clip.tokenizer import SimpleTokenizer
from torch import Tensor

from precompute.miniatures import load_state
from precompute.published.torch_encoder import Towers, inverse_temperature
from precompute.published.weights_files import reading

CONTEXT_LENGTH = 77


class CuttingTokenizer:
    """CLIP's tokens; captions that are too long are cut off, and then have no end of text.

    So CyCLIP and CLOOB read them in training, where OpenAI and open_clip put the end of text back
    in the last place. The text tower looks at the place of the highest id, which in a caption cut
    off is some token of it.
    """

    def __init__(self, context_length: int = CONTEXT_LENGTH) -> None:
        """Take the vocabulary that open_clip ships."""
        self._vocabulary = SimpleTokenizer(context_length=context_length)
        self._context_length = context_length

    def __call__(self, texts: Sequence[str]) -> Tensor:
        """Token ids (n, context), zero after the end of text."""
        rows = torch.zeros(len(texts), self._context_length, dtype=torch.long)
        for row, text in zip(rows, texts, strict=True):
            start, end = self._vocabulary.sot_token_id, self._vocabulary.eot_token_id
            tokens = [start, *self._vocabulary.encode(text), end][: self._context_length]
            row[: len(tokens)] = torch.tensor(tokens)
        return rows


def load_clip(
    architecture: str,
    state: Mapping[str, Tensor],
    source: Path,
    template: str,
    facts: Mapping[str, Any],
) -> Towers:
    """Towers of OpenAI's architecture, "RN50" and the like, with QuickGELU and given weights.

    Raises:
        EncoderError: names that are missing or too many, or shapes that differ, all listed.
    """
    config = open_clip.get_model_config(architecture)
    model = open_clip.CLIP(**config, quick_gelu=True)
    with reading(source):
        load_state(model, dict(state), str(source))
    side = int(config["vision_cfg"]["image_size"])
    return Towers(
        model=model,
        encode_image=model.encode_image,
        encode_text=model.encode_text,
        transform=open_clip.image_transform(side, is_train=False),
        tokenize=CuttingTokenizer(config["text_cfg"]["context_length"]),
        picture_side=side,
        dimensions=config["embed_dim"],
        logit_scale=inverse_temperature(state["logit_scale"]),
        template=template,
        facts={"tower": architecture, **facts},
    )

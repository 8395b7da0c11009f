"""BiomedCLIP's layout, with smaller towers and random weights, beside timm and transformers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import timm
import torch
from safetensors.torch import save_file
from torch import nn

from precompute.hardware import Hardware
from precompute.published.biomedclip import biomedclip
from tests.precompute.published import comparison

transformers = pytest.importorskip("transformers")

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "this", "is", "a", "photo", "of", "lung", "nodule")
VIT = "vit_tiny_patch16_224"
BERT = {
    "model_type": "bert",
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 256,
    "vocab_size": len(WORDS),
    "pad_token_id": 0,
}


class Parts(nn.Module):
    """The parts that the checkpoint names, put together by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = timm.create_model(VIT, num_classes=0)
        self.image_projection = nn.Linear(192, 16, bias=False)
        self.bert = transformers.BertModel(transformers.BertConfig(**BERT), add_pooling_layer=False)
        self.narrow = nn.Linear(32, 24, bias=False)
        self.text_projection = nn.Linear(24, 16, bias=False)

    def images(self, images: torch.Tensor) -> Any:
        return self.image_projection(self.trunk(images))

    def texts(self, tokens: torch.Tensor) -> Any:
        states = self.bert(input_ids=tokens, attention_mask=(tokens != 0).long())
        first = states.last_hidden_state[:, 0]
        return self.text_projection(nn.functional.gelu(self.narrow(first)))

    def checkpoint(self) -> dict[str, torch.Tensor]:
        """The published names; older versions of transformers saved the positions as well."""
        prefixes = {
            "trunk.": "visual.trunk.",
            "image_projection.": "visual.head.proj.",
            "bert.": "text.transformer.",
            "narrow.": "text.proj.0.",
            "text_projection.": "text.proj.2.",
        }
        state = {"logit_scale": torch.tensor(4.0)}
        for name, tensor in self.state_dict().items():
            prefix = next(prefix for prefix in prefixes if name.startswith(prefix))
            state[prefixes[prefix] + name.removeprefix(prefix)] = tensor
        state["text.transformer.embeddings.position_ids"] = torch.arange(256)[None]
        return state


def written(folder: Path, checkpoint: dict[str, torch.Tensor]) -> Path:
    vision = {
        "timm_model_name": VIT,
        "timm_model_pretrained": False,
        "timm_pool": "",
        "timm_proj": "linear",
        "image_size": 224,
    }
    text = {
        "hf_model_name": str(folder),
        "hf_tokenizer_name": str(folder),
        "hf_proj_type": "mlp",
        "hf_pooler_type": "cls_last_hidden_state_pooler",
        "context_length": 256,
    }
    model = {"embed_dim": 16, "vision_cfg": vision, "text_cfg": text}
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": model}))
    (folder / "config.json").write_text(json.dumps(BERT))
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizer"}')
    save_file(checkpoint, folder / "open_clip_model.safetensors")
    return folder


@pytest.mark.filterwarnings("ignore")  # of what transformers says to its own users
def test_the_encoder_gives_what_the_parts_give(tmp_path: Path, cpu: Hardware) -> None:
    torch.manual_seed(0)
    parts = Parts().eval()
    encoder = biomedclip(written(tmp_path, parts.checkpoint())).load("biomedclip", cpu)
    images = encoder.prepare_images(comparison.pictures(2, 224))
    tokens = encoder.prepare_texts(["lung nodule", "a nodule of unknown origin"])
    assert tokens.shape == (2, 256)
    # [CLS] this is a photo of lung nodule [SEP] [PAD]
    assert tokens[0, :10].tolist() == [2, 4, 5, 6, 7, 8, 9, 10, 3, 0]
    with torch.inference_mode():
        expected_images, expected_texts = parts.images(images), parts.texts(tokens)
    by_image = encoder.gather([encoder.encode_images(images)])
    by_text = encoder.gather([encoder.encode_texts(tokens)])
    assert by_image.shape == by_text.shape == (2, 16)
    assert comparison.largest_difference(by_image, expected_images) < 1e-6
    assert comparison.largest_difference(by_text, expected_texts) < 1e-6
    assert encoder.logit_scale == pytest.approx(54.5982)  # e^4

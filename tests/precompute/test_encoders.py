from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from precompute.encoders import Encoder, build_encoder, plans_of_texts, weights_digest
from precompute.evaluation import encode_pairs
from precompute.miniatures import config_of, start, write_weights
from precompute.study import ModelPlan
from precompute.tokenizer import Tokenizer
from precompute.toml_reader import StudyError

CAPTIONS = ["a dog", "a hot dog and a cat", "a bus next to some grapes"]
PICTURES = np.random.default_rng(0).integers(0, 256, size=(3, 64, 64, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> ModelPlan:
    """An untrained miniature, written as a trained one is."""
    weights = tmp_path_factory.mktemp("weights") / "untrained.safetensors"
    tokenizer = Tokenizer.read()
    config = config_of("cnn", tokenizer)
    card = {
        "version": 1,
        "model": config,
        "tokenizer": {
            "sha256": tokenizer.fingerprint,
            "size": tokenizer.vocabulary_size,
            "context_length": tokenizer.context_length,
        },
        "training": {"objective": "infonce", "tower": "cnn"},
        "pairs_seen": 0,
        "duration_seconds": 150,
    }
    write_weights(weights, start(config, 0, 100.0), card)
    return ModelPlan("untrained", "Untrained", "None", "miniature", weights)


@pytest.fixture(scope="module")
def encoder(plan: ModelPlan) -> Encoder:
    return build_encoder(plan, "cpu", "fp32")


def test_a_miniature_embeds_as_its_evaluation_does(plan: ModelPlan, encoder: Encoder) -> None:
    from precompute.miniatures import read_weights

    assert plan.weights is not None
    miniature = read_weights(plan.weights, Tokenizer.read())
    images, texts = encode_pairs(miniature.model, PICTURES, miniature.tokenizer(CAPTIONS))
    found = encoder.gather([encoder.encode_images(encoder.prepare_images(list(PICTURES)))])
    said = encoder.gather([encoder.encode_texts(encoder.prepare_texts(CAPTIONS))])
    assert found.dtype == np.float32
    for own, expected in ((found, images), (said, texts)):
        unit = own / np.linalg.norm(own, axis=1, keepdims=True)
        np.testing.assert_allclose(unit, expected, atol=1e-5)


def test_batches_are_gathered_in_order(encoder: Encoder) -> None:
    batches = [encoder.prepare_images(list(PICTURES[rows])) for rows in ([0, 1], [2])]
    apart = encoder.gather([encoder.encode_images(batch) for batch in batches])
    whole = encoder.gather([encoder.encode_images(encoder.prepare_images(list(PICTURES)))])
    np.testing.assert_allclose(apart, whole, atol=1e-5)


def test_pictures_of_other_sizes_are_cut_and_scaled(encoder: Encoder) -> None:
    wide = np.pad(np.full((64, 64, 3), 200, dtype=np.uint8), ((0, 0), (40, 40), (0, 0)))
    plain = np.full((64, 64, 3), 200, dtype=np.uint8)
    both = encoder.prepare_images([wide, plain])
    assert both.shape == (2, 3, 64, 64)
    np.testing.assert_allclose(both[0], both[1])


def test_what_the_manifest_says_of_a_miniature(encoder: Encoder) -> None:
    facts = encoder.facts
    assert encoder.logit_scale == 100.0
    assert encoder.picture_side == 64
    assert (facts["objective"], facts["tower"], facts["dimensions"]) == ("infonce", "cnn", 128)
    assert facts["training_minutes"] == 2
    assert "fp32" in encoder.device


def copied(plan: ModelPlan, folder: Path) -> tuple[ModelPlan, Path, Path]:
    """The same model with weights and card in another folder."""
    assert plan.weights is not None
    weights = folder / "copy.safetensors"
    weights.write_bytes(plan.weights.read_bytes())
    card = weights.with_suffix(".json")
    card.write_bytes(plan.weights.with_suffix(".json").read_bytes())
    return replace(plan, weights=weights), weights, card


def test_missing_weights_or_card_are_named(plan: ModelPlan, tmp_path: Path) -> None:
    lost, weights, card = copied(plan, tmp_path)
    card.unlink()
    with pytest.raises(
        StudyError, match=r"copy\.json: \[models\.untrained\] weights: no such file"
    ):
        weights_digest(lost)
    weights.unlink()
    with pytest.raises(StudyError, match=r"copy\.safetensors: \[models\.untrained\] weights: no s"):
        weights_digest(lost)


def test_the_digest_changes_with_weights_and_with_the_card(plan: ModelPlan, tmp_path: Path) -> None:
    copy, _, card = copied(plan, tmp_path)
    assert weights_digest(copy) == weights_digest(plan)
    card.write_bytes(card.read_bytes() + b" ")
    assert weights_digest(copy) != weights_digest(plan)


def test_truncated_weights_name_model_and_file(plan: ModelPlan, tmp_path: Path) -> None:
    half, weights, _ = copied(plan, tmp_path)
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(StudyError, match=r"\[models\.untrained\] .*copy\.safetensors: not a safet"):
        build_encoder(half, "cpu", "fp32")


def test_bf16_is_refused_without_cuda(plan: ModelPlan) -> None:
    with pytest.raises(StudyError, match=r"precision: bf16 is for CUDA, not cpu"):
        build_encoder(plan, "cpu", "bf16")


def test_a_device_that_is_not_there_is_refused(plan: ModelPlan) -> None:
    import torch

    absent = "mps" if torch.cuda.is_available() else "cuda"
    with pytest.raises(StudyError, match=f"device '{absent}' is not available here"):
        build_encoder(plan, absent, "fp32")


@pytest.mark.gpu
@pytest.mark.parametrize(("precision", "tolerance"), [("fp32", 1e-3), ("bf16", 5e-2)])
def test_a_gpu_embeds_as_the_processor_does(
    plan: ModelPlan, encoder: Encoder, precision: str, tolerance: float
) -> None:
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    on_gpu = build_encoder(plan, "cuda", precision)
    expected = encoder.gather([encoder.encode_images(encoder.prepare_images(list(PICTURES)))])
    found = on_gpu.gather([on_gpu.encode_images(on_gpu.prepare_images(list(PICTURES)))])
    np.testing.assert_allclose(found, expected, atol=tolerance * np.abs(expected).max())


OWN = """
import numpy as np

class Own:
    logit_scale = 20.0
    def __init__(self, version):
        self.digest = version
    def embed_images(self, pictures):
        return np.array([[picture.width, 1, 0] for picture in pictures])
    def embed_texts(self, texts):
        return np.array([[len(text), 0, 1] for text in texts])

def own(version="1"):
    return Own(version)
"""


def test_an_encoder_of_ones_own_is_built_by_its_dotted_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_model_of_a_test.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    plan = ModelPlan("own", "Own", "Own", "own_model_of_a_test:own", settings={"version": "2"})
    encoder = build_encoder(plan, "cpu", "fp32")
    found = encoder.gather([encoder.encode_texts(encoder.prepare_texts(["four"]))])
    assert found.tolist() == [[4, 0, 1]]
    assert weights_digest(plan) != weights_digest(replace(plan, settings={"version": "3"}))


def test_what_is_wrong_with_a_published_encoder_names_the_model(tmp_path: Path) -> None:
    unknown = ModelPlan("clip", "CLIP", "CLIP", "openai-clip-rn5")
    with pytest.raises(StudyError, match=r"\[models\.clip\] unknown encoder .*openai-clip-rn50"):
        weights_digest(unknown)
    lost = ModelPlan("c", "C", "C", "cyclip", settings={"weights": "c.pt"}, base=tmp_path)
    with pytest.raises(StudyError, match=r"\[models\.c\] ") as caught:
        weights_digest(lost)
    assert str(tmp_path / "c.pt") in str(caught.value)


def test_encoders_as_a_command_line_names_them(tmp_path: Path) -> None:
    texts = [f"miniature={tmp_path}/clip-cnn.safetensors", "cyclip=c.pt", "open_clip:RN50:openai"]
    miniature, cyclip, open_clip = plans_of_texts(texts)
    assert (miniature.id, miniature.weights) == ("clip-cnn", tmp_path / "clip-cnn.safetensors")
    assert (cyclip.id, cyclip.settings, cyclip.weights) == ("cyclip", {"weights": "c.pt"}, None)
    assert open_clip.id == "open-clip-rn50-openai"
    assert open_clip.settings == {"model": "RN50", "pretrained": "openai"}
    assert open_clip.weights_name == "open_clip RN50 openai"
    with pytest.raises(StudyError, match="two encoders would be called 'cyclip'"):
        plans_of_texts(["cyclip=a.pt", "cyclip=b.pt"])

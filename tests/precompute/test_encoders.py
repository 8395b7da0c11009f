from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from precompute.encoders import Encoder, build_encoder, weights_digest
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


def test_missing_weights_or_card_are_named(plan: ModelPlan, tmp_path: Path) -> None:
    lost = replace(plan, weights=tmp_path / "lost.safetensors")
    with pytest.raises(StudyError, match=r"lost\.safetensors: \[models\.untrained\] weights: no s"):
        weights_digest(lost)
    lost.weights.write_bytes(plan.weights.read_bytes())
    with pytest.raises(
        StudyError, match=r"lost\.json: \[models\.untrained\] weights: no such file"
    ):
        weights_digest(lost)


def test_the_digest_changes_with_weights_and_with_the_card(plan: ModelPlan, tmp_path: Path) -> None:
    copy = replace(plan, weights=tmp_path / "copy.safetensors")
    copy.weights.write_bytes(plan.weights.read_bytes())
    card = copy.weights.with_suffix(".json")
    card.write_bytes(plan.weights.with_suffix(".json").read_bytes())
    assert weights_digest(copy) == weights_digest(plan)
    card.write_bytes(card.read_bytes() + b" ")
    assert weights_digest(copy) != weights_digest(plan)


def test_truncated_weights_name_model_and_file(plan: ModelPlan, tmp_path: Path) -> None:
    half = replace(plan, weights=tmp_path / "half.safetensors")
    half.weights.write_bytes(plan.weights.read_bytes()[:1000])
    card = plan.weights.with_suffix(".json")
    half.weights.with_suffix(".json").write_bytes(card.read_bytes())
    with pytest.raises(StudyError, match=r"\[models\.untrained\] .*half\.safetensors: not a safet"):
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

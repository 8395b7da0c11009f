import json
from pathlib import Path

import numpy as np
import pytest
import torch
from open_clip.model import CLIP
from open_clip.modified_resnet import ModifiedResNet
from open_clip.transformer import VisionTransformer
from safetensors.torch import load_file, save_file

from precompute import miniatures
from precompute.miniatures import WeightsError
from precompute.tokenizer import Tokenizer


@pytest.fixture
def tokenizer() -> Tokenizer:
    return Tokenizer(["a", "dog", "hot"])


def card_for(config: miniatures.Config, tokenizer: Tokenizer) -> miniatures.Card:
    words = {"sha256": tokenizer.fingerprint, "size": tokenizer.vocabulary_size}
    return {"version": miniatures.CARD_VERSION, "model": config, "tokenizer": words}


def written(folder: Path, tokenizer: Tokenizer, tower: str = "cnn") -> tuple[Path, CLIP]:
    config = miniatures.config_of(tower, tokenizer)
    model = miniatures.start(config, seed=3, logit_scale=100)
    path = folder / "model.safetensors"
    miniatures.write_weights(path, model, card_for(config, tokenizer))
    return path, model


def test_towers_are_open_clips_own(tokenizer: Tokenizer) -> None:
    cnn = miniatures.construct(miniatures.config_of("cnn", tokenizer))
    vit = miniatures.construct(miniatures.config_of("vit", tokenizer))
    assert isinstance(cnn.visual, ModifiedResNet)
    assert cnn.visual.attnpool.num_heads == 8, "512 channels, 64 to a head"
    assert isinstance(vit.visual, VisionTransformer)
    assert vit.visual.grid_size == (4, 4)
    assert len(vit.visual.transformer.resblocks) == 6
    assert cnn.context_length == vit.context_length == 24
    assert cnn.vocab_size == tokenizer.vocabulary_size
    assert 1_900_000 < sum(p.numel() for p in cnn.parameters()) < 2_100_000


def test_unknown_tower_is_named(tokenizer: Tokenizer) -> None:
    with pytest.raises(ValueError, match="unknown tower 'rnn'; known: cnn, vit"):
        miniatures.config_of("rnn", tokenizer)


def test_start_depends_on_the_seed_alone(tokenizer: Tokenizer) -> None:
    config = miniatures.config_of("cnn", tokenizer)
    torch.manual_seed(1)
    first = miniatures.start(config, seed=7, logit_scale=100).state_dict()
    undisturbed = torch.rand(1)
    second = miniatures.start(config, seed=7, logit_scale=100).state_dict()
    other = miniatures.start(config, seed=8, logit_scale=100).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["visual.conv1.weight"], other["visual.conv1.weight"])
    assert not torch.equal(first["token_embedding.weight"], other["token_embedding.weight"])
    torch.manual_seed(1)
    assert torch.equal(undisturbed, torch.rand(1)), "the caller's random state is left alone"
    assert first["logit_scale"].exp().item() == pytest.approx(100, rel=1e-6)


def test_every_image_tower_meets_the_same_text_tower(tokenizer: Tokenizer) -> None:
    cnn, vit = (
        miniatures.text_state(miniatures.start(miniatures.config_of(tower, tokenizer), 7, 100))
        for tower in ("cnn", "vit")
    )
    assert {"text_projection", "token_embedding.weight", "ln_final.bias"} <= cnn.keys()
    assert cnn.keys() == vit.keys()
    assert all(torch.equal(cnn[name], vit[name]) for name in cnn)


def test_images_are_normalised_as_clip_does() -> None:
    images = np.zeros((1, 2, 2, 3), dtype=np.uint8)
    images[0, 0, 1] = (255, 51, 0)
    pixels = miniatures.images_to_input(images)
    assert pixels.shape == (1, 3, 2, 2)
    assert pixels.is_contiguous(memory_format=torch.channels_last)
    expected = [(1 - 0.48145466) / 0.26862954, (0.2 - 0.4578275) / 0.26130258]
    assert pixels[0, :2, 0, 1].tolist() == pytest.approx(expected, rel=1e-5)
    assert pixels[0, 2, 0, 0].item() == pytest.approx(-0.40821073 / 0.27577711, rel=1e-5)
    assert images[0, 0, 1, 0] == 255, "the bytes given are left alone"


def test_open_clips_own_preprocessing_agrees() -> None:
    from open_clip.transform import image_transform
    from PIL import Image

    bytes_ = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    theirs = image_transform(64, is_train=False)(Image.fromarray(bytes_))
    ours = miniatures.images_to_input(bytes_[None])[0]
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("tower", ["cnn", "vit"])
def test_weights_come_back_within_half_precision(
    tmp_path: Path, tokenizer: Tokenizer, tower: str
) -> None:
    path, model = written(tmp_path, tokenizer, tower)
    loaded = miniatures.read_weights(path, tokenizer)
    assert not loaded.model.training
    state = loaded.model.state_dict()
    for name, tensor in model.state_dict().items():
        assert state[name].dtype == tensor.dtype
        torch.testing.assert_close(state[name], tensor, rtol=2**-11, atol=2**-24)
    assert loaded.model.logit_scale.item() == model.logit_scale.item()


def test_rounded_model_is_the_one_that_is_loaded(tmp_path: Path, tokenizer: Tokenizer) -> None:
    path, model = written(tmp_path, tokenizer)
    loaded = miniatures.read_weights(path, tokenizer).model.state_dict()
    rounded = miniatures.round_to_stored(model).state_dict()
    assert all(torch.equal(loaded[name], tensor) for name, tensor in rounded.items())


def test_file_is_half_the_size_and_keeps_small_tensors_whole(
    tmp_path: Path, tokenizer: Tokenizer
) -> None:
    path, _ = written(tmp_path, tokenizer)
    tensors = load_file(path)
    assert tensors["visual.attnpool.k_proj.weight"].dtype == torch.float16
    assert tensors["visual.bn1.running_var"].dtype == torch.float32
    assert tensors["visual.bn1.num_batches_tracked"].dtype == torch.int64
    assert 3.5e6 < path.stat().st_size < 4.5e6


def test_equal_weights_are_equal_bytes(tmp_path: Path, tokenizer: Tokenizer) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, _ = written(tmp_path / "a", tokenizer)
    second, _ = written(tmp_path / "b", tokenizer)
    assert first.read_bytes() == second.read_bytes()


def test_missing_unexpected_and_misshapen_keys_are_named(
    tmp_path: Path, tokenizer: Tokenizer
) -> None:
    path, _ = written(tmp_path, tokenizer)
    tensors = load_file(path)
    tensors["visual.conv9.weight"] = tensors.pop("visual.conv1.weight")
    tensors["ln_final.bias"] = torch.zeros(7)
    save_file(tensors, path)
    with pytest.raises(
        WeightsError,
        match=r"model\.safetensors: missing: visual\.conv1\.weight; "
        r"unexpected: visual\.conv9\.weight; wrong shape: ln_final\.bias \(7,\) for \(128,\)",
    ):
        miniatures.read_weights(path, tokenizer)


def test_another_vocabulary_is_refused(tmp_path: Path, tokenizer: Tokenizer) -> None:
    path, _ = written(tmp_path, tokenizer)
    with pytest.raises(WeightsError, match=r"model\.safetensors: trained with another vocabulary"):
        miniatures.read_weights(path, Tokenizer(["a", "dog", "cold"]))


def test_broken_missing_and_cardless_files_are_named(tmp_path: Path, tokenizer: Tokenizer) -> None:
    path, _ = written(tmp_path, tokenizer)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(WeightsError, match=r"model\.safetensors: not a safetensors file"):
        miniatures.read_weights(path, tokenizer)
    path.unlink()
    with pytest.raises(WeightsError, match=r"model\.safetensors: no such weights file"):
        miniatures.read_weights(path, tokenizer)
    card = miniatures.card_path(path)
    card.write_text(json.dumps({"version": 99}))
    with pytest.raises(WeightsError, match=r"model\.json: not a card of version 1"):
        miniatures.read_weights(path, tokenizer)
    card.write_text("{")
    with pytest.raises(WeightsError, match=r"model\.json: not JSON"):
        miniatures.read_weights(path, tokenizer)
    card.unlink()
    with pytest.raises(WeightsError, match=r"model\.json: no card for model\.safetensors"):
        miniatures.read_weights(path, tokenizer)


def test_a_pickle_is_not_read(tmp_path: Path, tokenizer: Tokenizer) -> None:
    path, model = written(tmp_path, tokenizer)
    torch.save(model.state_dict(), path)
    with pytest.raises(WeightsError, match="not a safetensors file"):
        miniatures.read_weights(path, tokenizer)

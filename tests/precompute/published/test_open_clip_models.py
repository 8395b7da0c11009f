"""Models of open_clip's list, from the hub and from folders, without a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import open_clip
import pytest
import torch
from huggingface_hub.constants import HF_HUB_CACHE
from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError
from safetensors.torch import save_file
from torch import Tensor

from precompute.hardware import Hardware
from precompute.published import hub, open_clip_models
from precompute.published.biomedclip import biomedclip
from precompute.published.errors import EncoderError
from precompute.published.open_clip_models import NamedModel, PackagedModel
from tests.precompute.published import comparison, official

TOLERANCE = 1e-6


@pytest.fixture
def state() -> dict[str, Tensor]:
    return official.random_state(official.TINY)


@pytest.fixture
def weights(state: dict[str, Tensor], tmp_path: Path) -> Path:
    path = tmp_path / "weights.safetensors"
    save_file(state, path)
    return path


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub of which nothing is in the cache, and that nobody answers for."""

    def refuse(repository: str, name: str) -> str:
        raise LocalEntryNotFoundError("no route to host")

    monkeypatch.setattr(hub, "hf_hub_download", refuse)
    monkeypatch.setattr(hub, "try_to_load_from_cache", lambda *_: None)


def tag(monkeypatch: pytest.MonkeyPatch, **known: Any) -> None:
    """Give the small model the tag "ours"."""
    entry = {"hf_hub": "owner/tiny/", **known}
    monkeypatch.setitem(open_clip.pretrained._PRETRAINED, "RN-tiny", {"ours": entry})


def constant(value: int) -> list[np.ndarray]:
    return [np.full((64, 64, 3), value, dtype=np.uint8)]


def test_a_tag_decides_gelu_and_preprocessing(
    state: dict[str, Tensor],
    weights: Path,
    cpu: Hardware,
    tiny: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tag(monkeypatch, quick_gelu=True, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
    monkeypatch.setattr(hub, "fetch", lambda *names: weights)
    encoder = NamedModel(tiny, "ours").load("tiny", cpu)
    assert max(comparison.differences(encoder, state, official.TINY, 2)) < TOLERANCE
    # 255 becomes (1 - 0.5) / 0.25.
    assert (encoder.prepare_images(constant(255)) == 2.0).all()


def test_a_file_alone_is_preprocessed_as_clip_does(weights: Path, cpu: Hardware, tiny: str) -> None:
    encoder = NamedModel(tiny, weights=weights).load("tiny", cpu)
    values = encoder.prepare_images(constant(0))[0, :, 0, 0]
    assert values.tolist() == pytest.approx(
        [-0.48145466 / 0.26862954, -0.4578275 / 0.26130258, -0.40821073 / 0.27577711]
    )


def test_pictures_are_scaled_to_the_shorter_side_and_cut(
    weights: Path, cpu: Hardware, tiny: str
) -> None:
    """Green between red margins: the middle of 64 x 128 is the middle half."""
    encoder = NamedModel(tiny, weights=weights).load("tiny", cpu)
    picture = np.zeros((64, 128, 3), dtype=np.uint8)
    picture[:, :, 0] = 255
    picture[:, 32:96] = (0, 255, 0)
    green = np.zeros((64, 64, 3), dtype=np.uint8)
    green[:, :] = (0, 255, 0)
    assert torch.equal(encoder.prepare_images([picture]), encoder.prepare_images([green]))


def test_a_template_surrounds_the_caption(weights: Path, cpu: Hardware, tiny: str) -> None:
    encoder = NamedModel(tiny, weights=weights, template="{a} photo of {}.").load("tiny", cpu)
    plain = NamedModel(tiny, weights=weights).load("tiny", cpu)
    expected = plain.prepare_texts(["{a} photo of {odd} braces."])
    assert torch.equal(encoder.prepare_texts(["{odd} braces"]), expected)
    assert encoder.facts["template"] == "{a} photo of {}."


def test_the_digest_follows_weights_and_settings(weights: Path, tiny: str) -> None:
    model = NamedModel(tiny, weights=weights)
    first = model.digest()
    assert NamedModel(tiny, weights=weights, template="a {}").digest() != first
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert NamedModel(tiny, weights=weights).digest() != first


def test_weights_of_another_model_are_named(
    state: dict[str, Tensor], tmp_path: Path, cpu: Hardware, tiny: str
) -> None:
    path = tmp_path / "other.pt"
    del state["ln_final.bias"]
    torch.save({"state_dict": {**state, "extra.weight": torch.zeros(1)}}, path)
    with pytest.raises(EncoderError) as caught:
        NamedModel(tiny, weights=path).load("tiny", cpu)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert 'Missing key(s) in state_dict: "ln_final.bias"' in message
    assert 'Unexpected key(s) in state_dict: "extra.weight"' in message


def test_a_missing_file_is_named(tmp_path: Path, tiny: str) -> None:
    with pytest.raises(EncoderError, match=r"absent\.pt: no such weights file"):
        NamedModel(tiny, weights=tmp_path / "absent.pt").digest()


@pytest.mark.usefixtures("unreachable")
def test_without_a_network_the_error_says_what_to_fetch_and_where_to_put_it() -> None:
    with pytest.raises(EncoderError) as caught:
        NamedModel("RN50", "openai").digest()
    message = str(caught.value)
    assert "timm/resnet50_clip.openai open_clip_model.safetensors" in message
    assert "no route to host" in message
    assert "`hf download timm/resnet50_clip.openai open_clip_model.safetensors`" in message
    assert f"copy the folder of the cache there to {HF_HUB_CACHE}" in message
    assert message.endswith("or fetch that file and say with `weights` where it is")


@pytest.mark.usefixtures("unreachable")
def test_biomedclip_without_a_network() -> None:
    with pytest.raises(EncoderError) as caught:
        biomedclip().digest()
    assert (
        "`hf download microsoft/BiomedCLIP-PubMedBERT_256-vit_base_patch16_224 "
        "open_clip_config.json`"
    ) in str(caught.value)


@pytest.mark.usefixtures("unreachable")
def test_what_is_in_the_cache_is_not_fetched(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = {("owner/tiny", hub.WEIGHTS[1]): str(weights)}
    monkeypatch.setattr(hub, "try_to_load_from_cache", lambda *key: cached.get(key))
    assert hub.fetch("owner/tiny", *hub.WEIGHTS) == weights


@pytest.mark.usefixtures("unreachable")
def test_a_repository_without_safetensors_has_the_other_file(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(repository: str, name: str) -> str:
        if name != hub.WEIGHTS[1]:
            raise EntryNotFoundError(name)
        return str(weights)

    monkeypatch.setattr(hub, "hf_hub_download", download)
    assert hub.fetch("owner/tiny", *hub.WEIGHTS) == weights
    with pytest.raises(EncoderError, match=r"owner/tiny on the hub has no open_clip_config\.json"):
        hub.fetch("owner/tiny", hub.CONFIG)


def test_a_name_that_the_hub_cannot_have() -> None:
    with pytest.raises(EncoderError, match="'owner/a/b' is no repository of the hub"):
        hub.fetch("owner/a/b", hub.CONFIG)


def package(folder: Path, state: dict[str, Tensor], config: dict[str, Any]) -> Path:
    folder.mkdir()
    preprocessing = {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]}
    content = {"model_cfg": config, "preprocess_cfg": preprocessing}
    (folder / "open_clip_config.json").write_text(json.dumps(content))
    save_file(state, folder / "open_clip_model.safetensors")
    return folder


def test_a_folder_brings_config_and_weights(
    state: dict[str, Tensor], tmp_path: Path, cpu: Hardware
) -> None:
    config = {**official.TINY.config, "quick_gelu": True}
    folder = package(tmp_path / "package", state, config)
    model = PackagedModel(f"local-dir:{folder}")
    encoder = model.load("package", cpu)
    assert max(comparison.differences(encoder, state, official.TINY, 2)) < TOLERANCE
    assert (encoder.prepare_images(constant(255)) == 2.0).all()
    first = model.digest()
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": config}))
    assert PackagedModel(f"local-dir:{folder}").digest() != first


def test_a_folder_that_is_none(tmp_path: Path, cpu: Hardware) -> None:
    with pytest.raises(EncoderError, match=r"needs open_clip_config\.json and open_clip_model"):
        PackagedModel(f"local-dir:{tmp_path}").digest()
    folder = package(tmp_path / "package", {"w": torch.zeros(1)}, {"embed_dim": 3})
    with pytest.raises(EncoderError, match=r"open_clip_config\.json: cannot be loaded: 'text_cfg'"):
        PackagedModel(f"local-dir:{folder}").load("package", cpu)


def test_a_text_model_of_transformers_needs_the_package(
    state: dict[str, Tensor], tmp_path: Path, cpu: Hardware, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = {**official.TINY.config, "text_cfg": {"hf_model_name": "owner/bert"}}
    folder = package(tmp_path / "package", state, config)
    monkeypatch.setattr(open_clip_models, "find_spec", lambda name: None)
    with pytest.raises(EncoderError, match="reads text with the package `transformers`"):
        PackagedModel(f"local-dir:{folder}").load("package", cpu)

"""CyCLIP's and CLOOB's checkpoints, and OpenAI's weights, against the direct computation.

Sums in another order leave a difference: no component of a unit vector may be off by 1e-6.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import open_clip
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from precompute.hardware import Hardware
from precompute.published import cloob, hub
from precompute.published.clip_parts import CuttingTokenizer
from precompute.published.cloob import Cloob
from precompute.published.cyclip import CyClip
from precompute.published.errors import EncoderError
from precompute.published.names import source_of
from tests.precompute.published import comparison, official

TOLERANCE = 1e-6


@pytest.fixture
def state() -> dict[str, Tensor]:
    return official.random_state(official.TINY)


def saved(checkpoint: dict[str, Any], folder: Path) -> Path:
    path = folder / "checkpoint.pt"
    torch.save(checkpoint, path)
    return path


@pytest.mark.usefixtures("tiny")
def test_cyclip_gives_what_its_checkpoint_says(
    state: dict[str, Tensor], tmp_path: Path, cpu: Hardware
) -> None:
    encoder = CyClip(saved(official.to_cyclip(state), tmp_path)).load("cyclip", cpu)
    images, texts = comparison.differences(encoder, state, official.TINY, 3)
    assert images < TOLERANCE
    assert texts < TOLERANCE
    assert encoder.logit_scale == pytest.approx(12.1825)  # e^2.5


def test_cloob_gives_what_its_checkpoint_says(
    state: dict[str, Tensor], tmp_path: Path, cpu: Hardware, tiny: str
) -> None:
    path = saved(official.to_cloob(state, f"{tiny}.json"), tmp_path)
    encoder = Cloob(tiny, path).load("cloob", cpu)
    images, texts = comparison.differences(encoder, state, official.TINY, 3)
    assert images < TOLERANCE
    assert texts < TOLERANCE
    assert encoder.logit_scale == pytest.approx(12.1825)
    assert encoder.facts == {
        "tower": tiny,
        "objective": "cloob",
        "weights": "checkpoint.pt",
        "dimensions": 16,
        "parameters": sum(
            tensor.numel()
            for name, tensor in state.items()
            if "running" not in name and "num_batches" not in name
        ),
        "template": "{}",
    }


def test_without_quick_gelu_texts_would_be_off(
    state: dict[str, Tensor], tmp_path: Path, cpu: Hardware, tiny: str
) -> None:
    path = tmp_path / "weights.safetensors"
    save_file(state, path)
    by_error_function = source_of("open_clip", {"model": tiny, "weights": str(path)})
    quick = source_of("open_clip", {"model": tiny, "weights": str(path), "quick_gelu": True})
    plain = comparison.differences(by_error_function.load("plain", cpu), state, official.TINY, 2)
    right = comparison.differences(quick.load("quick", cpu), state, official.TINY, 2)
    assert plain[1] > 1e-3
    assert max(right) < TOLERANCE
    assert quick.digest() != by_error_function.digest()


@pytest.mark.usefixtures("tiny")
def test_cyclip_names_what_is_missing_and_what_is_too_much(
    state: dict[str, Tensor], tmp_path: Path, cpu: Hardware
) -> None:
    state["visual.bn9.weight"] = state.pop("visual.bn1.weight")
    state["ln_final.bias"] = torch.zeros(5)
    with pytest.raises(EncoderError) as caught:
        CyClip(saved(official.to_cyclip(state), tmp_path)).load("cyclip", cpu)
    assert str(caught.value) == (
        f"{tmp_path / 'checkpoint.pt'}: missing: visual.bn1.weight; "
        "unexpected: visual.bn9.weight; wrong shape: ln_final.bias (5,) for (128,)"
    )


def test_cloob_names_what_is_missing(
    state: dict[str, Tensor], tmp_path: Path, cpu: Hardware, tiny: str
) -> None:
    checkpoint = official.to_cloob(state, f"{tiny}.json")
    del checkpoint["state_dict"]["module.transformer.transformer.resblocks.1.ln_1.bias"]
    with pytest.raises(EncoderError, match=r"missing: transformer\.resblocks\.1\.ln_1\.bias$"):
        Cloob(tiny, saved(checkpoint, tmp_path)).load("cloob", cpu)


def test_cloob_refuses_another_architecture(
    state: dict[str, Tensor], tmp_path: Path, cpu: Hardware, tiny: str
) -> None:
    path = saved(official.to_cloob(state, "RN50x4.json"), tmp_path)
    with pytest.raises(EncoderError, match="holds RN50x4, not RN-tiny"):
        Cloob(tiny, path).load("cloob", cpu)


def test_cloob_refuses_a_checkpoint_of_cyclip(
    state: dict[str, Tensor], tmp_path: Path, cpu: Hardware, tiny: str
) -> None:
    path = saved(official.to_cyclip(state), tmp_path)
    with pytest.raises(EncoderError, match="missing: logit_inv_tau; not a checkpoint of CLOOB"):
        Cloob(tiny, path).load("cloob", cpu)


def test_cloob_names_are_mapped() -> None:
    values = {
        "logit_inv_tau": 0.0,
        "logit_scale_hopfield": 1.0,
        "visual.layer1.0.bn1.bias": 2.0,
        "transformer.text_projection": 3.0,
        "transformer.transformer.resblocks.0.ln_1.bias": 4.0,
    }
    tensors = {name: torch.tensor(value) for name, value in values.items()}
    mapped = cloob.to_open_clip(tensors, Path("cloob.pt"))
    assert {name: tensor.item() for name, tensor in mapped.items()} == {
        "logit_scale": 0.0,
        "visual.layer1.0.bn1.bias": 2.0,
        "text_projection": 3.0,
        "transformer.resblocks.0.ln_1.bias": 4.0,
    }
    tensors["text_projection"] = torch.tensor(5.0)
    with pytest.raises(EncoderError, match="names of CLOOB and of open_clip are mixed"):
        cloob.to_open_clip(tensors, Path("cloob.pt"))


@pytest.mark.parametrize(
    ("name", "architecture"), [("RN50", official.RN50), ("RN50x4", official.RN50X4)]
)
def test_published_architectures_are_those_of_open_clip(
    name: str, architecture: official.Architecture
) -> None:
    with torch.device("meta"):
        model = open_clip.CLIP(**open_clip.get_model_config(name), quick_gelu=True)
    found = {key: tuple(tensor.shape) for key, tensor in model.state_dict().items()}
    assert found == official.shapes(architecture)


def test_captions_cut_off_have_no_end_of_text() -> None:
    tokenize = CuttingTokenizer()
    short, long = tokenize(["a dog", "dog " * 100])
    start, a, dog, end = 49_406, 320, 1_929, 49_407
    assert short.tolist() == [start, a, dog, end] + [0] * 73
    assert long.tolist() == [start] + [dog] * 76
    assert open_clip.tokenize(["dog " * 100])[0, -1] == end


@pytest.fixture
def full_size(tmp_path: Path) -> Iterator[Path]:
    """A folder for one checkpoint of .4 GB, which pytest would keep for three sessions."""
    yield tmp_path
    for path in tmp_path.iterdir():
        path.unlink()


@pytest.mark.slow
def test_openai_clip_at_full_size(
    full_size: Path, cpu: Hardware, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = official.random_state(official.RN50)
    path = full_size / "open_clip_model.safetensors"
    save_file(state, path)

    def fetch(*names: str) -> Path:
        assert names == ("timm/resnet50_clip.openai", *hub.WEIGHTS)
        return path

    monkeypatch.setattr(hub, "fetch", fetch)
    encoder = source_of("openai-clip-rn50", {}).load("clip", cpu)
    assert max(comparison.differences(encoder, state, official.RN50, 1)) < TOLERANCE


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cyclip", "cloob-rn50"])
def test_checkpoints_at_full_size(name: str, full_size: Path, cpu: Hardware) -> None:
    state = official.random_state(official.RN50)
    forms = {
        "cyclip": official.to_cyclip(state),
        "cloob-rn50": official.to_cloob(state, "RN50.json"),
    }
    path = saved(forms[name], full_size)
    encoder = source_of(name, {"weights": str(path)}).load(name, cpu)
    assert max(comparison.differences(encoder, state, official.RN50, 1)) < TOLERANCE

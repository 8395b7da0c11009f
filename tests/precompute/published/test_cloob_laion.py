"""CLOOB LAION-400M: its conversion against NumPy, its layout in full, its preprocessing."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image

from precompute.hardware import Hardware
from precompute.published import cloob_laion
from precompute.published.cloob_laion import CloobLaion400M, read_towers
from precompute.published.cloob_laion_towers import CloobLaion, Config, Transformer
from precompute.published.errors import EncoderError
from tests.precompute.published import haiku_reference as haiku

IMAGE = haiku.Tower(layers=3, width=12, heads=3, places=5)
TEXT = haiku.Tower(layers=2, width=8, heads=2, places=7)
SMALL = Config(
    dimensions=6,
    image_size=8,
    patch_size=4,
    context_length=7,
    vocabulary_size=11,
    image=Transformer(3, 12, 3),
    text=Transformer(2, 8, 2),
)
END = 10
TOKENS = np.array(
    [
        [9, 4, 2, END, 0, 0, 0],
        [9, END, 0, 0, 0, 0, 0],
        [9, 1, 2, 3, 4, 5, END],
        [9, 1, 2, 3, 4, 5, 6],
        [9, 4, END, 0, END, 0, 0],
    ]
)
EXACT = 1e-12
TOLERANCE = 1e-6  # in float32


@pytest.fixture
def params() -> tuple[haiku.Params, haiku.Params]:
    image = haiku.random_params(haiku.image_shapes(IMAGE, patch=4, dimensions=6), seed=1)
    text = haiku.random_params(haiku.text_shapes(TEXT, vocabulary=11, dimensions=6), seed=2)
    return image, text


def saved(params: object, folder: Path, name: str = "cloob_laion.pkl") -> Path:
    path = folder / name
    path.write_bytes(pickle.dumps({"params": params, "epoch": 32}, protocol=4))
    return path


Vectors = npt.NDArray[np.float64]


def encoded(model: CloobLaion, images: Vectors) -> tuple[Vectors, Vectors]:
    """Both towers in float64, so that nothing but rounding's last digits may differ."""
    model = model.double().eval()
    with torch.inference_mode():
        by_image = model.image(torch.from_numpy(images))
        return by_image.numpy(), model.text(torch.from_numpy(TOKENS)).numpy()


@pytest.mark.parametrize("gelu", ["tanh", "erf"])
def test_towers_compute_what_haiku_would(
    params: tuple[haiku.Params, haiku.Params], tmp_path: Path, gelu: str
) -> None:
    images = np.random.default_rng(5).normal(size=(4, 3, 8, 8))
    by_image, by_text = encoded(read_towers(saved(params, tmp_path), SMALL, gelu), images)
    expected_images = haiku.encode_images(params[0], images, IMAGE, gelu)
    expected_texts = haiku.encode_texts(params[1], TOKENS, TEXT, gelu)
    assert np.abs(by_image - expected_images).max() < EXACT
    # The fourth and fifth row: no end of text at all, and a second one behind the first.
    assert np.abs(by_text - expected_texts).max() < EXACT
    other = haiku.encode_texts(params[1], TOKENS, TEXT, "erf" if gelu == "tanh" else "tanh")
    assert np.abs(by_text - other).max() > TOLERANCE


def test_what_stands_behind_the_text_matters(
    params: tuple[haiku.Params, haiku.Params], tmp_path: Path
) -> None:
    """The published mask hides no places; it only makes those behind the text attend evenly."""
    model = read_towers(saved(params, tmp_path), SMALL, "tanh").eval()
    padded = torch.tensor([[9, 4, END, 0, 0, 0, 0], [9, 4, END, 3, 0, 0, 0]])
    with torch.inference_mode():
        zeros, other = model.text(padded)
    assert (zeros - other).abs().max() > 1e-3


def test_published_layout(tmp_path: Path) -> None:
    """Names and shapes of all parameters at full size, counted by hand."""
    with torch.device("meta"):
        model = CloobLaion(Config())
    image_tower = haiku.Tower(layers=12, width=768, heads=12, places=14 * 14 + 1)
    text_tower = haiku.Tower(layers=12, width=512, heads=8, places=77)
    expected_image = haiku.image_shapes(image_tower, patch=16, dimensions=512)
    expected_text = haiku.text_shapes(text_tower, vocabulary=49_408, dimensions=512)
    assert layout(cloob_laion.image_entries(Config()), model.image) == expected_image
    assert layout(cloob_laion.text_entries(Config()), model.text) == expected_text
    # In a layer of width w: 4 w² + 4 w, 2 (2 w), 8 w² + 5 w.
    assert count(model.image) == (
        768 + 16 * 16 * 3 * 768 + 197 * 768 + 12 * (12 * 768**2 + 13 * 768) + 768 * 512 + 512
    )
    assert count(model.image) == 86_190_080
    assert count(model.text) == (
        49_408 * 512 + 77 * 512 + 12 * (12 * 512**2 + 13 * 512) + 512 * 512 + 512
    )
    assert count(model.text) == 63_427_584


def layout(entries: list[cloob_laion.Entry], tower: torch.nn.Module) -> haiku.Shapes:
    own = tower.state_dict()
    assert {entry.name for entry in entries} == own.keys()
    shapes: haiku.Shapes = {}
    for entry in entries:
        shapes.setdefault(entry.module, {})[entry.parameter] = entry.haiku_shape(own[entry.name])
    return shapes


def count(tower: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in tower.parameters())


LAYER = "text_encoder/layer_1/self_attention/multi_head_attention"


def drop(params: tuple[haiku.Params, haiku.Params]) -> None:
    del params[1][f"{LAYER}/key"]["b"]


def add(params: tuple[haiku.Params, haiku.Params]) -> None:
    params[0]["vi_t_image_encoder/layer_norm"] = {"scale": np.ones(12, dtype=np.float32)}


def transpose(params: tuple[haiku.Params, haiku.Params]) -> None:
    params[1]["text_encoder/proj"]["w"] = params[1]["text_encoder/proj"]["w"].T


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (drop, f"missing: {LAYER}/key/b"),
        (add, "unexpected: vi_t_image_encoder/layer_norm/scale"),
        (transpose, "wrong shape: text_encoder/proj/w (6, 8) for (8, 6)"),
    ],
)
def test_names_what_does_not_fit(
    change: Callable[[tuple[haiku.Params, haiku.Params]], None],
    message: str,
    params: tuple[haiku.Params, haiku.Params],
    tmp_path: Path,
) -> None:
    change(params)
    path = saved(params, tmp_path)
    with pytest.raises(EncoderError) as caught:
        read_towers(path, SMALL, "tanh")
    assert str(caught.value) == f"{path}: {message}"


def test_a_hash_in_the_name_is_checked(
    params: tuple[haiku.Params, haiku.Params], tmp_path: Path
) -> None:
    path = saved(params, tmp_path)
    promised = hashlib.sha256(path.read_bytes()).hexdigest()
    right = path.rename(tmp_path / f"cloob-{promised}.pkl")
    cloob_laion.check_hash_in_name(right)
    right.write_bytes(right.read_bytes()[:-1])
    with pytest.raises(EncoderError, match=r"damaged: its SHA-256 is [0-9a-f]{64}, not that"):
        cloob_laion.check_hash_in_name(right)


def test_preprocessing_is_lanczos_then_the_middle() -> None:
    """A picture of 300 x 200 is scaled to 336 x 224; then 56 columns go on either side."""
    draw = np.random.default_rng(0)
    picture = Image.fromarray(draw.integers(0, 256, (200, 300, 3), dtype=np.uint8))
    scaled = np.asarray(picture.resize((336, 224), Image.Resampling.LANCZOS), dtype=np.float64)
    mean = np.array([0.48145466, 0.4578275, 0.40821073])
    deviation = np.array([0.26862954, 0.26130258, 0.27577711])
    expected = (scaled[:, 56:280] / 255 - mean) / deviation
    found = cloob_laion.preprocessing(224)(picture)
    assert found.shape == (3, 224, 224)
    assert np.abs(found.numpy().transpose(1, 2, 0) - expected).max() < 1e-6


def test_the_encoder_puts_it_all_together(
    tmp_path: Path, cpu: Hardware, monkeypatch: pytest.MonkeyPatch
) -> None:
    text_tower = haiku.Tower(layers=1, width=8, heads=2, places=77)
    shapes = haiku.text_shapes(text_tower, vocabulary=49_408, dimensions=6)
    image = haiku.random_params(haiku.image_shapes(IMAGE, patch=4, dimensions=6), seed=1)
    text = haiku.random_params(shapes, seed=2)
    config = Config(6, 8, 4, 77, 49_408, Transformer(3, 12, 3), Transformer(1, 8, 2))
    monkeypatch.setattr(CloobLaion400M, "config", config)
    source = CloobLaion400M(32, saved((image, text), tmp_path))
    encoder = source.load("cloob-laion", cpu)
    picture = np.full((8, 8, 3), 51, dtype=np.uint8)
    images = encoder.gather([encoder.encode_images(encoder.prepare_images([picture]))])
    value = (0.2 - np.array([0.48145466, 0.4578275, 0.40821073])) / [
        0.26862954,
        0.26130258,
        0.27577711,
    ]
    flat = np.broadcast_to(value[None, :, None, None], (1, 3, 8, 8))
    assert np.abs(images - haiku.encode_images(image, flat, IMAGE)).max() < TOLERANCE
    tokens = encoder.prepare_texts(["a dog"])
    assert tokens[0, :5].tolist() == [49_406, 320, 1_929, 49_407, 0]
    texts = encoder.gather([encoder.encode_texts(tokens)])
    expected = haiku.encode_texts(text, tokens.numpy(), text_tower)
    assert np.abs(texts - expected).max() < TOLERANCE
    assert (encoder.logit_scale, encoder.picture_side) == (30.0, 8)
    assert source.digest() != CloobLaion400M(32, source.weights, gelu="erf").digest()

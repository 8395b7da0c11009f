import numpy as np
import pytest
import torch
from torch import nn

from precompute.cone import cones, features_of, pooled_image, pooled_text
from precompute.miniatures import config_of, start
from precompute.scenes import held_out_scenes, paint_scenes
from precompute.tokenizer import Tokenizer


def test_maps_and_tokens_are_pooled_by_their_mean() -> None:
    maps = torch.tensor([[[[1.0, 2.0], [3.0, 6.0]]]])
    assert pooled_image(maps).tolist() == [[3.0]]
    tokens = torch.tensor([[[1.0, 0.0], [3.0, 2.0]]])
    assert pooled_image(tokens).tolist() == [[2.0, 1.0]]


def test_texts_are_pooled_up_to_their_end() -> None:
    features = torch.tensor([[[1.0], [3.0], [100.0]], [[1.0], [3.0], [5.0]]])
    assert pooled_text(torch.tensor([2, 3]))(features).tolist() == [[2.0], [3.0]]


def test_layers_are_heard_while_the_model_runs_and_not_after() -> None:
    layer = nn.Linear(2, 2)
    with features_of({"one": layer}) as seen:
        expected = layer(torch.ones(1, 2))
    assert torch.equal(seen["one"], expected)
    layer(torch.zeros(1, 2))
    assert torch.equal(seen["one"], expected)


@pytest.mark.parametrize(
    ("tower", "layers"),
    [
        ("cnn", ["stem", "stage 1", "stage 2", "stage 3", "stage 4", "output"]),
        ("vit", ["patches", *(f"block {i}" for i in range(1, 7)), "output"]),
    ],
)
def test_random_towers_have_narrow_cones(tower: str, layers: list[str]) -> None:
    tokenizer, scenes = Tokenizer.read(), held_out_scenes(24)
    images, tokens = paint_scenes(scenes), tokenizer([scene.caption for scene in scenes])
    model = start(config_of(tower, tokenizer), 0, 100.0)
    of_images, of_texts = cones(model, images, tokens)
    assert list(of_images) == layers
    assert list(of_texts) == ["words", "block 1", "block 2", "block 3", "output"]
    assert model.training, "as it was"
    # Measured beforehand: 1.00 for the CNN, .82 for the ViT, .72 to .75 for texts.
    assert of_images["output"] == pytest.approx({"cnn": 1.0, "vit": 0.82}[tower], abs=0.03)
    assert of_texts["output"] == pytest.approx(0.74, abs=0.05)
    with torch.no_grad():
        x = nn.functional.normalize(model.eval().encode_text(tokens), dim=1).numpy()
    every = (x @ x.T)[~np.eye(24, dtype=bool)]
    assert of_texts["output"] == pytest.approx(every.mean(), abs=1e-5)

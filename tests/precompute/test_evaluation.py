import math

import numpy as np
import pytest
import torch

from precompute import training
from precompute.evaluation import encode_pairs, evaluate, evaluation_mode
from tests.precompute.miniature_task import colour_task


def rows(*values: tuple[float, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array(values, dtype=np.float32)


def test_figures_of_three_pairs_by_hand() -> None:
    # Similarities, images down, texts across:  1 0 0 / 0 0 1 / 0 1 0  (two texts swapped).
    images = rows((1, 0, 0), (0, 1, 0), (0, 0, 1))
    figures = evaluate(images, images[[0, 2, 1]], logit_scale=2)
    assert figures.pairs == 3
    assert figures.recall_image_to_text == pytest.approx(1 / 3)
    assert figures.recall_text_to_image == pytest.approx(1 / 3)
    assert figures.gap == pytest.approx(0, abs=1e-7)
    partition = math.log(math.exp(2) + 2)
    assert figures.loss_image_to_text == pytest.approx(partition - 2 / 3)
    assert figures.loss_text_to_image == pytest.approx(partition - 2 / 3)


def test_directions_are_not_confused() -> None:
    # Similarities 1 .6 / 0 .8: both images find their text; so do the texts: .8 > .6. Then the
    # second text moves towards the first image: 1 .8 / 0 .6, and finds that one instead.
    images = rows((1, 0), (0, 1))
    found = evaluate(images, rows((1, 0), (0.6, 0.8)), 1)
    assert (found.recall_image_to_text, found.recall_text_to_image) == (1, 1)
    lost = evaluate(images, rows((1, 0), (0.8, 0.6)), 1)
    assert (lost.recall_image_to_text, lost.recall_text_to_image) == (1, 0.5)
    assert lost.loss_image_to_text < lost.loss_text_to_image


def test_gap_is_the_distance_of_the_means() -> None:
    # Means (½, ½) and (0, −1): the distance is √(¼ + 9/4).
    figures = evaluate(rows((1, 0), (0, 1)), rows((0, -1), (0, -1)), 1)
    assert figures.gap == pytest.approx(math.sqrt(2.5))


def test_encoding_gives_unit_vectors_that_do_not_depend_on_the_batch() -> None:
    task = colour_task()
    model = training.model_at_start(task)
    images, captions = task.held_out
    tokens = task.tokenizer(captions)
    x, y = encode_pairs(model, images, tokens)
    assert x.shape == y.shape == (60, 16)
    assert x.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(y, axis=1), 1, rtol=1e-5)
    alone, _ = encode_pairs(model, images[7:8], tokens[7:8])
    np.testing.assert_allclose(alone[0], x[7], atol=1e-5)


def test_looking_at_held_out_pairs_leaves_the_model_as_it_was() -> None:
    task = colour_task()
    model = training.model_at_start(task)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    with evaluation_mode(model):
        assert not model.visual.training
    images, captions = task.held_out
    encode_pairs(model, images, task.tokenizer(captions))
    assert model.training
    assert all(torch.equal(before[n], tensor) for n, tensor in model.state_dict().items())

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, tensor

from precompute import training
from precompute.shifted import ShiftedCLIP, move, offsets_without_gap
from precompute.training import Intervals, RunFolder, Task
from tests.precompute.miniature_task import colour_task

EVERY_STEP = Intervals(log_steps=1, evaluation_pairs=16, checkpoint_seconds=0)


def task_without_gap() -> Task:
    task = colour_task()
    return replace(task, recipe=replace(task.recipe, start_without_gap=True))


def gap(images: Tensor, texts: Tensor) -> float:
    return float((images.mean(dim=0) - texts.mean(dim=0)).norm())


def test_moving_is_subtracting_from_unit_vectors() -> None:
    # (3, 4) is (.6, .8) normalised; less (.6, 0) it is (0, .8), normalised (0, 1).
    moved = move(tensor([[3.0, 4.0]]), tensor([0.6, 0.0]))
    torch.testing.assert_close(moved, tensor([[0.0, 1.0]]))


def test_one_pair_meets_in_the_middle() -> None:
    # Half of the gap (1, -1) each: both become (.5, .5).
    x, y = offsets_without_gap(tensor([[1.0, 0.0]]), tensor([[0.0, 1.0]]))
    torch.testing.assert_close(x, tensor([0.5, -0.5]))
    torch.testing.assert_close(y, tensor([-0.5, 0.5]))


def test_means_coincide_although_one_cone_is_narrower() -> None:
    images = torch.nn.functional.normalize(tensor([[5.0, 1, 0], [5.0, -1, 0]]), dim=1)
    texts = torch.nn.functional.normalize(tensor([[0.0, 1, 1], [0.0, -1, 1]]), dim=1)
    x, y = offsets_without_gap(images, texts)
    assert gap(images, texts) > 1
    assert gap(move(images, x), move(texts, y)) < 1e-5


def test_opposite_points_have_no_middle() -> None:
    with pytest.raises(ValueError, match="onto the origin"):
        offsets_without_gap(tensor([[1.0, 0.0]]), tensor([[-1.0, 0.0]]))


def test_a_training_without_gap_starts_without_one_and_otherwise_as_usual(tmp_path: Path) -> None:
    usual, shifted = colour_task(), task_without_gap()
    model = training.model_at_start(shifted)
    assert isinstance(model, ShiftedCLIP)
    assert gap(*training.at_start(usual, training.model_at_start(usual))) > 0.1
    assert gap(*training.at_start(shifted, model)) < 1e-5
    offsets = {"image_offset": model.image_offset, "text_offset": model.text_offset}
    for name, weight in training.model_at_start(usual).state_dict().items():
        assert torch.equal(model.state_dict()[name], weight), name

    folder = RunFolder(tmp_path)
    while not (outcome := training.train(shifted, folder, EVERY_STEP, stop_after=-1)).finished:
        pass
    unbroken = training.train(shifted, RunFolder(tmp_path / "unbroken"), EVERY_STEP)
    for name, weight in unbroken.model.state_dict().items():
        assert torch.equal(outcome.model.state_dict()[name], weight), name
        if name in offsets:
            assert torch.equal(weight, offsets[name]), "offsets are no parameters"

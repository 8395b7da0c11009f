from dataclasses import replace
from pathlib import Path

import pytest
import torch
from open_clip.model import CLIP

from precompute import training
from precompute.checkpoints import (
    CheckpointError,
    Position,
    check_settings,
    flatten,
    read_checkpoint,
    restore,
    write_checkpoint,
)
from precompute.miniatures import WeightsError
from precompute.objectives import objective
from precompute.tokenizer import Tokenizer
from tests.precompute.miniature_task import colour_task


def one_step(task: training.Task) -> tuple[CLIP, torch.optim.Optimizer]:
    model = training.model_at_start(task)
    optimizer = training.optimizer_of(model, task.recipe)
    images, tokens = next(training.batches(task, 0))
    loss_of = objective(task.recipe.objective)
    training.train_step(model, optimizer, loss_of, images, tokens, task.recipe, task.hardware)
    return model, optimizer


def test_everything_comes_back(tmp_path: Path) -> None:
    task = colour_task()
    model, optimizer = one_step(task)
    path = tmp_path / "newest.safetensors"
    write_checkpoint(path, Position(1, 2.5, {"a": {"b": [1, 2]}}), model, optimizer)

    checkpoint = read_checkpoint(path)
    assert checkpoint is not None
    assert checkpoint.position == Position(1, 2.5, {"a": {"b": [1, 2]}})
    fresh = training.model_at_start(task)
    fresh_optimizer = training.optimizer_of(fresh, task.recipe)
    restore(checkpoint, fresh, fresh_optimizer)
    state = fresh.state_dict()
    assert all(torch.equal(state[name], tensor) for name, tensor in model.state_dict().items())
    for mine, theirs in zip(model.parameters(), fresh.parameters(), strict=True):
        ours, restored = optimizer.state[mine], fresh_optimizer.state[theirs]
        assert ours.keys() == restored.keys()
        assert all(torch.equal(ours[key], restored[key]) for key in ours)


def test_no_file_is_no_checkpoint(tmp_path: Path) -> None:
    assert read_checkpoint(tmp_path / "newest.safetensors") is None


def test_broken_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "newest.safetensors"
    path.write_bytes(b"\x10")
    with pytest.raises(CheckpointError, match=r"newest\.safetensors: not a whole safetensors"):
        read_checkpoint(path)


def test_weights_are_not_taken_for_a_checkpoint(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    path = tmp_path / "weights.safetensors"
    save_file({"a": torch.zeros(1)}, path)
    with pytest.raises(CheckpointError, match="not a checkpoint of version 1"):
        read_checkpoint(path)


def test_failed_write_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, optimizer = one_step(colour_task())
    path = tmp_path / "newest.safetensors"
    write_checkpoint(path, Position(1, 0.0, {}), model, optimizer)

    def full_disk(self: Path, data: bytes) -> int:
        self.touch()
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="no space"):
        write_checkpoint(path, Position(2, 0.0, {}), model, optimizer)
    checkpoint = read_checkpoint(path)
    assert checkpoint is not None
    assert checkpoint.position.step == 1
    assert list(tmp_path.iterdir()) == [path]


def test_model_of_another_shape_is_refused(tmp_path: Path) -> None:
    task = colour_task()
    model, optimizer = one_step(task)
    path = tmp_path / "newest.safetensors"
    write_checkpoint(path, Position(1, 0.0, {}), model, optimizer)
    checkpoint = read_checkpoint(path)
    assert checkpoint is not None
    words = Tokenizer([*task.tokenizer.words, "more"], 8)
    config = {**task.config, "text_cfg": {**task.config["text_cfg"]}}
    config["text_cfg"]["vocab_size"] = words.vocabulary_size
    other = training.model_at_start(replace(task, config=config))
    with pytest.raises(WeightsError, match=r"wrong shape: token_embedding\.weight"):
        restore(checkpoint, other, training.optimizer_of(other, task.recipe))


def test_settings_that_differ_are_named(tmp_path: Path) -> None:
    model, optimizer = one_step(colour_task())
    path = tmp_path / "newest.safetensors"
    made_with = {"schedule": {"pairs": 8, "rate": 1.0}, "betas": (0.9, 0.98)}
    write_checkpoint(path, Position(1, 0.0, made_with), model, optimizer)
    checkpoint = read_checkpoint(path)
    assert checkpoint is not None

    assert check_settings(checkpoint, made_with)
    longer = {**made_with, "schedule": {"pairs": 16, "rate": 1.0}}
    assert not check_settings(checkpoint, longer, may_differ=["schedule.pairs"])
    with pytest.raises(CheckpointError, match=r"schedule\.pairs was 8, is 16\. Train in another"):
        check_settings(checkpoint, longer)
    fewer = {"schedule": {"pairs": 8, "rate": 1.0}}
    with pytest.raises(CheckpointError, match=r"betas was \[0\.9, 0\.98\], is None"):
        check_settings(checkpoint, fewer)


def test_flatten_joins_keys() -> None:
    assert flatten({"a": 1, "b": {"c": 2, "d": {"e": []}}}) == {"a": 1, "b.c": 2, "b.d.e": []}

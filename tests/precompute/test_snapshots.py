from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from precompute import training
from precompute.evaluation import encode_pairs
from precompute.snapshots import (
    Camera,
    Snapshot,
    SnapshotError,
    is_snapshot_step,
    read_snapshot,
    write_snapshot,
)
from precompute.training import Intervals, RunFolder, Task, evaluate_held_out
from tests.precompute.miniature_task import colour_task

EVERY_STEP = Intervals(log_steps=1, evaluation_pairs=16, checkpoint_seconds=0)


def camera_on(task: Task, folder: Path) -> Camera:
    images, captions = task.held_out
    tokens = task.tokenizer(captions[:6])
    return Camera(folder / "film", images[:6], tokens, partial(evaluate_held_out, task))


def steps_in(folder: Path) -> list[int]:
    return sorted(int(path.stem) for path in (folder / "film").glob("*.safetensors"))


def test_steps_are_two_to_a_doubling() -> None:
    # Powers of the square root of 2, rounded: 1, 1.41, 2, 2.83, 4, 5.66, 8, 11.3, 16, 22.6, 32.
    assert [step for step in range(33) if is_snapshot_step(step)] == [
        *(0, 1, 2, 3, 4, 6, 8, 11, 16, 23, 32)
    ]


def test_a_million_pairs_in_batches_of_128_make_a_film_of_27_frames() -> None:
    taken = [step for step in range(7812) if is_snapshot_step(step)]
    assert len([*taken, 7812]) == 27


def test_film_changes_nothing_and_holds_what_the_model_made_of_the_pairs(tmp_path: Path) -> None:
    task = colour_task()
    filmed = training.train(task, RunFolder(tmp_path), EVERY_STEP, camera=camera_on(task, tmp_path))
    plain = training.train(task, RunFolder(tmp_path / "plain"), EVERY_STEP)
    for name, tensor in plain.model.state_dict().items():
        assert torch.equal(tensor, filmed.model.state_dict()[name]), name
    assert steps_in(tmp_path) == [0, 1, 2, 3, 4, 6]
    last = read_snapshot(tmp_path / "film" / "0000006.safetensors")
    x, y = encode_pairs(filmed.model, task.held_out[0][:6], task.tokenizer(task.held_out[1][:6]))
    np.testing.assert_array_equal(last.images, x.astype(np.float16))
    np.testing.assert_array_equal(last.texts, y.astype(np.float16))
    assert last.held_out == asdict(evaluate_held_out(task, filmed.model))


def test_interrupted_training_keeps_the_same_snapshots(tmp_path: Path) -> None:
    task = colour_task()
    for folder, seconds in (("whole", 1e9), *[("parts", -1.0)] * 6):
        path = tmp_path / folder
        training.train(task, RunFolder(path), EVERY_STEP, seconds, camera=camera_on(task, path))
    assert steps_in(tmp_path / "parts") == steps_in(tmp_path / "whole") == [0, 1, 2, 3, 4, 6]
    for path in (tmp_path / "whole" / "film").iterdir():
        assert path.read_bytes() == (tmp_path / "parts" / "film" / path.name).read_bytes()


def test_extending_a_training_forgets_the_end_of_the_shorter_one(tmp_path: Path) -> None:
    # Batches of 8: 40 pairs end at step 5, which is no step to take in a longer training.
    for pairs in (40, 80):
        task = colour_task(pairs=pairs)
        training.train(task, RunFolder(tmp_path), EVERY_STEP, camera=camera_on(task, tmp_path))
    assert steps_in(tmp_path) == [0, 1, 2, 3, 4, 6, 8, 10]


def test_a_broken_snapshot_is_named(tmp_path: Path) -> None:
    path = tmp_path / "0000001.safetensors"
    write_snapshot(
        path, Snapshot(1, np.zeros((2, 3), np.float16), np.zeros((2, 3), np.float16), {})
    )
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(SnapshotError, match=r"0000001\.safetensors"):
        read_snapshot(path)
    with pytest.raises(SnapshotError, match=r"0000002\.safetensors"):
        read_snapshot(tmp_path / "0000002.safetensors")

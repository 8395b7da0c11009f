import json
import math
import multiprocessing
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from open_clip.model import CLIP

from precompute import training
from precompute.checkpoints import CheckpointError, read_checkpoint
from precompute.hardware import Hardware
from precompute.objectives import objective
from precompute.recipes import FirstPhase
from precompute.training import Intervals, Outcome, RunFolder, Task, read_log
from tests.precompute.miniature_task import ColourStream, colour_task

EVERY_STEP = Intervals(log_steps=1, evaluation_pairs=16, checkpoint_seconds=0)


def assert_same_bits(first: CLIP, second: CLIP) -> None:
    theirs = second.state_dict()
    differing = [n for n, t in first.state_dict().items() if not torch.equal(t, theirs[n])]
    assert differing == []


def train(task: Task, folder: Path, stop_after: float = math.inf) -> Outcome:
    return training.train(task, RunFolder(folder), EVERY_STEP, stop_after)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return train(colour_task(), tmp_path_factory.mktemp("unbroken"))


def test_smoke_training_learns_colours_and_places(tmp_path: Path) -> None:
    # Twelve captions among 60 held-out pairs: the loss of a perfect model is what ties leave of it.
    task = colour_task(pairs=24 * 120, batch=24, warmup_pairs=240, learning_rate=3e-3)
    outcome = training.train(task, RunFolder(tmp_path), Intervals(evaluation_pairs=24 * 120))
    (last,) = [line["held_out"] for line in read_log(tmp_path / "log.jsonl") if "held_out" in line]
    _, captions = task.held_out
    ties = sum(math.log(captions[:50].count(c)) for c in captions[:50])
    ties += sum(math.log(captions[50:].count(c)) for c in captions[50:])
    assert outcome.finished
    assert last == asdict(training.evaluate_held_out(task, outcome.model))
    assert last["loss_image_to_text"] < ties / 60 + 0.3
    assert last["loss_image_to_text"] < math.log(50) - 1.5


def test_same_seed_same_weights(unbroken: Outcome, tmp_path: Path) -> None:
    assert_same_bits(unbroken.model, train(colour_task(), tmp_path).model)


def test_another_seed_other_weights(unbroken: Outcome, tmp_path: Path) -> None:
    task = colour_task()
    other = train(replace(task, recipe=replace(task.recipe, seed=1)), tmp_path).model
    assert not torch.equal(other.text_projection, unbroken.model.text_projection)


def test_stopping_and_going_on_changes_no_bit(unbroken: Outcome, tmp_path: Path) -> None:
    steps = []
    for _ in range(20):
        # A clock that runs out at once: every sitting does one step.
        outcome = train(colour_task(), tmp_path, stop_after=-1)
        steps.append(outcome.position.step)
        if outcome.finished:
            break
    assert steps == [1, 2, 3, 4, 5, 6]
    assert_same_bits(unbroken.model, outcome.model)
    losses = [line for line in read_log(tmp_path / "log.jsonl") if "loss" in line]
    assert [line["step"] for line in losses] == [1, 2, 3, 4, 5, 6]


class SlowStream(ColourStream):
    """Leaves time between steps, so that the kill comes in the middle of a training."""

    def pairs(self, start: int, count: int) -> tuple[training.Images, list[str]]:
        time.sleep(0.2)
        return super().pairs(start, count)


def train_slowly(folder: str) -> None:
    train(replace(colour_task(), stream=SlowStream()), Path(folder))


def test_killed_training_goes_on_to_the_same_bits(unbroken: Outcome, tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(
        target=train_slowly, args=(str(tmp_path),)
    )
    process.start()
    newest = RunFolder(tmp_path).newest
    deadline = time.monotonic() + 60
    while not newest.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.kill()
    process.join()
    assert process.exitcode == -9
    checkpoint = read_checkpoint(newest)
    assert checkpoint is not None
    assert 0 < checkpoint.position.step < 6, "killed in the middle"
    resumed = train(colour_task(), tmp_path)
    assert resumed.finished
    assert_same_bits(unbroken.model, resumed.model)


def test_workers_draw_the_same_batches_in_order(tmp_path: Path, unbroken: Outcome) -> None:
    task = colour_task()
    with_workers = replace(task, hardware=replace(task.hardware, workers=2))
    expected = list(training.batches(task, 2))
    drawn = list(training.batches(with_workers, 2))
    assert len(drawn) == len(expected) == 4
    for (images, tokens), (expected_images, expected_tokens) in zip(drawn, expected, strict=True):
        assert torch.equal(images, expected_images)
        assert torch.equal(tokens, expected_tokens)


def test_extended_training_ends_as_if_it_had_been_longer(tmp_path: Path) -> None:
    # Steps 6 and 10, falling from 3 and 5; then 20, falling from 10, where the second one ended.
    train(colour_task(pairs=48), tmp_path / "extended")
    extended = train(colour_task(pairs=80), tmp_path / "extended")
    longer = train(colour_task(pairs=80), tmp_path / "longer")
    assert extended.position.step == longer.position.step == 10
    assert_same_bits(extended.model, longer.model)
    twice = train(colour_task(pairs=160), tmp_path / "extended")
    assert_same_bits(twice.model, train(colour_task(pairs=160), tmp_path / "longest").model)
    steps = [x["step"] for x in read_log(tmp_path / "extended" / "log.jsonl") if "loss" in x]
    assert steps == list(range(1, 21)), "the cooldowns before are forgotten"


def test_a_first_phase_minimises_another_objective(tmp_path: Path) -> None:
    # Batches of 8: two steps of InfoNCE, then four of CLOOB.
    usual, phased = colour_task(), colour_task(objective="cloob")
    recipe = replace(phased.recipe, first_phase=FirstPhase("infonce", 16))
    phased = replace(phased, recipe=recipe)
    train(usual, tmp_path / "usual")
    unbroken = train(phased, tmp_path / "phased").model
    losses = [
        [line["loss"] for line in read_log(tmp_path / name / "log.jsonl") if "loss" in line]
        for name in ("usual", "phased")
    ]
    assert losses[0][:2] == losses[1][:2]
    assert losses[0][2] != losses[1][2]
    while not (outcome := train(phased, tmp_path / "parts", stop_after=-1)).finished:
        pass
    assert_same_bits(unbroken, outcome.model)


def test_training_past_the_end_asked_for_is_refused(tmp_path: Path) -> None:
    train(colour_task(pairs=80), tmp_path)
    with pytest.raises(CheckpointError, match="beyond step 2, where a training of 4 steps"):
        train(colour_task(pairs=32), tmp_path)


def test_finished_training_stays_as_it_is(tmp_path: Path, unbroken: Outcome) -> None:
    train(colour_task(), tmp_path)
    again = train(colour_task(), tmp_path)
    assert again.finished
    assert_same_bits(unbroken.model, again.model)


def test_folder_of_another_training_is_refused(tmp_path: Path) -> None:
    train(colour_task(), tmp_path)
    with pytest.raises(CheckpointError, match="objective was 'infonce', is 'cyclip'"):
        train(colour_task(objective="cyclip"), tmp_path)
    with pytest.raises(CheckpointError, match=r"schedule\.batch was 8, is 4"):
        train(colour_task(batch=4), tmp_path)


def test_all_objectives_start_alike(tmp_path: Path) -> None:
    first, second = (
        training.model_at_start(colour_task(objective=name)) for name in ("infonce", "cloob")
    )
    assert_same_bits(first, second)


def test_outcome_so_far_is_that_of_the_newest_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no such checkpoint"):
        training.outcome_so_far(colour_task(), RunFolder(tmp_path))
    stopped = train(colour_task(), tmp_path, stop_after=-1)
    so_far = training.outcome_so_far(colour_task(pairs=800), RunFolder(tmp_path))
    assert so_far.position.step == 1
    assert not so_far.finished
    assert_same_bits(so_far.model, stopped.model)


def test_seconds_add_up_over_sittings(tmp_path: Path) -> None:
    # Each reading of this clock is a second later than the one before.
    def ticking() -> float:
        ticking.now += 1.0  # type: ignore[attr-defined]
        return float(ticking.now)  # type: ignore[attr-defined]

    ticking.now = 0.0  # type: ignore[attr-defined]
    folder = RunFolder(tmp_path)
    first = training.train(colour_task(), folder, EVERY_STEP, stop_after=0, clock=ticking)
    second = training.train(colour_task(), folder, EVERY_STEP, stop_after=0, clock=ticking)
    assert 0 < first.position.seconds < second.position.seconds


def test_fixed_logit_scale_stays_and_learned_one_moves_up_to_100(tmp_path: Path) -> None:
    fixed = train(colour_task(), tmp_path / "fixed").model
    assert fixed.logit_scale.exp().item() == pytest.approx(20, rel=1e-6)
    learned = train(colour_task(learned=True), tmp_path / "learned").model
    assert learned.logit_scale.exp().item() != pytest.approx(20, rel=1e-4)

    task = colour_task(learned=True)
    model = training.model_at_start(task)
    with torch.no_grad():
        model.logit_scale.fill_(math.log(150))
    images, tokens = next(training.batches(task, 0))
    optimizer = training.optimizer_of(model, task.recipe)
    training.train_step(
        model,
        optimizer,
        objective("infonce"),
        images,
        tokens,
        task.recipe,
        task.hardware,
    )
    assert model.logit_scale.exp().item() == pytest.approx(100, rel=1e-6)


def test_gains_biases_and_scale_do_not_decay() -> None:
    task = colour_task(learned=True)
    model = training.model_at_start(task)
    decaying, kept = training.optimizer_of(model, task.recipe).param_groups
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    assert decaying["weight_decay"] == 0.1
    assert "visual.conv1.weight" in {names[id(p)] for p in decaying["params"]}
    assert kept["weight_decay"] == 0.0
    assert {"logit_scale", "ln_final.weight", "visual.bn1.bias"} <= {
        names[id(p)] for p in kept["params"]
    }
    assert len(decaying["params"]) + len(kept["params"]) == len(names)


def test_log_tells_losses_rates_and_held_out_figures(tmp_path: Path) -> None:
    task = colour_task()
    train(task, tmp_path)
    lines = read_log(tmp_path / "log.jsonl")
    steps = [line for line in lines if "loss" in line]
    assert [line["pairs"] for line in steps] == [8, 16, 24, 32, 40, 48]
    assert [line["rate"] for line in steps] == [task.recipe.schedule.rate(k) for k in range(6)]
    held_out = [line for line in lines if "held_out" in line]
    assert [line["step"] for line in held_out] == [2, 4, 6]
    assert set(held_out[0]["held_out"]) >= {"recall_image_to_text", "gap", "loss_text_to_image"}


def test_log_cut_short_by_a_kill_is_read_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps({"step": 1}) + '\n{"step": 2, "lo')
    assert read_log(path) == [{"step": 1}]


def test_loss_that_is_not_finite_stops_the_training(tmp_path: Path) -> None:
    task = colour_task(learning_rate=1e30, pairs=800)
    with pytest.raises(FloatingPointError, match=r"the loss is (nan|inf) at step"):
        train(task, tmp_path)
    checkpoint = read_checkpoint(RunFolder(tmp_path).newest)
    assert checkpoint is not None
    assert all(tensor.isfinite().all() for tensor in checkpoint.tensors.values())


@pytest.mark.gpu
def test_larger_batches_in_bf16_on_a_gpu(tmp_path: Path) -> None:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    task = replace(
        colour_task(pairs=512 * 60, batch=512),
        hardware=Hardware(torch.device("cuda"), "bf16", threads=1, workers=2),
    )
    outcome = train(task, tmp_path)
    assert training.evaluate_held_out(task, outcome.model).loss_image_to_text < math.log(50) - 1

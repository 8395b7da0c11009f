import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from precompute import train_command
from precompute.hardware import Hardware
from precompute.miniatures import read_weights
from precompute.recipes import Recipe
from precompute.training import Task
from tests.precompute.miniature_task import colour_task, colour_tokenizer

Command = Callable[..., Result]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command on tiny pictures, in folders of the test's own."""

    def tiny_task(recipe: Recipe, hardware: Hardware) -> Task:
        task = colour_task(pairs=recipe.schedule.pairs)
        return replace(task, hardware=hardware)

    monkeypatch.setattr(train_command, "task_of", tiny_task)

    def run(*arguments: str) -> Result:
        folders = ["--runs", str(tmp_path / "runs"), "--weights", str(tmp_path / "weights")]
        fixed = ["--device", "cpu", "--precision", "fp32"]
        return CliRunner().invoke(train_command.train, [*arguments, *folders, *fixed])

    return run


def test_training_writes_weights_card_and_curve(command: Command, tmp_path: Path) -> None:
    result = command("clip-cnn", "--pairs", "256")
    assert result.exit_code == 0, result.output
    path = tmp_path / "weights" / "clip-cnn.safetensors"
    card = read_weights(path, colour_tokenizer()).card
    assert card["name"] == "clip-cnn"
    assert (card["pairs_seen"], card["steps"]) == (256, 32)
    assert card["training"]["finished"]
    assert card["training"]["seed"] == 0
    assert card["evaluation"]["pairs"] == 60
    assert 0 <= card["evaluation"]["recall_image_to_text"] <= 1
    assert card["hardware"].endswith("1 thread, fp32")
    assert card["versions"].keys() == {"python", "torch", "open_clip_torch", "numpy", "safetensors"}
    assert card["tokenizer"]["sha256"] == colour_tokenizer().fingerprint

    assert command("clip-cnn", "--curve").exit_code == 0
    assert (tmp_path / "runs" / "clip-cnn" / "curve.svg").read_text().startswith("<svg")


def test_stopped_training_says_so_and_exports_what_it_has(command: Command, tmp_path: Path) -> None:
    result = command("clip-cnn", "--pairs", "800", "--stop-after", "0")
    assert result.exit_code == 0, result.output
    assert "stopped after 1 steps; run again to go on" in result.output
    assert not (tmp_path / "weights").exists()

    assert command("clip-cnn", "--pairs", "800", "--export").exit_code == 0
    card = json.loads((tmp_path / "weights" / "clip-cnn.json").read_text())
    assert (card["steps"], card["training"]["finished"]) == (1, False)


def test_faults_are_messages_not_tracebacks(command: Command) -> None:
    unknown = command("clip-rnn")
    assert unknown.exit_code == 1
    assert "no training of the name 'clip-rnn'; known: clip-cnn, clip-second" in unknown.output
    without_log = command("clip-cnn", "--curve")
    assert without_log.exit_code == 1
    assert "holds no step yet" in without_log.output
    without_checkpoint = command("clip-cnn", "--export")
    assert without_checkpoint.exit_code == 1
    assert "newest.safetensors: no such checkpoint" in without_checkpoint.output


def test_overrides_replace_only_what_is_given() -> None:
    from precompute.recipes import read_recipe

    recipe = read_recipe("clip-cnn")
    assert train_command.overridden(recipe, None, None) == recipe
    changed = train_command.overridden(recipe, 5_120, 512)
    assert (changed.schedule.pairs, changed.schedule.batch) == (5_120, 512)
    assert changed.schedule.learning_rate == recipe.schedule.learning_rate

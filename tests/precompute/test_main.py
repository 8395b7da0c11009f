from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from huggingface_hub.errors import LocalEntryNotFoundError

from precompute import pipeline
from precompute.__main__ import main
from precompute.progress import Progress
from precompute.published import hub
from precompute.study import read_study
from tests.precompute.fake_encoder import build_fake, write_study

ROOT = Path(__file__).parents[2]


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """A study whose data and cache are up to date."""
    file = write_study(tmp_path)
    pipeline.run(
        read_study(file),
        tmp_path / "data",
        tmp_path / "cache",
        Progress(quiet=True),
        "cpu",
        build_fake,
    )
    return file


def test_run_is_the_default(finished: Path) -> None:
    for arguments in ([str(finished)], ["run", str(finished)]):
        result = CliRunner().invoke(main, [*arguments, "--cache", str(finished.parent / "cache")])
        assert result.exit_code == 0
        assert "nothing to do: " in result.output
        assert f"{finished.parent / 'data'} is up to date" in result.output


def test_options_without_a_command_are_those_of_run() -> None:
    result = CliRunner().invoke(main, ["--device", "gameboy"])
    assert result.exit_code == 2
    assert "'gameboy' is not one of 'auto', 'cuda', 'mps', 'cpu'" in result.output


def test_an_error_is_one_line_that_names_file_and_key(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text("title = 1")
    result = CliRunner().invoke(main, [str(file)])
    assert result.exit_code == 1
    assert result.output == f"Error: {file}: title: expected a text, not 1\n"


def test_an_unknown_study_lists_those_there_are() -> None:
    result = CliRunner().invoke(main, ["largest"])
    assert result.exit_code == 1
    assert "no study 'largest'" in result.output
    assert "default, starter" in result.output


def test_help_names_both_commands() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert "run " in result.output
    assert "train " in result.output
    assert "NAME" in CliRunner().invoke(main, ["train", "--help"]).output


def test_a_finished_run_is_found_so_without_importing_torch(finished: Path) -> None:
    script = (
        "import sys; from precompute.__main__ import main; "
        "main(standalone_mode=False); "
        "loaded = {'torch', 'umap', 'sklearn', 'open_clip'} & sys.modules.keys(); "
        "sys.exit(f'imported {loaded}' if loaded else 0)"
    )
    cache = finished.parent / "cache"
    command = [sys.executable, "-c", script, str(finished), "--cache", str(cache)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "nothing to do" in result.stdout


def test_published_weights_out_of_reach_say_what_to_fetch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object) -> str:
        raise LocalEntryNotFoundError("no answer")

    monkeypatch.setattr(hub, "hf_hub_download", no_network)
    monkeypatch.setattr(hub, "try_to_load_from_cache", lambda *_: None)
    file = write_study(tmp_path)
    encoder = 'encoder = "openai-clip-rn50"'
    text = file.read_text().replace('encoder = "miniature"', encoder)
    file.write_text(text.replace('weights = "fake.safetensors"', ""))
    result = CliRunner().invoke(main, [str(file), "--quiet"])
    assert result.exit_code == 1
    assert "[models.fake] cannot be fetched from the hub" in result.output
    assert "Run `hf download timm/resnet50_clip.openai " in result.output
    named = CliRunner().invoke(main, [str(file), "--encoder", "openai-clip-rn50", "--quiet"])
    assert "[models.openai-clip-rn50] cannot be fetched from the hub" in named.output


def test_what_was_written_is_reported(finished: Path) -> None:
    (finished.parent / "data" / "pairs" / "items.json").unlink()
    cache = finished.parent / "cache"
    result = CliRunner().invoke(main, [str(finished), "--quiet", "--cache", str(cache)])
    assert result.exit_code == 0
    assert "items.json: listed in the manifest, but missing" in result.output
    assert f"wrote {finished.parent / 'data' / 'pairs' / 'items.json'}" in result.output
    assert "0 results made" in result.output

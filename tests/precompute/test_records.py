from pathlib import Path

import pytest
from click.testing import CliRunner

from precompute import records, training
from precompute.__main__ import main
from precompute.records import Record, RecordError, read_record, record_of, write_record
from precompute.training import Intervals, RunFolder
from tests.precompute.miniature_task import colour_task

EVERY_STEP = Intervals(log_steps=1, evaluation_pairs=16, checkpoint_seconds=0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # The gap at the start is of the scenes, which a training on colours has not seen.
    monkeypatch.setattr(records, "gap_at_start", lambda settings: 1.25)
    training.train(colour_task(), RunFolder(tmp_path / "colours"), EVERY_STEP)
    return tmp_path


def test_a_record_holds_every_look_at_the_held_out_pairs(folder: Path) -> None:
    record = record_of("colours", folder / "colours")
    assert [figures["pairs"] for figures in record.held_out] == [16, 32, 48]
    assert record.last["candidates"] == 60
    assert (record.logit_scale, record.gap_at_start) == (20, 1.25)
    assert record.settings["objective"] == "infonce"
    assert record.settings["schedule"]["pairs"] == 48


def test_a_record_comes_back(folder: Path) -> None:
    record = record_of("colours", folder / "colours")
    path = write_record(folder / "records", record)
    assert path == folder / "records" / "colours.json"
    assert read_record(path) == record
    assert len(path.read_text().splitlines()) == 3 + 1 + 3 + 1, "a line for each look"


def test_an_unfinished_training_has_a_record_once_it_has_looked(folder: Path) -> None:
    with pytest.raises(RecordError, match="nothing: no training"):
        record_of("nothing", folder / "nothing")
    half = RunFolder(folder / "half")
    training.train(colour_task(), half, EVERY_STEP, stop_after=-1)
    with pytest.raises(RecordError, match="half: the training never looked at the held-out"):
        record_of("half", folder / "half")
    training.train(colour_task(), half, EVERY_STEP, stop_after=-1)
    whole = record_of("colours", folder / "colours")
    assert record_of("half", folder / "half").held_out == whole.held_out[:1]


def test_broken_and_missing_records_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with pytest.raises(RecordError, match=r"a\.json: no such record"):
        read_record(path)
    for content in ("{", "{}", '{"held_out": [], "more": 1}'):
        path.write_text(content)
        with pytest.raises(RecordError, match=r"a\.json: not a record"):
            read_record(path)


def test_the_command_writes_records(folder: Path) -> None:
    arguments = ["record", "colours", "--runs", str(folder), "--to", str(folder / "to")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert isinstance(read_record(folder / "to" / "colours.json"), Record)
    missing = CliRunner().invoke(main, ["record", "none", "--runs", str(folder)])
    assert missing.exit_code == 1
    assert "none: no training" in missing.output


def test_the_gap_at_the_start_is_that_of_the_scenes() -> None:
    settings = {"tower": "cnn", "objective": "infonce", "schedule": {"pairs": 1024, "batch": 128}}
    usual = records.gap_at_start({**settings, "precision": "bf16", "model": {}, "tokenizer": ""})
    # Measured beforehand on four batches of 128: 1.015.
    assert usual == pytest.approx(1.015, abs=0.01)
    assert records.gap_at_start({**settings, "start_without_gap": True}) < 1e-4

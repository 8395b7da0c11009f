from pathlib import Path

import pytest

from article.artifacts import decode, encode
from precompute import series
from precompute.records import Record, write_record
from precompute.series import SeriesError


def record(name: str, pairs: int, looks: tuple[int, ...], scale: float = 100.0) -> Record:
    """A training of so many pairs, a quarter of them at a falling rate if there are over 1,000.

    After p pairs its gap is 1 - p / 10,000.
    """
    schedule = {"pairs": pairs, "batch": 1, "cooldown": 0.25 if pairs > 1_000 else 0}
    settings = {"objective": "infonce", "seed": 0, "schedule": schedule}
    held_out = tuple(
        {
            "pairs": look,
            "candidates": 2_000,
            "logit_scale": scale,
            "recall_image_to_text": 0.125,
            "recall_text_to_image": 0.25,
            "gap": 1 - look / 10_000,
            "loss_image_to_text": 1 / 3,
            "loss_text_to_image": 0.5,
        }
        for look in looks
    )
    return Record(name, settings, 1.25, held_out)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    names = {*series.TEMPERATURES, *series.STARTS, *series.SEEDS, *series.PHASES}
    for place, name in enumerate(sorted(names), start=1):
        write_record(tmp_path, record(name, 1_000, (500, 1_000), scale=100 / place))
    # A longer one: its rate falls from 1,500 on.
    write_record(tmp_path, record("clip-cnn", 2_000, (500, 1_000, 1_500, 2_000)))
    return tmp_path


def test_temperatures_are_compared_after_equally_many_pairs(folder: Path) -> None:
    table = series.temperature_table(folder)
    assert "1,000 pairs at a constant rate" in table.note
    assert set(table.column("pairs")) == {1_000}
    scales = [float(scale or 0) for scale in table.column("logit_scale")]
    assert scales == sorted(scales)
    assert len(scales) == 7
    assert table.column("temperature")[-1] == 0.01
    assert set(table.column("gap")) == {0.9}
    assert set(table.column("gap_at_start")) == {1.25}
    assert table.column("loss_image_to_text")[0] == 0.333333
    assert decode(encode(table), "x.json") == table


def test_starts_are_followed_over_the_pairs_that_both_saw(folder: Path) -> None:
    table = series.start_table(folder)
    assert table.column("start") == ("usual",) * 6
    assert table.column("pairs") == (0, 500, 1_000, 0, 500, 1_000)
    assert table.column("gap")[::3] == table.column("gap_at_start")[::3]
    assert table.column("recall_image_to_text")[::3] == (None, None)


def test_cloob_is_followed_with_and_without_a_first_phase(folder: Path) -> None:
    table = series.phase_table(folder)
    assert table.column("training") == tuple(name for name in series.PHASES for _ in (500, 1_000))


def test_seeds_stand_beside_each_other(folder: Path) -> None:
    assert series.seed_table(folder).column("training") == series.SEEDS


def test_learning_curves_hold_every_look(folder: Path) -> None:
    table = series.learning_table(["clip-cnn", "infonce-1-cnn"], folder)
    assert table.column("pairs") == (500, 1_000, 1_500, 2_000, 500, 1_000)
    assert table.column("training")[3:5] == ("clip-cnn", "infonce-1-cnn")


def test_trainings_without_a_record_are_left_out_and_one_is_no_series(folder: Path) -> None:
    (folder / "infonce-1-cnn.json").unlink()
    assert "infonce-1-cnn" not in series.temperature_table(folder).column("training")
    (folder / "clip-without-gap-cnn.json").unlink()
    with pytest.raises(SeriesError, match=r"1 of 2 trainings have records: clip-cnn"):
        series.start_table(folder)


def test_looks_at_a_falling_rate_do_not_count() -> None:
    longer, other = record("a", 2_000, (1_500, 2_000)), record("b", 4_000, (1_500, 2_000))
    assert series.common_pairs([longer, other]) == 1_500
    with pytest.raises(SeriesError, match=r"never looked at after equally many pairs .*: a, c"):
        series.common_pairs([longer, record("c", 4_000, (2_000,))])

import numpy as np
import pytest
import torch

from article import geometry
from precompute import zoo
from precompute.evaluation import evaluate
from precompute.measures import close_gap
from precompute.scenes import held_out_scenes
from precompute.train_command import WEIGHTS_FOLDER
from precompute.zoo import CLOSED, Member


@pytest.fixture(scope="module")
def two() -> list[Member]:
    torch.set_num_threads(1)
    names = ("clip-cnn", "no-such-model", "cyclip-cnn")
    return zoo.members(WEIGHTS_FOLDER, names, held_out_scenes(120))


def test_members_are_those_that_are_there_in_order(two: list[Member]) -> None:
    assert [member.name for member in two] == ["clip-cnn", "cyclip-cnn"]
    assert [member.logit_scale for member in two] == [100, 100]


def test_a_row_says_what_the_evaluation_of_trainings_says(two: list[Member]) -> None:
    table = zoo.zoo_table(two)
    for index, member in enumerate(two):
        images, texts = (side.astype(np.float32) for side in member.pairs)
        expected = evaluate(images, texts, logit_scale=100.0)
        row = dict(zip([c.name for c in table.columns], table.rows[index], strict=True))
        assert (row["model"], row["objective"], row["tower"]) == (
            member.name,
            member.card["training"]["objective"],
            "cnn",
        )
        assert row["pairs"] == member.card["pairs_seen"]
        assert row["gap_distance"] == pytest.approx(expected.gap, abs=1e-5)
        assert row["recall_at_1_image_to_text"] == pytest.approx(expected.recall_image_to_text)
        assert row["loss_text_to_image"] == pytest.approx(expected.loss_text_to_image, rel=1e-4)


def test_a_closed_gap_is_one(two: list[Member]) -> None:
    table = zoo.zoo_table(two)
    for index, member in enumerate(two):
        closed = close_gap(member.pairs, 1)
        loss = geometry.contrastive_losses(closed.x @ closed.y.T, 100.0)
        assert table.column("closed_gap_distance")[index] == pytest.approx(
            np.linalg.norm(closed.x.mean(axis=0) - closed.y.mean(axis=0)), abs=1e-5
        )
        assert table.column("closed_loss_image_to_text")[index] == pytest.approx(
            loss.first_to_second, rel=1e-4
        )


def test_no_gap_has_less_loss_than_the_best_one(two: list[Member]) -> None:
    for member in two:
        best = member.best_gap()
        shares = [1 - (best + nudge) / member.measures(0)["gap_distance"] for nudge in (-0.2, 0.2)]
        least = member.measures(1 - best / member.measures(0)["gap_distance"])["loss"]
        assert all(member.measures(share)["loss"] > least for share in shares)


def test_differences_are_those_of_the_table(two: list[Member]) -> None:
    table, differences = zoo.zoo_table(two), zoo.difference_table(two)
    rows = {row[:3]: row[3:] for row in differences.rows}
    gaps = table.column("gap_distance")
    found = rows["clip-cnn", "cyclip-cnn", "gap_distance"]
    difference, low, high = (float(value or 0) for value in found)
    assert difference == pytest.approx(float(gaps[1] or 0) - float(gaps[0] or 0), abs=1e-5)
    assert low < difference < high
    loss = [
        (float(table.rows[0][index] or 0), name)
        for index, name in enumerate(column.name for column in table.columns)
        if "loss" in name
    ]
    trained = sum(value for value, name in loss if not name.startswith("closed")) / 2
    closed = sum(value for value, name in loss if name.startswith("closed")) / 2
    assert rows["clip-cnn", CLOSED, "loss"][0] == pytest.approx(closed - trained, abs=1e-5)

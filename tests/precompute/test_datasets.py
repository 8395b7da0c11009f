from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from precompute.cache import Json
from precompute.datasets import ScenePairs, check_pairs, open_datasets
from precompute.faults import FaultCounts
from precompute.pairs import DatasetError
from precompute.pictures import Picture
from precompute.scenes import held_out_scenes, paint_scenes, subset
from precompute.sources.plans import Csv, Filter
from precompute.study import DatasetPlan, Faults, Scenes, Source, Subset
from tests.precompute.fake_encoder import write_table


def plan(name: str, source: Source) -> DatasetPlan:
    return DatasetPlan(name, name, source, ("items",))


@dataclass(frozen=True)
class Listed:
    """Pairs of which only names and captions are asked for."""

    ids: tuple[str, ...]
    captions: tuple[str, ...]
    facts: Json = field(default_factory=dict)
    fingerprint: Json = field(default_factory=dict)

    def pictures(self, rows: Sequence[int], side: int) -> list[Picture]:
        raise AssertionError("nobody asked for a picture")


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (Listed(("a", "b", "a"), ("1", "2", "3")), "data set 'mine': id 'a' occurs twice"),
        (Listed(("a", "b", "c"), ("1", "2")), "data set 'mine': 3 ids but 2 captions"),
        (Listed((), ()), "data set 'mine': 0 pairs; two are needed to compare any"),
    ],
)
def test_pairs_that_do_not_fit_together_are_refused(pairs: Listed, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        check_pairs("mine", pairs)


def test_one_pair_is_no_data_set(tmp_path: Path) -> None:
    file = write_table(tmp_path, ["a"])
    with pytest.raises(DatasetError, match="data set 'mine': 1 pairs; two are needed"):
        open_datasets([plan("mine", Csv(file))])


def test_a_subset_keeps_order_and_knows_its_rows(tmp_path: Path) -> None:
    file = write_table(tmp_path, list("abcdefgh"))
    opened = open_datasets([plan("all", Csv(file)), plan("some", Subset("all", 5, seed=1))])
    some = opened["some"]
    assert some.rows == tuple(subset(5, 8, 1))
    assert some.root is opened["all"]
    assert some.pairs.captions == tuple("abcdefgh"[row] for row in some.rows)
    assert some.pairs.ids == tuple(f"pair-{row}" for row in some.rows)
    np.testing.assert_array_equal(
        some.pairs.pictures([2], 4)[0], opened["all"].pairs.pictures([some.rows[2]], 4)[0]
    )


def test_a_subset_of_a_subset_has_rows_of_the_whole(tmp_path: Path) -> None:
    file = write_table(tmp_path, list("abcdefgh"))
    plans = [
        plan("all", Csv(file)),
        plan("half", Subset("all", 4, 0)),
        plan("two", Subset("half", 2, 0)),
    ]
    two = open_datasets(plans)["two"]
    assert two.root.id == "all"
    assert two.pairs.captions == tuple("abcdefgh"[row] for row in two.rows)


def test_a_subset_larger_than_the_whole_is_refused(tmp_path: Path) -> None:
    file = write_table(tmp_path, ["a", "b"])
    with pytest.raises(DatasetError, match="'some': 3 of the 2 pairs of 'all' are asked for"):
        open_datasets([plan("all", Csv(file)), plan("some", Subset("all", 3, 0))])


def test_a_subset_by_words_takes_all_that_have_them(tmp_path: Path) -> None:
    file = write_table(tmp_path, ["A hot Dog", "a cat", "dogs and cats", "a dot"])
    words = Filter(("DOG",), every=False)
    plans = [plan("all", Csv(file)), plan("dogs", Subset("all", None, 0, words))]
    dogs = open_datasets(plans)["dogs"]
    assert dogs.rows == (0, 2)
    assert dogs.pairs.facts["filter"] == "any of 'DOG'"


def test_a_subset_by_words_is_drawn_from_what_has_them(tmp_path: Path) -> None:
    file = write_table(tmp_path, ["dog one", "cat", "dog two", "dog three"])
    words = Filter(("dog",), every=False)
    opened = open_datasets([plan("all", Csv(file)), plan("some", Subset("all", 2, 3, words))])
    assert opened["some"].rows == tuple((0, 2, 3)[row] for row in subset(2, 3, 3))
    with pytest.raises(DatasetError, match="4 of the 3 pairs of 'all' with any of 'dog' are asked"):
        open_datasets([plan("all", Csv(file)), plan("some", Subset("all", 4, 3, words))])


def test_scenes_are_the_held_out_ones() -> None:
    pairs = ScenePairs(Scenes(count=3, seed=0))
    scenes = held_out_scenes(3, 0)
    assert pairs.ids == ("scene-00000", "scene-00001", "scene-00002")
    assert pairs.captions == tuple(scene.caption for scene in scenes)
    np.testing.assert_array_equal(
        np.stack(pairs.pictures([2, 0], 64)), paint_scenes(scenes)[[2, 0]]
    )
    assert pairs.pictures([1], 96)[0].shape == (96, 96, 3)


def test_scenes_of_another_seed_are_another_data_set() -> None:
    first, again, other = (ScenePairs(Scenes(4, seed)).fingerprint for seed in (0, 0, 1))
    assert first == again
    assert first["captions"] != other["captions"]
    assert first["pictures"] != other["pictures"]


def test_scenes_in_another_design_are_the_same_scenes_painted_otherwise() -> None:
    usual = ScenePairs(Scenes(4, 0))
    other = ScenePairs(Scenes(4, 0, ("emojione",)))
    assert other.captions == usual.captions
    assert other.fingerprint["pictures"] != usual.fingerprint["pictures"]
    assert [credit["author"] for credit in other.facts["credits"]] == ["Emoji One"]


def test_faults_are_planted_in_pairs_of_another_data_set() -> None:
    scenes, counts = plan("all", Scenes(20, 0)), FaultCounts(1, 2, 1)
    opened = open_datasets([scenes, plan("faults", Faults("all", 10, counts, 0))])
    assert (opened["faults"].count, opened["faults"].root.id) == (10, "faults")
    assert opened["faults"].pairs.facts["of"] == "all"
    too_many = plan("faults", Faults("all", 30, counts, 0))
    with pytest.raises(DatasetError, match="data set 'faults': 29 of the 20 pairs of 'all'"):
        open_datasets([scenes, too_many])


def test_the_artists_of_scenes_are_credited() -> None:
    credits = ScenePairs(Scenes(2, 0)).facts["credits"]
    assert {"Noto Emoji", "Twitter Emoji"} <= {credit["title"] for credit in credits}
    assert all(credit["licence"] and credit["author"] for credit in credits)

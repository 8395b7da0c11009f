from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from precompute.faults import FaultCounts, FaultyPairs, blur, near_copy
from precompute.pairs import DatasetError
from precompute.pictures import Picture


class NumberedPairs:
    """Pair i: a picture that is i all over, black in the middle; a caption that says i."""

    def __init__(self, count: int) -> None:
        self.ids = tuple(f"pair-{i}" for i in range(count))
        self.captions = tuple(f"caption {i}" for i in range(count))
        self.facts = {"source": "numbers", "seed": 5}
        self.fingerprint = {"count": count}

    def pictures(self, rows: Sequence[int], side: int) -> list[Picture]:
        return [self.picture(row, side) for row in rows]

    def picture(self, row: int, side: int) -> Picture:
        picture = np.full((side, side, 3), row, np.uint8)
        picture[side // 4 : -side // 4, side // 4 : -side // 4] = 0
        return picture


def faulty(**changes: Any) -> FaultyPairs:
    wanted = {"count": 30, "counts": FaultCounts(3, 4, 2), "seed": 0, **changes}
    return FaultyPairs(NumberedPairs(200), "numbers", **wanted)


def test_each_pair_has_the_fault_that_the_key_names_and_no_other() -> None:
    source, pairs = NumberedPairs(200), faulty()
    pictures, key = pairs.pictures(range(30), 32), pairs.facts["key"]
    assert len(set(pairs.ids)) == 30
    for name, caption, picture in zip(pairs.ids, pairs.captions, pictures, strict=True):
        original = int(name.removesuffix("-copy").removeprefix("pair-"))
        whole = source.picture(original, 32)
        expected = {"blurred": blur, "copies": near_copy}.get(fault_of(key, name))
        np.testing.assert_array_equal(picture, expected(whole) if expected else whole)
        other = key["swapped"].get(name, name).removesuffix("-copy").removeprefix("pair-")
        assert caption == f"caption {other}"
    assert [len(key[name]) for name in ("blurred", "swapped", "copies")] == [3, 4, 2]
    named = [*key["blurred"], *key["swapped"], *key["copies"].values()]
    assert len(set(named)) == 3 + 4 + 2, "no pair has two faults"


def fault_of(key: dict[str, Any], name: str) -> str:
    return next((fault for fault in ("blurred", "copies") if name in key[fault]), "none")


def test_marks_are_the_key_without_what_belongs_where() -> None:
    pairs = faulty()
    key, marks = pairs.facts["key"], pairs.marks
    assert list(marks) == ["blurred", "swapped", "copied"]
    assert [len(ids) for ids in marks.values()] == [3, 4, 2]
    assert marks["blurred"] == tuple(key["blurred"])
    assert set(marks["swapped"]) == set(key["swapped"].values())
    assert marks["copied"] == tuple(key["copies"])
    assert all(name.endswith("-copy") for name in marks["copied"])


def test_swaps_are_exchanges_and_copies_have_an_original() -> None:
    pairs = faulty()
    key = pairs.facts["key"]
    for one, other in key["swapped"].items():
        assert key["swapped"][other] == one != other
    for copy, original in key["copies"].items():
        assert copy == f"{original}-copy"
        assert original in pairs.ids


def test_the_seed_decides() -> None:
    assert faulty().facts == faulty().facts
    assert faulty(seed=1).facts["key"] != faulty().facts["key"]
    assert faulty().facts["seed"] == 0
    assert faulty(seed=1).fingerprint != faulty().fingerprint


def test_a_copy_is_moved_and_darker() -> None:
    # One row of four pixels; a thirty-second of the side is less than a pixel, so one it is.
    row = np.array([[[100] * 3, [200] * 3, [50] * 3, [10] * 3]], np.uint8)
    # .92 of 100, 100, 200 and 50.
    assert near_copy(row)[0, :, 0].tolist() == [92, 92, 184, 46]


def test_a_blur_keeps_the_colour_of_an_even_picture_and_softens_an_edge() -> None:
    even = np.full((48, 48, 3), 70, np.uint8)
    np.testing.assert_array_equal(blur(even), even)
    edge = even.copy()
    edge[:, 24:] = 200
    steps = np.abs(np.diff(blur(edge)[24, :, 0].astype(int)))
    assert steps.max() < 20 < 130


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"count": 8, "counts": FaultCounts(3, 4, 2)}, "7 faults and 2 copies of 6 pairs"),
        ({"count": 300, "counts": FaultCounts(1, 0, 0)}, "300 of the 200 pairs of 'numbers'"),
    ],
)
def test_more_than_there_is_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        faulty(**changes)


def test_an_odd_number_of_swaps_is_refused() -> None:
    with pytest.raises(ValueError, match="3 is odd"):
        FaultCounts(0, 3, 0)

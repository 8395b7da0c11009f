from itertools import permutations

import pytest

from precompute.draws import Draws
from precompute.layouts import CANVAS, SIZES, Box, arrange


def overlap(first: Box, second: Box) -> bool:
    """Whether two squares share a unit of area, counted unit by unit."""

    def units(box: Box) -> set[tuple[int, int]]:
        span = range(box.size)
        return {(box.left + across, box.top + down) for across in span for down in span}

    return bool(units(first) & units(second))


def test_boxes_that_touch_are_apart() -> None:
    left, right = Box(0, 5, 10), Box(10, 0, 20)
    assert left.left_of(right)
    assert not right.left_of(left)
    assert not left.above(right)


def test_above_looks_at_rows_only() -> None:
    assert Box(30, 0, 10).above(Box(0, 12, 10))
    assert not Box(0, 12, 10).above(Box(30, 0, 10))


def test_centres_lie_between_units_when_sizes_are_odd() -> None:
    assert (Box(2, 4, 5).across, Box(2, 4, 5).down) == (4.5, 6.5)


@pytest.mark.parametrize(("size", "other", "bigger"), [(28, 20, True), (24, 18, False)])
def test_bigger_means_by_two_fifths(size: int, other: int, bigger: bool) -> None:
    assert Box(0, 0, size).bigger_than(Box(40, 40, other)) is bigger


@pytest.mark.parametrize("count", [1, 2, 3])
def test_objects_lie_inside_and_never_overlap(count: int) -> None:
    for index in range(300):
        boxes = arrange(Draws("layout", count, index), count)
        assert len(boxes) == count
        for box in boxes:
            assert min(box.left, box.top) >= 1
            assert max(box.left, box.top) + box.size <= CANVAS - 1
        assert not any(overlap(*pair) for pair in permutations(boxes, 2))


def test_all_declared_sizes_occur_and_no_others() -> None:
    drawn = {
        box.size
        for count in (1, 2, 3)
        for index in range(500)
        for box in arrange(Draws("sizes", index), count)
    }
    assert drawn == set(SIZES)


def test_any_object_may_stand_anywhere_in_a_row() -> None:
    orders = set()
    for index in range(300):
        lefts = [box.left for box in arrange(Draws("order", index), 3)]
        orders.add(tuple(sorted(range(3), key=lefts.__getitem__)))
    assert orders == set(permutations(range(3)))

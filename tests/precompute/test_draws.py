import hashlib

import pytest

from precompute.draws import Draws


def test_words_are_shake_256_of_the_key_in_little_endian() -> None:
    first = int.from_bytes(hashlib.shake_256(b"scene:7#0").digest(4), "little")
    assert Draws("scene", 7).below(2**32) == first


def test_a_key_gives_the_same_draws_wherever_it_is_run() -> None:
    draws = Draws("a", 1)
    assert [draws.below(1000) for _ in range(3)] == [802, 175, 481]


def test_draws_go_on_in_a_second_block_that_differs_from_the_first() -> None:
    draws = Draws("long")
    words = [draws.below(2**32) for _ in range(96)]
    assert len(set(words)) == 96


def test_bounds_are_included() -> None:
    draws = Draws("bounds")
    assert {draws.between(3, 5) for _ in range(200)} == {3, 4, 5}


@pytest.mark.parametrize(("percent", "expected"), [(0, 0), (100, 500)])
def test_certain_and_impossible_chances(percent: int, expected: int) -> None:
    draws = Draws("chance")
    assert sum(draws.chance(percent) for _ in range(500)) == expected


def test_chance_comes_true_about_as_often_as_it_says() -> None:
    draws = Draws("chance")
    assert 2000 < sum(draws.chance(22) for _ in range(10_000)) < 2400


def test_a_sample_of_everything_is_a_permutation() -> None:
    assert sorted(Draws("sample").sample(6, 6)) == [0, 1, 2, 3, 4, 5]


def test_an_option_listed_twice_comes_twice_as_often() -> None:
    draws = Draws("pick")
    picked = [draws.pick(("rare", "often", "often")) for _ in range(9000)]
    assert 2700 < picked.count("rare") < 3300

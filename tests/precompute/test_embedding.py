from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from precompute import embedding
from precompute.embedding import EmbeddingError, Throughput, ahead, embed, measure_throughput, parts
from tests.precompute.fake_encoder import COLOURS, HOSTILE, SIDE, FakeEncoder, table_pairs


def ignore(count: int) -> None:
    """Nobody looks at the progress of a test."""


def test_vectors_stand_in_the_order_of_the_pairs(tmp_path: Path) -> None:
    pairs = table_pairs(tmp_path, HOSTILE)
    encoder = FakeEncoder()
    told: list[int] = []
    found = embed(encoder, pairs, range(1, 6), 2, told.append)
    expected = [[*(channel / 255 for channel in colour), 1] for colour in COLOURS[1:6]]
    np.testing.assert_allclose(found.images, expected, rtol=1e-6)
    np.testing.assert_array_equal(found.texts, encoder.prepare_texts(HOSTILE[1:6]))
    assert encoder.encoded == told == [2, 2, 1]


@pytest.mark.parametrize(
    ("value", "message"),
    [(np.nan, "not finite"), (np.inf, "not finite"), (0.0, "a zero vector")],
)
def test_a_vector_without_direction_names_model_and_pair(
    tmp_path: Path, value: float, message: str
) -> None:
    pairs = table_pairs(tmp_path, ["a", "b", "c", "d"])
    encoder = FakeEncoder(broken={"c": value})
    with pytest.raises(EmbeddingError, match=f"fake: text of 'pair-2' is {message}"):
        embed(encoder, pairs, range(1, 4), 2, ignore)


def test_parts_cover_all_pairs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "PART_PAIRS", 4)
    assert parts(10) == [range(4), range(4, 8), range(8, 10)]
    assert parts(4) == [range(4)]


def test_values_are_made_ahead_in_order_by_another_thread() -> None:
    makers: list[int] = []

    def values() -> Iterator[int]:
        for value in range(5):
            makers.append(threading.get_ident())
            yield value

    assert list(ahead(values())) == [0, 1, 2, 3, 4]
    assert threading.get_ident() not in makers


def test_an_error_while_making_ahead_is_not_lost() -> None:
    def values() -> Iterator[int]:
        yield 1
        raise OSError("broken picture")

    taken = ahead(values())
    assert next(taken) == 1
    with pytest.raises(OSError, match="broken picture"):
        next(taken)


def test_throughput_is_a_share_of_the_bare_forward_pass() -> None:
    assert Throughput(pictures_per_second=450, bare_pictures_per_second=500).share == 0.9


def test_throughput_takes_turns_on_the_same_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = iter([5.0, 2.0, 4.0, 3.0, 9.0, 4.0])
    monkeypatch.setattr(embedding, "TIMED_REPEATS", 3)
    monkeypatch.setattr(embedding, "TIMED_BATCHES", 4)
    monkeypatch.setattr(embedding, "seconds_of", lambda work: (work(), next(turns))[1])
    encoder = FakeEncoder()
    pictures = [np.zeros((SIDE, SIDE, 3), dtype=np.uint8)] * 40
    measured = measure_throughput(encoder, pictures, batch=5)
    # Four batches of 5: 20 pictures in 4 s at best, the bare pass in 2 s.
    assert measured == Throughput(5.0, 10.0)
    assert encoder.encoded == [5] * 4 * (1 + 2 * 3)

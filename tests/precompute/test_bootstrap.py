import numpy as np
import pytest

from article import geometry
from precompute.bootstrap import Interval, contributions, differences, gaps, interval, weights
from precompute.measures import Pairs

X = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
Y = np.array([[0.8, 0.6], [0.0, 1.0], [0.0, -1.0]])


def test_contributions_are_found_by_hand() -> None:
    # Similarities, rows images: (.8, 0, 0), (.6, 1, -1), (.96, .8, -.8).
    # Own text first: yes, yes, no. Own image first: no (.96 is more), yes, no.
    made = contributions(Pairs(X, Y), logit_scale=2.0, batch_size=2, candidates=3)
    assert made.recall.tolist() == [0.5, 1.0, 0.0]
    # Batches (0, 1) and (2,): logits (1.6, 0; 1.2, 2), and one alone, which loses nothing.
    there = [np.log(1 + np.exp(-1.6)), np.log(1 + np.exp(-0.8))]
    back = [np.log(1 + np.exp(-0.4)), np.log(1 + np.exp(-2.0))]
    np.testing.assert_allclose(made.loss, [*(np.add(there, back) / 2), 0], atol=1e-12)


def test_contributions_add_up_to_the_measures() -> None:
    rng = np.random.default_rng(0)
    x, y = (geometry.normalise(rng.normal(size=(70, 5))) for _ in range(2))
    made = contributions(Pairs(x, y), 10.0, 50, 60)
    losses = geometry.contrastive_losses(x @ y.T, 10.0, 50)
    assert made.loss.mean() == pytest.approx(losses.mean)
    assert made.recall.mean() == pytest.approx(np.mean(geometry.recall(x[:60] @ y[:60].T, 1)))


def test_drawn_pairs_weigh_what_they_were_drawn() -> None:
    shares = weights(4, resamples=50)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    np.testing.assert_allclose(np.rint(shares * 4), shares * 4)
    assert (shares == weights(4, resamples=50)).all()


def test_gap_of_drawn_pairs() -> None:
    # Differences of the pairs: (.2, -.6), (0, 0), (.6, 1.8).
    shares = np.array([[1, 0, 0], [0.5, 0, 0.5]])
    np.testing.assert_allclose(gaps(Pairs(X, Y), shares), [0.4**0.5, (0.4**2 + 0.6**2) ** 0.5])


def test_interval_holds_the_middle_of_what_was_drawn() -> None:
    found = interval(0.5, np.linspace(0, 1, 1001))
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.025, 0.975))
    assert found.excludes_zero
    assert not Interval(0.1, -0.1, 0.3).excludes_zero


def test_a_model_does_not_differ_from_itself_and_surely_from_a_worse_one() -> None:
    rng = np.random.default_rng(1)
    x = geometry.normalise(rng.normal(size=(300, 8)))
    good = contributions(Pairs(x, geometry.normalise(x + 0.1)), 10.0, 50, 300)
    noisy = geometry.normalise(x + rng.normal(size=x.shape))
    bad = contributions(Pairs(x, noisy), 10.0, 50, 300)
    for same in differences(good, good).values():
        assert same == Interval(0, 0, 0)
    found = differences(good, bad)
    assert found["recall_at_1"].high < 0 < found["loss"].low
    for one in found.values():
        assert one.low <= one.value <= one.high

import numpy as np
import pytest
from scipy.stats import bootstrap

from pipeline.evaluate import intervals

RNG = np.random.default_rng(0)
BEFORE = RNG.gamma(4.0, 1.0, 150)
AFTER = BEFORE * RNG.normal(1.2, 0.1, 150)


def test_the_interval_of_a_mean_is_scipys():
    ours = intervals.mean(BEFORE)
    theirs = bootstrap((BEFORE,), np.mean, method="percentile", n_resamples=4000, rng=np.random.default_rng(1))
    assert ours.value == pytest.approx(BEFORE.mean())
    assert (ours.low, ours.high) == pytest.approx(theirs.confidence_interval, abs=0.03)


def test_the_interval_of_a_relative_change_is_scipys_of_pairs():
    def change(before, after, axis):
        return after.mean(axis) / before.mean(axis) - 1

    ours = intervals.relative_change(BEFORE, AFTER)
    theirs = bootstrap(
        (BEFORE, AFTER), change, paired=True, method="percentile", n_resamples=4000, rng=np.random.default_rng(1)
    )
    assert ours.value == pytest.approx(AFTER.mean() / BEFORE.mean() - 1)
    assert (ours.low, ours.high) == pytest.approx(theirs.confidence_interval, abs=0.004)


def test_pairs_tell_more_than_two_means():
    change = intervals.difference(BEFORE, AFTER)
    apart = intervals.mean(AFTER).high - intervals.mean(AFTER).low
    assert change.high - change.low < apart / 2
    assert change.low > 0


def test_the_same_seed_gives_the_same_interval():
    assert intervals.mean(BEFORE, seed=3) == intervals.mean(BEFORE, seed=3)
    assert intervals.mean(BEFORE, seed=3) != intervals.mean(BEFORE, seed=4)


def test_of_five_views_there_is_no_interval():
    assert np.isnan(intervals.mean(range(5)).low) and not np.isnan(intervals.mean(range(6)).low)


def test_equal_values_are_sure_of_themselves_and_none_are_refused():
    assert intervals.mean([2.0] * 6) == intervals.Interval(2.0, 2.0, 2.0)
    with pytest.raises(ValueError, match="no values"):
        intervals.mean([])

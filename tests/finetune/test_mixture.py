from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.finetune.mixture import Schedule

WEIGHTS = st.lists(st.integers(1, 40), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(WEIGHTS, st.integers(0, 5), st.integers(0, 10**12), st.integers(1, 400))
def test_any_stretch_has_every_source_at_its_ratio_give_or_take_a_few(weights, seed, start, length):
    schedule = Schedule(weights, seed)
    drawn = Counter(schedule.at(place)[0] for place in range(start, start + length))
    for source, weight in enumerate(weights):
        wanted = Fraction(weight, sum(weights)) * length
        assert abs(drawn[source] - wanted) <= 2 * len(weights) - 2


@settings(max_examples=40, deadline=None)
@given(WEIGHTS, st.integers(0, 5))
def test_every_source_is_drawn_from_in_order_without_a_gap(weights, seed):
    schedule, seen = Schedule(weights, seed), Counter()
    for place in range(300):
        source, ordinal = schedule.at(place)
        assert ordinal == seen[source]
        seen[source] += 1


def test_two_sources_of_one_weight_share_both_places_of_every_pair_by_chance():
    schedule = Schedule([1, 1], 0)
    first = [schedule.at(place)[0] for place in range(0, 2000, 2)]
    assert [schedule.at(place)[0] for place in range(1, 2000, 2)] == [1 - source for source in first]
    assert 400 < sum(first) < 600


def test_weights_count_relative_to_each_other_and_another_seed_gives_another_order():
    def order(weights, seed):
        return [Schedule(weights, seed).at(place) for place in range(200)]

    assert order([0.05, 0.95], 0) == order([1, 19], 0)
    assert order([1, 1], 0) != order([1, 1], 1)


@pytest.mark.parametrize("weight", [1e-7, 1e-12])
def test_a_source_of_tiny_weight_is_drawn_from_as_seldom_as_it_asks(weight):
    schedule = Schedule([1.0, weight], 0)
    assert all(schedule.at(place)[0] == 0 for place in range(0, 1000, 7))
    far = round(1000 / weight)
    source, before = schedule.at(far)
    drawn = before if source == 1 else far - before
    assert abs(drawn - 1000) <= 2

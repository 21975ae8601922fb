from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.finetune.order import Order, Shard

SHARDS = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 50)), min_size=1, max_size=8).filter(
    lambda shards: any(samples for samples, _ in shards)
)


def order(shards, weights=(1.0,), seed=(0,), memory=1e9):
    return Order([Shard(None, samples, size) for samples, size in shards], weights, seed, memory)


def sample_of(shards, draw):
    """(shard, place in it) of a draw."""
    place = draw.sample
    for number in draw.window.shards:
        if place < shards[number][0]:
            return number, place
        place -= shards[number][0]
    raise AssertionError("the draw lies outside of its window")


@settings(max_examples=60, deadline=None)
@given(SHARDS, st.integers(1, 4), st.integers(0, 200), st.integers(0, 3))
def test_an_epoch_shows_every_sample_once_for_each_task_of_even_weight_whatever_memory_there_is(
    shards, tasks, memory, epoch
):
    ours = order(shards, [2.0] * tasks, memory=memory)
    draws = [ours.at(number) for number in range(epoch * ours.epoch, (epoch + 1) * ours.epoch)]
    seen = Counter((sample_of(shards, draw), draw.task) for draw in draws)
    everything = {(number, place) for number, (samples, _) in enumerate(shards) for place in range(samples)}
    assert seen == {(sample, task): 1 for sample in everything for task in range(tasks)}


@settings(max_examples=40, deadline=None)
@given(SHARDS, st.integers(0, 200))
def test_windows_hold_whole_shards_and_no_more_than_half_of_the_memory_unless_one_alone_is_larger(shards, memory):
    ours = order(shards, memory=memory)
    if sum(size for _, size in shards) <= memory:
        return
    for number in range(ours.epoch):
        window = ours.at(number).window
        assert len(window.shards) == 1 or sum(shards[shard][1] for shard in window.shards) <= memory / 2


@settings(max_examples=40, deadline=None)
@given(SHARDS, st.integers(0, 200), st.integers(0, 10**6))
def test_a_draw_can_be_asked_for_by_itself(shards, memory, number):
    ours = order(shards, [1.0, 2.0], memory=memory)
    for earlier in range(max(0, number - 5), number):
        ours.at(earlier)
    assert ours.at(number) == order(shards, [1.0, 2.0], memory=memory).at(number)


@settings(max_examples=30, deadline=None)
@given(SHARDS, st.integers(0, 200))
def test_the_next_window_is_the_one_that_comes_next(shards, memory):
    ours = order(shards, memory=memory)
    draws = [ours.at(number) for number in range(2 * ours.epoch)]
    for one, other in pairwise(draws):
        assert other.window.shards in (one.window.shards, one.next.shards)


def test_what_fits_into_memory_is_one_window_for_ever():
    ours = order([(3, 10), (4, 10)], memory=20)
    assert {ours.at(number).window.shards for number in range(50)} == {(0, 1)}


def test_tasks_are_drawn_by_weight_and_none_comes_twice_before_all_came_once():
    ours = order([(10, 1)], [1.0, 1.0, 4.0])
    drawn = Counter(ours.at(number).task for number in range(100 * ours.epoch))
    assert drawn[2] / drawn[0] == pytest.approx(4, rel=0.02)
    window = [ours.at(number) for number in range(ours.epoch)]
    heavy = Counter(draw.sample for draw in window if draw.task == 2)
    assert max(heavy.values()) - min(heavy.values()) <= 1


def test_shards_come_in_another_order_every_epoch_and_samples_are_shuffled():
    shards = [(5, 10)] * 20
    ours = order(shards, memory=100)
    first, second = (
        [sample_of(shards, ours.at(number)) for number in range(epoch * 100, (epoch + 1) * 100)] for epoch in (0, 1)
    )
    assert first != second
    assert sorted(first) == sorted(second)
    assert [shard for shard, _ in first] != sorted(shard for shard, _ in first)


def test_one_sample_serves_every_task_in_time():
    ours = order([(1, 1)], [1.0, 0.1])
    assert {ours.at(number).task for number in range(200)} == {0, 1}


def test_a_task_of_tiny_weight_does_not_vanish():
    tasks, _ = order([(2_000_000, 1)], [1.0, 4e-7])._entries_of(0, 0)
    assert (tasks == 1).sum() in (1, 2)

"""Scores of many views: intervals, breakdowns, and memory, on views whose numbers are known."""

import sys
from dataclasses import fields

import numpy as np
import pytest
from scipy.stats import bootstrap

from pipeline.evaluate import intervals, metrics
from pipeline.evaluate.records import RANGES
from pipeline.evaluate.summary import ALIGNED, SCORES, Tally
from pipeline.evaluate.truth import Answer, read, truth
from tests.finetune.toy import CLASSES, toy_sample

SAMPLES = [toy_sample(seed) for seed in range(16)]


def noisy(sample, rng):
    """The truth of a sample, spoilt here and there."""
    true = truth(sample)
    turned = np.roll(true.normals, int(rng.integers(1, 4)), axis=0)
    return Answer(
        depth_m=(true.depth_m * rng.lognormal(0, 0.2, true.depth_m.shape)).astype(np.float32),
        normals=(turned + rng.normal(0, 0.1, turned.shape)).astype(np.float32),
        semantic=np.where(rng.random(true.semantic.shape) < 0.1, 1, true.semantic).astype(np.uint16),
        instances=[np.roll(mask, int(rng.integers(0, 4)), 1) for mask in true.instances if rng.random() < 0.8],
        referring=[np.roll(mask, int(rng.integers(0, 6)), 0) for mask in true.referring],
    )


def tally_of(answers, recipes=None, align=None):
    tally = Tally(len(CLASSES), align)
    for number, (sample, answer) in enumerate(zip(SAMPLES, answers)):
        tally.add(answer, truth(sample), recipes[number] if recipes else "")
    return tally


@pytest.fixture(scope="module")
def answers():
    rng = np.random.default_rng(0)
    return [noisy(sample, rng) for sample in SAMPLES]


def test_every_score_is_there_and_lies_in_its_interval(answers):
    tally = tally_of(answers, align="median")
    scores, drawn = tally.scores(), tally.draws()
    assert list(scores) == [*SCORES, *ALIGNED]
    assert drawn.keys() == scores.keys()
    for name, value in scores.items():
        found = intervals.interval(value, drawn[name], tally.views)
        assert found.low <= value <= found.high, name
        assert found.low < found.high, name


def test_scores_of_resampled_views_are_those_of_a_tally_of_the_views_drawn(answers):
    tally = tally_of(answers)
    weights = next(intervals.redrawn(len(SAMPLES)))[0]
    again = Tally(len(CLASSES))
    for sample, answer, times in zip(SAMPLES, answers, weights.astype(int), strict=True):
        for _ in range(times):
            again.add(answer, truth(sample))
    redrawn = {name: values[0] for name, values in tally.draws().items()}
    whole = again.scores()
    median = "normal_median_angle"
    assert redrawn.pop(median) == pytest.approx(whole.pop(median), abs=0.3)
    assert redrawn == pytest.approx(whole, rel=1e-9)


def test_the_interval_of_ciou_is_scipys_of_views(answers):
    tally = tally_of(answers)
    pairs = [metrics.overlap(a.referring[0], truth(s).referring[0]) for s, a in zip(SAMPLES, answers, strict=True)]
    both, either = np.array(pairs, float).T
    theirs = bootstrap(
        (both, either), lambda b, e, axis: b.sum(axis) / e.sum(axis), paired=True, method="percentile",
        n_resamples=4000, rng=np.random.default_rng(1),
    ).confidence_interval  # fmt: skip
    ours = intervals.interval(tally.scores()["referring_ciou"], tally.draws()["referring_ciou"], tally.views)
    assert (ours.low, ours.high) == pytest.approx(theirs, abs=0.02)


def test_the_same_views_are_drawn_for_every_model(answers):
    """So what two models share cancels: the gain of a model over its twin is nothing, surely."""
    one, two = tally_of(answers), tally_of(answers)
    assert np.array_equal(one.draws()["depth_abs_rel"], two.draws()["depth_abs_rel"])


def test_recipes_are_scored_as_if_they_were_alone(answers):
    recipes = ["street" if number % 3 else "yard" for number in range(len(SAMPLES))]
    parts = tally_of(answers, recipes).recipes()
    assert list(parts) == ["street", "yard"]
    yard = Tally(len(CLASSES))
    for number in range(0, len(SAMPLES), 3):
        yard.add(answers[number], truth(SAMPLES[number]))
    assert parts["yard"].scores() == pytest.approx(yard.scores())
    assert parts["street"].views + parts["yard"].views == len(SAMPLES)


def test_ranges_of_depth_hold_the_pixels_of_their_depths():
    true = Answer(
        depth_m=np.array([[0.5, 2.0, 2.5, 20.0], [80.0, 1.0, np.inf, 3.0]], np.float32),
        normals=np.array([[(0, 0, 1)] * 4, [(0, 0, 1), (0, 0, 1), (0, 0, 0), (0, 0, 1)]], np.float32),
    )
    answer = Answer(depth_m=(true.depth_m * np.float32(1.1)), normals=np.full((2, 4, 3), (0, 1, 0), np.float32))
    answer.depth_m[0, 1] *= 2
    tally = Tally(2)
    tally.add(answer, true)
    found = tally.ranges()
    assert list(found) == list(RANGES)
    assert [scores["pixels"].value for scores in found.values()] == pytest.approx([1 / 7, 3 / 7, 1 / 7, 1 / 7, 1 / 7])
    assert found["1 to 3 m"]["depth_abs_rel"].value == pytest.approx((1.2 + 0.1 + 0.1) / 3, rel=1e-5)
    assert found["1 to 3 m"]["depth_delta1"].value == pytest.approx(2 / 3)
    assert found["over 40 m"]["depth_abs_rel"].value == pytest.approx(0.1, rel=1e-5)
    assert found["under 1 m"]["normal_mean_angle"].value == pytest.approx(90)


def test_ranges_that_no_surface_is_in_are_left_out(answers):
    assert list(tally_of(answers).ranges()) == ["1 to 3 m", "3 to 10 m", "10 to 40 m"]


def test_iou_of_classes_averages_to_miou(answers):
    tally = tally_of(answers)
    ious = tally.class_ious()
    assert list(ious) == [0, 1, 2, 3]
    assert np.mean([found.value for found in ious.values()]) == pytest.approx(tally.scores()["semantic_miou"])
    assert all(found.low <= found.value <= found.high for found in ious.values())


def test_what_is_kept_of_a_view_does_not_grow_with_its_pixels():
    def kept(size):
        tally = Tally(len(CLASSES))
        sample = toy_sample(0, size)
        tally.add(read(sample.targets, sample.meta["codecs"]), truth(sample))
        (record,) = tally.records
        return sum(sys.getsizeof(getattr(record, field.name)) for field in fields(record))

    assert kept(32) == kept(256) < 10_000


def test_a_corpus_without_instances_has_no_average_precision_and_says_so_as_not_a_number():
    tally = Tally(2)
    tally.add(Answer(instances=[]), Answer(instances=[]))
    scores = tally.scores()
    assert scores.keys() == {"instance_f1", "instance_pmf1", "instance_ap", "instance_pq"}
    assert all(np.isnan(value) for value in scores.values())
    assert np.isnan(intervals.interval(scores["instance_f1"], tally.draws()["instance_f1"], tally.views).low)


def test_of_no_views_nothing_is_said():
    empty = Tally(2)
    assert (empty.scores(), empty.draws(), empty.recipes(), empty.ranges(), empty.class_ious()) == ({}, {}, {}, {}, {})

"""Hand-computed cases and independent oracles for every score."""

import itertools

import numpy as np
import pytest
from pycocotools import mask as coco

from pipeline.evaluate import metrics


def test_depth_scores_match_a_hand_computed_view():
    true = np.array([[1.0, 2.0], [4.0, np.inf]], np.float32)
    predicted = np.array([[1.1, 2.0], [8.0, 3.0]], np.float32)
    scores = metrics.depth_scores(predicted, true)
    assert scores["abs_rel"] == pytest.approx((0.1 + 0 + 1) / 3, rel=1e-6)
    assert scores["delta1"] == pytest.approx(2 / 3)
    assert scores["rmse"] == pytest.approx(np.sqrt((0.01 + 0 + 16) / 3), rel=1e-6)


def test_depth_painted_as_nothing_over_a_surface_is_an_error_and_stays_finite():
    scores = metrics.depth_scores(np.full((2, 2), np.inf, np.float32), np.ones((2, 2), np.float32))
    assert scores["delta1"] == 0
    assert np.isfinite(scores["abs_rel"])
    assert scores["abs_rel"] > 100


def test_a_view_without_surfaces_has_no_depth_and_no_normal_scores():
    assert metrics.depth_scores(np.ones((2, 2)), np.full((2, 2), np.inf)) is None
    assert len(metrics.normal_angles(np.ones((2, 2, 3)), np.zeros((2, 2, 3)))) == 0


def test_normal_angles_are_those_of_known_rotations_and_holes_are_left_out():
    true = np.zeros((1, 4, 3))
    true[0, :3] = (0, 0, 1)
    predicted = np.zeros((1, 4, 3))
    for i, degrees in enumerate((0, 10, 50)):
        predicted[0, i] = (np.sin(np.radians(degrees)), 0, np.cos(np.radians(degrees)))
    np.testing.assert_allclose(metrics.normal_angles(predicted, true), [0, 10, 50], atol=1e-4)


def test_a_normal_painted_grey_counts_as_ninety_degrees():
    assert metrics.normal_angles(np.zeros((1, 1, 3)), np.ones((1, 1, 3))) == pytest.approx([90])


def test_angles_of_views_added_up_score_as_all_their_pixels_together():
    rng = np.random.default_rng(2)
    views = [rng.gamma(2, 8, size).clip(0, 180) for size in (500, 40, 3001)]
    pixels = np.concatenate(views)
    scores = metrics.angle_scores(sum(metrics.angle_counts(view) for view in views), sum(view.sum() for view in views))
    assert scores["mean_angle"] == pytest.approx(pixels.mean())
    assert scores["median_angle"] == pytest.approx(np.median(pixels), abs=0.01)
    for limit, name in ((11.25, "under_11_25"), (22.5, "under_22_5"), (30, "under_30")):
        assert scores[name] == np.mean(pixels < limit)


def test_an_angle_of_half_a_turn_is_counted_and_one_at_a_limit_is_not_under_it():
    scores = metrics.angle_scores(metrics.angle_counts(np.array([180.0, 11.25, 22.5])), 213.75)
    assert (scores["under_11_25"], scores["under_22_5"], scores["under_30"]) == (0, 1 / 3, 2 / 3)


def test_mean_iou_averages_over_the_classes_in_the_truth_only():
    true = np.array([[0, 0, 1, 1]], np.uint16)
    predicted = np.array([[0, 2, 1, 1]], np.uint16)
    counts = metrics.confusion(predicted, true, classes=4)
    assert counts.sum() == 4
    assert counts[0, 2] == 1
    assert metrics.mean_iou(counts) == pytest.approx((1 / 2 + 1) / 2)


def test_mean_iou_pools_pixels_over_views_before_dividing():
    one = metrics.confusion(np.array([[1]]), np.array([[1]]), 2)
    other = metrics.confusion(np.array([[0, 0, 0]]), np.array([[1, 1, 1]]), 2)
    assert metrics.mean_iou(one + other) == pytest.approx(1 / 4)


def test_mask_ious_agree_with_pycocotools():
    rng = np.random.default_rng(0)
    predicted, true = list(rng.random((5, 16, 20)) < 0.4), list(rng.random((3, 16, 20)) < 0.6)
    encode = lambda masks: [coco.encode(np.asfortranarray(mask.astype(np.uint8))) for mask in masks]  # noqa: E731
    oracle = coco.iou(encode(predicted), encode(true), [0] * len(true))
    np.testing.assert_allclose(metrics.mask_ious(predicted, true), oracle, atol=1e-9)


def test_matching_finds_as_many_pairs_as_any_assignment_can():
    rng = np.random.default_rng(1)
    for _ in range(20):
        true = [_square(*rng.integers(0, 8, 2), 6) for _ in range(4)]
        predicted = [_square(*rng.integers(0, 8, 2), 6) for _ in range(3)]
        iou = metrics.mask_ious(predicted, true)
        most = max(
            sum(iou[i, j] >= 0.5 for i, j in enumerate(chosen)) for chosen in itertools.permutations(range(4), 3)
        )
        assert metrics.match_counts(predicted, true) == (most, 3 - most, 4 - most)


def test_one_mask_over_two_instances_matches_at_most_one_of_them():
    left, right = _square(0, 0, 6), _square(6, 0, 6)
    assert metrics.match_counts([left | right], [left, right]) == (1, 0, 1)
    assert metrics.f1(1, 0, 1) == pytest.approx(2 / 3)


def test_an_ignored_region_need_not_be_found_and_what_lies_mostly_in_it_is_not_false():
    thing, speck = _square(0, 0, 6), _square(10, 10, 3)
    assert metrics.match_counts([thing], [thing], [speck]) == (1, 0, 0)
    assert metrics.match_counts([thing, speck], [thing], [speck]) == (1, 0, 0)
    assert metrics.match_counts([thing, _square(10, 10, 4)], [thing], [speck]) == (1, 0, 0)
    assert metrics.match_counts([thing, _square(10, 10, 6)], [thing], [speck]) == (1, 1, 0)
    assert metrics.match_counts([_square(0, 10, 3)], [thing], [speck]) == (0, 1, 1)


def test_a_mask_that_finds_a_thing_is_a_hit_even_inside_an_ignored_region():
    thing = _square(4, 4, 4)
    assert metrics.match_counts([thing], [thing], [_square(2, 2, 10)]) == (1, 0, 0)


def test_painting_nothing_where_something_is_misses_it_and_finding_nothing_in_nothing_is_undefined():
    assert metrics.match_counts([], [_square(0, 0, 3)]) == (0, 0, 1)
    assert metrics.match_counts([], []) == (0, 0, 0)
    assert np.isnan(metrics.f1(0, 0, 0))


def test_overlap_counts_pixels():
    assert metrics.overlap(_square(0, 0, 4), _square(2, 0, 4)) == (8, 24)


def _square(x, y, side):
    mask = np.zeros((16, 16), bool)
    mask[y : y + side, x : x + side] = True
    return mask

"""COCO's AP, panoptic quality and SA-Co's pmF1 against pycocotools, torchmetrics and cases worked out by hand."""

import contextlib
import io
import tracemalloc

import numpy as np
import pytest
import torch
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from torchmetrics.detection import PanopticQuality

from pipeline.evaluate import metrics

SIDE = 48


def box(x, y, width, height, shape=(SIDE, SIDE)):
    mask = np.zeros(shape, bool)
    mask[y : y + height, x : x + width] = True
    return mask


def apart(masks):
    """The masks without what earlier ones have."""
    taken = np.zeros((SIDE, SIDE), bool)
    found = []
    for mask in masks:
        found.append(mask & ~taken)
        taken |= mask
    return [mask for mask in found if mask.any()]


def scene(rng):
    """True masks and predictions that are mostly shifted copies of them, none overlapping its like."""
    true = apart([box(*rng.integers(0, 32, 2), *rng.integers(6, 16, 2)) for _ in range(rng.integers(1, 6))])
    moved = [np.roll(mask, tuple(rng.integers(-2, 3, 2)), (0, 1)) for mask in true if rng.random() < 0.8]
    return apart([*moved, *(box(*rng.integers(0, 32, 2), 7, 7) for _ in range(rng.integers(0, 3)))]), true


def coco_eval(views, scores):
    """COCOeval of [(predicted, true, ignored, category)], its masks ranked by `scores`."""
    categories = sorted({category for *_, category in views})
    images, truths, found = [], [], []
    for number, ((predicted, true, ignored, category), ranks) in enumerate(zip(views, scores, strict=True), start=1):
        images.append({"id": number, "height": SIDE, "width": SIDE})
        crowd = [np.any(ignored, axis=0)] if ignored else []
        for mask, is_crowd in [*((mask, 0) for mask in true), *((mask, 1) for mask in crowd)]:
            truths.append(
                {"id": len(truths) + 1, "image_id": number, "category_id": category, "iscrowd": is_crowd}
                | {"segmentation": encode(mask), "area": float(mask.sum())}
            )
        for mask, score in zip(predicted, ranks, strict=True):
            found.append({"image_id": number, "category_id": category, "segmentation": encode(mask), "score": score})
    truth = COCO()
    truth.dataset = {"images": images, "annotations": truths, "categories": [{"id": c} for c in categories]}
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        judge = COCOeval(truth, truth.loadRes(found), "segm")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    return judge


def encode(mask):
    return coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))


def our_ap(views):
    counts = {}
    for predicted, true, ignored, category in views:
        counts[category] = counts.get(category, 0) + metrics.detection_counts(predicted, true, ignored)
    return float(np.nanmean([metrics.average_precision(sums) for sums in counts.values()]))


def worst_first(views):
    """Confidences that rank masks by their overlap, least first: at each threshold the false ones come before the true."""
    return [1 - metrics.mask_ious(p, t).max(axis=1, initial=0) / 2 for p, t, *_ in views]


def test_average_precision_is_cocos_when_it_meets_false_masks_first():
    rng = np.random.default_rng(0)
    views = [(*scene(rng), [], int(rng.integers(1, 4))) for _ in range(30)]
    judge = coco_eval(views, worst_first(views))
    assert 0.05 < our_ap(views) < 0.9
    assert our_ap(views) == pytest.approx(judge.stats[0], abs=1e-9)


def test_average_precision_ignores_what_coco_ignores():
    rng = np.random.default_rng(2)
    views = []
    for _ in range(20):
        predicted, true = scene(rng)
        views.append((predicted, true[1:], true[:1], 1))
    judge = coco_eval(views, worst_first(views))
    assert our_ap(views) == pytest.approx(judge.stats[0], abs=1e-9)


def test_no_order_of_equal_confidences_scores_less_in_coco():
    rng = np.random.default_rng(3)
    views = [(*scene(rng), [], 1) for _ in range(10)]
    for _ in range(5):
        assert coco_eval(views, [rng.random(len(p)) for p, *_ in views]).stats[0] >= our_ap(views) - 1e-9


def test_average_precision_of_one_hit_and_one_miss_is_half_of_the_recalls():
    thing, other = box(0, 0, 8, 8), box(20, 20, 8, 8)
    assert metrics.average_precision(metrics.detection_counts([thing], [thing, other])) == pytest.approx(51 / 101)
    assert metrics.average_precision(metrics.detection_counts([thing, other], [thing])) == pytest.approx(1 / 2)
    assert metrics.average_precision(metrics.detection_counts([], [thing])) == 0
    assert np.isnan(metrics.average_precision(metrics.detection_counts([thing], [])))


def test_panoptic_quality_is_torchmetrics():
    rng = np.random.default_rng(4)
    oracle = PanopticQuality(things={1, 2}, stuffs={0}, return_per_class=True)
    sums = {1: np.zeros(4), 2: np.zeros(4)}
    for _ in range(25):
        predicted, true = scene(rng)
        category = int(rng.integers(1, 3))
        sums[category] += metrics.panoptic_counts(predicted, true)
        oracle.update(panoptic(predicted, category), panoptic(true, category))
    theirs = oracle.compute().ravel()[:2]
    assert [float(metrics.panoptic_quality(sums[c])) for c in (1, 2)] == pytest.approx(theirs.tolist(), abs=1e-6)


def panoptic(masks, category):
    picture = np.zeros((1, SIDE, SIDE, 2), int)
    for number, mask in enumerate(masks, start=1):
        picture[0, mask] = (category, number)
    return torch.tensor(picture)


def test_panoptic_quality_of_a_hand_computed_view():
    true, near, stray = box(0, 0, 10, 10), box(0, 0, 10, 8), box(30, 30, 4, 4)
    counts = metrics.panoptic_counts([near, stray], [true, box(20, 0, 5, 5)])
    assert counts == (pytest.approx(0.8), 1, 1, 1)
    assert metrics.panoptic_quality(np.array(counts)) == pytest.approx(0.8 / 2)


def test_a_pair_of_half_overlap_is_a_match_of_f1_and_none_of_panoptic_quality():
    assert metrics.match_counts([box(0, 0, 10, 5)], [box(0, 0, 10, 10)]) == (1, 0, 0)
    assert metrics.panoptic_counts([box(0, 0, 10, 5)], [box(0, 0, 10, 10)]) == (0, 0, 1, 1)


def test_void_is_taken_out_of_a_panoptic_prediction_before_it_is_matched():
    thing, speck = box(0, 0, 8, 8), box(8, 0, 8, 8)
    assert metrics.panoptic_counts([thing | speck], [thing], [speck]) == (1, 1, 0, 0)
    assert metrics.panoptic_counts([thing, speck], [thing], [speck]) == (1, 1, 0, 0)
    assert metrics.panoptic_counts([thing, box(8, 0, 8, 20)], [thing], [speck]) == (1, 1, 1, 0)


def test_pmf1_of_prompts_worked_out_by_hand():
    """One exact mask, one of IoU 0.72 (found at 0.5 to 0.7), one missed, one false."""
    counts = metrics.prompt_counts([box(0, 0, 10, 10), box(30, 30, 10, 10)], [box(0, 0, 10, 10)])
    counts = counts + metrics.prompt_counts([box(0, 0, 9, 8)], [box(0, 0, 10, 10), box(30, 0, 5, 5)])
    low, high = 2 * 2 / (2 * 2 + 1 + 1), 2 * 1 / (2 * 1 + 2 + 2)
    assert metrics.prompt_f1(counts) == pytest.approx((5 * low + 5 * high) / 10)


def test_pmf1_pairs_masks_for_the_largest_overlap_where_f1_pairs_as_many_as_it_can():
    row = lambda start, stop: box(start, 0, stop - start, 1)  # noqa: E731
    predicted, true = [row(0, 20), row(8, 19)], [row(0, 20), row(0, 11)]
    assert metrics.match_counts(predicted, true) == (2, 0, 0)
    assert metrics.prompt_counts(predicted, true)[0].tolist() == [1, 1, 1]


def test_without_positive_prompts_pmf1_is_undefined():
    assert np.isnan(metrics.prompt_f1(np.zeros((10, 3), int)))


def test_of_several_annotations_the_kindest_counts():
    thing, half = box(0, 0, 10, 10), box(0, 0, 10, 6)
    who, counts = metrics.kindest([thing], [[half], [thing], [thing, half]])
    assert (who, counts.tolist()) == (1, [[1, 0, 0]] * 10)
    who, counts = metrics.kindest([], [[thing], []])
    assert (who, counts.any()) == (1, False)
    who, counts = metrics.kindest([], [[thing], [half]])
    assert (who, counts.tolist()) == (0, [[0, 0, 1]] * 10)
    # What is painted where the first and kindest saw nothing is false, but the prompt no positive one.
    who, counts = metrics.kindest([thing], [[], [box(20, 20, 5, 5)]])
    assert (who, counts.any()) == (0, False)
    with pytest.raises(ValueError, match="at least one annotation"):
        metrics.kindest([], [])


def test_overlaps_of_a_crowd_in_a_large_photo_need_little_memory():
    masks = [box(20 * k, 0, 15, 1000, shape=(1500, 2250)) for k in range(100)]
    tracemalloc.start()
    iou = metrics.mask_ious(masks[:50], masks)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_array_equal(iou, np.eye(50, 100))
    assert peak < 20e6


def test_what_lies_mostly_in_an_ignored_region_is_not_false_to_pmf1():
    thing, speck = box(0, 0, 8, 8), box(20, 20, 3, 3)
    assert metrics.prompt_counts([thing, speck], [thing], [speck]).tolist() == [[1, 0, 0]] * 10

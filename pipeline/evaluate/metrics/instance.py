"""Scores of instances: F1 at IoU 0.5, COCO's average precision, and panoptic quality.

A painting has no confidences. Average precision ranks masks by confidence, so here all masks share one: see
`average_precision`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from pipeline.evaluate.metrics.masks import Mask, inside, mask_ious
from pipeline.evaluate.metrics.prompts import THRESHOLDS

RECALLS = np.linspace(0.0, 1.0, 101)
"""At which COCO reads precision."""
MOST_MASKS = 100
"""Of one view, the largest first, that COCO's AP looks at."""


def match_counts(
    predicted: Sequence[Mask],
    true: Sequence[Mask],
    ignored: Sequence[Mask] = (),
    threshold: float = 0.5,
    iou: NDArray[np.float64] | None = None,
) -> tuple[int, int, int]:
    """(true positives, false positives, false negatives) of one view.

    Masks are matched one to one so that as many pairs as possible reach `threshold` (Hungarian algorithm; ties go to
    the larger sum of IoU). ignored: regions that need not be found, like COCO's ignore regions: an unmatched mask
    with at least `threshold` of its pixels in them (which an IoU of `threshold` with one implies) is not counted.
    iou: `mask_ious(predicted, true)`, if known.
    """
    iou = mask_ious(predicted, true) if iou is None else iou
    # A pair that counts outweighs any sum of IoU that does not.
    value = np.where(iou >= threshold, iou + 1.0 + min(iou.shape, default=0), 0.0)
    rows, columns = linear_sum_assignment(value, maximize=True)
    found = iou[rows, columns] >= threshold
    unmatched = np.ones(len(predicted), np.bool_)
    unmatched[rows[found]] = False
    hits, free = int(found.sum()), int((unmatched & (inside(predicted, ignored) >= threshold)).sum())
    return hits, len(predicted) - hits - free, len(true) - hits


def f1(hits: int, false: int, missed: int) -> float:
    """F1 = 2 TP / (2 TP + FP + FN) of counts summed over a split; NaN for nothing found in nothing."""
    total = 2 * hits + false + missed
    return 2 * hits / total if total else float("nan")


def detection_counts(
    predicted: Sequence[Mask],
    true: Sequence[Mask],
    ignored: Sequence[Mask] = (),
    iou: NDArray[np.float64] | None = None,
) -> NDArray[np.int64]:
    """(true positives, false positives, false negatives) of one view at each of THRESHOLDS, matched as COCO does: [10, 3].

    Each mask in turn takes, of the true masks that are left, the one it overlaps most (COCOeval.evaluateImg of
    pycocotools). ignored: one crowd region together: a mask without a partner that has at least the threshold's share of
    its pixels in it is not counted. Of more than MOST_MASKS the first are looked at. iou: `mask_ious(predicted, true)`.
    """
    iou = mask_ious(predicted, true) if iou is None else iou
    predicted, iou = predicted[:MOST_MASKS], iou[:MOST_MASKS]
    crowded = inside(predicted, ignored)
    counts = np.zeros((len(THRESHOLDS), 3), np.int64)
    for row, threshold in zip(counts, THRESHOLDS, strict=True):
        left = iou.copy()
        hits = free = 0
        for number in range(len(predicted)):
            # Of equals COCO takes the last.
            best = len(true) - 1 - int(left[number, ::-1].argmax()) if len(true) else -1
            if best >= 0 and left[number, best] >= threshold:
                left[:, best] = -1.0
                hits += 1
            elif len(ignored) and crowded[number] >= threshold:
                free += 1
        row[:] = hits, len(predicted) - hits - free, len(true) - hits
    return counts


def average_precision(counts: NDArray[np.number]) -> NDArray[np.float64]:
    """COCO's mask AP [...] of one category, `detection_counts` [..., 10, 3] added up over a split; NaN without true masks.

    AP is precision read at RECALLS, interpolated, and averaged over THRESHOLDS (Lin et al., arXiv:1405.0312). All masks
    share one confidence, so there is one operating point: precision up to its recall, 0 beyond. COCOeval gives the same
    number when, of equal confidences, it meets false masks first; any other order of them would gain it something that no
    painter claimed. A corpus's AP is the mean over its categories.
    """
    hits, false, missed = np.moveaxis(counts.astype(np.float64), -1, 0)
    there, shown = hits + missed, hits + false
    recall = np.divide(hits, there, out=np.zeros_like(hits), where=there > 0)
    precision = np.divide(hits, shown, out=np.zeros_like(hits), where=shown > 0)
    reached = np.searchsorted(RECALLS, recall, side="right") / len(RECALLS)
    return np.where(there[..., 0] > 0, (precision * reached).mean(-1), np.nan)


def panoptic_counts(
    predicted: Sequence[Mask],
    true: Sequence[Mask],
    ignored: Sequence[Mask] = (),
    iou: NDArray[np.float64] | None = None,
) -> tuple[float, int, int, int]:
    """(sum of IoU of the true positives, true positives, false positives, false negatives) of one view and category.

    Kirillov et al., "Panoptic Segmentation" (arXiv:1801.00868): a pair matches with an IoU above 0.5. ignored is void:
    its pixels are taken out of the predicted masks before IoU, and an unmatched mask with more than half of its pixels
    there is not counted. The paper's segments do not overlap, which makes the matching unique; where some do, pairs are
    chosen for the largest sum of IoU. iou: `mask_ious(predicted, true)`, of use where nothing is ignored.
    """
    if len(ignored):
        void = np.any(np.stack(list(ignored)), axis=0)
        iou = mask_ious([mask & ~void for mask in predicted], true)
    elif iou is None:
        iou = mask_ious(predicted, true)
    rows, columns = linear_sum_assignment(np.where(iou > 0.5, iou, 0.0), maximize=True)
    found = iou[rows, columns] > 0.5
    unmatched = np.ones(len(predicted), np.bool_)
    unmatched[rows[found]] = False
    hits, free = int(found.sum()), int((unmatched & (inside(predicted, ignored) > 0.5)).sum())
    return float(iou[rows, columns][found].sum()), hits, len(predicted) - hits - free, len(true) - hits


def panoptic_quality(counts: NDArray[np.number]) -> NDArray[np.float64]:
    """PQ [...] of one category, `panoptic_counts` [..., 4] added up over a split; NaN where nothing is there or found.

    PQ = sum of IoU / (TP + FP / 2 + FN / 2). A corpus's PQ is the mean over its categories.
    """
    iou, hits, false, missed = np.moveaxis(counts.astype(np.float64), -1, 0)
    total = hits + false / 2 + missed / 2
    return np.divide(iou, total, out=np.full(total.shape, np.nan), where=total > 0)

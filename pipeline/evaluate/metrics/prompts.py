"""Masks that answer prompts: pmF1 of SA-Co.

Defined in "SAM 3: Segment Anything with Concepts" (Carion et al., 2025) and by `sam3/eval/cgf1_eval.py` of
facebookresearch/sam3, whose numbers these are but for one thing: that program adds 1e-4 to every denominator, which lowers
its scores by up to 1e-4; here a ratio is a ratio. Its IL_MCC and cgF1, which ask whether a model keeps silent about what is
not there, are not computed.

A prompt is a picture and a noun phrase. Positive prompts have true masks, negative ones have none and do not count.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from pipeline.evaluate.metrics.masks import Mask, inside, mask_ious

THRESHOLDS = np.linspace(0.5, 0.95, 10)
"""Of IoU, as in COCO."""


def prompt_counts(
    predicted: Sequence[Mask],
    true: Sequence[Mask],
    ignored: Sequence[Mask] = (),
    iou: NDArray[np.float64] | None = None,
) -> NDArray[np.int64]:
    """(true positives, false positives, false negatives) of one prompt at each of THRESHOLDS: int64 [10, 3].

    Masks are matched one to one for the largest sum of IoU (Hungarian algorithm), once; a pair counts at the thresholds
    that its IoU reaches. ignored: as in `match_counts`; SA-Co has none. iou: `mask_ious(predicted, true)`, if known.
    """
    iou = mask_ious(predicted, true) if iou is None else iou
    rows, columns = linear_sum_assignment(iou, maximize=True)
    reached = iou[rows, columns] >= THRESHOLDS[:, None]
    hits = reached.sum(1)
    free = np.zeros(len(THRESHOLDS), np.int64)
    if len(ignored) and len(predicted):
        idle = np.ones((len(THRESHOLDS), len(predicted)), np.bool_)
        idle[:, rows] = ~reached
        free = (idle & (inside(predicted, ignored) >= 0.5)).sum(1)
    return np.stack([hits, len(predicted) - hits - free, len(true) - hits], axis=1)


def prompt_f1(counts: NDArray[np.number]) -> NDArray[np.float64]:
    """pmF1 [...] of counts [..., 10, 3] added up over positive prompts: the mean over THRESHOLDS of the pooled F1.

    F1 = 2 TP / (2 TP + FP + FN). NaN without positive prompts.
    """
    hits, false, missed = np.moveaxis(counts.astype(np.float64), -1, 0)
    total = 2 * hits + false + missed
    return np.divide(2 * hits, total, out=np.full(total.shape, np.nan), where=total > 0).mean(-1)


def kindest(predicted: Sequence[Mask], annotations: Sequence[Sequence[Mask]]) -> tuple[int, NDArray[np.int64]]:
    """(whose annotation counts, `prompt_counts` against it) of a prompt that several people annotated, as SA-Co/Gold was.

    That is one who, like the prediction, found nothing; else the one with the largest mean F1 over THRESHOLDS, and of
    equals the first. Zeros where that one found nothing: the prompt is no positive one. Raises ValueError without annotations.
    """
    if not annotations:
        raise ValueError("a prompt needs at least one annotation")
    silent = [number for number, true in enumerate(annotations) if not len(true)]
    if silent and not len(predicted):
        return silent[0], np.zeros((len(THRESHOLDS), 3), np.int64)
    counts = [prompt_counts(predicted, true) for true in annotations]
    best = max(range(len(annotations)), key=lambda number: _mean_f1(counts[number]))
    return best, counts[best] * (len(annotations[best]) > 0)


def _mean_f1(counts: NDArray[np.int64]) -> float:
    hits, false, missed = counts.T
    return float(np.mean(2 * hits / (2 * hits + false + missed)))

"""Masks that answer prompts: pmF1, IL_MCC and cgF1 of SA-Co.

Defined in "SAM 3: Segment Anything with Concepts" (Carion et al., 2025) and by `sam3/eval/cgf1_eval.py` of
facebookresearch/sam3, whose numbers these are but for one thing: that program adds 1e-4 (1e-6 for IL_MCC) to every
denominator, which lowers its scores by up to 1e-4; here a ratio is a ratio. It writes shares of 1; the paper prints cgF1
times 100.

A prompt is a picture and a noun phrase. Positive prompts have true masks, negative ones have none.
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


class PromptF1:
    """Adds up prompts one by one, so that a split need not fit in memory.

    >>> score = PromptF1()
    >>> score.add([mask], [mask])  # doctest: +SKIP
    >>> score.scores()["pmF1"]  # doctest: +SKIP
    1.0
    """

    def __init__(self) -> None:
        self._counts = np.zeros((len(THRESHOLDS), 3), np.int64)
        self._answers = np.zeros((2, 2), np.int64)

    def add(self, predicted: Sequence[Mask], true: Sequence[Mask]) -> None:
        """Score one prompt: predicted and true masks, bool [H, W]; no true masks make the prompt a negative one."""
        self._add(prompt_counts(predicted, true), len(predicted) > 0, len(true) > 0)

    def add_best(self, predicted: Sequence[Mask], annotations: Sequence[Sequence[Mask]]) -> None:
        """Score one prompt that several people annotated, as SA-Co/Gold was by three, against the kindest of them.

        That is one who, like the prediction, found nothing; else the one with the largest mean F1 over THRESHOLDS, and of
        equals the first. Raises ValueError without annotations.
        """
        if not annotations:
            raise ValueError("a prompt needs at least one annotation")
        if not len(predicted) and not all(map(len, annotations)):
            return self.add([], [])
        self.add(predicted, max(annotations, key=lambda true: _mean_f1(prompt_counts(predicted, true))))

    def scores(self) -> dict[str, float]:
        """pmF1, IL_MCC and cgF1.

        pmF1: `prompt_f1` of the positive prompts. IL_MCC: Matthews' correlation coefficient of "anything predicted" with
        "anything there" over all prompts; 0 where one of the two never varies, so too without negative prompts. cgF1:
        their product.
        """
        (rejected, invented), (overlooked, found) = self._answers.astype(float).tolist()
        root = (found + invented) * (found + overlooked) * (rejected + invented) * (rejected + overlooked)
        correlation = (found * rejected - invented * overlooked) / root**0.5 if root else 0.0
        positive = float(prompt_f1(self._counts))
        return {"pmF1": positive, "IL_MCC": correlation, "cgF1": positive * correlation}

    def _add(self, counts: NDArray[np.int64], predicted: bool, true: bool) -> None:
        self._answers[int(true), int(predicted)] += 1
        if true:
            self._counts += counts


def _mean_f1(counts: NDArray[np.int64]) -> float:
    hits, false, missed = counts.T
    return float(np.mean(2 * hits / (2 * hits + false + missed)))

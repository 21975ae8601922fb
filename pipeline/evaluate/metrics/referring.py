"""Scores of referred regions."""

from __future__ import annotations

import numpy as np

from pipeline.evaluate.metrics.masks import Mask


def overlap(predicted: Mask, true: Mask) -> tuple[int, int]:
    """(intersection, union) in pixels of one referred region.

    Over a split, cIoU = sum of intersections / sum of unions, and gIoU = mean of the views' own ratios (1 where both
    are empty), as in RefCOCO and ReasonSeg.
    """
    return int(np.sum(predicted & true)), int(np.sum(predicted | true))

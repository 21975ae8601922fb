"""Scores of the field, in NumPy, one module a task.

They are defined as in the papers that each names, so that a corpus made of a benchmark's views would get the benchmark's
numbers. Every score here is of one view or of counts that a caller adds up over a split; `summary.py` does the adding.
"""

from pipeline.evaluate.metrics.depth import ALIGNMENTS, FARTHEST_M, aligned, boundary_f1, depth_scores, depth_sums
from pipeline.evaluate.metrics.instance import (
    average_precision,
    detection_counts,
    f1,
    match_counts,
    panoptic_counts,
    panoptic_quality,
)
from pipeline.evaluate.metrics.masks import Mask, inside, mask_ious
from pipeline.evaluate.metrics.normals import (
    ANGLES,
    BINS_A_DEGREE,
    COARSE_A_DEGREE,
    angle_counts,
    angle_scores,
    coarse,
    coarse_median,
    has_normal,
    normal_angles,
    unit,
)
from pipeline.evaluate.metrics.prompts import THRESHOLDS, kindest, prompt_counts, prompt_f1
from pipeline.evaluate.metrics.referring import overlap
from pipeline.evaluate.metrics.semantic import class_ious, class_sums, confusion, mean_iou

__all__ = [
    "ALIGNMENTS",
    "ANGLES",
    "BINS_A_DEGREE",
    "COARSE_A_DEGREE",
    "FARTHEST_M",
    "THRESHOLDS",
    "Mask",
    "aligned",
    "angle_counts",
    "angle_scores",
    "average_precision",
    "boundary_f1",
    "class_ious",
    "class_sums",
    "coarse",
    "coarse_median",
    "confusion",
    "depth_scores",
    "depth_sums",
    "detection_counts",
    "f1",
    "has_normal",
    "inside",
    "kindest",
    "mask_ious",
    "match_counts",
    "mean_iou",
    "normal_angles",
    "overlap",
    "panoptic_counts",
    "panoptic_quality",
    "prompt_counts",
    "prompt_f1",
    "unit",
]

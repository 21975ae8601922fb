"""Scores of the field, in NumPy, one module a task.

They are defined as in the papers that each names, so that a corpus made of a benchmark's views would get the benchmark's
numbers. Every score here is of one view or of counts that a caller adds up over a split; `summary.py` does the adding.
"""

from pipeline.evaluate.metrics.depth import FARTHEST_M, depth_scores
from pipeline.evaluate.metrics.instance import Mask, f1, mask_ious, match_counts
from pipeline.evaluate.metrics.normals import ANGLES, BINS_A_DEGREE, angle_counts, angle_scores, normal_angles, unit
from pipeline.evaluate.metrics.referring import overlap
from pipeline.evaluate.metrics.semantic import confusion, mean_iou

__all__ = [
    "ANGLES",
    "BINS_A_DEGREE",
    "FARTHEST_M",
    "Mask",
    "angle_counts",
    "angle_scores",
    "confusion",
    "depth_scores",
    "f1",
    "mask_ious",
    "match_counts",
    "mean_iou",
    "normal_angles",
    "overlap",
    "unit",
]

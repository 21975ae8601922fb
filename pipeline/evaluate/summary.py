"""Answers of a split -> one number a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.evaluate import metrics
from pipeline.evaluate.truth import Answer


@dataclass(frozen=True)
class Score:
    """What a score is: its task, its unit ("" for shares), whether more is better, and a title for people."""

    task: str
    title: str
    unit: str
    higher_is_better: bool


SCORES = {
    "depth_abs_rel": Score("depth", "AbsRel", "", False),
    "depth_delta1": Score("depth", "delta1", "", True),
    "depth_rmse": Score("depth", "RMSE", "m", False),
    "normal_mean_angle": Score("normal", "mean angle", "deg", False),
    "normal_median_angle": Score("normal", "median angle", "deg", False),
    "normal_under_11_25": Score("normal", "under 11.25 deg", "", True),
    "normal_under_22_5": Score("normal", "under 22.5 deg", "", True),
    "normal_under_30": Score("normal", "under 30 deg", "", True),
    "semantic_miou": Score("semantic", "mIoU", "", True),
    "instance_f1": Score("instance", "F1 at IoU 0.5", "", True),
    "referring_ciou": Score("referring", "cIoU", "", True),
    "referring_giou": Score("referring", "gIoU", "", True),
}


@dataclass
class Tally:
    """Adds up views one by one, so that a split need not fit in memory.

    Depth and gIoU: mean of the views' scores. Normals: of all pixels together. mIoU, F1 and cIoU: from counts over
    the whole split. `metrics.py` says where each is from.
    """

    classes: int
    views: int = 0
    depth: list[dict[str, float]] = field(default_factory=list)
    angles: Any = None
    angle_sum: float = 0.0
    counts: Any = None
    matches: list[tuple[int, int, int]] = field(default_factory=list)
    regions: list[tuple[int, int]] = field(default_factory=list)

    def add(self, answer: Answer, true: Answer) -> None:
        """Score one view's answer against its truth."""
        self.views += 1
        if answer.depth_m is not None and (scores := metrics.depth_scores(answer.depth_m, _some(true.depth_m))):
            self.depth.append(scores)
        if answer.normals is not None and len(angles := metrics.normal_angles(answer.normals, _some(true.normals))):
            counts = metrics.angle_counts(angles)
            self.angles = counts if self.angles is None else self.angles + counts
            self.angle_sum += float(angles.sum())
        if answer.semantic is not None:
            counts = metrics.confusion(answer.semantic, _some(true.semantic), self.classes)
            self.counts = counts if self.counts is None else self.counts + counts
        if answer.instances is not None:
            self.matches.append(metrics.match_counts(answer.instances, _some(true.instances), true.ignored))
        if answer.referring is not None:
            for predicted, mask in zip(answer.referring, _some(true.referring), strict=True):
                self.regions.append(metrics.overlap(predicted, mask))

    def scores(self) -> dict[str, float]:
        """Every score of SCORES that the views allow."""
        found = {f"depth_{name}": _mean(self.depth, name) for name in ("abs_rel", "delta1", "rmse") if self.depth}
        if self.angles is not None:
            scores = metrics.angle_scores(self.angles, self.angle_sum)
            found |= {f"normal_{name}": value for name, value in scores.items()}
        if self.counts is not None:
            found["semantic_miou"] = metrics.mean_iou(self.counts)
        if self.matches:
            hits, false, missed = np.sum(self.matches, axis=0)
            found["instance_f1"] = metrics.f1(int(hits), int(false), int(missed))
        if self.regions:
            both, either = np.array(self.regions, np.float64).T
            found["referring_ciou"] = float(both.sum() / max(either.sum(), 1.0))
            found["referring_giou"] = float(np.mean(np.where(either > 0, both / np.maximum(either, 1.0), 1.0)))
        return found


def _mean(views: Sequence[dict[str, float]], name: str) -> float:
    return float(np.mean([view[name] for view in views]))


def _some(value: Any) -> Any:
    if value is None:
        raise ValueError("the truth lacks an answer that was scored")
    return value

"""Answers to a benchmark's questions -> its published scores."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.evaluate import metrics
from pipeline.evaluate.benchmarks.case import Case
from pipeline.evaluate.summary import SCORES, Score, scores_of
from pipeline.evaluate.truth import Answer

NAMES = {
    "depth": ("delta1", "abs_rel", "rmse"),
    "normal": ("mean_angle", "median_angle", "under_11_25", "under_22_5", "under_30"),
    "semantic": ("miou",),
    "instance": ("pmf1",),
    "referring": ("ciou", "giou"),
}
FIGURES = {task: {name: SCORES[f"{task}_{name}"] for name in names} for task, names in NAMES.items()}
"""The scores of each task, by name."""


def figures(task: str, align: str | None = None) -> dict[str, Score]:
    """The scores of a task by name, with those that an alignment adds where there is one."""
    if task != "depth" or align is None:
        return FIGURES[task]
    return FIGURES[task] | {f"aligned_{name}": scores_of(align)[f"depth_aligned_{name}"] for name in NAMES[task]}


@dataclass
class Marks:
    """Adds up cases of one task one by one. classes: how many semantic ids there are, 0 (none) among them.
    align: of metrics.ALIGNMENTS, scores depth once more after it; fitted to what was painted, then clipped to the range.

    Depth and gIoU: mean of the pictures' scores. Normals: of all pixels together. mIoU, cIoU and pmF1: from counts over
    all pictures.
    """

    task: str
    classes: int = 0
    align: str | None = None
    depth: list[dict[str, float]] = field(default_factory=list)
    angles: Any = 0
    angle_sum: float = 0.0
    confusion: Any = 0
    regions: list[tuple[int, int]] = field(default_factory=list)
    prompts: Any = 0

    def add(self, case: Case, answer: Answer) -> Answer:
        """Score one answer; the truth that it was held against."""
        true = case.truths[0]
        if answer.depth_m is not None and true.depth_m is not None:
            if scores := metrics.depth_scores(np.clip(answer.depth_m, *case.range_m), true.depth_m):
                if self.align:
                    fitted = np.clip(metrics.aligned(answer.depth_m, true.depth_m, self.align), *case.range_m)
                    again = metrics.depth_scores(fitted, true.depth_m) or {}
                    scores |= {f"aligned_{name}": value for name, value in again.items()}
                self.depth.append(scores)
        elif answer.normals is not None and true.normals is not None:
            angles = metrics.normal_angles(answer.normals, true.normals)
            self.angles = self.angles + metrics.angle_counts(angles)
            self.angle_sum += float(angles.sum())
        elif answer.semantic is not None and true.semantic is not None:
            scored = true.semantic > 0
            self.confusion += metrics.confusion(answer.semantic[scored], true.semantic[scored], self.classes)
        elif answer.referring is not None and true.referring is not None:
            scored = np.ones(case.image.shape[:2], bool) if case.ignored is None else ~case.ignored
            for predicted, mask in zip(answer.referring, true.referring, strict=True):
                self.regions.append(metrics.overlap(predicted & scored, mask & scored))
        elif answer.instances is not None:
            who, counts = metrics.kindest(answer.instances, [truth.instances or [] for truth in case.truths])
            self.prompts = self.prompts + counts
            true = case.truths[who]
        else:
            raise ValueError(f"{case.key}: the truth lacks what was asked for")
        return true

    def scores(self) -> dict[str, float]:
        """Every score of `figures`; NaN where no pixel was scored."""
        found: dict[str, float] = {}
        if self.task == "depth":
            for name in figures("depth", self.align) if self.depth else ():
                found[name] = float(np.mean([view[name] for view in self.depth]))
        elif self.task == "normal" and np.any(self.angles):
            found = metrics.angle_scores(self.angles, self.angle_sum)
        elif self.task == "semantic" and np.any(self.confusion):
            found = {"miou": metrics.mean_iou(self.confusion)}
        elif self.task == "referring" and self.regions:
            both, either = np.array(self.regions, np.float64).T
            shares = np.where(either > 0, both / np.maximum(either, 1.0), 1.0)
            found = {"ciou": float(both.sum() / max(either.sum(), 1.0)), "giou": float(np.mean(shares))}
        elif self.task == "instance" and np.any(self.prompts):
            found = {"pmf1": float(metrics.prompt_f1(self.prompts))}
        return {name: found.get(name, float("nan")) for name in figures(self.task, self.align)}

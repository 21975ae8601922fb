"""Answers of a split -> its scores, how sure they are, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate import intervals, metrics
from pipeline.evaluate.intervals import Interval
from pipeline.evaluate.records import RANGES, View, at_ranges, stack, statistics, view_record
from pipeline.evaluate.truth import Answer


@dataclass(frozen=True)
class Score:
    """What a score is: its task, its unit ("" for shares), whether more is better, a title, and a sentence for people."""

    task: str
    title: str
    unit: str
    higher_is_better: bool
    meaning: str


SCORES = {
    "depth_abs_rel": Score("depth", "AbsRel", "", False, "mean error of metric depth, as a share of the true depth"),
    "depth_delta1": Score("depth", "delta1", "", True, "share of pixels within a factor of 1.25 of the true depth"),
    "depth_delta2": Score("depth", "delta2", "", True, "share of pixels within a factor of 1.25 squared"),
    "depth_delta3": Score("depth", "delta3", "", True, "share of pixels within a factor of 1.25 cubed"),
    "depth_log10": Score("depth", "log10", "", False, "mean error of the decimal logarithm of depth"),
    "depth_rmse": Score("depth", "RMSE", "m", False, "root of the mean squared error of depth"),
    "depth_boundary_f1": Score("depth", "boundary F1", "", True, "agreement on where depth jumps, whatever the scale"),
    "normal_mean_angle": Score("normal", "mean angle", "deg", False, "mean angle between painted and true normal"),
    "normal_median_angle": Score("normal", "median angle", "deg", False, "half of the pixels are nearer than this"),
    "normal_under_11_25": Score("normal", "under 11.25 deg", "", True, "share of pixels nearer than 11.25 degrees"),
    "normal_under_22_5": Score("normal", "under 22.5 deg", "", True, "share of pixels nearer than 22.5 degrees"),
    "normal_under_30": Score("normal", "under 30 deg", "", True, "share of pixels nearer than 30 degrees"),
    "semantic_miou": Score("semantic", "mIoU", "", True, "IoU of a class over the whole split, mean over classes"),
    "instance_f1": Score("instance", "F1 at IoU 0.5", "", True, "share of things found, and of finds that are things"),
    "instance_pmf1": Score("instance", "pmF1", "", True, "F1, mean over IoU 0.5, 0.55 and so on to 0.95"),
    "instance_ap": Score("instance", "mask AP", "", True, "COCO's average precision, one confidence for all masks"),
    "instance_pq": Score("instance", "PQ", "", True, "panoptic quality of the things asked for"),
    "referring_ciou": Score("referring", "cIoU", "", True, "IoU of all referred pixels of the split together"),
    "referring_giou": Score("referring", "gIoU", "", True, "IoU of a referred region, mean over regions"),
}
"""Of every evaluation, by name. docs/evaluation.md has their formulas and sources."""
ALIGNED = {
    name.replace("depth_", "depth_aligned_"): name
    for name, score in SCORES.items()
    if score.task == "depth" and name != "depth_boundary_f1"
}
"""The scores that an alignment adds, and those that they are of, which stay metric. A boundary is one at any scale."""


def scores_of(align: str | None) -> dict[str, Score]:
    """Every score by name: SCORES, and after `align` of metrics.ALIGNMENTS, if any, those that it adds."""
    added = {}
    for name, metric in ALIGNED.items() if align else ():
        score = SCORES[metric]
        title, meaning = f"{score.title}, {align}", f"after alignment by {align}: {score.meaning}"
        added[name] = replace(score, title=title, meaning=meaning)
    return SCORES | added


@dataclass
class Tally:
    """Adds up views one by one and keeps some thousand numbers of each, so that a split need not fit in memory.

    classes: how many semantic ids there are. align: of metrics.ALIGNMENTS, adds the scores of ALIGNED. Depth and gIoU:
    mean of the views' or regions' scores. Normals: of all pixels together. mIoU, F1, pmF1, AP, PQ and cIoU: from counts
    over the whole split.
    """

    classes: int
    align: str | None = None
    records: list[View] = field(default_factory=list)
    _angles: dict[str, NDArray[np.int64]] = field(default_factory=dict)

    @property
    def views(self) -> int:
        """How many views there are."""
        return len(self.records)

    def add(self, answer: Answer, true: Answer, recipe: str = "") -> None:
        """Score one view's answer against its truth. recipe: what it was composed by, for `recipes`."""
        record, angles = view_record(answer, true, self.classes, recipe, self.align)
        self.records.append(record)
        if angles is not None:
            self._angles[recipe] = self._angles.get(recipe, 0) + angles

    def scores(self) -> dict[str, float]:
        """Every score of SCORES, and of ALIGNED, that the views allow."""
        if not self.records:
            return {}
        found = {name: float(values[0]) for name, values in statistics(stack(self.records), self._once()).items()}
        if self._angles:
            pooled = np.sum(list(self._angles.values()), axis=0)
            # The records are coarser than the pooled counts, and good enough for an interval alone.
            found["normal_median_angle"] = metrics.angle_scores(pooled, 0.0)["median_angle"]
        return {name: found[name] for name in scores_of(self.align) if name in found}

    def draws(self, seed: int = 0) -> dict[str, NDArray[np.float64]]:
        """What every score came to in each resample of the views, [intervals.RESAMPLES]."""
        if not self.records:
            return {}
        stacked = stack(self.records)
        parts = [statistics(stacked, weights) for weights in intervals.redrawn(self.views, seed)]
        drawn = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        if "normal_median_angle" in drawn:
            rough = float(statistics(stacked, self._once())["normal_median_angle"][0])
            drawn["normal_median_angle"] += self.scores()["normal_median_angle"] - rough
        return drawn

    def recipes(self) -> dict[str, Tally]:
        """The views of each recipe, by name."""
        names = sorted({record.recipe for record in self.records})
        return {
            name: Tally(
                self.classes,
                self.align,
                [record for record in self.records if record.recipe == name],
                {name: self._angles[name]} if name in self._angles else {},
            )
            for name in names
        }

    def ranges(self, seed: int = 0) -> dict[str, dict[str, Interval]]:
        """Depth and normals by how far the true surface is: range -> score -> value and interval.

        "pixels" is the range's share of all surface. Pixels of all views are pooled, unlike depth's scores of the whole.
        """
        stacked = stack(self.records)
        whole = at_ranges(stacked, self._once())
        if not whole:
            return {}
        parts = [at_ranges(stacked, weights) for weights in intervals.redrawn(self.views, seed)]
        drawn = {name: np.concatenate([part[name] for part in parts]) for name in whole}
        found: dict[str, dict[str, Interval]] = {name: {} for name in RANGES}
        for name, values in whole.items():
            for number, label in enumerate(RANGES):
                if not np.isnan(values[0, number]):
                    found[label][name] = intervals.interval(values[0, number], drawn[name][:, number], self.views)
        return {label: scores for label, scores in found.items() if scores["pixels"].value > 0}

    def class_ious(self, seed: int = 0) -> dict[int, Interval]:
        """IoU of every class that the truth shows: semantic id -> value and interval."""
        rows = [record.classes for record in self.records if record.classes is not None]
        if not rows:
            return {}
        flat = np.stack(rows).reshape(len(rows), -1).astype(np.float64)

        def ious(sums: NDArray[np.float64]) -> NDArray[np.float64]:
            return metrics.class_ious(sums.reshape(*sums.shape[:-1], self.classes, 3))

        whole = ious(flat.sum(0))
        drawn = np.concatenate([ious(weights @ flat) for weights in intervals.redrawn(len(rows), seed)])
        known = np.flatnonzero(~np.isnan(whole))
        return {int(i): intervals.interval(whole[i], drawn[:, i], len(rows)) for i in known}

    def _once(self) -> NDArray[np.float64]:
        """Weights that count every view once."""
        return np.ones((1, self.views))

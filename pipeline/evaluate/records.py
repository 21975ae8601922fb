"""What is kept of one scored view, and every score as a function of sums over views.

That is what makes intervals cheap: to redraw views is to weigh their rows, and a score of two thousand resamples is one
product of matrices and one formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate import metrics
from pipeline.evaluate.truth import Answer

EDGES_M = (1.0, 3.0, 10.0, 40.0)
RANGES = ("under 1 m", "1 to 3 m", "3 to 10 m", "10 to 40 m", "over 40 m")
DEPTH = ("abs_rel", "delta1", "delta2", "delta3", "log10", "rmse")
NEAR_ANGLE = metrics.ANGLES[0]

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class View:
    """One view's numbers, all of them such that views can be added up; None for what was not asked or has no truth.

    depth, aligned: the values of DEPTH, then 1. boundary: boundary F1, then 1. angles: their sum, how many, how many under
    each of metrics.ANGLES. coarse: `metrics.coarse`. ranges: [len(RANGES), 6]: `metrics.depth_sums`, then the normals
    there, the sum of their angles and how many are under NEAR_ANGLE. classes: `metrics.class_sums`. f1: true positives,
    false positives, false negatives. prompt, detection, panoptic: see metrics; category: whose. regions: pixels of
    intersection and of union, sum of the regions' IoU, regions.
    """

    recipe: str
    category: str | None
    depth: Numbers | None = None
    aligned: Numbers | None = None
    boundary: Numbers | None = None
    angles: Numbers | None = None
    coarse: NDArray[np.int32] | None = None
    ranges: Numbers | None = None
    classes: NDArray[np.int32] | None = None
    f1: Numbers | None = None
    prompt: Numbers | None = None
    detection: Numbers | None = None
    panoptic: Numbers | None = None
    regions: Numbers | None = None


BLOCKS = tuple(field.name for field in fields(View) if field.name not in ("recipe", "category"))


def view_record(
    answer: Answer, true: Answer, classes: int, recipe: str = "", align: str | None = None
) -> tuple[View, NDArray[np.int64] | None]:
    """(what is kept of the answer, fine histogram of its normals' angles, which is too large to be kept of every view).

    Raises ValueError where the truth lacks an answer.
    """
    found: dict[str, Any] = {}
    fine = None
    ranges = np.zeros((len(RANGES), 6))
    if answer.depth_m is not None:
        depth_m = _some(true.depth_m)
        found["depth"] = _depth(metrics.depth_scores(answer.depth_m, depth_m))
        if align is not None:
            found["aligned"] = _depth(metrics.depth_scores(answer.depth_m, depth_m, align))
        boundary = metrics.boundary_f1(answer.depth_m, depth_m)
        found["boundary"] = None if boundary is None else np.array([boundary, 1.0])
        ranges[:, :3] = metrics.depth_sums(answer.depth_m, depth_m, EDGES_M)
    if answer.normals is not None and len(angles := metrics.normal_angles(answer.normals, _some(true.normals))):
        fine = metrics.angle_counts(angles)
        under = [float(fine[: round(limit * metrics.BINS_A_DEGREE)].sum()) for limit in metrics.ANGLES]
        found["angles"] = np.array([angles.sum(), len(angles), *under])
        found["coarse"] = metrics.coarse(fine).astype(np.int32)
        if true.depth_m is not None:
            far = true.depth_m[metrics.has_normal(_some(true.normals))]
            place = np.searchsorted(np.array(EDGES_M), far, side="right")
            for column, weight in enumerate((None, angles, angles < NEAR_ANGLE), start=3):
                ranges[:, column] = np.bincount(place, weight, len(RANGES))
    if answer.semantic is not None:
        counts = metrics.confusion(answer.semantic, _some(true.semantic), classes)
        found["classes"] = metrics.class_sums(counts).astype(np.int32)
    if answer.instances is not None:
        found |= _instances(answer.instances, _some(true.instances), true.ignored)
    if answer.referring is not None:
        pairs = zip(answer.referring, _some(true.referring), strict=True)
        both, either = np.array([metrics.overlap(*pair) for pair in pairs], np.float64).reshape(-1, 2).T
        ratios = np.where(either > 0, both / np.maximum(either, 1.0), 1.0)
        found["regions"] = np.array([both.sum(), either.sum(), ratios.sum(), len(ratios)])
    return View(recipe, true.category, ranges=ranges if ranges.any() else None, **found), fine


@dataclass(frozen=True, eq=False)
class Stack:
    """The views' rows by block: which views have it, and their rows [views that have it, k]; and the views' categories."""

    blocks: dict[str, tuple[NDArray[np.intp], Numbers]]
    categories: list[str | None]


def stack(records: Sequence[View]) -> Stack:
    """Rows of the same block under each other, once for all draws."""
    blocks = {}
    for block in BLOCKS:
        rows = [getattr(record, block) for record in records]
        kept = [number for number, row in enumerate(rows) if row is not None]
        if kept:
            stacked = np.stack([rows[number].ravel() for number in kept]).astype(np.float64)
            blocks[block] = (np.array(kept), stacked)
    return Stack(blocks, [record.category for record in records])


def statistics(stacked: Stack, weights: Numbers) -> dict[str, Numbers]:
    """Every score of the views weighed by each row of `weights` [B, views]: name -> [B], NaN where it is undefined."""
    found: dict[str, Numbers] = {}
    for block, prefix in (("depth", "depth_"), ("aligned", "depth_aligned_")):
        if (sums := _sums(stacked, weights, block)) is not None:
            found |= {f"{prefix}{name}": _ratio(sums[:, i], sums[:, -1]) for i, name in enumerate(DEPTH)}
    if (sums := _sums(stacked, weights, "boundary")) is not None:
        found["depth_boundary_f1"] = _ratio(sums[:, 0], sums[:, 1])
    if (sums := _sums(stacked, weights, "angles")) is not None:
        found["normal_mean_angle"] = _ratio(sums[:, 0], sums[:, 1])
        found["normal_median_angle"] = metrics.coarse_median(_some(_sums(stacked, weights, "coarse")))
        for number, limit in enumerate(metrics.ANGLES, start=2):
            found["normal_" + f"under_{limit:g}".replace(".", "_")] = _ratio(sums[:, number], sums[:, 1])
    if (sums := _sums(stacked, weights, "classes")) is not None:
        found["semantic_miou"] = _mean_of_known(metrics.class_ious(sums.reshape(len(sums), -1, 3)).T)
    if (sums := _sums(stacked, weights, "f1")) is not None:
        found["instance_f1"] = _ratio(2 * sums[:, 0], 2 * sums[:, 0] + sums[:, 1] + sums[:, 2])
        found["instance_pmf1"] = metrics.prompt_f1(_some(_sums(stacked, weights, "prompt")).reshape(len(sums), -1, 3))
        ap, pq = [], []
        for category in dict.fromkeys(stacked.categories):
            mine = np.array([other == category for other in stacked.categories])
            if (detected := _sums(stacked, weights, "detection", mine)) is not None:
                ap.append(metrics.average_precision(detected.reshape(len(sums), -1, 3)))
                pq.append(metrics.panoptic_quality(_some(_sums(stacked, weights, "panoptic", mine))))
        found |= {"instance_ap": _mean_of_known(np.stack(ap)), "instance_pq": _mean_of_known(np.stack(pq))}
    if (sums := _sums(stacked, weights, "regions")) is not None:
        found["referring_ciou"] = _ratio(sums[:, 0], sums[:, 1])
        found["referring_giou"] = _ratio(sums[:, 2], sums[:, 3])
    return found


def at_ranges(stacked: Stack, weights: Numbers) -> dict[str, Numbers]:
    """Scores by depth: name -> [B, len(RANGES)], NaN where a range has no pixels; "pixels" is its share of all."""
    sums = _sums(stacked, weights, "ranges")
    if sums is None:
        return {}
    pixels, errors, close, normals, angles, under = np.moveaxis(sums.reshape(len(sums), len(RANGES), -1), -1, 0)
    counted = pixels if pixels.any() else normals
    return {
        "pixels": counted / np.maximum(counted.sum(1, keepdims=True), 1.0),
        "depth_abs_rel": _ratio(errors, pixels),
        "depth_delta1": _ratio(close, pixels),
        "normal_mean_angle": _ratio(angles, normals),
        "normal_under_11_25": _ratio(under, normals),
    }


def _instances(predicted: list[Any], true: list[Any], ignored: Sequence[Any]) -> dict[str, Numbers]:
    iou = metrics.mask_ious(predicted, true)
    counts = {
        "f1": metrics.match_counts(predicted, true, ignored, iou=iou),
        "prompt": metrics.prompt_counts(predicted, true, ignored, iou),
        "detection": metrics.detection_counts(predicted, true, ignored, iou),
        "panoptic": metrics.panoptic_counts(predicted, true, ignored, iou),
    }
    return {name: np.asarray(found, np.float64) for name, found in counts.items()}


def _depth(scores: dict[str, float] | None) -> Numbers | None:
    return None if scores is None else np.array([*(scores[name] for name in DEPTH), 1.0])


def _sums(stacked: Stack, weights: Numbers, block: str, mine: NDArray[np.bool_] | None = None) -> Numbers | None:
    """The block's rows added up under each row of weights, [B, k]; None where no view has it. mine: of these views."""
    if block not in stacked.blocks:
        return None
    kept, rows = stacked.blocks[block]
    if mine is not None:
        rows, kept = rows[mine[kept]], kept[mine[kept]]
    return np.asarray(weights[:, kept] @ rows) if len(kept) else None


def _ratio(above: Numbers, below: Numbers) -> Numbers:
    return np.divide(above, below, out=np.full(below.shape, np.nan), where=below > 0)


def _mean_of_known(values: Numbers) -> Numbers:
    """Means [B] over the first axis of [N, B] of what is not NaN; NaN where nothing is."""
    known = ~np.isnan(values)
    return _ratio(np.where(known, values, 0.0).sum(0), known.sum(0).astype(np.float64))


def _some(value: Any) -> Any:
    if value is None:
        raise ValueError("the truth lacks an answer that was scored")
    return value

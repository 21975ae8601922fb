"""A crop or the mirror image of a labelled view, with an instance table that is true of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipeline.labels.instances import Instance
from pipeline.labels.trace import Labels
from pipeline.scene import Float

Box = tuple[int, int, int, int]
"""(x0, y0, x1, y1) in pixels, x1 and y1 exclusive."""


def cropped(labels: Labels, box: Box) -> Labels:
    """The labels inside `box`; the camera, and so depth and normals, stay as they are."""
    x0, y0, x1, y1 = box
    inside = np.s_[y0:y1, x0:x1]
    return Labels(labels.depth[inside], labels.normals[inside], labels.instance[inside], labels.semantic[inside])


def mirrored(labels: Labels) -> Labels:
    """The labels of the view in a mirror: left and right change places, normals point to the other side."""
    normals = labels.normals[:, ::-1].copy()
    # Not by a product: that of 0 and -1 is another zero, and takes longer.
    np.subtract(0, normals[..., 0], out=normals[..., 0])
    return Labels(labels.depth[:, ::-1], normals, labels.instance[:, ::-1], labels.semantic[:, ::-1])


def intrinsics_of(intrinsics: Float, box: Box | None, flip: bool, width: int) -> Float:
    """K of a part of a view `width` pixels wide, None for all of it, or of that part's mirror image: float64 [3, 3]."""
    k = np.array(intrinsics, float)
    x0, y0, x1, _ = box or (0, 0, width, 0)
    k[:2, 2] -= x0, y0
    if flip:
        k[0, 2] = x1 - x0 - 1 - k[0, 2]
    return k


def table_of(labels: Labels, table: Sequence[Instance]) -> list[Instance]:
    """The rows of a view's table as they are in `labels`, a crop or mirror image of that view.

    Boxes, pixels, centroids and depths are measured again. The outline of a thing is as many pixels as before, so its
    visible fraction changes as its pixels do. What is known of things in space does not change.
    """
    ids = labels.instance.ravel()
    counts = np.bincount(ids, minlength=max((row.id for row in table), default=0) + 1)
    order = np.split(np.argsort(ids, kind="stable").astype(np.int32), np.cumsum(counts)[:-1])
    rows = []
    for row in table:
        if not counts[row.id]:
            continue
        v, u = np.divmod(order[row.id], labels.instance.shape[1])
        kept = int(counts[row.id])
        rows.append(
            replace(
                row,
                box=(int(u.min()), int(v.min()), int(u.max()) + 1, int(v.max()) + 1),
                pixels=kept,
                visible_fraction=round(row.visible_fraction * kept / row.pixels, 4) if row.thing else 1.0,
                centroid=(round(float(u.mean()), 3), round(float(v.mean()), 3)),
                depth_m=round(float(np.median(labels.depth[v, u])), 5),
            )
        )
    return rows


def cropped_table(table: Sequence[Instance], box: Box) -> list[Instance] | None:
    """The table of a crop without its labels; None where the crop cuts a thing, of which nobody knows how much is left.

    Of the parts of a building that it cuts (walls, floors) pixels, centroid and depth are left as they were.
    """
    rows = []
    for row in table:
        x0, y0, x1, y1 = _common(row.box, box)
        if x0 >= x1 or y0 >= y1:
            continue
        if row.thing and (x0, y0, x1, y1) != row.box:
            return None
        u, v = row.centroid
        moved = (x0 - box[0], y0 - box[1], x1 - box[0], y1 - box[1])
        rows.append(replace(row, box=moved, centroid=(round(u - box[0], 3), round(v - box[1], 3))))
    return rows


def mirrored_table(table: Sequence[Instance], width: int) -> list[Instance]:
    """The table of the mirror image of a view that is `width` pixels wide."""
    return [
        replace(
            row,
            box=(width - row.box[2], row.box[1], width - row.box[0], row.box[3]),
            centroid=(round(width - 1 - row.centroid[0], 3), row.centroid[1]),
        )
        for row in table
    ]


def without_cuts(table: Sequence[Instance], box: Box) -> Box:
    """The smallest box around `box` that cuts no thing."""
    grown = True
    while grown:
        grown = False
        for row in table:
            x0, y0, x1, y1 = _common(row.box, box)
            if row.thing and x0 < x1 and y0 < y1 and (x0, y0, x1, y1) != row.box:
                box = (
                    min(box[0], row.box[0]),
                    min(box[1], row.box[1]),
                    max(box[2], row.box[2]),
                    max(box[3], row.box[3]),
                )
                grown = True
    return box


def _common(one: Box, other: Box) -> Box:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])

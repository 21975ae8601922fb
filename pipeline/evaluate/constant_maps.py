"""The constant predictor's depth, normals and classes: of each, the map that scores best on the train views."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate import metrics

MOST_SCORED = 200
"""Train views on which the candidates are compared."""
BLOCK = 4_000_000
"""Values of a stack of views worked on at once: a thousand views of 256 x 256 are far too many for float64."""
POWERS = (0, 0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)
ROUNDS = 12
"""Of Weiszfeld's iteration; more change no digit that is reported."""

Depth = NDArray[np.float32]


def best_depth(views: Sequence[Depth]) -> tuple[str, Depth]:
    """(name, map [H, W]) of the per-pixel mean, geometric mean, median or weighted median with the best AbsRel.

    views: metres [H, W], +inf where nothing is hit; those are left out. Where no view hits anything the map has the one
    distance that is best for all pixels: a surface that turns up there after all is not at infinity.
    """
    maps = _depth_maps(views)

    def score(name: str) -> float:
        scores = [metrics.depth_scores(maps[name], true) for true in views[:MOST_SCORED]]
        return float(np.mean([view["abs_rel"] for view in scores if view] or [0.0]))

    best = min(maps, key=score)
    return best, maps[best]


def best_normals(views: Sequence[NDArray[np.floating]]) -> tuple[str, NDArray[np.float32]]:
    """(name, map [H, W, 3]) of the per-pixel mean direction or the one of least summed distance, by mean angle.

    Where no view hits anything the map has the mean of all directions.
    """
    mean, median = np.zeros(views[0].shape), np.zeros(views[0].shape)
    for rows, block in _blocks(views):
        mean[rows] = block.sum(0)
        median[rows] = _geometric_median(block)
    everywhere = metrics.unit(mean.sum((0, 1)))
    maps = {
        name: np.where(np.any(map_, axis=-1, keepdims=True), metrics.unit(map_), everywhere).astype(np.float32)
        for name, map_ in (("mean direction", mean), ("median direction", median))
    }

    def score(name: str) -> float:
        angles = [metrics.normal_angles(maps[name], true) for true in views[:MOST_SCORED]]
        return sum(float(view.sum()) for view in angles)

    best = min(maps, key=score)
    return best, maps[best]


def best_semantic(
    views: Sequence[NDArray[np.uint16]], listed: Sequence[tuple[int, ...]], classes: int
) -> tuple[str, NDArray[np.float32]]:
    """(name, weights [classes, H, W]) with the best mIoU when each view takes, of the ids it lists, the heaviest.

    A class's vote at a pixel is the share that shows it there of the views that list it; rare classes are helped by a
    power of their rarity, since mIoU counts a rare class like a common one.
    """
    votes = np.zeros((classes, *views[0].shape), np.float32)
    shown = np.zeros(classes, np.float32)
    y, x = np.indices(views[0].shape)
    for view, ids in zip(views, listed, strict=True):
        votes[view, y, x] += 1
        shown[list(ids)] += 1
    votes /= np.maximum(shown, 1)[:, None, None]
    prior = np.maximum(votes.mean((1, 2), keepdims=True), 1e-9)
    scored = list(zip(views[:MOST_SCORED], listed))

    def score(power: float) -> float:
        weights = votes / prior**power
        answers = {ids: heaviest(weights, ids) for ids in {ids for _, ids in scored}}
        return metrics.mean_iou(np.sum([metrics.confusion(answers[ids], view, classes) for view, ids in scored], 0))

    best = max(POWERS, key=score)
    return f"votes / prior^{best:g}", (votes / prior**best).astype(np.float32)


def heaviest(weights: NDArray[np.float32], ids: tuple[int, ...]) -> NDArray[np.uint16]:
    """Of the listed ids the one with the largest weight at each pixel: uint16 [H, W] from weights [classes, H, W]."""
    return np.array(ids, np.uint16)[weights[list(ids)].argmax(0)]


def _depth_maps(views: Sequence[Depth]) -> dict[str, Depth]:
    names = ("mean", "geometric mean", "median", "weighted median")
    maps = {name: np.full(views[0].shape, np.inf, np.float32) for name in names}
    step = max(1, len(views) * views[0].size // BLOCK)
    for rows, block in _blocks(views):
        values = np.where(np.isfinite(block) & (block > 0), block, np.inf).reshape(len(views), -1).T
        for name, column in zip(names, _centres(values)):
            maps[name][rows] = column.reshape(-1, views[0].shape[1])
    everything = np.concatenate([view.ravel()[i % step :: step] for i, view in enumerate(views)])
    anywhere = _centres(np.where(everything > 0, everything, np.inf)[None])[3][0]
    return {name: np.where(np.isfinite(map_), map_, anywhere) for name, map_ in maps.items()}


def _centres(values: NDArray[np.float32]) -> list[Depth]:
    """Mean, geometric mean, median and weighted median [N] of the finite values of each row [N, V]; +inf without any."""
    values = np.sort(values, axis=1)
    hit = np.isfinite(values)
    count = hit.sum(1)
    most = np.maximum(count, 1)
    wide = np.where(hit, values, 1.0).astype(np.float64)
    weights = np.cumsum(hit / wide, axis=1)
    # What minimises the sum of |p - t| / t is the median of t weighted by 1 / t.
    heavy = (weights >= weights[:, -1:] / 2).argmax(1)
    pick = np.arange(len(values))
    median = (wide[pick, (most - 1) // 2] + wide[pick, most // 2]) / 2
    found = [(wide * hit).sum(1) / most, np.exp(np.log(wide).sum(1) / most), median, wide[pick, heavy]]
    return [np.where(count > 0, centre, np.inf).astype(np.float32) for centre in found]


def _geometric_median(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """The unit vectors [H, W, 3] of least summed distance to those of [V, H, W, 3]: Weiszfeld's iteration."""
    shape = vectors.shape[1:]
    vectors = vectors.reshape(len(vectors), -1, 3)
    square = np.einsum("vpc,vpc->vp", vectors, vectors)
    median = metrics.unit(vectors.sum(0))
    for _ in range(ROUNDS):
        apart = square + 1 - 2 * np.einsum("vpc,pc->vp", vectors, median.astype(np.float32))
        weights = 1 / np.sqrt(np.maximum(apart, 4e-4))
        median = metrics.unit(np.einsum("vp,vpc->pc", weights, vectors))
    return median.reshape(shape)


def _blocks(views: Sequence[NDArray[np.floating]]) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """(rows, those rows of every view, stacked), a few rows at a time."""
    height = views[0].shape[0]
    step = max(1, BLOCK * height // (len(views) * views[0].size))
    for top in range(0, height, step):
        rows = slice(top, min(top + step, height))
        yield rows, np.stack([view[rows] for view in views]).astype(np.float32)

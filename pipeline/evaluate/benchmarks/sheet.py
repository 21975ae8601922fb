"""A benchmark's sheet: a row a view with the picture, what would be right, what was painted, and what that decodes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.codecs import palettes, segmentation
from pipeline.evaluate.benchmarks.case import Case
from pipeline.evaluate.page import FAINT, INK, PAPER, trim, write
from pipeline.evaluate.pictures import depth_picture, picked_out, relief
from pipeline.evaluate.summary import Score
from pipeline.evaluate.truth import Answer, semantic_palette
from pipeline.files import save_bytes
from pipeline.shards.sample import encode_image

CELL, GAP, MARGIN, CAPTION, TITLE = 280, 8, 28, 34, 96
COLUMNS = ("picture", "truth", "painted", "decoded")
UNSCORED = np.array((226, 222, 214), np.uint8)
"""Of pixels that the benchmark does not score: a little darker than the page."""


@dataclass(frozen=True, eq=False)
class Row:
    """One case, its painting, uint8 [H, W, 3], what the painting says, and the truth that was held against."""

    case: Case
    painted: NDArray[np.uint8]
    answer: Answer
    true: Answer


def draw_sheet(
    name: str, rows: Sequence[Row], scores: Mapping[str, float], known: Mapping[str, Score], path: Path
) -> None:
    """Write the sheet as a PNG. known: what each of `scores` is. Raises ConfigError naming the path when it cannot be written."""
    heights = [round(CELL * min(1.0, row.case.image.shape[0] / row.case.image.shape[1])) for row in rows]
    width = 2 * MARGIN + len(COLUMNS) * CELL + (len(COLUMNS) - 1) * GAP
    page = np.full((TITLE + sum(heights) + len(rows) * CAPTION + MARGIN, width, 3), PAPER, np.uint8)
    along = MARGIN + write(page, name, (MARGIN, 40), INK, 0.8, bold=True) + 24
    for figure, value in scores.items():
        score = known[figure]
        text = f"{score.title} {value:.2f} {score.unit}" if score.unit else f"{score.title} {value:.3f}"
        along += write(page, text, (along, 40), INK, 0.44) + 18
    for column, title in enumerate(COLUMNS):
        write(page, title, (MARGIN + column * (CELL + GAP), TITLE - 12), FAINT)
    y = TITLE
    for row, height in zip(rows, heights, strict=True):
        pictures = (row.case.image, picture(row.case, row.true), row.painted, picture(row.case, row.answer))
        for column, shown in enumerate(pictures):
            _place(page, shown, (MARGIN + column * (CELL + GAP), y), height)
        write(page, trim(f"{row.case.key}   {row.case.prompt}", width - 2 * MARGIN), (MARGIN, y + height + 17), FAINT)
        y += height + CAPTION
    save_bytes(path, encode_image(page))


def picture(case: Case, answer: Answer) -> NDArray[np.uint8]:
    """An answer as a picture of the case's size, with holes where a truth scores nothing.

    Depth: near is bright, on a logarithmic scale from the truth's nearest to its farthest. Normals: a relief lit from the
    upper left. Semantic: flat colours. Masks: in colours over the darkened picture.
    """
    if answer.depth_m is not None:
        metres, true_m = answer.depth_m, case.truths[0].depth_m
        if answer is case.truths[0]:
            # Lidar's points are far apart; of as many pixels as one of the sheet stands for, show the nearest.
            metres = cv2.erode(metres, np.ones((max(1, metres.shape[1] // CELL),) * 2), borderType=cv2.BORDER_REPLICATE)
        shown = depth_picture(metres, metres if true_m is None else true_m)
        return _holes(shown, answer is case.truths[0], np.asarray(np.isinf(metres)))
    if answer.normals is not None:
        return _holes(relief(answer.normals), answer is case.truths[0], np.asarray(~answer.normals.any(-1)))
    if answer.semantic is not None:
        shown = segmentation.encode(answer.semantic, semantic_palette({"semantic": case.codec}))
        return _holes(shown, answer is case.truths[0], np.asarray(answer.semantic == 0))
    masks = answer.referring if answer.referring is not None else answer.instances or []
    shown = picked_out(case.image, masks, palettes.fixed(max(1, len(masks))))
    return _holes(shown, case.ignored is not None, case.ignored)


def _holes(shown: NDArray[np.uint8], wanted: bool, where: NDArray[np.bool_] | None) -> NDArray[np.uint8]:
    return np.where(where[..., None], UNSCORED, shown) if wanted and where is not None else shown


def _place(page: NDArray[np.uint8], shown: NDArray[np.uint8], corner: tuple[int, int], height: int) -> None:
    """Draw a picture as large as fits into CELL x height pixels at `corner` (x, y)."""
    scale = min(CELL / shown.shape[1], height / shown.shape[0])
    size = (max(1, round(shown.shape[1] * scale)), max(1, round(shown.shape[0] * scale)))
    fitted = cv2.resize(shown, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST)
    x, y = corner[0] + (CELL - size[0]) // 2, corner[1] + (height - size[1]) // 2
    page[y : y + size[1], x : x + size[0]] = fitted

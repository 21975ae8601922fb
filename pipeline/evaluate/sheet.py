"""The contact sheet: what was asked, what is true, what the model painted, and what the painting decodes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.codecs.tasks import TASKS
from pipeline.evaluate.page import FAINT, GOOD, INK, PAPER, POOR, paste, trim, write
from pipeline.evaluate.pictures import decoded_picture
from pipeline.evaluate.truth import Answer
from pipeline.files import save_bytes
from pipeline.shards.sample import Sample, encode_image

if TYPE_CHECKING:
    from pipeline.evaluate.report import Line

CELL, GAP, MARGIN, CAPTION, TITLE, HEAD = 136, 6, 28, 40, 92, 36
NAMES = {
    "depth": "Depth",
    "normal": "Normals",
    "semantic": "Semantic",
    "instance": "Instance",
    "referring": "Referring",
}


@dataclass(frozen=True, eq=False)
class Row:
    """One view: the sample, its paintings (task -> uint8 [H, W, 3]) and what they decode to."""

    sample: Sample
    paintings: dict[str, NDArray[np.uint8]]
    answer: Answer


def draw_sheet(rows: Sequence[Row], lines: Sequence[Line], path: Path) -> None:
    """Write the sheet as a PNG: a row a view; for each task the target, the painting and its decoding.

    Raises ConfigError naming the path when it cannot be written.
    """
    group = 3 * CELL + 2 * 2
    width = 2 * MARGIN + CELL + len(TASKS) * (group + 3 * GAP)
    height = TITLE + HEAD + len(rows) * (CELL + CAPTION) + MARGIN
    page = np.full((height, width, 3), PAPER, np.uint8)
    x0 = MARGIN + CELL + 3 * GAP
    write(page, "view", (MARGIN, TITLE + 22), FAINT)
    for number, task in enumerate(TASKS):
        x = x0 + number * (group + 3 * GAP)
        write(page, NAMES[task], (x, 34), INK, 0.72, bold=True)
        for line_number, line in enumerate([line for line in lines if line.task == task][:2]):
            _score(page, line, (x, 58 + 22 * line_number))
        for column, name in enumerate(("target", "painted", "decoded")):
            write(page, name, (x + column * (CELL + 2), TITLE + 22), FAINT)
    for number, row in enumerate(rows):
        y = TITLE + HEAD + number * (CELL + CAPTION)
        paste(page, row.sample.image, (MARGIN, y), CELL)
        for place, task in enumerate(TASKS):
            x = x0 + place * (group + 3 * GAP)
            painted = row.paintings[task]
            for column, picture in enumerate(
                (row.sample.targets[task], painted, decoded_picture(task, row.sample, row.answer))
            ):
                paste(page, picture, (x + column * (CELL + 2), y), CELL)
            write(page, trim(row.sample.meta["prompts"][task], group), (x, y + CELL + 16), FAINT)
    save_bytes(path, encode_image(page))


def _score(page: NDArray[np.uint8], line: Line, corner: tuple[int, int]) -> None:
    unit = f" {line.unit}" if line.unit else ""
    digits = 3 if line.unit == "" else 1
    ours = f"{line.title} {line.model:.{digits}f}{unit}"
    along = write(page, ours, corner, GOOD if line.better else POOR, 0.46)
    write(page, f"constant {line.constant:.{digits}f}", (corner[0] + along + 10, corner[1]), FAINT)

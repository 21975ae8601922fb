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
STEP, NAME_WIDTH = 22, 160
NAMES = {
    "depth": "Depth",
    "normal": "Normals",
    "semantic": "Semantic",
    "instance": "Instance",
    "referring": "Referring",
}


@dataclass(frozen=True, eq=False)
class Row:
    """One view: the sample, its paintings (task -> uint8 [H, W, 3]), what they decode to, and the name of who painted."""

    sample: Sample
    paintings: dict[str, NDArray[np.uint8]]
    answer: Answer
    model: str = ""


def draw_sheet(rows: Sequence[Row], lines: Sequence[Line], path: Path) -> None:
    """Write the sheet as a PNG: a row a view and model; for each task the target, the painting and its decoding.

    Of one model two scores stand over each task, of several the first score of each. Raises ConfigError naming the path
    when it cannot be written.
    """
    models = list(lines[0].gains) if lines else []
    title = TITLE + STEP * max(0, len(models) - 1)
    group = 3 * CELL + 2 * 2
    width = 2 * MARGIN + CELL + len(TASKS) * (group + 3 * GAP)
    height = title + HEAD + len(rows) * (CELL + CAPTION) + MARGIN
    page = np.full((height, width, 3), PAPER, np.uint8)
    x0 = MARGIN + CELL + 3 * GAP
    write(page, "view", (MARGIN, title + 22), FAINT)
    for number, task in enumerate(TASKS):
        x = x0 + number * (group + 3 * GAP)
        write(page, NAMES[task], (x, 34), INK, 0.72, bold=True)
        scores = [line for line in lines if line.task == task]
        if len(models) > 1 and scores:
            for place, model in enumerate(models):
                _score(page, scores[0], model, (x, 58 + STEP * place), trim(model, NAME_WIDTH))
            _constant(page, scores[0], (x, 58 + STEP * len(models)))
        else:
            for place, line in enumerate(scores[:2]):
                along = _score(page, line, models[0], (x, 58 + STEP * place))
                _constant(page, line, (x + along + 10, 58 + STEP * place))
        for column, name in enumerate(("target", "painted", "decoded")):
            write(page, name, (x + column * (CELL + 2), title + 22), FAINT)
    before = None
    for number, row in enumerate(rows):
        y = title + HEAD + number * (CELL + CAPTION)
        again, before = before == row.sample.key, row.sample.key
        if not again:
            paste(page, row.sample.image, (MARGIN, y), CELL)
        if len(models) > 1:
            write(page, trim(row.model, CELL), (MARGIN, y + (CELL // 2 if again else CELL + 16)), INK)
        for place, task in enumerate(TASKS):
            x = x0 + place * (group + 3 * GAP)
            painted = row.paintings[task]
            for column, picture in enumerate(
                (row.sample.targets[task], painted, decoded_picture(task, row.sample, row.answer))
            ):
                paste(page, picture, (x + column * (CELL + 2), y), CELL)
            write(page, trim(row.sample.meta["prompts"][task], group), (x, y + CELL + 16), FAINT)
    save_bytes(path, encode_image(page))


def _score(page: NDArray[np.uint8], line: Line, model: str, corner: tuple[int, int], name: str = "") -> int:
    unit = f" {line.unit}" if line.unit else ""
    ours = f"{line.title} {line.columns[model].value:.{_digits(line)}f}{unit}"
    color = {"better": GOOD, "worse": POOR, "not sure": INK}[line.verdict(model)]
    along = write(page, ours, corner, color, 0.46)
    return along + (write(page, name, (corner[0] + along + 10, corner[1]), FAINT) + 10 if name else 0)


def _constant(page: NDArray[np.uint8], line: Line, corner: tuple[int, int]) -> None:
    text = f"constant {line.constant:.{_digits(line)}f}, perfect {line.perfect:.{_digits(line)}f}"
    write(page, text, corner, FAINT)


def _digits(line: Line) -> int:
    return 3 if line.unit == "" else 1

"""A tuned model on a public benchmark: asks, decodes, scores, and writes what it found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ConfigError, resumable
from pipeline.evaluate.benchmarks import benchmark
from pipeline.evaluate.benchmarks.case import Case, Pending
from pipeline.evaluate.benchmarks.scoring import Marks, figures
from pipeline.evaluate.benchmarks.sheet import Row, draw_sheet
from pipeline.evaluate.paintings import Paintings, forget
from pipeline.evaluate.published import Published
from pipeline.evaluate.published import rows as published_rows
from pipeline.evaluate.report import check_alignment, make_folder
from pipeline.evaluate.summary import Score
from pipeline.evaluate.truth import Answer, read
from pipeline.files import save_bytes
from pipeline.finetune import bases

ROWS = 6
"""Views of the sheet."""
MOST_CASES, MOST_PIXELS = 8, 8_000_000
"""Painted at once; a picture larger than that is painted alone."""


@dataclass(frozen=True)
class BenchmarkReport:
    """What a benchmark found. scores: by name, a key of `figures`. `folder` holds report.json and sheet.png.

    groups: the scores of each of the benchmark's groups, where it has any; `scores` is their mean. missing: what
    of the published set `root` is without, in words. align: how depth was aligned for the scores called aligned_, if it was.
    """

    benchmark: str
    task: str
    model: str
    root: str
    views: int
    views_in_all: int
    scores: dict[str, float]
    groups: dict[str, dict[str, float]]
    missing: tuple[str, ...]
    align: str | None
    folder: Path

    @property
    def partial(self) -> str:
        """What of the published set was not scored, in words; "" where nothing is known to be left out."""
        count = f" of {self.views_in_all}" if self.views < self.views_in_all else ""
        return count + (f", without {', '.join(self.missing)}" if self.missing else "")

    @property
    def figures(self) -> dict[str, Score]:
        """What each score is."""
        return figures(self.task, self.align)

    @property
    def published(self) -> list[Published]:
        """What others scored here, or on average over sets of which this is one."""
        return published_rows(self.benchmark)


@resumable()
def run(
    model_dir: Path,
    name: str,
    root: Path | None,
    output: Path,
    limit: int | None = None,
    steps: int | None = None,
    seed: int = 0,
    on_progress: Callable[[int, str, int], None] | None = None,
    align: str | None = None,
    weights: str | None = None,
) -> BenchmarkReport:
    """Score the model in `model_dir` on the benchmark `name`, whose original files lie in `root`.

    limit: only the first so many cases, which is no published score. steps: denoising steps, None for the base's own
    choice. on_progress gets (cases done, a note, cases in all). align: of metrics.ALIGNMENTS, adds scores of depth after it.
    weights: as for `bases.load`. Writes report.json and sheet.png to `output`. A painting is as large as its picture
    (`bases.Base.paint`), so truths are never resized. What was painted is kept in `output` until the report is written: the
    same call goes on where it was cut short.
    Raises ConfigError, before the model is loaded, for a folder without a model, an unknown benchmark, files that are
    missing, no root, an `align` that is unknown or no depth's, needless `weights`, and an output folder that cannot be
    written to; later, for a file that is not what it should be. Raises Stopped on Ctrl-C.
    """
    asked = benchmark(name)
    if root is None:
        raise ConfigError(f"--benchmark {name}: needs --root, the folder of its original files")
    check_alignment(align)
    if align is not None and asked.task != "depth":
        raise ConfigError(f"--align {align}: is for depth, and {name} asks for {asked.task}; leave it out")
    card = bases.read_card(Path(model_dir))
    bases.check_needs(Path(model_dir), card, weights)
    every = asked.cases(Path(root))
    missing = tuple(asked.lacks(Path(root)))
    pending = every[:limit]
    folder = make_folder(Path(output))
    base = bases.load(Path(model_dir), weights=weights)
    paintings = Paintings(folder, Path(model_dir), card, weights, seed, steps)
    marks: dict[str, Marks] = {}
    rows: list[Row] = []
    done = 0
    if on_progress:
        on_progress(0, "", len(pending))
    for cases in _batches(pending):
        painted = paintings.paint(base, [case.image for case in cases], [case.prompt for case in cases])
        for case, painting in zip(cases, painted, strict=True):
            answer = decode(case, painting)
            classes = len(case.codec.get("palette", ()))
            true = marks.setdefault(case.group, Marks(asked.task, classes, align)).add(case, answer)
            if len(rows) < ROWS:
                rows.append(Row(case, painting, answer, true))
        done += len(cases)
        if on_progress:
            on_progress(done, "", len(pending))
    groups = {group: mark.scores() for group, mark in marks.items()}
    scores = {
        figure: float(np.mean([found[figure] for found in groups.values()])) for figure in figures(asked.task, align)
    }
    named = groups if set(groups) != {""} else {}
    in_all = max(asked.full or 0, len(every))
    report = BenchmarkReport(
        name, asked.task, str(model_dir), str(root), done, in_all, scores, named, missing, align, folder
    )
    settings = {"seed": seed, "steps": steps, "limit": limit, "align": align, "weights": weights}
    save_bytes(folder / "report.json", (json.dumps(_as_json(report, card, settings), indent=2) + "\n").encode())
    draw_sheet(name, rows, scores, report.figures, folder / "sheet.png")
    forget(folder)
    return report


def decode(case: Case, painted: NDArray[np.uint8]) -> Answer:
    """What a painting of the case says."""
    return read({case.task: painted}, {case.task: case.codec})


def _batches(pending: Sequence[Pending]) -> Iterator[list[Case]]:
    """Cases read as they are needed, few enough at a time to fit in memory."""
    batch: list[Case] = []
    pixels = 0
    for case in (read_case() for read_case in pending):
        size = case.image.shape[0] * case.image.shape[1]
        if batch and (len(batch) == MOST_CASES or pixels + size > MOST_PIXELS):
            yield batch
            batch, pixels = [], 0
        batch.append(case)
        pixels += size
    if batch:
        yield batch


def _as_json(report: BenchmarkReport, card: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    known = report.figures
    return {
        "benchmark": report.benchmark,
        "task": report.task,
        "model": report.model,
        "base": card["base"],
        "trained": card.get("trained"),
        "root": report.root,
        "views": report.views,
        "views_in_all": report.views_in_all,
        "missing": list(report.missing),
        "settings": settings,
        "scores": {
            name: {key: getattr(known[name], key) for key in ("title", "unit", "higher_is_better")}
            | {"model": _number(value)}
            for name, value in report.scores.items()
        },
        "groups": {group: {name: _number(value) for name, value in s.items()} for group, s in report.groups.items()},
        "published": [asdict(row) for row in report.published],
        "versions": {name: version(name) for name in ("numpy", "torch", "diffusers", "transformers")},
    }


def _number(value: float) -> float | None:
    """JSON has no NaN, which is what a score is that no pixel was scored for."""
    return value if isfinite(value) else None

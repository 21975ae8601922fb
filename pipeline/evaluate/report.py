"""A tuned model on a held-out split: paints, decodes, scores, and sets every score beside the constant predictor's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.config import ConfigError
from pipeline.evaluate import constant
from pipeline.evaluate.sheet import Row, draw_sheet
from pipeline.evaluate.summary import SCORES, Tally
from pipeline.evaluate.truth import read, truth
from pipeline.finetune import bases
from pipeline.finetune.config import TASKS
from pipeline.shards.read import read_info, read_manifest, read_samples
from pipeline.shards.sample import Sample

ROWS = 6
CHUNK = 16


@dataclass(frozen=True)
class Line:
    """One score: the model's value, the constant predictor's, and how to read it."""

    name: str
    task: str
    title: str
    unit: str
    higher_is_better: bool
    model: float
    constant: float

    @property
    def better(self) -> bool:
        """Whether the model beats the constant."""
        return self.model > self.constant if self.higher_is_better else self.model < self.constant


@dataclass(frozen=True)
class Report:
    """What an evaluation found. `folder` holds report.json and sheet.png."""

    lines: list[Line]
    views: int
    split: str
    model: str
    data: str
    folder: Path

    def value(self, name: str) -> float:
        """The model's score `name`, a key of SCORES."""
        return next(line.model for line in self.lines if line.name == name)


def evaluate(
    model_dir: Path,
    corpus: Path,
    split: str = "test",
    output: Path | None = None,
    limit: int | None = None,
    steps: int | None = None,
    seed: int = 0,
    on_progress: Callable[[int, str, int], None] | None = None,
) -> Report:
    """Score the model in `model_dir` on a split of `corpus`; writes report.json and sheet.png to `output`.

    limit: at most so many views. steps: denoising steps, None for the base's own choice. on_progress gets
    (views done, a note, views in all). Without `output` the report lies in model_dir/evaluation.
    Raises ConfigError for a folder without a model or an empty split.
    """
    card = bases.read_card(Path(model_dir))
    classes = len(read_info(Path(corpus))["classes"])
    base = bases.load(Path(model_dir))
    baseline = constant.fit(read_samples(Path(corpus), "train"), classes)
    model_tally, constant_tally = Tally(classes), Tally(classes)
    rows: list[Row] = []
    total = sum(shard["samples"] for shard in read_manifest(Path(corpus), split)["shards"])
    total = min(total, limit or total)
    for samples in _chunks(read_samples(Path(corpus), split), limit):
        images = [sample.image for sample in samples]
        painted: dict[str, list[NDArray[np.uint8]]] = {
            task: base.paint(images, [sample.meta["prompts"][task] for sample in samples], seed, steps)
            for task in TASKS
        }
        for number, sample in enumerate(samples):
            true = truth(sample)
            paintings = {task: painted[task][number] for task in TASKS}
            answer = read(paintings, sample.meta["codecs"])
            model_tally.add(answer, true)
            constant_tally.add(baseline.at(true), true)
            if len(rows) < ROWS:
                rows.append(Row(sample, paintings, answer))
        if on_progress:
            on_progress(model_tally.views, "", total)
    if not model_tally.views:
        raise ConfigError(f"--data {corpus}: split {split!r} holds no samples; generate some or name another --split")
    ours, theirs = model_tally.scores(), constant_tally.scores()
    lines = [
        Line(name, score.task, score.title, score.unit, score.higher_is_better, ours[name], theirs[name])
        for name, score in SCORES.items()
        if name in ours
    ]
    folder = Path(output) if output else Path(model_dir) / "evaluation"
    folder.mkdir(parents=True, exist_ok=True)
    report = Report(lines, model_tally.views, split, str(model_dir), str(corpus), folder)
    settings = {"seed": seed, "steps": steps, "limit": limit, "constant": baseline.choice}
    (folder / "report.json").write_text(json.dumps(_as_json(report, card, settings), indent=2) + "\n")
    draw_sheet(rows, lines, folder / "sheet.png")
    return report


def _chunks(samples: Iterator[Sample], limit: int | None) -> Iterator[list[Sample]]:
    samples = islice(samples, limit)
    while some := list(islice(samples, CHUNK)):
        yield some


def _as_json(report: Report, card: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    scores = {
        line.name: {key: value for key, value in asdict(line).items() if key != "name"} | {"better": line.better}
        for line in report.lines
    }
    packages = {name: version(name) for name in ("numpy", "torch", "diffusers", "transformers")}
    return {
        "model": report.model,
        "base": card["base"],
        "trained": card.get("trained"),
        "data": report.data,
        "split": report.split,
        "views": report.views,
        "settings": settings,
        "scores": scores,
        "versions": packages,
    }

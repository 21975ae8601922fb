"""A tuned model on a held-out split: paints, decodes, scores, and sets every score beside the constant predictor's."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.codecs.tasks import TASKS
from pipeline.errors import ConfigError
from pipeline.evaluate import constant
from pipeline.evaluate.sheet import Row, draw_sheet
from pipeline.evaluate.summary import SCORES, Tally
from pipeline.evaluate.truth import question, read, truth
from pipeline.files import save_bytes
from pipeline.finetune import bases
from pipeline.shards.location import Location
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
    corpus: Location,
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
    Raises ConfigError, before the model is loaded, for a folder without a model, a split or a train split that is
    missing or empty, and an output folder that cannot be written to.
    """
    card = bases.read_card(Path(model_dir))
    total = views_in(corpus, split)
    _check_train(corpus)
    total = min(total, limit or total)
    folder = make_folder(Path(output) if output else Path(model_dir) / "evaluation")
    classes = len(read_info(corpus)["classes"])
    base = bases.load(Path(model_dir))
    baseline = constant.fit(read_samples(corpus, "train"), classes)
    model_tally, constant_tally = Tally(classes), Tally(classes)
    rows: list[Row] = []
    if on_progress:
        on_progress(0, "", total)
    for samples in _chunks(read_samples(corpus, split), limit):
        for row in _painted(base, samples, seed, steps):
            true = truth(row.sample)
            model_tally.add(row.answer, true)
            constant_tally.add(baseline.at(question(row.sample), *row.sample.image.shape[:2]), true)
            if len(rows) < ROWS:
                rows.append(row)
        if on_progress:
            on_progress(model_tally.views, "", total)
    ours, theirs = model_tally.scores(), constant_tally.scores()
    lines = [
        Line(name, score.task, score.title, score.unit, score.higher_is_better, ours[name], theirs[name])
        for name, score in SCORES.items()
        if name in ours
    ]
    report = Report(lines, model_tally.views, split, str(model_dir), str(corpus), folder)
    knowledge = {"knows": constant.KNOWS, "choice": baseline.choice}
    settings = {"seed": seed, "steps": steps, "limit": limit, "constant": knowledge}
    save_bytes(folder / "report.json", (json.dumps(_as_json(report, card, settings), indent=2) + "\n").encode())
    draw_sheet(rows, lines, folder / "sheet.png")
    return report


def _painted(base: bases.Base, samples: list[Sample], seed: int, steps: int | None) -> Iterator[Row]:
    images = [sample.image for sample in samples]
    painted: dict[str, list[NDArray[np.uint8]]] = {
        task: base.paint(images, [sample.meta["prompts"][task] for sample in samples], seed, steps) for task in TASKS
    }
    for number, sample in enumerate(samples):
        paintings = {task: painted[task][number] for task in TASKS}
        yield Row(sample, paintings, read(paintings, sample.meta["codecs"]))


def views_in(corpus: Location, split: str) -> int:
    """How many views the split holds. Raises ConfigError where there is none."""
    splits = read_info(corpus)["splits"]
    if split not in splits:
        raise ConfigError(f"--split {split}: {corpus} has no such split; it has {', '.join(splits)}")
    views = sum(shard["samples"] for shard in read_manifest(corpus, split)["shards"])
    if not views:
        raise ConfigError(f"--data {corpus}: split {split!r} holds no views; generate more --samples")
    return int(views)


def _check_train(corpus: Location) -> None:
    if "train" not in read_info(corpus)["splits"]:
        raise ConfigError(
            f"--data {corpus}: the constant predictor needs a train split and there is none; "
            "generate the corpus with one, e.g. --splits train=0.9,test=0.1"
        )
    views_in(corpus, "train")


def make_folder(folder: Path) -> Path:
    """The folder of a report, made and found writable. Raises ConfigError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--output {folder}: cannot make this folder ({error.strerror})") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigError(f"--output {folder}: cannot write to this folder; name another or change its permissions")
    return folder


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

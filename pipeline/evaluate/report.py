"""Tuned models on a held-out split: each paints, decodes and is scored, between what needs no picture and what no painter beats.

The lower end of every scale is the constant predictor, the upper end `perfect`: the exact targets, encoded and decoded.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.codecs.tasks import TASKS
from pipeline.errors import ConfigError, resumable
from pipeline.evaluate import constant, intervals
from pipeline.evaluate.intervals import Interval
from pipeline.evaluate.metrics import ALIGNMENTS
from pipeline.evaluate.paintings import Paintings, forget
from pipeline.evaluate.sheet import Row, draw_sheet
from pipeline.evaluate.summary import Tally, scores_of
from pipeline.evaluate.truth import question, read, truth
from pipeline.evaluate.written import write_report
from pipeline.finetune import bases
from pipeline.shards.location import Location
from pipeline.shards.read import read_info, read_manifest, read_samples
from pipeline.shards.sample import Sample

ROWS = 6
CHUNK = 16
CONSTANT, PERFECT = "constant", "perfect"
ENDS = (CONSTANT, PERFECT)
"""The columns beside the models'."""


@dataclass(frozen=True)
class Line:
    """One score and how to read it.

    columns: the value and its 95 % interval of every model, by its column's name and in the order given, then of ENDS.
    gains: of every model, by how much it is better than the constant predictor on the same views, each drawn for both.
    """

    name: str
    task: str
    title: str
    unit: str
    higher_is_better: bool
    columns: dict[str, Interval]
    gains: dict[str, Interval]

    @property
    def model(self) -> float:
        """The first model's value."""
        return self.columns[next(iter(self.gains))].value

    @property
    def constant(self) -> float:
        """The constant predictor's value."""
        return self.columns[CONSTANT].value

    @property
    def perfect(self) -> float:
        """What the exact targets score after encoding and decoding."""
        return self.columns[PERFECT].value

    def verdict(self, model: str) -> str:
        """ "better" or "worse" than the constant where the interval of the gain says so, else "not sure"."""
        gain = self.gains[model]
        return "better" if gain.low > 0 else "worse" if gain.high < 0 else "not sure"


@dataclass(frozen=True)
class Report:
    """What an evaluation found. `folder` holds report.json, report.md and sheet.png.

    views: how many were scored, of views_in_all that the split has. model: the first model's folder. models: every model's
    folder, by the name of its column. tallies: the scored views, by column. classes: the corpus's names of semantic ids.
    """

    lines: list[Line]
    views: int
    views_in_all: int
    split: str
    model: str
    data: str
    folder: Path
    models: dict[str, str]
    tallies: dict[str, Tally]
    classes: list[str]

    @property
    def counted(self) -> str:
        """How many views, in words."""
        part = f" of {self.views_in_all}" if self.views < self.views_in_all else ""
        return f"{self.views}{part} views"

    def value(self, name: str) -> float:
        """The first model's score `name`, a key of SCORES."""
        return next(line.model for line in self.lines if line.name == name)


@resumable()
def evaluate(
    model_dir: Path | Sequence[Path],
    corpus: Location,
    split: str = "test",
    output: Path | None = None,
    limit: int | None = None,
    steps: int | None = None,
    seed: int = 0,
    on_progress: Callable[[int, str, int], None] | None = None,
    align: str | None = None,
    weights: str | None = None,
) -> Report:
    """Score the model or models in `model_dir` on a split of `corpus`; writes report.json, report.md and sheet.png to `output`.

    limit: at most so many views. steps: denoising steps, None for the base's own choice. on_progress gets
    (views painted, a note, views to paint in all). align: of metrics.ALIGNMENTS, adds the scores of ALIGNED. weights: as for
    `bases.load`, for those models that need any. Models are loaded one after the other. Without `output` the report lies in
    the first model's folder, in evaluation. What was painted is kept there until the report is written: the same call goes
    on where it was cut short. Raises Stopped on Ctrl-C.
    Raises ConfigError, before a model is loaded, for a folder without a model, a split or a train split that is
    missing or empty, an unknown `align`, needless `weights`, and an output folder that cannot be written to.
    """
    folders = [Path(model_dir)] if isinstance(model_dir, str | Path) else [Path(folder) for folder in model_dir]
    models = column_names(folders)
    cards = {name: bases.read_card(folder) for name, folder in models.items()}
    if not any(bases.needs_weights(card) for card in cards.values()):
        bases.check_needs(folders[0], next(iter(cards.values())), weights)
    check_alignment(align)
    in_all = views_in(corpus, split)
    _check_train(corpus)
    total = min(in_all, limit or in_all)
    folder = make_folder(Path(output) if output else folders[0] / "evaluation")
    classes = list(read_info(corpus)["classes"])
    tallies = {name: Tally(len(classes), align) for name in (*models, *ENDS)}
    rows: list[list[Row]] = [[] for _ in range(min(ROWS, total))]
    if on_progress:
        on_progress(0, "", total * len(models))
    baseline = None
    for number, (name, model) in enumerate(models.items()):
        own_weights = weights if bases.needs_weights(cards[name]) else None
        base = bases.load(model, weights=own_weights)
        paintings = Paintings(folder, model, cards[name], own_weights, seed, steps)
        if baseline is None:
            baseline = constant.fit(read_samples(corpus, "train"), len(classes))
        for samples in _chunks(read_samples(corpus, split), limit):
            for row in _painted(base, paintings, samples, name):
                true, recipe = truth(row.sample), _recipe(row.sample)
                if not number:
                    answer = baseline.at(question(row.sample), *row.sample.image.shape[:2])
                    tallies[CONSTANT].add(answer, true, recipe)
                    tallies[PERFECT].add(read(row.sample.targets, row.sample.meta["codecs"]), true, recipe)
                if tallies[name].views < len(rows):
                    rows[tallies[name].views].append(row)
                tallies[name].add(row.answer, true, recipe)
            if on_progress:
                on_progress(number * total + tallies[name].views, name if len(models) > 1 else "", total * len(models))
        del base
        bases.release()
    assert baseline is not None
    lines = score_lines(tallies)
    first = next(iter(models))
    folders_of = {name: str(model) for name, model in models.items()}
    report = Report(
        lines, tallies[first].views, in_all, split, str(folders[0]), str(corpus), folder, folders_of, tallies, classes
    )
    knowledge = {"knows": constant.KNOWS, "choice": baseline.choice}
    settings = {"seed": seed, "steps": steps, "limit": limit, "align": align, "weights": weights, "constant": knowledge}
    write_report(report, cards, settings)
    draw_sheet([row for view in rows for row in view], lines, folder / "sheet.png")
    forget(folder)
    return report


def score_lines(tallies: dict[str, Tally]) -> list[Line]:
    """Every score that all columns have; tallies: by column, the models' first, then those of ENDS."""
    scores = {name: tally.scores() for name, tally in tallies.items()}
    drawn = {name: tally.draws() for name, tally in tallies.items()}
    lines = []
    for name, score in scores_of(next(iter(tallies.values())).align).items():
        if not all(name in found for found in scores.values()):
            continue
        columns = {
            column: intervals.interval(scores[column][name], drawn[column][name], tally.views)
            for column, tally in tallies.items()
        }
        sign = 1.0 if score.higher_is_better else -1.0
        gains = {
            column: intervals.interval(
                sign * (scores[column][name] - scores[CONSTANT][name]),
                sign * (drawn[column][name] - drawn[CONSTANT][name]),
                tallies[column].views,
            )
            for column in tallies
            if column not in ENDS
        }
        lines.append(Line(name, score.task, score.title, score.unit, score.higher_is_better, columns, gains))
    return lines


def column_names(folders: Sequence[Path]) -> dict[str, Path]:
    """Folders of models by the last part of their path, by all of it where that would be no name of its own.

    Raises ConfigError for no model and for the same one twice.
    """
    if not folders:
        raise ConfigError("--model: name at least one folder of a model")
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise ConfigError(f"--model {folders[-1]}: named twice; each column needs a model of its own")
    short = [folder.resolve().name for folder in folders]
    return {
        str(folder.resolve()) if name in ENDS else str(folder) if short.count(name) > 1 else name: folder
        for folder, name in zip(folders, short, strict=True)
    }


def _painted(base: bases.Base, paintings: Paintings, samples: list[Sample], name: str) -> Iterator[Row]:
    images = [sample.image for sample in samples]
    painted: dict[str, list[NDArray[np.uint8]]] = {
        task: paintings.paint(base, images, [sample.meta["prompts"][task] for sample in samples]) for task in TASKS
    }
    for number, sample in enumerate(samples):
        answers = {task: painted[task][number] for task in TASKS}
        yield Row(sample, answers, read(answers, sample.meta["codecs"]), name)


def _recipe(sample: Sample) -> str:
    """What composed the sample; keys are {recipe}-{seed}-{index}, of which a recipe's name may hold a dash itself."""
    return str(sample.meta.get("recipe") or sample.key.rsplit("-", 2)[0])


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


def check_alignment(align: str | None) -> None:
    """Raise ConfigError for an alignment that is not one of metrics.ALIGNMENTS."""
    if align is not None and align not in ALIGNMENTS:
        raise ConfigError(f"--align {align}: unknown alignment; known: {', '.join(ALIGNMENTS)}")


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

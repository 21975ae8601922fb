"""What a base loses of a label before it has learnt anything: targets encoded and decoded, then read and scored.

A published generator paints through a lossy autoencoder, on a canvas of its own size. So three scores stand side by side:
of the exact targets, which 8 bits and the codecs cost something; of targets brought to the canvas and back; and of targets
that went through the autoencoder there. The last is what a model that makes no mistake would score.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.codecs.tasks import TASKS
from pipeline.evaluate.report import make_folder, views_in
from pipeline.evaluate.summary import SCORES, Tally
from pipeline.evaluate.truth import read, truth
from pipeline.files import save_bytes
from pipeline.finetune import bases
from pipeline.finetune.bases.canvas import Autoencoding
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.pictures import resize
from pipeline.shards.location import Location
from pipeline.shards.read import read_info, read_samples

WAYS = ("target", "canvas", "autoencoder")


@dataclass(frozen=True)
class Loss:
    """One score: of the exact targets, of those brought to the base's canvas and back, and of those autoencoded there."""

    name: str
    task: str
    title: str
    unit: str
    higher_is_better: bool
    target: float
    canvas: float
    autoencoder: float


@dataclass(frozen=True)
class RoundTrip:
    """What a round trip found. levels: by task, the mean absolute error of a colour on the canvas, of 255 levels.

    weights: of the base's autoencoder, None where it reads none. image_size: of the base's square; a canvas has about as
    many pixels. `folder` holds roundtrip.json.
    """

    losses: list[Loss]
    levels: dict[str, float]
    views: int
    split: str
    base: str
    weights: str | None
    image_size: int
    data: str
    folder: Path

    @property
    def lossless(self) -> bool:
        """Whether the targets came back as they were: no other scores and no other colours."""
        same = all(loss.target == loss.canvas == loss.autoencoder for loss in self.losses)
        return same and not any(self.levels.values())


def roundtrip(
    base: str,
    config: TrainConfig,
    corpus: Location,
    split: str = "test",
    output: Path = Path("roundtrip"),
    limit: int | None = None,
    on_progress: Callable[[int, str, int], None] | None = None,
) -> RoundTrip:
    """Send the targets of a split through the autoencoder of `base` and score what comes back; writes roundtrip.json.

    config: its weights, revision, image_size and model are read. limit: at most so many views. on_progress gets (views
    done, a note, views in all). Raises ConfigError for an unknown base, weights that cannot be had, a split that is
    missing or empty, and a folder that cannot be written to.
    """
    total = views_in(corpus, split)
    total = min(total, limit or total)
    folder = make_folder(Path(output))
    coder = bases.autoencoding(base, config)
    classes = len(read_info(corpus)["classes"])
    tallies = {way: Tally(classes) for way in WAYS}
    errors: dict[str, list[float]] = {task: [] for task in TASKS}
    for number, sample in enumerate(islice(read_samples(corpus, split), limit), start=1):
        true = truth(sample)
        passed = {task: _ways(coder, sample.targets[task]) for task in TASKS}
        for way in WAYS:
            paintings = {task: ways[way] for task, (ways, _) in passed.items()}
            tallies[way].add(read(paintings, sample.meta["codecs"]), true)
        for task, (_, error) in passed.items():
            errors[task].append(error)
        if on_progress:
            on_progress(number, "", total)
    losses = list(_losses(tallies))
    levels = {task: float(np.mean(values)) for task, values in errors.items()}
    views = tallies["target"].views
    found = RoundTrip(losses, levels, views, split, base, coder.weights, coder.image_size, str(corpus), folder)
    save_bytes(folder / "roundtrip.json", (json.dumps(_as_json(found, config), indent=2) + "\n").encode())
    return found


def _ways(coder: Autoencoding, target: NDArray[np.uint8]) -> tuple[dict[str, NDArray[np.uint8]], float]:
    """A target as the three ways leave it, and the mean absolute error on the canvas."""
    height, width = target.shape[:2]
    there = resize(target, *coder.canvas(height, width), True)
    through = coder.through(there)
    back = {"target": target, "canvas": resize(there, height, width, True)}
    back["autoencoder"] = resize(through, height, width, True)
    return back, float(np.abs(through.astype(np.int16) - there).mean())


def _losses(tallies: dict[str, Tally]) -> Iterator[Loss]:
    scores = {way: tally.scores() for way, tally in tallies.items()}
    for name, score in SCORES.items():
        if all(name in found for found in scores.values()):
            values = {way: scores[way][name] for way in WAYS}
            yield Loss(name, score.task, score.title, score.unit, score.higher_is_better, **values)


def _as_json(found: RoundTrip, config: TrainConfig) -> dict[str, object]:
    return {
        "base": found.base,
        "weights": found.weights,
        "revision": config.revision,
        "image_size": found.image_size,
        "data": found.data,
        "split": found.split,
        "views": found.views,
        "levels": found.levels,
        "scores": {loss.name: {k: v for k, v in asdict(loss).items() if k != "name"} for loss in found.losses},
        "versions": {name: version(name) for name in ("numpy", "torch", "diffusers")},
    }

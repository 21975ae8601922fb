"""Painted samples: what the generator makes of the same few questions, every so many steps."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.codecs.tasks import TASKS
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.data import fit
from pipeline.finetune.examples import GENERATE, Example
from pipeline.finetune.pair_formats import pairs_in
from pipeline.finetune.pairs import Pairs
from pipeline.finetune.sources import Unreadable
from pipeline.shards.location import Location
from pipeline.shards.read import read_info, read_samples

HELD_OUT = ("val", "test", "train")
"""Splits to take views from, the first that a corpus has."""


def fixed_questions(data: Sequence[Location], size: int, preset: TrainConfig) -> list[Example]:
    """One question a task that is trained, each about another view of the first corpus, held out where it has such.

    Without a corpus, one picture to be made from the caption of a pair. Pictures are uint8 [size, size, 3]. Raises
    CorpusError, and ConfigError for pairs.
    """
    if not data:
        return _of_pairs(size, preset)
    tasks = [task for task, weight in preset.tasks.as_dict().items() if weight and preset.mixture.vision]
    if preset.mixture.captions or preset.mixture.pairs:
        tasks.append(GENERATE)
    corpus = data[0]
    splits = read_info(corpus).get("splits") or ()
    for split in (name for name in HELD_OUT if name in splits):
        samples = list(islice(read_samples(corpus, split, exact=False), len(tasks)))
        if samples:
            break
    else:
        return []
    questions = []
    for number, task in enumerate(tasks):
        sample = samples[number % len(samples)]
        image = fit(sample.image, size)
        if task in TASKS:
            target = fit(sample.targets[task], size, label=True)
            questions.append(Example(image, target, sample.meta["prompts"][task], task, number))
        elif caption := sample.meta.get("caption"):
            questions.append(Example(None, image, caption, task, number))
    return questions


def _of_pairs(size: int, preset: TrainConfig) -> list[Example]:
    """The first caption of the first pairs."""
    source = Pairs(preset.mixture.pairs[0], preset.cache)
    first = next(shard for shard in source.shards if shard.samples)
    for pair in pairs_in(first.place, source.config):
        with suppress(Unreadable):
            drawn = source.draw(pair, GENERATE, np.random.default_rng(0), size)
            return [Example(None, drawn.target, drawn.prompt, GENERATE, 0)]
    return []


def strip(question: Example, painting: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """photo | target | painting, uint8 [S, 3 S, 3]; black where there is no photo."""
    target = question.target
    photo = np.zeros_like(target) if question.image is None else question.image
    return np.concatenate([photo, target, fit(painting, len(target), label=True)], axis=1)


def sheet_png(strips: Sequence[NDArray[np.uint8]]) -> bytes:
    """Strips one below the other, as the bytes of a PNG."""
    done, data = cv2.imencode(".png", np.concatenate(strips, axis=0)[..., ::-1])
    if not done:
        raise ValueError("cannot encode the sheet as PNG")
    return data.tobytes()

"""Corpora -> the endless, reproducible stream of (image, target, prompt) a generator is tuned on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.codecs.tasks import TASKS
from pipeline.errors import ConfigError
from pipeline.finetune.examples import Batch, Example, collate
from pipeline.shards.location import Location
from pipeline.shards.read import read_metas, read_samples
from pipeline.shards.sample import Sample


@dataclass(frozen=True, eq=False)
class Window:
    """Consecutive samples held in memory. images: uint8 [N, S, S, 3]; targets and prompts: N of each, by task."""

    images: NDArray[np.uint8]
    targets: dict[str, NDArray[np.uint8]]
    prompts: dict[str, list[str]]

    def __len__(self) -> int:
        return len(self.images)


Source = Callable[[], Iterator[Sample]]


def train_samples(corpora: Sequence[Location]) -> Source:
    """The train splits one after the other, as a function that starts reading from the beginning."""
    return lambda: (sample for corpus in corpora for sample in read_samples(corpus, "train", exact=False))


def train_prompts(corpora: Sequence[Location]) -> Iterator[str]:
    """Every prompt of the train splits."""
    return (prompt for corpus in corpora for meta in read_metas(corpus, "train") for prompt in meta["prompts"].values())


def windows(source: Source, size: int, memory_gb: float) -> Iterator[Window]:
    """All samples in order, resized to `size`, in windows that fit `memory_gb`. Endless: starts over at the end.

    A corpus that fits is read once. Raises ConfigError when there is no sample at all.
    """
    count = max(1, int(memory_gb * 1e9 / (size * size * 3 * (1 + len(TASKS)))))
    samples = source()
    first = _window(list(islice(samples, count)), size)
    rest = next(samples, None)
    if rest is None:
        while True:
            yield first
    samples = (sample for part in ([rest], samples) for sample in part)
    yield first
    del first
    while True:
        while some := list(islice(samples, count)):
            yield _window(some, size)
        samples = source()


def batches(
    stream: Iterable[Window], weights: dict[str, float], batch_size: int, seed: int, start: int = 0
) -> Iterator[Batch]:
    """Batches number `start`, `start` + 1, ... of the stream that `seed` fixes.

    One pass over a window of N samples draws N pairs for each task of positive weight, shared out by weight and
    shuffled over samples and tasks, so that no sample comes twice for a task before every other came once.
    """
    skip = start * batch_size
    chosen: list[Example] = []
    place = start * batch_size
    for number, window in enumerate(stream):
        order = _order(len(window), weights, np.random.default_rng([seed, number]))
        for task, index in order[skip:]:
            noise = int(np.random.SeedSequence((seed, place)).generate_state(1)[0])
            image, target, prompt = window.images[index], window.targets[task][index], window.prompts[task][index]
            chosen.append(Example(image, target, prompt, task, noise))
            place += 1
            if len(chosen) == batch_size:
                yield collate(chosen)
                chosen = []
        skip = max(0, skip - len(order))


def fit(image: NDArray[np.uint8], size: int, label: bool = False) -> NDArray[np.uint8]:
    """Squeeze or stretch to [size, size, 3]. Labels keep their exact colours: no blending."""
    if image.shape[:2] == (size, size):
        return image
    smooth = cv2.INTER_AREA if min(image.shape[:2]) > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (size, size), interpolation=cv2.INTER_NEAREST if label else smooth), np.uint8)


def _window(samples: list[Sample], size: int) -> Window:
    if not samples:
        raise ConfigError(
            "--data: the train split holds no samples; run `plantain generate` with a train share above 0"
        )
    return Window(
        np.stack([fit(sample.image, size) for sample in samples]),
        {task: np.stack([fit(sample.targets[task], size, label=True) for sample in samples]) for task in TASKS},
        {task: [sample.meta["prompts"][task] for sample in samples] for task in TASKS},
    )


def _order(count: int, weights: dict[str, float], rng: np.random.Generator) -> list[tuple[str, int]]:
    active = {task: weight for task, weight in weights.items() if weight > 0}
    unit = count * len(active) / sum(active.values())
    pairs = []
    for task, weight in active.items():
        # The fraction is left to chance, so that even one sample serves every task in time.
        draws = int(unit * weight + rng.random())
        passes = [rng.permutation(count) for _ in range(-(-draws // count))]
        pairs += [(task, int(index)) for index in (np.concatenate(passes)[:draws] if passes else [])]
    return [pairs[i] for i in rng.permutation(len(pairs))]

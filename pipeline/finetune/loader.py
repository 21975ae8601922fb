"""The stream that training reads: examples in their order, decoded ahead by threads, as batches.

Place p of the run (0, 1, 2, ...) is one example, whatever reads it: its source by `mixture`, its sample and task by `order`,
its seed and all chance in its augmentation by (seed, p). Process r of n takes the places of a global batch that leave r
when divided by n.
"""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from types import TracebackType
from typing import Any

import numpy as np

from pipeline.errors import ConfigError
from pipeline.finetune.config import Mixture, TrainConfig
from pipeline.finetune.examples import Batch, Drawn
from pipeline.finetune.mixture import Schedule
from pipeline.finetune.order import Draw, Order, Window
from pipeline.finetune.pairs import Pairs
from pipeline.finetune.sources import Captions, Source, Unreadable, Views
from pipeline.finetune.views import check_redraw
from pipeline.shards.location import Location

log = logging.getLogger(__name__)
AHEAD = 3
"""Batches that are decoded while one is trained on."""
READERS = 4
"""Shards that are read at once: a store answers slowly, but many at a time."""
PASSED_OVER = 50
"""Unreadable samples in a row, of one window, after which the source itself must be at fault."""
READ_NEXT = 0.2
"""Share of a window that is drawn before the next one is read."""


def open_stream(
    data: list[Location],
    config: TrainConfig,
    image_size: int,
    global_batch: int,
    micro_batch: int,
    rank: int = 0,
    world: int = 1,
    start_step: int = 0,
) -> Stream:
    """The batches of process `rank` of `world`, from step `start_step` of the run on, without end.

    Each step gives global_batch / (world * micro_batch) batches of `micro_batch` examples at image_size pixels a side.
    What is skipped is not read. Raises ConfigError and CorpusError for data that cannot be used, here or when it is met.
    """
    if global_batch % (world * micro_batch):
        raise ConfigError(
            f"a global batch of {global_batch} is no multiple of {world} processes with batches of {micro_batch}"
        )
    weighted = weighted_sources(data, config)
    return Stream(weighted, config, image_size, global_batch, micro_batch, rank, world, start_step)


def weighted_sources(data: Sequence[Location], config: TrainConfig) -> list[tuple[Source, float]]:
    """What `config.mixture` draws from, with weights. Raises ConfigError and CorpusError for data that cannot be used."""
    mixture, weighted = config.mixture, list[tuple[Source, float]]()
    check_named(data, mixture)
    if config.augment.redraw and data and (mixture.vision or mixture.captions):
        check_redraw(data)
    if mixture.vision:
        weighted.append((Views(data, config.tasks.as_dict(), config.augment), mixture.vision))
    if mixture.captions:
        weighted.append((Captions(data, config.augment), mixture.captions))
    weighted += [(Pairs(pairs, config.cache), pairs.weight) for pairs in mixture.pairs]
    return weighted


def check_named(data: Sequence[Location], mixture: Mixture) -> None:
    """Raise ConfigError where the mixture draws from corpora and none is named."""
    if not data and (mixture.vision or mixture.captions):
        raise ConfigError(
            "--data: no corpus named; name one, or train on mixture.pairs alone with mixture.vision and mixture.captions 0"
        )


class _Held:
    """The samples of a window, as soon as their shard is read. shards: of each the samples; ends: how many up to its end."""

    def __init__(self, shards: Sequence[Future[list[Any]]], counts: Sequence[int]) -> None:
        self._shards, self._ends = shards, list(accumulate(counts))

    def __len__(self) -> int:
        return self._ends[-1]

    def sample(self, number: int) -> Any:
        """Sample `number` of the window; waits for it. Raises what reading it raised."""
        shard = bisect_right(self._ends, number)
        return self._shards[shard].result()[number - (self._ends[shard - 1] if shard else 0)]


class _Feed:
    """One source in its order, with the windows it is being drawn from."""

    def __init__(self, source: Source, order: Order, readers: ThreadPoolExecutor) -> None:
        self.source, self.order = source, order
        self._readers = readers
        self._windows: dict[tuple[int, ...], _Held] = {}

    def at(self, number: int) -> tuple[Draw, _Held]:
        """A draw, and the window that it is drawn from."""
        draw = self.order.at(number)
        held = self._window(draw.window)
        if draw.along >= READ_NEXT:
            self._window(draw.next)
        for shards in self._windows.keys() - {draw.window.shards, draw.next.shards}:
            del self._windows[shards]
        return draw, held

    def _window(self, window: Window) -> _Held:
        if window.shards not in self._windows:
            shards = [self.source.shards[number] for number in window.shards]
            reading = [self._readers.submit(self.source.read, shard) for shard in shards]
            self._windows[window.shards] = _Held(reading, [shard.samples for shard in shards])
        return self._windows[window.shards]


@dataclass(frozen=True, eq=False)
class _Pending:
    """A batch whose examples are being decoded into its arrays."""

    batch: Batch
    parts: list[Future[None]]


class Stream(Iterator[list[Batch]]):
    """Owns the threads that read and decode. Close it, or use it as a context, to end them."""

    def __init__(
        self,
        weighted: Sequence[tuple[Source, float]],
        config: TrainConfig,
        image_size: int,
        global_batch: int,
        micro_batch: int,
        rank: int,
        world: int,
        start_step: int,
    ) -> None:
        self._seed, self._size = config.seed, image_size
        self._global, self._micro, self._rank, self._world = global_batch, micro_batch, rank, world
        self._step, self._waiting = start_step, deque[_Pending]()
        self._batches = self._places(start_step)
        self._passed_over: set[str] = set()
        self._schedule = Schedule([weight for _, weight in weighted], config.seed)
        self._readers = ThreadPoolExecutor(READERS, "read")
        self._decoders = ThreadPoolExecutor(config.loader_threads, "decode")
        self._feeds = [
            _Feed(
                source, Order(source.shards, list(source.tasks.values()), (config.seed, number), memory), self._readers
            )
            for number, ((source, _), memory) in enumerate(zip(weighted, _shared_out(weighted, config), strict=True))
        ]

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> list[Batch]:
        """The batches of the next step. An error in a thread is raised here, and ends the stream."""
        accumulation = self._global // (self._world * self._micro)
        try:
            done = [self._finished() for _ in range(accumulation)]
        except BaseException:
            self.close()
            raise
        self._step += 1
        return done

    def close(self) -> None:
        """End the threads; what was decoded ahead is dropped."""
        for threads in (self._readers, self._decoders):
            threads.shutdown(wait=False, cancel_futures=True)
        for threads in (self._readers, self._decoders):
            threads.shutdown(wait=True)
        self._waiting.clear()

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _finished(self) -> Batch:
        while len(self._waiting) <= AHEAD:
            self._waiting.append(self._begun(next(self._batches)))
        pending = self._waiting.popleft()
        for part in pending.parts:
            part.result()
        return pending.batch

    def _places(self, step: int) -> Iterator[range]:
        """Places of this process's batches, without end."""
        width = self._world * self._micro
        while True:
            for first in range(step * self._global + self._rank, (step + 1) * self._global, width):
                yield range(first, first + width, self._world)
            step += 1

    def _begun(self, places: range) -> _Pending:
        """A batch whose examples are on their way."""
        shape = (len(places), self._size, self._size, 3)
        seeds = [int(np.random.SeedSequence((self._seed, place)).generate_state(1)[0]) for place in places]
        batch = Batch(
            np.empty(shape, np.uint8),
            np.empty(len(places), np.bool_),
            np.empty(shape, np.uint8),
            [""] * len(places),
            [""] * len(places),
            seeds,
        )
        parts = []
        for row, place in enumerate(places):
            number, ordinal = self._schedule.at(place)
            draw, held = self._feeds[number].at(ordinal)
            parts.append(self._decoders.submit(self._fill, batch, row, place, self._feeds[number].source, draw, held))
        return _Pending(batch, parts)

    def _fill(self, batch: Batch, row: int, place: int, source: Source, draw: Draw, held: _Held) -> None:
        """Decode one example into its row."""
        task = list(source.tasks)[draw.task]
        drawn = self._drawn(place, source, draw.sample, task, held)
        batch.images[row] = 0 if drawn.image is None else drawn.image
        batch.conditioned[row] = drawn.image is not None
        batch.targets[row] = drawn.target
        batch.prompts[row], batch.tasks[row] = drawn.prompt, task

    def _drawn(self, place: int, source: Source, first: int, task: str, held: _Held) -> Drawn:
        """Sample `first` of a window, or the next one that can be read. Raises ConfigError where many in a row cannot."""
        for number in range(first, first + min(PASSED_OVER, len(held))):
            rng = np.random.default_rng((self._seed, place, 1))
            try:
                return source.draw(held.sample(number % len(held)), task, rng, self._size)
            except Unreadable as error:
                said = str(error)
                if said not in self._passed_over:
                    self._passed_over.add(said)
                    log.warning("%s: the next one is taken in its place", said)
        raise ConfigError(f"{said}, nor can those that follow it be used; leave them out and start the run anew")


def _shared_out(weighted: Sequence[tuple[Source, float]], config: TrainConfig) -> list[float]:
    """Bytes that the windows of each source may take: all it needs where everything fits, else by weight."""
    room = config.memory_gb * 1e9
    needed = [float(sum(shard.bytes for shard in source.shards)) for source, _ in weighted]
    if sum(needed) <= room:
        return needed
    total = sum(weight for _, weight in weighted)
    return [room * weight / total for _, weight in weighted]

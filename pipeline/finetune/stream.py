"""The batches of one process of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.finetune.config import TrainConfig
from pipeline.finetune.data import batches, train_samples, windows
from pipeline.finetune.examples import Batch
from pipeline.shards.location import Location


def open_stream(
    data: Sequence[Location],
    config: TrainConfig,
    image_size: int,
    global_batch: int,
    micro_batch: int,
    rank: int,
    world: int,
    start_step: int,
) -> Iterator[list[Batch]]:
    """For every step from `start_step` on, the batches of micro_batch examples that process `rank` of `world` works on."""
    views = windows(train_samples(data), image_size, config.memory_gb)
    for batch in batches(views, config.tasks.as_dict(), global_batch, config.seed, start=start_step):
        yield [
            _part(batch, slice(begin, begin + micro_batch))
            for begin in range(rank * global_batch // world, (rank + 1) * global_batch // world, micro_batch)
        ]


def _part(batch: Batch, some: slice) -> Batch:
    return Batch(
        batch.images[some],
        batch.conditioned[some],
        batch.targets[some],
        batch.prompts[some],
        batch.tasks[some],
        batch.seeds[some],
    )

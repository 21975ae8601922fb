"""Somebody's own pictures with captions, in WebDataset tars or Parquet files: the generator's own data.

They are shown as they are, their middle square: a caption may speak of anything in the picture, and a picture that is
mirrored shows its writing the wrong way round.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import ConfigError
from pipeline.finetune.config import PairSource
from pipeline.finetune.examples import GENERATE, Drawn
from pipeline.finetune.order import Shard
from pipeline.finetune.pair_files import File, files_of
from pipeline.finetune.pair_formats import Pair, count, pairs_in
from pipeline.finetune.pictures import centre_square, decode_small, fit, to_rgb
from pipeline.finetune.sources import Unreadable
from pipeline.shards import store
from pipeline.shards.location import Location, location
from pipeline.shards.sample import CorruptSample

COUNTERS = 8
"""Files that are counted at once."""


class Pairs:
    """A source of captioned pictures. cache: folder where the counts of files are kept; None for the user's own."""

    tasks: Mapping[str, float] = {GENERATE: 1.0}

    def __init__(self, config: PairSource, cache: str | None = None) -> None:
        self.config = config
        self.shards = _counted(config, location(cache) if cache else _own_cache())
        if not sum(shard.samples for shard in self.shards):
            raise ConfigError(f"mixture.pairs: {config.path}: holds no pictures; leave it out or name other files")

    def read(self, shard: Shard) -> list[Pair]:
        """See sources.Source."""
        pairs = list(pairs_in(shard.place, self.config))
        if len(pairs) != shard.samples:
            raise ConfigError(
                f"mixture.pairs: {shard.place}: holds {len(pairs)} pictures and held {shard.samples}; start the run anew"
            )
        return pairs

    def draw(self, sample: Pair, task: str, rng: np.random.Generator, size: int) -> Drawn:
        """See sources.Source."""
        try:
            if sample.fault:
                raise CorruptSample(f"{sample.key}: {sample.fault}")
            picture = decode_small(sample.picture, size, sample.key)
        except CorruptSample as error:
            raise Unreadable(f"mixture.pairs: {sample.place}: {error}") from None
        return Drawn(None, to_rgb(fit(centre_square(picture), size)), sample.caption)


def pair_captions(config: PairSource) -> Iterator[str]:
    """The captions that there are, file by file. Raises ConfigError."""
    pairs = (pair for file in files_of(config) for pair in pairs_in(file.place, config))
    return (pair.caption for pair in pairs if pair.caption)


def _counted(config: PairSource, cache: Location) -> Sequence[Shard]:
    """The files with their counts, from the cache where they have not changed since."""
    files = files_of(config)
    named = hashlib.sha256(json.dumps([config.path, config.image, config.caption]).encode()).hexdigest()[:24]
    kept = cache / f"pairs-{named}.json"
    known: dict[str, Any] = {}
    with suppress(OSError, ValueError):
        known = dict(json.loads(store.get(kept)))

    def counts(file: File) -> tuple[int, int]:
        found = known.get(f"{file.place} {file.stamp}")
        return (int(found[0]), int(found[1])) if found else count(file.place, config)

    with ThreadPoolExecutor(COUNTERS) as pool:
        each = list(pool.map(counts, files))
    now = {f"{file.place} {file.stamp}": list(one) for file, one in zip(files, each, strict=True)}
    if now != known:
        # Where nothing can be kept they are counted again next time.
        with suppress(OSError):
            store.make_folder(cache)
            store.put(kept, json.dumps(now).encode())
    return [Shard(file.place, *one) for file, one in zip(files, each, strict=True)]


def _own_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "plantain"

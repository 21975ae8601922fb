"""Where examples come from: questions about the views of corpora, and their renders to be made from captions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from pipeline.errors import ConfigError
from pipeline.finetune.augment import augmented, captioned
from pipeline.finetune.config import Augment
from pipeline.finetune.examples import GENERATE, Drawn
from pipeline.finetune.order import Shard
from pipeline.finetune.views import CAPTIONS, View, read_views, shards_of
from pipeline.shards.location import Location
from pipeline.shards.read import CorpusError
from pipeline.shards.sample import CorruptSample


class Unreadable(ConfigError):
    """A sample that cannot be drawn, in whose place another one of its source may be taken. Its text is one line."""


class Source(Protocol):
    """Something that examples are drawn from.

    read and draw run in any thread; they raise CorpusError or ConfigError naming the file and what is wrong with it; draw
    raises Unreadable where one bad sample is no reason to stop.
    """

    @property
    def shards(self) -> Sequence[Shard]:
        """Its files."""
        ...

    @property
    def tasks(self) -> Mapping[str, float]:
        """What it asks, with weights."""
        ...

    def read(self, shard: Shard) -> list[Any]:
        """All samples of a shard, undecoded, as many as it promises."""
        ...

    def draw(self, sample: Any, task: str, rng: np.random.Generator, size: int) -> Drawn:
        """An example of a sample at `size` pixels a side; all that is random comes from `rng`."""
        ...


class Views:
    """The five tasks on the train splits of corpora."""

    def __init__(self, corpora: Sequence[Location], tasks: Mapping[str, float], augment: Augment) -> None:
        self.tasks = {task: weight for task, weight in tasks.items() if weight > 0}
        self.augment = augment
        self._fields = ["image", *self.tasks, "json", *(["exact"] if augment.redraw else [])]
        self.shards = shards_of(corpora, "train", self._fields)

    def read(self, shard: Shard) -> list[View]:
        """See Source."""
        return read_views(shard, self._fields, list(self.tasks))

    def draw(self, sample: View, task: str, rng: np.random.Generator, size: int) -> Drawn:
        """See Source."""
        try:
            image, target, prompt = augmented(sample, task, self.augment, rng, size)
        except CorruptSample as error:
            raise CorpusError(
                f"{sample.place}: {error}; run `plantain validate` on its corpus for all faults"
            ) from None
        return Drawn(image, target, prompt)


class Captions:
    """Renders of the train splits, to be made from either of their captions."""

    tasks: Mapping[str, float] = {GENERATE: 1.0}

    def __init__(self, corpora: Sequence[Location], augment: Augment) -> None:
        self.augment = augment
        self._fields = ["image", "json", *(["exact"] if augment.redraw and augment.min_crop < 1 else [])]
        self.shards = shards_of(corpora, "train", self._fields)

    def read(self, shard: Shard) -> list[View]:
        """See Source."""
        return read_views(shard, self._fields, CAPTIONS)

    def draw(self, sample: View, task: str, rng: np.random.Generator, size: int) -> Drawn:
        """See Source."""
        try:
            target, caption = captioned(sample, self.augment, rng, size)
        except CorruptSample as error:
            raise CorpusError(
                f"{sample.place}: {error}; run `plantain validate` on its corpus for all faults"
            ) from None
        return Drawn(None, target, caption)

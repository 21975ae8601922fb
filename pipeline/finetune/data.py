"""Corpora and captioned pictures -> the endless, reproducible stream of examples a generator is tuned on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from itertools import islice

from pipeline.finetune.config import Mixture
from pipeline.finetune.examples import GENERATE, Example
from pipeline.finetune.loader import Stream, open_stream
from pipeline.finetune.pairs import Pairs, pair_captions
from pipeline.finetune.pictures import decode_small, fit, to_rgb
from pipeline.finetune.views import CAPTIONS, iterate_views, shards_of
from pipeline.shards.location import Location
from pipeline.shards.read import CorpusError, fingerprint, read_metas
from pipeline.shards.sample import CorruptSample

__all__ = ["Stream", "caption_examples", "fingerprints", "fit", "open_stream", "train_prompts"]

CAPTIONS_READ = 10_000
"""Captions of one source of pairs that a vocabulary is learnt from."""


def train_prompts(corpora: Sequence[Location], mixture: Mixture | None = None) -> Iterator[str]:
    """Every prompt of the train splits; with a mixture that draws captions, those too, and the first ones of its pairs."""
    mixture = mixture or Mixture()
    for corpus in corpora:
        for meta in read_metas(corpus, "train"):
            yield from meta["prompts"].values()
            if mixture.captions:
                yield from (meta[name] for name in CAPTIONS if name in meta)
    for pairs in mixture.pairs:
        yield from islice(pair_captions(pairs), CAPTIONS_READ)


def fingerprints(corpora: Sequence[Location], mixture: Mixture, cache: str | None = None) -> dict[str, str]:
    """A hash for each corpus's train split and each source of pairs, by where it lies: equal when the order of draws is.

    cache: see Pairs.
    """
    found = {str(corpus.resolve()): fingerprint(corpus, "train") for corpus in corpora}
    for source in mixture.pairs:
        files = [(shard.place.name, shard.samples, shard.bytes) for shard in Pairs(source, cache).shards]
        found[source.path] = hashlib.sha256(json.dumps([source.model_dump(), files]).encode()).hexdigest()
    return found


def caption_examples(corpus: Location, split: str, size: int, limit: int | None = None) -> Iterator[Example]:
    """The first views of a split as pictures to be made from their captions, short and long ones in turn.

    Targets are uint8 [size, size, 3]; the seed is the view's place in the split. Raises ConfigError and CorpusError.
    """
    views = (
        view
        for shard in shards_of([corpus], split, ["image", "json"])
        for view in iterate_views(shard, ["image", "json"], CAPTIONS)
    )
    for place, view in enumerate(islice(views, limit)):
        try:
            picture = decode_small(view.files["image"], size, f"{view.key}: field 'image'")
        except CorruptSample as error:
            raise CorpusError(f"{view.place}: {error}; run `plantain validate {corpus}` for all faults") from None
        yield Example(None, to_rgb(fit(picture, size)), view.words[CAPTIONS[place % 2]], GENERATE, place)

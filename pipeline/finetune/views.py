"""Views of corpora as they lie in memory: encoded, with the little that is always read of their json field."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from pipeline.config import InstructionConfig, ViewRules
from pipeline.errors import ConfigError
from pipeline.finetune.order import Shard
from pipeline.shards.location import Location
from pipeline.shards.read import CorpusError, read_info, read_manifest, read_rows

PROBED = 16
"""Samples of a corpus that are looked at to know how many bytes one takes."""
CAPTIONS = ("caption", "caption_long")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    """What a corpus's dataset.json says of all its views.

    classes: the class list. rules, instructions: of each recipe, by name; empty where the file does not tell. exact: whether
    views have exact labels.
    """

    classes: tuple[str, ...] = ()
    rules: Mapping[str, ViewRules] = field(default_factory=dict)
    instructions: Mapping[str, InstructionConfig] = field(default_factory=dict)
    exact: bool = False

    @classmethod
    def of(cls, info: Mapping[str, Any]) -> Kind:
        """Of a dataset.json."""
        recipe, exact = info["config"].get("recipe"), bool(info["config"].get("exact"))
        if recipe is None:
            return cls(tuple(info["classes"]), exact=exact)
        members = list(recipe["members"].values() if recipe["layout"] == "mix" else [recipe])
        return cls(
            tuple(info["classes"]),
            {member["name"]: ViewRules.model_validate(member["view"]) for member in members},
            {member["name"]: InstructionConfig.model_validate(member["instructions"]) for member in members},
            exact,
        )


@dataclass(frozen=True, eq=False)
class View:
    """One view. place: its file. files: field -> bytes as stored, with "json". words: its prompt of each task and captions."""

    place: Location
    key: str
    files: Mapping[str, bytes]
    words: Mapping[str, str]
    kind: Kind

    def meta(self) -> dict[str, Any]:
        """The json field. Parsed each time: as objects it would take ten times the memory."""
        meta: dict[str, Any] = json.loads(self.files["json"])
        return meta

    @property
    def recipe(self) -> str:
        """Name of the recipe it was made from."""
        return self.key.rsplit("-", 2)[0]

    @property
    def rules(self) -> ViewRules | None:
        """Its recipe's."""
        return self.kind.rules.get(self.recipe)

    @property
    def instructions(self) -> InstructionConfig | None:
        """Its recipe's."""
        return self.kind.instructions.get(self.recipe)


def check_redraw(corpora: Sequence[Location]) -> None:
    """See to it that questions can be asked anew of corpora, which takes exact labels and a recipe.

    Raises ConfigError where none allows it; the log says so where only some do not.
    """
    kinds = [(corpus, _kind(corpus)) for corpus in corpora]
    unfit = [
        f"{corpus}: {'dataset.json names no recipe' if kind.exact else 'no exact labels'}"
        for corpus, kind in kinds
        if not (kind.exact and kind.rules)
    ]
    if unfit and len(unfit) == len(kinds):
        raise ConfigError(
            f"augment.redraw: {'; '.join(unfit)}; set it to 0, or run `plantain generate` without --no-exact"
        )
    if unfit:
        log.warning("augment.redraw: asked as stored: %s", "; ".join(unfit))


def _kind(corpus: Location) -> Kind:
    try:
        return Kind.of(read_info(corpus))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CorpusError(f"{corpus / 'dataset.json'}: config.recipe cannot be read ({type(error).__name__})") from None


def shards_of(corpora: Sequence[Location], split: str, fields: Sequence[str]) -> list[Shard]:
    """The shards of a split of all corpora. Raises CorpusError, and ConfigError when there is no sample at all."""
    found = []
    for corpus in corpora:
        kind = _kind(corpus)
        each: float | None = None
        for entry in read_manifest(corpus, split)["shards"]:
            place = corpus / split / min(entry["files"], key=lambda name: (not name.endswith(".parquet"), name))
            if each is None and entry["samples"]:
                each = _bytes_each(place, fields)
            found.append(Shard(place, entry["samples"], int(entry["samples"] * (each or 0)), kind))
    if not sum(shard.samples for shard in found):
        raise ConfigError(
            f"--data: the {split} split holds no samples; run `plantain generate` with a {split} share above 0"
        )
    return found


def read_views(shard: Shard, fields: Sequence[str], words: Sequence[str]) -> list[View]:
    """The samples of a shard. Raises CorpusError when they are not as many as the manifest says, or lack a field."""
    views = list(iterate_views(shard, fields, words))
    if len(views) != shard.samples:
        raise CorpusError(
            f"{shard.place}: {len(views)} samples, the manifest says {shard.samples}; run the same `plantain generate` again"
        )
    return views


def iterate_views(shard: Shard, fields: Sequence[str], words: Sequence[str]) -> Iterator[View]:
    """The samples of a shard, one by one. words: the tasks and captions whose words must be there."""
    for key, files in read_rows(shard.place, fields):
        held = {name.partition(".")[0]: data for name, data in files.items()}
        if missing := [name for name in fields if name not in held and name != "exact"]:
            raise _faulty(shard, key, f"field {missing[0]!r} is missing")
        try:
            meta = json.loads(held["json"])
            said = meta.get("prompts", {}) | {name: meta[name] for name in CAPTIONS if name in meta}
        except (ValueError, TypeError, AttributeError):
            raise _faulty(shard, key, "field 'json' is not JSON of a sample") from None
        if missing := [name for name in words if name not in said]:
            raise _faulty(shard, key, f"field 'json' has no words for {missing[0]!r}")
        yield View(shard.place, key, held, said, shard.meta)


def _faulty(shard: Shard, key: str, fault: str) -> CorpusError:
    return CorpusError(f"{shard.place}: {key}: {fault}; run `plantain validate` on its corpus for all faults")


def _bytes_each(place: Location, fields: Sequence[str]) -> float:
    """Bytes of the fields of a sample, by the first ones of a file."""
    sizes = [sum(map(len, files.values())) for _, files in islice(read_rows(place, fields), PROBED)]
    return sum(sizes) / max(len(sizes), 1)

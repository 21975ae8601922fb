"""Where a layout gets its things: from code, and from the catalogues a recipe names."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.compose.assets import CATEGORIES, GENERATORS, VARIANTS, Asset
from pipeline.compose.catalogues import Catalogue, Entry, Unusable, describe
from pipeline.compose.catalogues.fingerprint import label
from pipeline.compose.draws import weighted
from pipeline.config import AssetsConfig
from pipeline.errors import ConfigError
from pipeline.scene import Environment

MOST_TRIES = 8
"""Unusable models passed over before a thing comes from code."""


class Stock:
    """The assets that a recipe's `assets` section opens to its layout.

    categories: every category a scene furnished from it may hold, in the order of the class list: all that code draws,
    and what the mappings of its catalogues add under `extras`. Raises ConfigError for a source that is not there.
    """

    def __init__(self, config: AssetsConfig) -> None:
        self.config = config
        known = frozenset((*GENERATORS, *CATEGORIES))
        opened = [Catalogue(source, known) for source in config.sources if source.kind != "plantain"]
        self.catalogues = tuple(opened)
        self._code_weight = sum(source.weight for source in config.sources if source.kind == "plantain")
        self._shelves: dict[str, list[tuple[Catalogue, list[Entry]]]] = {}
        for catalogue in opened:
            for kind, entries in catalogue.of_kind().items():
                self._shelves.setdefault(kind, []).append((catalogue, entries))
        self._check_names()
        self._extras = self._new_kinds()
        self.categories: tuple[str, ...] = tuple(
            sorted({*CATEGORIES, *(kind for kinds in self._extras.values() for kind in kinds)})
        )
        self._broken: dict[str, str] = {}

    def _check_names(self) -> None:
        """Raises ConfigError where one name would stand for two models."""
        seen: dict[str, tuple[Catalogue, Entry]] = {}
        for catalogue in self.catalogues:
            for entry in catalogue.entries:
                other, twin = seen.setdefault(entry.source, (catalogue, entry))
                if twin is entry:
                    continue
                said = f"assets.sources: {label(other.source)} and {label(catalogue.source)}"
                if _where(twin) == _where(entry):
                    raise ConfigError(
                        f"{said} both list {entry.source}: name one of them only; `weight` says how often it is drawn"
                    )
                what = "file" if entry.archive is not None else "folder"
                raise ConfigError(f"{said} both call a model {entry.source}; rename the {what} of one of them")

    def _new_kinds(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, set[str]] = {}
        for catalogue in self.catalogues:
            for host, kinds in catalogue.mapping.extras.items():
                found.setdefault(host, set()).update(kind for kind in kinds if kind in self._shelves)
        return {host: tuple(sorted(kinds)) for host, kinds in found.items()}

    def draw(self, name: str, rng: np.random.Generator) -> Asset:
        """One asset of what a layout calls `name`, a key of GENERATORS. The same state of `rng` draws the same one."""
        asset = self._from_catalogues(name, rng, self._code_weight)
        return GENERATORS[name](rng) if asset is None else asset

    def draw_extra(self, name: str, rng: np.random.Generator) -> Asset | None:
        """One model of a kind that `extras` lists; None when none of it can be used."""
        return self._from_catalogues(name, rng, 0.0)

    def _from_catalogues(self, name: str, rng: np.random.Generator, code_weight: float) -> Asset | None:
        if (shelf := self._shelf(name, rng, code_weight)) is None:
            return None
        catalogue, entries = shelf
        first = int(rng.integers(len(entries)))
        for k in range(min(MOST_TRIES, len(entries))):
            entry = entries[(first + k) % len(entries)]
            try:
                return catalogue.asset(entry, VARIANTS.get(name, name))
            except Unusable as reason:
                self._broken[entry.source] = str(reason)
        return None

    def _shelf(self, kind: str, rng: np.random.Generator, code_weight: float) -> tuple[Catalogue, list[Entry]] | None:
        """One catalogue's models of a kind, drawn by weight; None when it falls to code, or nobody has any."""
        shelves = self._shelves.get(kind)
        if not shelves:
            return None
        weights = {k: catalogue.source.weight for k, (catalogue, _) in enumerate(shelves)}
        which = weighted(weights | {len(shelves): code_weight}, rng)
        return shelves[which] if which < len(shelves) else None

    def extras(self, host: str) -> tuple[str, ...]:
        """Kinds of which only catalogues have models, to be put on a `host` ("sideboard"), or to stand on the "floor"."""
        return self._extras.get(host, ())

    def panorama(self, rng: np.random.Generator) -> Environment | None:
        """A photographed sky or surroundings, turned any way; None where the sources have none, or it falls to code."""
        if (shelf := self._shelf("panorama", rng, self._code_weight)) is None:
            return None
        catalogue, entries = shelf
        first, yaw = int(rng.integers(len(entries))), float(rng.uniform(0, 2 * np.pi))
        for k in range(len(entries)):
            entry = entries[(first + k) % len(entries)]
            try:
                return catalogue.panorama(entry, yaw)
            except Unusable as reason:
                self._broken[entry.source] = str(reason)
        return None

    def take_broken(self) -> dict[str, str]:
        """Models that were drawn and could not be used since this was last asked, and why."""
        broken, self._broken = self._broken, {}
        return broken

    def attribution(self, sources: set[str]) -> list[dict[str, str]]:
        """Name, author, licence and url of each of `sources` that comes from a catalogue, in order of source."""
        entries = [entry for catalogue in self.catalogues for entry in catalogue.entries if entry.source in sources]
        return [describe(entry) for entry in sorted(entries, key=lambda entry: entry.source)]


def _where(entry: Entry) -> tuple[Path, str]:
    """The file that holds a model, whatever path leads to it."""
    return (Path(entry.file).resolve(), "") if entry.archive is None else (entry.archive.resolve(), entry.file)

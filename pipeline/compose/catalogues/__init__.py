"""Real models as a source of things: what a recipe's `assets.sources` names besides what code draws.

A catalogue is listed at once and read model by model, when one is first drawn; what a model was made into is kept on
disk (cache.py). Everything is in a fixed order, so the same seed draws the same model on every machine.
"""

from __future__ import annotations

import warnings
import zipfile
from collections import OrderedDict
from typing import Any

from pipeline.compose.assets.asset import Asset
from pipeline.compose.catalogues import cache
from pipeline.compose.catalogues.build import build
from pipeline.compose.catalogues.entry import Entry, admits
from pipeline.compose.catalogues.files import list_files
from pipeline.compose.catalogues.fingerprint import fingerprint, label
from pipeline.compose.catalogues.hdri import list_hdri, read_panorama
from pipeline.compose.catalogues.mapping import Mapping, load_mapping
from pipeline.compose.catalogues.reading import Asked, Unusable
from pipeline.compose.catalogues.sh3f import DEBIAN, list_sh3f
from pipeline.config import SourceConfig
from pipeline.errors import ConfigError
from pipeline.scene import Environment

__all__ = ["Catalogue", "Entry", "Unusable"]

MEMORY_BYTES = 400 * 2**20
"""Built assets that a process keeps at hand."""
NEEDS_TOP = (
    "tv_stand",
    "book",
    "tray",
    "coffee_table",
    "side_table",
    "dining_table",
    "desk",
    "sideboard",
    "nightstand",
)
"""Layouts put things on these: a model without a level top is of no use as one."""


class Catalogue:
    """The models of one source. Owns the assets it has built.

    entries: every model it lists that the source's `licences` allow. mapping: what gave them their kinds.
    """

    def __init__(self, source: SourceConfig, known: frozenset[str]) -> None:
        self.source = source
        self.mapping: Mapping = load_mapping(source.categories, known)
        allowed = source.licences
        self._listed = tuple(_list(source, self.mapping, known))
        self.entries: tuple[Entry, ...] = tuple(
            entry for entry in self._listed if allowed is None or admits(allowed, entry.licence)
        )
        self._built: OrderedDict[str, Asset] = OrderedDict()
        self._bytes = 0
        self._refused: dict[str, Unusable] = {}

    def fingerprint(self) -> tuple[str, dict[str, Any]]:
        """The source as a recipe writes it, and what tells it from the same source with other models in it.

        Raises ConfigError for a folder that cannot be read.
        """
        try:
            return label(self.source), fingerprint(self.source, self._listed, self.mapping)
        except (OSError, zipfile.BadZipFile) as error:
            raise ConfigError(f"assets.sources: {label(self.source)}: cannot be read ({error})") from None

    def of_kind(self) -> dict[str, list[Entry]]:
        """The entries by kind, in order; those without one are left out."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            if entry.kind is not None:
                found.setdefault(entry.kind, []).append(entry)
        return found

    def asset(self, entry: Entry, category: str) -> Asset:
        """What an entry is built into, as a thing of `category`. Raises Unusable, and warns the first time that it does."""
        if entry.source in self._refused:
            raise self._refused[entry.source]
        if entry.source in self._built:
            self._built.move_to_end(entry.source)
            return self._built[entry.source]
        try:
            asset = self._build(entry, category)
        except Unusable as reason:
            self._refused[entry.source] = reason
            warnings.warn(f"{entry.source} ({entry.name}) {reason}; it is left out", RuntimeWarning, stacklevel=2)
            raise
        self._built[entry.source] = asset
        self._bytes += _bytes(asset)
        while self._bytes > MEMORY_BYTES and len(self._built) > 1:
            self._bytes -= _bytes(self._built.popitem(last=False)[1])
        return asset

    def _build(self, entry: Entry, category: str) -> Asset:
        settings = (self.source.max_faces, self.mapping.longest_m.get(entry.kind or ""))
        try:
            name = cache.key(entry, category, settings)
        except OSError as error:
            raise Unusable(f"cannot be read ({error.strerror})") from None
        asset = cache.load(name, entry)
        if asset is None:
            asked: Asked = {}
            try:
                asset = build(entry, category, self.mapping, self.source.max_faces, asked)
            except Unusable as reason:
                cache.save(name, reason, asked)
                raise
            cache.save(name, asset, asked)
        if entry.kind in NEEDS_TOP and not any(s.kind == "top" for s in asset.surfaces):
            raise Unusable(f"has no level top, which a {category} needs")
        return asset

    def panorama(self, entry: Entry, yaw_rad: float) -> Environment:
        """A panorama of an "hdri" source, turned by `yaw_rad`. Raises Unusable, and warns the first time that it does."""
        if entry.source in self._refused:
            raise self._refused[entry.source]
        try:
            return Environment(read_panorama(entry.file), yaw_rad, entry.source)
        except Unusable as reason:
            self._refused[entry.source] = reason
            warnings.warn(f"{entry.source} {reason}; it is left out", RuntimeWarning, stacklevel=2)
            raise


def _list(source: SourceConfig, mapping: Mapping, known: frozenset[str]) -> list[Entry]:
    if source.kind == "hdri":
        return list_hdri(source.path or "")
    if source.kind == "files":
        return list_files(source.path or "", mapping, known)
    return list_sh3f(source.path or DEBIAN, mapping, known)


def _bytes(asset: Asset) -> int:
    held = [a for p in asset.parts for a in (p.mesh.vertices, p.mesh.faces, p.mesh.uv, p.mesh.normals, p.material.texture,
            p.material.normal_map, p.material.roughness_map, p.material.metallic_map)]  # fmt: skip
    return sum(array.nbytes for array in held if array is not None)


def describe(entry: Entry) -> dict[str, str]:
    """What dataset.json says of a model that was used: source, name, author, licence, url."""
    return {
        "source": entry.source,
        "name": entry.name,
        "author": entry.author,
        "licence": entry.licence,
        "url": entry.url,
    }

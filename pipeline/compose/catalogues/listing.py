"""A catalogue by itself, apart from any recipe: for looking at what it holds."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from pipeline.compose.assets import CATEGORIES, GENERATORS, VARIANTS
from pipeline.compose.catalogues import Catalogue
from pipeline.compose.catalogues.entry import Entry
from pipeline.compose.catalogues.reading import Unusable
from pipeline.config import SourceConfig
from pipeline.config.reading import explain
from pipeline.errors import ConfigError


def open_catalogue(source: str, categories: Path | None = None) -> Catalogue:
    """The catalogue that `source` ("sh3f:/path") names. Raises ConfigError for a bad or missing one."""
    try:
        config = SourceConfig.model_validate(source)
    except ValidationError as error:
        raise ConfigError(explain(source, error, SourceConfig)) from None
    if config.kind == "plantain":
        raise ConfigError("plantain: is what code draws and no catalogue; name sh3f, files:/path or hdri:/path")
    config = config.model_copy(update={"categories": None if categories is None else str(categories)})
    return Catalogue(config, frozenset((*GENERATORS, *CATEGORIES)))


def broken_models(
    catalogue: Catalogue, on_progress: Callable[[int, str], None] = lambda done, note: None
) -> list[tuple[Entry, str]]:
    """The models of a catalogue that have a kind and cannot be used, with the reason; every one of them is read."""
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, entry in enumerate(catalogue.entries, start=1):
            try:
                if entry.kind == "panorama":
                    catalogue.panorama(entry, 0.0)
                elif entry.kind is not None:
                    catalogue.asset(entry, VARIANTS.get(entry.kind, entry.kind))
            except Unusable as reason:
                found.append((entry, str(reason)))
            on_progress(number, f"{len(found)} broken")
    return found

"""Files of captioned pictures that people bring."""

from __future__ import annotations

import glob
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.finetune.config import PairSource
from pipeline.shards import store
from pipeline.shards.location import Location, location

SUFFIXES = (".tar", ".parquet")
MAGIC = "*?["


@dataclass(frozen=True)
class File:
    """A file of pairs. stamp: changes when the file does, as far as can be told without reading it."""

    place: Location
    stamp: str


def files_of(source: PairSource) -> list[File]:
    """The files that `source.path` means, in order of name. Raises ConfigError when there are none."""
    path = source.path
    if any(sign in path for sign in MAGIC):
        found = _matching(path)
        if not found:
            raise fault(path, "no .tar or .parquet file matches")
        return sorted(found, key=lambda file: str(file.place))
    place = location(path)
    if inside := store.listing(place):
        names = sorted(name for name in inside if name.endswith(SUFFIXES))
        if not names:
            raise fault(path, "holds no .tar or .parquet file; name a file, a folder of them or a pattern")
        return [File(place / name, _stamp(place / name, inside[name])) for name in names]
    size = store.size(place)
    if size is None:
        raise fault(path, "no such file or folder; name a .tar or .parquet file, a folder of them or a pattern")
    if not place.name.endswith(SUFFIXES):
        raise fault(path, "is neither .tar nor .parquet")
    return [File(place, _stamp(place, size))]


def fault(place: Location | str, what: str) -> ConfigError:
    """What is wrong with pairs, in one line."""
    return ConfigError(f"mixture.pairs: {place}: {what}")


def _matching(path: str) -> list[File]:
    # A store's driver is asked through the folder above the first sign of a pattern.
    above = path[: min(path.index(sign) for sign in MAGIC if sign in path)].rpartition("/")[0]
    folder = location(above) if "://" in path else Path(above)
    if isinstance(folder, Path):
        names = [str(folder) + path[len(above) :]] if above else [path]
        places = [Path(found) for name in names for found in glob.glob(name, recursive=True)]
        return [File(place, _stamp(place, place.stat().st_size)) for place in places if place.name.endswith(SUFFIXES)]
    root = folder.path.rstrip("/")
    found = folder.fs.glob(root + path[len(above) :], detail=True)
    inside = len(root) + 1
    return [File(folder / name[inside:], str(row["size"])) for name, row in found.items() if name.endswith(SUFFIXES)]


def _stamp(place: Location, size: int) -> str:
    return f"{size}-{place.stat().st_mtime_ns}" if isinstance(place, Path) else str(size)

"""What is recorded of the shards of a corpus, from its manifests and its journal: on a disk, but for some 200 bytes a shard."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from pipeline.shards import store
from pipeline.shards.journal import read_journal
from pipeline.shards.location import Location
from pipeline.shards.read import CorpusError
from pipeline.shards.retries import StoreError

Entry = dict[str, Any]
"""A shard as the manifest has it: name, samples, files, rejected, quarantined, assets, broken_assets."""


class _Place(NamedTuple):
    start: int
    length: int


class Entries:
    """The entries of a corpus. They lie in a temporary file; memory holds where each begins."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._end = 0
        self._places: dict[str, dict[str, _Place]] = {}

    def add(self, split: str, entry: Entry) -> None:
        """Record a shard; an entry of the same name is forgotten."""
        line = json.dumps(entry).encode()
        try:
            self._stream.seek(self._end)
            self._stream.write(line)
        except OSError as error:
            raise StoreError(error.errno, f"a temporary list of shards cannot be written ({error.strerror})") from None
        self._places.setdefault(split, {})[entry["name"]] = _Place(self._end, len(line))
        self._end += len(line)

    def of(self, split: str) -> Iterator[Entry]:
        """The entries of a split in order of shard."""
        places = self._places.get(split, {})
        # Numbers have six digits, and more where those do not suffice.
        for name in sorted(places, key=lambda name: (len(name), name)):
            self._stream.seek(places[name].start)
            yield json.loads(self._stream.read(places[name].length))


@contextmanager
def recorded(output: Location, progress: Location, splits: Iterable[str]) -> Iterator[Entries]:
    """What manifests and journal say of each shard; the journal, being younger, has the last word.

    Raises CorpusError when one of them is damaged.
    """
    # On a disk the room beside the corpus is the one that is known to be large.
    folder = progress if isinstance(progress, Path) and progress.is_dir() else None
    with tempfile.TemporaryFile(dir=folder) as stream:
        entries = Entries(stream)
        wanted = set(splits)
        for split in wanted:
            try:
                for entry in manifest_entries(output / split / "manifest.json"):
                    entries.add(split, entry)
            except FileNotFoundError:
                continue
        for split, entry in read_journal(progress):
            if split in wanted:
                entries.add(split, entry)
        yield entries


def manifest_entries(path: Location) -> Iterator[Entry]:
    """The entries of a manifest.json, one at a time where it is written as `write_manifests` does.

    Raises FileNotFoundError, and CorpusError when it is damaged.
    """
    try:
        with store.opened(path) as stream:
            if stream.readline() == b"{\n":
                yield from _streamed(stream)
                return
        yield from (_sound(entry) for entry in json.loads(store.get(path))["shards"])
    except (ValueError, KeyError, TypeError):
        raise CorpusError(f"{path}: damaged; pass --overwrite to start again") from None


def _streamed(stream: IO[bytes]) -> Iterator[Entry]:
    """By lines: with an indent of 1, what begins and ends an entry stands alone on a line, two blanks deep."""
    inside, ended = False, False
    lines: list[bytes] = []
    for line in stream:
        if not inside:
            inside = line == b' "shards": [\n'
            ended = line == b' "shards": []\n' or ended
        elif line in (b"  }\n", b"  },\n"):
            yield _sound(json.loads(b"".join([*lines, b"}"])))
            lines = []
        elif line == b" ]\n":
            inside, ended = False, True
        else:
            lines.append(line)
    if not ended or inside or lines:
        raise ValueError("its end is missing")


def _sound(entry: Any) -> Entry:
    """The entry, if it has what is read of one. Raises KeyError, TypeError."""
    for file in entry["files"].values():
        file["bytes"], file["sha256"]
    entry["name"], entry["samples"], entry["rejected"]
    return dict(entry)

"""The journal of a run: the manifest entry of every finished shard, noted at once, so that a killed run knows what it has.

On a disk it is one file of JSON lines, appended to. A store cannot append: there it is numbered segments, each put whole.
Both are read as one stream of lines, {"split": ..., "entry": ...}; of two of one shard the later counts.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.shards import store
from pipeline.shards.lease import Check
from pipeline.shards.location import Location
from pipeline.shards.read import CorpusError

FLUSH_S = 60.0
FLUSH_ENTRIES = 256
"""A killed driver makes at most that many shards of a store again, or what was finished in so many seconds; on a disk so
does a machine that loses power. A run of ten days leaves 14,400 segments at most, which the next one joins."""
JOINED = 8 * 2**20
"""Bytes up to which segments are joined."""
AHEAD = 8
"""Segments that are fetched at once."""
FILE = "journal.jsonl"
SEGMENT = "journal-"


class Journal:
    """Notes of finished shards of the corpus `output`, in `folder`, which exists. Used by one thread.

    check: raises when this run may write no longer.
    """

    def __init__(self, output: Location, folder: Location, check: Check = lambda: None) -> None:
        self.output = output
        self.folder = folder
        self.check = check
        self.flushed_at = time.monotonic()
        self.pending: list[str] = []
        self.stream = _opened_to_append(folder / FILE) if isinstance(folder, Path) else None
        self.segment = 0 if self.stream else join_segments(folder)
        self.seen = False

    def append(self, split: str, entry: dict[str, Any]) -> None:
        """Note a finished shard. On a disk the kernel has it on return; in a store it waits for `flush`.

        Raises CorpusError when the shard's files are not to be seen from here: on a disk every file is looked at, in a
        store, where all nodes mean the same place by one URL, one of the first shard and then one of every segment.
        """
        line = json.dumps({"split": split, "entry": entry}) + "\n"
        if self.stream is not None:
            self._check_there(split, entry["files"])
            with self._told():
                rest = line.encode()
                while rest:
                    rest = rest[self.stream.write(rest) :]
            return
        if not self.seen:
            self._check_there(split, entry["files"], most=1)
            self.seen = True
        if not self.pending:
            self.first = split, entry["files"]
        self.pending.append(line)
        if len(self.pending) >= FLUSH_ENTRIES or time.monotonic() - self.flushed_at > FLUSH_S:
            self.flush()

    def flush(self) -> None:
        """Make what was noted so far outlast this process, on a disk also a loss of power."""
        self.check()
        if self.stream is not None:
            with self._told():
                os.fsync(self.stream.fileno())
        elif self.pending:
            self._check_there(*self.first, most=1)
            store.put(self.folder / f"{SEGMENT}{self.segment:06d}.jsonl", "".join(self.pending).encode())
            self.segment += 1
            self.pending = []
        self.flushed_at = time.monotonic()

    def close(self) -> None:
        """Flush and let go of the file; nothing more where that was done before."""
        if self.stream is not None and self.stream.closed:
            return
        try:
            self.flush()
        finally:
            if self.stream is not None:
                with self._told():
                    self.stream.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CorpusError(f"{self.folder / FILE}: cannot be written ({error.strerror})") from None

    def _check_there(self, split: str, files: dict[str, Any], most: int | None = None) -> None:
        for file, claimed in list(files.items())[:most]:
            path = self.output / split / file
            if store.size(path) != claimed["bytes"]:
                raise CorpusError(
                    f"{path}: a worker wrote it, yet it is not there; --output must be on storage all nodes share"
                )


def read_journal(folder: Location) -> Iterator[tuple[str, dict[str, Any]]]:
    """(split, entry) of every line, in the order in which they were written. Raises CorpusError for a damaged one.

    A last line that was cut short is no damage: its run died while it wrote it.
    """
    if isinstance(folder, Path):
        if (folder / FILE).is_file():
            with store.opened(folder / FILE) as stream:
                yield from _notes(folder / FILE, stream)
        return
    names = [name for _, name in sorted(_segments(store.listing(folder)))]
    for name, data in _fetched(folder, names):
        yield from _notes(folder / name, data.splitlines(keepends=True))


def _notes(part: Location, lines: Iterable[bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in lines:
        if not line.endswith(b"\n"):
            break
        try:
            note = json.loads(line)
            yield note["split"], note["entry"]
        except (ValueError, KeyError, TypeError):
            raise CorpusError(f"{part}: damaged; pass --overwrite to start again") from None


def join_segments(folder: Location) -> int:
    """Make few segments of many, JOINED bytes each; the number of the next one.

    A new one takes the place of the last of those it holds: whenever this is interrupted, the stream of lines means the same.
    """
    sizes = store.listing(folder)
    numbers = sorted(_segments(sizes))
    groups: list[list[str]] = []
    room = 0
    for _, name in numbers:
        if not groups or sizes[name] > room:
            groups.append([])
            room = JOINED
        groups[-1].append(name)
        room -= sizes[name]
    for names in groups:
        if len(names) > 1:
            parts = [data[: data.rfind(b"\n") + 1] for _, data in _fetched(folder, names)]
            store.put(folder / names[-1], b"".join(parts))
            store.remove_all(folder, names[:-1])
    return 1 + numbers[-1][0] if numbers else 0


def _fetched(folder: Location, names: list[str]) -> Iterator[tuple[str, bytes]]:
    """The files of a folder in order, AHEAD of them at once."""
    with ThreadPoolExecutor(AHEAD) as pool:
        for start in range(0, len(names), AHEAD):
            some = names[start : start + AHEAD]
            yield from zip(some, pool.map(lambda name: store.get(folder / name), some), strict=True)


def _segments(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    return ((number, name) for name in names if (number := _number(name)) >= 0)


def _opened_to_append(path: Path) -> Any:
    """The journal, after what a run that died may have left of its last line."""
    # Unbuffered: what could not be written is not tried once more behind our back when the file is closed.
    stream = path.open("ab+", buffering=0)
    end = stream.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - 2**16)
        stream.seek(start)
        newline = stream.read(end - start).rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    stream.truncate(end)
    return stream


def _number(name: str) -> int:
    """Which segment a file is, -1 for another file."""
    middle = name.removeprefix(SEGMENT).removesuffix(".jsonl")
    return int(middle) if name == f"{SEGMENT}{middle}.jsonl" and middle.isdigit() else -1

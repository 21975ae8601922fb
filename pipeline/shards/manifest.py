"""First and last act of a run: which shards are there already; and the manifests, dataset.json and card that end it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

from pipeline.shards import store
from pipeline.shards.card import PROCEDURAL, SplitTotals, card
from pipeline.shards.entries import Entries, Entry, recorded
from pipeline.shards.lease import LOCK, NOTE
from pipeline.shards.location import Location
from pipeline.shards.read import CorpusError, read_info
from pipeline.shards.write import digest, write_text

PROGRESS = ".progress"
"""Notes of the run that is at work: journal, lock, status. They go when it has finished."""
RUNS = "run.json"
"""What the runs of a corpus took: the only file that is not the same bytes every time."""
AHEAD = 64
"""Shards that are looked at while the first of them is waited for."""


def finished(output: Location, splits: Iterable[str]) -> Iterator[tuple[str, Entry]]:
    """(split, entry) of the shards whose files are all there as recorded, split by split in order of shard.

    On a disk every file is hashed: a machine that failed may have left anything. In a store sizes are compared, from one
    listing a split: a file there came whole, checked by the store, and reading terabytes back would cost more than
    making them again; `plantain validate` hashes them. Files that are not as recorded are moved aside as *.damaged, not
    deleted.
    """
    wanted = list(splits)
    with recorded(output, output / PROGRESS, wanted) as entries, ThreadPoolExecutor() as pool:
        for split in wanted:
            sizes = store.listing(output / split)
            local = isinstance(output, Path)
            ahead: deque[tuple[Entry, Future[bool]]] = deque()
            for entry in entries.of(split):
                ahead.append((entry, pool.submit(_whole, output / split, entry, sizes, local)))
                if len(ahead) > AHEAD:
                    yield from _good(split, ahead.popleft())
            while ahead:
                yield from _good(split, ahead.popleft())


def _good(split: str, looked_at: tuple[Entry, Future[bool]]) -> Iterator[tuple[str, Entry]]:
    entry, whole = looked_at
    if whole.result():
        yield split, entry


def _whole(folder: Location, entry: Entry, sizes: dict[str, int], hashed: bool) -> bool:
    good = True
    for file, claimed in entry["files"].items():
        if file not in sizes:
            good = False
        elif sizes[file] != claimed["bytes"] or (hashed and not _holds(folder / file, claimed)):
            store.rename(folder / file, f"{file}.damaged")
            good = False
    return good


def _holds(file: Location, claimed: dict[str, Any]) -> bool:
    try:
        return digest(file) == claimed
    except OSError:  # a bad block, or no right to read it
        return False


def write_manifests(
    output: Location,
    splits: Iterable[str],
    attribution_of: Callable[[set[str]], Iterable[dict[str, str]]] = lambda sources: (),
) -> None:
    """Last act of a run: manifest.json of every split, the assets in dataset.json, then the card; the notes of progress go.

    The journal must have been flushed. attribution_of: source, name, author, licence and url of every catalogue model among
    the sources it is given, which are those that the views show. Raises CorpusError when fewer or more samples are recorded
    than the corpus is to have, and when a file has not the size that was recorded: a worker that was cut off from its
    driver may have written a shard anew, without a sample that failed on its machine alone.
    """
    names = list(splits)
    info = read_info(output)
    sources: set[str] = set()
    broken: dict[str, str] = {}
    with recorded(output, output / PROGRESS, names) as entries:
        totals = {split: _totals(output, entries, split, sources, broken) for split in names}
        _check_complete(output, info, totals)
        for split in names:
            _write_manifest(output, split, entries, totals[split])
    info |= {"asset_licences": [PROCEDURAL, *attribution_of(sources)]}
    info |= {"broken_assets": [{"source": source, "reason": broken[source]} for source in sorted(broken)]}
    write_text(output / "dataset.json", json.dumps(info, indent=2, ensure_ascii=False) + "\n")
    write_text(output / "README.md", card(info, totals))
    forget_progress(output / PROGRESS)


def _totals(output: Location, entries: Entries, split: str, sources: set[str], broken: dict[str, str]) -> SplitTotals:
    """Sums over a split; adds to `sources` and `broken` what its entries name."""
    sums = SplitTotals()
    for entry in _unchanged(output / split, entries.of(split)):
        sums.shards += 1
        sums.samples += entry["samples"]
        sums.bytes += sum(file["bytes"] for file in entry["files"].values())
        sums.rejected += len(entry["rejected"])
        sums.quarantined += len(entry.get("quarantined", ()))
        sources.update(entry.get("assets", ()))
        broken.update(entry.get("broken_assets", {}))
    return sums


def _unchanged(folder: Location, entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries, when their files have the sizes that were recorded. In a store one listing tells them all."""
    sizes = None if isinstance(folder, Path) else store.listing(folder)
    for entry in entries:
        for file, claimed in entry["files"].items():
            found = store.size(folder / file) if sizes is None else sizes.get(file)
            if found != claimed["bytes"]:
                there = "is gone" if found is None else f"has {found} bytes"
                raise CorpusError(
                    f"{folder / file}: {there}, and had {claimed['bytes']} when it was finished; the same `plantain generate` "
                    "again makes it anew"
                )
        yield entry


def _check_complete(output: Location, info: dict[str, Any], totals: dict[str, SplitTotals]) -> None:
    wanted = info["config"].get("samples")
    there = sum(split.samples + split.quarantined for split in totals.values())
    if wanted is not None and there != wanted:
        raise CorpusError(
            f"{output}: {there} of {wanted} samples are recorded; the same `plantain generate` again finishes the corpus"
        )


def _write_manifest(output: Location, split: str, entries: Entries, totals: SplitTotals) -> None:
    with store.filling(output / split / "manifest.json") as stream:
        _print_manifest(stream, split, entries, totals)


def _print_manifest(stream: IO[bytes], split: str, entries: Entries, totals: SplitTotals) -> None:
    """What json.dumps with an indent of 1 would print of all of it, one entry at a time."""
    head = {"split": split, "samples": totals.samples, "bytes": totals.bytes, "rejected": totals.rejected}
    stream.write(indented(head, 0).removesuffix("\n}").encode() + b",\n")
    quarantined = (sample for entry in entries.of(split) if entry["quarantined"] for sample in entry["quarantined"])
    _print_list(stream, "quarantined", quarantined if totals.quarantined else iter(()))
    stream.write(b",\n")
    _print_list(stream, "shards", entries.of(split))
    stream.write(b"\n}\n")


def _print_list(stream: IO[bytes], key: str, values: Iterator[Any]) -> None:
    stream.write(f' "{key}": ['.encode())
    between = b"\n  "
    for value in values:
        stream.write(between + indented(value, 2).encode())
        between = b",\n  "
    stream.write(b"]" if between == b"\n  " else b"\n ]")


def indented(value: Any, depth: int) -> str:
    """json.dumps(value, indent=1), as it stands `depth` levels deep; what holds no more levels is left to its faster half."""
    if not isinstance(value, (dict, list)) or not value:
        return json.dumps(value)
    inner, outer = "\n" + " " * (depth + 1), "\n" + " " * depth
    held = value.values() if isinstance(value, dict) else value
    if not any(isinstance(one, (dict, list)) for one in held):
        text = json.dumps(value, separators=("," + inner, ": "))
        return text[0] + inner + text[1:-1] + outer + text[-1]
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {indented(one, depth + 1)}" for key, one in value.items()]
        return "{" + inner + ("," + inner).join(parts) + outer + "}"
    return "[" + inner + ("," + inner).join(indented(one, depth + 1) for one in value) + outer + "]"


def forget_progress(folder: Location) -> None:
    """Remove the notes of progress, all but the lock: that goes last, and with it the folder, by whoever holds it."""
    store.remove_all(folder, [name for name in store.listing(folder) if name not in (LOCK, NOTE)])

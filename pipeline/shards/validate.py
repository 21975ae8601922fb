"""Check a corpus against its own claims: files and hashes, both formats against each other, and every sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

from pipeline.config import ViewRules
from pipeline.machine import cores
from pipeline.shards import store
from pipeline.shards.agreement import Claims, sample_faults
from pipeline.shards.location import Location
from pipeline.shards.read import CorpusError, read_info, read_manifest, read_rows
from pipeline.shards.retries import StoreError
from pipeline.shards.sample import CorruptSample, from_files
from pipeline.shards.write import digest


@dataclass
class SplitReport:
    """What was checked of one split. samples: rows read and decoded; rejected, quarantined: as the manifest counts."""

    shards: int = 0
    samples: int = 0
    bytes: int = 0
    rejected: int = 0
    quarantined: int = 0
    faults: int = 0


@dataclass
class Validation:
    """What was checked, and what is wrong: one line a fault, naming file, key and reason."""

    splits: dict[str, SplitReport] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    exact: bool = True


OnProgress = Callable[[int, str, int], None]


def validate_corpus(
    corpus: Location, workers: int | None = None, on_progress: OnProgress = lambda done, note, total: None
) -> Validation:
    """Check every shard of every split, in `workers` processes (one a core). on_progress gets (shards, note, of all).

    Raises CorpusError only when there is no corpus to check.
    """
    info = read_info(corpus)
    report = Validation(exact=bool(info["config"].get("exact", True)))
    todo = []
    for split in info["splits"]:
        part = report.splits.setdefault(split, SplitReport())
        try:
            manifest = read_manifest(corpus, split)
            _note(report, split, _manifest_faults(corpus / split, manifest))
            _note(report, split, _uncredited(corpus / split, manifest, info))
            todo += [(split, shard) for shard in manifest["shards"]]
            part.rejected, part.quarantined = manifest["rejected"], len(manifest["quarantined"])
        except CorpusError as error:
            _note(report, split, [str(error)])
        except (KeyError, TypeError) as error:
            _note(report, split, [f"{corpus / split / 'manifest.json'}: damaged ({type(error).__name__}: {error})"])
        except OSError as error:
            _note(report, split, [_unreadable(corpus / split, error)])
    claims = _claims(info)
    seen: Counter[str] = Counter()
    done = 0
    # Spawned, not forked: whoever calls this may hold threads and an OpenGL context.
    with ProcessPoolExecutor(workers or cores(), get_context("spawn")) as pool:
        jobs = {pool.submit(shard_faults, corpus / split, shard, claims): split for split, shard in todo}
        for job in as_completed(jobs):
            faults, keys, size = job.result()
            split = jobs[job]
            part = report.splits[split]
            part.shards, part.samples, part.bytes = part.shards + 1, part.samples + len(keys), part.bytes + size
            seen.update(keys)
            _note(report, split, faults)
            done += 1
            on_progress(done, f"{len(report.faults)} faults", len(todo))
    report.faults += [f"{corpus}: {key} occurs in {count} places" for key, count in seen.items() if count > 1]
    report.faults.sort()
    return report


def shard_faults(folder: Location, shard: dict[str, Any], claims: Claims) -> tuple[list[str], list[str], int]:
    """(faults, keys, bytes) of one shard: an entry of the manifest of the split that lies in `folder`."""
    faults: list[str] = []
    rows: dict[str, dict[str, dict[str, bytes]]] = {}
    broken: set[str] = set()
    size = 0
    for name, claimed in shard["files"].items():
        path = folder / name
        try:
            held = store.size(path)
            if held is None:
                faults.append(f"{path}: missing")
                continue
            if digest(path) != claimed:
                faults.append(f"{path}: size or sha256 differs from the manifest")
            size += held
            rows[name] = {}
            for key, files in read_rows(path):
                if key in rows[name]:
                    faults.append(f"{path}: {key} occurs twice")
                rows[name][key] = files
        except CorpusError as error:
            faults.append(str(error))
            broken.add(name)
        except OSError as error:
            faults.append(_unreadable(path, error))
            broken.add(name)
        if name not in broken and len(rows[name]) != shard["samples"]:
            faults.append(f"{path}: {len(rows[name])} samples, the manifest says {shard['samples']}")
    faults += _format_faults(folder, {name: found for name, found in rows.items() if name not in broken})
    # Where both formats hold the same bytes, one decoding serves both.
    checked: set[tuple[str, int]] = set()
    for name, found in rows.items():
        for key, files in found.items():
            mark = (key, hash(frozenset(files.items())))
            if mark not in checked:
                checked.add(mark)
                faults += [f"{folder / name}: {key}: {fault}" for fault in _row_faults(key, files, claims)]
    return faults, sorted({key for found in rows.values() for key in found}), size


def _unreadable(path: Location, error: OSError) -> str:
    reason = str(error).removeprefix(f"{path}: ") if isinstance(error, StoreError) else error.strerror or error
    return f"{path}: cannot be read ({reason})"


def _row_faults(key: str, files: dict[str, bytes], claims: Claims) -> Iterator[str]:
    try:
        sample = from_files(key, files)
    except CorruptSample as error:
        yield str(error).removeprefix(f"{key}: ")
        return
    yield from sample_faults(sample, claims)


def _format_faults(folder: Location, rows: dict[str, dict[str, dict[str, bytes]]]) -> Iterator[str]:
    if len(rows) < 2:
        return
    (one, ours), (other, theirs) = rows.items()
    for key in sorted(ours.keys() | theirs.keys()):
        if key not in ours or key not in theirs:
            yield f"{folder / (one if key not in ours else other)}: {key}: missing here, present in the other format"
        elif ours[key] != theirs[key]:
            fields = sorted(
                name for name in ours[key].keys() | theirs[key].keys() if ours[key].get(name) != theirs[key].get(name)
            )
            yield f"{folder / other}: {key}: {fields[0]} differs from {one}"


def _manifest_faults(folder: Location, manifest: dict[str, Any]) -> Iterator[str]:
    shards = manifest["shards"]
    sums = {
        "samples": sum(shard["samples"] for shard in shards),
        "bytes": sum(file["bytes"] for shard in shards for file in shard["files"].values()),
        "rejected": sum(len(shard["rejected"]) for shard in shards),
    }
    for name, total in sums.items():
        if manifest[name] != total:
            yield f"{folder / 'manifest.json'}: {name} is {manifest[name]}, its shards sum to {total}"
    listed = {name for shard in shards for name in shard["files"]}
    for name in sorted(store.listing(folder)):
        if name.startswith("shard-") and name.endswith((".tar", ".parquet")) and name not in listed:
            yield f"{folder / name}: not in the manifest, yet readers that take every file will read it"


def _uncredited(folder: Location, manifest: dict[str, Any], info: dict[str, Any]) -> Iterator[str]:
    """Catalogue models that the views show and dataset.json does not name the author and licence of."""
    credited = {asset.get("source") for asset in info.get("asset_licences", [])}
    for source in sorted({source for shard in manifest["shards"] for source in shard.get("assets", [])} - credited):
        yield f"{folder / 'manifest.json'}: {source} is shown, but asset_licences in dataset.json does not name it"


def _claims(info: dict[str, Any]) -> Claims:
    try:
        recipe = info["config"]["recipe"]
        members = recipe["members"].values() if recipe["layout"] == "mix" else [recipe]
        rules = {member["name"]: ViewRules.model_validate(member["view"]) for member in members}
        return Claims(tuple(info["classes"]), rules)
    except (KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"dataset.json: config.recipe cannot be read ({type(error).__name__})") from None


def _note(report: Validation, split: str, faults: Iterator[str] | list[str]) -> None:
    found = list(faults)
    report.faults += found
    report.splits[split].faults += len(found)

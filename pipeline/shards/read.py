"""Shard files -> samples, in order, with no knowledge of how they were made."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.errors import PlantainError, one_line
from pipeline.shards import store
from pipeline.shards.location import Location
from pipeline.shards.retries import StoreError
from pipeline.shards.sample import FIELDS, IMAGES, CorruptSample, Sample, from_files
from pipeline.shards.write import Row


class CorpusError(PlantainError):
    """A corpus that is missing, unfinished or damaged. Its text is one line, ready to print."""


SCHEMA_VERSION = 2
TAR_END = 1024
"""Bytes of zeros that end a tar archive."""


def read_info(corpus: Location, any_version: bool = False) -> dict[str, Any]:
    """dataset.json of a corpus. Raises CorpusError, also for a schema that this version does not read."""
    path = corpus / "dataset.json"
    info = _read_json(path, f"{corpus} is not a corpus: it has no dataset.json; make one with `plantain generate`")
    missing = [key for key in ("schema_version", "config", "splits", "classes") if key not in info]
    if missing:
        raise CorpusError(f"{path}: no {missing[0]!r} in it; this is not a corpus that `plantain generate` made")
    if info["schema_version"] != SCHEMA_VERSION and not any_version:
        raise CorpusError(
            f"{path}: schema_version is {info['schema_version']}, this version reads {SCHEMA_VERSION}; "
            "make the corpus again or use the Plantain that made it"
        )
    return info


def read_manifest(corpus: Location, split: str) -> dict[str, Any]:
    """manifest.json of one split. Raises CorpusError when the split is missing or unfinished."""
    info = read_info(corpus)
    if split not in info["splits"]:
        raise CorpusError(f"{corpus}: no split {split!r}; it has {', '.join(info['splits'])}")
    return _read_json(
        corpus / split / "manifest.json",
        f"{corpus}: split {split!r} is unfinished (no manifest.json); run the same `plantain generate` again to finish it",
    )


def fingerprint(corpus: Location, split: str) -> str:
    """sha256 over the hashes of a split's files, in order of shard: equal exactly when the samples are."""
    found = hashlib.sha256()
    for shard in read_manifest(corpus, split)["shards"]:
        for file in sorted(shard["files"]):
            found.update(f"{file} {shard['files'][file]['sha256']}\n".encode())
    return found.hexdigest()


def read_samples(corpus: Location, split: str, exact: bool = True) -> Iterator[Sample]:
    """All samples of a split in order of key. Parquet where the corpus has it, else tar.

    exact: whether to decode the exact labels of a corpus that has them. Raises CorpusError naming file and key for
    anything that cannot be read.
    """
    fields = [field for field in FIELDS if exact or field != "exact"]
    for path in shard_files(corpus, split):
        for key, files in read_rows(path, fields):
            try:
                yield from_files(key, files)
            except CorruptSample as error:
                raise CorpusError(f"{path}: {error}; run `plantain validate {corpus}` for all faults") from None


def read_metas(corpus: Location, split: str) -> Iterator[dict[str, Any]]:
    """The json field of every sample of a split, in order of key, without touching the pictures. Raises CorpusError."""
    for path in shard_files(corpus, split):
        for key, files in read_rows(path, ["json"]):
            try:
                yield json.loads(files["json"])
            except (KeyError, ValueError):
                raise CorpusError(f"{path}: {key}: field 'json' is missing or no JSON") from None


def read_rows(path: Location, fields: Sequence[str] = FIELDS) -> Iterator[Row]:
    """Rows (key, files) of one .tar or .parquet shard, undecoded.

    Raises CorpusError for a damaged file, StoreError for a store that does not answer.
    """
    try:
        yield from _tar_rows(path, fields) if path.suffix == ".tar" else _parquet_rows(path, fields)
    except FileNotFoundError:
        raise CorpusError(
            f"{path}: the manifest lists this shard but the file is missing; run `plantain generate` again"
        ) from None
    except StoreError:
        raise
    except (OSError, ValueError, tarfile.TarError) as error:
        reason = one_line(error, 160)
        raise CorpusError(
            f"{path}: damaged shard ({reason}); run the same `plantain generate` again to remake it"
        ) from None


def shard_files(corpus: Location, split: str) -> Iterator[Location]:
    """The file to read of every shard of a split, in order: Parquet, whose columns can be picked, else tar."""
    for shard in read_manifest(corpus, split)["shards"]:
        names = sorted(shard["files"], key=lambda name: not name.endswith(".parquet"))
        yield corpus / split / names[0]


def _tar_rows(path: Location, fields: Sequence[str]) -> Iterator[Row]:
    key: str | None = None
    files: dict[str, bytes] = {}
    with store.opened(path) as stream:
        length = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, length - TAR_END))
        if any(stream.read()):
            # Cut between two members it would otherwise read as a shorter archive.
            raise ValueError("its end is missing")
        stream.seek(0)
        with tarfile.open(fileobj=stream, mode="r:") as tar:
            for member in tar:
                owner, _, name = member.name.partition(".")
                if key is not None and owner != key:
                    yield key, files
                    files = {}
                key = owner
                if name.split(".")[0] not in fields:
                    continue
                member_stream = tar.extractfile(member)
                files[name] = member_stream.read() if member_stream else b""
                if len(files[name]) != member.size:
                    raise ValueError(f"{member.name} is cut short")
    if key is not None:
        yield key, files


def _parquet_rows(path: Location, fields: Sequence[str]) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with _parquet_source(path) as source:
            file = pq.ParquetFile(source, pre_buffer=not isinstance(path, Path))
            columns = [name for name in file.schema_arrow.names if name == "key" or name in fields]
            for batch in file.iter_batches(batch_size=16, columns=columns):
                for row in batch.to_pylist():
                    files = {}
                    for name in IMAGES:
                        cell = row.get(name)
                        if cell:
                            files[f"{name}.{cell['path'].rsplit('.', 1)[-1]}"] = cell["bytes"]
                    if row.get("exact") is not None:
                        files["exact.exr"] = row["exact"]
                    if "json" in fields:
                        files["json"] = row["json"].encode()
                    yield row["key"], files
    except (pa.ArrowException, KeyError, AttributeError) as error:
        raise ValueError(str(error)) from None


@contextmanager
def _parquet_source(path: Location) -> Iterator[Any]:
    """What pyarrow reads a file from: by itself on a disk; from a store through a stream that fetches what it is asked for."""
    if isinstance(path, Path):
        yield path
        return
    with store.opened(path, cache="none") as stream:
        yield stream


def _read_json(path: Location, missing: str) -> dict[str, Any]:
    try:
        value = json.loads(store.get(path))
        if not isinstance(value, dict):
            raise ValueError("not an object")
        return value
    except (FileNotFoundError, NotADirectoryError):
        raise CorpusError(missing) from None
    except StoreError:
        raise
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path}: cannot be read as JSON ({error})") from None

"""Samples -> shard files: WebDataset tar and Parquet, written under a temporary name and renamed when whole."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.shards.sample import IMAGES

SUFFIX = {"webdataset": ".tar", "parquet": ".parquet"}
Row = tuple[str, dict[str, bytes]]
"""A sample as (key, files): what `to_files` gives."""


def write_shard(stem: Path, rows: Iterable[Row], formats: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Write `rows` as `stem`.tar and/or `stem`.parquet: {file name: {"bytes": int, "sha256": str}}.

    The same rows give the same bytes. A file appears under its own name only when it is whole.
    """
    held = list(rows)
    written = {}
    for kind in formats:
        final = stem.with_name(stem.name + SUFFIX[kind])
        written[final.name] = _publish(final, partial(_WRITERS[kind], rows=held))
    return written


def write_text(path: Path, text: str) -> None:
    """Write a small text file atomically."""
    _publish(path, lambda temporary: temporary.write_text(text))


def digest(path: Path) -> dict[str, Any]:
    """Size and hash of a file, as the manifest records them: {"bytes": int, "sha256": str}."""
    with path.open("rb") as stream:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(stream, "sha256").hexdigest()}


def _publish(final: Path, write: Callable[[Path], Any]) -> dict[str, Any]:
    temporary = final.with_name(f".{final.name}.{os.getpid()}.tmp")
    try:
        write(temporary)
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        entry = digest(temporary)
        os.replace(temporary, final)
    finally:
        temporary.unlink(missing_ok=True)
    return entry


def _write_tar(path: Path, rows: list[Row]) -> None:
    # Uid, gid and time stay at TarInfo's zeros: nothing of the machine or the hour may reach the bytes.
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for key, files in rows:
            for name, data in files.items():
                member = tarfile.TarInfo(f"{key}.{name}")
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))


def _write_parquet(path: Path, rows: list[Row]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    fields = [("key", pa.string()), *((name, image) for name in IMAGES)]
    has_exact = any("exact.exr" in files for _, files in rows)
    if has_exact:
        fields.append(("exact", pa.binary()))
    fields.append(("json", pa.string()))
    # The Hugging Face `datasets` library reads its column types from here, so images show as images.
    features: dict[str, dict[str, str]] = {name: {"_type": "Image"} for name in IMAGES}
    features |= {name: {"dtype": "string", "_type": "Value"} for name in ("key", "json")}
    if has_exact:
        features["exact"] = {"dtype": "binary", "_type": "Value"}
    info = {"info": {"features": {name: features[name] for name, _ in fields}}}
    schema = pa.schema(fields, metadata={"huggingface": json.dumps(info)})

    table = pa.Table.from_pylist([_columns(key, files) for key, files in rows], schema=schema)
    # Images are compressed already; zstd helps the JSON.
    compression = {name: "zstd" if name == "json" else "none" for name in schema.names}
    compression |= {f"{name}.{part}": "none" for name in IMAGES for part in ("bytes", "path")}
    pq.write_table(table, path, compression=compression, row_group_size=64, use_dictionary=False)


def _columns(key: str, files: dict[str, bytes]) -> dict[str, Any]:
    row: dict[str, Any] = {"key": key}
    for name, data in files.items():
        field = name.split(".")[0]
        if field in IMAGES:
            row[field] = {"bytes": data, "path": f"{key}.{name}"}
        else:
            row[field] = data.decode() if field == "json" else data
    return row


_WRITERS: dict[str, Callable[..., None]] = {"webdataset": _write_tar, "parquet": _write_parquet}

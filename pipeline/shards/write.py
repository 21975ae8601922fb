"""Samples -> shard files: WebDataset tar and Parquet, each made in memory and put into place whole."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterable
from typing import Any, cast

from pipeline.shards import store
from pipeline.shards.location import Location
from pipeline.shards.sample import IMAGES

SUFFIX = {"webdataset": ".tar", "parquet": ".parquet"}
Row = tuple[str, dict[str, bytes]]
"""A sample as (key, files): what `to_files` gives."""


def write_shard(stem: Location, rows: Iterable[Row], formats: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Write `rows` as `stem`.tar and/or `stem`.parquet: {file name: {"bytes": int, "sha256": str}}.

    The same rows give the same bytes. A file appears under its own name only when it is whole. One file at a time is in
    memory beside the rows. Raises StoreError, an OSError, naming the file.
    """
    held = list(rows)
    written = {}
    for kind in formats:
        final = stem.with_name(stem.name + SUFFIX[kind])
        data = _ENCODERS[kind](held)
        store.put(final, data)
        written[final.name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    return written


def write_text(path: Location, text: str) -> None:
    """Write a small text file atomically. Raises StoreError."""
    store.put(path, text.encode())


def digest(path: Location) -> dict[str, Any]:
    """Size and hash of a file, as the manifest records them: {"bytes": int, "sha256": str}."""
    with store.opened(path) as stream:
        sha256 = hashlib.file_digest(cast(Any, stream), "sha256").hexdigest()
        return {"bytes": stream.seek(0, io.SEEK_END), "sha256": sha256}


def _tar(rows: list[Row]) -> bytes:
    stream = io.BytesIO()
    # Uid, gid and time stay at TarInfo's zeros: nothing of the machine or the hour may reach the bytes.
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for key, files in rows:
            for name, data in files.items():
                member = tarfile.TarInfo(f"{key}.{name}")
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
    return stream.getvalue()


def _parquet(rows: list[Row]) -> bytes:
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
    stream = io.BytesIO()
    pq.write_table(table, stream, compression=compression, row_group_size=64, use_dictionary=False)
    return stream.getvalue()


def _columns(key: str, files: dict[str, bytes]) -> dict[str, Any]:
    row: dict[str, Any] = {"key": key}
    for name, data in files.items():
        field = name.split(".")[0]
        if field in IMAGES:
            row[field] = {"bytes": data, "path": f"{key}.{name}"}
        else:
            row[field] = data.decode() if field == "json" else data
    return row


_ENCODERS: dict[str, Callable[[list[Row]], bytes]] = {"webdataset": _tar, "parquet": _parquet}

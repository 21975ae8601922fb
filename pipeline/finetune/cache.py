"""Encodings on a disk, so that the frozen parts of a base work once for every picture and prompt, not once an epoch.

FOLDER/ENCODER/KIND/ab/abcd....safetensors: ENCODER names the frozen parts and their weights, KIND is "image" or "text", and
the rest is the SHA-256 of what was encoded. Files appear whole, so any number of processes may share a folder; the
same content encodes to the same, so it does not matter which of two writers is last. A file that is damaged is as good
as none: it is encoded again.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import uuid
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError, one_line

CHECKSUM = "crc32"
Row = dict[str, Any]
"""One encoding: tensors by name, on the CPU."""
log = logging.getLogger(__name__)


class Cache:
    """A folder of encodings by the parts that `encoder_id` names.

    hits: how many were there; missed: how many were not, by kind.
    """

    def __init__(self, folder: Path, encoder_id: str) -> None:
        self.hits, self.missed = 0, Counter[str]()
        self.folder = folder / hashlib.sha256(encoder_id.encode()).hexdigest()[:16]
        self._full = False
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / "encoder.txt").write_text(encoder_id + "\n")
        except OSError as error:
            raise ConfigError(f"cache: {folder}: cannot write there ({error.strerror}); name another folder") from None

    @property
    def misses(self) -> int:
        """How many were not there, of all kinds."""
        return self.missed.total()

    @property
    def hit_rate(self) -> float:
        """Share of what was asked for that was there."""
        return self.hits / max(self.hits + self.misses, 1)

    def rows(
        self, kind: str, contents: Sequence[bytes | None], encode: Callable[[list[int]], Sequence[Row]]
    ) -> list[Row]:
        """The encoding of each of `contents`. encode: makes those of the given places, which were not there.

        What comes several times is read, or encoded, once. None: something that will not come again; it is encoded, and
        neither looked for nor kept.
        """
        keys: list[str | int] = [
            place if content is None else hashlib.sha256(content).hexdigest() for place, content in enumerate(contents)
        ]
        known: dict[str | int, Row] = {}
        for key in dict.fromkeys(keys):
            if isinstance(key, str) and (row := self._read(kind, key)) is not None:
                known[key] = row
        self.hits += sum(key in known for key in keys)
        if missing := [keys.index(key) for key in dict.fromkeys(keys) if key not in known]:
            self.missed[kind] += sum(key not in known for key in keys)
            for place, row in zip(missing, encode(missing), strict=True):
                known[key := keys[place]] = row
                if isinstance(key, str):
                    self._write(kind, key, row)
        return [known[key] for key in keys]

    def _path(self, kind: str, key: str) -> Path:
        return self.folder / kind / key[:2] / f"{key}.safetensors"

    def _read(self, kind: str, key: str) -> Row | None:
        from safetensors import SafetensorError, safe_open

        path = self._path(kind, key)
        try:
            with safe_open(path, "pt") as file:
                row = {name: file.get_tensor(name) for name in sorted(file.keys())}
                if (file.metadata() or {}).get(CHECKSUM) == _checksum(row):
                    return row
            damage = "its checksum is wrong"
        except FileNotFoundError:
            return None
        except (OSError, SafetensorError) as error:
            damage = one_line(error, 120)
        log.warning("%s: damaged (%s); encoded again", path, damage)
        return None

    def _write(self, kind: str, key: str, row: Row) -> None:
        from safetensors import SafetensorError
        from safetensors.torch import save_file

        if self._full:
            return
        path = self._path(kind, key)
        partial = path.with_name(f"{key}.{uuid.uuid4().hex}.partial")
        tensors = {name: value.detach().cpu().contiguous() for name, value in row.items()}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            save_file(tensors, partial, {CHECKSUM: _checksum(tensors)})
            os.replace(partial, path)
        except (OSError, SafetensorError) as error:
            # A run does not need its cache: without room it goes on, and encodes what is not there.
            self._full = True
            full = getattr(error, "errno", None) == errno.ENOSPC or f"(os error {errno.ENOSPC})" in str(error)
            reason = "the disk is full" if full else one_line(error, 120)
            log.warning("cache: %s: %s; nothing more is written there", self.folder, reason)
        finally:
            partial.unlink(missing_ok=True)


def _checksum(row: Row) -> str:
    import torch

    value = 0
    for name in sorted(row):
        tensor = row[name].contiguous()
        value = zlib.crc32(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode(), value)
        value = zlib.crc32(tensor.reshape(-1).view(torch.uint8).numpy(), value)
    return str(value)

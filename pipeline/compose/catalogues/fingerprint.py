"""What a source listed, in a few bytes: by it a resumed run and every worker know that they see the same catalogue.

Of large files only the size and both ends are read: a folder of ten thousand models takes seconds, not minutes.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.compose.catalogues.entry import Entry
from pipeline.compose.catalogues.mapping import Mapping
from pipeline.config import SourceConfig

END_BYTES = 65536


def label(source: SourceConfig) -> str:
    """How a source is called in dataset.json and in messages: as a recipe writes it."""
    named = f"{source.kind}:{source.path}" if source.path else source.kind
    return f"{named} with {source.categories}" if source.categories else named


def fingerprint(source: SourceConfig, entries: tuple[Entry, ...], mapping: Mapping) -> dict[str, Any]:
    """{"models": how many, "digest": hex} of a source: what it lists, the files it reads and the mapping's words.

    Independent of where the folder lies, so that nodes may mount it at different places.
    """
    state = hashlib.sha256(mapping.model_dump_json().encode())
    for entry in entries:
        said = (entry.source, entry.kind, entry.name, entry.group, entry.author, entry.licence, entry.url)
        state.update(repr((*said, entry.size_m, entry.resting_m, entry.light, entry.turn.tolist())).encode())
    if source.kind == "sh3f":
        for archive in sorted({entry.archive for entry in entries if entry.archive is not None}):
            with zipfile.ZipFile(archive) as held:
                for info in sorted(held.infolist(), key=lambda info: info.filename):
                    state.update(repr((archive.name, info.filename, info.CRC, info.file_size)).encode())
    else:
        for part in _folder(Path(source.path or "")):
            state.update(part)
    return {"models": len(entries), "digest": state.hexdigest()}


def _folder(root: Path) -> Iterator[bytes]:
    for file in sorted(root.rglob("*")):
        near = file.relative_to(root)
        # What the system and editors leave behind is no part of a catalogue.
        if any(part.startswith(".") for part in near.parts) or not file.is_file():
            continue
        size = file.stat().st_size
        yield f"{near.as_posix()} {size}\n".encode()
        with file.open("rb") as held:
            yield held.read(END_BYTES)
            if size > END_BYTES:
                held.seek(max(END_BYTES, size - END_BYTES))
                yield held.read(END_BYTES)

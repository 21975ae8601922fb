"""The folder an export fills. Only what an export recorded as its own is ever deleted from it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from pipeline.errors import ConfigError
from pipeline.shards.retries import StoreError

RECORD = ".plantain-export"
HEADING = "# Files that `plantain export` wrote here; --overwrite deletes these and no others.\n"


class Folder:
    """A folder being filled, and the record of the files put there. Made by `opened`.

    A file is recorded before it is written, so that what a killed export left behind is known as well.
    """

    def __init__(self, path: Path, record: TextIO) -> None:
        self.path = path
        self._record = record

    def save(self, name: str, data: bytes, same_as: str | None = None) -> None:
        """Write `data` to the file `name` ("a/b.png"), or link it to the file `same_as`, which holds the same bytes.

        Raises ConfigError when something that is not of this export has that name.
        """
        path = self._claim(name)
        if same_as is not None:
            with suppress(OSError):  # a file system without hard links gets a copy
                os.link(self.path / same_as, path)
                return
        path.write_bytes(data)

    def save_text(self, name: str, text: str) -> None:
        """Write a text file, as `save` does."""
        self.save(name, text.encode())

    @contextmanager
    def stream(self, name: str) -> Iterator[TextIO]:
        """A text file to write piece by piece. It gets its name when it is whole."""
        partial, final = self._claim(name + ".partial"), self._claim(name)
        with partial.open("w", encoding="utf-8") as out:
            yield out
        os.replace(partial, final)

    def _claim(self, name: str) -> Path:
        path = self.path / name
        if os.path.lexists(path):
            raise ConfigError(f"{path}: is in the way and not of this export; move it or choose another --output")
        self._record.write(name + "\n")
        self._record.flush()
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


@contextmanager
def opened(output: Path, overwrite: bool) -> Iterator[Folder]:
    """While it lasts, `output` is a folder to fill. An export that fails takes away what it wrote.

    Raises ConfigError, with nothing written, when the folder is not empty and `overwrite` is False, when it holds
    something else than an export, and when it cannot be written to.
    """
    try:
        new = not output.exists()
        if not new and output.is_dir() and any(output.iterdir()):
            _check_ours(output, overwrite)
            _clear(output)
        output.mkdir(parents=True, exist_ok=True)
        with (output / RECORD).open("x", encoding="utf-8") as record:
            record.write(HEADING)
            try:
                yield Folder(output, record)
            except BaseException:
                record.close()
                _clear(output)
                if new:
                    with suppress(OSError):
                        output.rmdir()
                raise
    except StoreError:  # of the corpus that is read
        raise
    except OSError as error:
        raise ConfigError(f"--output {output}: cannot write there ({error.strerror or error})") from None


def _check_ours(output: Path, overwrite: bool) -> None:
    record = output / RECORD
    heading = ""
    if record.is_file():
        with record.open(encoding="utf-8", errors="replace") as lines:
            heading = lines.readline()
    if heading != HEADING:
        raise ConfigError(f"{output}: not empty and no export of ours; choose another --output (it is never deleted)")
    if not overwrite:
        raise ConfigError(f"{output}: holds an export already; choose another --output or pass --overwrite")


def _clear(output: Path) -> None:
    """Delete the recorded files, the folders that this empties, and the record."""
    home = output.resolve()
    folders: set[Path] = set()
    with (output / RECORD).open(encoding="utf-8", errors="replace") as record:
        for line in record:
            file = output / line.rstrip("\n")
            if line.startswith("#") or not file.parent.resolve().is_relative_to(home):
                continue
            if file.is_file() or file.is_symlink():
                file.unlink()
            folders.update(parent for parent in file.parents if output in parent.parents)
    for folder in sorted(folders, key=lambda path: len(path.parts), reverse=True):
        with suppress(OSError):  # not empty: someone else keeps something there
            folder.rmdir()
    (output / RECORD).unlink()

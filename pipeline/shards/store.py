"""Files of a corpus, whole or not at all: put, read, list and remove them on a disk or in a store, whatever fails.

On a disk a file is written under a temporary name, synced and renamed. An object store shows an object when its upload is
complete, so one put is enough. Other remote systems (sftp, hdfs, smb) get a temporary name and a move.

Faults end as a StoreError of one line, those of a store after it was asked again (retries.py).
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO

from pipeline.shards.location import Location, is_object_store
from pipeline.shards.retries import Answer, StoreError, of_store, retried, store_error

BLOCK = 8 * 2**20
"""Bytes asked of a store at once when a file is read from front to back."""
MAGIC = set("*?[")
"""What fsspec takes for a pattern in lists of paths."""


def put(final: Location, data: bytes) -> None:
    """Make `final` hold `data`: all of it or, whatever happens, what it held before. Raises StoreError."""
    if isinstance(final, Path):
        with _replacing(final) as stream:
            stream.write(data)
    elif is_object_store(final):
        _written(final, lambda: final.fs.pipe_file(final.path, data))
    else:
        _written(final, lambda: _put_and_move(final, data))


@contextmanager
def filling(final: Location) -> Iterator[IO[bytes]]:
    """A stream whose bytes become `final` when the block ends well, as by `put`, without being in memory. Raises StoreError."""
    if isinstance(final, Path):
        with _replacing(final) as stream:
            yield stream
        return
    with tempfile.NamedTemporaryFile() as stream:
        yield stream
        stream.flush()
        if is_object_store(final) and final.protocol != "memory":
            _written(final, lambda: final.fs.put_file(stream.name, final.path))
        else:
            # fsspec's own put_file shows a file while it grows.
            put(final, Path(stream.name).read_bytes())


def create(final: Location, data: bytes) -> bool:
    """Make a file that does not exist yet; False where it does. Stores that cannot promise it do their best."""
    if isinstance(final, Path):
        try:
            with final.open("xb") as stream:
                stream.write(data)
        except FileExistsError:
            return False
        except OSError as error:
            raise StoreError(error.errno, f"{final}: cannot write there ({error.strerror})") from error
        return True

    def attempt() -> bool:
        try:
            final.fs.pipe_file(final.path, data, mode="create")
        except FileExistsError:
            return False
        except (TypeError, NotImplementedError):
            if exists(final):
                return False
            put(final, data)
        return True

    return _written(final, attempt)


def get(place: Location) -> bytes:
    """All bytes of a file. Raises FileNotFoundError, StoreError."""
    if isinstance(place, Path):
        return place.read_bytes()
    return retried(place, lambda: bytes(place.fs.cat_file(place.path)))


@contextmanager
def opened(place: Location, cache: str = "readahead") -> Iterator[BinaryIO]:
    """A file to read and seek in. From a store BLOCK bytes are fetched at once, or with cache "none" what each read asks for.

    The driver itself asks again where that may help. Raises FileNotFoundError and StoreError, at any moment of the block.
    """
    if isinstance(place, Path):
        with place.open("rb") as stream:
            yield stream
        return
    try:
        with place.fs.open(place.path, "rb", block_size=BLOCK, cache_type=cache) as stream:
            yield stream
    except Exception as error:
        # pyarrow says what is wrong with a file by OSErrors without a number.
        of_file = type(error) is OSError and error.errno is None
        if isinstance(error, (StoreError, FileNotFoundError)) or of_file or not of_store(error):
            raise
        raise store_error(place, error) from error


def exists(place: Location) -> bool:
    """Whether there is such a file now."""
    return size(place) is not None


def size(place: Location) -> int | None:
    """Bytes of a file, None where there is none. One request."""
    if isinstance(place, Path):
        try:
            return place.stat().st_size if place.is_file() else None
        except OSError:
            return None

    def ask() -> int | None:
        place.fs.invalidate_cache(place.fs._parent(place.path))
        try:
            found = place.fs.info(place.path)
        except FileNotFoundError:
            return None
        return int(found["size"]) if found["type"] == "file" else None

    return retried(place, ask)


def listing(folder: Location) -> dict[str, int]:
    """Names in a folder and their bytes (0 for a folder); empty where there is no folder."""
    if isinstance(folder, Path):
        if not folder.is_dir():
            return {}
        with os.scandir(folder) as entries:
            return {one.name: one.stat().st_size if one.is_file() else 0 for one in entries}

    def ask() -> dict[str, int]:
        folder.fs.invalidate_cache(folder.path)
        try:
            rows = folder.fs.ls(folder.path, detail=True)
        except (FileNotFoundError, NotADirectoryError):
            return {}
        finally:
            # Else the driver keeps every detail of every file for as long as the process lives.
            folder.fs.invalidate_cache(folder.path)
        # Some stores keep an empty object for the folder itself, or answer with the file when it is one.
        inside = [row for row in rows if row["name"].strip("/") != folder.path.strip("/")]
        return {row["name"].rstrip("/").rpartition("/")[2]: int(row["size"] or 0) for row in inside}

    return retried(folder, ask)


def make_folder(folder: Location) -> None:
    """Make a folder and those above it, where the store has folders at all."""
    if isinstance(folder, Path):
        folder.mkdir(parents=True, exist_ok=True)
    elif not is_object_store(folder):
        retried(folder, lambda: folder.fs.makedirs(folder.path, exist_ok=True))


def remove_all(folder: Location, names: Iterable[str]) -> None:
    """Remove files of a folder, a thousand a request where the store can; those that are not there are none of its business."""
    wanted = list(names)
    if isinstance(folder, Path) or MAGIC & set(folder.path):
        for name in wanted:
            remove(folder / name)
        return
    for start in range(0, len(wanted), 1000):
        some = wanted[start : start + 1000]
        try:
            retried(folder, partial(folder.fs.rm, [(folder / name).path for name in some]))
        except FileNotFoundError:
            # One is gone, and not every driver goes on then.
            for name in some:
                remove(folder / name)


def remove(place: Location) -> None:
    """Remove a file; nothing where there is none."""
    if isinstance(place, Path):
        place.unlink(missing_ok=True)
        return

    def drop() -> None:
        try:
            place.fs.rm_file(place.path)
        except FileNotFoundError:
            return

    retried(place, drop)


def rename(place: Location, name: str) -> None:
    """Give a file another name in its folder."""
    if isinstance(place, Path):
        os.replace(place, place.with_name(name))
    else:
        retried(place, lambda: place.fs.mv(place.path, place.with_name(name).path))


def _written(final: Location, write: Callable[[], Answer]) -> Answer:
    try:
        return retried(final, write)
    except FileNotFoundError as error:
        # No such bucket, or no folder.
        raise store_error(final, error) from error


@contextmanager
def _replacing(final: Path) -> Iterator[IO[bytes]]:
    temporary = final.with_name(f".{final.name}.{secrets.token_hex(4)}.tmp")
    try:
        try:
            with temporary.open("wb") as stream:
                yield stream
                stream.flush()
                # Else a machine that loses power may keep the new name with none of its bytes. One to three milliseconds
                # for a shard of a megabyte, lost in the noise for one of thirty.
                os.fsync(stream.fileno())
            os.replace(temporary, final)
        finally:
            temporary.unlink(missing_ok=True)
    except StoreError:
        raise
    except OSError as error:
        raise StoreError(error.errno, f"{final}: cannot write there ({error.strerror})") from error


def _put_and_move(final: Any, data: bytes) -> None:
    temporary = final.with_name(f".{final.name}.{secrets.token_hex(4)}.tmp")
    try:
        final.fs.pipe_file(temporary.path, data)
        final.fs.mv(temporary.path, final.path)
    except BaseException:
        if final.fs.exists(temporary.path):
            final.fs.rm_file(temporary.path)
        raise

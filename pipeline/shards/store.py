"""Files of a corpus, whole or not at all: put, read, list and remove them on a disk or in a store, whatever fails.

On a disk a file is written under a temporary name, synced and renamed. An object store shows an object when its upload is
complete, so one put is enough. Other remote systems (sftp, hdfs, smb) get a temporary name and a move.

What a store refuses for now (timeouts, broken connections, throttling, 5xx) is asked again, TRIES times in all with pauses
that double; what it refuses for good is raised at once. Either way it ends as a StoreError of one line.
"""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom
from typing import IO, Any, BinaryIO, TypeVar

from pipeline.errors import PlantainError
from pipeline.shards.location import Location, is_object_store

TRIES = 4
PAUSE_S = 0.5
"""Before the second try; it doubles, and is drawn from around that, so that a thousand workers do not come back at once."""
BLOCK = 8 * 2**20
"""Bytes asked of a store at once when a file is read from front to back."""

Answer = TypeVar("Answer")
PASSING = {
    errno.EAGAIN, errno.EBUSY, errno.EIO, errno.EPIPE, errno.ETIMEDOUT, errno.ECONNRESET, errno.ECONNREFUSED,
    errno.ECONNABORTED, errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH, getattr(errno, "EREMOTEIO", errno.EIO),
}  # fmt: skip
"""Error numbers of a remote store that another try may not meet again; the drivers give EIO and EBUSY for 5xx."""
BROKEN_LINES = (
    "ClientConnectionError", "ClientPayloadError", "HTTPClientError", "EndpointConnectionError", "ConnectTimeoutError",
    "TransportError", "ServiceRequestError", "ServiceResponseError", "IncompleteRead", "SSHException",
)  # fmt: skip
"""Names of the drivers' own exceptions for a connection that failed; the drivers need not be installed to know them."""
DRIVERS = (
    "botocore", "aiobotocore", "s3fs", "aiohttp", "gcsfs", "google", "azure", "adlfs", "requests", "urllib3", "http",
    "paramiko", "smbprotocol", "fsspec",
)  # fmt: skip
"""Packages whose exceptions speak of the store, not of a mistake in this program."""


class StoreError(PlantainError, OSError):
    """A file that could not be written or read, or a store that could not be asked. Its text is one line."""

    def __str__(self) -> str:
        return str(self.args[1])


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
    """Make a file in a store that does not exist yet; False where it does. Stores that cannot promise it do their best."""

    def attempt() -> bool:
        try:
            final.fs.pipe_file(final.path, data, mode="create")  # type: ignore[union-attr]
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
        if isinstance(error, (StoreError, FileNotFoundError)) or of_file or not _of_store(error):
            raise
        raise _store_error(place, error) from error


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


def retried(place: Location, ask: Callable[[], Answer]) -> Answer:
    """What `ask` gives, asked again while the store fails for reasons that pass.

    FileNotFoundError passes through; anything else that speaks of the store becomes a StoreError which names `place`.
    """
    pause = PAUSE_S
    for left in reversed(range(TRIES)):
        try:
            return ask()
        except (FileNotFoundError, FileExistsError, StoreError):
            raise
        except Exception as error:
            if not _of_store(error):
                raise
            if not left or not _passing(error):
                raise _store_error(place, error) from error
        time.sleep(pause * SystemRandom().uniform(0.5, 1.5))
        pause *= 2
    raise AssertionError("unreachable")


def _written(final: Location, write: Callable[[], Answer]) -> Answer:
    try:
        return retried(final, write)
    except FileNotFoundError as error:
        # No such bucket, or no folder.
        raise _store_error(final, error) from error


@contextmanager
def _replacing(final: Path) -> Iterator[IO[bytes]]:
    temporary = final.with_name(f".{final.name}.{os.getpid()}.tmp")
    try:
        try:
            with temporary.open("wb") as stream:
                yield stream
                stream.flush()
                # Else a machine that loses power may keep the new name with none of its bytes.
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


def _of_store(error: BaseException) -> bool:
    return isinstance(error, OSError) or type(error).__module__.partition(".")[0] in DRIVERS


def _passing(error: BaseException) -> bool:
    """Whether another try may do better: by the HTTP status where there is one, else by the kind of error."""
    status = _status(error) or (_status(error.__cause__) if error.__cause__ else None)
    if status is not None:
        return status >= 500 or status in (408, 409, 429)
    if isinstance(error, (TimeoutError, ConnectionError)):
        return True
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in PASSING
    return any(kind.__name__ in BROKEN_LINES for kind in type(error).__mro__)


def _status(error: BaseException) -> int | None:
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    else:
        status = next(
            (v for k in ("status", "status_code", "code") if isinstance(v := getattr(error, k, None), int)), None
        )
    return status if isinstance(status, int) and status >= 400 else None


def _store_error(place: Location, error: BaseException) -> StoreError:
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    number = error.errno if isinstance(error, OSError) and error.errno else errno.EIO
    if isinstance(error, PermissionError):
        number = errno.EACCES
    return StoreError(number, f"{place}: {' '.join(str(said).split())[:200]}")

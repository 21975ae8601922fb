"""Asking a store again while it fails for reasons that pass, and saying in one line when they do not.

What a store refuses for now (timeouts, broken connections, throttling, 5xx) is asked again, TRIES times in all with pauses
that double; what it refuses for good is raised at once. Either way it ends as a StoreError.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from random import SystemRandom
from typing import TypeVar

from pipeline.errors import PlantainError
from pipeline.shards.location import Location

TRIES = 4
PAUSE_S = 0.5
"""Before the second try; it doubles, and is drawn from around that, so that a thousand workers do not come back at once."""
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
"""Packages whose exceptions speak of the store."""


class StoreError(PlantainError, OSError):
    """A file that could not be written or read, or a store that could not be asked. Its text is one line."""

    def __str__(self) -> str:
        return str(self.args[1])


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
            if not of_store(error):
                raise
            if not left or not _passing(error):
                raise store_error(place, error) from error
        time.sleep(pause * SystemRandom().uniform(0.5, 1.5))
        pause *= 2
    raise AssertionError("unreachable")


def of_store(error: BaseException) -> bool:
    """Whether an exception speaks of the store, not of a mistake in this program."""
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


def store_error(place: Location, error: BaseException) -> StoreError:
    """The same in one line that names `place`."""
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    number = error.errno if isinstance(error, OSError) and error.errno else errno.EIO
    if isinstance(error, PermissionError):
        number = errno.EACCES
    if number == errno.EPIPE:  # which a command line takes for its reader having gone, and says nothing
        number = errno.EIO
    return StoreError(number, f"{place}: {' '.join(str(said).split())[:200]}")

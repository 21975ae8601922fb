"""One run at a time writes a corpus: a lock of the kernel on a disk, a lease that is renewed in a store.

A lease can be lost (a driver that slept for minutes) and then two runs may write for a while. That costs work, not the
corpus: a shard is the same bytes whoever makes it, and the run that finds its lease gone stops.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.shards import store
from pipeline.shards.location import Location
from pipeline.shards.read import CorpusError
from pipeline.shards.retries import StoreError

RENEW_S = 15.0
STALE_S = 60.0
"""A lease not renewed for so long is its holder's no more. The clocks of the machines must agree to within half of it."""
SETTLE_S = 1.0
"""After taking a lease over, look again whether another run did the same in this moment."""
_HELD: set[str] = set()
"""Tokens of the leases that this process holds."""
Check = Callable[[], None]


@contextmanager
def sole_writer(output: Location, folder: Location) -> Iterator[Check]:
    """While it lasts, no other run writes `output`; the note of that lies in `folder`, which exists.

    Yields a function that raises CorpusError once that is no longer so. Raises CorpusError when another run is writing.
    """
    with _lock(output, folder) if isinstance(folder, Path) else _lease(output, folder / "lock.json") as check:
        yield check


@contextmanager
def _lock(output: Location, folder: Path) -> Iterator[Check]:
    with (folder / "lock").open("w") as lock:
        try:
            # The kernel lets go of it when the process ends, however it ends.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise _taken(output) from None
        yield lambda: None


@contextmanager
def _lease(output: Location, place: Location) -> Iterator[Check]:
    held = _Lease(output, place)
    held.take()
    stop = threading.Event()
    renewing = threading.Thread(target=held.keep, args=(stop,), name="lease", daemon=True)
    renewing.start()
    try:
        yield held.check
    finally:
        stop.set()
        renewing.join()
        held.give_back()


class _Lease:
    """A note {host, pid, token, renewed} in a store. renewed: seconds since 1970 by the holder's clock."""

    def __init__(self, output: Location, place: Location) -> None:
        self.output = output
        self.place = place
        self.token = secrets.token_hex(8)
        self.renewed = 0.0
        self.lost: str | None = None

    def take(self) -> None:
        if not store.create(self.place, self._note()):
            holder = self._read()
            # A create that was asked twice because its first answer got lost finds the note it made itself.
            if holder is not None and holder.get("token") != self.token:
                if _alive(holder):
                    raise _taken(self.output, holder)
                store.put(self.place, self._note())
                time.sleep(SETTLE_S)
            elif holder is None:
                store.put(self.place, self._note())
                time.sleep(SETTLE_S)
        holder = self._read()
        if holder is None or holder.get("token") != self.token:
            raise _taken(self.output, holder)
        _HELD.add(self.token)

    def keep(self, stop: threading.Event) -> None:
        """Renew until `stop` is set or the lease is lost. A store that fails is asked again at the next turn."""
        while not stop.wait(RENEW_S):
            try:
                holder = self._read()
                if holder is None or holder.get("token") != self.token:
                    self.lost = f"the run on {holder['host']} took it over" if holder else "its lock.json was removed"
                    return
                store.put(self.place, self._note())
            except StoreError as error:
                if time.time() - self.renewed > STALE_S:
                    self.lost = f"the lock could not be renewed ({error})"
                    return

    def check(self) -> None:
        if self.lost:
            raise CorpusError(
                f"{self.output}: this run may write there no longer: {self.lost}; the same command again resumes"
            )

    def give_back(self) -> None:
        _HELD.discard(self.token)
        try:
            holder = self._read()
            if holder is not None and holder.get("token") == self.token:
                store.remove(self.place)
        except StoreError:
            # Nothing is lost: it runs out by itself, and the run's own error must not be hidden by this one.
            return

    def _note(self) -> bytes:
        self.renewed = time.time()
        holder = {"host": platform.node(), "pid": os.getpid(), "token": self.token, "renewed": self.renewed}
        return json.dumps(holder).encode()

    def _read(self) -> dict[str, Any] | None:
        try:
            holder = json.loads(store.get(self.place))
        except FileNotFoundError:
            return None
        except ValueError:
            return {}
        return holder if isinstance(holder, dict) else {}


def _alive(holder: dict[str, Any]) -> bool:
    """Whether the run that wrote this note may still be at work."""
    renewed = holder.get("renewed")
    if not isinstance(renewed, (int, float)) or time.time() - renewed > STALE_S:
        return False
    if holder.get("host") != platform.node():
        return True
    if holder.get("pid") == os.getpid():
        # In a container every first process has the same number; it is us only if we remember it.
        return holder.get("token") in _HELD
    return _is_process(holder.get("pid"))


def _is_process(pid: Any) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, TypeError, ValueError):
        return True
    return True


def _taken(output: Location, holder: dict[str, Any] | None = None) -> CorpusError:
    where = f" (on {holder['host']}, process {holder['pid']})" if holder and "host" in holder else ""
    return CorpusError(f"{output}: another run is writing there{where}; wait for it or choose another --output")

"""One run at a time writes a corpus: a lock of the kernel on a disk, a lease that is renewed where there are no locks.

A lease can be lost (a driver that slept for minutes) and then two runs may write for a while. That costs work, not the
corpus: a shard is the same bytes whoever makes it, and the run that finds its lease gone stops.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import platform
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from pipeline.shards import store
from pipeline.shards.location import Location
from pipeline.shards.read import CorpusError

LOCK = "lock"
NOTE = "lock.json"
RENEW_S = 15.0
STALE_S = 60.0
"""A lease not renewed for so long is its holder's no more. The clocks of the machines must agree to within half of it."""
SETTLE_S = 1.0
"""After taking a lease, look again whether another run did the same in this moment: only on a disk is the first to create a
file alone for certain."""
_HELD: set[str] = set()
"""Tokens of the leases that this process holds."""
Check = Callable[[], None]


@contextmanager
def sole_writer(output: Location, folder: Location) -> Iterator[Check]:
    """While it lasts, no other run writes `output`; the note of that lies in `folder`, which is made where it is missing.

    Yields a function that raises CorpusError once that is no longer so. Raises CorpusError when another run is writing.
    A local folder goes in the end when nothing else is left in it.
    """
    if not isinstance(folder, Path):
        store.make_folder(folder)
        with _lease(output, folder / NOTE) as check:
            yield check
        return
    with kernel_lock(output, folder) as locked:
        if locked:
            yield lambda: None
        else:
            # Some network file systems know no locks. They do know how to make a file that nobody else has made.
            with _lease(output, folder / NOTE) as check:
                yield check


@contextmanager
def kernel_lock(output: Location, folder: Path) -> Iterator[bool]:
    """While it lasts, nobody else has the lock in `folder`, which is made where it is missing; the kernel takes it back from
    a process that is gone, however it went.

    Yields False, and locks nothing, where the file system knows no locks. Raises CorpusError, of `output`, when another
    run has it, and OSError. The folder goes in the end when nothing else is left in it.
    """
    try:
        lock = _locked(output, folder)
        try:
            yield lock is not None
        finally:
            # Under the lock: whoever has opened this very file sees that it is no longer the one of that name. A lock that
            # cannot be removed does no harm.
            with suppress(OSError):
                if set(store.listing(folder)) <= {LOCK}:
                    (folder / LOCK).unlink(missing_ok=True)
            if lock is not None:
                lock.close()
    finally:
        # Not before the files in it are closed: NFS keeps one that was removed while open under another name. And not
        # at any price: another run may have begun in there.
        with suppress(OSError):
            folder.rmdir()


def _locked(output: Location, folder: Path) -> IO[str] | None:
    """The lock file, locked until it is closed or the process ends, however it ends; None where there are no locks."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock = (folder / LOCK).open("w")
        except FileNotFoundError:
            continue  # the run before this one has just taken its folder away
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_at(lock, folder / LOCK):
                return lock
        except BlockingIOError:
            lock.close()
            raise _taken(output) from None
        except OSError as error:
            lock.close()
            if error.errno != errno.ESTALE:
                return None
        except BaseException:
            lock.close()
            raise
        lock.close()


def _is_at(lock: IO[str], path: Path) -> bool:
    """Whether the open file is the one that others find under its name."""
    try:
        return os.path.samestat(os.fstat(lock.fileno()), path.stat())
    except FileNotFoundError:
        return False


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
    """A note {host, pid, token, renewed} in a file. renewed: seconds since 1970 by the holder's clock."""

    def __init__(self, output: Location, place: Location) -> None:
        self.output = output
        self.place = place
        self.token = secrets.token_hex(8)
        self.renewed = 0.0
        self.lost: str | None = None

    def take(self) -> None:
        # Looked at first: some stores create over what is there.
        created = self._read() is None and store.create(self.place, self._note())
        if not created:
            holder = self._read()
            # A create that was asked twice because its first answer got lost finds the note it made itself.
            if holder is None or holder.get("token") != self.token:
                if holder is not None and _alive(holder):
                    raise _taken(self.output, holder)
                store.put(self.place, self._note())
        if not (created and isinstance(self.place, Path)):
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
            except OSError as error:
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
        except OSError:
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
    return CorpusError(f"{output}: another run is writing there{where}; wait for it or name another folder")

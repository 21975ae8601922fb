"""Temporary folders of processes that are killed and cannot clear up after themselves.

Each is locked for as long as its worker or the process it is for lives, however either ends: whoever makes the next one
removes those that nobody holds any longer.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
PREFIX = "plantain-maker-"


class Scratch:
    """A fresh folder, in memory where the system lets us: pictures pass through it. Gone with `close`.

    descriptor: holds the lock; a process that inherits it holds the folder too.
    """

    def __init__(self, home: Path | None = None) -> None:
        home = home or default_home()
        sweep(home)
        while True:
            self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
            # Another process that makes one in this moment may sweep it before it is opened, or before it is locked.
            try:
                self.descriptor = os.open(self.folder, os.O_RDONLY)
            except FileNotFoundError:
                continue
            fcntl.flock(self.descriptor, fcntl.LOCK_EX)
            if self.folder.exists():
                return
            os.close(self.descriptor)

    def close(self) -> None:
        """Remove the folder and all that is in it."""
        # What cannot be removed now, because something still writes there, is swept later.
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self.descriptor)


def default_home() -> Path:
    """Where the folders lie: in memory if that can be written, else where the system keeps temporary files."""
    return MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())


def sweep(home: Path) -> None:
    """Remove the folders that nobody holds; those of other users are theirs to remove."""
    for folder in home.glob(f"{PREFIX}*"):
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:  # another user's, or gone already
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)

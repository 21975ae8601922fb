"""Ctrl-C: once lets the shards in hand be finished, twice gives them up; so does being told to terminate.

A third one ends the process wherever it is.
"""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType, TracebackType
from typing import Any, Self


class Stop:
    """From `listen` to its end SIGINT and SIGTERM set flags in place of ending the process in the middle of something.

    soon: begin nothing new. now: give up what is in hand. Outside the main thread, where Python lets nobody catch
    signals, neither is ever set.
    """

    def __init__(self) -> None:
        self.soon = self.now = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            # None: a handler that C code set, which Python cannot put back.
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.getsignal(number) or signal.SIG_DFL
        return self

    def listen(self) -> None:
        """From now on. To be called when Ray is there, which catches signals of its own while it starts."""
        for number in self._before:
            signal.signal(number, self._told)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _told(self, number: int, frame: FrameType | None) -> None:
        if self.now:
            raise KeyboardInterrupt
        if number == signal.SIGTERM or self.soon:
            self.now = True
        else:
            print("\nfinishing the shards in hand; Ctrl-C again gives them up", file=sys.stderr, flush=True)
        self.soon = True

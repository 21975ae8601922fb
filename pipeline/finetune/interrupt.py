"""Ctrl-C, and being told to terminate, as a request that is met between two steps."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any, Self


class Interrupt:
    """While it lasts, the first SIGINT is a request, `asked`; the second one interrupts. SIGTERM likewise.

    alone: whether this process is the whole run. Of several, each has SIGINT from the terminal and again from the launcher:
    there it stays a request. And launchers send SIGTERM to those that wait for one that is gone, which answer to
    nothing but its default: there it is not caught.
    """

    def __init__(self, alone: bool) -> None:
        self.asked, self._alone = False, alone
        self._numbers = (signal.SIGINT, signal.SIGTERM) if alone else (signal.SIGINT,)
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in self._numbers}
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        if self._alone:
            signal.signal(number, self._before[number])

"""A page of memory through which a process shows that it is alive: what it works at, and that it makes headway.

The process that makes samples writes it, also from callbacks deep inside a render; the one that watches over it
reads it, whatever state the first one is in. That tells a renderer that hangs from one that is slow.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from dataclasses import dataclass

STAGES = ("start", "idle", "compose", "render", "encode")
"""What the main thread of the process is at: opening its renderer, waiting for orders, waiting for the view to be
composed and labelled, rendering it, waiting for the previous sample to be encoded."""
_SLOTS = 3


@dataclass(frozen=True)
class Reading:
    """ticks: counts up with every sign of headway. index: the sample at hand, None for none. stage: one of STAGES."""

    ticks: int
    index: int | None
    stage: str


class Beat:
    """Both ends of the page. file: made by `Beat.new` and inherited by the other process as a file descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._page = mmap.mmap(descriptor, mmap.PAGESIZE)
        # Aligned words of eight bytes are written whole.
        self._words = memoryview(self._page).cast("Q")[:_SLOTS]

    @classmethod
    def new(cls) -> tuple[Beat, int]:
        """A fresh page and the descriptor to hand on; close it once the other process has it."""
        if hasattr(os, "memfd_create"):
            # Not on a disk: when that is full, whoever writes the page first is killed for it.
            descriptor = os.memfd_create("beat")
        else:
            with tempfile.TemporaryFile() as file:
                descriptor = os.dup(file.fileno())
        os.ftruncate(descriptor, mmap.PAGESIZE)
        return cls(descriptor), descriptor

    def tick(self) -> None:
        """Say that work goes on. Calls from several threads may be lost, never all of them."""
        self._words[0] += 1

    def at(self, stage: str, index: int | None = None) -> None:
        """Say what is at hand."""
        self._words[1] = 0 if index is None else index + 1
        self._words[2] = STAGES.index(stage)
        self.tick()

    def read(self) -> Reading:
        """What the other side said last."""
        ticks, index, stage = self._words
        return Reading(ticks, index - 1 if index else None, STAGES[stage])

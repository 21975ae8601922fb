"""Samplers that go wrong on purpose. They travel by value: a worker's process cannot import the tests."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time

import cloudpickle
import numpy as np

from pipeline.farm.null import NullSampler


def hang() -> None:
    """A deadlock: alive, silent."""
    time.sleep(3600)


def spin() -> None:
    """An endless loop in code that never lets go of Python's lock."""
    ctypes.PyDLL(None).pause()


def segfault() -> None:
    ctypes.string_at(0)


def hoard() -> None:
    """20 GB, a little at a time, as a runaway simulation would take it."""
    held = []
    for _ in range(20 * 2**30 // 2**27):
        held.append(np.ones(2**24))
        # So that whoever is to stop it gets a turn on a busy machine, too.
        time.sleep(0.05)


def fail() -> None:
    raise RuntimeError("the scene is poisoned")


def vanish() -> None:
    """As when the system's out-of-memory killer strikes."""
    os.kill(os.getpid(), signal.SIGKILL)


def leave() -> None:
    os._exit(3)


def faulty(action, index, step="draw", marker=None, base=NullSampler, beats=0.0):
    """A sampler class that runs `action` in `step` of sample `index`; with a marker file, the first time only.

    beats: seconds for which it shows signs of life before.
    """

    class Faulty(base):
        pass

    def wrapped(self, *args):
        if number_of(args[0]) == index and not (marker and marker.exists()):
            if marker:
                marker.touch()
            for _ in range(int(beats / 0.05)):
                time.sleep(0.05)
                self.beat.tick()
            action()
        return getattr(base, step)(self, *args)

    setattr(Faulty, step, wrapped)
    return Faulty


def number_of(prepared):
    """Of a sample, as any step of a sampler is handed it."""
    return prepared if isinstance(prepared, int) else prepared.meta["index"]


def held(gate, first=0, base=NullSampler):
    """A sampler class whose samples from number `first` on wait for the file `gate`, alive all the while."""

    class Held(base):
        def draw(self, prepared):
            while number_of(prepared) >= first and not gate.exists():
                time.sleep(0.05)
                self.beat.tick()
            return super().draw(prepared)

    return Held


cloudpickle.register_pickle_by_value(sys.modules[__name__])

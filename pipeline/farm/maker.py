"""The process that makes samples, started and watched over by pipeline.farm.child.

It owns the renderer. While one sample is rendered, a thread composes, labels and paints the next one and another
thread encodes the one before: Blender, OpenCV, Embree and most of NumPy let go of Python's lock. It is a process of
its own because a renderer can crash, hang or eat memory: whatever it does, the worker that started it lives.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from pipeline.config import CyclesConfig
from pipeline.errors import ConfigError, PlantainError
from pipeline.farm.beat import Beat
from pipeline.farm.job import Job
from pipeline.farm.views import NoView, Prepared, Record, Unusable, name_of, prepare
from pipeline.render import open_renderer
from pipeline.shards.sample import to_files

PR_SET_PDEATHSIG = 1
Device = Literal["auto", "cpu", "gpu"]


@dataclass(frozen=True, eq=False)
class Made:
    """A finished sample as files, and what the manifest and the run want to know of it.

    sources: of the assets that the view shows. broken: catalogue models that could not be used, and why.
    seconds: wall time by stage.
    """

    index: int
    key: str
    files: dict[str, bytes]
    rejected: list[dict[str, Any]] = field(default_factory=list)
    sources: frozenset[str] = frozenset()
    broken: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """Why a sample was not made. kind: "exception", "no view" or "config", or as pipeline.farm.child adds."""

    index: int | None
    kind: str
    reason: str
    traceback: str = ""


class Sampler:
    """Makes the samples of one job in three steps that may run in three threads, each step in one thread only."""

    def __init__(self, job: Job, threads: int, beat: Beat) -> None:
        self.job = job
        self.beat = beat
        self.size = (job.render.width, job.render.height)
        self.renderer = open_renderer(job.render, threads, beat.tick)

    def prepare(self, index: int, first: int = 0, record: Record | None = None) -> Prepared:
        """Compose, label and paint sample `index`, beginning with attempt `first`."""
        return prepare(self.job.recipe, self.size, self.job.seed, index, first, record, self.beat.tick)

    def draw(self, prepared: Prepared) -> NDArray[np.uint8]:
        """Render it. Raises Unusable for a picture that must be drawn again."""
        return prepared.picture(self.renderer)

    def pack(self, prepared: Prepared, image: NDArray[np.uint8]) -> Made:
        """Encode it."""
        since = time.perf_counter()
        sample = prepared.sample(image, name_of(self.renderer), self.job.exact)
        files = to_files(sample, self.job.render.image_format)
        record = prepared.record
        record.timed("encode", since)
        sources = frozenset({row["source"] for row in sample.meta["instances"]} | {sample.meta["environment"]})
        return Made(
            sample.meta["index"], sample.key, files, record.rejected, sources, record.broken, dict(record.seconds)
        )


class Line:
    """A sampler and its two threads: what it takes to make samples one after the other without waiting."""

    def __init__(self, sampler: Sampler, beat: Beat) -> None:
        self.sampler = sampler
        self.beat = beat
        self._composing = ThreadPoolExecutor(1, "compose")
        self._encoding = ThreadPoolExecutor(1, "encode")

    def make(self, indices: Sequence[int], alone: bool = False) -> Iterator[Made]:
        """The samples of `indices`, in order. alone: none begins before the last is done: a crash has one culprit.

        Raises Failed when one cannot be made; those before it have been handed over.
        """
        ahead: Future[Prepared] | None = None
        behind: tuple[int, Future[Made]] | None = None
        for place, index in enumerate(indices):
            following = indices[place + 1] if place + 1 < len(indices) and not alone else None
            failed: Failed | None = None
            try:
                self.beat.at("compose", index)
                prepared = (ahead or self._composing.submit(self.sampler.prepare, index)).result()
                if following is not None:
                    ahead = self._composing.submit(self.sampler.prepare, following)
                prepared, image = self._draw(prepared, index)
            except Exception as error:
                failed = Failed(fault_of(error, index))
            if behind is not None:
                yield self._packed(*behind)
                behind = None
            if failed is not None:
                raise failed
            behind = index, self._encoding.submit(self.sampler.pack, prepared, image)
            if alone:
                yield self._packed(*behind)
                behind = None
        if behind is not None:
            yield self._packed(*behind)

    def _draw(self, prepared: Prepared, index: int) -> tuple[Prepared, NDArray[np.uint8]]:
        while True:
            self.beat.at("render", index)
            try:
                return prepared, self.sampler.draw(prepared)
            except Unusable as error:
                self.beat.at("compose", index)
                # In the same thread as ever: what composes is not made for two at once.
                again = self._composing.submit(self.sampler.prepare, index, prepared.refuse(error), prepared.record)
                prepared = again.result()

    def _packed(self, index: int, behind: Future[Made]) -> Made:
        self.beat.at("encode", index)
        try:
            return behind.result()
        except Exception as error:
            raise Failed(fault_of(error, index)) from error


class Failed(Exception):
    """A sample that raised. fault: what to tell the worker."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


def fault_of(error: BaseException, index: int | None) -> Fault:
    """An exception, told in one line, with its traceback."""
    told = "".join(traceback.format_exception(error))
    if isinstance(error, NoView):
        return Fault(index, "no view", str(error), told)
    if isinstance(error, ConfigError):
        return Fault(index, "config", str(error), told)
    if isinstance(error, PlantainError):
        return Fault(index, "exception", str(error), told)
    return Fault(index, "exception", f"{type(error).__name__}: {' '.join(str(error).split())[:300]}", told)


def settled(job: Job, device: Device) -> Job:
    """The job with `device` in place of its preset's "auto": a worker that has a GPU must use it or fail."""
    if isinstance(job.render, CyclesConfig) and job.render.device == "auto":
        return replace(job, render=job.render.model_copy(update={"device": device}))
    return job


def run() -> None:
    """Entry point. The command's arguments: descriptors of the orders, the beat and the lifeline, then the device."""
    # On a crash: where every thread was. The worker asks for the same with SIGUSR1 before it kills a process that hangs.
    faulthandler.enable(sys.stderr, all_threads=True)
    faulthandler.register(signal.SIGUSR1, sys.stderr, all_threads=True)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders, page, lifeline = map(int, sys.argv[1:4])
    status = 1
    try:
        _die_with_parent(lifeline)
        _serve(Connection(orders), Beat(page), cast(Device, sys.argv[4]))
        status = 0
    except (EOFError, ConnectionError):
        status = 0  # the worker is gone or has no more use for us
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        # A process that has imported bpy crashes when it exits in the ordinary way.
        os._exit(status)


def _serve(pipe: Connection, beat: Beat, device: Device) -> None:
    """First a job comes in and None goes out when the renderer is open; then (indices, alone) in, samples out.

    A Fault goes out in place of what failed, and ends the process: a renderer that raised is not trusted again.
    """
    beat.at("start")
    try:
        job, threads, sampler_class = pickle.loads(pipe.recv_bytes())
        import cv2

        # One worker, one core: Ray places as many workers as there are cores.
        cv2.setNumThreads(1)
        line = Line(sampler_class(settled(job, device), threads, beat), beat)
    except Exception as error:
        pipe.send(fault_of(error, None))
        return
    beat.at("idle")
    pipe.send(None)
    while True:
        indices, alone = pipe.recv()
        try:
            for made in line.make(indices, alone):
                pipe.send(made)
        except Failed as failed:
            pipe.send(failed.fault)
            return
        beat.at("idle")


def _die_with_parent(lifeline: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch() -> None:
        os.read(lifeline, 1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="lifeline").start()

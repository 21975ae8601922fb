"""A process that makes samples, seen from the worker that owns it: started, given orders, watched, killed, replaced."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

from pipeline.farm.beat import Beat, Reading
from pipeline.farm.limits import Limits
from pipeline.farm.maker import Device, Fault, Made
from pipeline.farm.scratch import Scratch

POLL_SECONDS = 0.1
WEIGH_SECONDS = 0.5
"""Between two looks at the memory of a process that is never silent."""
START_SECONDS = 300.0
"""For a process to open its renderer: Blender read from a network share takes a while."""
TRACE_CHARACTERS = 8000
TRACE_SECONDS = 5.0
"""For a process that is about to be killed to write where it is: on a busy machine that takes more than a moment."""
SETTLE_SECONDS = 0.2
"""Without another word of it, its account is whole."""
LOG_BYTES = 2**20
"""What is kept of a chatty process's stderr; beyond that it begins anew, after its last TRACE_CHARACTERS."""
COMMAND = "from pipeline.farm.maker import run; run()"


class Child:
    """One process with one renderer. Every way in which it can fail comes out of `poll` as a Fault.

    work: a pickled (Job, threads, Sampler class). threads: CPU threads of its renderer. device: what a preset's "auto"
    comes to.
    """

    def __init__(self, work: bytes, threads: int, limits: Limits, memory_bytes: int, device: Device = "auto") -> None:
        self.limits = limits
        self.memory_bytes = memory_bytes
        self.made = 0
        self._weighed = 0.0
        self._stopped: Fault | None = None
        self._told_before = b""
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the process
        # Written at its end wherever that is, so that it can be cut short meanwhile.
        fcntl.fcntl(self.log, fcntl.F_SETFL, os.O_APPEND)
        self.scratch = Scratch()
        ours, theirs = socket.socketpair()
        self.beat, page = Beat.new()
        lifeline, self._lifeline = os.pipe()
        descriptors = (theirs.fileno(), page, lifeline)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", COMMAND, *map(str, descriptors), device],
            pass_fds=(*descriptors, self.scratch.descriptor),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.log,
            env=os.environ
            | {
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "LP_NUM_THREADS": str(threads),
                "TMPDIR": str(self.scratch.folder),
            },
        )
        theirs.close()
        os.close(page)
        os.close(lifeline)
        self._pipe = Connection(ours.detach())
        with contextlib.suppress(BrokenPipeError):  # it died at once: `open` says why
            self._pipe.send_bytes(work)
        self._open = False
        self._watch()

    def open(self) -> bool:
        """Whether the renderer is open; waits POLL_SECONDS at most. Raises ChildFailed."""
        if not self._open and self._receive(START_SECONDS, START_SECONDS) is not None:
            self._open = True
        return self._open

    def order(self, indices: Sequence[int], alone: bool) -> None:
        """Ask for samples; `poll` then hands them out in that order."""
        with contextlib.suppress(BrokenPipeError):  # it died in between: `poll` says so
            self._pipe.send((list(indices), alone))
        self._watch()

    def poll(self) -> Made | None:
        """The next sample, or None when POLL_SECONDS have passed without one. Raises ChildFailed."""
        message = self._receive(self.limits.sample_seconds, self.limits.silent_seconds)
        if message is None:
            return None
        self.made += 1
        made: Made = message[0]
        return made

    def mind(self) -> bool:
        """Look at the memory of a process that nobody polls now; whether it keeps within its limit.

        One that does not is killed, and the next `poll` that finds no sample left says so.
        """
        if self._stopped is None and time.monotonic() - self._weighed > WEIGH_SECONDS:
            with contextlib.suppress(ChildFailed):
                self._weigh()
        return self._stopped is None

    def close(self) -> None:
        """End the process, at once, and free what it held."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._pipe.close()
        self.log.close()
        self.scratch.close()
        with contextlib.suppress(OSError):
            os.close(self._lifeline)

    def resident_bytes(self) -> int:
        """Its resident memory; 0 when it is gone."""
        import psutil

        try:
            return int(psutil.Process(self.process.pid).memory_info().rss)
        except psutil.NoSuchProcess:
            return 0

    def _watch(self) -> None:
        """Begin to count anew."""
        self._last = self.beat.read()
        self._changed = self._began = time.monotonic()

    def _receive(self, sample_seconds: float, silent_seconds: float) -> tuple[Any] | None:
        """A message in a tuple, None after POLL_SECONDS. Raises ChildFailed for a fault, a death and a broken limit."""
        if self._stopped is None and time.monotonic() - self._weighed > WEIGH_SECONDS:
            self._weigh()
        try:
            if self._pipe.poll(POLL_SECONDS):
                message = self._pipe.recv()
                if isinstance(message, Fault):
                    raise ChildFailed(message)
                return (message,)
        except (EOFError, OSError):  # the latter when it died in the middle of a message
            raise ChildFailed(self._obituary()) from None
        if self._stopped is None:
            self._check(sample_seconds, silent_seconds)
        return None

    def _check(self, sample_seconds: float, silent_seconds: float) -> None:
        now, beat = time.monotonic(), self.beat.read()
        if beat.ticks != self._last.ticks:
            self._changed = now
        if beat.index != self._last.index:
            self._began = now
        self._last = beat
        self._weigh()
        if now - self._changed > silent_seconds:
            reason = f"hung: no sign of life for {silent_seconds:g} s while at {beat.stage}"
            raise ChildFailed(self._killed("hung", reason, beat))
        if now - self._began > sample_seconds:
            reason = f"took longer than {sample_seconds:g} s, now at {beat.stage}"
            raise ChildFailed(self._killed("slow", reason, beat))

    def _weigh(self) -> None:
        self._weighed = time.monotonic()
        # Not of the dead: their last words are all that tells why.
        if self._log_bytes() > LOG_BYTES and self.process.poll() is None:
            self._told_before = self._told()
            os.ftruncate(self.log.fileno(), 0)
        if (held := self.resident_bytes()) > self.memory_bytes:
            reason = f"took {held / 2**30:.1f} GiB of memory, more than the {self.memory_bytes / 2**30:.1f} GiB allowed"
            raise ChildFailed(self._killed("memory", reason, self.beat.read()))

    def _killed(self, kind: str, reason: str, beat: Reading) -> Fault:
        """Ask the process where it is, then kill it."""
        before = self._log_bytes()
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGUSR1)
        self._hear_out(before)
        self.process.kill()
        self.process.wait()
        self._stopped = Fault(beat.index, kind, reason, self._trace())
        return self._stopped

    def _hear_out(self, before: int) -> None:
        """Wait, TRACE_SECONDS at most, until the process has said where it is: its log has grown from `before` bytes, and rests.

        No longer than it takes to eat half as much memory again as it may.
        """
        since = grown = time.monotonic()
        size = before
        while self.process.poll() is None and time.monotonic() - since < TRACE_SECONDS:
            time.sleep(0.02)
            if (now := self._log_bytes()) != size:
                size, grown = now, time.monotonic()
            if size != before and time.monotonic() - grown > SETTLE_SECONDS:
                return
            if self.resident_bytes() > 1.5 * self.memory_bytes:
                return

    def _log_bytes(self) -> int:
        return os.fstat(self.log.fileno()).st_size

    def _obituary(self) -> Fault:
        """Why a process that is gone went."""
        if self._stopped is not None:
            return self._stopped
        code = self.process.wait()
        beat = self.beat.read()
        if code >= 0:
            told = self._trace()
            last = told.strip().splitlines()[-1] if told.strip() else "no word"
            return Fault(
                beat.index, "crash", f"its process ended with status {code} at {beat.stage}: {last[:300]}", told
            )
        name = signal.Signals(-code).name
        if -code in (signal.SIGKILL, signal.SIGTERM):
            reason = f"its process was killed from outside ({name}) at {beat.stage}, by the system when memory ran out?"
            return Fault(beat.index, "killed", reason, self._trace())
        return Fault(beat.index, "crash", f"its process crashed ({name}) at {beat.stage}", self._trace())

    def _trace(self) -> str:
        """The end of what the process wrote to stderr: faulthandler's list of where its threads were."""
        return self._told().decode(errors="replace")

    def _told(self) -> bytes:
        end = self._log_bytes()
        told = os.pread(self.log.fileno(), TRACE_CHARACTERS, max(0, end - TRACE_CHARACTERS))
        return (self._told_before + told)[-TRACE_CHARACTERS:]


class ChildFailed(Exception):
    """The process did not make what it was asked for; it must be closed. fault: why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault

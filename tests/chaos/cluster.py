"""A Ray cluster of several nodes on this machine, made to be broken: every process of it is known, and can be killed."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil

from tests.conftest import ROOT, free_port
from tests.farm import held

MARK = "PLANTAIN_CHAOS"
"""In the environment of all that a test starts, and of what that starts: so nothing can hide."""
START_S = 300.0
GONE_S = 200.0
"""For what lost its parent or its node to be gone. Both are for machines with much else to do."""
FAST_HEALTH_CHECKS = {
    "RAY_health_check_initial_delay_ms": "2000",
    "RAY_health_check_period_ms": "500",
    "RAY_health_check_timeout_ms": "5000",
    "RAY_health_check_failure_threshold": "4",
}
"""A lost node is noticed in two seconds, not in fifteen."""


def wait_for(what: str, happened: Callable[[], Any], seconds: float, every: float = 0.05) -> Any:
    """What `happened` gives once that is true. Fails after `seconds`, naming `what`."""
    deadline = time.monotonic() + seconds
    while True:
        if value := happened():
            return value
        assert time.monotonic() < deadline, f"{what}: not within {seconds:g} s"
        time.sleep(every)


class Marked:
    """Processes that carry one mark: those that were started with `environment`, and all their descendants."""

    def __init__(self) -> None:
        self.mark = secrets.token_hex(8)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("RAY_")},
            **FAST_HEALTH_CHECKS,
            MARK: self.mark,
            "PYTHONPATH": str(ROOT),
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_AUTH_MODE": "disabled",
            # Ray's own 15 gives workers next to nothing on a machine that does something else besides.
            "RAY_worker_niceness": "0",
            # A node without GPUs hides none.
            "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
        }

    def processes(self, *words: str) -> list[psutil.Process]:
        """Those alive whose command line holds all `words`, the oldest first."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.status() == psutil.STATUS_ZOMBIE or process.environ().get(MARK) != self.mark:
                    continue
                line = " ".join(process.cmdline())
                if all(word in line for word in words):
                    found.append(process)
        return sorted(found, key=lambda process: process.create_time())

    def makers(self) -> list[psutil.Process]:
        """Processes that make samples."""
        return self.processes("pipeline.farm.maker")

    def actors(self) -> list[psutil.Process]:
        """Processes of Ray actors that watch over those."""
        return self.processes("ray::Worker")

    def kill_all(self) -> None:
        """End every one, by its number, until none is left."""

        def none_left() -> bool:
            left = self.processes()
            for process in left:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            return not left

        wait_for("the end of all that was started", none_left, GONE_S, 0.2)


def kill(process: psutil.Process | subprocess.Popen[Any]) -> None:
    """kill -9; nothing where it is gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)


class Cluster:
    """Nodes of one Ray cluster on 127.0.0.1, each a `ray start` process. The head has no CPU to lend: no work runs there."""

    def __init__(self, marked: Marked) -> None:
        self.marked = marked
        # Not in pytest's folder: the paths of Ray's sockets would be too long. Not in Ray's own: nobody else is to find us.
        self.folder = Path(tempfile.mkdtemp(prefix="chaos-"))
        self.address = f"127.0.0.1:{free_port()}"
        self.nodes: list[subprocess.Popen[bytes]] = []
        self.started = 0
        self._start(
            "--head",
            f"--port={self.address.partition(':')[2]}",
            "--num-cpus=0",
            "--include-dashboard=false",
            f"--ray-client-server-port={free_port()}",
        )
        wait_for("the head of the cluster", self._answers, START_S)

    def add_node(self) -> None:
        """Begin to start a node with one CPU; it may join seconds later."""
        self.nodes.append(self._start(f"--address={self.address}", "--num-cpus=1"))

    def raylets(self) -> list[psutil.Process]:
        """Those of the nodes that do the work."""
        found = []
        for node in self.nodes:
            with contextlib.suppress(psutil.Error):
                children = psutil.Process(node.pid).children()
                found += [child for child in children if "raylet/raylet" in " ".join(child.cmdline()[:1])]
        return found

    def close(self) -> None:
        """End all of it."""
        try:
            self.marked.kill_all()
            for node in self.nodes:
                node.wait(GONE_S)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, *options: str) -> subprocess.Popen[bytes]:
        self.started += 1
        command = [
            str(Path(sys.executable).parent / "ray"), "start", *options, "--block",
            "--node-ip-address=127.0.0.1", f"--temp-dir={self.folder}/{self.started}", f"--object-store-memory={100 * 2**20}",
            "--min-worker-port=0", "--max-worker-port=0", "--dashboard-agent-listen-port=0", "--include-log-monitor=false",
            "--disable-usage-stats",
        ]  # fmt: skip
        with (self.folder / "starts.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.marked.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def _answers(self) -> bool:
        host, _, port = self.address.partition(":")
        with socket.socket() as probe:
            return probe.connect_ex((host, int(port))) == 0


@contextlib.contextmanager
def cluster(nodes: int) -> Iterator[Cluster]:
    """A cluster with so many nodes at work, gone without a trace at the end."""
    marked = Marked()
    try:
        made = Cluster(marked)
        try:
            for _ in range(nodes):
                made.add_node()
            yield made
        finally:
            made.close()
    finally:
        marked.kill_all()


class Driver:
    """The `generate` command as a process, killed and started again at will. said: what its last run wrote to stderr.

    hold: a file and a number; samples from that number on are made only when the file is there. So what a test does to a
    run it does before its end, however fast the machine is.
    """

    def __init__(self, marked: Marked, arguments: list[Any], log: Path, hold: tuple[Path, int] | None = None) -> None:
        self.marked = marked
        self.arguments = [str(one) for one in arguments]
        self.log = log
        self.hold = hold
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run the same command (again)."""
        assert self.process is None or self.process.poll() is not None, "it runs already"
        plain = [sys.executable, "-m", "pipeline", *self.arguments]
        command = held.command(*self.hold, *self.arguments) if self.hold else plain
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.marked.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    @property
    def status(self) -> int | None:
        """Exit status, None while it runs."""
        assert self.process is not None
        return self.process.poll()

    def kill(self) -> None:
        """kill -9, and see it gone."""
        assert self.process is not None
        kill(self.process)
        self.process.wait(GONE_S)

    def wait(self, seconds: float) -> int:
        """Its exit status."""
        wait_for(f"the end of the driver ({self.said[-300:]})", lambda: self.status is not None, seconds)
        assert self.status is not None
        return self.status

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

"""The monkey: kills whatever makes a corpus, at moments drawn from a seed, until enough is broken."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from tests.chaos.cluster import START_S, Cluster, Driver, kill, wait_for
from tests.chaos.corpora import shards_of

LAST = 0.8
"""Share of the shards that are there at the last kill, at most."""
KINDS = ("maker", "actor", "raylet", "driver")
"""A process that makes samples, a Ray actor that watches over one, a whole node, the command itself."""
STALL_S = 400.0
"""Without a new shard for so long, recoveries included, the run hangs."""


class Storm:
    """Kills over the life of one run. log: what happened when, one line each."""

    def __init__(self, cluster: Cluster, driver: Driver, output: Path, shards: int, kills: int, seed: int) -> None:
        self.cluster = cluster
        self.driver = driver
        self.output = output
        self.random = random.Random(seed)
        # As many of each kind as of any other, in any order.
        kinds = [KINDS[number % len(KINDS)] for number in range(kills)]
        self.random.shuffle(kinds)
        # Each waits for so many shards to be there: work goes on in between.
        moments = sorted(self.random.uniform(0.02, LAST) * shards for _ in kinds)
        self.plan = list(zip(moments, kinds, strict=True))
        self.killed: Counter[str] = Counter()
        self.began = time.monotonic()
        self.log: list[str] = []

    def rage(self, disk: Callable[[], None] | None = None) -> None:
        """Start the driver and kill to plan; half-way, call `disk`, which fills it and ends with the driver stopped."""
        self.driver.start()
        for number, (moment, kind) in enumerate(self.plan):
            if disk is not None and number == len(self.plan) // 2:
                disk()
                self.driver.start()
            self._reach(moment)
            # A moment later, wherever that may be in the making of a sample, a shard or a worker.
            time.sleep(self.random.uniform(0.0, 0.5))
            self._strike(kind)

    def finish(self) -> int:
        """Wait for the end of the run: its exit status."""
        while (status := self._stalled(len(shards_of(self.output)))) is None:
            pass
        self.say(f"the driver ended with status {status}")
        return status

    def say(self, what: str) -> None:
        line = f"{time.monotonic() - self.began:6.1f} s  {len(shards_of(self.output)):4d} shards  {what}"
        self.log.append(line)
        print(line, flush=True)

    def _reach(self, moment: float) -> None:
        while (count := len(shards_of(self.output))) < moment:
            status = self._stalled(count)
            assert status is None, f"the driver ended by itself with status {status}: {self.driver.said[-500:]}"

    def _stalled(self, count: int) -> int | None:
        """The driver's exit status, None when there are more shards than `count`. Fails when neither comes."""

        def news() -> tuple[int | None] | None:
            status = self.driver.status
            return (status,) if status is not None or len(shards_of(self.output)) > count else None

        status: int | None = wait_for(f"a shard after {count} ({self.driver.said[-500:]})", news, STALL_S)[0]
        return status

    def _strike(self, kind: str) -> None:
        self.say(f"kill -9 {kind} {self._victim(kind)}")
        self.killed[kind] += 1

    def _victim(self, kind: str) -> int:
        """Kill one of them, and see to it that life can go on. Returns its process number."""
        if kind == "driver":
            assert self.driver.process is not None and self.driver.status is None
            number = self.driver.process.pid
            self.driver.kill()
            self.driver.start()
            return number
        alive: dict[str, Callable[[], list[psutil.Process]]] = {
            "maker": self.driver.marked.makers,
            "actor": self.driver.marked.actors,
            "raylet": self.cluster.raylets,
        }
        victims: list[Any] = wait_for(f"a {kind} to kill", alive[kind], START_S)
        victim = self.random.choice(victims)
        kill(victim)
        if kind == "raylet":
            self.cluster.add_node()
        return int(victim.pid)

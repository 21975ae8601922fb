"""Tells the world how a run goes while it goes: status.json for other shells, metrics for Prometheus, run.json at the end.

A status that cannot be written is no reason to end a run: the run says so in its note and tries again.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from types import TracebackType
from typing import Self

from pipeline.errors import PlantainError, Stopped
from pipeline.farm import runs
from pipeline.farm.metrics import DriverMetrics
from pipeline.farm.progress import Progress
from pipeline.farm.status import FILE, Status, last_word
from pipeline.shards.location import Location, is_local
from pipeline.shards.manifest import PROGRESS
from pipeline.shards.read import CorpusError
from pipeline.shards.store import StoreError
from pipeline.shards.write import write_text

LOCAL_SECONDS = 2.0
STORE_SECONDS = 30.0
"""Between writes. Every request to an object store is paid for."""
LOOK_SECONDS = 1.0
"""Between looks at the progress."""


class Watch:
    """Of one run, which must hold the corpus `output`: `see` is called whenever something happened.

    Writing is a thread's work: a store that takes a minute to answer holds nobody up.
    """

    def __init__(self, output: Location, progress: Progress) -> None:
        self.output = output
        self.progress = progress
        self.every = LOCAL_SECONDS if is_local(output) else STORE_SECONDS
        self.trouble = ""
        self._metrics: DriverMetrics | None = None
        self._looked = 0.0
        self._stop = threading.Event()
        self._writer = threading.Thread(target=self._keep_writing, name="status", daemon=True)

    def __enter__(self) -> Self:
        self._close_account()
        self._latest = Status.of(self.progress, self.every)
        self._write()
        self._writer.start()
        return self

    def see(self) -> None:
        """Look at the progress, once a second at most."""
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        self._latest = Status.of(self.progress, self.every)
        if self.progress.most_workers:  # Ray is there
            self._metrics = self._metrics or DriverMetrics(str(self.output))
            self._metrics.tell(self.progress)

    def finish(self) -> None:
        """All samples are made: say so, and write no more, for the folder of the notes goes."""
        self._latest = replace(Status.of(self.progress, self.every), note="writing the manifests")
        self._end()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._latest = _last(Status.of(self.progress, self.every), error)
        if error is not None:
            self._end()
        # A run that found everything made has nothing to account for.
        if error is not None or self.progress.made:
            self._account(self._latest)

    def _keep_writing(self) -> None:
        while not self._stop.wait(self.every):
            self._write()

    def _write(self) -> None:
        try:
            write_text(self.output / PROGRESS / FILE, replace(self._latest, written=time.time()).as_json())
            self.trouble = ""
        except StoreError as error:
            self.trouble = str(error)

    def _end(self) -> None:
        """Let the writer finish, then write the last word."""
        self._stop.set()
        self._writer.join()
        self._write()

    def _close_account(self) -> None:
        """A run that says it is running, yet holds the corpus no longer, was killed before it could give its account."""
        try:
            last = last_word(self.output)
        except CorpusError as error:
            self.trouble = str(error)
            return
        if last is not None and last.state == "running":
            self._account(replace(last, state="died"))

    def _account(self, status: Status) -> None:
        # The samples are what matters, and by now their fate is decided: a page of figures must not change it.
        try:
            runs.append(self.output, runs.row_of(status))
        except StoreError as error:
            self.trouble = self.progress.note = str(error)


def _last(status: Status, error: BaseException | None) -> Status:
    """The status of a run that ends like this."""
    status = replace(status, workers=(), rate=None, seconds_left=None, note="")
    if error is None:
        return replace(status, state="finished")
    if isinstance(error, (Stopped, KeyboardInterrupt)):
        return replace(status, state="stopped", reason=str(error))
    said = str(error) if isinstance(error, PlantainError) else f"{type(error).__name__}: {' '.join(str(error).split())}"
    return replace(status, state="failed", reason=said)

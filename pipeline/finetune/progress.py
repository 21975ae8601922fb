"""Where a training run stands: what a person wants to see after every step."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

RECENT = 50
"""Steps over which speed is measured: a run that compiles its first ones is not judged by them."""
SECONDS = 1.0
"""How often the GPU is asked how busy it is."""


@dataclass(frozen=True)
class Progress:
    """Where a run stands after one step.

    step: steps done; loss: of this step; images_per_s: of late, over all processes; fraction: of the budget used;
    seconds_left: an estimate. memory_gb: the most that this process has held, of the GPU's memory where there is one.
    busy: share of the last second in which the GPU worked, None where it cannot be told. flops_share: floating-point
    operations that the model needs (see flops.py), of late, as a share of what the chip can do in bfloat16, None where one
    of the two is unknown. waiting: share of the time, of late, in which the next examples had not come and there was
    nothing to compute, None before the second step. cached: share of the encodings that came from the disk cache, None
    without one. resumed: the step of the checkpoint that the run went on from, 0 for one that began here.
    """

    step: int
    loss: float
    images_per_s: float
    fraction: float
    seconds_left: float
    memory_gb: float = 0.0
    busy: float | None = None
    flops_share: float | None = None
    waiting: float | None = None
    cached: float | None = None
    resumed: int = 0


OnProgress = Callable[[Progress], None]


class Pace:
    """Steps a second of late, counted from when it was made."""

    def __init__(self) -> None:
        self._times: deque[float] = deque([time.monotonic()], maxlen=RECENT + 1)

    def __call__(self) -> float:
        """Tell that a step is done."""
        self._times.append(time.monotonic())
        return (len(self._times) - 1) / max(self._times[-1] - self._times[0], 1e-6)


class Idle:
    """Time in which there was nothing to compute, while `with idle():` waited for something else."""

    def __init__(self, device: Any) -> None:
        self._cuda = device.type == "cuda"
        self._waits: deque[Any] = deque(maxlen=RECENT)

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """What a GPU is still at when the wait begins does not count: it is no time lost."""
        if self._cuda:
            import torch

            # The first is reached once the work before it is done; of two reached at once none was waited for.
            begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            begin.record()
            yield
            end.record()
            self._waits.append((begin, end))
        else:
            started = time.monotonic()
            yield
            self._waits.append(time.monotonic() - started)

    def forget(self) -> None:
        """Count from here on."""
        self._waits.clear()

    def seconds(self) -> float | None:
        """Mean of the last waits, None without any. To be asked when the GPU has done what it was given."""
        waits = [wait[0].elapsed_time(wait[1]) / 1e3 if self._cuda else wait for wait in self._waits]
        return sum(waits) / len(waits) if waits else None


def memory_gb(device: Any) -> float:
    """The most memory that this process has held: the GPU's, or without one its resident set."""
    import torch

    if device.type == "cuda":
        return float(torch.cuda.max_memory_allocated(device)) / 1e9
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts kilobytes, macOS bytes.
    return peak * (1 if sys.platform == "darwin" else 1024) / 1e9


class Busy:
    """Share of the time in which the GPU worked, as its driver tells; asked at most once in SECONDS."""

    def __init__(self, device: Any) -> None:
        self._device = device if device.type == "cuda" else None
        self._asked = float("-inf")
        self._last: float | None = None

    def __call__(self) -> float | None:
        """None where there is no GPU, or no NVML to ask."""
        import torch

        now = time.monotonic()
        if self._device is not None and now - self._asked >= SECONDS:
            self._asked = now
            try:
                self._last = torch.cuda.utilization(self._device) / 100
            except (ModuleNotFoundError, RuntimeError):
                self._device = None
        return self._last

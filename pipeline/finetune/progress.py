"""Where a training run stands: what a person wants to see after every step."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable
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
    operations of late as a share of what the chip can do in bfloat16, None where one of the two is unknown.
    cached: share of the encodings that came from the disk cache, None without one.
    """

    step: int
    loss: float
    images_per_s: float
    fraction: float
    seconds_left: float
    memory_gb: float = 0.0
    busy: float | None = None
    flops_share: float | None = None
    cached: float | None = None


OnProgress = Callable[[Progress], None]


class Pace:
    """Steps a second of late, counted from when it was made."""

    def __init__(self) -> None:
        self._times: deque[float] = deque([time.monotonic()], maxlen=RECENT + 1)

    def __call__(self) -> float:
        """Tell that a step is done."""
        self._times.append(time.monotonic())
        return (len(self._times) - 1) / max(self._times[-1] - self._times[0], 1e-6)


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

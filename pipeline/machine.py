"""What this machine, or the container that this process is in, has to give: cores and memory."""

from __future__ import annotations

import os
from math import ceil
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
MEMORY_LIMITS = ("memory.max", "memory/memory.limit_in_bytes")
"""Files of version 2 and version 1 under CGROUP, here and below."""
CORE_LIMITS = (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us"))
"""Each says "QUOTA PERIOD"; without a limit QUOTA is "max" or -1."""


def cores() -> int:
    """Cores that this process may use: no more than it is pinned to or its container's share of time is worth, at least 1."""
    pinned = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for files in CORE_LIMITS:
        try:
            quota, period = " ".join((CGROUP / file).read_text() for file in files).split()
        except OSError:
            continue
        if quota.isdigit():
            pinned = min(pinned, max(1, ceil(int(quota) / int(period))))
    return pinned


def machine_memory() -> int:
    """Bytes of memory, all of it, free or not."""
    import psutil

    total = int(psutil.virtual_memory().total)
    for file in MEMORY_LIMITS:
        try:
            text = (CGROUP / file).read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            total = min(total, int(text))
    return total

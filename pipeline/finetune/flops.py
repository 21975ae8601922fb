"""Floating-point operations of a training step, and what chips can do.

A product of an m x k and a k x n matrix counts 2mkn, forward and backward, as torch's own counter has it. The work of
gradient checkpointing, which computes some of it twice, is work all the same where it is counted here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

PEAK_BF16 = {
    r"B200": 2250e12,
    r"H200|H100.*(SXM|HBM3)|H100 80GB": 989e12,
    r"H100 PCIe": 756e12,
    r"H100": 989e12,
    r"A100": 312e12,
    r"L40S": 362e12,
    r"RTX 5090": 209e12,
    r"RTX 4090": 165e12,
    r"RTX 3090": 71e12,
    r"\bL4\b": 121e12,
    r"A10G?\b": 125e12,
}
"""Dense bfloat16 operations a second by a GPU's name, from the makers' data sheets; the first pattern found counts."""


def peak_bf16(name: str) -> float | None:
    """What the chip called `name` does in bfloat16, operations a second; None for an unknown one."""
    return next((peak for pattern, peak in PEAK_BF16.items() if re.search(pattern, name)), None)


def chip_peak() -> float | None:
    """`peak_bf16` of this process's GPU; None without one."""
    import torch

    return peak_bf16(torch.cuda.get_device_name()) if torch.cuda.is_available() else None


def count_flops(work: Callable[[], object]) -> int:
    """Operations of matrix products, convolutions and attention while `work` runs. Sees nothing of compiled code."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        work()
    return int(counter.get_total_flops())

"""Floating-point operations that a model needs for a training step, and what chips can do.

A product of an m x k and a k x n matrix counts 2mkn, forward and backward, as torch's own counter has it. What gradient
checkpointing computes again does not count, nor the optimiser's own products: a share of the chip's rate is then the model
FLOPs utilisation (Chowdhery et al., "PaLM", arXiv:2204.02311, appendix B), which compares however a step was computed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

PEAK_BF16 = {
    r"B200": 2250e12,
    r"H200|H100.*(SXM|HBM3)|H100 80GB": 989e12,
    r"H100 PCIe": 756e12,
    r"H100 NVL": 835e12,
    r"H100": 989e12,
    r"A100": 312e12,
    r"L40S": 362e12,
    r"RTX 5090$": 209e12,
    r"RTX 4090$": 165e12,
    r"RTX 3090$": 71e12,
    r"\bL4\b": 121e12,
    r"A10G\b": 70e12,
    r"A10\b": 125e12,
}
"""Dense bfloat16 operations a second by a GPU's name, from the makers' data sheets; the first pattern found counts.

What follows the name of an RTX ("Laptop GPU", "Ti", "D") makes it another chip.
"""


def peak_bf16(name: str) -> float | None:
    """What the chip called `name` does in bfloat16, operations a second; None for an unknown one."""
    return next((peak for pattern, peak in PEAK_BF16.items() if re.search(pattern, name)), None)


def chip_peak() -> float | None:
    """`peak_bf16` of this process's GPU; None without one."""
    import torch

    return peak_bf16(torch.cuda.get_device_name()) if torch.cuda.is_available() else None


def count_flops(work: Callable[[], object]) -> int:
    """Operations of the matrix products, convolutions and attention that gradients flow through while `work` runs.

    Forward with gradients, and backward. Sees nothing of compiled code.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    class Once(FlopCounterMode):
        def _count_flops(self, func_packet: Any, out: Any, args: Any, kwargs: Any) -> Any:
            # Gradients are recorded on the way forward and not on the way back, except where checkpointing computes
            # activations again. Outside of both works the optimizer.
            if torch.is_grad_enabled() == (torch._C._current_graph_task_id() != -1):
                return out
            return super()._count_flops(func_packet, out, args, kwargs)

    with Once(display=False) as counter:
        work()
    return int(counter.get_total_flops())

"""How exactly float32 is computed on a GPU: as fast as training bears, and in full where pixels are at stake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def fast_float32(tf32: bool) -> Iterator[None]:
    """While it lasts, cuDNN looks for its fastest kernels and, with `tf32`, products of matrices keep 10 bits of mantissa.

    Nothing without a GPU. The settings are the process's: they are put back afterwards.
    """
    if not torch.cuda.is_available():
        yield
        return
    # Compiled code asks by the older of torch's two interfaces, so what it reads must have been set by that one.
    before = torch.backends.cudnn.benchmark, torch.get_float32_matmul_precision()
    torch.backends.cudnn.benchmark = True
    if tf32:
        torch.set_float32_matmul_precision("high")
    try:
        yield
    finally:
        torch.backends.cudnn.benchmark = before[0]
        torch.set_float32_matmul_precision(before[1])


@contextmanager
def full_float32(device: torch.device) -> Iterator[None]:
    """While it lasts, convolutions and products of matrices in float32 on a GPU keep all 24 bits of mantissa.

    By default cuDNN's convolutions keep 10. Gradients computed after it has ended are not covered.
    """
    if device.type != "cuda":
        yield
        return
    # By the newer interface, one operation at a time: it gives back what was set, by whichever of the two.
    kinds = torch.backends.cudnn.conv, torch.backends.cuda.matmul
    before = [kind.fp32_precision for kind in kinds]
    try:
        for kind in kinds:
            kind.fp32_precision = "ieee"
        yield
    finally:
        for kind, precision in zip(kinds, before, strict=True):
            kind.fp32_precision = precision

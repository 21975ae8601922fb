"""What a public benchmark hands to the run: pictures, what is asked of them, and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.truth import Answer

ANY_DEPTH_M = (1e-3, float("inf"))
"""Nearest and farthest truth that is scored where a benchmark names no range."""


@dataclass(frozen=True, eq=False)
class Case:
    """One picture with one question.

    image: uint8 [H, W, 3]. task: one of codecs.tasks.TASKS. prompt: what the model is told; codec: what a decoder of its
    painting must know, as in a corpus's "codecs". truths: what is right, at the picture's size; more than one where
    several people drew it, and the one that the answer agrees with best counts. Pixels that are not scored: +inf in
    depth_m, (0, 0, 0) in normals, 0 in semantic; for masks, those of `ignored`, bool [H, W]. range_m: decoded depth is
    clipped to it before it is scored. group: a benchmark's score is the mean of its groups'.
    """

    key: str
    image: NDArray[np.uint8]
    task: str
    prompt: str
    codec: dict[str, Any]
    truths: tuple[Answer, ...]
    ignored: NDArray[np.bool_] | None = None
    range_m: tuple[float, float] = ANY_DEPTH_M
    group: str = ""


Pending = Callable[[], Case]
"""A case not read yet: a benchmark is far larger than memory."""


@dataclass(frozen=True)
class Benchmark:
    """A public benchmark. task: what it asks. cases(root): its cases, in a fixed order, from the folder `root`.

    full: how many cases the published set has, None where that is not known: a folder with fewer is no published number.
    lacks(root): what of the published set the folder is without, in words, where its number of cases does not tell: nor is
    a score without that.

    `cases` raises ConfigError, in one line with the remedy, for a file that is missing; reading a case does for one that
    is not what it should be.
    """

    task: str
    cases: Callable[[Path], Sequence[Pending]]
    full: int | None = None
    lacks: Callable[[Path], Sequence[str]] = lambda root: ()

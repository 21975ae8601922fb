"""How far a run has come, by steps or by the clock, and how fast it learns there."""

from __future__ import annotations

import math

from pipeline.finetune.config import TrainConfig


def fraction(preset: TrainConfig, step: int, seconds: float) -> float:
    """Share of the budget used after `step` steps and `seconds` of training; 1 or more ends the run."""
    return step / preset.steps if preset.steps else seconds / 60 / (preset.minutes or 1)


def learning_rate(preset: TrainConfig, fraction: float) -> float:
    """Share of the peak learning rate at `fraction` in [0, 1] of the budget: linear warm-up, then the schedule."""
    if fraction < preset.warmup:
        return max(fraction / preset.warmup, 0.02)
    if preset.schedule == "constant":
        return 1.0
    along = (fraction - preset.warmup) / (1 - preset.warmup)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * along))

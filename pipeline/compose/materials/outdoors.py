"""What lies and grows outdoors."""

from __future__ import annotations

import numpy as np

from pipeline.compose.materials.finish import Finish, graded, plain, shaded, textured, tone_of


def foliage(rng: np.random.Generator) -> Finish:
    """Leaves."""
    tone = tone_of(rng, ((0.15, 0.42, 0.14), (0.20, 0.50, 0.16), (0.12, 0.40, 0.18), (0.28, 0.55, 0.20)))
    return textured(rng, "leaves", "leaf", tone, 0.25, 0.12, 0.55)


def asphalt(rng: np.random.Generator) -> Finish:
    """Road surface: pale stones in dark bitumen."""
    tone = tone_of(rng, ((0.24, 0.24, 0.25), (0.32, 0.32, 0.32), (0.18, 0.18, 0.19)))
    return textured(rng, "asphalt", "carpet", tone, 0.3, 0.8, rng.uniform(0.85, 0.95))


def paving(rng: np.random.Generator) -> Finish:
    """Concrete flags with joints."""
    flag = tone_of(rng, ((0.62, 0.61, 0.58), (0.55, 0.53, 0.50), (0.68, 0.62, 0.54)))
    joint = shaded(flag, 0.5)
    stops = ((0, joint), (40, joint), (56, shaded(flag, 0.85)), (255, shaded(flag, 1.15)))
    return graded(rng, "paving", "tiles", stops, rng.uniform(1.2, 1.6), 0.85)


def cobble(rng: np.random.Generator) -> Finish:
    """Cobblestones."""
    return textured(rng, "stone", "leather", tone_of(rng, ((0.46, 0.45, 0.44), (0.40, 0.38, 0.36))), 0.4, 1.6, 0.7)


def gravel(rng: np.random.Generator) -> Finish:
    """Loose pebbles."""
    return textured(rng, "gravel", "leather", tone_of(rng, ((0.58, 0.55, 0.51), (0.50, 0.49, 0.48))), 0.45, 0.5, 0.9)


def soil(rng: np.random.Generator) -> Finish:
    """Bare earth."""
    return textured(rng, "soil", "carpet", tone_of(rng, ((0.30, 0.21, 0.14), (0.36, 0.26, 0.18))), 0.4, 1.0, 1.0)


def grass(rng: np.random.Generator) -> Finish:
    """A lawn."""
    tone = tone_of(rng, ((0.24, 0.42, 0.13), (0.30, 0.46, 0.16), (0.22, 0.36, 0.12)))
    return textured(rng, "grass", "carpet", tone, 0.5, 0.8, 0.95)


def sand(rng: np.random.Generator) -> Finish:
    """Dry sand."""
    return textured(rng, "sand", "plaster", tone_of(rng, ((0.84, 0.74, 0.56), (0.78, 0.68, 0.52))), 0.1, 1.2, 1.0)


def bark(rng: np.random.Generator) -> Finish:
    """A tree's bark; its furrows run along u."""
    tone = tone_of(rng, ((0.34, 0.26, 0.19), (0.42, 0.35, 0.28), (0.28, 0.22, 0.17)))
    return textured(rng, "bark", "wood", tone, 0.5, 0.4, 0.95)


def roof_tiles(rng: np.random.Generator) -> Finish:
    """Clay or slate tiles in courses that run along u."""
    clay = tone_of(rng, ((0.58, 0.27, 0.18), (0.50, 0.24, 0.17), (0.32, 0.31, 0.32), (0.36, 0.25, 0.20)))
    return textured(rng, "roof tile", "tiles", clay, 0.3, 0.9, 0.8)


def water(rng: np.random.Generator) -> Finish:
    """A pond's surface, opaque."""
    return plain("water", tone_of(rng, ((0.08, 0.17, 0.19), (0.10, 0.22, 0.24), (0.12, 0.18, 0.14))), 0.05)

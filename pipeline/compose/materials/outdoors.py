"""What lies and grows outdoors."""

from __future__ import annotations

import numpy as np

from pipeline.compose.materials.finish import Finish, Rgb, coated, graded, shaded, textured, tone_of, worn
from pipeline.compose.textures.masonry import FACE, JOINT

MOSS: Rgb = (0.28, 0.32, 0.15)


def foliage(rng: np.random.Generator) -> Finish:
    """Leaves."""
    tone = tone_of(rng, ((0.15, 0.42, 0.14), (0.20, 0.50, 0.16), (0.12, 0.40, 0.18), (0.28, 0.55, 0.20)))
    return textured(rng, "leaves", "leaf", tone, 0.25, 0.12, 0.55)


def asphalt(rng: np.random.Generator) -> Finish:
    """Road surface: stones in dark bitumen, stained with oil, paler where it is worn, cracked."""
    tone = tone_of(rng, ((0.33, 0.33, 0.33), (0.40, 0.395, 0.385), (0.27, 0.27, 0.275)))
    mask, factor = (("stains", 0.55), ("stains", 1.4), ("cracks", 0.3))[int(rng.integers(3))]
    wear = worn(rng, 0.75, mask, 0.9 if mask == "cracks" else 0.3, shaded(tone, factor), 0.9 if factor < 1 else 1.0)
    stops = ((0, shaded(tone, 0.4)), (96, tone), (255, shaded(tone, 2.4)))
    return graded(rng, "asphalt", "asphalt", stops, rng.uniform(0.9, 1.2), rng.uniform(0.8, 0.95), wear=wear)


def paving(rng: np.random.Generator) -> Finish:
    """Concrete flags with joints, some with moss or grime."""
    flag = tone_of(rng, ((0.62, 0.61, 0.58), (0.55, 0.53, 0.50), (0.68, 0.62, 0.54), (0.60, 0.47, 0.40)))
    joint = shaded(flag, 0.55)
    stops = ((0, shaded(joint, 0.7)), (JOINT, joint), (FACE, shaded(flag, 0.6)), (165, flag), (255, shaded(flag, 1.3)))
    wear = worn(rng, 0.6, "stains", 0.4, MOSS if rng.random() < 0.3 else (0.30, 0.29, 0.27))
    return graded(rng, "paving", "flags", stops, rng.uniform(1.2, 1.6), rng.uniform(0.8, 0.95), wear=wear)


def cobble(rng: np.random.Generator) -> Finish:
    """Cobblestones, worn smooth on top."""
    stone = tone_of(rng, ((0.46, 0.45, 0.44), (0.40, 0.38, 0.36), (0.52, 0.46, 0.40)))
    joint = tone_of(rng, ((0.30, 0.27, 0.23), (0.24, 0.27, 0.18)))
    stops = (
        (0, shaded(joint, 0.7)),
        (JOINT, joint),
        (FACE, shaded(stone, 0.55)),
        (150, stone),
        (255, shaded(stone, 1.45)),
    )
    return graded(rng, "cobblestone", "cobble", stops, 1.3, 0.9, gloss=((JOINT, 1.0), (170, 0.6)))


def gravel(rng: np.random.Generator) -> Finish:
    """Loose pebbles."""
    stone = tone_of(rng, ((0.58, 0.55, 0.51), (0.50, 0.49, 0.48), (0.62, 0.54, 0.44)))
    stops = ((0, shaded(stone, 0.2)), (60, shaded(stone, 0.4)), (140, stone), (255, shaded(stone, 1.55)))
    return graded(rng, "gravel", "gravel", stops, rng.uniform(0.6, 0.9), 0.9)


def soil(rng: np.random.Generator) -> Finish:
    """Bare earth, damp or dry."""
    tone = tone_of(rng, ((0.30, 0.21, 0.14), (0.36, 0.26, 0.18), (0.42, 0.33, 0.24)))
    wear = worn(rng, 0.6, "stains", 0.5, shaded(tone, 0.65), 0.85)
    return textured(rng, "soil", "soil", tone, 0.5, rng.uniform(0.8, 1.2), 1.0, wear=wear)


def grass(rng: np.random.Generator) -> Finish:
    """A lawn or a meadow, dry in patches."""
    green = tone_of(rng, ((0.27, 0.45, 0.14), (0.32, 0.47, 0.17), (0.24, 0.40, 0.13)))
    dry = (0.60, 0.55, 0.30)
    dark = (green[0] * 0.42, green[1] * 0.55, green[2] * 0.6)
    bright = (min(green[0] * 1.6, 1.0), min(green[1] * 1.45, 1.0), green[2] * 1.5)
    stops = ((0, shaded(dark, 0.65)), (60, dark), (140, green), (225, bright), (255, (0.66, 0.68, 0.36)))
    kind, repeat_m = ("meadow", rng.uniform(0.9, 1.2)) if rng.random() < 0.25 else ("grass", rng.uniform(0.6, 0.9))
    return graded(rng, "grass", kind, stops, repeat_m, 0.9, wear=worn(rng, 0.3, "stains", 0.3, dry))


def sand(rng: np.random.Generator) -> Finish:
    """Dry sand in ripples that run along u."""
    return textured(rng, "sand", "sand", tone_of(rng, ((0.84, 0.74, 0.56), (0.78, 0.68, 0.52))), 0.16, 1.0, 1.0)


def bark(rng: np.random.Generator) -> Finish:
    """A tree's bark; its furrows run along u."""
    tone = tone_of(rng, ((0.46, 0.34, 0.23), (0.50, 0.39, 0.28), (0.42, 0.31, 0.21)))
    stops = ((0, shaded(tone, 0.25)), (60, shaded(tone, 0.5)), (150, tone), (255, shaded(tone, 1.5)))
    return graded(rng, "bark", "bark", stops, 0.45, 0.95, wear=worn(rng, 0.4, "stains", 0.5, MOSS))


def roof_tiles(rng: np.random.Generator) -> Finish:
    """Clay, concrete or slate tiles in courses that run along u and overlap towards lower v; mossy in places."""
    clay = tone_of(rng, ((0.58, 0.28, 0.19), (0.50, 0.25, 0.18), (0.32, 0.31, 0.32), (0.40, 0.27, 0.21)))
    stops = ((0, shaded(clay, 0.2)), (70, shaded(clay, 0.55)), (150, clay), (255, shaded(clay, 1.5)))
    wear = worn(rng, 0.4, "patches", 0.6, MOSS)
    return graded(rng, "roof tile", "roof", stops, rng.uniform(1.1, 1.5), rng.uniform(0.7, 0.9), wear=wear)


def water(rng: np.random.Generator) -> Finish:
    """A pond's surface, opaque: labels are exact only for the first surface."""
    tone = tone_of(rng, ((0.08, 0.24, 0.54), (0.08, 0.25, 0.62), (0.11, 0.38, 0.19)))
    return coated(rng, "water", tone, "ripples", rng.uniform(1.2, 2.5), 0.06, depth_m=rng.uniform(0.015, 0.05))

"""Metals, bare, coated and weathered."""

from __future__ import annotations

import numpy as np

from pipeline.compose.materials.finish import (
    Finish,
    Rgb,
    Wear,
    coated,
    color_of,
    graded,
    plain,
    shaded,
    textured,
    tone_of,
    worn,
)

RUST: tuple[Rgb, ...] = ((0.20, 0.11, 0.07), (0.38, 0.19, 0.10), (0.55, 0.29, 0.13), (0.66, 0.42, 0.24))
"""From old to fresh."""


def metal(rng: np.random.Generator) -> Finish:
    """Brushed steel, bronze or powder-coated tube. Metallic stays below 1: rasterisers need a body colour."""
    kind = rng.random()
    if kind < 0.4:
        return _brushed(rng, (0.60, 0.60, 0.61), 0.12, 0.3, rng.uniform(0.3, 0.45), 0.7)
    if kind < 0.6:
        return _brushed(rng, (0.42, 0.28, 0.17), 0.1, 0.3, rng.uniform(0.3, 0.4), 0.6)
    color, roughness = color_of(rng, ("black", "black", "white", "gray")), rng.uniform(0.35, 0.55)
    return coated(rng, "metal", color, "stipple", 0.1, roughness, 0.2)


def _brushed(
    rng: np.random.Generator, color: Rgb, contrast: float, repeat_m: float, roughness: float, metallic: float
) -> Finish:
    """Brushed metal, scratched or smeared here and there."""
    mask, factor = ("scratches", 1.35) if rng.random() < 0.5 else ("stains", 1.25)
    wear = worn(rng, 0.45, mask, 0.6, shaded(color, 1.12), factor)
    gloss = ((40, 1.25), (215, 0.85))
    return textured(rng, "metal", "brushed", color, contrast, repeat_m, roughness, metallic, gloss=gloss, wear=wear)


def steel(rng: np.random.Generator) -> Finish:
    """Brushed stainless steel."""
    return _brushed(rng, (0.68, 0.68, 0.69), 0.08, 0.2, rng.uniform(0.2, 0.32), 0.7)


def galvanized(rng: np.random.Generator) -> Finish:
    """Hot-dipped zinc with its spangle, some of it gone white with weather."""
    wear = worn(rng, 0.5, "streaks", 0.5, (0.78, 0.79, 0.78), 1.8)
    gloss = ((60, 0.8), (200, 1.25))
    zinc = tone_of(rng, ((0.62, 0.64, 0.66),))
    return textured(rng, "metal", "spangle", zinc, 0.3, 0.35, rng.uniform(0.32, 0.45), 0.6, gloss=gloss, wear=wear)


def corrugated_metal(rng: np.random.Generator) -> Finish:
    """Corrugated sheet, galvanised or painted, some of it rusting; the corrugations run along v."""
    wear = worn(rng, 0.5, "streaks" if rng.random() < 0.5 else "patches", 0.85, RUST[2], 2.0)
    if rng.random() < 0.5:
        return textured(rng, "metal", "corrugated", (0.62, 0.64, 0.65), 0.2, 0.76, 0.42, 0.5, wear=wear)
    paint = color_of(rng, ("white", "gray", "green", "blue", "red", "brown"))
    return textured(rng, "metal", "corrugated", paint, 0.16, 0.76, 0.42, 0.1, wear=wear)


def rust(rng: np.random.Generator) -> Finish:
    """Iron that has rusted all over, or through what is left of its paint."""
    stops = tuple(zip((0, 110, 190, 255), RUST, strict=True))
    wear = None
    if rng.random() < 0.4:
        paint = color_of(rng, ("white", "green", "blue", "gray", "yellow", "red"))
        wear = Wear("stains", float(rng.uniform(0.7, 1.0)), shaded(paint, 0.85), 0.6)
    return graded(rng, "metal", "rust", stops, rng.uniform(0.4, 0.8), 0.9, 0.1, wear=wear)


def car_paint(rng: np.random.Generator) -> Finish:
    """Clear-coated paint of a car body."""
    names = ("white", "white", "gray", "gray", "black", "black", "blue", "red", "green", "beige", "orange", "yellow")
    return plain("metal", color_of(rng, names), rng.uniform(0.12, 0.2), 0.15)

"""Metals, bare, coated and weathered."""

from __future__ import annotations

import numpy as np

from pipeline.compose.materials.finish import Finish, color_of, graded, plain, textured


def metal(rng: np.random.Generator) -> Finish:
    """Brushed steel, bronze or powder-coated tube. Metallic stays below 1: rasterisers need a body colour."""
    kind = rng.random()
    if kind < 0.4:
        return textured(rng, "metal", "brushed", (0.60, 0.60, 0.61), 0.12, 0.3, rng.uniform(0.3, 0.45), 0.7)
    if kind < 0.6:
        return textured(rng, "metal", "brushed", (0.42, 0.28, 0.17), 0.1, 0.3, rng.uniform(0.3, 0.4), 0.6)
    return plain("metal", color_of(rng, ("black", "black", "white", "gray")), rng.uniform(0.35, 0.55), 0.2)


def steel(rng: np.random.Generator) -> Finish:
    """Brushed stainless steel."""
    return textured(rng, "metal", "brushed", (0.68, 0.68, 0.69), 0.08, 0.2, rng.uniform(0.2, 0.32), 0.7)


def galvanized(rng: np.random.Generator) -> Finish:
    """Hot-dipped zinc with its spangle."""
    return textured(rng, "metal", "concrete", (0.64, 0.66, 0.67), 0.16, 0.5, rng.uniform(0.35, 0.5), 0.6)


def corrugated_metal(rng: np.random.Generator) -> Finish:
    """Corrugated sheet, galvanised or painted; the corrugations run along v."""
    if rng.random() < 0.5:
        return textured(rng, "metal", "leaf", (0.62, 0.64, 0.65), 0.12, 0.76, 0.45, 0.5)
    return textured(
        rng, "metal", "leaf", color_of(rng, ("white", "gray", "green", "blue", "red", "brown")), 0.1, 0.76, 0.45, 0.1
    )


def rust(rng: np.random.Generator) -> Finish:
    """Iron that has rusted through its paint."""
    stops = ((0, (0.20, 0.11, 0.07)), (110, (0.38, 0.19, 0.10)), (190, (0.55, 0.29, 0.13)), (255, (0.66, 0.42, 0.24)))
    return graded(rng, "metal", "plaster", stops, rng.uniform(0.4, 0.8), 0.9, 0.1)


def car_paint(rng: np.random.Generator) -> Finish:
    """Clear-coated paint of a car body."""
    names = ("white", "white", "gray", "gray", "black", "black", "blue", "red", "green", "beige", "orange", "yellow")
    return plain("metal", color_of(rng, names), rng.uniform(0.12, 0.2), 0.15)

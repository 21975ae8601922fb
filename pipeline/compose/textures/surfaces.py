"""Metal, glaze, paper, leaves; and masks of wear, in which bright is worn."""

from __future__ import annotations

import numpy as np

from pipeline.compose.textures.noise import Pattern, cells, drawn, grid, levels, noise, strokes, unit


def brushed(rng: np.random.Generator) -> Pattern:
    lines = noise(rng, 256, 2, 110, 1.4)
    return drawn(lines + 0.3 * noise(rng, 256, 3, 3), 2.6, unit(lines))


def spangle(rng: np.random.Generator) -> Pattern:
    """Crystals of zinc on galvanised steel, each reflecting another way."""
    n, count = 256, 15
    _, _, border, owner = cells(rng, n, count, count, 1.0)
    u, v = grid(n)
    angle = rng.uniform(0, np.pi, count * count)[owner]
    facet = np.sin(2 * np.pi * np.round(40 * np.cos(angle)) * u + 2 * np.pi * np.round(40 * np.sin(angle)) * v)
    tone = rng.normal(0, 30, count * count)[owner] + 12 * facet * np.clip(border * 5, 0, 1)
    return levels(
        128 + tone + 5 * noise(rng, n, 40, 40), 0.5 + 0.3 * unit(noise(rng, n, 20, 20)) + 0.1 * (border < 0.04)
    )


def corrugated(rng: np.random.Generator) -> Pattern:
    """Ten waves whose crests run along v; streaks of dirt run down them."""
    n = 256
    u, v = grid(n)
    wave = 0.5 + 0.5 * np.sin(2 * np.pi * 10 * u) + 0 * v
    streak = noise(rng, n, 30, 1.2, 1.6)
    return drawn(0.35 * wave + 0.22 * streak + 0.1 * noise(rng, n, 30, 30), 3.0, wave)


def rust(rng: np.random.Generator) -> Pattern:
    """Blooms of rust: low levels are old and dark, high ones fresh and orange, with scale in between."""
    cloud = noise(rng, 256, 5, 5, 1.5) + 0.35 * noise(rng, 256, 40, 40, 1.2, 0.2)
    scale = noise(rng, 256, 30, 30, 1.5, 0.2)
    return drawn(cloud - 0.5 * (scale > 1.3), 2.4, unit(0.4 * cloud + scale))


def stipple(rng: np.random.Generator) -> Pattern:
    """The fine grain of moulded plastic and of powder coating."""
    return drawn(noise(rng, 256, 70, 70, 2.5, 0.5), 2.6)


def speckle(rng: np.random.Generator) -> Pattern:
    spots = noise(rng, 256, 40, 40, 3.0, 0.3)
    return drawn(
        0.14 * noise(rng, 256, 4, 4) - 1.6 * (spots > 2.3), 7.0, unit(noise(rng, 256, 5, 5, 2.5)) - 0.1 * (spots > 2.3)
    )


def paper(rng: np.random.Generator) -> Pattern:
    return drawn(noise(rng, 128, 40, 40, 1.0), 3.0)


def board(rng: np.random.Generator) -> Pattern:
    """Cardboard: the flutes beneath, which run along v, just show; flecks of fibre."""
    n = 256
    u, v = grid(n)
    flutes = np.sin(2 * np.pi * 40 * u) + 0 * v
    flecks = strokes(rng, n, 500, 5, (0.0, 9.0), 6) / 6.0
    return drawn(0.18 * flutes - 0.5 * flecks + 0.35 * noise(rng, n, 5, 5), 3.0, 0.5 + 0.4 * flutes - 0.08 * flecks)


def pages(rng: np.random.Generator) -> Pattern:
    lines = rng.standard_normal(128)[:, None]
    return drawn(lines + 0.2 * noise(rng, 128, 10, 60))


def leaf(rng: np.random.Generator) -> Pattern:
    u, v = grid(128)
    ribs = np.abs(np.sin(np.pi * 10 * u)) + 0 * v
    return drawn(0.5 * ribs + 0.6 * noise(rng, 128, 4, 4), 3.0, 0.8 * ribs)


def stains(rng: np.random.Generator) -> Pattern:
    """Wear: clouds of dirt with soft edges, a third of the surface."""
    cloud = noise(rng, 512, 4, 4, 1.7) + 0.12 * noise(rng, 512, 60, 60, 1.2)
    return levels(255 * np.clip((cloud - 0.1) / 1.6, 0, 1))


def patches(rng: np.random.Generator) -> Pattern:
    """Wear: coating gone in flakes with sharp edges, a tenth of the surface."""
    cloud = noise(rng, 512, 5, 5, 1.5) + 0.22 * noise(rng, 512, 40, 40, 1.2, 0.2)
    return levels(255 * np.clip((cloud - 1.25) * 9, 0, 1))


def scratches(rng: np.random.Generator) -> Pattern:
    """Wear: fine straight lines every way, few of them deep."""
    lines = strokes(rng, 512, 260, 90, (0.0, 9.0), 12).astype(float)
    return levels(lines * 20 * (lines > 0))


def streaks(rng: np.random.Generator) -> Pattern:
    """Wear: what rain washes down walls, along v."""
    run = noise(rng, 512, 26, 0.9, 1.8) + 0.4 * noise(rng, 512, 3, 2, 2.0)
    return levels(255 * np.clip((run - 0.4) / 1.8, 0, 1))


def cracks(rng: np.random.Generator) -> Pattern:
    """Wear: a few wandering cracks, in places only."""
    n, count = 512, 4
    _, _, border, _ = cells(rng, n, count, count, 1.0)
    wander = 0.045 * noise(rng, n, 14, 14, 1.6) + 0.015 * noise(rng, n, 60, 60, 1.3)
    line = np.clip(1.2 - np.abs(border + wander - 0.03) * n / count / 1.3, 0, 1)
    where = np.clip(noise(rng, n, 2.5, 2.5, 2.0) * 1.5 + 0.3, 0, 1)
    return levels(255 * np.clip(line * where * 1.3, 0, 1))

"""What people walk on outdoors, and water."""

from __future__ import annotations

import numpy as np

from pipeline.compose.textures.noise import Pattern, cells, drawn, grid, levels, noise, smoothed, strokes, unit


def asphalt(rng: np.random.Generator) -> Pattern:
    """Stones of all tones in dark bitumen, worn smooth in places."""
    n, count = 512, 96
    _, _, border, owner = cells(rng, n, count, count, 1.0)
    tone = rng.gamma(1.6, 22.0, count * count)[owner]
    stone = np.clip((border - 0.1) * 5, 0, 1)
    cloud, fine = noise(rng, n, 4, 4, 1.6), noise(rng, n, 160, 160, 1.0, 0.4)
    level = rng.random(count * count)[owner]
    return levels(96 + tone * stone - 16 * (1 - stone) + 4 * cloud + 8 * fine, 0.15 + 0.7 * stone * level + 0.05 * fine)


def gravel(rng: np.random.Generator) -> Pattern:
    """Pebbles, big on small."""
    n = 512
    gray, height = 40 + 10 * noise(rng, n, 90, 90), np.zeros((n, n))
    for count, share in ((44, 1.0), (26, 0.62)):
        _, _, border, owner = cells(rng, n, count, count, 1.0)
        seen = (rng.random(count * count) < share)[owner]
        shape = np.clip(border * 2.6 - 0.06, 0, 1)
        dome = np.sqrt(np.clip(1 - (1 - shape) ** 2, 0, 1))
        tone = rng.normal(0, 34, count * count)[owner]
        rise = dome * (0.5 if share == 1.0 else 1.0)
        over = seen & (shape > 0) & (rise > height * 0.7)
        gray = np.where(over, 96 + tone + 52 * dome + 7 * noise(rng, n, 120, 120), gray)
        height = np.where(over, np.maximum(rise, height), height)
    return levels(gray, height)


def soil(rng: np.random.Generator) -> Pattern:
    """Clods and crumbs."""
    n = 256
    _, _, border, owner = cells(rng, n, 22, 22, 1.0)
    clod = np.clip(border * 2.2, 0, 1) * rng.random(22 * 22)[owner] ** 2
    crumb = noise(rng, n, 50, 50, 1.2, 0.2)
    lie = smoothed(clod, 1) * 2.2 + 0.45 * crumb + 0.35 * noise(rng, n, 9, 9, 1.6)
    return drawn(lie, 2.6, unit(lie, 2.8))


def grass(rng: np.random.Generator) -> Pattern:
    """A lawn from above: blades every way, bright ones over dark ones, in tufts."""
    n, tones = 512, 60
    blades = strokes(rng, n, 16000, 17, (0.0, 9.0), tones) / tones
    tufts = noise(rng, n, 22, 22, 2.0)
    return drawn(blades + 0.09 * tufts, 2.3, unit(blades + 0.15 * tufts, 2.2))


def meadow(rng: np.random.Generator) -> Pattern:
    """Longer blades, fallen mostly one way, with dry ones among them."""
    n, tones = 512, 60
    blades = strokes(rng, n, 9000, 34, (rng.uniform(0, 3), 0.7), tones, 2) / tones
    tufts = noise(rng, n, 9, 9, 2.0)
    return drawn(blades + 0.16 * tufts, 2.3, unit(blades + 0.2 * tufts, 2.2))


def sand(rng: np.random.Generator) -> Pattern:
    """Wind-blown ripples, which run along u and fork here and there, and grains."""
    n = 256
    _, v = grid(n)
    wander = noise(rng, n, 2.2, 2.2, 2.4)
    phase = v * int(rng.integers(7, 11)) + 0.28 * wander
    rise = phase % 1.0
    ripple = np.where(rise < 0.7, rise / 0.7, (1 - rise) / 0.3)
    ripple = smoothed(ripple, 2) * (0.5 + 0.5 * unit(noise(rng, n, 3, 3)))
    grains = noise(rng, n, 110, 110, 0.8, 0.3)
    return drawn(0.5 * ripple + 0.16 * grains + 0.12 * wander, 2.8, 0.85 * ripple + 0.03 * grains)


def ripples(rng: np.random.Generator) -> Pattern:
    """Wavelets on water: crests are sharper than troughs."""
    n = 256
    swell = noise(rng, n, 5, 5, 3.5, 0.4) + 0.45 * noise(rng, n, 12, 12, 3.5, 0.4)
    return drawn(swell, 2.6, unit(np.exp(0.35 * swell), 2.6))

"""Cloth: woven, knitted, tufted, tanned."""

from __future__ import annotations

import numpy as np

from pipeline.compose.textures.noise import Pattern, cells, drawn, grid, noise, strokes, unit


def weave(rng: np.random.Generator) -> Pattern:
    n, threads = 256, int(rng.choice([32, 44, 64]))
    u, v = grid(n)
    over = np.sin(np.pi * threads * u) * np.sin(np.pi * threads * v)
    warp, weft = np.abs(np.sin(np.pi * threads * u)), np.abs(np.sin(np.pi * threads * v))
    thread = np.where(over > 0, warp, weft)
    uneven = 0.25 * noise(rng, n, 6, 90, 1.5) + 0.25 * noise(rng, n, 90, 6, 1.5)
    return drawn(thread + uneven + 0.08 * noise(rng, n, 5, 5), height=0.15 + 0.65 * thread + 0.15 * uneven)


def knit(rng: np.random.Generator) -> Pattern:
    u, v = grid(256)
    rib = np.abs(((v * 24 + 0.5 * np.abs(((u * 24) % 1) - 0.5)) % 1) - 0.5) + 0.6 * np.abs(((u * 24) % 1) - 0.5)
    return drawn(rib + 0.08 * noise(rng, 256, 60, 60))


def twill(rng: np.random.Generator) -> Pattern:
    """Denim: a diagonal of warp threads, with the pale weft between and slubs along the warp."""
    n, threads = 256, 64
    u, v = grid(n)
    across, along = np.floor(u * threads), np.floor(v * threads)
    warp = (across + along) % 3 < 2
    thread = np.where(warp, np.abs(np.sin(np.pi * threads * u)), np.abs(np.sin(np.pi * threads * v)))
    slub = noise(rng, n, 64, 3, 1.6, 0.2)
    tone = np.where(warp, -0.35, 0.75) + 0.35 * thread + 0.28 * slub + 0.12 * noise(rng, n, 4, 4)
    return drawn(tone, 2.6, np.where(warp, 0.4, 0.05) + 0.5 * thread)


def carpet(rng: np.random.Generator) -> Pattern:
    return drawn(noise(rng, 256, 70, 70, 1.5, 0.3) + 0.3 * noise(rng, 256, 4, 4, 2.0))


def fur(rng: np.random.Generator) -> Pattern:
    """Short hair that lies mostly one way."""
    hair = strokes(rng, 256, 9000, 14, (1.3, 0.45), 40) / 40.0
    return drawn(hair + 0.12 * noise(rng, 256, 4, 4), 2.4)


def leather(rng: np.random.Generator) -> Pattern:
    """Pebbled grain between fine creases."""
    n, count = 256, 44
    _, _, border, owner = cells(rng, n, count, count, 1.0)
    pebble = np.sqrt(np.clip(border * 3.0, 0, 1)) * (0.75 + 0.25 * rng.random(count * count)[owner])
    return drawn(1.4 * pebble + 0.16 * noise(rng, n, 3, 3), 3.2, pebble)


def skin(rng: np.random.Generator) -> Pattern:
    """Pores and fine creases over slow changes of colour."""
    fine = noise(rng, 256, 60, 60, 1.8, 0.4)
    return drawn(0.8 * noise(rng, 256, 4, 4, 2.0) + 0.4 * fine - 1.0 * (fine < -2.0), 3.0, unit(fine))

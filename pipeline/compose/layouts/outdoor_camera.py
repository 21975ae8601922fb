"""A standpoint under the open sky from which much is seen, near and far."""

from __future__ import annotations

import numpy as np

from pipeline.compose.placement import Arrangement, Placed
from pipeline.compose.sight import first_hits, rays_through
from pipeline.scene import Camera, CannotPlace, Float, look_at

JUDGED = 10
CLEARANCE_M = 0.26
COLUMNS, ROWS = 16, 12
GROUND = ("road", "pavement", "lawn", "hill")
CLOSE_M = 1.2


def choose_view(
    world: Arrangement, eyes: Float, yaws: Float, pitches: Float, fov_rad: float, size: tuple[int, int], least: int = 4
) -> Camera:
    """The best of the first JUDGED free standpoints.

    eyes: [n, 3]. yaws, pitches: where each looks, radians, counter-clockwise from +y and downwards. size: width and
    height of the picture. least: things a view must show. Raises CannotPlace when no view does.
    """
    free = np.nonzero(world.clearance(eyes) >= CLEARANCE_M)[0][:JUDGED]
    best, best_score = None, 0.0
    solid = [placed for placed in world.placed if placed.asset.category not in GROUND]
    low, high = np.array([p.extent[0] for p in solid]), np.array([p.extent[1] for p in solid])
    for i in free:
        ahead = np.array([-np.sin(yaws[i]), np.cos(yaws[i]), -np.tan(pitches[i])])
        camera = Camera.centred(*size, fov_rad, look_at(eyes[i], eyes[i] + ahead))
        score = _score(camera, solid, low, high, least)
        if score > best_score:
            best, best_score = camera, score
    if best is None:
        raise CannotPlace(f"no free standpoint from which at least {least} things are seen")
    return best


def _score(camera: Camera, solid: list[Placed], low: Float, high: Float, least: int) -> float:
    """How much a view shows, by a coarse grid of rays against the bounds of things; 0 when that is too little."""
    rays = rays_through(camera, np.linspace(0.03, 0.97, COLUMNS), np.linspace(0.03, 0.97, ROWS))
    depth, which = first_hits(camera.pose[:3, 3], rays, low, high)
    hit = np.isfinite(depth)
    area = np.bincount(which[hit], minlength=len(solid)) / len(rays)
    seen = [k for k in np.nonzero(area)[0] if solid[k].thing]
    kinds = len({solid[k].asset.category for k in seen})
    close = float((depth < CLOSE_M).mean())
    if len(seen) < least or close > 0.15 or area.max() > 0.55:
        return 0.0
    near = float((hit & (depth < 15.0)).mean())
    far = float((depth[hit] > 60.0).any()) if hit.any() else 0.0
    return (
        min(len(seen), 16)
        + 1.2 * kinds
        + 8.0 * min(near, 0.35)
        + 3.0 * far
        - 30.0 * close
        - 12.0 * max(area.max() - 0.3, 0)
    )

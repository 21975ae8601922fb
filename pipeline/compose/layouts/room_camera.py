"""A place in the room from which several things are seen."""

from __future__ import annotations

import numpy as np

from pipeline.compose.placement import Arrangement
from pipeline.compose.sight import first_hits, rays_through
from pipeline.compose.viewpoint import draw_stance
from pipeline.config import CameraConfig
from pipeline.scene import Camera, CannotPlace, look_at

CLEARANCE_M = 0.32
TRIES, JUDGED = 280, 32
DISTANCE_M = (1.8, 4.5)
"""From the piece of furniture a view is built around."""
USUAL_FOV_RAD = np.radians(60)
"""The lens that DISTANCE_M is meant for."""
FOCUS = (
    "sofa",
    "armchair",
    "coffee_table",
    "dining_table",
    "bookshelf",
    "sideboard",
    "tv_stand",
    "desk",
    "cabinet",
    "chair",
    "bed",
    "wardrobe",
    "dresser",
    "kitchen_sink",
    "stove",
    "kitchen_island",
    "toilet",
    "washbasin",
    "bathtub",
    "shower_cabin",
    "bench",
)


def choose_camera(room: Arrangement, config: CameraConfig, width: int, height: int, rng: np.random.Generator) -> Camera:
    """The best of a handful of free standpoints: many things, few of them close, not all wall.

    Raises CannotPlace when no standpoint is free or none shows at least three things.
    """
    if not any(p.thing for p in room.placed):
        raise CannotPlace("the room holds nothing to look at")
    focus = [p for p in room.placed if p.asset.category in FOCUS] or [p for p in room.placed if p.thing]
    fov = float(np.radians(rng.uniform(*config.fov_deg)))
    targets = np.array([p.extent.mean(0)[:2] for p in focus])[rng.integers(len(focus), size=TRIES)]
    # A small room is seen from as far as it lets one stand back, a long one along its length.
    longest = float(max(room.size[:2]))
    near, far = min(DISTANCE_M[0], 0.35 * longest), max(DISTANCE_M[1], 0.55 * longest)
    # A narrow lens needs distance, a wide one shows as much from close by.
    lens = float(np.clip(np.tan(USUAL_FOV_RAD / 2) / np.tan(fov / 2), 0.6, 2.0))
    near, far = min(near * lens, 0.6 * longest), max(far * lens, near + 0.5)
    bearing, distance = rng.uniform(-np.pi, np.pi, TRIES), rng.uniform(near, far, TRIES)
    stance = draw_stance(config, rng)
    heights, pitches = rng.uniform(*stance.height_m, TRIES), rng.uniform(*stance.pitch_rad, TRIES)
    spots = targets + distance[:, None] * np.stack([np.cos(bearing), np.sin(bearing)], 1)
    # Half of them anywhere in the room: from its corners one sees most.
    spots[::2] = rng.uniform(-0.5, 0.5, spots[::2].shape) * np.array(room.size[:2])
    eyes = np.column_stack([spots, heights])
    # A long lens has to point at what it is to show.
    aims = targets * (1 - 0.25 * min(1 / lens, 1.0) ** 2) + rng.uniform(-0.3, 0.3, (TRIES, 2))
    away = np.hypot(*(aims - eyes[:, :2]).T)
    free = (room.clearance(eyes) >= CLEARANCE_M) & (away > 0.8)
    best, best_score = None, -1.0
    for k, i in enumerate(np.nonzero(free)[0]):
        if k >= JUDGED and best is not None:
            break
        pose = look_at(eyes[i], np.array([*aims[i], eyes[i, 2] - away[i] * np.tan(pitches[i])]))
        camera = Camera.centred(width, height, fov, pose)
        score = _score(room, camera)
        if score > best_score:
            best, best_score = camera, score
    if best is None:
        raise CannotPlace("no free standpoint from which at least three things are seen")
    return best


def _score(room: Arrangement, camera: Camera) -> float:
    """How much a view shows, from a coarse grid of rays against the extents of things; negative when it is poor."""
    rays = rays_through(camera, np.linspace(0.04, 0.96, 16), np.linspace(0.04, 0.96, 12))
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    things = [p for p in room.placed if p.thing]
    low, high = np.array([p.extent[0] for p in things]), np.array([p.extent[1] for p in things])
    nearest, which = first_hits(camera.pose[:3, 3], rays, low, high)
    if room.outside is not None:
        # Behind a corner that juts into the room nothing is seen.
        solid = room.outside
        corners = [np.column_stack([solid.centre + s * solid.half, z]) for s, z in ((-1, solid.low), (1, solid.high))]
        corner, _ = first_hits(camera.pose[:3, 3], rays, *corners)
        nearest = np.where(corner < nearest, np.inf, nearest)
    seen = np.bincount(which[np.isfinite(nearest)], minlength=len(things))
    kinds = len({things[i].asset.category for i in np.nonzero(seen)[0]})
    count = int((seen > 0).sum())
    covered, close = float(np.isfinite(nearest).mean()), float((nearest < 0.9).mean())
    if count < 3 or close > 0.2:
        return -1.0
    # One thing that fills the picture hides the rest.
    largest = float(seen.max()) / len(rays)
    return min(count, 20) + 0.8 * kinds + 14.0 * min(covered, 0.6) - 40.0 * close - 25.0 * max(largest - 0.25, 0.0)

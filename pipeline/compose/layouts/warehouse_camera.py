"""A standpoint in an aisle or on the open floor from which much is seen."""

from __future__ import annotations

import numpy as np

from pipeline.compose.layouts.warehouse_plan import Hall
from pipeline.compose.sight import first_hits, rays_through
from pipeline.compose.viewpoint import draw_stance
from pipeline.config import CameraConfig
from pipeline.scene import Camera, CannotPlace, Float, look_at

CLEARANCE_M = 0.35
TRIES, JUDGED = 80, 9
CLOSE_M = 1.1
FAR_M = 35.0
"""Farther things are not counted in judging a view."""
FRAMES = ("pallet_rack", "high_bay_lamp")
"""What one sees through, or does not look at."""


def choose_camera(
    hall: Hall, focus: tuple[float, float], config: CameraConfig, width: int, height: int, rng: np.random.Generator
) -> Camera:
    """The best of a handful of free standpoints around `focus` (x, y): along an aisle, aslant, or across.

    Raises CannotPlace when no standpoint is free or none shows at least four things.
    """
    fov = float(np.radians(rng.uniform(*config.fov_deg)))
    stance = draw_stance(config, rng)
    size = np.array(hall.plan.size)
    spread = rng.normal(0, 1, (TRIES, 2)) * [3.0, 0.5]
    eyes = np.column_stack([np.array(focus) + spread, rng.uniform(*stance.height_m, TRIES)])
    # Some look in from the open floor at either end.
    away = rng.random(TRIES) < 0.3
    ends = np.where(rng.random(TRIES) < 0.6, hall.plan.racks_x[1] + 1.2, hall.plan.racks_x[0] - 1.0)
    eyes[away, 0] = (ends + rng.uniform(-0.6, 1.2, TRIES))[away]
    eyes[away, 1] += rng.uniform(-2.5, 2.5, TRIES)[away]
    forward = np.where(away, np.where(eyes[:, 0] > 0, np.pi, 0.0), np.where(rng.random(TRIES) < 0.5, np.pi, 0.0))
    aslant = rng.choice([0.12, 0.45, 1.1], TRIES, p=[0.5, 0.35, 0.15]) * rng.uniform(-1, 1, TRIES)
    yaws, pitches = forward + aslant, rng.uniform(*stance.pitch_rad, TRIES)
    extents = np.array([p.extent for p in hall.placed if p.asset.category not in ("floor", "wall", "ceiling")])
    gap = np.linalg.norm(
        np.maximum(np.maximum(extents[None, :, 0] - eyes[:, None], eyes[:, None] - extents[None, :, 1]), 0.0), axis=2
    ).min(1)
    free = (gap >= CLEARANCE_M) & (np.abs(eyes[:, :2]) < size[:2] / 2 - CLEARANCE_M).all(1)
    things = [p for p in hall.placed if p.thing and p.asset.category not in FRAMES]
    kinds = np.unique([p.asset.category for p in things], return_inverse=True)[1]
    boxes = np.array([p.extent for p in things]).reshape(-1, 2, 3)
    racks = np.array([p.extent for p in hall.placed if p.asset.category == "pallet_rack"])
    best, best_score = None, -1.0
    for i in np.nonzero(free)[0][:JUDGED]:
        aim = eyes[i] + [np.cos(yaws[i]), np.sin(yaws[i]), -np.tan(pitches[i])]
        camera = Camera.centred(width, height, fov, look_at(eyes[i], aim))
        score = _score(boxes, kinds, racks, camera)
        if score > best_score:
            best, best_score = camera, score
    if best is None:
        raise CannotPlace("no free standpoint from which at least four things are seen")
    return best


def _score(boxes: Float, kinds: np.ndarray, racks: Float, camera: Camera) -> float:
    """How much a view shows, from a coarse grid of rays against bounds [n, 2, 3]; negative when it is poor."""
    eye = camera.pose[:3, 3]
    toward = boxes.mean(1) - eye
    near = np.nonzero((toward @ camera.pose[:3, 2] > -1.0) & (np.abs(toward).max(1) < FAR_M))[0]
    if not len(near):
        return -1.0
    rays = rays_through(camera, np.linspace(0.04, 0.96, 13), np.linspace(0.06, 0.96, 9))
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    nearest, which = first_hits(eye, rays, boxes[near, 0], boxes[near, 1])
    hit = np.isfinite(nearest)
    seen = np.unique(near[which[hit]])
    close = float((np.minimum(nearest, first_hits(eye, rays, racks[:, 0], racks[:, 1])[0]) < CLOSE_M).mean())
    if len(seen) < 4 or close > 0.25:
        return -1.0
    depth = float(np.ptp(np.log(np.maximum(nearest[hit], 0.5))))
    variety = len(np.unique(kinds[seen]))
    return min(len(seen), 30) + 3.0 * variety + 3.0 * depth + 25.0 * min(float(hit.mean()), 0.6) - 60.0 * close

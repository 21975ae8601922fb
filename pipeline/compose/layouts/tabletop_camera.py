"""A camera close to a table."""

from __future__ import annotations

import numpy as np

from pipeline.compose.placement import Arrangement
from pipeline.config import CloseUpConfig
from pipeline.scene import Camera, CannotPlace, Float, Object, look_at

TRIES = 80
CLEARANCE_M = 0.12
"""Free space around the camera."""
LINE_M = 0.02
"""Free space around the line of sight, from the camera to just above the heap."""
LEAST_SEEN = 0.5
"""Share of the things that must be in the picture."""


def choose_close_up(
    config: CloseUpConfig,
    things: list[Object],
    table: Float,
    room: Arrangement,
    width: int,
    height: int,
    rng: np.random.Generator,
) -> Camera:
    """The first of many standpoints that is free and sees the heap. table: pose of the table's top [4, 4].

    Raises CannotPlace when none is.
    """
    corners = np.concatenate([thing.world_vertices() for thing in things])
    middle = np.median(corners, axis=0)
    centres = np.array([thing.world_vertices().mean(0) for thing in things])
    top = float(corners[:, 2].max())
    fov = float(np.radians(rng.uniform(*config.fov_deg)))
    for _ in range(TRIES):
        pitch, azimuth = np.radians(rng.uniform(*config.pitch_deg)), rng.uniform(0, 2 * np.pi)
        away = np.array([np.cos(pitch) * np.cos(azimuth), np.cos(pitch) * np.sin(azimuth), np.sin(pitch)])
        aim = middle + np.array([*rng.uniform(-0.05, 0.05, 2), 0.0])
        eye = aim + away * rng.uniform(*config.distance_m)
        if np.linalg.norm(corners - eye, axis=1).min() < CLEARANCE_M:
            continue
        share = np.linspace(0, 1, 12)[:, None]
        line = eye + share * (aim - eye)
        line = line[line[:, 2] > max(top, float(table[2, 3])) + LINE_M] if pitch > 0.3 else line[:6]
        if room.clearance(eye[None])[0] < CLEARANCE_M or (len(line) and room.clearance(line).min() < LINE_M):
            continue
        camera = Camera.centred(width, height, fov, look_at(eye, aim))
        seen = (centres - eye) @ camera.pose[:3, :3]
        pixels = seen @ camera.intrinsics.T
        pixels = pixels[:, :2] / np.maximum(pixels[:, 2:], 1e-6)
        inside = (seen[:, 2] > 0) & (pixels > 0).all(1) & (pixels < (width, height)).all(1)
        if inside.mean() >= LEAST_SEEN:
            return camera
    raise CannotPlace("no free standpoint from which the table is seen")

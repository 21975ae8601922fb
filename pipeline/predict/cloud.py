"""Depth -> points in space, as a PLY file."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.finetune.pictures import resize
from pipeline.predict.ask import Answer
from pipeline.predict.photo import Photo
from pipeline.scene import Camera

FOV_DEG = 60.0
"""Angle across the longer side of a photo that says nothing of its lens: a phone's camera has 60 to 70."""
FILM_DIAGONAL_MM = math.hypot(36.0, 24.0)
"""A focal length "in 35 mm film" has the same angle across the picture's diagonal (CIPA DCG-001)."""
MOST_POINTS = 1_000_000


@dataclass(frozen=True)
class FieldOfView:
    """Angle across the longer side of a picture, and where it is from."""

    degrees: float
    source: str


def field_of_view(photo: Photo, fov_deg: float | None) -> FieldOfView:
    """As given; else by the photo's Exif; else FOV_DEG, which is a guess."""
    if fov_deg is not None:
        return FieldOfView(fov_deg, "as given")
    if photo.focal_35mm:
        height, width = photo.rgb.shape[:2]
        focal_px = photo.focal_35mm / FILM_DIAGONAL_MM * math.hypot(height, width)
        degrees = math.degrees(2 * math.atan(max(height, width) / 2 / focal_px))
        return FieldOfView(degrees, f"from Exif, {photo.focal_35mm:g} mm on 35 mm film")
    return FieldOfView(FOV_DEG, "assumed; --fov-deg says otherwise")


def cloud(answer: Answer, photo: Photo, fov: FieldOfView) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """What `back_project` makes of a depth answer: a point for each pixel of the photo, or of the photo shrunk to
    MOST_POINTS pixels. The camera looks through the picture's centre; its pixels are square."""
    height, width = photo.rgb.shape[:2]
    shrink = min(1.0, math.sqrt(MOST_POINTS / (height * width)))
    height, width = max(1, int(height * shrink)), max(1, int(width * shrink))
    camera = Camera.centred(width, height, math.radians(fov.degrees), np.eye(4))
    return back_project(answer.read(height, width), resize(photo.rgb, height, width), camera)


def back_project(
    depth_m: NDArray[np.float32], rgb: NDArray[np.uint8], camera: Camera
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Points float32 [N, 3] in metres, in the camera's axes (x right, y down, z forward), and their colors uint8 [N, 3].

    depth_m: [H, W] along the optical axis; pixels without a surface (+inf) give no point. Pixel centres are at integer
    coordinates of `camera.intrinsics`.
    """
    seen = np.isfinite(depth_m)
    return (camera.rays()[seen] * depth_m[seen][:, None]).astype(np.float32), rgb[seen]


def ply(points: NDArray[np.float32], colors: NDArray[np.uint8], comments: list[str]) -> bytes:
    """Points [N, 3] and colors [N, 3] as binary little-endian PLY 1.0: float x, y, z; uchar red, green, blue."""
    head = ["ply", "format binary_little_endian 1.0", *(f"comment {line}" for line in comments)]
    head += [f"element vertex {len(points)}", *(f"property float {axis}" for axis in "xyz")]
    head += [*(f"property uchar {name}" for name in ("red", "green", "blue")), "end_header\n"]
    rows = np.empty(len(points), [("xyz", "<f4", 3), ("rgb", "u1", 3)])
    rows["xyz"], rows["rgb"] = points, colors
    return "\n".join(head).encode("ascii") + rows.tobytes()


def comments(fov: FieldOfView) -> list[str]:
    """What a reader of the file must know."""
    return [
        "metres; camera at the origin, x right, y down, z forward (OpenCV axes)",
        f"field of view {fov.degrees:.2f} degrees across the longer side, {fov.source}",
    ]

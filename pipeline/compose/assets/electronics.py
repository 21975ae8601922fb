"""Screens, clocks and loudspeakers. Fronts face +y."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.shapes import box, disc, lathe, move, turn
from pipeline.compose.materials import Finish
from pipeline.scene import Material, Mesh


def picture_on(mesh: Mesh, width: float, height: float) -> Mesh:
    """`mesh` with its uv spread once over a `width` x `height` upright front centred on x = 0 and standing on z = 0.

    Seen from +y, where x runs to the left, the picture is upright and not mirrored.
    """
    uv = np.stack([0.5 - mesh.vertices[:, 0] / width, mesh.vertices[:, 2] / height], 1)
    return Mesh(mesh.vertices, mesh.faces, uv, mesh.normals)


def _screen(rng: np.random.Generator) -> Finish:
    """Off (dark glass), or showing blurred bands of colour under a lighter window."""
    if rng.random() < 0.6:
        return materials.plain("glass", (0.035, 0.037, 0.045), 0.12)
    image = rng.integers(20, 235, (4, 6, 3)).astype(np.uint8)
    image = np.asarray(cv2.resize(image, (192, 112), interpolation=cv2.INTER_CUBIC), np.uint8)
    if rng.random() < 0.5:
        cv2.rectangle(image, (20, 18), (130, 90), (236, 238, 240), -1)
        for k in range(5):
            cv2.line(image, (28, 30 + 12 * k), (int(rng.integers(60, 124)), 30 + 12 * k), (90, 95, 105), 2)
    mean = image.reshape(-1, 3).mean(0) / 255
    name = materials.nearest_color_name((float(mean[0]), float(mean[1]), float(mean[2])))
    return Finish(Material("glass", (1.0, 1.0, 1.0), name, image, 0.15, 0.0), 1.0)


def television(rng: np.random.Generator) -> Asset:
    """A flat screen of 40 to 60 inches on a foot or two."""
    diagonal = float(rng.uniform(40, 58)) * 0.0254
    width, height = diagonal * 0.872, diagonal * 0.49
    case = materials.plain("plastic", (0.06, 0.06, 0.065), 0.4) if rng.random() < 0.8 else materials.metal(rng)
    screen, foot = _screen(rng), float(rng.uniform(0.05, 0.09))
    panel = picture_on(box((width - 0.024, 0.004, height - 0.024), (0, 0.0155, 0.012), 0), width, height)
    pieces: list[Piece] = [
        (box((width, 0.03, height), (0, 0, foot), 0.004), case),
        (move(panel, (0, 0, foot)), screen),
        (box((width * 0.55, 0.035, height * 0.5), (0, -0.028, foot + height * 0.12), 0.012), case),
    ]
    if rng.random() < 0.5:
        pieces.append((box((width * 0.35, 0.2, 0.012), (0, 0, 0), 0.004), case))
        pieces.append((box((0.12, 0.03, foot), (0, 0, 0.006), 0.004), case))
    else:
        for sx in (-1, 1):
            pieces.append((box((0.03, 0.22, 0.012), (sx * width * 0.35, 0, 0), 0.004), case))
            pieces.append((box((0.028, 0.025, foot), (sx * width * 0.35, 0, 0.006), 0.003), case))
    return assemble("television", pieces, rng, main=case)


def laptop(rng: np.random.Generator) -> Asset:
    """An open notebook computer; the user is at +y."""
    shell = materials.plain("metal", (0.58, 0.59, 0.61) if rng.random() < 0.6 else (0.16, 0.16, 0.18), 0.4, 0.4)
    keys, screen = materials.plain("plastic", (0.07, 0.07, 0.08), 0.6), _screen(rng)
    width, depth = float(rng.uniform(0.3, 0.36)), float(rng.uniform(0.21, 0.25))
    pieces: list[Piece] = [(box((width, depth, 0.014), bevel=0.004), shell)]
    pieces.append((box((width * 0.86, depth * 0.45, 0.002), (0, -depth * 0.16, 0.0135), 0.001), keys))
    pieces.append((box((width * 0.32, depth * 0.26, 0.001), (0, depth * 0.29, 0.0138), 0), keys))
    lid = [(box((width, 0.007, depth), (0, 0, 0), 0.003), shell)]
    panel = picture_on(box((width - 0.016, 0.002, depth - 0.02), (0, 0.0035, 0.012), 0), width, depth)
    lid.append((panel, screen))
    lean = float(np.radians(rng.uniform(8, 25)))
    pieces += [(move(turn(mesh, lean, 0), (0, -depth / 2 + 0.004, 0.012)), finish) for mesh, finish in lid]
    return assemble("laptop", pieces, rng, main=shell)


def clock(rng: np.random.Generator) -> Asset:
    """A wall clock: face, rim, ticks and two hands; its back lies along -y."""
    radius = float(rng.uniform(0.13, 0.22))
    rim = materials.metal(rng) if rng.random() < 0.5 else materials.cabinet(rng)
    light = rng.random() < 0.7
    face = materials.plain("plastic", (0.94, 0.93, 0.9) if light else (0.09, 0.09, 0.1), 0.6)
    ink = materials.plain("metal", (0.08, 0.08, 0.09) if light else (0.9, 0.9, 0.88), 0.5)
    ring = lathe(
        [(radius - 0.02, 0.0), (radius, 0.0), (radius, 0.035), (radius - 0.012, 0.04), (radius - 0.02, 0.03)],
        48,
        closed=True,
    )
    flat: list[Piece] = [(ring, rim), (disc(radius - 0.015, 0.018, 0.002, sides=48), face)]
    for hour in range(12):
        size = (0.008, 0.03, 0.002) if hour % 3 == 0 else (0.005, 0.018, 0.002)
        tick = box(size, (0, radius - 0.05, 0.0175), 0)
        flat.append((turn(tick, hour * np.pi / 6), ink))
    for length, wide, z in ((0.5, 0.012, 0.0195), (0.75, 0.008, 0.0215)):
        hand = box((wide, radius * length, 0.002), (0, radius * length / 2 - 0.015, z), 0)
        flat.append((turn(hand, float(rng.uniform(0, 2 * np.pi))), ink))
    flat.append((disc(0.012, 0.008, 0.002, (0, 0, 0.0175), 16), ink))
    # Drawn lying on its back; stood up, the face looks along +y.
    pieces = [(turn(mesh, -np.pi / 2, 0), finish) for mesh, finish in flat]
    return assemble("clock", pieces, rng, main=face)


def speaker(rng: np.random.Generator) -> Asset:
    """A box loudspeaker with two round drivers."""
    body, cone = materials.cabinet(rng), materials.plain("plastic", (0.07, 0.07, 0.075), 0.7)
    width, depth, height = (float(rng.uniform(*r)) for r in ((0.15, 0.2), (0.17, 0.24), (0.26, 0.36)))
    pieces: list[Piece] = [(box((width, depth, height), bevel=0.006), body)]
    for share, at in ((0.4, 0.3), (0.18, 0.75)):
        r = width * share
        driver = lathe(
            [(0, 0), (r, 0), (r, 0.008), (r * 0.85, 0.01), (r * 0.4, 0.002), (r * 0.3, 0.006), (0, 0.008)], 28
        )
        pieces.append((move(turn(driver, -np.pi / 2, 0), (0, depth / 2 - 0.001, height * at)), cone))
    return assemble("speaker", pieces, rng, main=body)


GENERATORS = {
    "clock": clock,
    "laptop": laptop,
    "speaker": speaker,
    "television": television,
}

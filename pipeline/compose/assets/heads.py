"""Heads of people: a face with features, hair and hats. Faces look along +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Piece
from pipeline.compose.assets.bodies import decal, loft, patch, rings
from pipeline.compose.assets.shapes import ellipsoid, lathe, move, tube
from pipeline.compose.materials import Finish, Rgb
from pipeline.scene import Float, Mesh

HAIR: tuple[Rgb, ...] = (
    (0.07, 0.05, 0.04),
    (0.16, 0.10, 0.06),
    (0.30, 0.18, 0.09),
    (0.62, 0.46, 0.24),
    (0.45, 0.20, 0.09),
    (0.62, 0.61, 0.60),
)


def head(
    rng: np.random.Generator, height: float, drop: float, woman: bool, child: bool, shoulder: float, skin: Finish
) -> list[Piece]:
    """Neck, head, face, hair and perhaps a hat of somebody `height` tall whose stride lowers them by `drop`, on
    shoulders at height `shoulder`."""
    tall = height * (0.134 if not child else 0.158)
    chin = height - drop - tall
    u = tall / 0.225
    neck = tube(
        [(0, -0.018 * u, shoulder - 0.02 * u), (0, -0.012 * u, chin + 0.06 * u)],
        0.054 * u * (0.88 if woman or child else 1.0),
        14,
    )
    skull = _skull(u, chin, 1.0)
    pieces: list[Piece] = [(neck, skin), (skull, skin)]
    pieces += _face(rng, skull, u, chin, woman, skin)
    hair = materials.textured(rng, "hair", "brushed", materials.tone_of(rng, HAIR), 0.35, 0.1, 0.6)
    pieces += _hair(rng, u, chin, woman, shoulder, hair)
    return pieces


def _skull(u: float, chin: float, grow: float, shift: float = 0.0) -> Mesh:
    """Level rings from the chin to the crown of a head 0.225 u tall."""
    z = np.array([0.0, 0.006, 0.02, 0.045, 0.075, 0.11, 0.145, 0.175, 0.2, 0.216, 0.2235, 0.225]) * u
    wide = np.array([0.012, 0.03, 0.043, 0.056, 0.066, 0.073, 0.077, 0.075, 0.063, 0.043, 0.02, 0.0]) * u
    front = np.array([0.075, 0.085, 0.09, 0.091, 0.09, 0.091, 0.09, 0.083, 0.066, 0.042, 0.016, -0.008]) * u
    back = np.array([0.05, 0.035, 0.005, -0.035, -0.066, -0.09, -0.1, -0.096, -0.08, -0.056, -0.03, -0.008]) * u
    at = np.stack([0 * z, (front + back) / 2 + shift, chin + z], 1)
    half = np.stack([wide, (front - back) / 2], 1)
    if grow != 1.0:
        middle = np.array([0.0, -0.01 * u, chin + 0.13 * u])
        at, half = middle + (at - middle) * grow, half * grow
    return loft(rings(at, half, 2, 2.15, 22), 70.0)


def _face(rng: np.random.Generator, skull: Mesh, u: float, chin: float, woman: bool, skin: Finish) -> list[Piece]:
    white, iris = (
        materials.plain("plastic", (0.93, 0.92, 0.9), 0.25),
        materials.plain("plastic", (0.12, 0.08, 0.06), 0.2),
    )
    lips = materials.plain("skin", materials.shaded(_skin_tone(skin, 0.72 if woman else 0.8), 1.0), 0.5)
    brow = materials.plain("hair", (0.12, 0.08, 0.06), 0.8)
    pieces: list[Piece] = []
    nose = np.array([[0, 0.086, 0.118], [0, 0.095, 0.1], [0, 0.107, 0.083], [0, 0.098, 0.076]]) * u + [0, 0, chin]
    pieces.append((tube(nose, np.array([0.007, 0.0095, 0.0125, 0.008]) * u, 8), skin))
    for s in (-1, 1):
        pieces.append(
            (
                ellipsoid(
                    np.array([0.0135, 0.009, 0.0085]) * u, np.array([s * 0.032, 0.079, 0.102]) * u + [0, 0, chin], 10
                ),
                white,
            )
        )
        pieces.append(
            (
                ellipsoid(
                    np.array([0.0065, 0.005, 0.0072]) * u, np.array([s * 0.032, 0.0848, 0.1035]) * u + [0, 0, chin], 8
                ),
                iris,
            )
        )
        line = patch(
            np.array([(s * 0.016, 0.124), (s * 0.05, 0.126), (s * 0.05, 0.131), (s * 0.016, 0.131)]) * u + [0, chin],
            4,
            2,
        )
        pieces.append((decal(skull, line, 1, 1, 0.004 * u, 0.001), brow))
        pieces.append(
            (
                ellipsoid(
                    np.array([0.009, 0.017, 0.03]) * u, np.array([s * 0.077, -0.008, 0.075]) * u + [0, 0, chin], 10
                ),
                skin,
            )
        )
    mouth = patch(np.array([(-0.014, 0.046), (0.014, 0.046), (0.023, 0.056), (-0.023, 0.056)]) * u + [0, chin], 5, 3)
    pieces.append((decal(skull, mouth, 1, 1, 0.005 * u, 0.001), lips))
    return pieces


def _skin_tone(skin: Finish, factor: float) -> Rgb:
    """The mean colour of a skin, reddened and darkened."""
    texture = skin.material.texture
    r, g, b = skin.material.color if texture is None else texture.reshape(-1, 3).mean(0) / 255
    return float(r) * min(1.0, factor + 0.12), float(g) * factor * 0.85, float(b) * factor * 0.85


def _hair(rng: np.random.Generator, u: float, chin: float, woman: bool, shoulder: float, hair: Finish) -> list[Piece]:
    hat = rng.random()
    if hat < 0.16:
        return _hat(rng, u, chin, hair)
    kind = int(rng.integers(4)) if woman else int(rng.choice([0, 0, 0, 4]))
    pieces: list[Piece] = []
    if kind == 4 and rng.random() < 0.5:
        return []
    full = 1.0 if kind == 4 else float(rng.uniform(1.03, 1.2))
    pieces.append((_cap(u, chin, float(rng.uniform(0.15, 0.172)), full), hair))
    if kind == 1:
        pieces.append(
            (ellipsoid(np.array([0.04, 0.04, 0.04]) * u, np.array([0, -0.125, 0.15]) * u + [0, 0, chin], 12), hair)
        )
    elif kind == 2:
        tail = np.array(
            [[0, -0.1, 0.165], [0, -0.14, 0.16], [0, -0.15, 0.1], [0, -0.135, 0.03], [0, -0.125, -0.03]]
        ) * u + [0, 0, chin]
        pieces.append((tube(tail, np.array([0.02, 0.03, 0.034, 0.026, 0.008]) * u, 10), hair))
    elif kind == 3:
        long = float(rng.uniform(-0.1, 0.02))
        z = np.array([long, 0.05, 0.1, 0.15, 0.185]) * u + chin
        half = np.array([[0.072, 0.035], [0.088, 0.05], [0.09, 0.062], [0.087, 0.07], [0.07, 0.06]]) * u
        at = np.stack([0 * z, np.array([-0.085, -0.07, -0.05, -0.035, -0.03]) * u, z], 1)
        pieces.append((loft(rings(at, half, 2, 2.6, 20), 60.0), hair))
    return pieces


def _cap(u: float, chin: float, brow: float, full: float = 1.0) -> Mesh:
    """Hair over the skull: a shell that comes down to `brow` in front and to the neck behind; `full` hair stands off."""
    mesh_rings: list[Float] = []
    angle = np.linspace(0, 2 * np.pi, 22, endpoint=False)
    ahead = 0.5 + 0.5 * np.sin(angle)
    low = (0.045 + (brow + 0.04 - 0.045) * ahead**0.8) * u
    for t in np.array([0.0, 0.2, 0.42, 0.62, 0.8, 0.92, 1.0]):
        z = low + ((0.236 + 0.1 * (full - 1)) * u - low) * np.sin(t * np.pi / 2)
        share = np.clip(1 - (np.clip(z - 0.12 * u, 0, None) / ((0.1161 + 0.1 * (full - 1)) * u)) ** 2.5, 0.0, 1.0) ** (
            1 / 2.5
        )
        x = 0.085 * full * u * share * np.cos(angle)
        y = (-0.004 - 0.004 * full) * u + (0.104 + 0.1 * (full - 1) * (1 - ahead)) * u * share * np.sin(angle)
        mesh_rings.append(np.stack([x, y, chin + z], 1))
    mesh_rings[-1] = np.repeat(mesh_rings[-1].mean(0, keepdims=True), 22, 0)
    return loft(np.stack(mesh_rings), 70.0)


def _hat(rng: np.random.Generator, u: float, chin: float, hair: Finish) -> list[Piece]:
    """A woollen hat, a peaked cap or a brimmed hat over short hair."""
    kind = int(rng.integers(3))
    cloth = materials.fabric(rng, ("red", "blue", "black", "gray", "green", "beige", "yellow"))
    r, base = 0.094 * u, chin + 0.148 * u
    dome = lathe(
        [
            (0, 0),
            (r * 0.97, 0),
            (r, 0.01 * u),
            (r * 0.96, 0.05 * u),
            (r * 0.75, 0.085 * u),
            (r * 0.4, 0.102 * u),
            (0, 0.106 * u),
        ],
        20,
    )
    vertices = dome.vertices * [0.95, 1.12, 1.0] + [0, -0.008 * u, base]
    pieces: list[Piece] = [
        (Mesh(vertices, dome.faces, dome.uv, dome.normals), cloth),
        (_cap(u * 0.98, chin + 0.002, 0.1), hair),
    ]
    if kind == 0:
        pieces.append((ellipsoid(np.array([0.024, 0.024, 0.024]) * u, (0, -0.008 * u, base + 0.1 * u), 10), cloth))
    elif kind == 1:
        y = np.array([0.06, 0.1, 0.14, 0.155]) * u
        peak = rings(
            np.stack([0 * y, y, base + np.array([0.012, 0.012, 0.004, -0.002]) * u], 1),
            np.array([[0.08, 0.005], [0.072, 0.005], [0.05, 0.005], [0.02, 0.004]]) * u,
            1,
            3.0,
            14,
        )
        pieces.append((loft(peak), cloth))
    else:
        brim = lathe(
            [(r * 0.9, 0), (r * 1.75, -0.01 * u), (r * 1.78, -0.004 * u), (r * 0.9, 0.008 * u)], 26, closed=True
        )
        pieces.append((move(brim, (0, -0.008 * u, base + 0.008 * u)), cloth))
    return pieces

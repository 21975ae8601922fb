"""Scenes the renderer tests look at: a lit tableau outdoors and a closed room, built by hand, no recipe involved."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.scene import Camera, Light, Material, Mesh, Object, Part, Scene, look_at, upright

CLASSES = ("background", "floor", "wall", "box", "ball", "cylinder")
MATT = Material("paint", (0.8, 0.8, 0.8), "grey")
RED = Material("plastic", (0.75, 0.1, 0.08), "red", roughness=0.45)
STEEL = Material("metal", (0.75, 0.75, 0.78), "silver", roughness=0.25, metallic=1.0)


def linear_to_srgb(linear: Any) -> NDArray[np.float64]:
    """sRGB values in [0, 1] of linear light, any shape; what exceeds the film is clipped."""
    linear = np.clip(np.asarray(linear, np.float64), 0.0, 1.0)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def checker(a: tuple[int, int, int], b: tuple[int, int, int], cells: int = 4, size: int = 64) -> Any:
    """A checkered texture: uint8 [size, size, 3]."""
    tile = np.indices((size, size)) * cells // size
    return np.where((tile.sum(0) % 2)[..., None], np.uint8(a), np.uint8(b)).astype(np.uint8)


def quad(size_x: float, size_y: float, repeats: float = 1.0) -> Mesh:
    """A rectangle in the xy-plane, facing +z."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2.0
    vertices = np.column_stack([corners * (size_x, size_y), np.zeros(4)])
    return Mesh(vertices, np.array([[0, 1, 2], [0, 2, 3]], np.int32), uv=(corners + 0.5) * repeats)


def box(x: float, y: float, z: float) -> Mesh:
    """A box that stands on z = 0, every face with its own copy of the texture."""
    sides = []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            normal = np.eye(3)[axis] * sign
            u = np.roll(np.eye(3)[axis], 1)
            v = np.cross(normal, u)
            sides.append([(normal + a * u + b * v) / 2 for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))])
    vertices = (np.array(sides).reshape(-1, 3) + np.array([0, 0, 0.5])) * (x, y, z)
    faces = np.concatenate([np.array([[0, 1, 2], [0, 2, 3]]) + 4 * i for i in range(6)]).astype(np.int32)
    return Mesh(vertices, faces, uv=np.tile([[0.0, 0], [1, 0], [1, 1], [0, 1]], (6, 1)))


def ball(radius: float, rings: int = 24) -> Mesh:
    """A smooth sphere around the origin, without degenerate triangles."""
    theta, phi = np.meshgrid(np.linspace(0, np.pi, rings + 1), np.linspace(0, 2 * np.pi, 2 * rings + 1), indexing="ij")
    normals = np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], -1).reshape(-1, 3)
    cell = np.array([(i, j) for i in range(rings) for j in range(2 * rings)])
    a = cell[:, 0] * (2 * rings + 1) + cell[:, 1]
    b = a + 2 * rings + 1
    lower, upper = np.stack([a, b, b + 1], 1), np.stack([a, b + 1, a + 1], 1)
    faces = np.concatenate([lower[cell[:, 0] < rings - 1], upper[cell[:, 0] > 0]]).astype(np.int32)
    return Mesh(normals * radius, faces, normals=normals)


def cylinder(radius: float, height: float, sides: int = 48) -> list[Mesh]:
    """A standing cylinder: a smooth side and two flat caps."""
    angle = np.linspace(0, 2 * np.pi, sides + 1)
    ring = np.column_stack([np.cos(angle), np.sin(angle), np.zeros(sides + 1)])
    low, high = ring * radius, ring * radius + (0, 0, height)
    i = np.arange(sides)
    j = i + sides + 1
    side = np.concatenate([np.stack([i, i + 1, j + 1], 1), np.stack([i, j + 1, j], 1)]).astype(np.int32)
    fan = np.stack([np.zeros(sides - 2, int), i[1:-1], i[2:]], 1).astype(np.int32)
    return [
        Mesh(np.concatenate([low, high]), side, normals=np.concatenate([ring, ring])),
        Mesh(high, fan),
        Mesh(low, fan[:, ::-1].copy()),
    ]


def thing(name: str, category: str, meshes: Any, material: Material, at: Any, yaw: float = 0.0) -> Object:
    meshes = meshes if isinstance(meshes, list) else [meshes]
    return Object(name, category, tuple(Part(mesh, material) for mesh in meshes), upright(at, yaw))


def shining(kind: Any, at: Any, target: Any, power: float, size: Any, color: Any = (1.0, 1.0, 1.0)) -> Light:
    """A light at `at` whose -z points to `target`."""
    back = np.asarray(at, float) - np.asarray(target, float)
    back /= np.linalg.norm(back)
    side = np.cross([0.0, 1.0, 0.0], back)
    side /= np.linalg.norm(side)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([side, np.cross(back, side), back], axis=1)
    pose[:3, 3] = at
    return Light(kind, pose, color, power, size)


def tableau(width: int = 128, height: int = 128, lights: str = "sun area point") -> Scene:
    """Solids on a checkered ground under the sky: sun, rectangle and point, any of them."""
    wood = Material("wood", (1.0, 0.85, 0.7), "brown", texture=checker((150, 90, 40), (200, 150, 90)), roughness=0.6)
    ground = Material(
        "stone", (1.0, 1.0, 1.0), "grey", texture=checker((190, 190, 185), (120, 125, 130), 2), roughness=0.8
    )
    objects = (
        thing("ground", "floor", quad(12, 12, 12), ground, (0, 0, 0)),
        thing("box", "box", box(0.6, 0.6, 0.6), wood, (-0.75, 0.2, 0), 0.5),
        thing("ball", "ball", ball(0.35), RED, (0.15, -0.35, 0.35)),
        thing("cylinder", "cylinder", cylinder(0.25, 0.8), STEEL, (0.9, 0.3, 0)),
    )
    lamps = {
        "sun": shining("sun", (2, -3, 5), (0, 0, 0), 2.5, (0.03, 0.03), (1.0, 0.95, 0.88)),
        "area": shining("area", (-2.0, -1.0, 2.5), (0, 0, 0.3), 90.0, (0.8, 0.5), (0.85, 0.92, 1.0)),
        "point": shining("point", (1.2, -1.2, 1.4), (0, 0, 0), 40.0, (0.05, 0.05), (1.0, 0.75, 0.5)),
    }
    camera = Camera.centred(width, height, np.radians(50), look_at(np.array([0.3, -3.2, 1.7]), np.array([0, 0, 0.3])))
    chosen = tuple(lamps[name] for name in lights.split())
    sky = (0.35, 0.45, 0.6)
    return Scene("tableau", objects, chosen, camera, CLASSES, background=sky, exposure=-0.6, metered=False)


def room(width: int = 128, height: int = 128) -> Scene:
    """A closed room of 4 x 5 x 2.6 m that one rectangle at the ceiling and one bulb light."""
    floor = Material("wood", (1, 1, 1), "brown", texture=checker((150, 105, 65), (135, 90, 55), 4), roughness=0.4)
    warm = dataclasses.replace(MATT, color=(0.85, 0.8, 0.72))
    green = Material("fabric", (0.25, 0.5, 0.3), "green", roughness=0.9)
    flip = np.diag([1.0, -1.0, -1.0, 1.0])
    ceiling = Object("ceiling", "wall", (Part(quad(4, 5), MATT),), flip)
    ceiling.pose[2, 3] = 2.6
    walls = []
    for i, (at, yaw, span) in enumerate(
        [
            ((0, 2.5, 1.3), 0.0, 4),
            ((0, -2.5, 1.3), np.pi, 4),
            ((-2, 0, 1.3), np.pi / 2, 5),
            ((2, 0, 1.3), -np.pi / 2, 5),
        ]
    ):
        up = np.array([[1.0, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
        walls.append(Object(f"wall_{i}", "wall", (Part(quad(span, 2.6), warm),), upright(at, yaw) @ up))
    objects = (
        thing("floor", "floor", quad(4, 5, 3), floor, (0, 0, 0)),
        ceiling,
        *walls,
        thing("table", "box", box(1.4, 0.8, 0.05), Material("wood", (0.6, 0.4, 0.25), "brown"), (0.3, 0.9, 0.7)),
        *(
            thing(f"leg_{i}", "box", box(0.06, 0.06, 0.7), STEEL, (0.3 + x, 0.9 + y, 0))
            for i, (x, y) in enumerate([(-0.6, -0.3), (0.6, -0.3), (-0.6, 0.3), (0.6, 0.3)])
        ),
        thing("sofa", "box", [box(0.8, 1.8, 0.42)], green, (-1.5, 0.6, 0)),
        thing("ball", "ball", ball(0.18), RED, (0.2, 0.8, 0.93)),
        thing("can", "cylinder", cylinder(0.07, 0.3), STEEL, (0.7, 0.8, 0.75)),
    )
    lights = (
        shining("area", (0, 0.3, 2.58), (0, 0.3001, 0), 90.0, (0.9, 0.6), (1.0, 0.93, 0.84)),
        shining("point", (-1.5, 2.0, 1.5), (0, 0, 0), 20.0, (0.06, 0.06), (1.0, 0.8, 0.55)),
    )
    camera = Camera.centred(
        width, height, np.radians(70), look_at(np.array([1.3, -2.1, 1.5]), np.array([-0.3, 1.0, 0.7]))
    )
    return Scene("room", objects, lights, camera, CLASSES, background=(0.0, 0.0, 0.0), indoors=True, metered=False)

"""Layout "primitives": coloured solids at rest on a ground, under a sun. Small, quick, and known in closed form."""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets import solids
from pipeline.compose.colors import named_color
from pipeline.compose.daylight import outdoor_light
from pipeline.compose.grid import mesh_on_grid
from pipeline.config import PrimitivesRecipe
from pipeline.scene import (
    Camera,
    CannotPlace,
    Environment,
    Float,
    Light,
    Material,
    Mesh,
    Object,
    Part,
    Scene,
    look_at,
    upright,
)  # fmt: skip

CLASSES = ("background", "ground", "box", "capsule", "cone", "cylinder", "pyramid", "sphere", "torus")
GROUND_EDGE_M = 200.0
GAP_M = 0.06
LYING = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])


def compose_primitives(
    recipe: PrimitivesRecipe, width: int, height: int, rng: np.random.Generator, panorama: Environment | None = None
) -> Scene:
    """Solids whose footprints keep GAP_M apart, a ground, a sun, a sky, and a camera that looks at their middle.

    panorama: what lights them and shows behind them, in place of the sun and the even sky.
    """
    objects = [_ground(recipe, rng)]
    taken: list[tuple[Float, float]] = []
    counts: dict[str, int] = {}
    for _ in range(rng.integers(recipe.count[0], recipe.count[1] + 1)):
        shape = str(rng.choice(recipe.shapes))
        mesh = mesh_on_grid(_solid(shape, rng.uniform(*recipe.size_m), rng))
        radius = float(np.linalg.norm(mesh.vertices[:, :2], axis=1).max())
        position = _free_spot(radius, taken, recipe.spread_m, rng)
        taken.append((position, radius))
        counts[shape] = counts.get(shape, 0) + 1
        material = _material(str(rng.choice(recipe.colors)), rng)
        objects.append(
            Object(
                name=f"{shape}_{counts[shape]}",
                category=shape,
                parts=(Part(mesh, material),),
                pose=upright([*position, 0.0], rng.uniform(0, 2 * np.pi)),
                support="ground",
                attributes={"color": material.color_name, "material": material.name},
            )
        )
    light = None if panorama is None else outdoor_light("day", rng, panorama)
    return Scene(
        recipe=recipe.name,
        objects=tuple(objects),
        lights=light.lights if light else (_sun(rng),),
        camera=_camera(recipe, taken, width, height, rng),
        classes=CLASSES,
        background=light.background if light else (0.55, 0.62, 0.72),
        exposure=light.exposure if light else 0.0,
    )


def _solid(shape: str, size: float, rng: np.random.Generator) -> Mesh:
    slim = rng.uniform(0.7, 1.3)
    if shape == "box":
        return solids.box(size, size * slim, size * rng.uniform(0.6, 1.4))
    if shape == "sphere":
        return solids.sphere(size / 2)
    if shape == "cylinder":
        mesh = solids.cylinder(size / 2 * slim**0.5, size * 1.2)
        return solids.turned(mesh, LYING) if rng.random() < 0.3 else mesh
    if shape == "cone":
        return solids.cone(size / 2, size * 1.2 * slim)
    if shape == "torus":
        tube = size * rng.uniform(0.12, 0.18)
        return solids.torus(size / 2 - tube, tube)
    if shape == "capsule":
        mesh = solids.capsule(size / 4, size * 0.6)
        return solids.turned(mesh, LYING) if rng.random() < 0.5 else mesh
    return solids.pyramid(size, size * slim)


def _material(color_name: str, rng: np.random.Generator) -> Material:
    family = str(rng.choice(["plastic", "rubber"]))
    roughness = rng.uniform(0.25, 0.4) if family == "plastic" else rng.uniform(0.7, 0.9)
    return Material(family, named_color(color_name, rng), color_name, roughness=roughness)


def _ground(recipe: PrimitivesRecipe, rng: np.random.Generator) -> Object:
    tone = rng.uniform(0.35, 0.6)
    texture = None
    if recipe.ground == "checker":
        cells = np.kron([[1.0, 0.86], [0.86, 1.0]], np.ones((32, 32)))
        texture = np.repeat((cells * 255).astype(np.uint8)[..., None], 3, axis=2)
    material = Material("concrete", (tone, tone * 0.98, tone * 0.95), "gray", texture, roughness=0.9)
    half = GROUND_EDGE_M / 2
    corners = np.array([[-half, -half, 0], [half, -half, 0], [half, half, 0], [-half, half, 0]], float)
    mesh = Mesh(corners, np.array([[0, 1, 2], [0, 2, 3]], np.int32), uv=corners[:, :2].copy())
    return Object(
        "ground", "ground", (Part(mesh, material),), upright([0, 0, 0], rng.uniform(0, 2 * np.pi)), thing=False
    )


def _free_spot(radius: float, taken: list[tuple[Float, float]], spread: float, rng: np.random.Generator) -> Float:
    for _ in range(200):
        spot = rng.uniform(-spread, spread, 2)
        if all(np.linalg.norm(spot - other) >= radius + reach + GAP_M for other, reach in taken):
            return spot
    raise CannotPlace(f"no room for a solid of radius {radius:.2f} m among {len(taken)} others within {spread} m")


def _sun(rng: np.random.Generator) -> Light:
    elevation, azimuth = np.radians(rng.uniform(35, 65)), rng.uniform(0, 2 * np.pi)
    towards = np.array([np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)])
    # A camera looks along its +Z, a light shines along its -Z: turn the camera half round about its x axis.
    pose = look_at(towards * 10.0, np.zeros(3)) @ np.diag([1.0, -1.0, -1.0, 1.0])
    return Light("sun", pose, (1.0, 0.96, 0.88), power=rng.uniform(2.0, 3.0), size_m=(0.02, 0.02))


def _camera(
    recipe: PrimitivesRecipe, taken: list[tuple[Float, float]], width: int, height: int, rng: np.random.Generator
) -> Camera:
    middle = np.mean([spot for spot, _ in taken], axis=0) if taken else np.zeros(2)
    target = np.array([*middle, recipe.size_m[1] / 3])
    pitch, azimuth = np.radians(rng.uniform(*recipe.camera.pitch_deg)), rng.uniform(0, 2 * np.pi)
    away = np.array([np.cos(pitch) * np.cos(azimuth), np.cos(pitch) * np.sin(azimuth), np.sin(pitch)])
    eye = target + away * rng.uniform(*recipe.camera.distance_m)
    return Camera.centred(width, height, np.radians(rng.uniform(*recipe.camera.fov_deg)), look_at(eye, target))

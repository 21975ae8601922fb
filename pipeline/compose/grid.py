"""The same scene to the last bit on every machine.

Sines, powers and logarithms come out a unit in the last place apart on processors with and without AVX-512. Rounding
what they lead to, meshes to a micrometre and the rest to nine decimals, makes such differences vanish: a value changes
only if it lies within one such unit of a rounding edge.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.scene import Camera, Environment, Float, Light, Mesh, Object, Scene

MESH_DECIMALS = 6
DECIMALS = 9
RADIANCE_BITS = 10


def mesh_on_grid(mesh: Mesh) -> Mesh:
    """`mesh` with its vertices, uv and normals rounded to MESH_DECIMALS."""
    uv = None if mesh.uv is None else rounded(mesh.uv, MESH_DECIMALS)
    normals = None if mesh.normals is None else rounded(mesh.normals, MESH_DECIMALS)
    return Mesh(rounded(mesh.vertices, MESH_DECIMALS), mesh.faces, uv, normals)


def radiance_on_grid(radiance: Float) -> NDArray[np.float32]:
    """Light, float64 computed, as float32 whose relative steps are so coarse (2^-RADIANCE_BITS) that hardly a value in
    a million panoramas lies within the rounding errors of an edge."""
    bits = np.ascontiguousarray(radiance, np.float64).view(np.int64)
    # Of the mantissa, whose leading one is not stored, all but RADIANCE_BITS - 1 go; a carry rightly ends in the exponent.
    dropped = 53 - RADIANCE_BITS
    coarse = ((bits + (1 << dropped - 1)) >> dropped) << dropped
    return coarse.view(np.float64).astype(np.float32) + np.float32(0)


def on_grid(scene: Scene) -> Scene:
    """`scene` with poses, lights and camera rounded to DECIMALS; meshes are left as they are."""
    background = scene.background
    return replace(
        scene,
        objects=tuple(_object(thing) for thing in scene.objects),
        lights=tuple(_light(light) for light in scene.lights),
        camera=_camera(scene.camera),
        background=(
            replace(background, yaw_rad=_number(background.yaw_rad))
            if isinstance(background, Environment)
            else _numbers(background)
        ),
        exposure=_number(scene.exposure),
    )


def _object(thing: Object) -> Object:
    return replace(thing, pose=rounded(thing.pose, DECIMALS))


def _light(light: Light) -> Light:
    return replace(
        light,
        pose=rounded(light.pose, DECIMALS),
        color=_numbers(light.color),
        power=_number(light.power),
        size_m=(_number(light.size_m[0]), _number(light.size_m[1])),
    )


def _camera(camera: Camera) -> Camera:
    return replace(camera, intrinsics=rounded(camera.intrinsics, DECIMALS), pose=rounded(camera.pose, DECIMALS))


def _numbers(rgb: tuple[float, float, float]) -> tuple[float, float, float]:
    return (_number(rgb[0]), _number(rgb[1]), _number(rgb[2]))


def _number(value: float) -> float:
    return round(float(value), DECIMALS) + 0.0


def rounded(values: Float, decimals: int) -> Float:
    """`values` rounded to `decimals`, without negative zeros."""
    return np.round(values, decimals) + 0.0

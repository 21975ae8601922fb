"""Normal, roughness and metallic maps: both renderers show them alike, and labels do not know them."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from example_scenes import CLASSES, ball, quad, shining, thing
from numpy.typing import NDArray

from pipeline.compose.materials import FAMILIES
from pipeline.compose.textures.relief import normal_map
from pipeline.config import CyclesConfig
from pipeline.labels import trace
from pipeline.render.batches import merge
from pipeline.scene import Camera, Material, Mesh, Object, Part, Scene, look_at

QUICK = CyclesConfig(renderer="cycles", samples=16, noise_threshold=0.0, denoise=False, bounces=1)
SIZE = 96
CHALK = Material("plaster", (0.6, 0.6, 0.6), "gray", roughness=1.0)


def dome(size: int = 64, raised: bool = True) -> NDArray[np.uint8]:
    """Normals of a round cap in the middle of a flat tile, from its closed form: those of a sphere, 45 degrees wide."""
    # Texture rows run down while v runs up.
    u, v = np.meshgrid((np.arange(size) + 0.5) / size - 0.5, 0.5 - (np.arange(size) + 0.5) / size)
    slope = np.stack([u, v]) * (2.0 if raised else -2.0) * (np.hypot(u, v) < 0.35)
    normal = np.stack([slope[0], slope[1], np.sqrt(1.0 - (slope**2).sum(0))], -1)
    return np.round((normal + 1.0) * 127.5).astype(np.uint8)


def facing(material: Material, lights: Any, mesh: Mesh | None = None, **rest: Any) -> Scene:
    """A square metre seen from straight above, u to the right and v up in the picture."""
    pose = np.diag([1.0, -1.0, -1.0, 1.0])
    pose[2, 3] = 3.0
    camera = Camera.centred(SIZE, SIZE, 2 * np.arctan(0.5 / 3.0), pose)
    ground = thing("ground", "floor", mesh or quad(1, 1), material, (0, 0, 0))
    return Scene(
        "relief", (ground,), tuple(lights), camera, CLASSES, background=(0.02, 0.02, 0.02), metered=False, **rest
    )


def render(renderer: Any, scene: Scene) -> NDArray[np.float64]:
    """Brightness in [0, 1] by whichever renderer."""
    picture = renderer.render(scene, QUICK) if type(renderer).__name__ == "BlenderProcess" else renderer.render(scene)
    return np.asarray(picture, float).mean(2) / 255.0


def sides(picture: NDArray[np.float64]) -> dict[str, float]:
    """Mean brightness of four patches on the dome's flanks."""
    near, far, middle = slice(20, 34), slice(-34, -20), slice(40, 56)
    return {
        "left": picture[middle, near].mean(),
        "right": picture[middle, far].mean(),
        "up": picture[near, middle].mean(),
        "down": picture[far, middle].mean(),
    }


FROM = {"left": (-3, 0, 3), "right": (3, 0, 3), "up": (0, 3, 3), "down": (0, -3, 3)}
OPPOSITE = {"left": "right", "right": "left", "up": "down", "down": "up"}


@pytest.mark.parametrize("renderer", ["raster", "blender"])
@pytest.mark.parametrize("side", FROM)
def test_a_dome_is_bright_on_the_side_of_the_light(request: Any, renderer: str, side: str) -> None:
    sun = shining("sun", FROM[side], (0, 0, 0), 2.0, (0.01, 0.01))
    bumpy = dataclasses.replace(CHALK, normal_map=dome())
    seen = sides(render(request.getfixturevalue(renderer), facing(bumpy, [sun])))
    assert seen[side] > seen[OPPOSITE[side]] + 0.1
    hollow = dataclasses.replace(CHALK, normal_map=dome(raised=False))
    seen = sides(render(request.getfixturevalue(renderer), facing(hollow, [sun])))
    assert seen[side] < seen[OPPOSITE[side]] - 0.1


def test_both_renderers_shade_a_dome_alike_with_uv_turned_and_mirrored(blender: Any, raster: Any) -> None:
    sun = shining("sun", (-2, 1, 2.5), (0, 0, 0), 2.0, (0.01, 0.01))
    bumpy = dataclasses.replace(CHALK, normal_map=dome())
    flat = quad(1, 1)
    assert flat.uv is not None
    for turn in (np.eye(2), [[0, -1], [1, 0]], [[-1, 0], [0, 1]], [[0.8, 0.6], [0.6, -0.8]]):
        mesh = dataclasses.replace(flat, uv=(flat.uv - 0.5) @ np.asarray(turn, float) + 0.5)
        one, two = (render(renderer, facing(bumpy, [sun], mesh)) for renderer in (blender, raster))
        assert np.abs(one - two).mean() < 0.02


def test_a_dome_seen_from_behind_is_a_hollow_to_both_renderers(blender: Any, raster: Any) -> None:
    sun = shining("sun", (-3, 0, 3), (0, 0, 0), 2.0, (0.01, 0.01))
    bumpy = dataclasses.replace(CHALK, normal_map=dome())
    flat = quad(1, 1)
    behind = dataclasses.replace(flat, faces=flat.faces[:, ::-1].copy())
    for renderer in (blender, raster):
        seen = sides(render(renderer, facing(bumpy, [sun], behind)))
        assert seen["left"] < seen["right"] - 0.1


@pytest.mark.parametrize("kind", ["roughness", "metallic"])
def test_both_renderers_multiply_roughness_and_metallic_with_their_maps(blender: Any, raster: Any, kind: str) -> None:
    halves = np.full((32, 32), 255, np.uint8)
    halves[:, :16] = 51
    sun = shining("sun", (0.0, 1e-4, 3), (0, 0, 0), 1.0, (0.01, 0.01))
    paint = Material("paint", (0.5, 0.3, 0.2), "brown", roughness=0.9 if kind == "roughness" else 0.5, metallic=1.0)
    mapped = dataclasses.replace(paint, **{f"{kind}_map": halves})
    low = dataclasses.replace(paint, **{kind: getattr(paint, kind) * 51 / 255})
    for renderer in (blender, raster):
        both, left, right = (render(renderer, facing(m, [sun])) for m in (mapped, low, paint))
        assert np.abs(both[10:-10, 10:40] - left[10:-10, 10:40]).mean() < 0.01
        assert np.abs(both[10:-10, -40:-10] - right[10:-10, -40:-10]).mean() < 0.01
        assert np.abs(left - right).mean() > 0.03


def test_maps_of_another_size_than_the_texture_lie_where_it_lies(raster: Any) -> None:
    sun = shining("sun", (-3, 0, 3), (0, 0, 0), 2.0, (0.01, 0.01))
    textures = [np.full((n, n, 3), 255, np.uint8) for n in (16, 64, 128)]
    pictures = [
        render(raster, facing(dataclasses.replace(CHALK, texture=t, normal_map=dome()), [sun])) for t in textures
    ]
    for other in pictures[1:]:
        assert np.abs(other - pictures[0]).max() < 0.01


def test_a_level_normal_map_changes_nothing(raster: Any) -> None:
    level = np.full((16, 16, 3), (128, 128, 255), np.uint8)
    sun = shining("sun", (-3, 0, 3), (0, 0, 0), 2.0, (0.01, 0.01))
    glossy = dataclasses.replace(CHALK, roughness=0.3)
    plain, mapped = (
        render(raster, facing(dataclasses.replace(glossy, normal_map=map_), [sun])) for map_ in (None, level)
    )
    assert np.abs(plain - mapped).max() < 0.02


def test_bumps_too_small_to_see_dull_the_highlight_instead_of_sparkling(raster: Any) -> None:
    sun = shining("sun", (0.0, 1e-4, 3), (0, 0, 0), 1.0, (0.01, 0.01))
    glossy = dataclasses.replace(CHALK, roughness=0.2, color=(0.05, 0.05, 0.05))
    smooth = render(raster, facing(glossy, [sun]))
    rough = render(raster, facing(dataclasses.replace(glossy, normal_map=dome(16)), [sun], quad(1, 1, 64.0)))
    assert rough.max() < 0.7 * smooth.max()
    assert rough[8:-8, 8:-8].std() < 0.02


@pytest.mark.parametrize("name", ["brick", "wall_tiles", "wicker", "corrugated_metal"])
def test_both_renderers_show_a_finish_alike(blender: Any, raster: Any, name: str) -> None:
    sun = shining("sun", (-2, 1, 2), (0, 0, 0), 2.0, (0.05, 0.05))
    finish = FAMILIES[name](np.random.default_rng(1))
    scene = facing(finish.material, [sun], quad(1, 1, 1.5))
    one, two = render(blender, scene), render(raster, scene)
    assert np.abs(one - two).mean() < 0.04
    assert np.corrcoef(one.ravel(), two.ravel())[0, 1] > 0.9


def test_maps_that_parts_share_are_uploaded_once_however_they_combine() -> None:
    rng = np.random.default_rng(0)
    colors = [rng.integers(0, 255, (n, n, 3), dtype=np.uint8) for n in (32, 64)]
    normals = [dome(n) for n in (32, 64)]
    materials = [dataclasses.replace(CHALK, texture=t, normal_map=m) for t in (*colors, None) for m in (*normals, None)]
    parts = tuple(Part(quad(1, 1), material) for material in materials * 3)
    batches = merge(dataclasses.replace(facing(CHALK, []), objects=(Object("all", "box", parts, np.eye(4)),)), 256)
    assert sum(len(batch.faces) for batch in batches) == len(parts) * 2
    assert len(batches) == 4
    for sheets, unlike in (([b.skins for b in batches], colors), ([b.reliefs for b in batches], normals)):
        held = list({id(sheet): sheet for sheet in sheets}.values())
        assert sorted(sheet.shape for sheet in held) == [(1, 32, 32, 4), (1, 64, 64, 4)]
        for sheet, map_ in zip(sorted(held, key=lambda sheet: sheet.shape), unlike, strict=True):
            assert np.array_equal(sheet[0, ..., :3], map_)


def test_bumps_too_small_to_see_darken_matt_surfaces_as_much_as_in_cycles(blender: Any, raster: Any) -> None:
    sun = shining("sun", (-1, 0, 3), (0, 0, 0), 2.0, (0.01, 0.01))
    weave = normal_map("wicker", 0, 0.02)
    fine = facing(dataclasses.replace(CHALK, normal_map=weave), [sun], quad(1, 1, 20.0))
    flat = facing(CHALK, [sun])
    one, two = (render(renderer, fine).mean() for renderer in (blender, raster))
    assert one < render(blender, flat).mean() - 0.02
    assert two == pytest.approx(one, abs=0.012)


def test_labels_do_not_change_with_the_maps() -> None:
    material = dataclasses.replace(CHALK, normal_map=dome(), roughness_map=np.full((8, 8), 99, np.uint8))
    pose = look_at(np.array([0.4, -3.0, 1.6]), np.array([0.0, 0.0, 0.3]))
    mesh = ball(0.4)
    mesh = dataclasses.replace(mesh, uv=mesh.vertices[:, :2])
    with_maps, without = (
        trace(
            Scene(
                "relief",
                (
                    Object("ball", "ball", (Part(mesh, m),), np.eye(4)),
                    thing("ground", "floor", quad(4, 4), m, (0, 0, -0.4)),
                ),
                (),
                Camera.centred(64, 64, 1.0, pose),
                CLASSES,
            )
        )
        for m in (material, CHALK)
    )
    for field in dataclasses.fields(with_maps):
        one, two = getattr(with_maps, field.name), getattr(without, field.name)
        if isinstance(one, np.ndarray):
            assert np.array_equal(one, two), field.name

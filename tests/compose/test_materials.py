"""Finishes: colour names are true, textures tile, drawing is repeatable."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from pipeline.compose import materials, textures
from pipeline.compose.colors import COLORS
from pipeline.compose.textures import relief
from tests.compose.room_oracles import identical
from tests.compose.test_grid import OTHER

FINISHES = materials.FAMILIES | {
    "floor": lambda rng: materials.floor(
        rng, ("planks", "parquet", "tiles", "carpet", "concrete", "terrazzo", "marble")
    ),
    "wall": lambda rng: materials.wall(rng, ("plaster", "wallpaper", "concrete", "brick", "tiles")),
}
DRAW_ALL = """
import hashlib
import numpy as np
from pipeline.compose import textures
from pipeline.compose.materials import FAMILIES
for kind in textures.KINDS:
    state = hashlib.sha256(textures.heights(kind, 1).tobytes())
    state.update(textures.pattern(kind, 1).tobytes())
    print(kind, state.hexdigest())
for name, draw in FAMILIES.items():
    state = hashlib.sha256()
    material = draw(np.random.default_rng(4)).material
    for map_ in (material.texture, material.normal_map, material.roughness_map):
        state.update(b"" if map_ is None else map_.tobytes())
    state.update(repr((material.color, material.roughness)).encode())
    print(name, state.hexdigest())
"""


def _lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of sRGB in [0, 1], from the definition (IEC 61966-2-1, CIE 15)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    xyz = linear @ to_xyz.T / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)


@pytest.mark.parametrize("name", FINISHES)
def test_a_finish_is_called_by_the_named_colour_nearest_to_its_mean(name: str) -> None:
    centres = _lab(np.array(list(COLORS.values())))
    rng = np.random.default_rng(11)
    for _ in range(20):
        material = FINISHES[name](rng).material
        mean = np.asarray(material.color)
        if material.texture is not None:
            mean = mean * material.texture.reshape(-1, 3).mean(0) / 255
        distance = np.linalg.norm(centres - _lab(mean), axis=1)
        assert distance[list(COLORS).index(material.color_name)] <= distance.min() + 0.5


def _wraps(image: np.ndarray) -> None:
    for axis in (0, 1):
        steps = np.abs(np.diff(image, axis=axis)).mean(1 - axis)
        seam = np.abs(np.take(image, 0, axis) - np.take(image, -1, axis)).mean()
        # Motifs step by as much inside as where the texture repeats.
        assert seam <= steps.max() * 1.1 + 2.0


@pytest.mark.parametrize("kind", textures.KINDS)
def test_a_pattern_wraps_without_a_seam_in_tone_height_and_normals(kind: str) -> None:
    for variant in range(2):
        _wraps(textures.pattern(kind, variant).astype(float))
        _wraps(textures.heights(kind, variant) / 257.0)
        normals = _decoded(relief.normal_map(kind, variant, 0.01))
        for channel in range(3):
            _wraps(normals[..., channel] * 127)


def _decoded(normal_map: np.ndarray) -> np.ndarray:
    return (normal_map.astype(float) - 128) / 127


@pytest.mark.parametrize("kind", textures.KINDS)
def test_normals_are_of_unit_length_and_point_outwards_on_average(kind: str) -> None:
    normals = _decoded(relief.normal_map(kind, 0, 0.005))
    assert np.abs(np.linalg.norm(normals, axis=-1) - 1).max() < 0.01
    assert (normals[..., 2] > 0).all()
    mean = normals.mean((0, 1))
    # Heights that repeat rise as much as they fall.
    assert np.abs(mean[:2]).max() < 0.05
    assert mean[2] > 0.7


@pytest.mark.parametrize("kind", ["brick", "corrugated", "leather", "ripples"])
def test_normals_lean_as_the_heights_rise_in_metres(kind: str) -> None:
    depth_m, repeat_m = 0.02, 0.9
    heights_m = textures.heights(kind, 3) / 65535.0 * depth_m
    texel_m = repeat_m / len(heights_m)
    down, right = np.gradient(heights_m, texel_m)
    normals = _decoded(relief.normal_map(kind, 3, depth_m / repeat_m))
    inside = np.s_[1:-1, 1:-1]
    # u runs along the columns, v up the rows.
    for slope, channel in ((right, 0), (-down, 1)):
        seen, expected = (-normals[..., channel] / normals[..., 2])[inside], slope[inside]
        if not np.abs(expected).max() > 0:
            assert not seen.any()
            continue
        gentle = np.abs(expected) < 1.5
        scale = (seen * expected)[gentle].sum() / (expected[gentle] ** 2).sum()
        assert 2**-0.55 < scale < 2**0.55
        assert np.corrcoef(seen[gentle], expected[gentle])[0, 1] > 0.98


@pytest.mark.parametrize("name", FINISHES)
def test_the_same_generator_state_gives_the_same_finish(name: str) -> None:
    a, b = (FINISHES[name](np.random.default_rng(5)) for _ in range(2))
    assert identical(a, b)


def test_materials_stay_within_physical_bounds() -> None:
    for draw in FINISHES.values():
        for seed in range(5):
            finish = draw(np.random.default_rng(seed))
            material = finish.material
            assert 0 <= material.roughness <= 1
            assert 0 <= material.metallic <= 1
            assert finish.repeat_m > 0
            assert all(0 <= channel <= 1 for channel in material.color)
            if material.texture is not None:
                assert material.texture.dtype == np.uint8
                assert material.texture.shape[2] == 3
            for map_ in (material.normal_map, material.roughness_map, material.metallic_map):
                assert map_ is None or map_.dtype == np.uint8
            if material.roughness_map is not None:
                assert material.roughness_map.ndim == 2


def test_the_families_go_by_at_least_25_names() -> None:
    names = {draw(np.random.default_rng(seed)).material.name for draw in FINISHES.values() for seed in range(6)}
    assert len(names) >= 25
    assert {"wood", "brick", "tile", "concrete", "plaster", "asphalt", "grass", "metal", "plastic", "fabric"} <= names
    assert {"leather", "ceramic", "glass", "paper", "water"} <= names


@pytest.mark.parametrize(
    ("name", "called"),
    [("grass", {"green"}), ("foliage", {"green"}), ("sand", {"beige"}), ("bark", {"brown"}), ("soil", {"brown"})]
    + [("concrete", {"gray"}), ("galvanized", {"gray"}), ("rubber", {"black"}), ("water", {"blue", "green"})],
)
def test_what_has_a_colour_by_nature_is_called_by_it(name: str, called: set[str]) -> None:
    rng = np.random.default_rng(3)
    names = [materials.FAMILIES[name](rng).material.color_name for _ in range(40)]
    assert np.mean([color in called for color in names]) >= 0.9


def test_wear_shows_in_colour_and_gloss_where_its_mask_is_bright_and_nowhere_else() -> None:
    bare, worn = (
        materials.textured(np.random.default_rng(0), "wood", "wood", (0.5, 0.4, 0.3), 0.2, 0.5, 0.4, wear=wear).material
        for wear in (None, materials.Wear("patches", 1.0, (1.0, 0.0, 0.0), 2.0))
    )
    assert bare.texture is not None
    assert worn.texture is not None
    assert worn.roughness_map is not None
    red = (worn.texture == (255, 0, 0)).all(-1)
    untouched = (worn.texture == bare.texture).all(-1)
    assert 0.02 < red.mean() < 0.3
    assert untouched.mean() > 0.6
    roughness = worn.roughness_map / 255.0 * worn.roughness
    assert roughness[red].mean() == pytest.approx(0.8, abs=0.01)
    assert roughness[untouched].mean() == pytest.approx(0.4, abs=0.01)


def test_materials_of_one_kind_share_their_normal_maps() -> None:
    rng = np.random.default_rng(0)
    maps = [materials.fabric(rng).material.normal_map for _ in range(60)]
    assert len({id(map_) for map_ in maps}) <= 2 * textures.VARIANTS


def test_finishes_are_the_same_without_vector_instructions() -> None:
    command = [sys.executable, "-W", "ignore", "-c", DRAW_ALL]
    here, other = (
        subprocess.run(command, env=os.environ | extra, capture_output=True, text=True, timeout=200, check=True).stdout
        for extra in ({}, OTHER)
    )
    assert here.splitlines() == other.splitlines()

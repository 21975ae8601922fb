"""Finishes: colour names are true, textures tile, drawing is repeatable."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.compose import materials, textures
from pipeline.compose.colors import COLORS
from tests.compose.room_oracles import identical

FINISHES = {
    "wood": materials.wood, "painted_wood": materials.painted_wood, "fabric": materials.fabric,
    "patterned_fabric": materials.patterned_fabric, "leather": materials.leather, "metal": materials.metal,
    "plastic": materials.plastic, "ceramic": materials.ceramic, "glass": materials.glass, "stone": materials.stone,
    "wicker": materials.wicker, "paper": materials.paper, "pages": materials.pages, "foliage": materials.foliage,
    "rug_pile": materials.rug_pile,
    "floor": lambda rng: materials.floor(rng, ("planks", "parquet", "tiles", "carpet", "concrete", "marble")),
    "wall": lambda rng: materials.wall(rng, ("plaster", "wallpaper", "concrete")),
}  # fmt: skip


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


@pytest.mark.parametrize("kind", textures.KINDS)
def test_a_pattern_wraps_without_a_seam(kind: str) -> None:
    for variant in range(2):
        gray = textures.pattern(kind, variant).astype(float)
        for axis in (0, 1):
            steps = np.abs(np.diff(gray, axis=axis)).mean(1 - axis)
            seam = np.abs(np.take(gray, 0, axis) - np.take(gray, -1, axis)).mean()
            # Motifs step by as much inside as where the texture repeats.
            assert seam <= steps.max() * 1.1 + 2.0


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

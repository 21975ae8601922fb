"""A fitted kitchen: units of one style make a run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import trimesh

from pipeline.compose.assets import appliances, kitchen
from pipeline.compose.assets.asset import Asset
from tests.compose.room_oracles import as_trimesh

Unit = Callable[..., Asset]
BASE: tuple[Unit, ...] = (kitchen.kitchen_counter, kitchen.kitchen_sink, appliances.dishwasher, appliances.stove)


def _top_at(asset: Asset, x: float, y: float) -> float:
    """Height of the highest point over (x, y)."""
    solid = trimesh.util.concatenate([as_trimesh(part.mesh) for part in asset.parts])
    hits, _, _ = solid.ray.intersects_location([[x, y, 5.0]], [[0.0, 0.0, -1.0]])
    return float(hits[:, 2].max())


@pytest.mark.parametrize("unit", BASE)
@pytest.mark.parametrize("seed", range(4))
def test_base_units_are_as_wide_as_asked_and_all_as_deep_and_high(unit: Unit, seed: int) -> None:
    rng = np.random.default_rng(seed)
    style = kitchen.kitchen_style(rng)
    asset = unit(rng, 0.6, style)
    # A round handle's facets stay within a fraction of a millimetre of its circle.
    np.testing.assert_allclose(asset.size[:2], [0.6, kitchen.DEPTH_M], atol=5e-4)
    for x in (-0.29, 0.29):
        assert _top_at(asset, x, 0.25) == pytest.approx(style.height_m, abs=0.005)


@pytest.mark.parametrize("seed", range(4))
def test_wall_cabinets_of_one_style_hang_level(seed: int) -> None:
    rng = np.random.default_rng(seed)
    style = kitchen.kitchen_style(rng)
    for width in (0.4, 0.6, 0.9):
        asset = kitchen.wall_cabinet(rng, width, style)
        assert asset.size[0] == pytest.approx(width)
        assert asset.size[1] <= kitchen.WALL_DEPTH_M + 1e-6
        assert asset.size[2] == pytest.approx(style.wall_height_m, abs=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_a_sink_is_hollow_and_nothing_may_stand_in_it(seed: int) -> None:
    sink = kitchen.kitchen_sink(np.random.default_rng(seed))
    worktop = max(float(part.mesh.vertices[:, 2].max()) for part in sink.parts)
    xs = np.linspace(-sink.size[0] / 2 + 0.05, sink.size[0] / 2 - 0.05, 25)
    depths = np.array([_top_at(sink, x, 0.04) for x in xs])
    bowl = xs[depths < depths.max() - 0.1]
    assert len(bowl) > 3
    assert worktop > depths.max()
    for surface in sink.surfaces:
        assert not (np.abs(bowl - surface.centre[0]) < surface.half[0]).any()


def test_a_bare_call_draws_a_style_of_its_own() -> None:
    heights = {float(kitchen.kitchen_counter(np.random.default_rng(seed)).size[2]) for seed in range(4)}
    assert len(heights) == 4

"""Support surfaces found on meshes, against those that drawn furniture declares."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.compose.assets import GENERATORS
from pipeline.compose.assets.asset import Asset
from pipeline.compose.assets.shapes import box
from pipeline.compose.contact import triangles, vertical_gap
from pipeline.compose.placement import GAP_M, Arrangement
from pipeline.compose.surfaces import find_surfaces, largest_rectangle
from pipeline.scene import upright

TABLES = ("dining_table", "coffee_table", "side_table", "desk", "sideboard", "tv_stand", "bookshelf", "tray")


def drawn(name: str, seed: int) -> Asset:
    return GENERATORS[name](np.random.default_rng(seed))


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_finds_the_tops_and_shelves_that_furniture_declares(name: str, seed: int) -> None:
    asset = drawn(name, seed)
    found = find_surfaces([part.mesh for part in asset.parts])
    for declared in (s for s in asset.surfaces if s.kind in ("top", "shelf") and min(s.half) > 0.06):
        near = [s for s in found if abs(s.centre[2] - declared.centre[2]) < 0.004]
        assert near, f"nothing at {declared.centre[2]} m"
        # Rectangles found may be larger than the cautious ones declared, or two side by side.
        area = sum(4 * s.half[0] * s.half[1] for s in near)
        assert area > 0.75 * 4 * declared.half[0] * declared.half[1]


@pytest.mark.parametrize("name", TABLES)
def test_no_surface_reaches_over_the_edge(name: str) -> None:
    asset = drawn(name, 4)
    for surface in find_surfaces([part.mesh for part in asset.parts]):
        over = np.abs(surface.centre[:2]) + surface.half - asset.size[:2] / 2
        assert over.max() < 1e-6


@pytest.mark.parametrize("name", TABLES)
def test_a_thing_put_on_a_found_surface_rests_on_the_mesh(name: str) -> None:
    asset, cup = drawn(name, 5), drawn("mug", 0)
    room = Arrangement((4.0, 4.0, 3.0))
    room.put(asset, np.zeros(3), 0.3, None, check=False)
    surface = find_surfaces([part.mesh for part in asset.parts])[0]
    spot = room.placed[0].to_world((surface.centre[0], surface.centre[1], surface.centre[2] + GAP_M))
    upper = triangles([part.mesh for part in cup.parts], upright(spot))
    lower = triangles([part.mesh for part in asset.parts], upright((0, 0, 0), 0.3))
    assert vertical_gap(upper, lower) < 0.003


def test_the_inside_of_a_closed_cupboard_is_no_surface() -> None:
    walls = [box((1, 0.02, 1), (0, y, 0)) for y in (-0.3, 0.3)] + [box((0.02, 0.6, 1), (x, 0, 0)) for x in (-0.5, 0.5)]
    lids = [box((1.02, 0.62, 0.02), (0, 0, z)) for z in (0.0, 1.0)]
    found = find_surfaces([*walls, *lids])
    assert [s.kind for s in found] == ["top"]
    assert find_surfaces([*walls[1:], *lids])[-1].kind == "shelf"


def test_clearance_is_the_free_height_to_the_next_board() -> None:
    boards = [box((0.8, 0.3, 0.02), (0, 0, z)) for z in (0.1, 0.5)]
    shelf = next(s for s in find_surfaces(boards) if s.kind == "shelf")
    assert shelf.clearance == pytest.approx(0.38, abs=1e-4)


def test_a_slope_and_a_ball_offer_no_surface() -> None:
    from pipeline.compose.assets.shapes import turn
    from pipeline.compose.assets.solids import sphere

    assert not [s for s in find_surfaces([turn(box((1, 1, 0.02), (0, 0, 0)), 0.2, axis=0)]) if min(s.half) > 0.04]
    assert find_surfaces([sphere(0.5)]) == ()


def test_the_largest_rectangle_is_that_of_trying_them_all() -> None:
    rng = np.random.default_rng(0)
    for _ in range(30):
        mask = rng.random((7, 9)) < 0.7
        i0, i1, j0, j1 = largest_rectangle(mask)
        assert mask[i0:i1, j0:j1].all()
        best = max(
            ((b - a) * (d - c) for a in range(7) for b in range(a + 1, 8) for c in range(9) for d in range(c + 1, 10)
             if mask[a:b, c:d].all()), default=0)  # fmt: skip
        assert (i1 - i0) * (j1 - j0) == best

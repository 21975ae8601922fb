"""Bodies through rings, patches draped on them, and leaves: against the shapes they should be."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.compose.assets import GENERATORS, bodies, leafage, shapes
from tests.compose.room_oracles import as_trimesh


def _ball(sides: int = 64) -> np.ndarray:
    angle = np.linspace(-np.pi / 2, np.pi / 2, 49)
    radius = np.cos(angle)
    radius[[0, -1]] = 0.0
    at = np.stack([0 * angle, np.sin(angle), 0 * angle], 1)
    return bodies.rings(at, np.stack([radius, radius], 1), axis=1, sides=sides)


def test_rings_of_a_sphere_loft_into_a_sphere() -> None:
    mesh = bodies.loft(_ball())
    solid = as_trimesh(mesh)
    assert solid.is_watertight
    assert solid.volume == pytest.approx(4 / 3 * np.pi, rel=0.005)
    # On a unit sphere about the origin a vertex is its own normal.
    assert np.einsum("ij,ij->i", mesh.vertices, mesh.normals).min() > 0.99


def test_a_loft_faces_outwards_whichever_way_its_rings_run() -> None:
    sections = _ball(24)
    for variant in (sections, sections[:, ::-1], sections[::-1]):
        assert as_trimesh(bodies.loft(variant)).volume > 0


def test_a_loft_caps_its_ends_and_keeps_their_rims_hard() -> None:
    mesh = bodies.loft(bodies.rings([(0, 0, 0), (0, 0, 2)], [(1, 1), (1, 1)], sides=64))
    solid = as_trimesh(mesh)
    assert solid.is_watertight
    assert solid.volume == pytest.approx(2 * np.pi, rel=0.01)
    upright = np.abs(mesh.normals[:, 2])
    assert ((upright < 1e-9) | (upright > 1 - 1e-9)).all()


def test_a_draped_grid_lies_on_the_side_one_sees() -> None:
    ball = shapes.ellipsoid((1, 1, 1), (0, 0, -1), sides=160)
    grid = bodies.patch([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)], 7, 5)
    for axis in range(3):
        for side in (-1, 1):
            points = bodies.drape(ball, grid, axis, side)
            np.testing.assert_allclose(np.linalg.norm(points, axis=-1), 1.0, atol=1e-3)
            assert (side * points[..., axis] > 0).all()


def test_a_plate_shows_its_picture_upright_and_unmirrored_from_the_front() -> None:
    plate = bodies.plate(bodies.rounded_outline(0.6, 0.4, 0.05), 0.02)
    front = plate.normals[:, 1] > 0.9
    # Seen from +y, the viewer's right is -x.
    np.testing.assert_allclose(plate.uv[front, 0], 0.5 - plate.vertices[front, 0] / 0.6, atol=1e-9)
    np.testing.assert_allclose(plate.uv[front, 1], 0.5 + plate.vertices[front, 2] / 0.4, atol=1e-9)


def test_every_leaf_is_a_closed_solid_wound_outwards() -> None:
    rng = np.random.default_rng(0)
    centres, radii = np.array([[0.0, 0, 1], [0.5, 0, 1.2]]), np.full((2, 3), 0.5)
    root, along, out, length = leafage.scattered(rng, centres, radii, 50, 0.1)
    leaves = as_trimesh(leafage.leaves(root, along, out, length, length * 0.5)).split(only_watertight=False)
    assert len(leaves) == 50
    assert all(leaf.is_watertight and leaf.volume > 0 for leaf in leaves)


def test_leaves_do_not_hide_inside_a_neighbouring_mass() -> None:
    centres, radii = np.array([[0.0, 0, 1], [0.6, 0, 1]]), np.full((2, 3), 0.5)
    root = leafage.scattered(np.random.default_rng(1), centres, radii, 300, 0.1)[0]
    depth = (((root[:, None] - centres) / radii) ** 2).sum(-1).min(1)
    assert (depth > 0.6).mean() > 0.95


@pytest.mark.parametrize("name", ["car", "van", "truck", "bus", "bicycle", "motorcycle"])
def test_a_vehicle_is_longest_along_its_travel_and_stands_on_its_wheels(name: str) -> None:
    for seed in range(4):
        asset = GENERATORS[name](np.random.default_rng(seed))
        assert asset.size[1] > 1.5 * asset.size[0]
        rubber = np.concatenate([p.mesh.vertices for p in asset.parts if p.material.name == "rubber"])
        assert rubber[:, 2].min() < 0.001


@pytest.mark.parametrize("name", ["tree", "conifer", "car", "bus", "truck", "person"])
def test_large_things_stay_within_their_triangle_budget(name: str) -> None:
    for seed in range(4):
        asset = GENERATORS[name](np.random.default_rng(seed))
        assert sum(len(part.mesh.faces) for part in asset.parts) < 15_000


def test_a_person_stands_on_at_least_one_sole_and_is_taller_than_wide() -> None:
    for seed in range(12):
        asset = GENERATORS["person"](np.random.default_rng(seed))
        vertices = np.concatenate([part.mesh.vertices for part in asset.parts])
        assert len(np.unique(vertices[vertices[:, 2] < 0.001].round(4), axis=0)) >= 3
        assert asset.size[2] > 1.5 * max(asset.size[:2])

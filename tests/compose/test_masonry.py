"""Blocks, plates and prisms are closed and face outwards; windows lie in the walls they are set in."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.compose.assets import facades, fences, grounds, houses, masonry
from pipeline.compose.assets.asset import Asset
from pipeline.compose.assets.openings import REVEAL_M
from pipeline.scene import Mesh
from tests.compose.room_oracles import as_trimesh


def joined(meshes: list[Mesh]) -> Mesh:
    starts = np.cumsum([0] + [len(mesh.vertices) for mesh in meshes[:-1]])
    faces = [mesh.faces + start for mesh, start in zip(meshes, starts, strict=True)]
    normals = [mesh.normals for mesh in meshes if mesh.normals is not None]
    return Mesh(
        np.concatenate([mesh.vertices for mesh in meshes]), np.concatenate(faces), normals=np.concatenate(normals)
    )


def assert_closed(mesh: Mesh) -> None:
    """Each directed edge meets as many opposite ones: a union of closed solids, also where two share a face."""
    solid = as_trimesh(mesh)
    edges = solid.faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    forward, backward = (np.sort(pairs @ [len(solid.vertices), 1]) for pairs in (edges, edges[:, ::-1]))
    np.testing.assert_array_equal(forward, backward)
    assert solid.volume > 0


def assert_faces_outwards(mesh: Mesh) -> None:
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    assert mesh.normals is not None
    assert (np.einsum("ij,ij->i", np.cross(b - a, c - a), mesh.normals[mesh.faces].mean(1)) > -1e-9).all()


CELLS = np.array([[0, 0, 1, 0], [0, -1, 0, 1], [0, 0, -1, 0]])
CUTS = ([0.0, 1.0, 2.0, 4.0], [0.0, 1.0, 1.5, 3.0, 5.0])
SOLIDS = {
    "blocks": masonry.blocks([[0, 0, 0], [2, 0, 0]], [[1, 1, 1], [3, 1, 2]]),
    "plate": joined(list(masonry.plate(*CUTS, CELLS, -0.3, 0.0).values())),
    "wall": joined(list(masonry.wall(*CUTS, CELLS, -0.3, 0.0).values())),
    "prism": masonry.prism([(0, 0), (2, 0), (1, 1)], 0.0, 3.0),
    "prism along y": masonry.prism([(0, 0), (2, 0), (1, 1)], 0.0, 3.0, axis=1),
    "hip": masonry.hip(0.0, 10.0, 0.0, 6.0, 3.0, 2.0),
    "fan": masonry.fan([[(0, 0), (2, 0), (2, 1), (0.5, 2)]], -0.4, 0.1),
    "copies": masonry.copies(masonry.blocks([0, 0, 0], [1, 1, 1]), [[0, 0, 0], [2, 0, 0]]),
}


@pytest.mark.parametrize("name", SOLIDS)
def test_solids_are_closed_and_face_outwards(name: str) -> None:
    assert_closed(SOLIDS[name])
    assert_faces_outwards(SOLIDS[name])


def test_a_wall_has_as_much_front_as_its_holes_leave() -> None:
    pieces = masonry.wall(*CUTS, CELLS, -0.3, 0.0)
    front = 0.0
    for mesh in pieces.values():
        corners = mesh.vertices[mesh.faces]
        area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
        front += area[(corners[..., 1] == 0.0).all(1)].sum()
    # 4 x 5 m less two holes: 1 x 0.5 m and 2 x 1.5 m.
    assert front == pytest.approx(20.0 - 0.5 - 3.0)


@pytest.mark.parametrize("signs", [(1, 1), (1, -1), (-1, 1), (-1, -1)])
def test_a_street_corner_fills_its_notch_with_closed_pieces(signs: tuple[int, int]) -> None:
    corner = grounds.corner(5.0, 20.0, 3.0, *signs, 0.0, 0.14)
    area = 0.0
    for mesh in (corner.kerb, corner.inside, corner.outside):
        assert_closed(mesh)
        assert_faces_outwards(mesh)
        corners = mesh.vertices[mesh.faces]
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) / 2
        area += normal[normal[:, 2] > 1e-9][:, 2].sum()
    assert area == pytest.approx(9.0)


def closed_object(asset: Asset) -> None:
    """Parts of different finishes share edges, so an object is closed as a whole."""
    assert_closed(joined([part.mesh for part in asset.parts]))
    for part in asset.parts:
        assert_faces_outwards(part.mesh)


@pytest.mark.parametrize("style", ["brick", "plaster", "stone", "modern", "office"])
@pytest.mark.parametrize("shop", [False, True])
def test_buildings_are_closed_stay_on_their_plot_and_have_windows_behind_the_front(style: str, shop: bool) -> None:
    for seed in range(3):
        asset = facades.building(np.random.default_rng(seed), style, 14.0, 11.0, 4, shop)  # type: ignore[arg-type]
        closed_object(asset)
        vertices = np.concatenate([part.mesh.vertices for part in asset.parts])
        low, high = vertices.min(0), vertices.max(0)
        assert low[0] >= -7.0 - 1e-6 and high[0] <= 7.0 + 1e-6
        assert low[2] == 0.0 and 9.0 < high[2] < 30.0
        assert high[1] < 1.5
        glass = [part.mesh for part in asset.parts if part.material.name == "glass"]
        fronts = np.concatenate([mesh.vertices[:, 1] for mesh in glass])
        # Real depth: the panes lie in the wall, behind its face, but for the light of a door.
        assert np.median(fronts) < -0.05
        assert fronts.min() >= -REVEAL_M - 1e-6


def test_houses_and_sheds_are_closed() -> None:
    for seed in range(6):
        closed_object(houses.house(np.random.default_rng(seed), 10.0, 8.4, 1 + seed % 2, (-1, 0, 1)[seed % 3]))
        closed_object(houses.shed(np.random.default_rng(seed)))


def test_a_house_stands_on_the_ground_under_a_roof_of_sensible_height() -> None:
    for seed in range(6):
        asset = houses.house(np.random.default_rng(seed), 10.0, 8.4, 1 + seed % 2)
        assert asset.boxes[:, 0, 2].min() == 0.0
        assert 4.5 < asset.size[2] < 13.0


@pytest.mark.parametrize("kind", fences.FENCES)
def test_fences_and_gates_are_closed_and_as_long_as_asked(kind: fences.FenceKind) -> None:
    rng = np.random.default_rng(2)
    finish = fences.fence_finish(rng, kind)
    for asset in (fences.fence(rng, kind, 7.0, 1.1, finish), fences.gate(rng, kind, 1.2, 1.0, finish)):
        closed_object(asset)
    length = fences.fence(rng, kind, 7.0, 1.1, finish).size[0]
    assert 6.9 < length <= 7.0


def test_hedges_and_garden_walls_stay_within_their_measure() -> None:
    rng = np.random.default_rng(0)
    hedge = fences.hedge(rng, 5.0, 1.4, 0.6)
    assert (hedge.size <= np.array([5.0, 0.62, 1.45])).all()
    assert hedge.size[0] > 4.6 and hedge.size[2] > 1.2
    closed_object(fences.garden_wall(rng, 6.0, 1.0, fences.fence_finish(rng, "wire"), fences.fence_finish(rng, "wire")))

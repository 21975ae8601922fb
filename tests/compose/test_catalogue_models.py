"""What a model file is made into: size, orientation, materials, boxes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh

from pipeline.compose.assets.asset import Asset
from pipeline.compose.catalogues import Unusable
from pipeline.compose.catalogues.build import build
from pipeline.compose.catalogues.enclosing import MOST_BOXES, enclose
from pipeline.compose.catalogues.listing import open_catalogue
from pipeline.compose.catalogues.reading import read_model, sample
from pipeline.compose.catalogues.shaping import smooth
from pipeline.compose.placement import boxes_at
from pipeline.compose.surfaces import find_surfaces
from tests.compose import toy_catalogues as toys


def built(source: str, category: str = "chair", max_faces: int = 12000) -> Asset:
    catalogue = open_catalogue(source)
    entry = next(entry for entry in catalogue.entries if entry.kind == category)
    return build(entry, category, catalogue.mapping, max_faces)


def points(asset: Asset) -> np.ndarray:
    return np.concatenate([part.mesh.vertices for part in asset.parts])


def test_a_chair_of_a_sweet_home_catalogue_has_its_listed_size_and_faces_plus_y(tmp_path: Path) -> None:
    asset = built(f"sh3f:{toys.sh3f(tmp_path / 'toys.sh3f')}")
    low, high = points(asset).min(0), points(asset).max(0)
    assert np.allclose(high - low, [0.5, 0.6, 1.0], atol=1e-5) and np.allclose(low + high, [0, 0, 1.0], atol=1e-5)
    # Whatever is above the seat is the back rest, and stands at the rear.
    assert points(asset)[points(asset)[:, 2] > 0.6, 1].max() < -0.2


def test_model_rotation_is_heeded(tmp_path: Path) -> None:
    half_turn = {"modelRotation": "-1 0 0 0 1 0 0 0 -1"}
    asset = built(f"sh3f:{toys.sh3f(tmp_path / 'toys.sh3f', **half_turn)}")
    assert points(asset)[points(asset)[:, 2] > 0.6, 1].min() > 0.2


def test_mtl_colour_and_shine_become_a_material_that_is_called_by_its_colour(tmp_path: Path) -> None:
    asset = built(f"sh3f:{toys.sh3f(tmp_path / 'toys.sh3f')}")
    material = asset.parts[0].material
    assert np.allclose(material.color, [0.8, 0.05, 0.05], atol=0.005)
    assert material.roughness == pytest.approx((2 / 12) ** 0.25)
    assert asset.attributes == {"color": "red", "material": ""}


def test_pbr_textures_of_a_glb_survive_with_their_first_row_on_top(tmp_path: Path) -> None:
    toys.card(tmp_path / "box.glb")
    asset = built(f"files:{tmp_path}", "box")
    (part,) = asset.parts
    assert (part.material.texture == toys.HALVES).all()
    assert part.material.name == "wood"
    assert (part.material.roughness_map == 128).all() and (part.material.metallic_map == 255).all()
    assert part.material.normal_map is not None and (part.material.roughness, part.material.metallic) == (0.8, 0.5)
    # Seen from the front (+y), the upper half is red.
    front = part.mesh.faces[part.mesh.normals[part.mesh.faces].mean(1)[:, 1] > 0.9]
    for share, tone in ((0.9, (200, 20, 20)), (0.1, (20, 20, 200))):
        corners, uv = part.mesh.vertices[front], part.mesh.uv[front]
        z = share * asset.size[2]
        weights = np.array(
            [np.linalg.lstsq(np.vstack([c.T[[0, 2]], np.ones(3)]), [0.0, z, 1.0], rcond=None)[0] for c in corners]
        )
        inside = (weights > -1e-9).all(1)
        assert (sample(part.material.texture, (weights[..., None] * uv).sum(1)[inside]) == tone).all()


def test_ply_files_lie_with_z_up(tmp_path: Path) -> None:
    mesh = toys.chair()
    mesh.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, [1, 0, 0]))
    mesh.export(tmp_path / "chair.ply")
    asset = built(f"files:{tmp_path}")
    assert np.allclose(asset.size, [0.4, 0.4, 0.9], atol=1e-5)
    assert points(asset)[points(asset)[:, 2] > 0.6, 1].max() < -0.1


@pytest.mark.parametrize(
    ("scale", "height"), [(1.0, 0.9), (100.0, 0.9), (1000.0, 0.9), (1 / 0.0254, 0.9), (1e-4, 0.9165)]
)
def test_files_without_a_size_are_read_in_the_first_unit_that_is_plausible(
    tmp_path: Path, scale: float, height: float
) -> None:
    toys.chair(scale).export(tmp_path / "chair.glb")
    assert built(f"files:{tmp_path}").size[2] == pytest.approx(height, abs=0.001)


def test_a_model_whose_texture_is_missing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "chair.obj").write_text(
        "mtllib m.mtl\nusemtl a\nv 0 0 0\nv 1 0 0\nv 0 1 1\nvt 0 0\nvt 1 0\nvt 0 1\nf 1/1 2/2 3/3\n"
    )
    (tmp_path / "m.mtl").write_text("newmtl a\nmap_Kd lost.png\n")
    with pytest.raises(Unusable, match=r"lost\.png"):
        read_model(str(tmp_path / "chair.obj"))


@pytest.mark.parametrize("content", [b"", b"glTF nonsense", b"\x00" * 200])
def test_a_corrupt_file_is_refused_with_a_reason(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "chair.glb").write_bytes(content)
    with pytest.raises(Unusable):
        read_model(str(tmp_path / "chair.glb"))


def test_faces_that_come_twice_are_kept_once(tmp_path: Path) -> None:
    twice = trimesh.util.concatenate([toys.chair(), toys.chair()])
    twice.export(tmp_path / "chair.glb")
    assert sum(len(part.mesh.faces) for part in built(f"files:{tmp_path}").parts) == len(toys.chair().faces)


def test_a_fine_sphere_is_simplified_and_stays_round(tmp_path: Path) -> None:
    ball = trimesh.creation.icosphere(5, 0.4)
    ball.export(tmp_path / "ottoman.glb")
    asset = built(f"files:{tmp_path}", "ottoman", 2000)
    radius = np.linalg.norm(points(asset) - [0, 0, 0.4], axis=1)
    assert sum(len(part.mesh.faces) for part in asset.parts) < 2500 and np.abs(radius - 0.4).max() < 0.006
    normals = np.concatenate([part.mesh.normals for part in asset.parts])
    assert ((points(asset) - [0, 0, 0.4]) / radius[:, None] * normals).sum(1).min() > 0.98


def test_a_simplified_model_keeps_its_texture_where_it_was() -> None:
    from pipeline.compose.catalogues.remapping import carry_uv

    steps = np.linspace(0, 1, 41)
    u, v = (grid.ravel() for grid in np.meshgrid(steps, steps, indexing="ij"))
    fine, faces = np.column_stack([u, v, 0.1 * np.sin(3 * u)]), _grid_faces(41)
    coarse = fine.reshape(41, 41, 3)[::5, ::5].reshape(-1, 3)
    uv = carry_uv(fine, faces, np.column_stack([u, v]), coarse, _grid_faces(9))
    assert np.abs(uv - coarse[_grid_faces(9)][..., :2]).max() < 0.01


def _grid_faces(n: int) -> np.ndarray:
    i, j = (g.ravel() for g in np.meshgrid(np.arange(n - 1), np.arange(n - 1), indexing="ij"))
    a = i * n + j
    return np.concatenate([np.stack([a, a + n, a + 1], 1), np.stack([a + 1, a + n, a + n + 1], 1)])


def test_a_box_keeps_its_edges_and_a_cylinder_its_roundness() -> None:
    box = trimesh.creation.box()
    sharp = smooth(box.vertices, box.faces, None)
    assert len(sharp.vertices) == 24 and np.allclose(np.abs(sharp.normals).max(1), 1.0)
    pipe = trimesh.creation.cylinder(1.0, 2.0, sections=24)
    round_ = smooth(pipe.vertices, pipe.faces, None)
    side = np.abs(round_.normals[:, 2]) < 0.5
    assert np.abs((round_.vertices[side, :2] * round_.normals[side, :2]).sum(1) - 1.0).max() < 0.01


@pytest.mark.parametrize("name", ["chair", "dining_table", "bookshelf", "potted_plant", "mug", "sofa"])
def test_boxes_enclose_every_point_of_the_surface(name: str) -> None:
    from pipeline.compose.assets import GENERATORS

    asset = GENERATORS[name](np.random.default_rng(3))
    meshes = [part.mesh for part in asset.parts]
    corners = np.concatenate([mesh.vertices[mesh.faces] for mesh in meshes])
    boxes = enclose(corners, find_surfaces(meshes))
    weights = np.random.default_rng(0).dirichlet([1, 1, 1], len(corners))
    seen = np.concatenate([corners.reshape(-1, 3), (corners * weights[..., None]).sum(1)])
    inside = ((seen[:, None] >= boxes[:, 0] - 1e-9) & (seen[:, None] <= boxes[:, 1] + 1e-9)).all(2).any(1)
    assert inside.all() and len(boxes) <= MOST_BOXES


def test_a_chair_slides_under_a_table(tmp_path: Path) -> None:
    for name, mesh in (("chair", toys.chair()), ("dining_table", toys.table())):
        mesh.export(tmp_path / f"{name}.glb")
    chair, table = built(f"files:{tmp_path}"), built(f"files:{tmp_path}", "dining_table")
    under = boxes_at(chair.boxes, np.array([0.0, -0.25, 0.0]), 0.0)
    assert not under.overlaps(boxes_at(table.boxes, np.zeros(3), 0.0))
    through = boxes_at(chair.boxes, np.array([0.0, 0.1, 0.0]), 0.0)
    assert through.overlaps(boxes_at(table.boxes, np.zeros(3), 0.0))

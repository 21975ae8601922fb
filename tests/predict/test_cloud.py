"""Depth as points in space."""

import numpy as np
import pytest
import trimesh

from pipeline.compose.assets import solids
from pipeline.labels import trace
from pipeline.predict.ask import Answer
from pipeline.predict.cloud import back_project, cloud, comments, field_of_view, ply
from pipeline.predict.photo import Photo
from pipeline.scene import Camera, Material, Object, Part, Scene, look_at, upright

GREY = Material("plastic", (0.5, 0.5, 0.5), "gray")


def test_points_of_a_rendered_view_lie_on_the_surfaces_of_its_scene(tmp_path):
    top, ball = solids.box(1.2, 0.8, 0.6), solids.sphere(0.3, rings=40)
    things = [("box", top, [0, 0, 0]), ("ball", ball, [1.0, 0.2, 0.0])]
    objects = tuple(Object(name, "thing", (Part(mesh, GREY),), upright(at)) for name, mesh, at in things)
    # Not centred, and not square: as calibrated cameras are.
    k = np.array([[140.0, 0, 70.3], [0, 133.0, 52.9], [0, 0, 1]])
    camera = Camera(160, 120, k, look_at(np.array([2.5, -1.8, 1.9]), np.array([0.3, 0, 0.3])))
    labels = trace(Scene("test", objects, (), camera, ("background", "thing")))
    rgb = np.random.default_rng(0).integers(0, 256, (120, 160, 3), dtype=np.uint8)
    points, colors = back_project(labels.depth, rgb, camera)
    (tmp_path / "x.ply").write_bytes(ply(points, colors, ["a comment"]))

    read = trimesh.load(tmp_path / "x.ply")
    seen = np.isfinite(labels.depth)
    np.testing.assert_array_equal(read.colors[:, :3], rgb[seen])
    world = read.vertices @ camera.pose[:3, :3].T + camera.pose[:3, 3]
    owner = labels.instance[seen]
    on_box = world[owner == 1]
    assert len(on_box) > 1000 and (owner == 2).sum() > 300
    # The box: every point on one of its faces.
    lower, upper = top.bounds
    off = np.minimum(np.abs(on_box - lower), np.abs(on_box - upper)).min(axis=1)
    assert off.max() < 1e-5
    # The ball is of flat facets, within it but by little.
    centre = np.mean(objects[1].world_bounds(), axis=0)
    radius = np.linalg.norm(world[owner == 2] - centre, axis=1)
    assert radius.max() < 0.3 + 1e-5 and radius.min() > 0.29


def answer(depth_m):
    return Answer("depth", np.zeros((*depth_m.shape, 3), np.uint8), depth_m, [])


def test_a_wall_seen_straight_on_is_as_wide_as_the_field_of_view_says():
    photo = Photo(np.zeros((30, 40, 3), np.uint8))
    points, _ = cloud(answer(np.full((16, 16), 2.0, np.float32)), photo, field_of_view(photo, 90.0))
    assert len(points) == 1200
    assert np.all(points[:, 2] == 2)
    # 40 pixels over 4 m: their centres reach to half a pixel from the edges.
    assert points[:, 0].min() == pytest.approx(-1.95) and points[:, 0].max() == pytest.approx(1.95)
    # y is down: the first row is the highest.
    assert points[0, 1] == points[:, 1].min() == pytest.approx(-1.45)


def test_the_cloud_of_a_large_photo_is_thinned_without_moving_the_camera():
    photo = Photo(np.zeros((3000, 4000, 3), np.uint8))
    points, colors = cloud(answer(np.full((32, 32), 2.0, np.float32)), photo, field_of_view(photo, 90.0))
    assert 900_000 < len(points) == len(colors) <= 1_000_000
    assert points[:, 0].max() == pytest.approx(2, abs=0.01) and points[:, 1].max() == pytest.approx(1.5, abs=0.01)


def test_pixels_without_a_surface_give_no_points():
    photo = Photo(np.zeros((4, 4, 3), np.uint8))
    depth_m = np.full((4, 4), np.inf, np.float32)
    depth_m[0, 0] = 1
    assert len(cloud(answer(depth_m), photo, field_of_view(photo, None))[0]) == 1


def test_the_field_of_view_is_what_was_said_or_the_lens_or_a_stated_guess():
    # The diagonal of 36 mm x 24 mm film: at 3:2, f = 18 mm sees 36 mm of film, so 90 degrees.
    photo = Photo(np.zeros((200, 300, 3), np.uint8), focal_35mm=18.0)
    assert field_of_view(photo, None).degrees == pytest.approx(90)
    assert "Exif, 18 mm" in field_of_view(photo, None).source
    assert field_of_view(photo, 40.0).degrees == 40
    guess = field_of_view(Photo(photo.rgb), None)
    assert guess.degrees == 60 and "assumed" in guess.source
    assert "OpenCV" in comments(guess)[0] and "60.00 degrees" in comments(guess)[1] and "assumed" in comments(guess)[1]


def test_a_cloud_without_points_is_a_file_all_the_same(tmp_path):
    data = ply(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.uint8), [])
    assert data.startswith(b"ply\nformat binary_little_endian 1.0\nelement vertex 0\n")

import numpy as np
import pytest

from pipeline.compose.assets import solids
from pipeline.labels import instance_table, trace
from pipeline.scene import Camera, Material, Mesh, Object, Part, Scene, look_at, upright

GREY = Material("plastic", (0.5, 0.5, 0.5), "gray")
EYES = [(3.0, 0.4, 2.0), (-1.2, 2.5, 0.7), (0.3, -4.0, 3.5), (12.0, 9.0, 5.0)]


def scene_of(*meshes, eye=EYES[0], target=(0, 0, 0.4), size=(160, 120), classes=("background", "thing")):
    objects = tuple(Object(f"thing_{i}", "thing", (Part(mesh, GREY),), pose) for i, (mesh, pose) in enumerate(meshes))
    camera = Camera.centred(*size, np.radians(50), look_at(np.array(eye), np.array(target, float)))
    return Scene("test", objects, (), camera, classes)


def all_facets_depth(scene):
    """Oracle: every ray against every facet by solving 3x3 systems, the least depth wins. float64 [H, W]."""
    rays = scene.camera.rays().reshape(-1, 3)
    best = np.full(len(rays), np.inf)
    normal = np.zeros((len(rays), 3))
    for thing in scene.objects:
        matrix = scene.camera.world_to_camera @ thing.pose
        for part in thing.parts:
            points = part.mesh.vertices @ matrix[:3, :3].T + matrix[:3, 3]
            for a, b, c in points[part.mesh.faces]:
                basis = np.stack([b - a, c - a], axis=1)
                facet = np.cross(b - a, c - a)
                if np.linalg.norm(facet) < 1e-12:
                    continue
                system = np.concatenate([np.broadcast_to(-basis, (len(rays), 3, 2)), rays[:, :, None]], axis=2)
                good = np.abs(np.linalg.det(system)) > 1e-14
                s = np.full((len(rays), 3), -1.0)
                s[good] = np.linalg.solve(system[good], np.broadcast_to(a, (int(good.sum()), 3))[..., None])[..., 0]
                inside = (s[:, 0] >= 0) & (s[:, 1] >= 0) & (s[:, 0] + s[:, 1] <= 1) & (s[:, 2] > 0) & (s[:, 2] < best)
                best[inside] = s[inside, 2]
                normal[inside] = facet / np.linalg.norm(facet)
    return best.reshape(scene.camera.height, -1), normal.reshape(scene.camera.height, -1, 3)


@pytest.mark.parametrize("eye", EYES)
def test_depth_of_box_plane_and_sphere_is_the_closed_form_of_their_own_facets(eye):
    plane = Mesh(
        np.array([[-5, -5, 0], [5, -5, 0], [5, 5, 0], [-5, 5, 0]], float), np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    )
    scene = scene_of(
        (plane, upright([0, 0, 0])),
        (solids.box(0.7, 0.5, 0.9), upright([0.8, 0.3, 0], 0.4)),
        (solids.sphere(0.4, rings=10), upright([-0.5, -0.2, 0])),
        eye=eye,
        size=(80, 60),
    )
    labels = trace(scene)
    truth, facets = all_facets_depth(scene)
    both = np.isfinite(truth) & np.isfinite(labels.depth)
    # A pixel whose centre falls on an edge to within rounding may go to either side.
    assert (np.isfinite(truth) == np.isfinite(labels.depth)).mean() > 0.999
    error = np.abs(labels.depth[both] / truth[both] - 1)
    assert (error <= 1e-5).mean() > 0.999
    assert np.median(error) < 1e-7

    flat = both & np.isin(labels.instance, [1, 2])
    facing = facets * [1, -1, -1]
    facing *= -np.sign((facets * scene.camera.rays()).sum(-1, keepdims=True))
    cosine = (labels.normals * facing).sum(-1)[flat]
    assert (np.degrees(np.arccos(cosine.clip(-1, 1))) < 0.05).mean() > 0.999
    sine = np.linalg.norm(np.cross(labels.normals.astype(float), facing), axis=-1)[flat]
    assert (np.degrees(sine) < 0.01).mean() > 0.999


@pytest.mark.parametrize("eye", EYES)
def test_smooth_sphere_normals_follow_the_analytic_sphere(eye):
    centre = np.array([0, 0, 0.4])
    scene = scene_of((solids.sphere(0.4, rings=96), upright([0, 0, 0])), eye=eye)
    labels = trace(scene)
    hit = labels.instance == 1
    points = (scene.camera.rays() * np.where(hit, labels.depth, 0)[..., None])[hit]
    matrix = scene.camera.world_to_camera
    outward = points - (matrix[:3, :3] @ centre + matrix[:3, 3])
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    cosine = (labels.normals[hit] * (outward * [1, -1, -1])).sum(1)
    assert np.degrees(np.arccos(cosine.clip(-1, 1))).max() < 3.0
    assert np.degrees(np.arccos(cosine.clip(-1, 1))).mean() < 0.5


def test_normals_are_unit_and_face_the_viewer_everywhere():
    scene = scene_of((solids.torus(0.6, 0.2), upright([0, 0, 0])), (solids.cone(0.3, 0.8), upright([0.9, 0, 0])))
    labels = trace(scene)
    hit = labels.instance > 0
    rays = scene.camera.rays() * [1, -1, -1]
    assert np.abs(np.linalg.norm(labels.normals[hit], axis=1) - 1).max() < 1e-5
    assert (labels.normals[hit] * rays[hit]).sum(1).max() < 1e-5
    assert (labels.normals[~hit] == 0).all()
    assert np.isinf(labels.depth[~hit]).all()


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_corner_normals_that_agree_with_their_facet_change_nothing(side):
    box = solids.box(0.7, 0.5, 0.9)
    corners = box.vertices[box.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    faces = np.arange(3 * len(corners), dtype=np.int32).reshape(-1, 3)
    plain = Mesh(corners.reshape(-1, 3) * side, faces)  # reflected in a point, its facets show their backs
    shaded = Mesh(plain.vertices, faces, normals=np.repeat(normals, 3, axis=0))
    first, second = (trace(scene_of((mesh, upright([0, 0, 0], 0.4)))) for mesh in (plain, shaded))
    np.testing.assert_array_equal(first.depth, second.depth)
    np.testing.assert_allclose(first.normals, second.normals, atol=1e-6)


def test_a_surface_seen_from_behind_faces_the_viewer():
    wall = Mesh(
        np.array([[-1, 0, -1], [1, 0, -1], [1, 0, 1], [-1, 0, 1]], float), np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    )
    for side in (-3.0, 3.0):
        labels = trace(scene_of((wall, upright([0, 0, 0])), eye=(0, side, 0.0), target=(0, 0, 0.0)))
        np.testing.assert_allclose(labels.normals[60, 80], [0, 0, 1], atol=1e-6)


def test_a_facet_fills_the_view_though_all_its_corners_lie_outside():
    ground = Mesh(np.array([[-900, -900, 0], [900, -900, 0], [0, 900, 0]], float), np.array([[0, 1, 2]], np.int32))
    scene = scene_of((ground, upright([0, 0, 0])), eye=(1.0, 0.5, 3.0), target=(0.2, 0.1, 0))
    labels = trace(scene)
    truth, _ = all_facets_depth(scene)
    assert (labels.instance == 1).all()
    np.testing.assert_allclose(labels.depth, truth, rtol=1e-6)


def test_an_empty_scene_is_all_background():
    labels = trace(scene_of())
    assert np.isinf(labels.depth).all()
    assert not labels.instance.any()
    assert not labels.semantic.any()


def test_a_category_outside_the_class_list_is_named():
    with pytest.raises(ValueError, match="thing"):
        trace(scene_of((solids.box(1, 1, 1), upright([0, 0, 0])), classes=("background",)))


def test_half_hidden_boxes_have_half_their_outline_visible():
    screen = Mesh(
        np.array([[0, -2, -2], [0, 0, -2], [0, 0, 2], [0, -2, 2]], float), np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    )
    box = solids.box(0.5, 0.5, 0.5)
    scene = scene_of((screen, upright([1, 0, 0])), (box, upright([0, 0, -0.25])), eye=(4.0, 0, 0), target=(0, 0, 0))
    table = {row.name: row for row in instance_table(scene, trace(scene))}
    assert table["thing_1"].visible_fraction == pytest.approx(0.5, abs=0.02)


def test_what_lies_outside_the_image_counts_as_hidden():
    scene = scene_of(
        (solids.box(0.5, 0.5, 0.5), upright([0, 0, -0.25])), eye=(4.0, 0, 0), target=(0, 1.87, 0), size=(120, 120)
    )
    (row,) = instance_table(scene, trace(scene))
    assert 0.2 < row.visible_fraction < 0.9
    assert row.box[0] == 0 or row.box[2] == 120


def test_a_camera_with_skew_is_refused_because_no_renderer_shows_it():
    with pytest.raises(ValueError, match="skew"):
        Camera(8, 8, np.array([[10.0, 0.1, 4.0], [0.0, 10.0, 4.0], [0.0, 0.0, 1.0]]), np.eye(4))

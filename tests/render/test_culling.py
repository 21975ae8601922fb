"""What is left out of a picture because it lies out of view, against the projection of its corners."""

import numpy as np
import pytest

from pipeline.render.batches import merge
from pipeline.render.gl_meshes import runs_in_view
from pipeline.scene import Camera, Material, Mesh, Object, Part, Scene, look_at

CHALK = Material("chalk", (0.8, 0.8, 0.8), "white")
CORNERS = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
FACES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32)


def clip_from_world(near, far):
    """OpenGL's matrix of a camera with a right angle of view at the origin that looks along +x, and its world matrix."""
    camera = Camera.centred(64, 64, np.pi / 2, look_at(np.zeros(3), np.array([1.0, 0.0, 0.0])))
    view = np.diag([1.0, -1.0, -1.0, 1.0]) @ camera.world_to_camera
    projection = np.zeros((4, 4))
    projection[0, 0] = projection[1, 1] = 1.0
    projection[2, 2:] = -(far + near) / (far - near), -2 * far * near / (far - near)
    projection[3, 2] = -1.0
    return camera, projection @ view


@pytest.mark.parametrize("seed", range(6))
def test_every_part_with_a_corner_in_view_is_drawn_and_none_that_a_side_of_the_view_hides_whole(seed):
    rng = np.random.default_rng(seed)
    camera, clip = clip_from_world(0.05, 40.0)
    objects = []
    for number in range(120):
        pose = np.eye(4)
        pose[:3, 3] = rng.uniform(-30, 30, 3)
        mesh = Mesh(CORNERS * rng.uniform(0.1, 6.0), FACES)
        objects.append(Object(f"box_{number}", "box", (Part(mesh, CHALK),), pose))
    (batch,) = merge(Scene("cull", tuple(objects), (), camera, ("background", "box")), 64)
    drawn = np.zeros(len(batch.faces), bool)
    for first, count in runs_in_view(batch, clip):
        assert not drawn[first : first + count].any()
        drawn[first : first + count] = True
    for thing, faces in zip(objects, drawn.reshape(-1, len(FACES)), strict=True):
        corners = np.hstack([thing.world_vertices(), np.ones((4, 1))]) @ clip.T
        w = corners[:, 3:]
        assert faces.all() == faces.any()
        if (np.abs(corners[:, :3]) <= w).all(1).any():
            assert faces.all()
        box = np.stack(np.meshgrid(*thing.world_bounds().T), -1).reshape(-1, 3)
        ends = np.hstack([box, np.ones((8, 1))]) @ clip.T
        if ((ends[:, :3] > ends[:, 3:] + 0.01).all(0) | (ends[:, :3] < -ends[:, 3:] - 0.01).all(0)).any():
            assert not faces.any()


def test_parts_that_cast_no_shadow_come_last_and_are_not_asked_for():
    camera, clip = clip_from_world(0.05, 40.0)
    pose = np.eye(4)
    pose[0, 3] = 5.0
    ghost = Material("sky", (1.0, 1.0, 1.0), "white", casts_shadow=False)
    objects = [
        Object(name, "box", (Part(Mesh(CORNERS, FACES), look),), pose) for name, look in (("a", ghost), ("b", CHALK))
    ]
    (batch,) = merge(Scene("cull", tuple(objects), (), camera, ("background", "box")), 64)
    assert runs_in_view(batch, clip) == [(0, 8)]
    assert runs_in_view(batch, clip, batch.casting) == [(0, 4)]

import gc

import numpy as np
import pytest
from embreex import rtcore_scene
from embreex.mesh_construction import TriangleMesh

from pipeline.labels.embree import BLOCK, PACKET, TriangleScene


def random_mesh(generator, count):
    corners = generator.normal(size=(count, 1, 3)) * 3 + generator.normal(size=(count, 3, 3)) * 0.6
    return corners.reshape(-1, 3), np.arange(count * 3, dtype=np.int32).reshape(-1, 3)


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 1000, BLOCK * PACKET, BLOCK * PACKET + 5])
def test_packets_hit_the_triangles_that_embreex_hits_one_ray_at_a_time(count):
    generator = np.random.default_rng(count)
    vertices, faces = random_mesh(generator, 400)
    rays = generator.normal(size=(3, count)).astype(np.float32)
    facet, t = TriangleScene(vertices, faces).first_hits(rays)
    scene = rtcore_scene.EmbreeScene()
    _mesh = TriangleMesh(scene, vertices.astype(np.float32), faces)
    truth = scene.run(np.zeros((count, 3), np.float32), np.ascontiguousarray(rays.T), dists=np.inf, output=True)
    same = facet == truth["primID"]
    assert same.sum() >= count * 0.999  # an edge may go to either side
    np.testing.assert_allclose(t[same], truth["tfar"][same], rtol=1e-4)
    assert (np.isinf(t) == (facet < 0)).all()
    assert count < 1000 or 0.05 < (facet >= 0).mean() < 1.0


def test_a_mesh_without_triangles_is_missed_by_every_ray():
    facet, t = TriangleScene(np.zeros((0, 3)), np.zeros((0, 3), np.int32)).first_hits(np.ones((3, 20), np.float32))
    assert (facet == -1).all()
    assert np.isinf(t).all()


def test_scenes_that_are_dropped_leave_the_others_whole():
    mesh = random_mesh(np.random.default_rng(0), 50)
    rays = np.random.default_rng(1).normal(size=(3, 500)).astype(np.float32)
    kept = TriangleScene(*mesh)
    before = kept.first_hits(rays)
    for _ in range(20):
        TriangleScene(*mesh).first_hits(rays[:, :30])
    gc.collect()
    for old, new in zip(before, kept.first_hits(rays), strict=True):
        np.testing.assert_array_equal(old, new)

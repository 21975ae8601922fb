"""Boxes by the dozen are what boxes one by one are; outlines drawn out are closed."""

import numpy as np
import pytest

from pipeline.compose.assets import profiles, shapes
from tests.compose.room_oracles import as_trimesh


def test_many_boxes_at_once_are_the_same_as_one_by_one():
    rng = np.random.default_rng(0)
    sizes, at = rng.uniform(0.1, 2, (7, 3)), rng.uniform(-3, 3, (7, 3))
    many = profiles.boxes(sizes, at)
    one = [shapes.box(size, spot, bevel=0) for size, spot in zip(sizes, at, strict=True)]
    for name in ("vertices", "normals", "uv"):
        np.testing.assert_allclose(
            getattr(many, name), np.concatenate([getattr(mesh, name) for mesh in one]), atol=1e-12
        )
    assert as_trimesh(many).volume == pytest.approx(sizes.prod(1).sum())


def test_one_size_serves_for_many_places():
    mesh = profiles.boxes((0.1, 0.2, 0.3), [(x, 0, 0) for x in range(5)])
    assert as_trimesh(mesh).volume == pytest.approx(5 * 0.006)


def test_a_prism_has_the_area_of_its_outline_times_its_width():
    outline = [(0, 0), (2, 0), (2, 1), (1, 1.5)]
    solid = as_trimesh(profiles.prism(outline, 0.4, 3.0))
    assert solid.is_watertight
    assert solid.volume == pytest.approx(0.4 * 2.0)
    np.testing.assert_allclose(solid.bounds[:, 0], [2.8, 3.2])


def test_a_label_shows_its_texture_once_and_upright():
    mesh = profiles.label(0.2, 0.1, (0, 0.5, 1.0))
    front = mesh.vertices[:, 1] > 0.5 + profiles.LABEL_M * 0.9
    facing = front & (mesh.normals[:, 1] > 0.9)
    points, uv = mesh.vertices[facing], mesh.uv[facing]
    np.testing.assert_allclose(sorted(map(tuple, np.round(uv, 6))), [(0, 0), (0, 1), (1, 0), (1, 1)])
    # Seen from +y, x runs to the left: writing from left to right runs towards -x, and up is up.
    assert (uv[:, 0] > 0.5).tolist() == (points[:, 0] < 0).tolist()
    assert (uv[:, 1] > 0.5).tolist() == (points[:, 2] > 1.0).tolist()

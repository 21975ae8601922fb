import fcl
import numpy as np
import pytest
import trimesh

from pipeline.compose import class_list, compose
from pipeline.compose.assets import solids
from pipeline.compose.colors import COLORS, named_color
from pipeline.config import load_recipe
from tests.compose.room_oracles import identical, proper_rotation

RECIPE = load_recipe("scenes/primitives.yaml")


def test_the_same_seed_composes_the_same_scene_and_another_seed_another():
    assert identical(compose(RECIPE, 5), compose(RECIPE, 5))
    assert not identical(compose(RECIPE, 5), compose(RECIPE, 6))


def test_nothing_is_mirrored_or_scaled():
    for seed in range(5):
        scene = compose(RECIPE, seed)
        assert all(proper_rotation(posed.pose) for posed in (*scene.objects, *scene.lights, scene.camera))


@pytest.mark.parametrize(
    ("mesh", "volume"),
    [
        (solids.box(1, 2, 3), 6.0),
        (solids.cylinder(0.5, 1), np.pi / 4),
        (solids.cone(0.5, 1), np.pi / 12),
        (solids.sphere(0.5), np.pi / 6),
        (solids.capsule(0.5, 1), np.pi / 4 + np.pi / 6),
        (solids.torus(0.5, 0.2), 2 * np.pi**2 * 0.5 * 0.04),
        (solids.pyramid(1, 1), 1 / 3),
    ],
    ids=["box", "cylinder", "cone", "sphere", "capsule", "torus", "pyramid"],
)
def test_solids_are_watertight_have_their_volume_and_outward_unit_normals(mesh, volume):
    whole = trimesh.Trimesh(np.round(mesh.vertices, 9), mesh.faces, merge_norm=True, merge_tex=True)
    assert whole.is_watertight
    assert whole.volume == pytest.approx(volume, rel=0.01)
    assert mesh.bounds[0, 2] == pytest.approx(0, abs=1e-12)
    if mesh.normals is not None:
        corners = mesh.vertices[mesh.faces]
        facets = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        facets /= np.linalg.norm(facets, axis=1, keepdims=True)
        assert (facets[:, None] * mesh.normals[mesh.faces]).sum(-1).min() > 0.99
        assert np.abs(np.linalg.norm(mesh.normals, axis=1) - 1).max() < 1e-9


def test_solids_never_touch_each_other():
    for seed in range(20):
        shapes = []
        for thing in compose(RECIPE, seed).objects[1:]:
            model = fcl.BVHModel()
            mesh = thing.parts[0].mesh
            model.beginModel(len(mesh.vertices), len(mesh.faces))
            model.addSubModel(thing.world_vertices(), mesh.faces)
            model.endModel()
            shapes.append(fcl.CollisionObject(model, fcl.Transform()))
        for i, one in enumerate(shapes):
            for other in shapes[:i]:
                assert not fcl.collide(one, other, fcl.CollisionRequest(), fcl.CollisionResult())


def test_everything_rests_on_the_ground():
    for seed in range(10):
        for thing in compose(RECIPE, seed).objects:
            assert thing.world_vertices()[:, 2].min() == pytest.approx(0, abs=1e-9)


def test_every_category_is_in_the_class_list():
    for seed in range(10):
        scene = compose(RECIPE, seed)
        assert scene.classes == class_list(RECIPE)
        assert {thing.category for thing in scene.objects} <= set(scene.classes)


@pytest.mark.parametrize("name", COLORS)
def test_a_named_colour_stays_nearest_to_its_name(name):
    rng = np.random.default_rng(0)
    for _ in range(50):
        color = np.array(named_color(name, rng))
        assert min(COLORS, key=lambda other: np.linalg.norm(color - COLORS[other])) == name

"""Streets: traffic keeps to its lanes, people to the pavements, fronts stand on the line, and one sees far."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from benchmarks.plausibility import BUILDING, faults
from pipeline.compose import compose
from pipeline.compose.assets import CLASSES
from pipeline.compose.layouts.street import LEVEL
from pipeline.config import CameraConfig, StreetRecipe, load_recipe
from pipeline.errors import ConfigError
from pipeline.labels import trace
from pipeline.scene import Object, Scene, fingerprint
from tests.compose.room_oracles import first_scene, proper_rotation

SEEDS = range(8)
VEHICLES = ("car", "van", "bus", "truck", "motorcycle")
TURNED = 0.1
"""Radians by which a parked car may stand askew."""


@cache
def recipe() -> StreetRecipe:
    loaded = load_recipe("scenes/street.yaml")
    assert isinstance(loaded, StreetRecipe)
    return loaded


@cache
def street(seed: int) -> Scene:
    return first_scene(recipe(), seed)


def only(scene: Scene, *categories: str) -> list[Object]:
    return [thing for thing in scene.objects if thing.category in categories]


def footprint(thing: Object) -> np.ndarray:
    vertices = thing.world_vertices()
    return np.stack([vertices.min(0), vertices.max(0)])


def kerbs(scene: Scene) -> tuple[float, float]:
    """Half the width of the carriageway and the height of the pavement, measured on the pavement's mesh."""
    corners = np.concatenate([part.mesh.vertices[part.mesh.faces].mean(1) for part in only(scene, "pavement")[0].parts])
    tops = np.concatenate([part.mesh.vertices for part in only(scene, "pavement")[0].parts])
    near = corners[(corners[:, 1] < -100) & (corners[:, 1] > -300)]
    assert len(near)
    behind = tops[tops[:, 1] < -200]
    return float(np.abs(behind[:, 0]).min()), float(tops[:, 2].max())


def test_the_same_seed_gives_the_same_street() -> None:
    assert fingerprint(compose(recipe(), 5, 64, 64)) == fingerprint(compose(recipe(), 5, 64, 64))
    assert fingerprint(compose(recipe(), 5, 64, 64)) != fingerprint(compose(recipe(), 6, 64, 64))


@pytest.mark.parametrize("seed", SEEDS)
def test_objects_are_named_classed_and_rest_on_something_that_exists(seed: int) -> None:
    scene = street(seed)
    names = {thing.name for thing in scene.objects}
    assert len(names) == len(scene.objects)
    assert not scene.indoors
    for thing in scene.objects:
        assert thing.category in CLASSES
        assert proper_rotation(thing.pose)
        assert (thing.support in names) or (thing.support is None and thing.category in BUILDING)
    assert sum(len(part.mesh.faces) for thing in scene.objects for part in thing.parts) < 1_200_000


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_nothing_floats_or_goes_into_anything_else(seed: int) -> None:
    assert faults(street(seed)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_vehicles_on_the_road_stay_on_it_and_face_along_it(seed: int) -> None:
    scene = street(seed)
    half, _ = kerbs(scene)
    for car in (thing for thing in only(scene, *VEHICLES) if thing.support == "road_1"):
        low, high = footprint(car)
        assert max(-low[0], high[0]) < half + 0.05, car.name
        assert abs(car.pose[0, 1]) < TURNED, car.name


@pytest.mark.parametrize("seed", SEEDS)
def test_traffic_on_either_side_of_the_road_goes_one_way(seed: int) -> None:
    on_road = [thing for thing in only(street(seed), *VEHICLES) if thing.support == "road_1"]
    ways = {np.sign(thing.pose[0, 3]) * np.sign(thing.pose[1, 1]) for thing in on_road}
    assert len(ways) <= 1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_kerb_is_a_step_of_12_to_15_cm(seed: int) -> None:
    scene = street(seed)
    _, height = kerbs(scene)
    assert 0.12 <= height <= 0.15
    assert max(part.mesh.vertices[:, 2].max() for part in only(scene, "road")[0].parts) == 0.0


@pytest.mark.parametrize("seed", SEEDS)
def test_people_stand_on_pavement_or_crossing_and_outside_every_building(seed: int) -> None:
    scene = street(seed)
    fronts = [footprint(thing) for thing in only(scene, "building", "house")]
    assert only(scene, "person")
    for person in only(scene, "person"):
        assert person.support in ("pavement_1", "road_1")
        low, high = footprint(person)
        for front in fronts:
            # Balconies and eaves may be overhead.
            assert (high[:2] < front[0, :2] + 1.8).any() or (low[:2] > front[1, :2] - 1.8).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_camera_stands_in_free_air_above_the_ground(seed: int) -> None:
    scene = street(seed)
    eye = scene.camera.pose[:3, 3]
    assert 0.25 < eye[2] < 2.0
    nearest = min(np.linalg.norm(thing.world_vertices() - eye, axis=1).min() for thing in scene.objects if thing.thing)
    assert nearest > 0.15


def test_a_pitch_of_ones_own_is_kept_and_a_viewpoints_own_is_levelled() -> None:
    for pitch_deg, low, high in (((20.0, 20.0), 20.0, 20.0), (None, -4.0 * LEVEL, 22.0 * LEVEL)):
        camera = CameraConfig(viewpoints={"person": 1.0}, pitch_deg=pitch_deg)
        scene = first_scene(recipe().model_copy(update={"camera": camera}), 3)
        assert low - 1e-6 <= -np.degrees(np.arcsin(scene.camera.pose[2, 2])) <= high + 1e-6


def test_most_views_reach_from_under_3_m_to_over_100_m() -> None:
    deep = 0
    for seed in SEEDS:
        depth = trace(street(seed)).depth
        seen = depth[np.isfinite(depth)]
        deep += seen.min() < 3.0 and seen.max() > 100.0
    assert deep >= len(SEEDS) * 0.75


def test_no_street_is_seen_through_a_hole_in_its_ground() -> None:
    for seed in SEEDS:
        scene = street(seed)
        depth = trace(scene).depth
        below = scene.camera.rays() @ scene.camera.pose[:3, :3].T
        # Two degrees below the horizon, every ray meets the ground within the 300 m to the hills.
        assert np.isfinite(depth[below[..., 2] < -0.035 * np.linalg.norm(below, axis=-1)]).all()


def test_what_a_recipe_leaves_out_does_not_appear() -> None:
    bare = recipe().model_copy(
        update={"things": {"tree": 1.0}, "people": (0, 0), "traffic": 0.0, "districts": {"modern": 1.0}}
    )
    for seed in range(2):
        seen = {thing.category for thing in first_scene(bare, seed).objects}
        assert seen <= {"road", "pavement", "lawn", "hill", "building", "tree", "bush"}


def test_windows_glow_by_night_alone() -> None:
    def glowing(scene: Scene) -> int:
        panes = [part for thing in only(scene, "building") for part in thing.parts if part.material.name == "glass"]
        return sum(len(part.mesh.faces) for part in panes if max(part.material.emission) > 0)

    town = {"districts": {"old_town": 1.0}}
    assert glowing(compose(recipe().model_copy(update=town | {"light": ["night"]}), 1, 64, 64)) > 0
    assert glowing(compose(recipe().model_copy(update=town | {"light": ["day"]}), 1, 64, 64)) == 0


def test_a_thing_that_streets_do_not_have_is_refused_with_its_key() -> None:
    with pytest.raises(ConfigError, match="things"):
        load_recipe("scenes/street.yaml", ["things.sofa=1.0"])

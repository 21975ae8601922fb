"""Gardens: fenced, on open ground, with what is paved kept clear of lawn, and nobody inside a house."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from benchmarks.plausibility import BUILDING, faults
from pipeline.compose import compose
from pipeline.compose.assets import CLASSES
from pipeline.compose.layouts.yard import LEVEL
from pipeline.config import CameraConfig, YardRecipe, load_recipe
from pipeline.labels import trace
from pipeline.scene import Scene, fingerprint
from tests.compose.room_oracles import first_scene, proper_rotation

SEEDS = range(8)
LOOSE = ("person", "dog", "ball", "garden_chair", "barbecue", "wheelbarrow")


@cache
def recipe() -> YardRecipe:
    loaded = load_recipe("scenes/yard.yaml")
    assert isinstance(loaded, YardRecipe)
    return loaded


@cache
def yard(seed: int) -> Scene:
    return first_scene(recipe(), seed)


def test_the_same_seed_gives_the_same_yard() -> None:
    assert fingerprint(compose(recipe(), 5, 64, 64)) == fingerprint(compose(recipe(), 5, 64, 64))
    assert fingerprint(compose(recipe(), 5, 64, 64)) != fingerprint(compose(recipe(), 6, 64, 64))


@pytest.mark.parametrize("seed", SEEDS)
def test_objects_are_named_classed_and_rest_on_something_that_exists(seed: int) -> None:
    scene = yard(seed)
    names = {thing.name for thing in scene.objects}
    assert len(names) == len(scene.objects)
    assert not scene.indoors
    for thing in scene.objects:
        assert thing.category in CLASSES
        assert proper_rotation(thing.pose)
        assert (thing.support in names) or (thing.support is None and thing.category in BUILDING)


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_nothing_floats_or_goes_into_anything_else(seed: int) -> None:
    assert faults(yard(seed)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_there_is_a_house_with_neighbours_and_a_boundary(seed: int) -> None:
    categories = [thing.category for thing in yard(seed).objects]
    assert categories.count("house") >= 4
    assert sum(categories.count(name) for name in ("fence", "hedge", "wall")) >= 3


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_loose_stands_outside_the_houses(seed: int) -> None:
    scene = yard(seed)
    houses = [thing.world_vertices() for thing in scene.objects if thing.category == "house"]
    for thing in scene.objects:
        if thing.category in LOOSE:
            for walls in houses:
                low, high = walls.min(0)[:2], walls.max(0)[:2]
                assert not ((thing.pose[:2, 3] > low + 2.2) & (thing.pose[:2, 3] < high - 2.2)).all(), thing.name


@pytest.mark.parametrize("seed", SEEDS)
def test_the_house_rises_from_the_lawn_and_its_roof_covers_it(seed: int) -> None:
    scene = yard(seed)
    house = next(thing for thing in scene.objects if thing.category == "house")
    vertices = house.world_vertices()
    assert vertices[:, 2].min() == pytest.approx(0.13, abs=0.005)
    assert 4.0 < np.ptp(vertices[:, 2]) < 14.0
    assert 7.0 < np.ptp(vertices[:, 0]) < 24.0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_camera_stands_in_free_air(seed: int) -> None:
    scene = yard(seed)
    eye = scene.camera.pose[:3, 3]
    assert min(np.linalg.norm(thing.world_vertices() - eye, axis=1).min() for thing in scene.objects) > 0.15


def test_a_pitch_of_ones_own_is_kept_and_a_viewpoints_own_is_levelled() -> None:
    for pitch_deg, low, high in (((20.0, 20.0), 20.0, 20.0), (None, -4.0 * LEVEL, 22.0 * LEVEL)):
        camera = CameraConfig(viewpoints={"person": 1.0}, pitch_deg=pitch_deg)
        scene = first_scene(recipe().model_copy(update={"camera": camera}), 3)
        assert low - 1e-6 <= -np.degrees(np.arcsin(scene.camera.pose[2, 2])) <= high + 1e-6


def test_no_ray_below_the_horizon_misses_the_ground() -> None:
    for seed in SEEDS:
        scene = yard(seed)
        down = scene.camera.rays() @ scene.camera.pose[:3, :3].T
        steep = down[..., 2] < -0.035 * np.linalg.norm(down, axis=-1)
        assert np.isfinite(trace(scene).depth[steep]).all()


def test_a_front_garden_has_a_road_and_a_back_garden_has_none() -> None:
    for chance, roads in ((1.0, 1), (0.0, 0)):
        scene = compose(recipe().model_copy(update={"front_garden": chance}), 3, 64, 64)
        assert sum(thing.category == "road" for thing in scene.objects) == roads


def test_what_a_recipe_leaves_out_does_not_appear() -> None:
    nothing = dict.fromkeys(("trees", "bushes", "flower_beds", "people"), (0, 0))
    bare = recipe().model_copy(update=nothing | {"things": {"shed": 1.0, "barbecue": 1.0}})
    inside = {"sofa", "car", "dog", "trampoline", "person", "flower_bed", "garden_table", "slide"}
    for seed in range(2):
        assert not inside & {thing.category for thing in compose(bare, seed, 64, 64).objects}

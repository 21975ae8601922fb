"""What lies on the table is what the recipe says, and is seen from where it says."""

import numpy as np
import pytest

from pipeline.compose import compose, open_stock
from pipeline.compose.assets import GENERATORS
from pipeline.compose.layouts.tabletop import THEMES, _cleared_table
from pipeline.compose.layouts.tabletop_room import furnished_room
from pipeline.config import load_recipe
from pipeline.errors import ConfigError
from pipeline.scene import CannotPlace


def scenes(*changes, count=6):
    recipe = load_recipe("scenes/tabletop.yaml", list(changes))
    made = []
    for seed in range(20):
        try:
            made.append(compose(recipe, seed, 96, 96))
        except CannotPlace:
            continue
        if len(made) == count:
            return made
    raise AssertionError(f"only {len(made)} of 20 seeds gave a scene")


def clutter(scene, table):
    """Things carried by the table, or by something that is."""
    carried = {table}
    for thing in scene.objects:
        if thing.support in carried:
            carried.add(thing.name)
    return [thing for thing in scene.objects if thing.name in carried - {table}]


def test_everything_on_the_table_belongs_to_the_theme():
    allowed = {GENERATORS[name](np.random.default_rng(0)).category for name in THEMES["toys"]}
    for scene in scenes("themes={toys: 1}"):
        assert {thing.category for thing in clutter(scene, "dining_table_1")} <= allowed


def test_no_two_things_share_a_name():
    """At seed 22 the first of two plants stood on the table before it was cleared, and another came to lie there."""
    for seed in (22, 0):
        names = [thing.name for thing in compose(load_recipe("scenes/tabletop.yaml"), seed, 96, 96).objects]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("seed", range(4))
def test_a_cleared_table_leaves_no_name_to_be_given_again(seed):
    recipe, rng = load_recipe("scenes/tabletop.yaml"), np.random.default_rng(seed)
    shell, *_ = furnished_room(recipe.room, "dining_table", "day", rng, open_stock(recipe.assets))
    before = [placed.asset.category for placed in shell.room.placed]
    names = {placed.name for placed in shell.room.placed}
    _cleared_table(shell, "dining_table")
    assert not names & {shell.room.new_name(category) for category in before}


def test_there_is_never_more_than_was_put_there():
    for scene in scenes("count=3", "tables=dining_table"):
        assert 1 <= len(clutter(scene, "dining_table_1")) <= 3


def test_the_camera_looks_down_at_the_heap_from_close_by():
    for scene in scenes("camera.pitch_deg=[40, 50]", "camera.distance_m=[0.6, 0.8]", "tables=dining_table"):
        heap = np.concatenate([thing.world_vertices() for thing in clutter(scene, "dining_table_1")])
        assert np.radians(35) < np.arcsin(-scene.camera.pose[2, 2]) < np.radians(55)
        assert np.linalg.norm(np.median(heap, axis=0) - scene.camera.pose[:3, 3]) < 0.95


def test_something_lies_as_it_fell():
    tilts = [abs(thing.pose[2, 2]) for scene in scenes("standing=0") for thing in scene.objects]
    assert min(tilts) < 0.9


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("camera.pitch_deg=90", "camera.pitch_deg"), ("themes={zoo: 1}", "themes.zoo"), ("room.light=noon", "room.light"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named(change, words):
    with pytest.raises(ConfigError, match=words):
        load_recipe("scenes/tabletop.yaml", [change])

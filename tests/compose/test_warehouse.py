"""Warehouses: racks in rows, goods that rest on one another inside their bays, free aisles, light everywhere."""

from __future__ import annotations

import collections
from functools import cache

import numpy as np
import pytest
import trimesh

from pipeline.compose import compose
from pipeline.compose.assets import CLASSES
from pipeline.compose.colors import COLORS
from pipeline.compose.layouts.warehouse import build, stock_up
from pipeline.compose.layouts.warehouse_gear import PASSAGE_M
from pipeline.compose.layouts.warehouse_plan import SPINE_M, Hall, draw_plan
from pipeline.compose.stock import Stock
from pipeline.config import AssetsConfig, WarehouseRecipe, load_recipe
from pipeline.errors import ConfigError
from pipeline.scene import CannotPlace, Object, Scene
from tests.compose.room_oracles import identical, in_free_air, proper_rotation, world_mesh

SEEDS = range(6)
SHELL = {
    "floor", "wall", "ceiling", "column", "roof_truss", "skylight", "floor_marking", "door",
}  # fmt: skip


@cache
def recipe(*changes: str) -> WarehouseRecipe:
    loaded = load_recipe("scenes/warehouse.yaml", list(changes))
    assert isinstance(loaded, WarehouseRecipe)
    return loaded


@cache
def scene(seed: int) -> Scene:
    return compose(recipe(), seed, 64, 48)


@cache
def stocked(seed: int) -> Hall:
    rng = np.random.default_rng(seed)
    hall = build(recipe(), (1.0, 1.0, 1.0), rng, Stock(AssetsConfig()))
    stock_up(recipe(), hall, (0.0, hall.plan.aisles[0].y), rng)
    return hall


@cache
def bounds(seed: int) -> dict[str, np.ndarray]:
    """World bounds [2, 3] of every object, from its vertices."""
    vertices = {thing.name: thing.world_vertices() for thing in scene(seed).objects}
    return {name: np.stack([v.min(0), v.max(0)]) for name, v in vertices.items()}


def of(seed: int, category: str) -> list[Object]:
    return [thing for thing in scene(seed).objects if thing.category == category]


@pytest.mark.parametrize("seed", range(2))
def test_the_same_seed_gives_the_same_hall(seed: int) -> None:
    assert identical(scene(seed), compose(recipe(), seed, 64, 48))


def test_different_seeds_give_different_halls() -> None:
    assert not any(identical(scene(a), scene(b)) for a in range(3) for b in range(a))


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_rests_within_five_millimetres_on_what_it_names(seed: int) -> None:
    things, box = {thing.name: thing for thing in scene(seed).objects}, bounds(seed)
    for thing in things.values():
        if thing.category in SHELL or thing.category in ("high_bay_lamp", "loading_door"):
            continue
        assert thing.support is not None, thing.name
        low, high = box[thing.name]
        below, above = box[thing.support]
        # Over the support, and its underside on it: at its top, or at a level of a rack, a shelf or a fork.
        assert (low[:2] < above[:2]).all() and (high[:2] > below[:2]).all(), thing.name
        assert below[2] < low[2] < above[2] + 0.005, thing.name
        if things[thing.support].category in ("cardboard_box", "barrel", "sack", "wrapped_load", "crate"):
            assert abs(low[2] - above[2]) < 0.005, thing.name
        if things[thing.support].category == "floor":
            assert low[2] < 0.005, thing.name


@pytest.mark.parametrize("seed", SEEDS)
def test_stacked_goods_have_their_middle_over_what_carries_them(seed: int) -> None:
    box = bounds(seed)
    for thing in scene(seed).objects:
        if thing.thing and thing.support and not thing.support.startswith(("floor", "wall", "ceiling")):
            middle = box[thing.name].mean(0)[:2]
            below, above = box[thing.support]
            assert (middle > below[:2]).all() and (middle < above[:2]).all(), thing.name


@pytest.mark.parametrize("seed", SEEDS)
def test_aisles_can_be_walked_from_end_to_end(seed: int) -> None:
    hall = stocked(seed)
    start, end = hall.plan.racks_x
    solids = [
        p.extent
        for p in hall.placed
        if p.asset.category != "floor_marking" and p.extent[0, 2] < 1.8 and p.extent[1, 2] > 0.05
    ]
    for aisle in hall.plan.aisles:
        edges = aisle.y - aisle.width / 2, aisle.y + aisle.width / 2
        for x in np.arange(start, end, 0.25):
            inside = [e for e in solids if e[0, 0] < x < e[1, 0] and e[0, 1] < edges[1] and e[1, 1] > edges[0]]
            spans = sorted((float(e[0, 1]), float(e[1, 1])) for e in inside)
            free, reached = 0.0, edges[0]
            for low, high in [*spans, (edges[1], edges[1])]:
                free, reached = max(free, low - reached), max(reached, high)
            assert free >= PASSAGE_M - 0.1, (aisle, x)


@pytest.mark.parametrize("seed", range(30))
def test_racks_stand_back_to_back_or_along_a_wall_and_face_an_aisle(seed: int) -> None:
    plan = draw_plan(recipe(), np.random.default_rng(seed))
    for run in plan.runs:
        ahead = 1 if run.faces_up else -1
        facing = [a for a in plan.aisles if 0 < (a.y - run.y) * ahead < a.width / 2 + 1.0]
        assert len(facing) == 1
        backs = [other for other in plan.runs if 0 < (run.y - other.y) * ahead < 2.0]
        if backs:
            assert backs[0].faces_up != run.faces_up
            assert SPINE_M[0] <= abs(backs[0].y - run.y) - 1.2 <= SPINE_M[1]
            assert backs[0].rack.bays == run.rack.bays
        else:
            assert plan.size[1] / 2 - abs(run.y) < 1.2


@pytest.mark.parametrize("seed", SEEDS)
def test_loads_stay_inside_their_bay_and_under_the_beams_above(seed: int) -> None:
    hall = stocked(seed)
    boxes = {p.name: p.extent for p in hall.placed}
    racks = [(run, next(p for p in hall.placed if p.asset.category == "pallet_rack" and np.allclose(p.position[:2], (run.x, run.y))))
             for run in hall.plan.runs]  # fmt: skip
    carried = collections.defaultdict(list)
    for p in hall.placed:
        carried[p.support].append(p.name)

    def pile(name: str) -> list[str]:
        return [name, *(below for up in carried[name] for below in pile(up))]

    checked = 0
    for run, placed in racks:
        beams = [0.0, *run.rack.levels_m]
        for pallet in carried[placed.name]:
            extents = np.array([boxes[name] for name in pile(pallet)])
            low, high = extents[:, 0].min(0), extents[:, 1].max(0)
            bay = np.abs(
                np.array([run.x + run.rack.bay_x(k) for k in range(run.rack.bays)]) - (low[0] + high[0]) / 2
            ).min()
            assert bay + (high[0] - low[0]) / 2 <= run.rack.bay_m / 2, pallet
            level = int(np.argmin(np.abs(np.array(beams) - low[2])))
            assert high[2] <= beams[level] + run.rack.clear_m(level), pallet
            assert abs((low[1] + high[1]) / 2 - run.y) < 0.1 and high[1] - low[1] < 1.3, pallet
            checked += 1
    assert checked > 5


@pytest.mark.parametrize("seed", SEEDS)
def test_lamps_hang_in_rows_over_aisles_and_each_is_under_a_light(seed: int) -> None:
    lamps, box = of(seed, "high_bay_lamp"), bounds(seed)
    assert lamps
    places = np.array([light.pose[:3, 3] for light in scene(seed).lights])
    halves = np.array([light.size_m for light in scene(seed).lights]) / 2
    for lamp in lamps:
        foot = np.array([*box[lamp.name].mean(0)[:2], box[lamp.name][0, 2]])
        over = (np.abs(places[:, :2] - foot[:2]) <= halves + 0.05).all(1) & (np.abs(places[:, 2] - foot[2]) < 0.05)
        assert over.any(), lamp.name


@pytest.mark.parametrize("seed", SEEDS)
def test_lights_are_few_shine_down_and_hang_in_free_air(seed: int) -> None:
    lights = scene(seed).lights
    assert 1 <= len(lights) <= 12
    assert all(light.power > 0 and light.kind == "area" and light.pose[2, 2] == 1.0 for light in lights)
    meshes = [trimesh.Trimesh(*world_mesh(t), process=False) for t in scene(seed).objects]
    everything = trimesh.util.concatenate(meshes)
    directions = np.random.default_rng(0).normal(size=(32, 3))
    assert in_free_air(everything, np.array([light.pose[:3, 3] for light in lights]), directions).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_camera_stands_in_free_air_inside_a_closed_hall(seed: int) -> None:
    eye = scene(seed).camera.pose[:3, 3]
    directions = np.random.default_rng(0).normal(size=(96, 3))
    meshes = [trimesh.Trimesh(*world_mesh(t), process=False) for t in scene(seed).objects]
    everything = trimesh.util.concatenate(meshes)
    hits, rays, faces = everything.ray.intersects_location(np.tile(eye, (96, 1)), directions, multiple_hits=False)
    assert len(np.unique(rays)) == 96
    assert (np.einsum("ij,ij->i", everything.face_normals[faces], directions[rays]) < 0).all()
    assert np.linalg.norm(hits - eye, axis=1).min() >= 0.3


@pytest.mark.parametrize("seed", SEEDS)
def test_objects_are_named_described_and_classed(seed: int) -> None:
    names = [thing.name for thing in scene(seed).objects]
    assert len(set(names)) == len(names)
    assert scene(seed).classes == CLASSES
    assert scene(seed).indoors
    for thing in scene(seed).objects:
        assert thing.name.rpartition("_")[0] == thing.category
        assert thing.category in CLASSES
        assert thing.attributes["color"] in {*COLORS, ""}
        assert thing.thing != (thing.category in SHELL)
        assert proper_rotation(thing.pose)
    assert sum(len(part.mesh.faces) for thing in scene(seed).objects for part in thing.parts) < 1_500_000


@pytest.mark.parametrize("seed", range(3))
def test_equal_boxes_share_one_mesh(seed: int) -> None:
    boxes = of(seed, "cardboard_box")
    assert len({id(thing.parts[0].mesh) for thing in boxes}) < 0.5 * len(boxes)


def test_goods_that_a_recipe_leaves_out_do_not_lie_on_pallets() -> None:
    only = recipe("goods={barrels: 1}", "equipment={}")
    for seed in range(4):
        seen = {thing.category for thing in compose(only, seed, 64, 48).objects if thing.thing}
        assert seen <= {"barrel", "pallet", "pallet_rack", "high_bay_lamp", "loading_door", "safety_barrier"}


def test_without_detail_every_pallet_carries_one_piece_or_empty_pallets() -> None:
    plain = recipe("detail=0", "equipment={}")
    for seed in range(4):
        carried = collections.Counter(thing.support for thing in compose(plain, seed, 64, 48).objects if thing.support)
        assert max(count for name, count in carried.items() if name.startswith("pallet_") and "rack" not in name) == 1


def test_a_fuller_hall_holds_more_pallets() -> None:
    def pallets(share: str) -> int:
        halls = [compose(recipe(f"filled={share}", "detail=0"), seed, 64, 48) for seed in range(4)]
        return sum(thing.category == "pallet" for hall in halls for thing in hall.objects)

    assert pallets("[0.9, 0.9]") > 1.8 * pallets("[0.3, 0.3]")


def test_a_hall_too_narrow_for_an_aisle_is_drawn_again() -> None:
    with pytest.raises(CannotPlace, match="narrow"):
        draw_plan(
            recipe("width_m=10", "aisle_m=6").model_copy(update={"width_m": (3.0, 3.0)}), np.random.default_rng(0)
        )


def test_fewer_than_one_seed_in_twenty_is_refused() -> None:
    refused = 0
    for seed in range(500, 520):
        try:
            compose(recipe("detail=100"), seed, 64, 48)
        except CannotPlace:
            refused += 1
    assert refused <= 1


def test_keys_that_contradict_one_another_are_refused_with_their_names() -> None:
    with pytest.raises(ConfigError, match="height_m"):
        load_recipe("scenes/warehouse.yaml", ["camera.height_m=[2, 4]", "height_m=[5, 6]"])
    with pytest.raises(ConfigError, match="filled"):
        load_recipe("scenes/warehouse.yaml", ["filled=[0.9, 0.1]"])
    with pytest.raises(ConfigError, match="goods"):
        load_recipe("scenes/warehouse.yaml", ["goods={cartons: 0}"])

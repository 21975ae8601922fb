"""Furniture: closed solids, outward normals, real sizes, honest descriptions."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import numpy as np
import pytest
import trimesh

from pipeline.compose.assets import CATEGORIES, GENERATORS, building, decor, shapes
from pipeline.compose.assets.asset import Asset, assemble
from pipeline.compose.assets.flowers import PETALS
from pipeline.compose.colors import COLORS, color_name
from pipeline.config.room import Furniture
from pipeline.scene import Mesh
from tests.compose.room_oracles import as_trimesh, in_free_air

SEEDS = range(6)
# Smallest and largest plausible (widest horizontal extent, height) in metres.
SIZES = {
    "apple": ((0.06, 0.1), (0.05, 0.11)),
    "armchair": ((0.6, 1.0), (0.65, 1.05)),
    "ball": ((0.09, 0.27), (0.09, 0.27)),
    "banana": ((0.13, 0.21), (0.025, 0.04)),
    "bar_stool": ((0.34, 0.55), (0.6, 1.1)),
    "barbecue": ((0.48, 1.6), (0.9, 1.35)),
    "barrel": ((0.5, 0.6), (0.75, 0.95)),
    "basket": ((0.25, 0.55), (0.15, 0.45)),
    "bath_mat": ((0.5, 1.0), (0.01, 0.03)),
    "bathroom_scale": ((0.26, 0.36), (0.02, 0.06)),
    "bathtub": ((1.45, 1.95), (0.5, 0.8)),
    "bed": ((1.95, 2.5), (0.8, 1.3)),
    "bench": ((0.7, 2.1), (0.4, 1.0)),
    "bicycle": ((1.5, 1.95), (0.85, 1.15)),
    "bicycle_rack": ((1.3, 3.8), (0.38, 0.9)),
    "blanket": ((0.35, 0.65), (0.03, 0.15)),
    "blender": ((0.15, 0.3), (0.33, 0.47)),
    "bollard": ((0.1, 0.42), (0.6, 1.1)),
    "book": ((0.11, 0.28), (0.015, 0.28)),
    "bookshelf": ((0.6, 1.25), (1.2, 2.15)),
    "bottle": ((0.06, 0.1), (0.2, 0.35)),
    "bowl": ((0.14, 0.32), (0.05, 0.2)),
    "box": ((0.15, 0.36), (0.08, 0.21)),
    "bread": ((0.19, 0.32), (0.05, 0.16)),
    "bus": ((8.9, 12.4), (2.8, 3.5)),
    "bus_shelter": ((2.9, 4.6), (2.25, 2.7)),
    "bush": ((0.4, 3.6), (0.55, 2.6)),
    "cabinet": ((0.65, 1.05), (1.1, 2.0)),
    "cable_reel": ((0.55, 1.25), (0.38, 0.8)),
    "camera": ((0.1, 0.15), (0.08, 0.12)),
    "can": ((0.06, 0.11), (0.075, 0.175)),
    "candle": ((0.07, 0.15), (0.09, 0.21)),
    "car": ((3.6, 5.0), (1.35, 1.8)),
    "cardboard_box": ((0.25, 1.3), (0.15, 0.75)),
    "carton": ((0.06, 0.09), (0.19, 0.26)),
    "ceiling_lamp": ((0.2, 0.55), (0.05, 1.0)),
    "chair": ((0.39, 0.62), (0.75, 1.0)),
    "clock": ((0.25, 0.46), (0.25, 0.46)),
    "coat_rack": ((0.5, 1.2), (0.1, 1.2)),
    "coat_stand": ((0.3, 0.6), (1.5, 2.0)),
    "coffee_machine": ((0.18, 0.4), (0.28, 0.42)),
    "coffee_table": ((0.6, 1.3), (0.34, 0.48)),
    "crate": ((0.45, 0.85), (0.2, 0.65)),
    "cup": ((0.12, 0.15), (0.05, 0.085)),
    "cushion": ((0.34, 0.52), (0.09, 0.55)),
    "cutting_board": ((0.28, 0.52), (0.012, 0.03)),
    "desk": ((0.95, 1.45), (0.7, 0.78)),
    "die": ((0.013, 0.025), (0.013, 0.025)),
    "dining_table": ((0.9, 1.85), (0.7, 0.79)),
    "dishwasher": ((0.6, 0.62), (0.85, 0.96)),
    "dog": ((0.35, 1.1), (0.22, 0.8)),
    "doghouse": ((0.8, 1.4), (0.7, 1.2)),
    "dresser": ((0.7, 1.6), (0.7, 1.25)),
    "drinking_glass": ((0.06, 0.1), (0.085, 0.23)),
    "exit_sign": ((0.25, 0.45), (0.12, 0.3)),
    "filing_cabinet": ((0.45, 0.7), (0.5, 1.45)),
    "fire_extinguisher": ((0.15, 0.35), (0.4, 0.65)),
    "fire_hydrant": ((0.36, 0.5), (0.65, 0.9)),
    "flashlight": ((0.13, 0.21), (0.035, 0.06)),
    "floor_lamp": ((0.24, 0.95), (1.35, 1.9)),
    "flower_bed": ((0.85, 2.9), (0.15, 0.6)),
    "fork": ((0.15, 0.21), (0.005, 0.02)),
    "forklift": ((2.9, 3.7), (2.0, 2.4)),
    "garden_chair": ((0.4, 0.95), (0.78, 1.1)),
    "garden_gnome": ((0.12, 0.4), (0.33, 0.75)),
    "garden_table": ((0.65, 2.1), (0.68, 0.8)),
    "grass_clump": ((0.1, 2.3), (0.1, 1.7)),
    "hammer": ((0.25, 0.34), (0.025, 0.035)),
    "hand_truck": ((0.4, 0.65), (1.05, 1.35)),
    "headphones": ((0.16, 0.21), (0.06, 0.095)),
    "high_bay_lamp": ((0.35, 0.6), (0.4, 1.0)),
    "jar": ((0.06, 0.1), (0.08, 0.16)),
    "kettle": ((0.15, 0.26), (0.2, 0.27)),
    "keyboard": ((0.28, 0.46), (0.015, 0.03)),
    "kitchen_counter": ((0.6, 1.25), (0.85, 0.96)),
    "kitchen_island": ((1.15, 2.15), (0.85, 0.96)),
    "kitchen_sink": ((0.6, 1.05), (1.0, 1.3)),
    "knife": ((0.19, 0.34), (0.008, 0.02)),
    "ladder": ((0.7, 1.7), (1.2, 2.6)),
    "laptop": ((0.28, 0.38), (0.15, 0.27)),
    "laundry_basket": ((0.3, 0.6), (0.4, 0.75)),
    "lawn_mower": ((0.95, 1.4), (0.95, 1.1)),
    "light_panel": ((0.55, 1.3), (0.01, 0.06)),
    "loading_door": ((2.8, 4.2), (3.0, 4.3)),
    "mailbox": ((0.4, 0.65), (1.0, 1.65)),
    "microwave": ((0.42, 0.56), (0.24, 0.34)),
    "monitor": ((0.48, 0.76), (0.4, 0.68)),
    "motorcycle": ((1.7, 2.5), (1.1, 1.5)),
    "mouse": ((0.09, 0.13), (0.03, 0.045)),
    "mug": ((0.08, 0.15), (0.07, 0.12)),
    "nightstand": ((0.3, 0.6), (0.4, 0.7)),
    "notice_board": ((0.55, 1.6), (0.5, 1.25)),
    "office_chair": ((0.55, 0.85), (0.85, 1.45)),
    "orange": ((0.055, 0.09), (0.05, 0.09)),
    "ottoman": ((0.4, 0.85), (0.3, 0.46)),
    "pallet": ((1.15, 1.25), (0.13, 0.16)),
    "pallet_jack": ((1.3, 1.8), (0.8, 1.3)),
    "pallet_rack": ((1.9, 5.9), (2.5, 5.6)),
    "pan": ((0.36, 0.52), (0.04, 0.1)),
    "paper_tray": ((0.3, 0.4), (0.03, 0.32)),
    "parasol": ((2.2, 3.3), (2.2, 2.7)),
    "parking_meter": ((0.15, 0.45), (1.25, 1.5)),
    "partition_screen": ((1.0, 2.2), (1.2, 1.9)),
    "pear": ((0.06, 0.08), (0.09, 0.13)),
    "pen_cup": ((0.07, 0.16), (0.13, 0.19)),
    "pencil": ((0.12, 0.22), (0.006, 0.01)),
    "person": ((0.3, 1.25), (1.05, 2.1)),
    "picture_frame": ((0.06, 1.15), (0.08, 1.15)),
    "pillow": ((0.5, 0.8), (0.1, 0.2)),
    "pin_board": ((0.55, 1.55), (0.4, 1.05)),
    "planter": ((0.55, 1.6), (0.5, 1.5)),
    "plate": ((0.18, 0.28), (0.01, 0.04)),
    "pot": ((0.18, 0.36), (0.08, 0.24)),
    "potted_plant": ((0.08, 1.4), (0.15, 1.9)),
    "printer": ((0.36, 0.65), (0.15, 0.5)),
    "puzzle_cube": ((0.05, 0.062), (0.05, 0.062)),
    "radiator": ((0.5, 1.7), (0.4, 0.95)),
    "range_hood": ((0.55, 0.95), (0.6, 0.9)),
    "refrigerator": ((0.6, 0.95), (1.4, 2.0)),
    "roll_cage": ((0.65, 0.85), (1.5, 1.8)),
    "rolling_stairs": ((1.3, 2.6), (2.1, 3.3)),
    "rubber_duck": ((0.08, 0.14), (0.06, 0.1)),
    "rug": ((1.3, 2.3), (0.005, 0.015)),
    "sack": ((0.5, 0.65), (0.09, 0.16)),
    "safety_barrier": ((1.2, 2.45), (0.4, 1.15)),
    "scissors": ((0.14, 0.24), (0.008, 0.016)),
    "screwdriver": ((0.15, 0.28), (0.02, 0.035)),
    "sculpture": ((0.08, 0.2), (0.1, 0.35)),
    "shampoo_bottle": ((0.05, 0.12), (0.14, 0.3)),
    "shelving": ((0.85, 1.35), (1.75, 2.35)),
    "shoe_rack": ((0.55, 1.1), (0.3, 0.95)),
    "shower_cabin": ((0.78, 1.25), (1.9, 2.25)),
    "side_table": ((0.35, 0.6), (0.4, 0.62)),
    "sideboard": ((1.05, 1.75), (0.65, 0.92)),
    "slide": ((2.0, 4.6), (1.6, 2.6)),
    "smartphone": ((0.13, 0.17), (0.008, 0.013)),
    "soap_dispenser": ((0.06, 0.14), (0.13, 0.24)),
    "sofa": ((1.4, 2.75), (0.65, 1.05)),
    "speaker": ((0.15, 0.27), (0.25, 0.37)),
    "spoon": ((0.12, 0.2), (0.005, 0.02)),
    "standing_mirror": ((0.4, 0.8), (1.3, 1.95)),
    "stool": ((0.28, 0.45), (0.4, 0.52)),
    "stove": ((0.6, 0.62), (0.87, 1.1)),
    "street_lamp": ((0.35, 3.0), (3.6, 9.8)),
    "swing_set": ((1.5, 3.9), (1.85, 2.5)),
    "table_lamp": ((0.2, 0.34), (0.28, 0.52)),
    "tape_roll": ((0.07, 0.12), (0.012, 0.055)),
    "teapot": ((0.2, 0.36), (0.1, 0.2)),
    "teddy_bear": ((0.16, 0.31), (0.18, 0.34)),
    "telephone": ((0.16, 0.22), (0.07, 0.11)),
    "television": ((0.85, 1.32), (0.5, 0.85)),
    "toaster": ((0.24, 0.42), (0.17, 0.28)),
    "toilet": ((0.55, 0.78), (0.38, 1.3)),
    "toilet_roll": ((0.085, 0.2), (0.09, 0.2)),
    "toothbrush_cup": ((0.06, 0.16), (0.15, 0.26)),
    "towel_rail": ((0.4, 0.9), (0.3, 1.7)),
    "toy_block": ((0.025, 0.09), (0.02, 0.045)),
    "toy_car": ((0.065, 0.13), (0.025, 0.05)),
    "traffic_cone": ((0.15, 0.45), (0.33, 0.8)),
    "traffic_light": ((0.25, 5.0), (2.85, 6.3)),
    "traffic_sign": ((0.4, 1.15), (2.2, 4.3)),
    "trampoline": ((1.75, 3.9), (0.58, 2.6)),
    "trash_can": ((0.38, 0.8), (0.68, 1.3)),
    "tray": ((0.3, 0.44), (0.03, 0.06)),
    "tree": ((0.8, 14.5), (3.8, 14.5)),
    "truck": ((6.2, 8.8), (2.4, 3.7)),
    "tv_stand": ((1.25, 1.95), (0.4, 0.6)),
    "umbrella_stand": ((0.18, 0.45), (0.45, 1.05)),
    "utility_pole": ((1.2, 2.6), (6.9, 10.3)),
    "van": ((4.6, 6.2), (1.85, 2.65)),
    "vase": ((0.06, 0.45), (0.14, 0.6)),
    "wall_cabinet": ((0.35, 0.95), (0.55, 0.95)),
    "wall_lamp": ((0.1, 0.4), (0.12, 0.5)),
    "wall_mirror": ((0.4, 1.3), (0.4, 1.3)),
    "wall_shelf": ((0.55, 1.25), (0.1, 0.15)),
    "wardrobe": ((0.9, 2.5), (1.8, 2.3)),
    "washbasin": ((0.45, 1.3), (0.9, 1.2)),
    "washing_machine": ((0.58, 0.66), (0.82, 0.88)),
    "waste_bin": ((0.2, 0.4), (0.24, 0.75)),
    "water_cooler": ((0.28, 0.45), (1.1, 1.5)),
    "watering_can": ((0.4, 0.75), (0.25, 0.5)),
    "wheelbarrow": ((1.5, 1.8), (0.58, 0.85)),
    "whiteboard": ((0.85, 2.05), (0.6, 1.35)),
    "wrapped_load": ((1.1, 1.2), (0.65, 1.55)),
    "wrench": ((0.15, 0.35), (0.003, 0.012)),
}


def assert_closed(mesh: Mesh) -> None:
    """Each directed edge meets as many opposite ones: a union of closed solids, even where two share an edge."""
    solid = as_trimesh(mesh)
    edges = solid.faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    forward, backward = (np.sort(pairs @ [len(solid.vertices), 1]) for pairs in (edges, edges[:, ::-1]))
    np.testing.assert_array_equal(forward, backward)
    assert all(piece.volume > 0 for piece in solid.split(only_watertight=False))


def _drawn(name: str) -> list[Asset]:
    return [GENERATORS[name](np.random.default_rng([seed, 1])) for seed in SEEDS]


@pytest.mark.parametrize("name", GENERATORS)
def test_every_part_is_closed_and_wound_outwards(name: str) -> None:
    for asset in _drawn(name):
        for part in asset.parts:
            assert_closed(part.mesh)


@pytest.mark.parametrize("name", GENERATORS)
def test_vertex_normals_are_unit_and_agree_with_their_faces(name: str) -> None:
    for asset in _drawn(name):
        for part in asset.parts:
            mesh = part.mesh
            np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1.0, atol=1e-6)
            a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
            facing = np.einsum("ij,ij->i", np.cross(b - a, c - a), mesh.normals[mesh.faces].mean(1))
            assert (facing > -1e-12).mean() > 0.995
            assert mesh.uv.shape == (len(mesh.vertices), 2)
            assert np.isfinite(mesh.uv).all()


@pytest.mark.parametrize("name", GENERATORS)
def test_things_have_the_size_of_real_ones(name: str) -> None:
    for asset in _drawn(name):
        width, height = SIZES[asset.category]
        assert width[0] <= max(asset.size[:2]) <= width[1], asset.size
        assert height[0] <= asset.size[2] <= height[1], asset.size


@pytest.mark.parametrize("name", GENERATORS)
def test_boxes_enclose_every_vertex_and_the_footprint_is_centred_on_the_ground(name: str) -> None:
    for asset in _drawn(name):
        vertices = np.concatenate([part.mesh.vertices for part in asset.parts])
        inside = (
            (vertices[:, None] >= asset.boxes[None, :, 0] - 1e-9)
            & (vertices[:, None] <= asset.boxes[None, :, 1] + 1e-9)
        ).all(2)
        assert inside.any(1).all()
        assert abs(vertices[:, 2].min()) < 1e-9
        np.testing.assert_allclose((vertices.min(0) + vertices.max(0))[:2], 0.0, atol=1e-9)


@pytest.mark.parametrize("name", GENERATORS)
def test_surfaces_for_other_things_lie_on_the_asset(name: str) -> None:
    for asset in _drawn(name):
        tops = np.concatenate([part.mesh.vertices for part in asset.parts])[:, 2]
        for surface in asset.surfaces:
            assert np.abs(tops - surface.centre[2]).min() < 0.005
            assert min(surface.half) > 0


@pytest.mark.parametrize("name", GENERATORS)
def test_assets_are_described_by_known_colours_and_repeat_for_the_same_seed(name: str) -> None:
    first, second = (GENERATORS[name](np.random.default_rng(9)) for _ in range(2))
    assert first.category in CATEGORIES
    assert first.attributes["color"] in {*COLORS, ""}
    assert first.attributes["material"] in {*(part.material.name for part in first.parts), ""}
    for a, b in zip(first.parts, second.parts, strict=True):
        np.testing.assert_array_equal(a.mesh.vertices, b.mesh.vertices)
    other = GENERATORS[name](np.random.default_rng(10))
    assert first.size.tolist() != other.size.tolist()


FURNITURE = sorted({*get_args(Furniture), "kitchen_counter", "kitchen_sink", "tv_stand"} & set(GENERATORS))
NAMED_BY_LESS = {
    "bar_stool": "the seat, not the legs",
    "coat_rack": "the rack, not the coats on it",
    "potted_plant": "the plant, not the pot",
    "range_hood": "the metal, not the dark inside",
    "standing_mirror": "the frame, not what the glass shows",
    "television": "the case, not what the screen shows",
    "towel_rail": "the towels, not the rail",
    "wall_mirror": "the frame, not what the glass shows",
}
"""What people name by a smaller part than others that show."""


def _seen_from_the_front(asset: Asset, rays: int = 24) -> Counter[str]:
    """Rays that end on each colour's parts, seen from afar before the asset and 25 degrees above."""
    meshes = [trimesh.Trimesh(part.mesh.vertices, part.mesh.faces, process=False) for part in asset.parts]
    owner = np.repeat(np.arange(len(meshes)), [len(mesh.faces) for mesh in meshes])
    everything = trimesh.util.concatenate(meshes)
    middle, radius = everything.bounds.mean(0), float(np.ptp(everything.bounds, axis=0).max())
    back, up = (np.array([0.0, f(np.radians(25)), g(np.radians(25))]) for f, g in ((np.cos, np.sin), (np.sin, np.cos)))
    up[1] *= -1
    x, z = (grid.ravel()[:, None] * radius for grid in np.meshgrid(*[np.linspace(-0.7, 0.7, rays)] * 2))
    starts = middle + 2 * radius * back + x * np.array([1.0, 0, 0]) + z * up
    hits = everything.ray.intersects_first(starts, np.tile(-back, (len(starts), 1)))
    return Counter(asset.parts[k].material.color_name for k in owner[hits[hits >= 0]])


@pytest.mark.parametrize("name", [name for name in FURNITURE if name not in NAMED_BY_LESS])
def test_furniture_goes_by_no_colour_that_another_outdoes_from_the_front(name: str) -> None:
    for asset in _drawn(name):
        seen, named = _seen_from_the_front(asset), asset.attributes["color"]
        others = max((count for color, count in seen.items() if color not in (named, "")), default=0)
        assert not named or others <= 1.5 * seen[named], seen


def test_a_cupboard_whose_sides_and_fronts_differ_goes_by_no_colour_and_one_of_a_kind_by_its_own() -> None:
    rng = np.random.default_rng(0)
    wood, white = decor.materials.plain("wood", COLORS["brown"]), decor.materials.plain("painted wood", COLORS["white"])
    pieces = [(shapes.box((1, 1, 1), (0, 0, 0)), wood), (shapes.box((1, 0.02, 1), (0, 0.51, 0)), white)]
    assert assemble("cabinet", pieces, rng, main=(wood, white)).attributes == {"color": "", "material": ""}
    assert assemble("cabinet", pieces, rng, main=(wood, wood)).attributes == {"color": "brown", "material": "wood"}


def test_flowers_of_several_colours_give_their_bed_none() -> None:
    for seed in range(6):
        bed = GENERATORS["flower_bed"](np.random.default_rng(seed))
        planted = {color_name(part.material.color) for part in bed.parts if part.material.color in PETALS}
        assert bed.attributes["color"] == (planted.pop() if len(planted) == 1 else "")
        assert bed.attributes["material"] == "petals"


def test_there_are_more_than_thirty_categories_besides_the_building() -> None:
    made = {GENERATORS[name](np.random.default_rng(0)).category for name in GENERATORS}
    assert len(made) > 30
    assert made <= set(CATEGORIES)
    assert list(CATEGORIES) == sorted(set(CATEGORIES))


def test_building_parts_are_closed() -> None:
    rng = np.random.default_rng(3)
    opening = building.Opening(-0.8, 0.6, 0.8, 2.1)
    cloth, rod = decor.materials.fabric(rng), decor.materials.metal(rng)
    parts = [
        building.window(rng, opening, (0.8, 0.9, 1.0)),
        building.door(rng, 0.4),
        building.skirting((-2.0, 2.0), cloth, [(-0.5, 0.5)], rng),
        building.wall((-2.0, 2.1), 2.5, [opening, building.Opening(1.0, 1.5, 0.9, 2.0)], cloth, rng),
        decor.curtain(rng, cloth, rod, 0.4, 2.2, 0.8, 1),
    ]
    for asset in parts:
        for part in asset.parts:
            assert_closed(part.mesh)


def test_a_lathe_turns_a_half_circle_into_a_sphere() -> None:
    ball = as_trimesh(shapes.ellipsoid((1, 1, 1), sides=96))
    assert ball.is_watertight
    assert ball.volume == pytest.approx(4 / 3 * np.pi, rel=0.005)


@pytest.mark.parametrize("tip", [0.1, 0.06, 0.02])
def test_a_tapering_bar_is_shaded_as_the_cone_it_is(tip: float) -> None:
    mesh = shapes.bar((0.1, 0.2, 0.0), (0.4, 0.1, 0.3), 0.1, tip, sides=48)
    corners, normals = mesh.vertices[mesh.faces], mesh.normals[mesh.faces]
    facets = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    facets /= np.linalg.norm(facets, axis=1, keepdims=True)
    # A facet of 48 turns by no more than half of 360 / 48 degrees from the cone it stands for.
    assert np.einsum("ij,ikj->ik", facets, normals).min() > np.cos(np.radians(360 / 48 / 2 + 0.1))


def test_a_disc_has_soft_rims_unless_they_are_small() -> None:
    for bevel, soft in ((0.02, True), (0.004, False)):
        mesh = shapes.disc(0.3, 0.1, bevel)
        np.testing.assert_allclose(mesh.bounds[:, 2], [0.0, 0.1], atol=1e-12)
        shared = {}
        for vertex, normal in zip(np.round(mesh.vertices, 9), mesh.normals, strict=True):
            shared.setdefault(tuple(vertex), []).append(normal)
        spread = min(float((np.array(group) @ np.array(group).T).min()) for group in shared.values())
        assert (spread > 0.999) == soft


@pytest.mark.parametrize(
    "name", ["floor_lamp", "table_lamp", "ceiling_lamp", "wall_lamp", "light_panel", "street_lamp"]
)
def test_a_lamp_says_where_all_its_light_comes_out(name: str) -> None:
    for asset in _drawn(name):
        assert sum(mouth.share for mouth in asset.mouths) == pytest.approx(1.0)
        solid = trimesh.util.concatenate([as_trimesh(part.mesh) for part in asset.parts])
        directions = np.random.default_rng(0).normal(size=(48, 3))
        assert in_free_air(solid, np.array([mouth.centre for mouth in asset.mouths]), directions).all()


def test_the_space_under_an_arched_lamp_is_free() -> None:
    arched = [a for a in (GENERATORS["floor_lamp"](np.random.default_rng(s)) for s in range(20)) if len(a.mouths) == 1]
    assert arched
    for lamp in arched:
        under = np.array([lamp.mouths[0].centre[0], 0.0, 0.6])
        assert not ((lamp.boxes[:, 0] < under) & (under < lamp.boxes[:, 1])).all(1).any()


def test_a_bevelled_box_keeps_its_outer_size_and_flat_faces() -> None:
    mesh = shapes.box((0.4, 0.3, 0.2), (1, 2, 3), bevel=0.02, segments=2)
    np.testing.assert_allclose(mesh.bounds, [[0.8, 1.85, 3.0], [1.2, 2.15, 3.2]])
    flat = np.isclose(np.abs(mesh.normals).max(1), 1.0)
    assert flat.sum() >= 24


def test_no_box_of_an_asset_lies_in_another_of_its_boxes() -> None:
    for name in ("car", "sofa", "person", "desk"):
        for asset in _drawn(name):
            low, high = asset.boxes[:, 0], asset.boxes[:, 1]
            within = ((low[:, None] >= low[None]) & (high[:, None] <= high[None])).all(2)
            assert within.sum() == len(asset.boxes)


def test_a_rounded_rim_bends_neither_the_top_nor_the_wall_of_a_disc():
    for radius, bevel in ((0.4, 0.02), (0.05, 0.02)):
        mesh = shapes.disc(radius, 0.45, bevel)
        corners, normals = mesh.vertices[mesh.faces], mesh.normals[mesh.faces]
        flat = np.ptp(corners[..., 2], axis=1) < 1e-9
        np.testing.assert_allclose(np.abs(normals[flat][..., 2]), 1)
        wall = (np.ptp(corners[..., 2], axis=1) > 0.3) & ~flat
        assert wall.any() and flat.any()
        np.testing.assert_allclose(normals[wall][..., 2], 0, atol=1e-12)

"""What people get wrong about catalogues ends in one line that says what would be right."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from pipeline.compose.assets import CATEGORIES, GENERATORS
from pipeline.compose.catalogues.listing import open_catalogue
from pipeline.compose.catalogues.mapping import Naming, kind_of, load_mapping
from pipeline.compose.catalogues.reading import SPOTS, Unusable, read_model
from pipeline.compose.stock import Stock
from pipeline.config import AssetsConfig, load_recipe
from pipeline.errors import ConfigError
from tests.compose import toy_catalogues as toys


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTAIN_CACHE", str(tmp_path / "cache"))


KNOWN = frozenset((*GENERATORS, *CATEGORIES))


def stock(*sources: object) -> Stock:
    return Stock(AssetsConfig.model_validate({"sources": list(sources)}))


def mapping(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize("content", ["5", '{"assets": 7}', '"a.glb"', '{"assets": {"a": 1}}'])
def test_an_index_that_is_no_list_says_what_is_expected(tmp_path: Path, content: str) -> None:
    (tmp_path / "index.json").write_text(content)
    with pytest.raises(ConfigError, match="expected a list of models"):
        open_catalogue(f"files:{tmp_path}")


def test_a_sidecar_that_holds_no_keys_says_what_is_expected(tmp_path: Path) -> None:
    toys.panorama(tmp_path / "a.hdr")
    (tmp_path / "a.json").write_text("3")
    with pytest.raises(ConfigError, match=r"a\.json: expected keys"):
        open_catalogue(f"hdri:{tmp_path}")


@pytest.mark.parametrize(
    ("key", "value"),
    [("width", "wide"), ("elevation", "nan"), ("modelRotation", "1 0 0"), ("lightSourceX", "x"), ("height", "-3")],
)
def test_a_bad_row_of_a_sweet_home_catalogue_is_left_out_and_named(tmp_path: Path, key: str, value: str) -> None:
    more = {"lightSourceY": "1", "lightSourceZ": "1", key: value} if key == "lightSourceX" else {key: value}
    with pytest.warns(RuntimeWarning, match=r"model 1 \(Chair\): .*; it is left out"):
        catalogue = open_catalogue(f"sh3f:{toys.sh3f(tmp_path / 'toys.sh3f', **more)}")
    assert [entry.id for entry in catalogue.entries] == ["table"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- {name: chair, kind: sofa}", "expected the keys rules, longest_m, extras, found a list"),
        ("rules: [{name: chair, kind: armchiar}]", "rules.0.kind: did you mean 'armchair'"),
        ("extras: {sidebord: [throne]}", "extras.sidebord: did you mean 'sideboard'"),
        ("extras: {sideboard: [radio, 'Old Radio']}", r"m.yaml: extras.sideboard.1: .*small letters, digits and _"),
        ("extras: {floor: 2nd_sofa}", r"m.yaml: extras.floor.0: .*a letter first"),
        ("rulez: []", "did you mean 'rules'"),
        ("rules: [{name: '__', kind: chair}]", "'__' holds no letter or digit"),
        ("rules: [{group: ['', a], kind: chair}]", "'' holds no letter or digit"),
    ],
)
def test_a_bad_mapping_is_one_line_that_says_what_would_be_right(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        load_mapping(mapping(tmp_path / "m.yaml", text), KNOWN)


def test_a_source_of_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'files'"):
        open_catalogue("file:/x")


def test_shipped_rules_name_only_what_can_be_drawn() -> None:
    shipped = load_mapping(None)
    hosts = set(shipped.extras) - {"floor"}
    assert hosts <= KNOWN


@pytest.mark.parametrize(
    ("name", "phrase", "fits"),
    [
        ("Concept 03001627", "03001627", True),
        ("Concept 03001627", "04379243", False),
        ("Concept", "03001627", False),
        ("chair 2", "chair", True),
        ("mp3 station", "mp3 station", True),
        ("mp station", "mp3 station", False),
        ("officeChair2", "office chair", True),
        ("model_07", "7", False),
    ],
)
def test_digits_of_a_phrase_count(tmp_path: Path, name: str, phrase: str, fits: bool) -> None:
    own = load_mapping(mapping(tmp_path / "m.yaml", f"rules: [{{name: '{phrase}', kind: teapot}}]"))
    assert (kind_of(Naming(name, "", None), own, frozenset()) == "teapot") is fits


def test_models_of_one_name_in_two_formats_are_told_apart(tmp_path: Path) -> None:
    toys.card(tmp_path / "vase.glb")
    (tmp_path / "vase.obj").write_text(toys.obj(toys.chair()))
    toys.card(tmp_path / "cup.glb")
    made = stock(f"files:{tmp_path}")
    assert [entry.id for entry in made.catalogues[0].entries] == ["cup", "vase.glb", "vase.obj"]


def test_one_file_listed_twice_gets_two_names(tmp_path: Path) -> None:
    toys.card(tmp_path / "a.glb")
    rows = [{"file": "a.glb", "category": "vase", "size_m": [0.1, 0.1, z]} for z in (0.2, 0.4)]
    (tmp_path / "index.json").write_text(json.dumps(rows))
    assert [entry.id for entry in open_catalogue(f"files:{tmp_path}").entries] == ["a-1", "a-2"]


def test_panoramas_of_one_name_in_two_formats_are_told_apart(tmp_path: Path) -> None:
    toys.panorama(tmp_path / "a.hdr")
    toys.panorama(tmp_path / "a.exr")
    assert [entry.id for entry in open_catalogue(f"hdri:{tmp_path}").entries] == ["a.exr", "a.hdr"]


def test_a_source_named_twice_is_told_to_be_named_once(tmp_path: Path) -> None:
    source = f"sh3f:{toys.sh3f(tmp_path / 'toys.sh3f')}"
    with pytest.raises(ConfigError, match="name one of them only; `weight` says how often"):
        stock(source, source)


def test_two_folders_of_one_name_are_told_to_be_renamed(tmp_path: Path) -> None:
    for parent in ("a", "b"):
        (tmp_path / parent / "set").mkdir(parents=True)
        toys.card(tmp_path / parent / "set/vase.glb")
    with pytest.raises(ConfigError, match="rename the folder of one of them"):
        stock(f"files:{tmp_path / 'a/set'}", f"files:{tmp_path / 'b/set'}")


@pytest.mark.parametrize(("weight", "share"), [(None, 1.0), (1.0, 0.5), (9.0, 0.1)])
def test_a_photographed_sky_comes_as_often_as_its_weight_says(
    tmp_path: Path, weight: float | None, share: float
) -> None:
    toys.panorama(tmp_path / "a.hdr")
    code = [] if weight is None else [{"kind": "plantain", "weight": weight}]
    made = stock(*code, f"hdri:{tmp_path}")
    rng = np.random.default_rng(0)
    assert abs(np.mean([made.panorama(rng) is not None for _ in range(400)]) - share) < 0.06


def test_panoramas_are_refused_where_no_scene_shows_a_sky() -> None:
    with pytest.raises(ConfigError, match="no scene of layout room shows a sky"):
        load_recipe("scenes/living_room.yaml", ["assets.sources=[plantain, 'hdri:/x']"])


def test_panoramas_are_welcome_in_a_mix_of_rooms_and_gardens(tmp_path: Path) -> None:
    rooms, yards = (Path(f"scenes/{name}.yaml").resolve() for name in ("living_room", "yard"))
    text = f"name: m\nlayout: mix\nrecipes: {{{rooms}: 1, {yards}: 1}}\nassets: {{sources: ['hdri:/x']}}\n"
    (tmp_path / "mix.yaml").write_text(text)
    load_recipe(tmp_path / "mix.yaml")


def test_shapenet_folders_are_known_by_their_numbers(tmp_path: Path) -> None:
    for synset in ("03001627", "02876657", "09999999"):
        (tmp_path / synset / "1a04/models").mkdir(parents=True)
        toys.card(tmp_path / synset / "1a04/models/model_normalized.glb")
    kinds = [entry.kind for entry in open_catalogue(f"files:{tmp_path}").entries]
    assert kinds == ["bottle", "chair", None]


@pytest.mark.parametrize(
    ("name", "group", "size"),
    [
        ("Hammock", "Exterior", (3.5, 1.6, 1.6)),
        ("Class seat", "Office", (0.6, 0.7, 0.8)),
        ("Thing", "Vehicles", (2.0, 4.0, 1.5)),
    ],
)
def test_what_is_nothing_of_ours_is_left_out(name: str, group: str, size: tuple[float, float, float]) -> None:
    assert kind_of(Naming(name, group, size), load_mapping(None), KNOWN) is None


def test_leaves_in_the_corners_of_faces_are_seen_by_the_cut_out_check(tmp_path: Path) -> None:
    # A disc on a card: the middle of each triangle is opaque, over a third of its area is not.
    y, x = np.mgrid[:64, :64]
    picture = np.full((64, 64, 4), 150, np.uint8)
    picture[..., 3] = (np.hypot(x - 31.5, y - 31.5) < 24) * 255
    material = trimesh.visual.material.PBRMaterial(baseColorTexture=Image.fromarray(picture), alphaMode="MASK")
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    visual = trimesh.visual.TextureVisuals(uv=corners, material=material)
    card = trimesh.Trimesh(
        np.column_stack([corners, 0 * corners[:, 0]]), [[0, 1, 2], [0, 2, 3]], visual=visual, process=False
    )
    card.export(tmp_path / "leaf.glb")
    with pytest.raises(Unusable, match="cut out"):
        read_model(str(tmp_path / "leaf.glb"))


def test_the_points_of_the_cut_out_check_lie_evenly_in_a_triangle() -> None:
    assert len(set(SPOTS)) == 16
    assert np.allclose(np.mean(SPOTS, axis=0), 1 / 3) and np.allclose(np.sum(SPOTS, axis=1), 1) and np.min(SPOTS) > 0


def test_a_thing_painted_in_several_vertex_colours_is_called_by_none(tmp_path: Path) -> None:
    mesh = trimesh.creation.box((0.2, 0.2, 0.4)).subdivide()
    mesh.visual.vertex_colors = np.where(mesh.vertices[:, 2:] > 0, [[255, 0, 0, 255]], [[0, 0, 255, 255]]).astype(
        np.uint8
    )
    mesh.export(tmp_path / "vase.ply")
    catalogue = open_catalogue(f"files:{tmp_path}")
    assert catalogue.asset(catalogue.entries[0], "vase").attributes["color"] == ""

"""The disk cache never serves what a model's files, the loader or its libraries no longer make."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from pipeline.compose.assets import Asset
from pipeline.compose.catalogues import cache
from pipeline.compose.catalogues.listing import open_catalogue
from pipeline.compose.catalogues.reading import Unusable

RED, BLUE = (200, 20, 20), (20, 20, 200)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTAIN_CACHE", str(tmp_path / "cache"))


def model(folder: Path, named: str) -> Path:
    """An OBJ in models/chair/models whose material names the texture `named`."""
    (folder / "chair/models").mkdir(parents=True)
    mesh = trimesh.creation.box((0.5, 0.9, 0.5))
    rows = ["mtllib m.mtl", "usemtl m", *("v {} {} {}".format(*v) for v in mesh.vertices), "vt 0 0", "vt 1 0", "vt 0 1"]
    rows += ["f {}/1 {}/2 {}/3".format(*(face + 1)) for face in mesh.faces]
    (folder / "chair/models/m.obj").write_text("\n".join(rows))
    (folder / "chair/models/m.mtl").write_text(f"newmtl m\nKd 1 1 1\nmap_Kd {named}\n")
    return folder / "chair"


def paint(file: Path, color: tuple[int, int, int]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), color).save(file)


def drawn(folder: Path) -> Asset:
    catalogue = open_catalogue(f"files:{folder}")
    return catalogue.asset(catalogue.entries[0], "chair")


@pytest.mark.parametrize(
    ("place", "named"),
    [
        ("models", "t.png"),
        ("images", "../images/t.png"),
        ("materials/textures", "t.png"),
        ("textures", "C:\\work\\t.png"),
        ("images", "t.png"),
    ],
)
def test_a_texture_counts_wherever_it_was_found(tmp_path: Path, place: str, named: str) -> None:
    chair = model(tmp_path / "set", named)
    paint(chair / place / "t.png", RED)
    assert drawn(tmp_path / "set").attributes["color"] == "red"
    paint(chair / place / "t.png", BLUE)
    assert drawn(tmp_path / "set").attributes["color"] == "blue"


def test_a_material_file_counts(tmp_path: Path) -> None:
    chair = model(tmp_path / "set", "t.png")
    paint(chair / "models/t.png", RED)
    drawn(tmp_path / "set")
    (chair / "models/m.mtl").write_text("newmtl m\nKd 0.05 0.05 0.8\n")
    assert drawn(tmp_path / "set").attributes["color"] == "blue"


@pytest.mark.filterwarnings("ignore:set#")
def test_a_model_is_usable_again_once_its_texture_is_there(tmp_path: Path) -> None:
    chair = model(tmp_path / "set", "../images/t.png")
    with pytest.raises(Unusable, match="lacks"):
        drawn(tmp_path / "set")
    paint(chair / "images/t.png", RED)
    assert drawn(tmp_path / "set").attributes["color"] == "red"


def test_a_kept_model_is_taken_from_the_cache_while_nothing_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chair = model(tmp_path / "set", "../images/t.png")
    paint(chair / "images/t.png", RED)
    first = drawn(tmp_path / "set")
    monkeypatch.setattr("pipeline.compose.catalogues.build", None)
    again = drawn(tmp_path / "set")
    assert np.array_equal(first.parts[0].material.texture, again.parts[0].material.texture)


@pytest.mark.parametrize("library", cache.LIBRARIES)
def test_another_version_of_a_library_is_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    model(tmp_path / "set", "t.png")
    entry = open_catalogue(f"files:{tmp_path / 'set'}").entries[0]
    cache.loader.cache_clear()
    before = cache.key(entry, "chair", ())
    real = cache.version
    monkeypatch.setattr(cache, "version", lambda name: "0" if name == library else real(name))
    cache.loader.cache_clear()
    assert cache.key(entry, "chair", ()) != before
    cache.loader.cache_clear()


def test_every_pattern_of_the_loader_names_files() -> None:
    here = Path(cache.__file__).parents[1]
    assert all(list(here.glob(pattern)) for pattern in cache.LOADER)

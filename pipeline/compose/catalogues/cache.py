"""Built assets on disk, so that a model is read and simplified once and not once a worker.

One .npz a model under $PLANTAIN_CACHE, else $XDG_CACHE_HOME/plantain, else ~/.cache/plantain. Its name is a hash of
the model's file, the catalogue's words about it, the settings, the loader's own source and the libraries that shape a
mesh; inside are the hashes of the other files that the model asked for, materials and textures wherever they lie, and
it counts only while they are the same. So nothing stale is ever used. It is written under another name and renamed.
What cannot be written or read is built again: the cache changes no result.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.compose.assets.asset import Asset, Mouth, Surface
from pipeline.compose.catalogues.entry import Entry
from pipeline.compose.catalogues.reading import Asked, Unusable, named_by
from pipeline.scene import Material, Mesh, Part

LIBRARIES = ("numpy", "scipy", "trimesh", "fast-simplification", "opencv-python-headless", "pillow")
"""Those that decide what a file is built into."""
LOADER = ("catalogues/*.py", "surfaces.py", "contact.py", "grid.py", "colors.py", "materials/finish.py", "assets/asset.py",
          "assets/shapes.py", "../scene.py")  # fmt: skip
"""The source files that do so, from pipeline/compose."""
MAPS = ("texture", "normal_map", "roughness_map", "metallic_map")


def folder() -> Path:
    """Where built assets are kept."""
    if named := os.environ.get("PLANTAIN_CACHE"):
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "plantain"


def key(entry: Entry, category: str, settings: Any) -> str:
    """Name of an entry's file: sha256 of what decides what it is built into, but for files it names. Raises OSError."""
    state = hashlib.sha256(f"{loader()} {category} {settings!r}".encode())
    state.update(repr((entry.kind, entry.resting_m, entry.light, entry.size_m, entry.turn.tolist())).encode())
    state.update(entry.source.encode())
    for part in _contents(entry):
        state.update(part.encode())
    return state.hexdigest()


@lru_cache(maxsize=1)
def loader() -> str:
    """sha256 of the loader: its source files and the versions of LIBRARIES."""
    here = Path(__file__).resolve().parents[1]
    state = hashlib.sha256()
    for pattern in LOADER:
        for file in sorted(here.glob(pattern)):
            state.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    state.update(repr([(name, version(name)) for name in LIBRARIES]).encode())
    return state.hexdigest()


def _contents(entry: Entry) -> Iterator[str]:
    if entry.archive is not None:
        # All that a model in a zip may name lies in its folder or below; the zip's directory has the checksums.
        folder = str(Path(entry.file).parent)
        held = _archived(str(entry.archive), entry.archive.stat().st_mtime_ns)
        for where in held:
            if where == folder or where.startswith(f"{folder}/"):
                yield from held[where]
        return
    yield hashlib.sha256(Path(entry.file).read_bytes()).hexdigest()


@lru_cache(maxsize=64)
def _archived(archive: str, _changed: int) -> dict[str, tuple[str, ...]]:
    """Names and checksums of the files in each folder of a zip; the zip's directory holds them."""
    found: dict[str, list[str]] = {}
    with zipfile.ZipFile(archive) as held:
        for info in held.infolist():
            found.setdefault(str(Path(info.filename).parent), []).append(f"{info.filename} {info.CRC} {info.file_size}")
    return {where: tuple(sorted(names)) for where, names in sorted(found.items())}


def _unchanged(entry: Entry, asked: Asked) -> bool:
    """Whether the files that a model named are what they were, and those that were missing still are."""
    if entry.archive is not None:
        return True
    for name, then in asked.items():
        data = named_by(entry.file, name)
        if then != (None if data is None else hashlib.sha256(data).hexdigest()):
            return False
    return True


def load(name: str, entry: Entry) -> Asset | None:
    """The asset of `entry` kept under a name, None for none. Raises Unusable for one that was found to be so."""
    try:
        with np.load(folder() / f"{name}.npz", allow_pickle=False) as kept:
            about = json.loads(str(kept["about"]))
            if not _unchanged(entry, about["asked"]):
                return None
            if "unusable" in about:
                raise Unusable(about["unusable"])
            return _asset(about, kept)
    except Unusable:
        raise
    # A file cut short, or of another make, is as good as none.
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def save(name: str, asset: Asset | Unusable, asked: Asked) -> None:
    """Keep an asset, or why it is none, and what files it asked for. A folder that cannot be written is no error."""
    about, arrays = ({"unusable": str(asset)}, {}) if isinstance(asset, Unusable) else _flat(asset)
    about["asked"] = asked
    place = None
    try:
        folder().mkdir(parents=True, exist_ok=True)
        handle, place = tempfile.mkstemp(dir=folder(), prefix=".", suffix=".tmp")
        with os.fdopen(handle, "wb") as out:
            np.savez(out, about=np.array(json.dumps(about)), **arrays)
        os.replace(place, folder() / f"{name}.npz")
    except OSError:
        if place is not None:
            Path(place).unlink(missing_ok=True)


def _flat(asset: Asset) -> tuple[dict[str, Any], dict[str, Any]]:
    arrays: dict[str, Any] = {"boxes": asset.boxes}
    materials = []
    for number, part in enumerate(asset.parts):
        for field in ("vertices", "faces", "uv", "normals"):
            if (value := getattr(part.mesh, field)) is not None:
                arrays[f"{number}.{field}"] = value
        for field in MAPS:
            if (value := getattr(part.material, field)) is not None:
                arrays[f"{number}.{field}"] = value
        bare = replace(part.material, texture=None, normal_map=None, roughness_map=None, metallic_map=None)
        materials.append(asdict(bare))
    about = {
        "category": asset.category,
        "attributes": asset.attributes,
        "surfaces": [asdict(surface) for surface in asset.surfaces],
        "mouths": [asdict(mouth) for mouth in asset.mouths],
        "source": asset.source,
        "materials": materials,
    }
    return about, arrays


def _asset(about: dict[str, Any], kept: Any) -> Asset:
    parts = []
    for number, said in enumerate(about["materials"]):
        held = {field: kept.get(f"{number}.{field}") for field in MAPS}
        uv, normals = (kept.get(f"{number}.{f}") for f in ("uv", "normals"))
        material = Material(**(said | {"color": tuple(said["color"]), "emission": tuple(said["emission"])} | held))
        parts.append(Part(Mesh(kept[f"{number}.vertices"], kept[f"{number}.faces"], uv, normals), material))
    surfaces = tuple(
        Surface(**(s | {"centre": tuple(s["centre"]), "half": tuple(s["half"])})) for s in about["surfaces"]
    )
    mouths = tuple(Mouth(**(m | {"centre": tuple(m["centre"])})) for m in about["mouths"])
    return Asset(about["category"], tuple(parts), kept["boxes"], about["attributes"], surfaces, mouths, about["source"])

"""Built assets on disk, so that a model is read and simplified once and not once a worker.

One .npz a model under $PLANTAIN_CACHE, else $XDG_CACHE_HOME/plantain, else ~/.cache/plantain. Its name is a hash of
the model's files, the catalogue's words about it, the settings and VERSION, so nothing stale is ever read; it is
written under another name and renamed. What cannot be written or read is built again: the cache changes no result.
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
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.compose.assets.asset import Asset, Mouth, Surface
from pipeline.compose.catalogues.entry import Entry
from pipeline.compose.catalogues.reading import Unusable
from pipeline.scene import Material, Mesh, Part

VERSION = 6
"""To be raised by whoever changes what the loader makes of a file."""
MAPS = ("texture", "normal_map", "roughness_map", "metallic_map")


def folder() -> Path:
    """Where built assets are kept."""
    if named := os.environ.get("PLANTAIN_CACHE"):
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "plantain"


def key(entry: Entry, category: str, settings: Any) -> str:
    """Name of an entry's file: sha256 of everything that decides what it is built into. Raises OSError."""
    state = hashlib.sha256(f"{VERSION} {category} {settings!r}".encode())
    state.update(repr((entry.kind, entry.resting_m, entry.light, entry.size_m, entry.turn.tolist())).encode())
    state.update(entry.source.encode())
    for part in _contents(entry):
        state.update(part.encode())
    return state.hexdigest()


def _contents(entry: Entry) -> Iterator[str]:
    if entry.archive is not None:
        yield from _archived(str(entry.archive), entry.archive.stat().st_mtime_ns).get(str(Path(entry.file).parent), ())
        return
    path = Path(entry.file)
    yield hashlib.sha256(path.read_bytes()).hexdigest()
    if path.suffix.lower() in (".obj", ".gltf"):
        # Materials and textures beside it; hashing them all for every model would take longer than reading one.
        for other in sorted(path.parent.rglob("*")):
            if other.is_file() and other.suffix.lower() not in (".obj", ".glb", ".gltf", ".npz"):
                yield f"{other.relative_to(path.parent)} {other.stat().st_size} {other.stat().st_mtime_ns}"


@lru_cache(maxsize=64)
def _archived(archive: str, _changed: int) -> dict[str, tuple[str, ...]]:
    """Names and checksums of the files in each folder of a zip; the zip's directory holds them."""
    found: dict[str, list[str]] = {}
    with zipfile.ZipFile(archive) as held:
        for info in held.infolist():
            found.setdefault(str(Path(info.filename).parent), []).append(f"{info.filename} {info.CRC} {info.file_size}")
    return {where: tuple(sorted(names)) for where, names in found.items()}


def load(name: str) -> Asset | None:
    """The asset kept under a name, None for none. Raises Unusable for one that was found to be so."""
    try:
        with np.load(folder() / f"{name}.npz", allow_pickle=False) as kept:
            about = json.loads(str(kept["about"]))
            if "unusable" in about:
                raise Unusable(about["unusable"])
            return _asset(about, kept)
    except Unusable:
        raise
    # A file cut short, or of another make, is as good as none.
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def save(name: str, asset: Asset | Unusable) -> None:
    """Keep an asset, or why it is none. A folder that cannot be written is no error."""
    about, arrays = ({"unusable": str(asset)}, {}) if isinstance(asset, Unusable) else _flat(asset)
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

"""Sweet Home 3D furniture catalogues: a zip with PluginFurnitureCatalog.properties, models and textures.

The format is described at https://www.sweethome3d.com/documentation/ ("Importing 3D models"). Lengths are
centimetres: width along x, depth along the model's z, height along its y, and every model is stretched to them. A
model's front looks along its +z.
"""

from __future__ import annotations

import posixpath
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.compose.catalogues.entry import Y_UP, Entry, licence_id
from pipeline.compose.catalogues.mapping import Mapping, Naming, kind_of
from pipeline.errors import ConfigError
from pipeline.scene import Float

DEBIAN = "/usr/share/sweethome3d/furniture"
LISTING = "PluginFurnitureCatalog.properties"
MOUNTED_M = 0.02
"""What the catalogue hangs higher than this does not stand on a floor."""
HUNG = ("cabinet", "clock", "ceiling_lamp", "wall_lamp", "wall_cabinet", "wall_shelf", "picture_frame", "radiator",
        "range_hood", "towel_rail", "wall_mirror", "toilet_roll", "exit_sign", "fire_extinguisher")  # fmt: skip
SMALL_M = 0.6
"""Smaller things that are listed at a height stand on something."""


def list_sh3f(path: str, mapping: Mapping, known: frozenset[str]) -> list[Entry]:
    """The models of a .sh3f file, or of all in a folder, in order of file name and id; doors and windows are left out.

    Raises ConfigError where there is none.
    """
    where = Path(path)
    files = sorted(where.glob("*.sh3f")) if where.is_dir() else [where]
    if not files or not all(file.is_file() for file in files):
        install = "; install it with: apt-get install sweethome3d-furniture" if path == DEBIAN else ""
        raise ConfigError(f"assets.sources: sh3f:{path}: no .sh3f catalogue there{install}")
    return [entry for file in files for entry in _entries(file, mapping, known)]


def _entries(file: Path, mapping: Mapping, known: frozenset[str]) -> Iterator[Entry]:
    try:
        with zipfile.ZipFile(file) as archive:
            about = read_properties(archive.read(LISTING))
            names = set(archive.namelist())
            licence = about.get("license", "") or _licence_file(archive, names)
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise ConfigError(f"assets.sources: sh3f:{file}: not a Sweet Home 3D catalogue ({error})") from None
    numbers = sorted({int(key.partition("#")[2]) for key in about if re.fullmatch(r"name#\d+", key)})
    models = [
        {key: about[f"{key}#{n}"] for key in FIELDS if f"{key}#{n}" in about} | {"number": str(n)} for n in numbers
    ]
    seen: set[str] = set()
    for model in sorted(models, key=lambda model: (_id(model), int(model["number"]))):
        if model.get("doorOrWindow") == "true" or not {"model", "width", "depth", "height"} <= model.keys():
            continue
        id_ = _id(model) if _id(model) not in seen else f"{_id(model)}-{model['number']}"
        seen.add(id_)
        try:
            yield _entry(file, id_, model, licence, about, mapping, known)
        except (ValueError, IndexError, KeyError) as error:
            said = f"{file}: model {model['number']} ({model.get('name', id_)}): {error}; it is left out"
            warnings.warn(said, RuntimeWarning, stacklevel=2)


FIELDS = (
    "id", "name", "category", "model", "width", "depth", "height", "elevation", "dropOnTopElevation", "doorOrWindow",
    "modelRotation", "creator", "license", "lightSourceX", "lightSourceY", "lightSourceZ",
)  # fmt: skip


def _id(model: dict[str, str]) -> str:
    return model.get("id", "").rpartition("#")[2] or model["number"]


def _entry(
    file: Path, id_: str, model: dict[str, str], licence: str, about: dict[str, str], mapping: Mapping,
    known: frozenset[str],
) -> Entry:  # fmt: skip
    size = tuple(_number(model, key) / 100.0 for key in ("width", "depth", "height"))
    if min(size) <= 0:
        raise ValueError("width, depth and height must be above 0")
    kind = kind_of(Naming(model["name"], model.get("category", ""), size), mapping, known)  # type: ignore[arg-type]
    if _number(model, "elevation", "0") / 100 > MOUNTED_M and max(size) > SMALL_M and kind not in HUNG:
        kind = None
    rotation = _rotation(model.get("modelRotation", "1 0 0 0 1 0 0 0 1"))
    on_top, light = model.get("dropOnTopElevation"), None
    if "lightSourceX" in model:
        # Only the first of several; given from the left, back, lower corner, plan x and y and up.
        x, y, z = (float(model[f"lightSource{axis}"].split()[0]) / 100 for axis in "XYZ")
        light = (size[0] / 2 - x, y - size[1] / 2, z)
    return Entry(
        catalogue=file.stem,
        id=id_,
        kind=kind,
        name=model["name"],
        group=model.get("category", ""),
        author=model.get("creator", ""),
        licence=licence_id(model.get("license", licence)),
        url=about.get("provider", ""),
        file=model["model"].lstrip("/"),
        archive=file,
        turn=Y_UP @ rotation,
        size_m=size,  # type: ignore[arg-type]
        resting_m=None if on_top is None else _number(model, "dropOnTopElevation") / 100.0,
        light=light,
    )


def _number(model: dict[str, str], key: str, default: str = "") -> float:
    """Raises ValueError that names the key."""
    said = model.get(key, default)
    try:
        value = float(said)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise ValueError(f"{key}: {said!r} is no number")
    return value


def _rotation(said: str) -> Float:
    """The matrix of nine numbers, row by row. Raises ValueError."""
    try:
        rotation = np.array([float(word) for word in said.split()]).reshape(3, 3)
    except ValueError:
        raise ValueError(f"modelRotation: {said!r} is no nine numbers") from None
    if not np.isfinite(rotation).all() or abs(np.linalg.det(rotation)) < 1e-6:
        raise ValueError(f"modelRotation: {said!r} is no rotation")
    return rotation


def _licence_file(archive: zipfile.ZipFile, names: set[str]) -> str:
    """The sentence of LICENSE.TXT that names a licence; "" for none."""
    text = archive.read("LICENSE.TXT").decode("latin-1") if "LICENSE.TXT" in names else ""
    lines = [line.strip() for line in text.splitlines() if re.search("creative commons|public domain", line, re.I)]
    return lines[0] if lines else ""


def read_properties(raw: bytes) -> dict[str, str]:
    """Keys and values of a Java properties file: Latin-1 with \\uXXXX escapes, lines continued by a backslash."""
    found = {}
    text = re.sub(r"\\\r?\n[ \t]*", "", raw.decode("latin-1"))
    for line in text.splitlines():
        line = line.strip()
        if line and line[0] not in "#!" and (match := re.match(r"([^=:\s]+)\s*[=:]\s*(.*)", line)):
            value = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), match[2])
            found[match[1]] = re.sub(r"\\(.)", r"\1", value)
    return found


def member(folder: str, name: str) -> str:
    """Path inside an archive of a file that the model in `folder` names."""
    return posixpath.normpath(posixpath.join(folder, name.replace("\\", "/")))

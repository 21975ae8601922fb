"""A folder of model files, with or without an index: as Objaverse, GSO, ShapeNet and Poly Haven come.

An index is `index.json` (a list, or {"assets": a list}), `index.jsonl` (one object a line) or `index.csv` (a header,
then a line each) in the folder, with for each model

    file       path from the folder; the only key that must be there
    name       what it is, in words; the file's name without suffix by default
    category   our kind of it ("armchair"), or words that the mapping knows; the file's folder by default
    size_m     [x, y, z] true extents in metres, z up, seen from the front x to the side; in CSV size_x, size_y, size_z
    licence, author, url    for attribution ("license" is read too)
    up, front  axes of the file, "+y" and "+z" by default (glTF, and OBJ by custom); "+z" and "-y" for PLY and STL

and without one every model in the folder and below is taken, its category from the folder it lies in or its name, by
the mapping. Where no size is given the file's unit is a metre, or else the first of centimetre, millimetre and inch
that makes it as large as its category may be (`longest_m` of the mapping); when none does it is scaled to that.
Licence and author of a folder without index come from a LICENSE file at its top, if its first line names one.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.compose.catalogues.entry import Entry, licence_id
from pipeline.compose.catalogues.mapping import Mapping, Naming, kind_of
from pipeline.compose.catalogues.reading import FORMATS
from pipeline.errors import ConfigError
from pipeline.scene import Float

INDEXES = ("index.json", "index.jsonl", "index.csv")
LICENCES = ("LICENSE", "LICENSE.txt", "LICENSE.TXT", "LICENSE.md", "LICENCE", "LICENCE.txt")
AXES = {f"{sign}{axis}": np.eye(3)[k] * way for k, axis in enumerate("xyz") for sign, way in (("+", 1.0), ("-", -1.0))}


def list_files(path: str, mapping: Mapping, known: frozenset[str]) -> list[Entry]:
    """The models of a folder, in order of path. Raises ConfigError for no folder, no models, or a bad index."""
    root = Path(path)
    if not root.is_dir():
        raise ConfigError(f"assets.sources: files:{path}: no such folder")
    index = next((root / name for name in INDEXES if (root / name).is_file()), None)
    if index is None:
        licence = _licence(root)
        found = sorted(p for p in root.rglob("*") if p.suffix.lower() in FORMATS and p.is_file())
        rows: list[dict[str, Any]] = [{"file": p.relative_to(root).as_posix(), "licence": licence} for p in found]
    else:
        rows = sorted(_rows(index), key=lambda row: str(row["file"]))
    if not rows:
        raise ConfigError(f"assets.sources: files:{path}: holds no models ({', '.join(FORMATS)})")
    names = distinct([row["file"] for row in rows])
    return [_entry(root, row, name, index or root, mapping, known) for row, name in zip(rows, names, strict=True)]


def _licence(root: Path) -> str:
    for name in LICENCES:
        if (root / name).is_file():
            lines = [line.strip() for line in (root / name).read_text(errors="replace").splitlines() if line.strip()]
            return lines[0] if lines else ""
    return ""


def _rows(index: Path) -> Iterator[dict[str, Any]]:
    try:
        text = index.read_text(encoding="utf-8")
        if index.suffix == ".csv":
            rows: Any = list(csv.DictReader(text.splitlines()))
        elif index.suffix == ".jsonl":
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            rows = json.loads(text)
            rows = rows["assets"] if isinstance(rows, dict) else rows
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(f"{index}: cannot be read as a list of models ({error})") from None
    if not isinstance(rows, list):
        raise ConfigError(f'{index}: expected a list of models, or {{"assets": a list}} (found {rows!r:.60})')
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or not isinstance(row.get("file"), str) or not row["file"]:
            raise ConfigError(f"{index}: model {number}: has no key `file`, the path of the model from this folder")
        yield row


def distinct(files: list[str]) -> list[str]:
    """A name for each file: without its suffix, with it where two would be called alike, numbered where that is not enough."""
    bare = [file.rsplit(".", 1)[0] for file in files]
    often, listed = Counter(bare), Counter(files)
    seen: Counter[str] = Counter()
    names = []
    for file, name in zip(files, bare, strict=True):
        seen[file] += 1
        if often[name] > 1 and listed[file] < often[name]:
            name = file
        names.append(name if listed[file] == 1 else f"{name}-{seen[file]}")
    return names


def _entry(root: Path, row: dict[str, Any], id_: str, index: Path, mapping: Mapping, known: frozenset[str]) -> Entry:
    file = root / row["file"]
    name = str(row.get("name") or file.stem)
    group = str(row.get("category") or ("" if file.parent == root else file.parent.name))
    size = _size(row, index)
    kind: str | None = str(row.get("category") or "")
    if kind not in known and kind not in mapping.longest_m:
        kind = kind_of(Naming(name, group, size), mapping, known)
        if kind is None and group:
            # GSO and ShapeNet name folders by what is in them: "chair/1a2b3c/model.obj".
            parts = [part for part in Path(row["file"]).parts[:-1] if part]
            kinds = [kind_of(Naming(part, part, size), mapping, known) for part in [group, *reversed(parts)]]
            kind = next((one for one in kinds if one), None)
    return Entry(
        catalogue=root.resolve().name,
        id=id_,
        kind=kind,
        name=name,
        group=group,
        author=str(row.get("author") or ""),
        licence=licence_id(str(row.get("licence") or row.get("license") or "")),
        url=str(row.get("url") or row.get("source") or ""),
        file=str(file),
        turn=_turn(row, index, file.suffix.lower() in (".ply", ".stl")),
        size_m=size,
    )


def _size(row: dict[str, Any], index: Path) -> tuple[float, float, float] | None:
    given = row.get("size_m") or [row.get(f"size_{axis}") for axis in "xyz"]
    if given == [None, None, None] or given == ["", "", ""]:
        return None
    try:
        x, y, z = (float(value) for value in given)
    except (TypeError, ValueError):
        raise ConfigError(f"{index}: {row['file']}: size_m: expected [x, y, z] in metres (found {given!r})") from None
    if min(x, y, z) <= 0 or not np.isfinite([x, y, z]).all():
        raise ConfigError(f"{index}: {row['file']}: size_m: must be above 0 (found {given!r})")
    return (x, y, z)


def _turn(row: dict[str, Any], index: Path, lying: bool) -> Float:
    """Rotation that brings the file's up to +z and its front to +y."""
    up = str(row.get("up") or ("+z" if lying else "+y")).lower()
    front = str(row.get("front") or ("-y" if up.endswith("z") else "+z")).lower()
    up, front = (axis if axis[:1] in "+-" else f"+{axis}" for axis in (up, front))
    if up not in AXES or front not in AXES or up[1] == front[1]:
        raise ConfigError(
            f"{index}: {row['file']}: up, front: expected two different axes such as +y and +z (found {up}, {front})"
        )
    y, z = AXES[front], AXES[up]
    return np.stack([np.cross(y, z), y, z])

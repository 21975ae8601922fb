"""A folder of equirectangular panoramas, .hdr or .exr, that light a scene from far away.

A sidecar `NAME.json` beside NAME.exr may say {"name", "author", "licence", "url"}; an `index.json`, list or {file:
record}, may say it for all. Panoramas are taken twice as wide as high; others are refused. They are scaled by area mean,
which keeps their light.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.compose.catalogues.entry import Entry, licence_id
from pipeline.compose.catalogues.files import distinct
from pipeline.compose.catalogues.reading import Unusable
from pipeline.errors import ConfigError

FORMATS = (".hdr", ".exr")
ROWS = 512
"""Height that panoramas are scaled down to: 5.7 texels a degree show no worse behind a scene of 512 pixels."""
MOST = 6.0e4
"""Radiance that half floats and renderers still hold; a sun above it is cut to it."""


def list_hdri(path: str) -> list[Entry]:
    """The panoramas of a folder, in order of name. Raises ConfigError for no folder or none in it."""
    root = Path(path)
    if not root.is_dir():
        raise ConfigError(f"assets.sources: hdri:{path}: no such folder")
    found = sorted(p for p in root.iterdir() if p.suffix.lower() in FORMATS and p.is_file())
    if not found:
        raise ConfigError(f"assets.sources: hdri:{path}: holds no panoramas (.hdr, .exr)")
    names = distinct([file.name for file in found])
    return [_entry(root, file, name, _sidecar(root, file)) for file, name in zip(found, names, strict=True)]


def _entry(root: Path, file: Path, id_: str, said: dict[str, Any]) -> Entry:
    return Entry(
        catalogue=root.resolve().name,
        id=id_,
        kind="panorama",
        name=str(said.get("name") or file.stem),
        group="",
        author=str(said.get("author") or ""),
        licence=licence_id(str(said.get("licence") or said.get("license") or "")),
        url=str(said.get("url") or ""),
        file=str(file),
    )


def _sidecar(root: Path, file: Path) -> dict[str, Any]:
    for path in (file.with_suffix(".json"), root / "index.json"):
        if path.is_file():
            try:
                data = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise ConfigError(f"{path}: not valid JSON ({error})") from None
            if not isinstance(data, (list, dict)):
                raise ConfigError(
                    f'{path}: expected keys such as {{"name": ..., "licence": ...}} about a panorama (found {data!r:.60})'
                )
            rows = data if isinstance(data, list) else [row | {"file": name} for name, row in data.items()] if all(
                isinstance(row, dict) for row in data.values()) else [data | {"file": file.name}]  # fmt: skip
            for row in rows:
                if isinstance(row, dict) and Path(str(row.get("file", ""))).stem == file.stem:
                    return row
    return {}


@lru_cache(maxsize=6)
def read_panorama(file: str, rows: int = ROWS) -> NDArray[np.float32]:
    """Linear RGB of a panorama, float32 [h, 2h, 3], h at most `rows`. Raises Unusable."""
    picture = _exr(file) if file.lower().endswith(".exr") else _hdr(file)
    if picture is None or picture.ndim != 3 or picture.shape[2] < 3:
        raise Unusable("cannot be read as a picture of three channels")
    h, w = picture.shape[:2]
    if not 1.98 <= w / h <= 2.02:
        raise Unusable(f"is {w} x {h} texels; a panorama is twice as wide as high")
    light = np.asarray(picture[..., :3], np.float32)
    light = np.clip(np.nan_to_num(light, nan=0.0, posinf=MOST, neginf=0.0), 0.0, MOST)
    high = min(h, rows)
    if (high, 2 * high) != (h, w):
        light = cv2.resize(light, (2 * high, high), interpolation=cv2.INTER_AREA)
    light = np.ascontiguousarray(light)
    light.setflags(write=False)
    return light


def _hdr(file: str) -> NDArray[Any] | None:
    picture = cv2.imread(file, cv2.IMREAD_UNCHANGED)
    return None if picture is None or picture.ndim != 3 else np.asarray(picture[..., ::-1])


def _exr(file: str) -> NDArray[Any] | None:
    import OpenEXR

    # Its errors are of no common kind, and a broken file may bring up any.
    try:
        channels = OpenEXR.File(file).channels()
        if "RGB" in channels or "RGBA" in channels:
            return np.asarray(channels["RGB" if "RGB" in channels else "RGBA"].pixels)
        return np.stack([channels[name].pixels for name in "RGB"], axis=-1)
    except Exception:
        return None

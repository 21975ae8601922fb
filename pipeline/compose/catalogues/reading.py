"""Model files -> triangles with the look they were given, by trimesh: OBJ with MTL, glTF and GLB, PLY, STL.

What cannot be shown truly is refused with Unusable: labels are the first surface a ray meets, so leaves cut out of
rectangles by a transparent texture would be labelled as rectangles. Other transparency becomes opaque (a pane hides
what is behind it), and what is all but invisible is left out.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.compose.catalogues.sh3f import member
from pipeline.scene import Float

FORMATS = (".glb", ".gltf", ".obj", ".ply", ".stl")
FAINT = 0.12
"""Alpha below which a surface is left out."""
MOST_CUT_OUT = 0.1
"""Share of a model's area that may show texels with an alpha below one half."""
MOST_FACES = 1_500_000
TEXTURES = ("", "textures", "images", "../materials/textures", "../textures", "../images")
"""Where files that a model names lie, seen from its folder: GSO's textures are in ../materials/textures, ShapeNet's in
../images."""

# The middles of a triangle's quarters' quarters: upright ones of four rows, then those upside down.
SPOTS = [((3 * i + 1) / 12, (3 * j + 1) / 12, (10 - 3 * i - 3 * j) / 12) for i in range(4) for j in range(4 - i)]
SPOTS += [((3 * i + 2) / 12, (3 * j + 2) / 12, (8 - 3 * i - 3 * j) / 12) for i in range(3) for j in range(3 - i)]

Asked: TypeAlias = dict[str, str | None]


class Unusable(Exception):
    """A model that cannot be used. Its text says why, in one line."""


@dataclass(frozen=True, eq=False)
class Look:
    """What a surface was given: as scene.Material, with the words of its name and textures' names."""

    words: str
    color: tuple[float, float, float] = (0.7, 0.7, 0.7)
    texture: NDArray[np.uint8] | None = None
    roughness: float = 0.6
    metallic: float = 0.0
    emission: tuple[float, float, float] = (0.0, 0.0, 0.0)
    normal_map: NDArray[np.uint8] | None = None
    roughness_map: NDArray[np.uint8] | None = None
    metallic_map: NDArray[np.uint8] | None = None
    alpha: float = 1.0
    patchy: bool = False


@dataclass(frozen=True, eq=False)
class Piece:
    """Triangles of one look in the file's own frame: vertices [V, 3], faces [F, 3], uv [V, 2] or None."""

    vertices: Float
    faces: NDArray[np.int64]
    uv: Float | None
    look: Look


def read_model(file: str, archive: Path | None = None, asked: Asked | None = None) -> list[Piece]:
    """The pieces of a model file, or of one in a zip. Raises Unusable for what cannot be read or shown.

    asked: filled with the names of the other files it asked for, with sha256 of each, None for those that are not there.
    """
    import trimesh

    try:
        raw, found = _open(file, archive, {} if asked is None else asked)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scene = trimesh.load_scene(
                io.BytesIO(raw), file_type=Path(file).suffix.lstrip(".").lower(), resolver=found, process=False
            )
            pieces = _pieces(scene)
    except Unusable:
        raise
    except MemoryError:
        raise
    # Parsers fail on broken files with whatever error they ran into.
    except Exception as error:
        raise Unusable(f"cannot be read: {type(error).__name__}: {' '.join(str(error).split())[:160]}") from None
    if missing := sorted(found.missing if not file.lower().endswith(".obj") else found.missing & found.needed):
        raise Unusable(f"lacks {', '.join(missing)}")
    if not pieces:
        raise Unusable("has no faces")
    if sum(len(piece.faces) for piece in pieces) > MOST_FACES:
        raise Unusable(f"has over {MOST_FACES} faces")
    return pieces


class _Files:
    """What trimesh asks for files that a model names.

    missing: names it asked for in vain. needed: the names of an OBJ's materials and their colour textures.
    """

    def __init__(self, read: Callable[[str], bytes | None], asked: Asked) -> None:
        self.read = read
        self.asked = asked
        self.missing: set[str] = set()
        self.needed: set[str] = set()

    def get(self, name: str) -> bytes:
        name = name.strip()
        if name.lower().endswith(".mtl"):
            self.needed.add(name)
        data = self.read(name)
        self.asked[name] = None if data is None else hashlib.sha256(data).hexdigest()
        if data is None:
            self.missing.add(name)
            raise FileNotFoundError(name)
        if name.lower().endswith(".mtl"):
            # Bump and gloss maps are not read: only colours are missed.
            named = re.findall(r"^\s*map_Kd\s+(?:-\w+\s+[\d.]+\s+)*(.+?)\s*$", data.decode("latin-1"), re.I | re.M)
            self.needed.update(named)
        return bytes(data)

    __getitem__ = get

    def keys(self) -> list[str]:
        return []


def _open(file: str, archive: Path | None, asked: Asked) -> tuple[bytes, _Files]:
    if archive is None:
        return Path(file).read_bytes(), _Files(lambda name: named_by(file, name), asked)
    folder = str(Path(file).parent)
    with zipfile.ZipFile(archive) as held:
        # A few hundred kilobytes: taken out now, so that no archive stays open.
        beside = {
            name: held.read(name) for name in held.namelist() if name.startswith(folder + "/") and name[-1] != "/"
        }
    if file not in beside:
        raise Unusable(f"{file} is not in the archive")
    lower = {name.lower(): data for name, data in beside.items()}

    def read(name: str) -> bytes | None:
        # Paths of the modeller's own machine are common: the file's name is what counts.
        near = member(folder, Path(name.replace("\\", "/")).name)
        return lower.get(member(folder, name).lower()) or lower.get(near.lower())

    return beside[file], _Files(read, asked)


def named_by(file: str, name: str) -> bytes | None:
    """What `file` means by `name`: there, beside it, or in the folders of textures that data sets have; None for nothing."""
    name = name.replace("\\", "/")
    folder = Path(file).parent
    for path in (folder / name, *(folder / place / Path(name).name for place in TEXTURES)):
        if path.is_file():
            return path.read_bytes()
    return None


def _pieces(scene: Any) -> list[Piece]:
    """Every mesh of a trimesh scene where its nodes put it."""
    pieces, looks = [], {}
    hidden = 0.0
    for node in sorted(scene.graph.nodes_geometry):
        matrix, name = scene.graph[node]
        mesh = scene.geometry[name]
        if not hasattr(mesh, "faces") or not len(mesh.faces):
            continue
        vertices = np.asarray(mesh.vertices, float) @ matrix[:3, :3].T + matrix[:3, 3]
        faces = np.asarray(mesh.faces, np.int64)
        if np.linalg.det(matrix[:3, :3]) < 0:
            faces = faces[:, ::-1]
        if not np.isfinite(vertices).all():
            raise Unusable("has vertices that are not numbers")
        uv = getattr(mesh.visual, "uv", None)
        uv = np.asarray(uv, float)[:, :2] if uv is not None and len(uv) == len(vertices) else None
        if uv is not None and not np.isfinite(uv).all():
            uv = None
        if id(mesh.visual) not in looks:
            looks[id(mesh.visual)] = _look(mesh.visual, uv is not None)
        look, see_through = looks[id(mesh.visual)]
        if look.alpha >= FAINT:
            pieces.append(
                Piece(vertices, faces, uv if look.texture is not None or look.normal_map is not None else None, look)
            )
            if see_through is not None and uv is not None:
                hidden += _cut_out(pieces[-1], uv, see_through)
    if hidden > MOST_CUT_OUT * max(sum(float(_areas(piece).sum()) for piece in pieces), 1e-12):
        raise Unusable("is cut out of rectangles by transparency, which labels cannot follow")
    return pieces


def _areas(piece: Piece) -> Float:
    corners = piece.vertices[piece.faces]
    return np.asarray(
        np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
    )


def _cut_out(piece: Piece, uv: Float, alpha: NDArray[np.uint8]) -> float:
    """Area of a piece on which its texture is transparent, by the middles of 16 equal triangles of each face."""
    area, at = _areas(piece), uv[piece.faces]
    hidden = 0.0
    for a, b, c in SPOTS:
        spot = a * at[:, 0] + b * at[:, 1] + c * at[:, 2]
        hidden += float(area[sample(alpha[..., None], spot)[:, 0] < 128].sum()) / len(SPOTS)
    return hidden


def sample(texture: NDArray[np.uint8], uv: Float) -> NDArray[np.uint8]:
    """Texels [n, c] at uv [n, 2]; the first row lies at v = 1, and the picture repeats."""
    h, w = texture.shape[:2]
    column = np.floor(uv[:, 0] % 1.0 * w).astype(int).clip(0, w - 1)
    row = np.floor((1.0 - uv[:, 1] % 1.0) * h).astype(int).clip(0, h - 1)
    return np.asarray(texture[row, column])


def _look(visual: Any, mapped: bool) -> tuple[Look, NDArray[np.uint8] | None]:
    """The look of a visual, and the alpha of its texture where that matters."""
    material = getattr(visual, "material", None)
    if material is None or type(material).__name__ not in ("SimpleMaterial", "PBRMaterial"):
        mean = np.asarray(visual.main_color if visual.kind is None else visual.face_colors.mean(0), float) / 255
        # Painted in several colours: their mean is shown, and nobody would call the thing by it.
        return Look(
            "", _rgb(mean), patchy=bool(visual.kind is not None and visual.face_colors[:, :3].std(0).max() > 25)
        ), None
    pbr = type(material).__name__ == "PBRMaterial"
    return _pbr(material, mapped) if pbr else _mtl(material, mapped)


def _mtl(material: Any, mapped: bool) -> tuple[Look, NDArray[np.uint8] | None]:
    """MTL: Kd, map_Kd, Ns, Ks, Ke, d or Tr. A texture stands for the colour itself, as modelling programs export it."""
    said = material.kwargs or {}
    picture, cut = _picture(material.image if mapped else None)
    shine, ks = float(_number(said.get("ns"), 0.0)), np.mean(_numbers(said.get("ks"), 0.2))
    # Blinn-Phong's exponent and GGX: alpha^2 = 2 / (n + 2) (Walter et al. 2007), and roughness is alpha's root.
    roughness = float(np.clip((2.0 / (max(shine, 0.0) + 2.0)) ** 0.25, 0.2, 1.0)) if ks > 0.02 else 0.9
    alpha = _number(said.get("d"), 1.0) if "d" in said else 1.0 - _number(said.get("tr"), 0.0)
    color = np.asarray(material.diffuse, float)[:3] / 255
    words = f"{getattr(material, 'name', '') or ''} {' '.join(map(str, said.get('map_kd', []))) if mapped else ''}"
    look = Look(words, (1.0, 1.0, 1.0) if picture is not None else _rgb(color), picture, roughness, alpha=alpha)
    return look, cut


def _pbr(material: Any, mapped: bool) -> tuple[Look, NDArray[np.uint8] | None]:
    """glTF 2.0 metallic-roughness: factors times textures, roughness in G and metalness in B. Factors are linear."""
    factor = material.baseColorFactor
    factor = np.ones(4) if factor is None else np.asarray(factor, float) / (255.0 if np.max(factor) > 1.0 else 1.0)
    mode = (material.alphaMode or "OPAQUE").upper()
    picture, cut = _picture(material.baseColorTexture if mapped else None)
    rough = 1.0 if material.roughnessFactor is None else float(material.roughnessFactor)
    metal = 1.0 if material.metallicFactor is None else float(material.metallicFactor)
    both = _array(material.metallicRoughnessTexture) if mapped else None
    bumps = _array(material.normalTexture) if mapped else None
    glow = np.zeros(3) if material.emissiveFactor is None else np.asarray(material.emissiveFactor, float)[:3]
    look = Look(
        str(material.name or ""),
        _rgb(np.where(factor[:3] <= 0.0031308, 12.92 * factor[:3], 1.055 * factor[:3].clip(0) ** (1 / 2.4) - 0.055)),
        picture,
        float(np.clip(rough, 0.03, 1.0)),
        # Metallic stays below 1: rasterisers need a body colour.
        float(np.clip(metal, 0.0, 0.9)),
        (0.0, 0.0, 0.0) if material.emissiveTexture is not None else tuple(float(g) for g in glow),  # type: ignore[arg-type]
        None if bumps is None else np.ascontiguousarray(bumps[..., :3]),
        None if both is None else np.ascontiguousarray(both[..., 1]),
        None if both is None else np.ascontiguousarray(both[..., 2]),
        float(factor[3]) if mode == "BLEND" and len(factor) > 3 else 1.0,
    )
    return look, cut if mode != "OPAQUE" else None


def _array(image: Any) -> NDArray[np.uint8] | None:
    """A PIL picture as uint8 [h, w, 4] without its palette."""
    return None if image is None else np.asarray(image.convert("RGBA"), np.uint8)


def _picture(image: Any) -> tuple[NDArray[np.uint8] | None, NDArray[np.uint8] | None]:
    """Colour [h, w, 3] of a PIL picture, and its alpha [h, w] where some of it is transparent."""
    pixels = _array(image)
    if pixels is None:
        return None, None
    alpha = np.ascontiguousarray(pixels[..., 3])
    return np.ascontiguousarray(pixels[..., :3]), alpha if alpha.min() < 128 else None


def shrunk(texture: NDArray[np.uint8] | None, most: int) -> NDArray[np.uint8] | None:
    """`texture` with its longer side at most `most` texels, by area mean."""
    if texture is None or max(texture.shape[:2]) <= most:
        return texture
    factor = most / max(texture.shape[:2])
    size = [max(1, round(length * factor)) for length in texture.shape[1::-1]]
    return np.asarray(cv2.resize(texture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _rgb(color: Any) -> tuple[float, float, float]:
    r, g, b = (float(np.clip(c, 0.0, 1.0)) for c in np.asarray(color)[:3])
    return (r, g, b)


def _numbers(said: Any, default: float) -> NDArray[np.float64]:
    try:
        return np.atleast_1d(np.asarray(said, float)) if said is not None else np.array([default])
    except (TypeError, ValueError):
        return np.array([default])


def _number(said: Any, default: float) -> float:
    return float(_numbers(said, default)[0])

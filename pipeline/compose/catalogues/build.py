"""An Entry's model file -> an Asset, or the reason why it cannot be one."""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from pipeline.compose.assets.asset import Asset, Mouth, Surface
from pipeline.compose.assets.shapes import cross
from pipeline.compose.catalogues.enclosing import enclose
from pipeline.compose.catalogues.entry import Entry
from pipeline.compose.catalogues.mapping import WIDEST_M, Mapping
from pipeline.compose.catalogues.reading import Asked, Look, Piece, Unusable, read_model, sample, shrunk
from pipeline.compose.catalogues.shaping import tidy, upright
from pipeline.compose.grid import MESH_DECIMALS, mesh_on_grid, rounded
from pipeline.compose.materials import nearest_color_name
from pipeline.compose.surfaces import find_surfaces
from pipeline.scene import Float, Material, Mesh, Part

UNITS = (1.0, 0.01, 0.001, 0.0254)
"""Metres, centimetres, millimetres, inches: what files are drawn in, tried in this order."""
TEXTURE_PX = ((0.15, 256), (0.6, 512), (np.inf, 1024))
"""Longer side of a texture for things up to so many metres."""
SMALL_M = 0.35
"""Smaller things get a third of max_faces."""
NAMED_SHARE = 0.45
"""A thing is called by a colour or a material that covers this share of it."""
SEATS = ("sofa", "armchair", "chair", "stool", "bench", "ottoman")
SEAT_M = (0.25, 0.75)
FAMILIES = {
    "wood": "wood|oak|pine|teak|walnut|birch|bois|madera|fusta|holz|legno|timber|parquet|pino|roble|plank",
    "metal": "metal|chrome|steel|inox|alu|iron|brass|bronze|copper|gold|silver|stahl|acier",
    "leather": "leather|cuir|leder|piel|skai",
    "fabric": "fabric|cloth|tissu|textile|linen|cotton|cushion|pillow|wool|velvet|tela|stoff|couch|sofa",
    "glass": "glass|verre|vitre|glas|cristal|crystal|vidrio",
    "ceramic": "ceramic|porcelain|porcelaine|clay|terracotta|keramik|pottery",
    "plastic": "plastic|plastique|pvc|kunststoff|rubber",
    "paper": "paper|papier|cardboard|carton|pages",
    "marble": "marble|marbre|granite",
    "wicker": "wicker|rattan|straw|osier",
    "leaves": "leaf|leaves|foliage|feuille|blatt|hoja",
}
UP_LAMPS, DOWN_LAMPS = ("table_lamp", "floor_lamp"), ("ceiling_lamp",)


def build(entry: Entry, category: str, mapping: Mapping, max_faces: int, asked: Asked | None = None) -> Asset:
    """The asset of a model: true size, upright, clean meshes, materials, boxes, surfaces. Raises Unusable.

    asked: as read_model fills it.
    """
    pieces = read_model(entry.file, entry.archive, asked)
    pieces = upright(pieces, entry.turn, entry.size_m, 1.0 if entry.size_m else _scale(pieces, entry, mapping))
    extent = float(max(np.ptp(np.concatenate([p.vertices[np.unique(p.faces)] for p in pieces]), axis=0)))
    shapes = tidy(pieces, max_faces if extent > SMALL_M else max(max_faces // 3, 500))
    most = next(px for limit, px in TEXTURE_PX if extent <= limit)
    parts = tuple(_part(mesh, look, most) for mesh, look in shapes)
    meshes = [part.mesh for part in parts]
    corners = np.concatenate([mesh.vertices[mesh.faces] for mesh in meshes])
    surfaces = _surfaces(meshes, entry, category)
    boxes = rounded(enclose(corners, surfaces), MESH_DECIMALS)
    attributes = {"color": _color(parts), "material": _material(parts)}
    return Asset(category, parts, boxes, attributes, surfaces, _mouths(entry, boxes), entry.source)


def _scale(pieces: list[Piece], entry: Entry, mapping: Mapping) -> float:
    """Metres a unit of the file: the first of UNITS that makes the model as large as its kind may be; else whatever does.

    What no unit makes plausible is scaled to the geometric mean of its kind's range.
    """
    points = np.concatenate([piece.vertices[np.unique(piece.faces)] for piece in pieces])
    longest = float(np.ptp(points, axis=0).max())
    if longest <= 0 or not np.isfinite(longest):
        raise Unusable("has no extent")
    low, high = mapping.longest_m.get(entry.kind or "", WIDEST_M)
    for unit in UNITS:
        if low <= longest * unit <= high:
            return unit
    return float(np.sqrt(low * high)) / longest


def _part(mesh: Mesh, look: Look, most: int) -> Part:
    textured = mesh.uv is not None
    texture = shrunk(look.texture, most) if textured else None
    tone, _ = _tones(mesh, look.color, texture)
    material = Material(
        _family(look.words) or "",
        look.color,
        "" if look.patchy else nearest_color_name((float(tone[0]), float(tone[1]), float(tone[2]))),
        texture,
        look.roughness,
        look.metallic,
        look.emission,
        shrunk(look.normal_map, most) if textured else None,
        shrunk(look.roughness_map, most) if textured else None,
        shrunk(look.metallic_map, most) if textured else None,
    )
    return Part(mesh_on_grid(mesh), material)


def _family(words: str) -> str | None:
    said = re.sub(r"[\W_\d]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", words)).lower()
    for family, spellings in FAMILIES.items():
        if re.search(rf"\b({spellings})", said):
            return family
    return None


def _areas(mesh: Mesh) -> Float:
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    return np.asarray(np.linalg.norm(cross(b - a, c - a), axis=1) / 2)


def _tones(
    mesh: Mesh, color: tuple[float, float, float], texture: NDArray[np.uint8] | None
) -> tuple[Float, dict[str, float]]:
    """Mean sRGB of a mesh by area, and the area that people would call by each colour's name."""
    area = _areas(mesh)
    if texture is None or mesh.uv is None:
        return np.asarray(color), {nearest_color_name(color): float(area.sum())}
    # Three points of each face, so that a large face under a pattern is not known by one texel.
    uv = mesh.uv[mesh.faces]
    places = np.concatenate([(uv * np.array(w)[None, :, None]).sum(1) for w in ((4, 1, 1), (1, 4, 1), (1, 1, 4))]) / 6
    tones = sample(texture, places) / 255.0 * np.asarray(color)
    weight = np.tile(area, 3) / 3
    # Thousands of texels have few colours: name each of them once, eight steps a channel.
    coarse, number = np.unique(np.round(tones * 8).astype(int), axis=0, return_inverse=True)
    names: dict[str, float] = defaultdict(float)
    for tone, share in zip(coarse, np.bincount(number.reshape(-1), weight), strict=True):
        r, g, b = (float(x) / 8 for x in tone)
        names[nearest_color_name((r, g, b))] += float(share)
    return np.asarray((tones * weight[:, None]).sum(0) / max(weight.sum(), 1e-12)), names


def _color(parts: tuple[Part, ...]) -> str:
    """The colour name that covers most of a thing; "" when none covers NAMED_SHARE: nobody would call it by one."""
    names: dict[str, float] = defaultdict(float)
    for part in parts:
        if not part.material.color_name:
            names[""] += float(_areas(part.mesh).sum())
            continue
        for name, area in _tones(part.mesh, part.material.color, part.material.texture)[1].items():
            names[name] += area
    name, area = min(names.items(), key=lambda item: (-item[1], item[0]))
    return name if area >= NAMED_SHARE * sum(names.values()) else ""


def _material(parts: tuple[Part, ...]) -> str:
    """The family that covers most of a thing; "" where names of its materials tell none."""
    areas: dict[str, float] = defaultdict(float)
    for part in parts:
        areas[part.material.name] += float(_areas(part.mesh).sum())
    name, area = min(areas.items(), key=lambda item: (-item[1], item[0]))
    return name if area >= NAMED_SHARE * sum(areas.values()) else ""


def _surfaces(meshes: list[Mesh], entry: Entry, category: str) -> tuple[Surface, ...]:
    """What the mesh offers, less what the catalogue rules out: it may say that nothing is put on a model."""
    if entry.resting_m is not None and entry.resting_m < 0:
        return ()
    if category in SEATS:
        found = find_surfaces(meshes, "seat")
        return tuple(surface for surface in found if SEAT_M[0] <= surface.centre[2] <= SEAT_M[1])
    return find_surfaces(meshes)


def _mouths(entry: Entry, boxes: Float) -> tuple[Mouth, ...]:
    """A lamp's light: below what hangs from the ceiling, above what stands."""
    low, high = boxes[:, 0].min(0), boxes[:, 1].max(0)
    width = float(np.clip(0.5 * (high - low)[:2].min(), 0.06, 0.4))
    if entry.kind in DOWN_LAMPS:
        return (Mouth((0.0, 0.0, float(low[2]) - 0.015), width),)
    if entry.kind in UP_LAMPS:
        x, y = (entry.light[0], entry.light[1]) if entry.light else (0.0, 0.0)
        x, y = (float(np.clip(v, low[k] / 2, high[k] / 2)) for k, v in enumerate((x, y)))
        return (Mouth((x, y, float(high[2]) + 0.015), min(width, 0.25), up=True),)
    return ()

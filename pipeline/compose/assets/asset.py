"""What a generator returns: a furnished shape that knows where other things may stand on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.compose.assets.shapes import cross
from pipeline.compose.grid import MESH_DECIMALS, mesh_on_grid, rounded
from pipeline.compose.materials import Finish
from pipeline.scene import Float, Mesh, Part

Piece = tuple[Mesh, Finish]


@dataclass(frozen=True, eq=False)
class Surface:
    """A level rectangle of an asset on which smaller things rest.

    kind: "top", "seat", "shelf", "floor" (a rug's) or "hob" (a cooker's: for pots and pans). centre: (x, y, z) in the
    asset's frame; half: half edge lengths (x, y), metres; clearance: free height above it.
    """

    kind: str
    centre: tuple[float, float, float]
    half: tuple[float, float]
    clearance: float = 2.0


@dataclass(frozen=True)
class Mouth:
    """Where light leaves a lamp: a level square that shines up or down.

    centre: (x, y, z) in the asset's frame, outside the lamp's own boxes. width_m: its edge length. share: of the
    light of the whole lamp; the shares of one lamp add up to 1.
    """

    centre: tuple[float, float, float]
    width_m: float
    up: bool = False
    share: float = 1.0


@dataclass(frozen=True, eq=False)
class Asset:
    """A piece of furniture or a small thing in its own frame: footprint centred on the origin, underside at z = 0,
    front towards +y.

    boxes: float64 [n, 2, 3], lower and upper corners of its solid pieces; together they enclose every vertex, so
    two assets whose boxes are disjoint do not touch.
    attributes: what an instruction may say of it. mouths: where a lamp's light leaves it; empty for what gives none.
    source: as scene.Object has it.
    """

    category: str
    parts: tuple[Part, ...]
    boxes: Float
    attributes: dict[str, str]
    surfaces: tuple[Surface, ...] = ()
    mouths: tuple[Mouth, ...] = ()
    source: str = "plantain"

    @property
    def size(self) -> Float:
        """Extent (x, y, z) in metres."""
        return np.asarray(self.boxes[:, 1].max(0) - self.boxes[:, 0].min(0))


def assemble(
    category: str,
    pieces: Sequence[Piece],
    rng: np.random.Generator,
    surfaces: Sequence[Surface] = (),
    main: Finish | Sequence[Finish] | None = None,
    mouths: Sequence[Mouth] = (),
    recentre: bool = True,
    bent: Mesh | None = None,
) -> Asset:
    """Join pieces of one finish into one part, scale uv to texture repeats, and move the footprint to the origin.

    main: the finish people would describe the thing by; the one with the largest area by default. Of several, which
    each show as much as the others from one side or another, only what they agree in is said.
    bent: a piece that one box would enclose badly (an arch); it gets several, one above the other.
    """
    boxes = np.concatenate([_slices(mesh) if mesh is bent else mesh.bounds[None] for mesh, _ in pieces])
    lower, upper = boxes[:, 0].min(0), boxes[:, 1].max(0)
    shift = np.zeros(3)
    if recentre:
        shift = -np.array([(lower[0] + upper[0]) / 2, (lower[1] + upper[1]) / 2, lower[2]])
    groups: dict[int, tuple[Finish, list[Mesh]]] = {}
    for mesh, finish in pieces:
        groups.setdefault(id(finish), (finish, []))[1].append(mesh)
    parts, areas = [], []
    for finish, meshes in groups.values():
        parts.append(_join(meshes, finish, shift, rng))
        areas.append(0.0 if main is not None else _area(parts[-1].mesh))
    if main is None:
        looks = [parts[int(np.argmax(areas))].material]
    else:
        looks = [finish.material for finish in ([main] if isinstance(main, Finish) else main)]
    dx, dy, dz = (float(s) for s in shift)
    moved = tuple(replace(s, centre=(s.centre[0] + dx, s.centre[1] + dy, s.centre[2] + dz)) for s in surfaces)
    lit = tuple(replace(m, centre=(m.centre[0] + dx, m.centre[1] + dy, m.centre[2] + dz)) for m in mouths)
    attributes = {
        "color": _agreed([look.color_name for look in looks]),
        "material": _agreed([look.name for look in looks]),
    }
    # Rounded as the vertices are, so they enclose them exactly.
    outer = _outermost(rounded(boxes + shift, MESH_DECIMALS))
    return Asset(category, tuple(parts), outer, attributes, moved, lit)


def _agreed(names: list[str]) -> str:
    return names[0] if len(set(names)) == 1 else ""


def _outermost(boxes: Float) -> Float:
    """The boxes [n, 2, 3] that lie in no other one: they enclose the same space, and placement compares all pairs."""
    low, high = boxes[:, 0], boxes[:, 1]
    within = np.ones((len(boxes), len(boxes)), bool)
    for k in range(3):
        within &= (low[:, None, k] >= low[None, :, k]) & (high[:, None, k] <= high[None, :, k])
    # Of equal boxes the first stays.
    return boxes[~(within & ~np.triu(within.T)).any(1)]


def _slices(mesh: Mesh, count: int = 10) -> Float:
    """Boxes [k, 2, 3] that enclose the faces of a mesh in slices of equal height; no face lies outside its slice's box."""
    corners = mesh.vertices[mesh.faces]
    height = corners[:, :, 2].mean(1)
    low, high = float(height.min()), float(height.max())
    which = np.minimum((height - low) / max(high - low, 1e-9) * count, count - 1).astype(int)
    groups = [corners[which == k].reshape(-1, 3) for k in np.unique(which)]
    return np.stack([np.stack([points.min(0), points.max(0)]) for points in groups])


def _area(mesh: Mesh) -> float:
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    return float(np.linalg.norm(cross(b - a, c - a), axis=1).sum())


def _join(meshes: list[Mesh], finish: Finish, shift: Float, rng: np.random.Generator) -> Part:
    counts = [len(mesh.vertices) for mesh in meshes]
    starts = np.cumsum([0, *counts[:-1]])
    # Every plank is cut from another place of the board.
    offsets = rng.uniform(0, 1, (len(meshes), 2))
    uv = np.concatenate([mesh.uv if mesh.uv is not None else np.zeros((len(mesh.vertices), 2)) for mesh in meshes])
    uv = uv / finish.repeat_m
    if finish.material.name == "wood":
        uv += np.repeat(offsets, counts, axis=0)
    faces = np.concatenate([mesh.faces for mesh in meshes])
    joined = Mesh(
        np.concatenate([mesh.vertices for mesh in meshes]) + shift,
        faces + np.repeat(starts, [len(mesh.faces) for mesh in meshes])[:, None].astype(np.int32),
        uv,
        np.concatenate([mesh.normals if mesh.normals is not None else np.zeros_like(mesh.vertices) for mesh in meshes]),
    )
    return Part(mesh_on_grid(joined), finish.material)

"""A model's triangles made fit for a scene: real size, upright, clean, few, and smooth where they should be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.compose.assets.shapes import cross
from pipeline.compose.catalogues.reading import Look, Piece, Unusable
from pipeline.compose.catalogues.remapping import carry_uv
from pipeline.scene import Float, Mesh

CREASE_DEG = 38.0
"""Faces that meet at a sharper angle keep their edge."""
LEAST_M = 0.0015
"""No model is thinner than that; ground decals are."""
MOST_TEXTURED = 24000
"""Textured faces are kept as they are up to this many; more are simplified to half of it."""


LEAST_AREA = 0.85
"""Share of a surface that must be left when it is simplified; else it stays as it is."""
MOST_FACES = 40000
"""Models that have more faces even so are refused."""


def upright(pieces: list[Piece], turn: Float, size_m: tuple[float, float, float] | None, scale: float) -> list[Piece]:
    """`pieces` turned by `turn`, stretched to extents `size_m` or else scaled, standing on z = 0 about the origin."""
    turned = [piece.vertices @ turn.T for piece in pieces]
    used = np.concatenate([points[np.unique(piece.faces)] for points, piece in zip(turned, pieces, strict=True)])
    low, high = used.min(0), used.max(0)
    extent = high - low
    factor = np.full(3, scale)
    if size_m is not None:
        factor = np.where(extent > 1e-9, np.asarray(size_m) / np.maximum(extent, 1e-9), scale)
    if (extent * factor).max() < 2 * LEAST_M or np.sort(extent * factor)[0] < LEAST_M * 0.1:
        raise Unusable("is flat")
    middle = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    return [
        Piece((points - middle) * factor, piece.faces, piece.uv, piece.look)
        for points, piece in zip(turned, pieces, strict=True)
    ]


def tidy(pieces: list[Piece], max_faces: int) -> list[tuple[Mesh, Look]]:
    """One mesh for each look, cleaned, simplified to about `max_faces` in all, with vertex normals.

    Faces that come twice, in one look or in two, are kept once: they would flicker. Textured faces are simplified only
    when they are many more than wanted. Raises Unusable when nothing is left, or too much.
    """
    groups: dict[int, list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(id(piece.look), []).append(piece)
    joined = [_without_twins(piece) for piece in _apart([_join(group) for group in groups.values()])]
    joined = [piece for piece in joined if len(piece.faces)]
    textured = sum(len(piece.faces) for piece in joined if piece.uv is not None)
    whole = sum(len(piece.faces) for piece in joined)
    if not whole:
        raise Unusable("has no faces of any size")
    if textured > max(MOST_TEXTURED, max_faces):
        share = max(MOST_TEXTURED / 2, max_faces) / textured
        joined = [piece if piece.uv is None else _simplified(piece, share) for piece in joined]
        whole += sum(len(piece.faces) for piece in joined if piece.uv is not None) - textured
        textured = sum(len(piece.faces) for piece in joined if piece.uv is not None)
    plain = max(whole - textured, 1)
    keep = max(max_faces - textured, plain * 0.05, 200) / plain
    simple = [piece if piece.uv is not None or keep >= 1 else _simplified(piece, keep) for piece in joined]
    if (count := sum(len(piece.faces) for piece in simple)) > max(MOST_FACES, 2 * max_faces):
        raise Unusable(f"has {count} faces and cannot be simplified without losing its shape")
    meshes = [(smooth(piece.vertices, piece.faces, piece.uv), piece.look) for piece in simple if len(piece.faces)]
    # What was left out may have been what it stood on.
    bounds = np.array([mesh.bounds for mesh, _ in meshes])
    low, high = bounds[:, 0].min(0), bounds[:, 1].max(0)
    shift = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    return [(replace(mesh, vertices=mesh.vertices - shift), look) for mesh, look in meshes]


def _join(group: list[Piece]) -> Piece:
    starts = np.cumsum([0, *(len(piece.vertices) for piece in group[:-1])])
    uv = None
    if any(piece.uv is not None for piece in group):
        uv = np.concatenate([p.uv if p.uv is not None else np.zeros((len(p.vertices), 2)) for p in group])
    faces = np.concatenate([piece.faces + start for piece, start in zip(group, starts, strict=True)])
    return Piece(np.concatenate([piece.vertices for piece in group]), faces, uv, group[0].look)


def _apart(pieces: list[Piece]) -> list[Piece]:
    """`pieces` with points a hundredth of a millimetre apart made one, and each face only in the first that has it."""
    seen: NDArray[np.int64] | None = None
    kept = []
    points = np.concatenate([np.round(piece.vertices, 5) for piece in pieces])
    _, number = np.unique(points, axis=0, return_inverse=True)
    number = number.reshape(-1)
    start = 0
    for piece in pieces:
        ids = np.sort(number[start + piece.faces], axis=1)
        start += len(piece.vertices)
        # Three numbers of 21 bits.
        key = (ids[:, 0] << 42) | (ids[:, 1] << 21) | ids[:, 2] if len(number) < 2**21 else ids[:, 0] * 0
        fresh = np.zeros(len(key), bool)
        fresh[np.unique(key, return_index=True)[1]] = True
        if len(number) >= 2**21:
            fresh[:] = True
        elif seen is not None:
            fresh &= ~np.isin(key, seen)
        seen = key if seen is None else np.concatenate([seen, key])
        whole = (ids[:, 0] != ids[:, 1]) & (ids[:, 1] != ids[:, 2])
        kept.append(Piece(piece.vertices, piece.faces[fresh & whole], piece.uv, piece.look))
    return kept


def _without_twins(piece: Piece) -> Piece:
    """Vertices of one place and one uv made one; slivers without area left out."""
    if not len(piece.faces):
        return piece
    rows = np.round(piece.vertices, 5)
    if piece.uv is not None:
        rows = np.column_stack([rows, np.round(piece.uv, 5)])
    _, first, number = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    faces = number.reshape(-1)[piece.faces]
    vertices, uv = piece.vertices[first], None if piece.uv is None else piece.uv[first]
    corners = vertices[faces]
    double = np.linalg.norm(cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    return Piece(vertices, faces[double > 2e-10], uv, piece.look)


def _simplified(piece: Piece, keep: float) -> Piece:
    """About a share `keep` of the faces, by quadric error (Garland & Heckbert 1997)."""
    import fast_simplification

    if len(piece.faces) * (1 - keep) < 50:
        return piece
    # By place alone: seams of a texture would tear.
    places, number = np.unique(piece.vertices, axis=0, return_inverse=True)
    vertices, faces = fast_simplification.simplify(
        np.asarray(places, np.float32),
        np.asarray(number.reshape(-1)[piece.faces], np.int32),
        target_reduction=1 - keep,
        agg=5,
    )
    if not len(faces) or not np.isfinite(vertices).all():
        return piece
    # Leaves and wires have hardly a face to spare, and vanish.
    if _area(np.asarray(vertices, float)[faces]) < LEAST_AREA * _area(piece.vertices[piece.faces]):
        return piece
    # Collapsed edges may have moved the outline a little; a model never grows.
    vertices = np.clip(np.asarray(vertices, float), piece.vertices.min(0), piece.vertices.max(0))
    faces = np.asarray(faces, np.int64)
    if piece.uv is None:
        return _without_twins(Piece(vertices, faces, None, piece.look))
    uv = carry_uv(piece.vertices, piece.faces, piece.uv, vertices, faces).reshape(-1, 2)
    corners = np.arange(faces.size).reshape(-1, 3)
    return _without_twins(Piece(vertices[faces.ravel()], corners, uv, piece.look))


def _area(corners: Float) -> float:
    return float(np.linalg.norm(cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1).sum())


def smooth(vertices: Float, faces: NDArray[np.int64], uv: Float | None) -> Mesh:
    """A mesh with vertex normals, apart where faces meet at more than CREASE_DEG.

    A corner's normal is the mean, by area, of the faces round its vertex that turn from its own face by less.
    """
    corners = vertices[faces]
    wide = cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    unit = wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-30)
    # Round a place, whatever the uv.
    _, place = np.unique(np.round(vertices, 5), axis=0, return_inverse=True)
    at = place.reshape(-1)[faces].ravel()
    order = np.argsort(at, kind="stable")
    face = order // 3
    count = np.bincount(at)
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    total = np.zeros((len(at), 3))
    many = count[at]
    # Every corner with every other of its place, in turns: the k-th neighbour of all corners at once.
    for k in range(int(min(many.max(), 64))):
        mine = np.nonzero(many > k)[0]
        other = face[start[at[mine]] + k]
        near = (unit[mine // 3] * unit[other]).sum(1) > np.cos(np.radians(CREASE_DEG))
        total[mine[near]] += wide[other[near]]
    length = np.linalg.norm(total, axis=1, keepdims=True)
    normals = np.where(length > 1e-12, total / np.maximum(length, 1e-30), np.repeat(unit, 3, axis=0))
    rows = np.column_stack([faces.ravel()[:, None], np.round(normals, 3)])
    _, first, number = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    old = faces.ravel()[first]
    return Mesh(
        vertices[old],
        number.reshape(-1, 3).astype(np.int32),
        None if uv is None else uv[old],
        normals[first],
    )

"""Lettered boards over shops."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Piece
from pipeline.compose.assets.masonry import blocks
from pipeline.compose.materials import Finish
from pipeline.scene import Material, Mesh

WORDS = (
    "BAKERY", "BOOKS", "CAFE", "FLOWERS", "PHARMACY", "MARKET", "BARBER", "PIZZA", "SHOES", "OPTICIAN", "TEA ROOM",
    "FISH BAR", "BICYCLES", "RECORDS", "TOYS", "DELI", "LAUNDRY", "BUTCHER", "WINE", "NOODLES", "HARDWARE", "FASHION",
    "COFFEE", "GALLERY", "HOTEL", "BANK", "TRAVEL", "SUSHI", "JEWELLER", "PHONES",
)  # fmt: skip
ROWS = 96
GROUNDS = ("red", "blue", "green", "black", "white", "yellow", "brown", "turquoise", "gray", "beige", "orange")


def lettered(rng: np.random.Generator, width: float, height: float) -> tuple[Finish, Finish]:
    """Finishes of a board `width` x `height` metres: its lettered face, addressed by uv in [0, 1], and its edges."""
    ground = materials.color_of(rng, GROUNDS)
    ink = (0.95, 0.94, 0.88) if sum(ground) < 1.6 else (0.1, 0.1, 0.12)
    columns = int(np.clip(round(ROWS * width / height), 64, 1024))
    board = np.empty((ROWS, columns, 3), np.uint8)
    board[:] = np.asarray(ground) * 255
    word = WORDS[int(rng.integers(len(WORDS)))]
    face = (cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_COMPLEX)[int(rng.integers(3))]
    scale = 1.9
    (w, h), _ = cv2.getTextSize(word, face, scale, 3)
    if w > columns * 0.85:
        scale *= columns * 0.85 / w
        (w, h), _ = cv2.getTextSize(word, face, scale, 3)
    origin = ((columns - w) // 2, (ROWS + h) // 2)
    cv2.putText(board, word, origin, face, scale, tuple(float(c * 255) for c in ink), 4, cv2.LINE_AA)
    name = materials.nearest_color_name(ground)
    return Finish(Material("painted wood", (1.0, 1.0, 1.0), name, board, 0.5)), materials.plain(
        "painted wood", ground, 0.5
    )


def fascia(rng: np.random.Generator, left: float, right: float, low: float, high: float, front: float) -> list[Piece]:
    """A board over a shop from x = `left` to `right`, its back on the wall's face y = 0 and its letters at `front`."""
    face, edge = lettered(rng, right - left, high - low)
    board = blocks([left, -0.01, low], [right, front, high])
    # Seen from +y, x runs to the left.
    uv = np.stack([(right - board.vertices[:, 0]) / (right - left), (board.vertices[:, 2] - low) / (high - low)], 1)
    outward = board.normals[board.faces[:, 0], 1] > 0.5 if board.normals is not None else np.zeros(0, bool)
    return [
        (_only(Mesh(board.vertices, board.faces, uv, board.normals), outward), face),
        (_only(board, ~outward), edge),
    ]


def _only(mesh: Mesh, kept: np.ndarray) -> Mesh:
    """The faces `kept` of a mesh of quads, with the vertices they use."""
    used = np.unique(mesh.faces[kept])
    number = np.zeros(len(mesh.vertices), np.int32)
    number[used] = np.arange(len(used), dtype=np.int32)
    assert mesh.uv is not None and mesh.normals is not None
    return Mesh(mesh.vertices[used], number[mesh.faces[kept]].astype(np.int32), mesh.uv[used], mesh.normals[used])

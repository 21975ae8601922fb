"""What covers floors, walls and windows: rugs, pictures, curtains, shelves on the wall."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.electronics import picture_on
from pipeline.compose.assets.shapes import bar, box, disc, ellipsoid, move, turn
from pipeline.compose.assets.sheets import sheet
from pipeline.compose.materials import Finish
from pipeline.scene import Material


def rug(rng: np.random.Generator, width: float = 0.0, depth: float = 0.0) -> Asset:
    """A rectangular rug with a border, or a round one when no size is asked for."""
    pile = materials.rug_pile(rng)
    thick = float(rng.uniform(0.007, 0.012))
    if not width and rng.random() < 0.35:
        radius = float(rng.uniform(0.7, 1.0))
        return assemble("rug", [(disc(radius, thick, 0.004, sides=56), pile)], rng, main=pile)
    width, depth = width or float(rng.uniform(1.4, 2.2)), depth or float(rng.uniform(0.9, 1.5))
    floor = [Surface("floor", (0, 0, thick), (width / 2, depth / 2))]
    if rng.random() < 0.5:
        return assemble("rug", [(box((width, depth, thick), bevel=0.003), pile)], rng, floor, main=pile)
    edge, trim = float(rng.uniform(0.05, 0.12)), materials.fabric(rng)
    pieces: list[Piece] = [(box((width - 2 * edge, depth - 2 * edge, thick), bevel=0.001), pile)]
    pieces += [(box((width, edge, thick), (0, s * (depth - edge) / 2, 0), 0.003), trim) for s in (-1, 1)]
    pieces += [(box((edge, depth - 2 * edge, thick), (s * (width - edge) / 2, 0, 0), 0.003), trim) for s in (-1, 1)]
    return assemble("rug", pieces, rng, floor, main=pile)


def _rgb(rng: np.random.Generator) -> tuple[int, int, int]:
    names = tuple(materials.COLORS)
    r, g, b = materials.named_color(names[int(rng.integers(len(names)))], rng)
    return int(r * 255), int(g * 255), int(b * 255)


def _painting(rng: np.random.Generator, width: int, height: int) -> NDArray[np.uint8]:
    """A picture, uint8 [height, width, 3]: hills under a sky, discs, colour fields, stripes or a still life."""
    image = np.empty((height, width, 3), np.uint8)
    image[:] = _rgb(rng)
    kind = int(rng.integers(5))
    if kind == 0:
        sky, glow = np.array(_rgb(rng), float), np.array([245, 230, 200.0])
        t = np.linspace(0, 1, height)[:, None, None]
        image[:] = np.clip(sky * (1 - t) + glow * t, 0, 255)
        cv2.circle(
            image,
            (int(rng.integers(width)), int(height * rng.uniform(0.2, 0.5))),
            height // 10,
            (250, 240, 190),
            -1,
            cv2.LINE_AA,
        )
        for k in range(4):
            x = np.arange(width)
            line = height * (0.45 + 0.14 * k) + height * 0.06 * np.sin(
                x / width * rng.uniform(3, 9) + rng.uniform(0, 6)
            )
            outline = np.concatenate([np.stack([x, line], 1), [[width, height], [0, height]]]).astype(np.int32)
            cv2.fillPoly(image, [outline], tuple(int(c * (1 - 0.2 * k)) for c in _rgb(rng)), cv2.LINE_AA)
    elif kind == 1:
        for _ in range(int(rng.integers(4, 9))):
            centre = (int(rng.integers(width)), int(rng.integers(height)))
            cv2.circle(
                image,
                centre,
                int(rng.integers(height // 12, height // 4)),
                _rgb(rng),
                -1 if rng.random() < 0.7 else 4,
                cv2.LINE_AA,
            )
    elif kind == 2:
        edges = np.sort(rng.uniform(0.1, 0.9, 2)) * height
        for low, high in ((0.05 * height, edges[0]), (edges[0] + 4, edges[1]), (edges[1] + 4, 0.95 * height)):
            cv2.rectangle(image, (int(0.07 * width), int(low)), (int(0.93 * width), int(high)), _rgb(rng), -1)
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), 2.5), np.uint8)
    elif kind == 3:
        lean = rng.uniform(-0.6, 0.6)
        for k in range(10):
            x0, x1 = int(width * k / 10), int(width * (k + 1) / 10)
            shift = int(lean * height)
            corners = np.array([[x0, 0], [x1, 0], [x1 + shift, height], [x0 + shift, height]], np.int32)
            cv2.fillPoly(image, [corners], _rgb(rng), cv2.LINE_AA)
    else:
        image[int(height * 0.65) :] = _rgb(rng)
        cv2.ellipse(
            image, (width // 2, int(height * 0.62)), (width // 7, height // 5), 0, 0, 360, _rgb(rng), -1, cv2.LINE_AA
        )
        for _ in range(7):
            at = (int(width * rng.uniform(0.3, 0.7)), int(height * rng.uniform(0.12, 0.42)))
            cv2.line(image, (width // 2, int(height * 0.5)), at, (40, 90, 40), 2, cv2.LINE_AA)
            cv2.circle(image, at, height // 14, _rgb(rng), -1, cv2.LINE_AA)
    return image


def picture_frame(rng: np.random.Generator, largest_m: float = 1.1) -> Asset:
    """A framed picture whose back lies along -y, its longer side up to `largest_m`."""
    frame = materials.cabinet(rng) if rng.random() < 0.75 else materials.metal(rng)
    long = float(rng.uniform(min(0.35, 0.6 * largest_m), largest_m))
    short = long * float(rng.uniform(0.6, 0.95))
    width, height = (long, short) if rng.random() < 0.55 else (short, long)
    edge, deep = float(rng.uniform(0.015, 0.04)) * min(1.0, 1.5 * long), 0.025
    scale = 160 / long
    art = _painting(rng, max(32, round(width * scale)), max(32, round(height * scale)))
    canvas = Finish(Material("paper", (1.0, 1.0, 1.0), "white", art, 0.7, 0.0), 1.0)
    mat = float(rng.uniform(0.03, 0.08)) * long if rng.random() < 0.5 else 0.0
    inner_w, inner_h = width - 2 * edge, height - 2 * edge
    pieces: list[Piece] = []
    for s in (-1, 1):
        pieces.append((box((width, deep, edge), (0, 0, 0 if s < 0 else height - edge), 0.003), frame))
        pieces.append((box((edge, deep, inner_h + 0.002), (s * (width - edge) / 2, 0, edge - 0.001), 0.003), frame))
    pieces.append(
        (box((inner_w + 0.002, 0.01, inner_h + 0.002), (0, -0.007, edge - 0.001), 0), materials.paper(rng, ("white",)))
    )
    w, h = inner_w - 2 * mat, inner_h - 2 * mat
    pieces.append((move(picture_on(box((w, 0.004, h), bevel=0), w, h), (0, -0.001, edge + mat)), canvas))
    return assemble("picture_frame", pieces, rng, main=frame)


def standing_picture(rng: np.random.Generator) -> Asset:
    """A small framed picture that leans on its strut."""
    picture = picture_frame(rng, 0.26)
    lean = 0.2
    pieces: list[Piece] = []
    for part in picture.parts:
        pieces.append((turn(part.mesh, lean, 0), Finish(part.material, 1.0)))
    height = float(picture.size[2])
    foot = -np.sin(lean) * height - 0.03
    pieces.append(
        (bar((0, -0.6 * height * np.sin(lean) - 0.01, 0.6 * height), (0, foot, 0.002), 0.004, sides=8), pieces[0][1])
    )
    return assemble("picture_frame", pieces, rng, main=pieces[0][1])


def curtain(
    rng: np.random.Generator, finish: Finish, rod: Finish, width: float, height: float, reach: float, side: int
) -> Asset:
    """Half a pair of curtains, gathered to `width`, with its half of the rod, in the wall's frame.

    The cloth hangs about x = 0 and ends `height` above the floor at its rod; `reach` is how far the rod runs from
    there towards the window's middle, which lies on the `side` (+1 or -1).
    """
    folds = max(3, round(width / 0.075))
    t = np.linspace(0, 1, folds * 8 + 1)
    phase, depth = rng.uniform(0, 2 * np.pi), float(rng.uniform(0.025, 0.035))
    rows = np.array([0.015, 0.3, 0.7, 1.0])
    wave = np.sin(2 * np.pi * folds * t + phase + 0.8 * np.sin(5 * t)) * depth
    x = (t - 0.5)[:, None] * width * (1.0 - 0.05 * rows[None, :])
    y = 0.085 + wave[:, None] * (1.0 - 0.35 * rows[None, :])
    z = np.broadcast_to(0.02 + (height - 0.03) * rows[None, :], x.shape)
    cloth = sheet(np.stack([x, np.broadcast_to(y, x.shape), z], -1)[::-1], 0.003)
    outer, inner = -side * (width / 2 + 0.08), side * (reach - 0.0005)
    top = height + 0.012
    pieces: list[Piece] = [(cloth, finish), (bar((outer, 0.085, top), (inner, 0.085, top), 0.012), rod)]
    pieces.append((ellipsoid((0.022, 0.022, 0.022), (outer, 0.085, top - 0.022), 14), rod))
    bracket = -side * (width / 2 + 0.03)
    pieces.append((bar((bracket, 0.0006, top), (bracket, 0.085, top), 0.007), rod))
    return assemble("curtain", pieces, rng, main=finish, recentre=False)


def wall_shelf(rng: np.random.Generator) -> Asset:
    """A board on two brackets; its back lies along -y."""
    board, iron = materials.cabinet(rng), materials.metal(rng)
    width, depth = float(rng.uniform(0.6, 1.2)), float(rng.uniform(0.18, 0.24))
    pieces: list[Piece] = [(box((width, depth, 0.026), (0, 0, 0.1), 0.003), board)]
    for s in (-1, 1):
        x = s * width * 0.36
        pieces.append((box((0.022, 0.01, 0.101), (x, -depth / 2 + 0.005, 0), 0.002), iron))
        pieces.append((box((0.022, depth * 0.8, 0.01), (x, -depth * 0.1, 0.0905), 0.002), iron))
    return assemble(
        "wall_shelf", pieces, rng, [Surface("shelf", (0, 0, 0.126), (width / 2 - 0.02, depth / 2 - 0.015), 0.4)], board
    )


GENERATORS = {
    "picture_frame": picture_frame,
    "rug": rug,
    "standing_picture": standing_picture,
    "wall_shelf": wall_shelf,
}

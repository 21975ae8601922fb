"""Traffic signs, their faces towards +y."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.bodies import plate, regular_outline, rounded_outline
from pipeline.compose.assets.shapes import bar, disc
from pipeline.compose.assets.wheels import picture
from pipeline.scene import Float

Image = NDArray[np.uint8]
N = 192
RED, BLUE, WHITE, BLACK, YELLOW, GREEN = (
    (190, 22, 28),
    (25, 75, 165),
    (245, 245, 242),
    (22, 22, 24),
    (250, 200, 30),
    (20, 110, 60),
)


def _text(image: Image, text: str, scale: float, at: tuple[int, int], color: tuple[int, int, int], thick: int) -> None:
    (w, h), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, thick)
    cv2.putText(
        image, text, (at[0] - w // 2, at[1] + h // 2), cv2.FONT_HERSHEY_SIMPLEX, scale, color, thick, cv2.LINE_8
    )


def _fill(image: Image, points: list[tuple[float, float]], color: tuple[int, int, int]) -> None:
    cv2.fillPoly(image, [np.round(np.array(points) * N).astype(np.int32)], color)


def _walker(image: Image, x: float, y: float, s: float, color: tuple[int, int, int]) -> None:
    """Somebody walking, about (x, y), `s` tall; shares of the picture."""

    def at(u: float, v: float) -> tuple[int, int]:
        return round((x + u * s) * N), round((y + v * s) * N)

    thick = max(2, round(0.11 * s * N))
    cv2.circle(image, at(0.02, -0.42), round(0.09 * s * N), color, -1)
    for a, b in (
        ((0, -0.28), (0, 0.05)),
        ((0, 0.05), (0.18, 0.46)),
        ((0, 0.05), (-0.2, 0.46)),
        ((0, -0.24), (0.2, 0.0)),
        ((0, -0.24), (-0.18, 0.0)),
    ):
        cv2.line(image, at(*a), at(*b), color, thick, cv2.LINE_8)


def _stop(_: int) -> Image:
    image = np.full((N, N, 3), RED, np.uint8)
    _text(image, "STOP", 2.05, (N // 2, N // 2), WHITE, 9)
    return image


def _speed(k: int) -> Image:
    image = np.full((N, N, 3), RED, np.uint8)
    cv2.circle(image, (N // 2, N // 2), round(0.39 * N), WHITE, -1)
    _text(image, ("30", "50", "40", "60", "80")[k % 5], 2.6, (N // 2, N // 2), BLACK, 10)
    return image


def _no_entry(_: int) -> Image:
    image = np.full((N, N, 3), RED, np.uint8)
    cv2.rectangle(image, (round(0.16 * N), round(0.42 * N)), (round(0.84 * N), round(0.58 * N)), WHITE, -1)
    return image


def _no_parking(_: int) -> Image:
    image = np.full((N, N, 3), RED, np.uint8)
    cv2.circle(image, (N // 2, N // 2), round(0.4 * N), BLUE, -1)
    cv2.line(image, (round(0.2 * N), round(0.2 * N)), (round(0.8 * N), round(0.8 * N)), RED, 18)
    return image


def _arrow(k: int) -> Image:
    """White arrow on blue: ahead, to the right or to the left."""
    image = np.full((N, N, 3), BLUE, np.uint8)
    _fill(
        image, [(0.44, 0.82), (0.44, 0.42), (0.28, 0.42), (0.5, 0.15), (0.72, 0.42), (0.56, 0.42), (0.56, 0.82)], WHITE
    )
    return np.ascontiguousarray(np.rot90(image, (0, 1, 3)[k % 3]))


def _bicycle(_: int) -> Image:
    image = np.full((N, N, 3), BLUE, np.uint8)
    for x in (0.3, 0.7):
        cv2.circle(image, (round(x * N), round(0.62 * N)), round(0.15 * N), WHITE, 5)
    points = np.array(
        [
            (0.3, 0.62),
            (0.42, 0.4),
            (0.62, 0.4),
            (0.7, 0.62),
            (0.62, 0.4),
            (0.5, 0.62),
            (0.3, 0.62),
            (0.42, 0.4),
            (0.5, 0.62),
        ]
    )
    cv2.polylines(image, [np.round(points * N).astype(np.int32)], False, WHITE, 5)
    return image


def _yield(_: int) -> Image:
    image = np.full((N, N, 3), RED, np.uint8)
    _fill(image, [(0.17, 0.12), (0.83, 0.12), (0.5, 0.74)], WHITE)
    return image


def _warning(k: int) -> Image:
    image = np.full((N, N, 3), RED, np.uint8)
    _fill(image, [(0.5, 0.25), (0.17, 0.88), (0.83, 0.88)], WHITE if k % 2 else YELLOW)
    if k % 3 == 0:
        _walker(image, 0.5, 0.66, 0.38, BLACK)
    elif k % 3 == 1:
        cv2.line(image, (N // 2, round(0.46 * N)), (N // 2, round(0.68 * N)), BLACK, 14)
        cv2.circle(image, (N // 2, round(0.79 * N)), 9, BLACK, -1)
    else:
        for j, color in enumerate((RED, YELLOW, GREEN)):
            cv2.circle(image, (N // 2, round((0.5 + 0.14 * j) * N)), 10, BLACK if color == YELLOW else color, -1)
    return image


def _parking(_: int) -> Image:
    image = np.full((N, N, 3), BLUE, np.uint8)
    cv2.rectangle(image, (6, 6), (N - 7, N - 7), WHITE, 4)
    _text(image, "P", 4.6, (N // 2, N // 2), WHITE, 18)
    return image


def _crossing(_: int) -> Image:
    image = np.full((N, N, 3), BLUE, np.uint8)
    _fill(image, [(0.5, 0.12), (0.1, 0.88), (0.9, 0.88)], WHITE)
    _walker(image, 0.5, 0.62, 0.42, BLACK)
    return image


def _one_way(k: int) -> Image:
    image = np.full((N, N, 3), BLUE if k % 2 else BLACK, np.uint8)
    _fill(image, [(0.1, 0.36), (0.62, 0.36), (0.62, 0.16), (0.92, 0.5), (0.62, 0.84), (0.62, 0.64), (0.1, 0.64)], WHITE)
    return image


def _diamond(_: int) -> Image:
    image = np.full((N, N, 3), WHITE, np.uint8)
    _fill(image, [(0.5, 0.14), (0.86, 0.5), (0.5, 0.86), (0.14, 0.5)], YELLOW)
    return image


OCTAGON: Float = regular_outline(8, 0.36, np.pi / 8)
CIRCLE: Float = regular_outline(28, 0.32)
UP: Float = np.array([(0.45, -0.28), (0.4, -0.36), (-0.4, -0.36), (-0.45, -0.28), (-0.05, 0.42), (0.05, 0.42)])
SQUARE: Float = rounded_outline(0.6, 0.6, 0.05)
FACES: tuple[tuple[Callable[[int], Image], Float, str], ...] = (
    (_stop, OCTAGON, "red"), (_speed, CIRCLE, "white"), (_speed, CIRCLE, "white"), (_no_entry, CIRCLE, "red"),
    (_no_parking, CIRCLE, "blue"), (_arrow, CIRCLE, "blue"), (_bicycle, CIRCLE, "blue"), (_yield, UP * [1, -1], "white"),
    (_warning, UP, "white"), (_warning, UP, "white"), (_parking, SQUARE, "blue"), (_crossing, SQUARE, "blue"),
    (_one_way, rounded_outline(0.8, 0.3, 0.03), "blue"), (_diamond, regular_outline(4, 0.42), "yellow"),
)  # fmt: skip


@lru_cache(maxsize=64)
def _painted(draw: Callable[[int], Image], variant: int) -> Image:
    image = cv2.GaussianBlur(draw(variant), (3, 3), 0)
    image.setflags(write=False)
    return np.asarray(image, np.uint8)


def traffic_sign(rng: np.random.Generator) -> Asset:
    """One or two signs on a post: stop, give way, speed limits, warnings, parking, crossings, one way."""
    grey = materials.galvanized(rng)
    chosen = rng.permutation(len(FACES))[: 2 if rng.random() < 0.25 else 1]
    low = float(rng.uniform(1.9, 2.3))
    scale = float(rng.uniform(0.9, 1.2))
    pieces: list[Piece] = []
    top, main = low, None
    for index in chosen:
        draw, outline, color = FACES[int(index)]
        outline = outline * scale
        at = top - float(outline[:, 1].min())
        image = _painted(draw, int(rng.integers(30)))
        face = picture(materials.plain("metal", materials.COLORS[color], 0.4, 0.1), image)
        pieces.append((plate(outline, 0.004, (0, 0.062, at)), face))
        pieces.append((plate(outline * 1.005, 0.006, (0, 0.057, at)), grey))
        for share in (0.3, 0.7):
            z = top + share * float(np.ptp(outline[:, 1]))
            pieces.append((bar((0, 0, z), (0, 0.056, z), 0.018, sides=8), grey))
        top = at + float(outline[:, 1].max()) + 0.04
        main = main or face
    post = 0.03 if rng.random() < 0.7 else 0.038
    pieces.append((bar((0, 0, 0), (0, 0, top - 0.03), post), grey))
    pieces.append((disc(0.08, 0.02, 0.006, sides=18), grey))
    return assemble("traffic_sign", pieces, rng, main=main)


GENERATORS = {"traffic_sign": traffic_sign}

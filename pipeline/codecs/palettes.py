"""Colours for labels: well apart to the eye, away from the background, reproducible from the seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Color = tuple[int, int, int]

# CSS colour names (W3C CSS Color Module Level 4), those an untrained eye tells apart.
NAMED: dict[str, Color] = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "red": (255, 0, 0),
    "lime": (0, 255, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "cyan": (0, 255, 255),
    "magenta": (255, 0, 255),
    "orange": (255, 165, 0),
    "green": (0, 128, 0),
    "purple": (128, 0, 128),
    "teal": (0, 128, 128),
    "navy": (0, 0, 128),
    "maroon": (128, 0, 0),
    "olive": (128, 128, 0),
    "gray": (128, 128, 128),
    "pink": (255, 192, 203),
    "brown": (165, 42, 42),
    "gold": (255, 215, 0),
    "indigo": (75, 0, 130),
    "salmon": (250, 128, 114),
    "turquoise": (64, 224, 208),
    "violet": (238, 130, 238),
    "tan": (210, 180, 140),
    "skyblue": (135, 206, 235),
    "chocolate": (210, 105, 30),
    "crimson": (220, 20, 60),
    "darkgreen": (0, 100, 0),
    "khaki": (240, 230, 140),
    "lavender": (230, 230, 250),
    "slateblue": (106, 90, 205),
    "springgreen": (0, 255, 127),
}

BLACK: Color = (0, 0, 0)
WHITE: Color = (255, 255, 255)
CANDIDATES = 600


def as_color(levels: Sequence[int]) -> Color:
    """Three 8-bit levels, as JSON holds them, as a colour."""
    red, green, blue = levels
    return int(red), int(green), int(blue)


def to_lab(rgb: ArrayLike) -> NDArray[np.float64]:
    """8-bit sRGB [..., 3] -> CIELAB (D65) float64 [..., 3]; formulas of CIE 15:2004 and IEC 61966-2-1."""
    c = np.asarray(rgb, np.float64) / 255.0
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    matrix = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    xyz = linear @ np.array(matrix).T / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def min_distance(colors: Sequence[Color]) -> float:
    """Smallest CIELAB distance (CIE76) between two of `colors`; inf for fewer than two."""
    distances = _distances(to_lab(np.array(colors, float).reshape(-1, 3)))
    return float(distances.min()) if len(colors) > 1 else float("inf")


def min_rgb_distance(colors: Sequence[Color]) -> float:
    """Smallest Euclidean distance in 8-bit RGB between two of `colors`; inf for fewer than two."""
    distances = _distances(np.array(colors, float).reshape(-1, 3))
    return float(distances.min()) if len(colors) > 1 else float("inf")


def spread(count: int, rng: np.random.Generator, avoid: Sequence[Color] = (), named: bool = False) -> list[Color]:
    """`count` colours far from each other and from `avoid`, by farthest-point sampling.

    named: choose among the CSS names in NAMED, so that each colour can be said in a word.
    Up to 12 colours beside black are at least 35 apart in CIELAB (CIE76) and 70 in 8-bit RGB, up to 31 at least 25 and
    50, or 12 and 25 when named.
    Raises ValueError when NAMED has too few colours.
    """
    if named:
        pool = np.array([color for color in NAMED.values() if color not in set(avoid)], float)
        if count > len(pool):
            raise ValueError(f"{count} named colours asked for, {len(pool)} there are")
    else:
        pool = rng.integers(0, 256, (CANDIDATES, 3)).astype(float)
    nearest = np.full(len(pool), np.inf)
    for color in avoid:
        nearest = np.minimum(nearest, _apart(pool, np.array(color, float)))
    chosen: list[int] = []
    for _ in range(count):
        # Any of the far ones will do: always taking the farthest would give every palette the cube's corners.
        far = np.flatnonzero(nearest >= min(nearest.max(), max(40.0, 0.8 * nearest.max())))
        pick = int(rng.choice(far)) if np.isfinite(nearest.max()) else int(rng.integers(len(pool)))
        chosen.append(pick)
        nearest = np.minimum(nearest, _apart(pool, pool[pick]))
        nearest[pick] = -1.0
    return [(int(r), int(g), int(b)) for r, g, b in pool[chosen]]


def _apart(pool: NDArray[np.float64], color: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of [N] colours from one, for the eye (CIELAB) and for a decoder (half the RGB distance): the lesser."""
    lab = np.linalg.norm(to_lab(pool) - to_lab(color), axis=-1)
    return np.minimum(lab, np.linalg.norm(pool - color, axis=-1) / 2)


def _distances(points: NDArray[np.float64]) -> NDArray[np.float64]:
    distances = np.linalg.norm(points[:, None] - points[None], axis=-1)
    np.fill_diagonal(distances, np.inf)
    return distances


def fixed(count: int) -> list[Color]:
    """The first `count` colours of one palette that never changes, black left out. Raises ValueError above 512."""
    if count > 512:
        raise ValueError(f"a fixed palette has at most 512 colours, {count} asked for")
    first = [
        NAMED[n] for n in ("red", "lime", "blue", "yellow", "magenta", "cyan", "white", "orange", "purple", "teal")
    ]
    if count <= len(first):
        return first[:count]
    return first + spread(count - len(first), np.random.default_rng(0), avoid=[BLACK, *first])

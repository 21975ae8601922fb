"""Tileable patterns, drawn once per (kind, variant) and tinted, raised and worn for every use.

A pattern has gray levels, which a finish tints, and heights, which become a normal map (relief.py). Both are rounded
to whole numbers, and everything that is made of them is whole-numbered or correctly rounded arithmetic, so that no
processor draws another texture than the next.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.compose.textures import cloth, ground, masonry, prints, surfaces, timber
from pipeline.compose.textures.noise import Gray, Pattern

VARIANTS = 6

_DRAW: dict[str, Callable[[np.random.Generator], Pattern]] = {
    draw.__name__: draw
    for draw in (
        timber.wood, timber.planks, timber.herringbone, cloth.weave, cloth.knit, cloth.carpet, masonry.plaster,
        masonry.concrete, masonry.tiles, masonry.marble, cloth.leather, surfaces.brushed, surfaces.speckle,
        surfaces.paper, surfaces.pages, timber.wicker, surfaces.leaf, prints.stripes, prints.dots, prints.zigzag,
        prints.diamonds, prints.persian, masonry.brick, timber.oak, timber.pine, timber.bark, cloth.twill, cloth.fur,
        cloth.skin, masonry.metro, masonry.flags, masonry.cobble, masonry.roof, masonry.stucco, masonry.granite,
        masonry.terrazzo, ground.asphalt, ground.gravel, ground.soil, ground.grass, ground.meadow, ground.sand,
        ground.ripples, surfaces.spangle, surfaces.corrugated, surfaces.rust, surfaces.stipple, surfaces.board,
        surfaces.stains, surfaces.patches, surfaces.scratches, surfaces.streaks,
        surfaces.cracks,
    )
}  # fmt: skip
KINDS = tuple(_DRAW)


@lru_cache(maxsize=len(_DRAW) * VARIANTS)
def _drawn(kind: str, variant: int) -> Pattern:
    made = _DRAW[kind](np.random.default_rng([KINDS.index(kind), variant]))
    made.gray.setflags(write=False)
    made.height.setflags(write=False)
    return made


def pattern(kind: str, variant: int) -> Gray:
    """Gray levels of variant 0 <= `variant` < VARIANTS: uint8 [n, n], tileable, the same on every call and machine."""
    return _drawn(kind, variant).gray


def heights(kind: str, variant: int) -> NDArray[np.uint16]:
    """Heights of the same variant: uint16 [n, n], 0 the lowest to 65535 the highest, tileable."""
    return _drawn(kind, variant).height

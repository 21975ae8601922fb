"""Where a layout gets its things: from code, and from the catalogues a recipe names."""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets import CATEGORIES, GENERATORS, Asset
from pipeline.config import AssetsConfig


class Stock:
    """The assets that a recipe's `assets` section opens to its layout.

    categories: every category a scene furnished from it may hold, in the order of the class list.
    """

    def __init__(self, config: AssetsConfig) -> None:
        self.config = config
        self.categories: tuple[str, ...] = CATEGORIES

    def draw(self, name: str, rng: np.random.Generator) -> Asset:
        """One asset of what a layout calls `name`, a key of GENERATORS. The same state of `rng` draws the same one."""
        return GENERATORS[name](rng)

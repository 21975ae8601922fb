"""The few models that a large scene is filled with: a street has one kind of lamp and a handful of cars."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.compose.assets import Asset
from pipeline.compose.materials import car_paint
from pipeline.compose.stock import Stock

MODELS = {"car": 3, "person": 4, "tree": 2, "conifer": 1, "bush": 2, "flower_bed": 2, "grass_clump": 2}
"""How many different ones of a kind a scene gets; one of everything else."""


@dataclass(eq=False)
class Pool:
    """Assets drawn from `stock` so far, by what a layout calls them. Drawing one again costs nothing."""

    stock: Stock
    rng: np.random.Generator
    drawn: dict[str, list[Asset]] = field(default_factory=dict)

    def take(self, name: str) -> Asset:
        """A new asset until there are MODELS of its kind, then one of those."""
        models = self.drawn.setdefault(name, [])
        if len(models) < MODELS.get(name, 1):
            models.append(self.stock.draw(name, self.rng))
            return models[-1]
        asset = models[int(self.rng.integers(len(models)))]
        return repainted(asset, self.rng) if name in ("car", "van") else asset


def repainted(asset: Asset, rng: np.random.Generator) -> Asset:
    """The same vehicle in another colour: its largest part of the material and colour it is described by."""
    body = [
        k
        for k, part in enumerate(asset.parts)
        if (part.material.name, part.material.color_name) == (asset.attributes["material"], asset.attributes["color"])
    ]
    if asset.source != "plantain" or not body:
        return asset
    largest = max(body, key=lambda k: len(asset.parts[k].mesh.faces))
    coat = car_paint(rng).material
    parts = tuple(replace(part, material=coat) if k == largest else part for k, part in enumerate(asset.parts))
    return replace(asset, parts=parts, attributes={"color": coat.color_name, "material": coat.name})

"""One picture of every thing that code draws, each on a plain floor under a sun.

python benchmarks/assets_sheet.py [output/assets.png] [--only apple,chair] [--seeds 2] [--source sh3f]

With --source, the models of a catalogue instead, written as a recipe's assets.sources has them; --only names kinds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from pipeline.compose.assets import CATEGORIES, GENERATORS, VARIANTS
from pipeline.compose.assets.asset import Asset
from pipeline.compose.catalogues import Catalogue, Unusable
from pipeline.config import RasterConfig, SourceConfig
from pipeline.files import save_bytes
from pipeline.render.raster import RasterRenderer
from pipeline.scene import Camera, Light, Material, Mesh, Object, Part, Scene, look_at, upright
from pipeline.shards.sample import encode_image

TILE, COLUMNS = 192, 10
FLOOR_EDGE_M = 120.0
FROM = np.array([0.55, 0.8, 0.42]) / np.linalg.norm([0.55, 0.8, 0.42])
"""Direction from the thing to the camera: before it, to its left, a little above."""


def stage(asset: Asset) -> Scene:
    """The asset alone on a floor, filling the picture."""
    vertices = np.concatenate([part.mesh.vertices for part in asset.parts])
    low, high = vertices.min(0), vertices.max(0)
    middle, radius = (low + high) / 2, float(np.linalg.norm(high - low)) / 2
    eye = middle + FROM * radius * 3.6
    half = FLOOR_EDGE_M / 2
    corners = np.array([[-half, -half, 0], [half, -half, 0], [half, half, 0], [-half, half, 0]])
    plane = Mesh(corners, np.array([[0, 1, 2], [0, 2, 3]], np.int32), corners[:, :2].copy())
    floor = Part(plane, Material("concrete", (0.75, 0.75, 0.76), "gray", roughness=0.9))
    sun = look_at(middle + np.array([3.0, 4.0, 6.0]) * radius, middle) @ np.diag([1.0, -1.0, -1.0, 1.0])
    return Scene(
        "assets",
        (
            Object("floor", "floor", (floor,), upright([0, 0, low[2] - 0.0004]), thing=False),
            Object("thing", asset.category, asset.parts, np.eye(4), support="floor"),
        ),
        (Light("sun", sun, (1.0, 0.97, 0.92), 2.4, (0.05, 0.05)),),
        Camera.centred(TILE, TILE, 2 * np.arctan(1 / 3.3), look_at(eye, middle)),
        ("background", "floor", asset.category),
        background=(0.55, 0.6, 0.68),
    )


def _of_code(asked: argparse.Namespace) -> Iterator[tuple[str, Asset]]:
    names = asked.only.split(",") if asked.only else sorted(GENERATORS)
    if unknown := [name for name in names if name not in GENERATORS]:
        sys.exit(f"--only {unknown[0]}: no such thing; known: {', '.join(sorted(GENERATORS))}")
    for name in names:
        for seed in range(asked.seeds):
            yield name, GENERATORS[name](np.random.default_rng(seed))


def _of_source(asked: argparse.Namespace) -> Iterator[tuple[str, Asset]]:
    catalogue = Catalogue(SourceConfig.model_validate(asked.source), frozenset((*GENERATORS, *CATEGORIES)))
    only = asked.only.split(",") if asked.only else None
    entries = [
        (kind, e) for kind, found in sorted(catalogue.of_kind().items()) for e in found if not only or kind in only
    ]
    for kind, entry in entries[asked.skip : asked.skip + asked.count]:
        try:
            yield f"{kind}: {entry.id}"[:28], catalogue.asset(entry, VARIANTS.get(kind, kind))
        except Unusable:
            continue


def main() -> int:
    """Draw, render, tile."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", nargs="?", type=Path, default=Path("output/assets.png"))
    parser.add_argument("--only", default="", help="names, separated by commas")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--source", help="a catalogue, e.g. sh3f or files:/path")
    parser.add_argument("--skip", type=int, default=0, help="models left out at the start")
    parser.add_argument("--count", type=int, default=100, help="models shown at most")
    asked = parser.parse_args()
    tiles = []
    with RasterRenderer(RasterConfig(renderer="raster", width=TILE, height=TILE)) as renderer:
        for name, asset in _of_source(asked) if asked.source else _of_code(asked):
            image = np.ascontiguousarray(renderer.render(stage(asset)))
            cv2.putText(image, name, (4, 13), 0, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
            tiles.append(image)
    count = len(tiles)
    if not count:
        sys.exit("nothing to show")
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % COLUMNS)
    rows = [np.hstack(tiles[k : k + COLUMNS]) for k in range(0, len(tiles), COLUMNS)]
    save_bytes(asked.output, encode_image(np.vstack(rows)))
    print(f"{asked.output}: {count} things")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""One picture of every family of finishes: a ball before a leaning board, both a little over one repeat wide.

python benchmarks/materials_sheet.py [output/materials.png] [--only brick,grass] [--seeds 2]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

from pipeline.compose.assets.shapes import box, ellipsoid, turn
from pipeline.compose.materials import FAMILIES, Finish
from pipeline.config import RasterConfig
from pipeline.files import save_bytes
from pipeline.render.raster import RasterRenderer
from pipeline.scene import Camera, Light, Material, Mesh, Object, Part, Scene, look_at, upright
from pipeline.shards.sample import encode_image

TILE, COLUMNS = 200, 8
SUN_FROM = np.array([-2.2, -2.0, 3.0])
"""From the left, so that bumps show on the board."""


def stage(finish: Finish, repeats: float = 1.3) -> Scene:
    """A ball and a board that show about `repeats` repeats of the finish, at a size that has nothing to do with it."""

    def part(mesh: Mesh) -> Part:
        return Part(Mesh(mesh.vertices, mesh.faces, mesh.uv * repeats, mesh.normals), finish.material)

    board = turn(box((1.0, 0.03, 1.0), (0.0, 0.0, 0.0)), -0.45, axis=0)
    ball = turn(ellipsoid((0.3, 0.3, 0.3), sides=48), np.pi)  # the seam of its uv at the back
    corners = np.array([[-20.0, -20, 0], [20, -20, 0], [20, 20, 0], [-20, 20, 0]])
    ground = Mesh(corners, np.array([[0, 1, 2], [0, 2, 3]], np.int32))
    gray = Material("concrete", (0.62, 0.62, 0.63), "gray", roughness=0.9)
    sun = look_at(SUN_FROM, np.zeros(3)) @ np.diag([1.0, -1.0, -1.0, 1.0])
    eye, target = np.array([0.35, -2.6, 1.05]), np.array([0.08, 0.0, 0.42])
    return Scene(
        "materials",
        (
            Object("ground", "floor", (Part(ground, gray),), np.eye(4), thing=False),
            Object("board", "board", (part(board),), upright([-0.05, 0.1, 0.0]), support="ground"),
            Object("ball", "ball", (part(ball),), upright([0.3, -0.55, 0.0]), support="ground"),
        ),
        (Light("sun", sun, (1.0, 0.97, 0.92), 2.6, (0.03, 0.03)),),
        Camera.centred(TILE, TILE, np.radians(26), look_at(eye, target)),
        ("background", "floor", "board", "ball"),
        background=(0.5, 0.56, 0.64),
    )


def main() -> int:
    """Draw, render, tile."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", nargs="?", type=Path, default=Path("output/materials.png"))
    parser.add_argument("--only", default="", help="names, separated by commas")
    parser.add_argument("--seeds", type=int, default=2)
    asked = parser.parse_args()
    names = asked.only.split(",") if asked.only else sorted(FAMILIES)
    if unknown := [name for name in names if name not in FAMILIES]:
        sys.exit(f"--only {unknown[0]}: no such family; known: {', '.join(sorted(FAMILIES))}")
    tiles = []
    with RasterRenderer(RasterConfig(renderer="raster", width=TILE, height=TILE)) as renderer:
        for name in names:
            for seed in range(asked.seeds):
                finish = FAMILIES[name](np.random.default_rng([seed, 7]))
                image = np.ascontiguousarray(renderer.render(stage(finish)))
                for color, width in (((255, 255, 255), 3), ((0, 0, 0), 1)):
                    cv2.putText(
                        image, f"{name}: {finish.material.color_name}", (4, 13), 0, 0.4, color, width, cv2.LINE_AA
                    )
                tiles.append(image)
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % COLUMNS)
    rows = [np.hstack(tiles[k : k + COLUMNS]) for k in range(0, len(tiles), COLUMNS)]
    save_bytes(asked.output, encode_image(np.vstack(rows)))
    print(f"{asked.output}: {len(names)} families of finishes")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Every hour of daylight on one sheet: a row of seeds for each time of day, over the same few solids on open ground.

python benchmarks/daylight_sheet.py --output sheet.png [--seeds 6] [--size 256] [--render render_configs/raster.yaml]
python benchmarks/daylight_sheet.py --output sheet.png --panoramas folder/of/exr
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import get_args

import cv2
import numpy as np

from pipeline.compose.assets import solids
from pipeline.compose.daylight import Daylight, Time, outdoor_light
from pipeline.config import load_render_config
from pipeline.render import open_renderer
from pipeline.scene import Camera, Environment, Material, Mesh, Object, Part, Scene, look_at, upright

CLASSES = ("background", "ground", "box", "sphere", "cylinder")


def stage(light: Daylight, size: int, yaw: float) -> Scene:
    """A few solids of known colours on level ground, the camera at eye level, looking along `yaw`."""
    grass = Material("concrete", (0.56, 0.55, 0.5), "gray", roughness=0.95)
    ground = Mesh(
        np.array([[-150, -150, 0], [150, -150, 0], [150, 150, 0], [-150, 150, 0]], float),
        np.array([[0, 1, 2], [0, 2, 3]], np.int32),
    )
    white = Material("plaster", (0.9, 0.9, 0.88), "white", roughness=0.9)
    red = Material("plastic", (0.75, 0.1, 0.08), "red", roughness=0.35)
    brick = Material("brick", (0.55, 0.3, 0.22), "brown", roughness=0.9)
    steel = Material("metal", (0.8, 0.8, 0.82), "silver", roughness=0.25, metallic=1.0)
    glow = Material("lamp", (0.9, 0.9, 0.9), "white", emission=(1.0, 0.75, 0.45))
    things = [
        ("ground", "ground", ground, grass, (0, 0, 0)),
        ("box_1", "box", solids.box(1.2, 1.2, 1.2), white, (4.5, 1.4, 0)),
        ("sphere_1", "sphere", solids.sphere(0.5), red, (3.6, -0.5, 0.0)),
        ("sphere_2", "sphere", solids.sphere(0.4), steel, (4.4, -1.6, 0.0)),
        ("cylinder_1", "cylinder", solids.cylinder(0.04, 2.2), steel, (5.5, 0.3, 0)),
        ("box_2", "box", solids.box(8, 10, 6), brick, (24, 9, 0)),
        ("box_3", "box", solids.box(10, 12, 9), white, (45, -14, 0)),
        ("box_4", "box", solids.box(0.1, 1.6, 1.2), glow, (19.97, 7, 1.5)),
    ]
    c, s = np.cos(yaw), np.sin(yaw)
    objects = tuple(
        Object(name, kind, (Part(mesh, material),), upright((c * x - s * y, s * x + c * y, z), yaw), name != "ground")
        for name, kind, mesh, material, (x, y, z) in things
    )
    eye = np.array([0.0, 0.0, 1.65])
    camera = Camera.centred(size, size, np.radians(70), look_at(eye, eye + [c, s, -0.02]))
    return Scene("stage", objects, light.lights, camera, CLASSES, background=light.background, exposure=light.exposure)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--output", type=Path, required=True)
    arguments.add_argument("--seeds", type=int, default=6)
    arguments.add_argument("--size", type=int, default=256)
    arguments.add_argument("--render", default="render_configs/raster.yaml")
    arguments.add_argument("--times", nargs="+", default=list(get_args(Time)))
    arguments.add_argument("--panoramas", type=Path, help="a folder of .exr to light the stage with instead")
    options = arguments.parse_args()
    rows, seconds = [], []
    with open_renderer(load_render_config(options.render)) as renderer:
        for time_of_day in options.times:
            row = []
            for seed in range(options.seeds):
                start = time.perf_counter()
                light = outdoor_light(time_of_day, np.random.default_rng(seed))
                seconds.append(time.perf_counter() - start)
                row.append(renderer.render(stage(light, options.size, 1.1 * seed)))
            rows.append(np.hstack(row))
            print(f"{time_of_day}: {1000 * np.median(seconds):.0f} ms a sky")
            cv2.imwrite(str(options.output), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))
        if options.panoramas:
            for file in sorted(options.panoramas.glob("*.exr")):
                light = outdoor_light("day", np.random.default_rng(0), _panorama(file))
                print(file.name, *(f"sun {sun.power:.2f} {np.round(sun.color, 2)}" for sun in light.lights))
                views = [renderer.render(stage(light, options.size, k * np.pi / 3)) for k in range(options.seeds)]
                rows.append(np.hstack(views))
            cv2.imwrite(str(options.output), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


def _panorama(file: Path) -> Environment:
    import OpenEXR

    with OpenEXR.File(str(file)) as exr:
        pixels = next(iter(exr.channels().values())).pixels
    return Environment(np.ascontiguousarray(pixels[..., :3], np.float32), 0.0, file.stem)


if __name__ == "__main__":
    main()

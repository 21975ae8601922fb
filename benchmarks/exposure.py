"""Is any view blown out or black? Measured on the pictures, beside a film of fixed sensitivity.

    python benchmarks/exposure.py [--scene scenes/mix.yaml] [--views 60] [--size 256] [--sheet sheet.png]

Renders views of a recipe with OpenGL and reports, recipe by recipe, for the metered film and for one that shows
radiance 1 as white and clips there: the mean and the worst share of pixels that are all but black and of those blown
out in every channel, views in which either exceeds NOTICED, the 5th, 50th and 95th percentile over views of the
median grey, and the stops the meter chose.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.compose import choose, compose
from pipeline.config import RasterConfig, load_recipe
from pipeline.render import open_renderer
from pipeline.render.color import dark_and_burnt
from pipeline.render.film import develop, meter
from pipeline.scene import CannotPlace

NOTICED = 0.05


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--scene", default="scenes/mix.yaml")
    arguments.add_argument("--views", type=int, default=60)
    arguments.add_argument("--size", type=int, default=256)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--sheet", type=Path, help="where to put all pictures on one sheet")
    options = arguments.parse_args()
    recipe = load_recipe(options.scene)
    found: dict[str, dict[str, list[tuple[float, float, float]]]] = defaultdict(lambda: defaultdict(list))
    stops: dict[str, list[float]] = defaultdict(list)
    pictures = []
    with open_renderer(RasterConfig(renderer="raster", width=options.size, height=options.size)) as renderer:
        for index in range(options.views):
            seed = np.random.SeedSequence(options.seed, spawn_key=(index,))
            member = choose(recipe, seed)
            try:
                scene = compose(member, seed, options.size, options.size)
            except CannotPlace:
                continue
            radiance = renderer.radiance(scene)
            stops[member.name].append(meter(radiance) + scene.exposure)
            for film, metered in (("fixed", False), ("metered", True)):
                picture = develop(radiance, scene.exposure, metered)
                grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
                found[member.name][film].append((*dark_and_burnt(picture), float(np.median(grey))))
            pictures.append(picture)
    for name, films in sorted(found.items()):
        low, high = np.quantile(stops[name], [0.05, 0.95])
        print(f"{name}: {len(stops[name])} views, metered by {low:+.1f} to {high:+.1f} stops (5 to 95 %)")
        for film, rows in films.items():
            print(f"  {film:8s}{_line(np.array(rows))}")
    if options.sheet:
        cv2.imwrite(str(options.sheet), cv2.cvtColor(_sheet(pictures), cv2.COLOR_RGB2BGR))


def _line(rows: NDArray[np.float64]) -> str:
    (dark, burnt), worst = rows[:, :2].mean(0), rows[:, :2].max(0)
    many = int((rows[:, :2].max(1) > NOTICED).sum())
    low, middle, high = np.quantile(rows[:, 2], [0.05, 0.5, 0.95])
    return (
        f"black {dark:.2%} (worst {worst[0]:.1%}), blown {burnt:.2%} (worst {worst[1]:.1%}), "
        f"{many} views over {NOTICED:.0%}, median grey {low:.0f} / {middle:.0f} / {high:.0f}"
    )


def _sheet(pictures: list[NDArray[np.uint8]], columns: int = 8) -> NDArray[np.uint8]:
    blank = [np.zeros_like(pictures[0])] * (-len(pictures) % columns)
    rows = [np.hstack([*pictures, *blank][k : k + columns]) for k in range(0, len(pictures), columns)]
    return np.vstack(rows)


if __name__ == "__main__":
    main()

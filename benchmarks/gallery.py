"""Path-traced views of every recipe in turn, as pictures and as one sheet.

    python benchmarks/gallery.py [output/gallery] [--views 48] [--render render_configs/cycles.yaml] [--scene scenes/mix.yaml]
        [--set samples=32]

Views go the way of a corpus: what the quality gate refuses is drawn again. Writes NN_recipe_seed.png for each and
sheet.jpg with all of them; also prints the share of a sample's time that composing takes.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from pipeline.compose import class_list, compose
from pipeline.config import MixRecipe, load_recipe, load_render_config
from pipeline.errors import PlantainError
from pipeline.farm.views import Unusable, check_picture, check_view
from pipeline.files import save_bytes
from pipeline.labels import trace
from pipeline.render import open_renderer
from pipeline.scene import CannotPlace
from pipeline.shards.sample import encode_image

COLUMNS, TILE = 8, 256


def main() -> int:
    """Render, tile, time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", nargs="?", type=Path, default=Path("output/gallery"))
    parser.add_argument("--scene", default="scenes/mix.yaml")
    parser.add_argument("--render", default="render_configs/cycles.yaml")
    parser.add_argument("--set", action="append", default=[], dest="overrides", help="a key of the preset: samples=32")
    parser.add_argument("--views", type=int, default=48)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    recipe, config = load_recipe(asked.scene), load_render_config(asked.render, asked.overrides)
    classes = class_list(recipe)
    members = list(recipe.members.values()) if isinstance(recipe, MixRecipe) else [recipe]
    renderer = open_renderer(config)
    spent = {"compose": 0.0, "label": 0.0, "render": 0.0}
    tiles = []
    number = attempt = 0
    while number < asked.views:
        member = members[number % len(members)]
        seed = np.random.SeedSequence(asked.seed, spawn_key=(number, attempt))
        try:
            start = time.perf_counter()
            scene = compose(member, seed, config.width, config.height, classes)
            composed = time.perf_counter()
            check_view(scene, trace(scene), member.view)
            labelled = time.perf_counter()
            image = renderer.render(scene)
            check_picture(image, member.view)
        except (CannotPlace, Unusable) as error:
            print(f"{number} {member.name}, attempt {attempt}: {error}", flush=True)
            attempt += 1
            continue
        rendered = time.perf_counter()
        for stage, seconds in zip(spent, (composed - start, labelled - composed, rendered - labelled), strict=True):
            spent[stage] += seconds
        save_bytes(asked.output / f"{number:02d}_{member.name}.png", encode_image(image))
        tiles.append(cv2.resize(image, (TILE, TILE * config.height // config.width), interpolation=cv2.INTER_AREA))
        number, attempt = number + 1, 0
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % COLUMNS)
    rows = [np.hstack(tiles[k : k + COLUMNS]) for k in range(0, len(tiles), COLUMNS)]
    save_bytes(asked.output / "sheet.jpg", encode_image(np.vstack(rows), "jpg"))
    whole = sum(spent.values())
    shares = ", ".join(f"{stage} {seconds / whole:.1%}" for stage, seconds in spent.items())
    print(f"{asked.output / 'sheet.jpg'}: {asked.views} views, {whole / asked.views:.2f} s each: {shares}")
    return 0


if __name__ == "__main__":
    try:
        status = main()
    except PlantainError as error:
        status = 1
        print(f"gallery: {error}", file=sys.stderr)
    sys.stdout.flush()
    # A process that has imported bpy crashes when it exits in the ordinary way.
    os._exit(status)

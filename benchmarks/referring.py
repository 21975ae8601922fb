"""A thousand referring expressions over 120 views of two recipes, each checked by the second opinion.

Prints how many of each kind there are and how many are refused (none should be), and writes 24 drawn at random to a
sheet: the view, what the expression means, the words. Argument: the PNG to write.
"""

import sys
import textwrap
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np

from pipeline.compose import class_list, compose
from pipeline.config import load_recipe, load_render_config
from pipeline.files import save_bytes
from pipeline.instructions.checking import Scenery, referent_fault
from pipeline.instructions.phrasing import say
from pipeline.instructions.referring import Facts, choose
from pipeline.labels import instance_table, trace
from pipeline.render import open_renderer
from pipeline.shards.sample import encode_image

VIEWS, WANTED, SHOWN = 120, 1000, 24
WIDTH, HEIGHT = 256, 192
output = Path(sys.argv[1] if len(sys.argv) > 1 else "output/referring.png")
rng = np.random.default_rng(0)


def kind(expression):
    names = ("group", "relation", "order", "size", "not_color", "material", "color")
    return next((name for name in names if getattr(expression, name)), "name")


def cell(view, number):
    (recipe, seed), ids, text = view
    scene = compose(recipe, seed, WIDTH, HEIGHT)
    image, instance = renderer.render(scene), trace(scene).instance
    meant = np.isin(instance, ids)
    shown = np.where(meant[..., None], image, image // 5)
    edge = cv2.dilate(meant.astype(np.uint8), np.ones((3, 3))) > meant
    shown[edge] = (255, 60, 160)
    page = np.full((HEIGHT + 44, 2 * WIDTH + 16, 3), 255, np.uint8)
    page[4 : 4 + HEIGHT, 4 : 4 + WIDTH], page[4 : 4 + HEIGHT, 8 + WIDTH : 8 + 2 * WIDTH] = image, shown
    for line, words in enumerate(textwrap.wrap(f"{number}. {text}", 66)):
        place = (6, HEIGHT + 20 + 16 * line)
        cv2.putText(page, words, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (20, 20, 20), 1, cv2.LINE_AA)
    return page


said, refused, kinds, views = [], [], Counter(), 0
for number in range(VIEWS):
    recipe = load_recipe("scenes/living_room.yaml" if number % 2 else "scenes/primitives.yaml")
    scene = compose(recipe, number, WIDTH, HEIGHT)
    labels = trace(scene)
    table = instance_table(scene, labels)
    facts = Facts(table, recipe.view, WIDTH, HEIGHT, scene.camera.intrinsics)
    scenery = Scenery(labels.instance, labels.depth, [asdict(row) for row in table], scene.camera.intrinsics)
    found = {}
    while len(found) < min(9, WANTED - len(said)):
        chosen = choose(facts, 3, rng)
        if not chosen:
            break
        found |= {say(expression, len(ids), rng): (expression, ids) for expression, ids in chosen}
    views += bool(found)
    for text, (expression, ids) in found.items():
        referent = {"text": text, "parsed": expression.as_json(), "ids": ids}
        if fault := referent_fault(referent, scenery, recipe.view, class_list(recipe)):
            refused.append(fault)
        kinds[kind(expression)] += 1
        said.append(((recipe, number), ids, text))
print(f"referring: {len(said)} expressions over {views} views, {len(refused)} refused by the checker")
print("  " + ", ".join(f"{name} {count}" for name, count in kinds.most_common()))
for fault in refused:
    print(f"  REFUSED {fault}")
renderer = open_renderer(load_render_config("render_configs/raster.yaml", [f"width={WIDTH}", f"height={HEIGHT}"]))
picked = [said[i] for i in rng.choice(len(said), SHOWN, replace=False)]
cells = [cell(view, number) for number, view in enumerate(picked, start=1)]
sheet = np.vstack([np.hstack(cells[start : start + 3]) for start in range(0, SHOWN, 3)])
save_bytes(output, encode_image(sheet))
print(f"{output}: {SHOWN} of them")

"""Views of real recipes, without a renderer: their picture is random, their labels, questions and captions are the true ones."""

import numpy as np

from pipeline.compose import class_list
from pipeline.config import load_recipe
from pipeline.farm.views import prepare
from pipeline.finetune.views import Kind, View
from pipeline.shards.sample import to_files

SIZE = (160, 120)


def real_views(recipe, count=8, overrides=()):
    """(Prepared, View with exact labels) of the first samples of a recipe at SIZE."""
    recipe = load_recipe(f"scenes/{recipe}.yaml", list(overrides))
    kind = Kind(tuple(class_list(recipe)), {recipe.name: recipe.view}, {recipe.name: recipe.instructions})
    found = []
    for index in range(count):
        prepared = prepare(recipe, SIZE, 0, index)
        image = np.random.default_rng(index).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)
        sample = prepared.sample(image, "none", exact=True)
        files = {name.partition(".")[0]: data for name, data in to_files(sample).items()}
        words = sample.meta["prompts"] | {name: sample.meta[name] for name in ("caption", "caption_long")}
        found.append((prepared, View(None, sample.key, files, words, kind)))
    return found


def without_exact(view):
    """The same view as a corpus without exact labels has it."""
    files = {name: data for name, data in view.files.items() if name != "exact"}
    return View(view.place, view.key, files, view.words, view.kind)

"""How many distinct models of a catalogue a recipe uses, and what composing costs with and without it.

python benchmarks/catalogue_variety.py [--scene scenes/living_room.yaml] [--source sh3f] [--scenes 300]

Composes without rendering. Models are counted over all scenes, which fills the cache of built assets; times are taken of
a quarter of them with it filled, beside the same scenes from code alone.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections import Counter

import numpy as np

from pipeline.compose import choose, compose, open_stock
from pipeline.config import load_recipe
from pipeline.scene import CannotPlace


def composed(scene: str, sources: str, count: int, seed: int) -> tuple[list[float], Counter[str], Counter[str]]:
    """Seconds a scene, things by source, and things by category."""
    recipe = load_recipe(scene, [f"assets.sources={sources}"])
    seconds, used, categories = [], Counter(), Counter()
    for index in range(count):
        member = choose(recipe, np.random.SeedSequence(seed, spawn_key=(index,)))
        for attempt in range(64):
            start = time.perf_counter()
            try:
                made = compose(member, np.random.SeedSequence(seed, spawn_key=(index, attempt)).spawn(2)[0])
            except CannotPlace:
                continue
            seconds.append(time.perf_counter() - start)
            used.update(thing.source for thing in made.objects)
            categories.update(thing.category for thing in made.objects if thing.source != "plantain")
            break
    return seconds, used, categories


def main() -> None:
    """Compose and count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scene", default="scenes/living_room.yaml")
    parser.add_argument("--source", default="sh3f")
    parser.add_argument("--scenes", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    warnings.simplefilter("ignore", RuntimeWarning)
    both = f"[plantain, {asked.source}]"
    _, used, categories = composed(asked.scene, both, asked.scenes, asked.seed)
    code, _, _ = composed(asked.scene, "plantain", asked.scenes // 4, asked.seed)
    mixed, _, _ = composed(asked.scene, both, asked.scenes // 4, asked.seed)
    models = {source for source in used if source != "plantain"}
    stock = open_stock(load_recipe(asked.scene, [f"assets.sources={both}"]).assets)
    share = sum(count for source, count in used.items() if source in models) / sum(used.values())
    print(f"{asked.scenes} scenes of {asked.scene}, sources {both}")
    print(f"{len(models)} distinct models of {len(categories)} categories; {share:.0%} of all objects")
    licences = Counter(row["licence"] for row in stock.attribution(models))
    print(f"licences: {', '.join(f'{name} {count}' for name, count in licences.most_common())}")
    print(f"median compose: {np.median(code):.3f} s from code alone, {np.median(mixed):.3f} s with the catalogue (90 %: "
          f"{np.percentile(mixed, 90):.3f} s)")  # fmt: skip
    for source, reason in sorted(stock.take_broken().items()):
        print(f"left out: {source} {reason}")


if __name__ == "__main__":
    main()

"""Scenes as hashes, to compare machines and Python versions; and how often each category is composed.

    python benchmarks/fingerprints.py [--scene scenes/mix.yaml] [--scenes 200] [--coverage]

Prints one sha256 a recipe over all its scenes (pipeline.scene.fingerprint): equal lines, equal scenes. With
--coverage also how many scenes hold each category, those that occur in none first, and the median time to compose.
Exit 1 when with --coverage a category is missing.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from pipeline.compose import choose, class_list, compose
from pipeline.config import load_recipe
from pipeline.machine import cores
from pipeline.scene import CannotPlace, fingerprint

BLOCK = 20


def block(path: str, overrides: list[str], first: int, last: int) -> list[tuple[str, str, set[str], float]]:
    """(recipe, hash, categories, seconds) of scenes `first` to `last` of seed 0, at their first attempt that composes."""
    recipe = load_recipe(path, overrides)
    made = []
    for index in range(first, last):
        member = choose(recipe, np.random.SeedSequence(0, spawn_key=(index,)))
        for attempt in range(64):
            start = time.perf_counter()
            try:
                scene = compose(member, np.random.SeedSequence(0, spawn_key=(index, attempt)))
            except CannotPlace:
                continue
            seconds = time.perf_counter() - start
            made.append((member.name, fingerprint(scene), {thing.category for thing in scene.objects}, seconds))
            break
    return made


def main() -> int:
    """Compose, hash and count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scene", default="scenes/mix.yaml")
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    parser.add_argument("--scenes", type=int, default=200)
    parser.add_argument("--coverage", action="store_true")
    asked = parser.parse_args()
    starts = range(0, asked.scenes, BLOCK)
    with ProcessPoolExecutor(cores(), get_context("spawn")) as pool:
        jobs = [pool.submit(block, asked.scene, asked.overrides, s, min(s + BLOCK, asked.scenes)) for s in starts]
        made = [entry for job in jobs for entry in job.result()]
    for name in sorted({entry[0] for entry in made}):
        hashes = [entry[1] for entry in made if entry[0] == name]
        whole = hashlib.sha256("".join(hashes).encode()).hexdigest()
        line = f"{name:12s} {len(hashes):5d} scenes  {whole[:32]}"
        if asked.coverage:
            line += f"  {np.median([entry[3] for entry in made if entry[0] == name]):.3f} s a scene"
        print(line)
    if not asked.coverage:
        return 0
    seen = Counter(category for entry in made for category in entry[2])
    known = class_list(load_recipe(asked.scene, asked.overrides))[1:]
    ranked = sorted(known, key=lambda category: (seen[category], category))
    print(f"{len(made)} scenes, {np.median([entry[3] for entry in made]):.3f} s at the median")
    print(f"{sum(seen[category] > 0 for category in known)} of {len(known)} categories occur; rarest first:")
    print(", ".join(f"{category} {seen[category]}" for category in ranked))
    return int(any(not seen[category] for category in known))


if __name__ == "__main__":
    sys.exit(main())

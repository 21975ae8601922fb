"""Does a worker grow or slow down with the scenes it has made?

    python benchmarks/endurance.py [--render render_configs/cycles_preview.yaml] [--set samples=4] [--scenes 300]

Renders a cycle of 30 scenes of `scenes/mix.yaml` again and again in one process, composed beforehand, so that every round is
the same work. Prints this process's resident memory after 30 scenes and after the last, with the scenes themselves in
both, and the CPU time a scene took in the first and in the last third. --render render_configs/preview.yaml does the
same for OpenGL.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import sys
import time

import numpy as np

from pipeline.compose import choose, class_list, compose
from pipeline.config import load_recipe, load_render_config
from pipeline.render import open_renderer
from pipeline.scene import CannotPlace, Scene

ROUND = 30


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--scene", default="scenes/mix.yaml")
    arguments.add_argument("--render", default="render_configs/cycles_preview.yaml")
    arguments.add_argument("--set", action="append", default=[], help="key=value of the preset")
    arguments.add_argument("--scenes", type=int, default=300)
    options = arguments.parse_args()
    config = load_render_config(options.render, options.set)
    scenes = composed(options.scene, config.width, config.height)
    seconds: list[float] = []
    resident: list[int] = []
    with open_renderer(config) as renderer:
        for number in range(options.scenes):
            since = time.process_time()
            renderer.render(scenes[number % ROUND])
            seconds.append(time.process_time() - since)
            gc.collect()
            resident.append(resident_bytes())
            if (number + 1) % ROUND == 0:
                last = statistics.mean(seconds[-ROUND:])
                print(f"{number + 1:5d} scenes: {resident[-1] / 2**20:.0f} MiB, {last:.3f} CPU s a scene", flush=True)
    early, late = resident[ROUND - 1], resident[-1]
    growth = (late - early) / max(1, len(resident) - ROUND) / 2**20
    print(f"memory: {late / early:.3f}x that after {ROUND} scenes ({growth:+.2f} MiB a scene)")
    # By whole rounds, so that every third is the same scenes; the first round also warms caches up.
    rounds = [statistics.mean(seconds[k : k + ROUND]) for k in range(0, len(seconds) - ROUND + 1, ROUND)]
    third = max(1, len(rounds) // 3)
    first, final = statistics.median(rounds[:third]), statistics.median(rounds[-third:])
    print(f"time per scene: the last third takes {final / first:.3f}x that of the first")
    sys.stdout.flush()
    os._exit(0)  # a process that has imported bpy crashes when it exits in the ordinary way


def composed(recipe_file: str, width: int, height: int) -> list[Scene]:
    """ROUND scenes of a recipe."""
    recipe = load_recipe(recipe_file)
    scenes: list[Scene] = []
    index = 0
    while len(scenes) < ROUND:
        seed = np.random.SeedSequence(0, spawn_key=(index,))
        index += 1
        try:
            scenes.append(compose(choose(recipe, seed), seed.spawn(1)[0], width, height, class_list(recipe)))
        except CannotPlace:
            continue
    return scenes


def resident_bytes() -> int:
    """Resident memory of this process."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()

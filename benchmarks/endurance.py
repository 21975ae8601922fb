"""Does a worker grow or slow down with the scenes it has made?

    python benchmarks/endurance.py [--render render_configs/cycles_preview.yaml] [--set samples=4] [--scenes 300]

Renders a cycle of 30 scenes of `scenes/mix.yaml` again and again in one process, composed beforehand and read back from
disk one by one, so that every round is the same work. Prints this process's resident memory after 30 scenes and after the
last whole round, and the CPU time a scene took in the first and in the last third. --render render_configs/preview.yaml does the
same for OpenGL.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import itertools
import multiprocessing
import os
import pickle
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from pipeline.compose import choose, class_list, compose
from pipeline.config import load_recipe, load_render_config
from pipeline.render import open_renderer
from pipeline.scene import CannotPlace

ROUND = 30


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--scene", default="scenes/mix.yaml")
    arguments.add_argument("--render", default="render_configs/cycles_preview.yaml")
    arguments.add_argument("--set", action="append", default=[], help="key=value of the preset")
    arguments.add_argument("--scenes", type=int, default=300)
    options = arguments.parse_args()
    config = load_render_config(options.render, options.set)
    folder = tempfile.TemporaryDirectory(prefix="endurance_")
    files = composed(options.scene, config.width, config.height, Path(folder.name))
    seconds: list[float] = []
    resident: list[int] = []
    with open_renderer(config) as renderer:
        for number in range(options.scenes):
            scene = pickle.loads(files[number % ROUND].read_bytes())
            since = time.process_time()
            renderer.render(scene)
            seconds.append(time.process_time() - since)
            del scene
            gc.collect()
            resident.append(resident_bytes())
            if (number + 1) % ROUND == 0:
                last = statistics.mean(seconds[-ROUND:])
                print(f"{number + 1:5d} scenes: {resident[-1] / 2**20:.0f} MiB, {last:.3f} CPU s a scene", flush=True)
    folder.cleanup()
    whole = len(resident) // ROUND * ROUND  # the same scene was the last one
    early, late = resident[ROUND - 1], resident[whole - 1]
    growth = (late - early) / max(1, whole - ROUND) / 2**20
    print(f"memory: {late / early:.3f}x that after {ROUND} scenes ({growth:+.2f} MiB a scene)")
    # By whole rounds, so that every third is the same scenes; the first round also warms caches up.
    rounds = [statistics.mean(seconds[k : k + ROUND]) for k in range(0, len(seconds) - ROUND + 1, ROUND)]
    third = max(1, len(rounds) // 3)
    first, final = statistics.median(rounds[:third]), statistics.median(rounds[-third:])
    print(f"time per scene: the last third takes {final / first:.3f}x that of the first")
    sys.stdout.flush()
    os._exit(0)  # a process that has imported bpy crashes when it exits in the ordinary way


def composed(recipe_file: str, width: int, height: int, folder: Path) -> list[Path]:
    """ROUND scenes of a recipe, pickled; by another process, so that what composing needs is not in this one's memory."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_composed, recipe_file, width, height, folder).result()


def _composed(recipe_file: str, width: int, height: int, folder: Path) -> list[Path]:
    recipe = load_recipe(recipe_file)
    files: list[Path] = []
    for index in itertools.count():
        seed = np.random.SeedSequence(0, spawn_key=(index,))
        with contextlib.suppress(CannotPlace):
            scene = compose(choose(recipe, seed), seed.spawn(1)[0], width, height, class_list(recipe))
            files.append(folder / f"{len(files)}.pkl")
            files[-1].write_bytes(pickle.dumps(scene))
        if len(files) == ROUND:
            return files


def resident_bytes() -> int:
    """Resident memory of this process."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()

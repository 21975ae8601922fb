"""Pictures to measure others against: 1,024 samples for every pixel, light that bounces 12 times, a clean-up at the end.

    python benchmarks/references.py SCENES.pkl FOLDER [--samples 1024]

Writes FOLDER/{fingerprint of the scene}-{samples}.npy for each of a pickled list of pipeline.scene.Scene: linear RGB
radiance, float32 [H, W, 3]. Those that are there are kept: a view of 512 x 512 takes some five minutes on two cores.

Adaptive sampling is off. The denoiser is on, because even 1,024 samples leave a noise of 34 to 39 dB in a room by
daylight, which would be counted as the error of every picture compared; what the denoiser itself errs at that many
samples is a fraction of it.
"""

from __future__ import annotations

import argparse
import os
import pickle
import sys
import time
from pathlib import Path

from pipeline.config import CyclesConfig
from pipeline.files import save_array
from pipeline.render import open_renderer
from pipeline.scene import Scene, fingerprint

SAMPLES = 1024


def path_of(folder: Path, scene: Scene, samples: int = SAMPLES) -> Path:
    """Where the reference of a scene is kept."""
    return folder / f"{fingerprint(scene)[:16]}-{samples}.npy"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("scenes", type=Path)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--samples", type=int, default=SAMPLES)
    options = arguments.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    config = CyclesConfig(renderer="cycles", samples=options.samples, noise_threshold=0, bounces=12)
    with open_renderer(config) as renderer:
        for scene in pickle.loads(options.scenes.read_bytes()):
            file = path_of(options.folder, scene, options.samples)
            if file.exists():
                continue
            since = time.perf_counter()
            radiance = renderer.radiance(scene)
            save_array(file, radiance)
            print(f"{file}: {scene.recipe}, {time.perf_counter() - since:.0f} s", flush=True)
    sys.stdout.flush()
    os._exit(0)  # the interpreter crashes on its way out after `import bpy`


if __name__ == "__main__":
    main()

"""Path-traced samples an hour, and how near they come to the truth: the farm against a plain BlenderProc script.

    python benchmarks/photoreal.py [--views 12] [--references 4] [--size 512] [--render render_configs/cycles.yaml]

Both sides show the same views of `scenes/mix.yaml` at the same size with the same most samples per pixel, on all cores:

- ours: `pipeline.farm.generate`, as the command line calls it: Ray workers compose, label, ask, render, encode and write
  WebDataset and Parquet. Wall time from the moment that the first worker takes up its first sample, so without the start of
  Ray and Blender, until the corpus is whole.
- BlenderProc: benchmarks/plain_blenderproc.py, one process: RGB, depth, normals, class and instance segmentation into
  HDF5. It gets its scenes ready made, paints no targets, writes no prompts; its start-up is not counted either.
  A second run (--equal-bounces) gives it our number of bounces; everything else stays at its defaults.

Then PSNR and SSIM (scikit-image) of both against references of 1,024 samples (benchmarks/references.py), all exposed by
`pipeline.render.film`, each by its own light meter, as 8-bit sRGB. References are kept in output/references.
Also the share of a sample's time that is not Cycles' render call: of the time that it holds its renderer, which is what
throughput waits for, and of all work on it, most of which other threads do while Cycles renders the sample before.
"""

from __future__ import annotations

import argparse
import json
import pickle
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from references import SAMPLES, path_of
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from pipeline.compose import choose, class_list, compose
from pipeline.config import CyclesConfig, Recipe, load_recipe, load_render_config
from pipeline.farm import Job, Progress, generate
from pipeline.machine import cores
from pipeline.render.film import develop
from pipeline.scene import Scene
from pipeline.shards.read import read_samples
from pipeline.shards.sample import Sample

HERE = Path(__file__).resolve().parent


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--scene", default="scenes/mix.yaml")
    arguments.add_argument("--render", default="render_configs/cycles.yaml")
    arguments.add_argument("--views", type=int, default=12)
    arguments.add_argument("--references", type=int, default=4, help="views compared with a reference: the first ones")
    arguments.add_argument("--reference-samples", type=int, default=SAMPLES)
    arguments.add_argument("--size", type=int, default=512)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--workers", type=int, help="as `generate` takes it")
    arguments.add_argument("--ours-only", action="store_true", help="do not run BlenderProc's side")
    arguments.add_argument("--equal-bounces", action="store_true", help="run it a second time, with our bounces")
    arguments.add_argument("--output", type=Path, default=Path("output/photoreal"))
    options = arguments.parse_args()
    recipe = load_recipe(options.scene)
    render = load_render_config(options.render, [f"width={options.size}", f"height={options.size}"])
    if not isinstance(render, CyclesConfig):
        raise SystemExit(f"{options.render}: not a preset of Cycles")
    job = Job(recipe, render, options.output / "ours", options.views, options.seed, (("train", 1.0),), shard_size=2)
    began: list[float] = []

    def watch(progress: Progress) -> None:
        if not began and any(hand.index is not None for hand in progress.hands):
            began.append(time.perf_counter())

    progress = generate(job, options.workers, overwrite=True, on_progress=watch)
    wall = time.perf_counter() - began[0]
    samples = list(read_samples(job.output, "train", exact=False))
    # The key begins with the recipe: the order of the corpus is not that of the run.
    samples.sort(key=lambda sample: sample.meta["index"])
    scenes = [scene_of(recipe, sample, options.size, options.seed) for sample in samples]
    pickled = options.output / "scenes.pkl"
    pickled.write_bytes(pickle.dumps(scenes))
    few = options.output / "referenced.pkl"
    few.write_bytes(pickle.dumps(scenes[: options.references]))
    folder = Path("output/references")
    script(HERE / "references.py", few, folder, "--samples", options.reference_samples)
    truths = [
        develop(np.load(path_of(folder, scene, options.reference_samples)), scene.exposure, scene.metered)
        for scene in scenes[: options.references]
    ]
    ours = len(samples) / wall * 3600
    print(f"{options.views} views of {options.scene}, {options.size} x {options.size}, {cores()} cores")
    print(f"ours ({options.render}): {ours:.0f} samples/hour; {quality([s.image for s in samples], truths)}")
    stages = {name: seconds / progress.made for name, seconds in sorted(progress.seconds.items())}
    cycles, holding = stages["render.cycles"], stages["render"]
    work = sum(seconds for name, seconds in stages.items() if "." not in name)
    print(f"  {', '.join(f'{name} {seconds:.2f}' for name, seconds in stages.items())} s a sample; outside Cycles are")
    print(
        f"  {1 - cycles / holding:.1%} of the time that it holds its renderer and {1 - cycles / work:.1%} of all work on it"
    )
    if options.ours_only:
        return
    runs: list[tuple[str, list[str]]] = [("BlenderProc", [])]
    if options.equal_bounces:
        runs.append((f"BlenderProc, {render.bounces} bounces", ["--bounces", str(render.bounces)]))
    for name, extra in runs:
        where = options.output / f"plain{len(extra)}"
        shutil.rmtree(where, ignore_errors=True)
        told = script(HERE / "plain_blenderproc.py", pickled, where, "--samples", render.samples, *extra)
        seconds = json.loads(told.splitlines()[-1])
        pictures = [
            develop(np.load(where / f"radiance_{number}.npy"), scene.exposure, scene.metered)
            for number, scene in enumerate(scenes[: options.references])
        ]
        theirs = 3600 / statistics.mean(seconds)
        print(f"{name}: {theirs:.0f} samples/hour; {quality(pictures, truths)}")
        print(f"ratio: {ours / theirs:.2f}x the samples per hour of {name}")


def scene_of(recipe: Recipe, sample: Sample, size: int, seed: int) -> Scene:
    """The scene that a sample of the run shows, composed again."""
    index, attempt = sample.meta["index"], sample.meta["attempt"]
    member = choose(recipe, np.random.SeedSequence(seed, spawn_key=(index,)))
    scene_seed = np.random.SeedSequence(seed, spawn_key=(index, attempt)).spawn(2)[0]
    return compose(member, scene_seed, size, size, class_list(recipe))


def quality(pictures: list[NDArray[np.uint8]], truths: list[NDArray[np.uint8]]) -> str:
    """Means over views, and the worst."""
    if not truths:
        return "no references"
    pairs = list(zip(pictures[: len(truths)], truths, strict=True))
    psnr = [float(peak_signal_noise_ratio(truth, picture)) for picture, truth in pairs]
    ssim = [float(structural_similarity(truth, picture, channel_axis=2)) for picture, truth in pairs]
    return (
        f"PSNR {statistics.mean(psnr):.1f} dB (worst {min(psnr):.1f}), SSIM {statistics.mean(ssim):.3f} "
        f"(worst {min(ssim):.3f}) over {len(pairs)} views"
    )


def script(path: Path, *arguments: object) -> str:
    """Run one of the scripts beside this one; what it prints."""
    command = [sys.executable, str(path), *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{path.name} failed with {done.returncode}")
    return done.stdout


if __name__ == "__main__":
    main()

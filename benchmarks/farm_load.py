"""The farm by itself: shards of nothing through Ray, how many a second, and what the driver holds meanwhile.

    python benchmarks/farm_load.py --shards 10000

Prints shards a second beside those of a bare loop that makes the same files in one process without Ray, resident memory
of the driver on the way, the time until the corpus can be read, and what the manifest takes to read.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import psutil

from pipeline.config import load_recipe, load_render_config
from pipeline.farm import Job, Plan, Progress, generate, parse_formats
from pipeline.farm.beat import Beat
from pipeline.farm.null import NullSampler
from pipeline.shards.read import read_manifest
from pipeline.shards.write import write_shard

MARKS = (0.1, 0.25, 0.5, 0.75, 0.9, 1.0)


def bare(job: Job, shards: int) -> float:
    """Shards a second of one process that makes and writes the same, one after the other."""
    sampler = NullSampler(job, 1, Beat.new()[0])
    plan = Plan(job)
    (job.output / "train").mkdir(parents=True)
    began = time.perf_counter()
    for shard in plan[:shards]:
        made = [sampler.pack(index, None) for index in range(shard.start, shard.stop)]
        write_shard(job.output / shard.split / shard.name, [(one.key, one.files) for one in made], job.formats)
    return shards / (time.perf_counter() - began)


def through_ray(job: Job, shards: int, workers: int | None) -> tuple[float, dict[float, int], float]:
    """Shards a second from the first to the last one, the driver's resident bytes at MARKS, seconds from last to end."""
    driver = psutil.Process()
    held: dict[float, int] = {}
    times: list[tuple[float, int]] = []

    def watch(progress: Progress) -> None:
        times.append((time.perf_counter(), progress.done))
        for mark in MARKS:
            if mark not in held and progress.done >= mark * job.samples:
                held[mark] = driver.memory_info().rss

    generate(job, workers, on_progress=watch)
    ended = time.perf_counter()
    begun = next(at for at, (_, done) in enumerate(times) if done)
    (first, had), (last, done) = times[begun], next(pair for pair in times if pair[1] == job.samples)
    return (done - had) / job.shard_size / (last - first), held, ended - last


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", type=int, default=10_000)
    parser.add_argument("--shard-size", type=int, default=1)
    parser.add_argument("--format", default="webdataset")
    parser.add_argument("--workers", type=int, help="default: one a core")
    parser.add_argument("--folder", type=Path, help="where to write; default: a temporary folder")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=options.folder))
    recipe, render = load_recipe("scenes/primitives.yaml"), load_render_config("render_configs/null.yaml")

    def job(name: str) -> Job:
        return Job(
            recipe,
            render,
            folder / name,
            options.shards * options.shard_size,
            splits=(("train", 1.0),),
            formats=parse_formats(options.format),
            shard_size=options.shard_size,
        )

    try:
        count = min(1000, options.shards)
        alone = bare(job("bare"), count)
        rate, held, rest = through_ray(job("farm"), options.shards, options.workers)
        began = time.perf_counter()
        manifest = read_manifest(folder / "farm", "train")
        reading = time.perf_counter() - began
        print(f"{options.shards} shards of {options.shard_size} samples, {options.format}")
        print(f"bare loop, one process     {alone:8.0f} shards/s  (over {count})")
        print(f"farm                       {rate:8.0f} shards/s  ({rate / alone:.2f}x)")
        print(
            "driver, resident MiB       " + "  ".join(f"{mark:.0%} {size / 2**20:.0f}" for mark, size in held.items())
        )
        print(f"last shard to end of run   {rest:8.2f} s")
        print(
            f"read_manifest              {reading:8.2f} s  ({manifest['samples']} samples, {len(manifest['shards'])} shards)"
        )
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()

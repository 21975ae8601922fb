"""What corpora cost: samples a core-hour and bytes a sample by preset, and what a million and a hundred million come to.

    python benchmarks/scaling.py [--scene scenes/mix.yaml] [--preset raster=64 --preset cycles=12 ...]

Every preset makes so many samples, a multiple of the cores, through the farm on all cores of this machine; the time is that of
the steady part, see `core_seconds`. Requests are those that write to an object store, for a run on --cores cores: see
`requests`.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from pipeline.config import load_recipe, load_render_config
from pipeline.farm import Job, Progress, generate
from pipeline.farm.watch import STORE_SECONDS
from pipeline.machine import cores
from pipeline.shards.journal import FLUSH_ENTRIES, FLUSH_S
from pipeline.shards.lease import RENEW_S
from pipeline.shards.read import read_rows

PRESETS = ["preview=200", "raster=64", "cycles_preview=32", "cycles_fast=12", "cycles=12"]
SHARD_SIZES = (64, 256)
SCALES = (1_000_000, 100_000_000)
PART_BYTES = 50 * 2**20
"""Of an upload through s3fs, which sends a file of less than two parts whole."""


@dataclass(frozen=True)
class Cost:
    """What a sample of one preset costs. core_s: core seconds; bytes_of: by field; format_bytes: by format, per sample."""

    name: str
    size: str
    core_s: float
    bytes_of: dict[str, float]
    format_bytes: dict[str, float]

    @property
    def per_core_hour(self) -> float:
        return 3600 / self.core_s


def measure(scene: str, preset: str, samples: int, folder: Path) -> Cost:
    """Make `samples` samples of a preset in `folder` and look at what they took."""
    render = load_render_config(f"render_configs/{preset}.yaml")
    times: list[tuple[float, int]] = []

    def watch(progress: Progress) -> None:
        if progress.done and (not times or progress.done > times[-1][1]):
            times.append((time.perf_counter(), progress.done))

    job = Job(load_recipe(scene), render, folder, samples, splits=(("train", 1.0),), shard_size=max(1, samples // 4))
    generate(job, on_progress=watch)
    core_s, done = core_seconds(times, cores()), times[-1][1]
    bytes_of: dict[str, float] = {}
    for shard in sorted((folder / "train").glob("*.tar")):
        for _, files in read_rows(shard):
            for name, data in files.items():
                field = name.split(".")[0]
                bytes_of[field] = bytes_of.get(field, 0.0) + len(data) / done
    formats = {
        suffix: sum(file.stat().st_size for file in (folder / "train").glob(f"*.{suffix}")) / done
        for suffix in ("tar", "parquet")
    }
    return Cost(preset, f"{render.width}x{render.height}", core_s, bytes_of, formats)


def core_seconds(times: list[tuple[float, int]], cores: int) -> float:
    """Core seconds a sample, from the moment that as many are finished as there are cores until the last one.

    times: (seconds, samples finished by then), in order. Counted from the first one, all other cores' first samples would
    come for nothing. Raises ValueError where too few samples were made to tell.
    """
    since, had = next((moment for moment in times if moment[1] >= cores), times[-1])
    last, done = times[-1]
    if done == had:
        raise ValueError(f"{done} samples on {cores} cores tell no pace; make at least {2 * cores}")
    return (last - since) * cores / (done - had)


def requests(shards: int, shard_bytes: float, seconds: float) -> int:
    """Of a run of so many shards and seconds into an object store, in one format; without listings and what is tried again.

    A shard: one request, or where it is big its parts, their beginning and their end. The journal: a segment whenever one
    is full or due by time, for each a look at one shard, and later it is read and deleted. The lease: read and
    renewed. The status.
    """
    upload = 1 if shard_bytes < 2 * PART_BYTES else 2 + ceil(shard_bytes / PART_BYTES)
    segments = min(shards, ceil(max(shards / FLUSH_ENTRIES, seconds / FLUSH_S)))
    return shards * upload + 4 * segments + 2 * ceil(seconds / RENEW_S) + ceil(seconds / STORE_SECONDS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scene", default="scenes/mix.yaml")
    parser.add_argument("--preset", action="append", help="NAME=SAMPLES; repeat")
    parser.add_argument("--cores", type=int, default=1000, help="of the cluster that requests are counted for")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        costs = []
        for named in options.preset or PRESETS:
            name, _, samples = named.partition("=")
            costs.append(measure(options.scene, name, int(samples), folder / name))
            cost = costs[-1]
            print(
                f"{cost.name:15} {cost.size:>9}  {cost.core_s:7.2f} core-s a sample {cost.per_core_hour:7.0f} samples a core-hour"
            )
    finally:
        shutil.rmtree(folder)
    fields = list(costs[0].bytes_of)
    print(f"\n{'kB a sample':15} {'tar':>7} {'parquet':>8} " + " ".join(f"{name:>9}" for name in fields))
    for cost in costs:
        kb = " ".join(f"{cost.bytes_of[name] / 1e3:9.1f}" for name in fields)
        print(f"{cost.name:15} {cost.format_bytes['tar'] / 1e3:7.0f} {cost.format_bytes['parquet'] / 1e3:8.0f} {kb}")
    for cost in costs:
        print(
            f"\nshards of {cost.name}: "
            + ", ".join(f"{n} samples {cost.format_bytes['tar'] * n / 1e6:.0f} MB" for n in SHARD_SIZES)
        )
        for scale in SCALES:
            shards = -(-scale // SHARD_SIZES[1])
            asked = requests(shards, cost.format_bytes["tar"] * SHARD_SIZES[1], cost.core_s * scale / options.cores)
            print(
                f"{scale:>11,} samples: {cost.core_s * scale / 3600:>12,.0f} core-hours"
                f"  {cost.format_bytes['tar'] * scale / 1e12:8.2f} TB of one format"
                f"  {asked:>11,} requests to write it in shards of "
                f"{SHARD_SIZES[1]} on {options.cores} cores"
            )


if __name__ == "__main__":
    main()

"""What the records of a large corpus cost: journal, resume, manifest, in seconds and in memory, without a single picture.

    python benchmarks/manifest.py [--samples 1000000] [--shard-size 64]

Entries are as the farm writes them: two files a shard, a quarter of the views drawn again with their reasons, a few assets.
Shard files are holes of the right size, so that the figures are those of the records alone; a resume also hashes what is
there. The end of a run looks at the size of every file, which is part of "write".
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.shards import corpus
from pipeline.shards.entries import recorded
from pipeline.shards.journal import Journal
from pipeline.shards.read import read_manifest

KINDS = (
    ("dark", "61% of the image is all but black"),
    ("ambiguous", "no expression of any kind means one thing and nothing else among 23 visible things"),
    ("filled", "wardrobe_2 fills 74% of the image"),
    ("flat", "depth range 0.41 m is under 0.5 m"),
)
REJECTED = 0.25
"""Views drawn again, of all; scenes/living_room.yaml comes to about that."""


def entries(samples: int, size: int) -> Iterator[dict[str, Any]]:
    """Manifest entries of all shards."""
    rng = np.random.default_rng(0)
    for number in range(-(-samples // size)):
        count = min(size, samples - number * size)
        name = f"shard-{number:06d}"
        again = np.flatnonzero(rng.random(count) < REJECTED) + number * size
        yield {
            "name": name,
            "samples": count,
            "files": {
                f"{name}.{suffix}": {"bytes": int(rng.integers(2e7, 4e7)), "sha256": rng.bytes(32).hex()}
                for suffix in ("tar", "parquet")
            },
            "rejected": [
                {"index": int(i), "attempt": 0, "recipe": "living_room", "kind": kind, "reason": reason}
                for i, (kind, reason) in ((i, KINDS[i % len(KINDS)]) for i in again)
            ],
            "quarantined": [],
            "assets": [f"sh3f:blendswap-cc-by.sh3f#chair{i}" for i in sorted(rng.integers(0, 800, 12).tolist())],
            "broken_assets": {},
        }


def journalled(folder: Path, samples: int, size: int) -> None:
    """The journal of a run that made everything."""
    journal = Journal(folder, folder / corpus.PROGRESS)
    # Whether a shard's files are there is asked of the file system once a file, which is no cost of the journal.
    journal._check_there = lambda *arguments, **options: None  # type: ignore[method-assign]
    for entry in entries(samples, size):
        journal.append("train", entry)
    journal.close()


def resumed(folder: Path, samples: int, size: int) -> None:
    """What a resume reads before it looks at files."""
    with recorded(folder, folder / corpus.PROGRESS, ["train"]) as found:
        assert sum(entry["samples"] for entry in found.of("train")) == samples


def written(folder: Path, samples: int, size: int) -> None:
    """Manifest, dataset.json and card."""
    corpus.write_manifests(folder, ["train"])


def read(folder: Path, samples: int, size: int) -> None:
    """The manifest, whole, as readers take it."""
    assert read_manifest(folder, "train")["samples"] == samples


STEPS = {"journal": journalled, "resume": resumed, "write": written, "read": read, "resume from manifest": resumed}


def measure(step: str, folder: Path, samples: int, size: int) -> None:
    """Run one step in this process and print its time and how much memory it took beyond the imports."""
    before = peak_mb()
    wall, cpu = time.perf_counter(), time.process_time()
    STEPS[step](folder, samples, size)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rate = -(-samples // size) / cpu
    print(
        f"{step:22} {wall:8.1f} s wall {cpu:8.1f} s CPU {rate:10.0f} shards/s {peak_mb() - before:8.0f} MB more memory"
    )


def peak_mb() -> float:
    """Most memory this process has held so far, MB."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024


def prepare(folder: Path, samples: int, size: int) -> None:
    """A claimed corpus with files that take no room."""
    (folder / corpus.PROGRESS).mkdir(parents=True)
    (folder / "train").mkdir()
    for entry in entries(samples, size):
        for name, claimed in entry["files"].items():
            with (folder / "train" / name).open("wb") as file:
                file.truncate(claimed["bytes"])
    render = {"width": 512, "height": 512, "renderer": "cycles"}
    config = {
        "recipe": {"name": "living_room"},
        "render": render,
        "samples": samples,
        "formats": ["parquet"],
        "exact": True,
    }
    info = {
        "schema_version": 2,
        "plantain": "0",
        "config": config,
        "splits": ["train"],
        "classes": ["background"],
        "seed": 0,
    }
    (folder / "dataset.json").write_text(json.dumps(info))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--shard-size", type=int, default=64)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        measure(options.step, options.folder, options.samples, options.shard_size)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "corpus"
        prepare(folder, options.samples, options.shard_size)
        # A process a step: memory that one held would hide what the next needs.
        for step in STEPS:
            same = [f"--samples={options.samples}", f"--shard-size={options.shard_size}", f"--folder={folder}"]
            subprocess.run([sys.executable, __file__, "--step", step, *same], check=True, env=dict(os.environ))
        size = (folder / "train/manifest.json").stat().st_size
        shards = -(-options.samples // options.shard_size)
        print(f"manifest.json: {size / 1e6:.0f} MB for {options.samples} samples in {shards} shards")


if __name__ == "__main__":
    main()

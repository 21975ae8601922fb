"""How fast training's loader is beside a bare loop of cv2.imdecode over the same bytes.

    python benchmarks/loader.py [--data CORPUS] [--size 256] [--examples 240] [--rounds 5] [--needs IMAGES_A_SECOND]

An example is a picture and one target. The bare loop decodes both and throws them away; the loader decodes, resizes,
turns blue-first into red-first and puts batches together. Rounds of both alternate, so that what else the machine does
hits both alike; rates are the medians of the rounds, ratios the medians of each round's own ratio. CPU ms: of all threads
together, an example. Without --data, 48 views of scenes/mix.yaml at 512x512 are made first (some minutes). --needs: images
a second that a network on a GPU takes; prints how many threads feed it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np

from pipeline.finetune.config import TrainConfig
from pipeline.finetune.loader import open_stream
from pipeline.finetune.views import read_views, shards_of
from pipeline.shards.location import Location, location
from pipeline.shards.sample import IMAGES

Contender = Callable[[], AbstractContextManager[Callable[[], None]]]
BATCH = 16
EVERYTHING = {"min_crop": 0.7, "flip": 0.5, "jitter": 0.5, "jpeg": 0.3}


def config(threads: int, **changes: Any) -> TrainConfig:
    return TrainConfig(steps=1, batch_size=BATCH, loader_threads=threads, **changes)


def same_bytes(data: Location, examples: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pictures and targets in the proportions in which the loader draws them."""
    views = [view for shard in shards_of([data], "train", IMAGES) for view in read_views(shard, [*IMAGES, "json"], [])]
    rng = np.random.default_rng(0)
    pairs = [(view.files["image"], view.files[task]) for view in views for task in IMAGES[1:]]
    some = [pairs[i] for i in np.resize(rng.permutation(len(pairs)), examples)]
    return [(np.frombuffer(image, np.uint8), np.frombuffer(target, np.uint8)) for image, target in some]


def decode_both(pair: tuple[np.ndarray, np.ndarray]) -> None:
    for data in pair:
        cv2.imdecode(data, cv2.IMREAD_COLOR)


@contextmanager
def bare(pairs: list[tuple[np.ndarray, np.ndarray]], threads: int) -> Iterator[Callable[[], None]]:
    """The loop, in one thread or shared out over several."""

    def loop() -> None:
        for pair in pairs:
            decode_both(pair)

    with ThreadPoolExecutor(threads) as pool:

        def shared() -> None:
            for _ in pool.map(decode_both, pairs):
                pass

        yield loop if threads == 1 else shared


@contextmanager
def loader(data: Location, size: int, examples: int, settings: TrainConfig) -> Iterator[Callable[[], None]]:
    """Takes as many examples from a stream that goes on from round to round; the first batch has the corpus read."""
    with open_stream([data], settings, size, BATCH, BATCH) as stream:
        next(stream)

        def take() -> None:
            for _ in range(examples // BATCH):
                next(stream)

        yield take


def rounds(
    contenders: dict[str, Contender], examples: int, count: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Examples a second, and CPU milliseconds an example, of each contender in every round; all take their turn in each."""
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    costs: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(count + 1):
        for name, contender in contenders.items():
            with contender() as run:
                run()  # what was decoded ahead before the clock starts is decoded ahead after it stops, too
                begun, used = time.perf_counter(), time.process_time()
                run()
                if number:
                    rates[name].append(examples / (time.perf_counter() - begun))
                    costs[name].append(1e3 * (time.process_time() - used) / examples)
    return rates, costs


def compare(data: Location, size: int, examples: int, count: int, needs: float | None) -> None:
    """Measure and print."""
    pairs = same_bytes(data, examples)

    def ours(threads: int, **changes: Any) -> Contender:
        return partial(loader, data, size, examples, config(threads, **changes))

    contenders: dict[str, Contender] = {
        "bare loop, 1 thread": partial(bare, pairs, 1),
        "loader, 1 thread": ours(1),
        "bare loop, 2 threads": partial(bare, pairs, 2),
        "loader, 2 threads": ours(2),
        "loader, 1 thread, all augmentation but redraw": ours(1, augment=EVERYTHING),
        "loader, 1 thread, half of it redrawn too": ours(1, augment=EVERYTHING | {"redraw": 0.5}),
        "loader, 2 threads, half of it redrawn too": ours(2, augment=EVERYTHING | {"redraw": 0.5}),
        "loader, 1 thread, half captions": ours(1, mixture={"captions": 1}),
        "loader, 1 thread, a corpus three times the memory": ours(1, memory_gb=needed_gb(data) / 3),
    }
    rates, costs = rounds(contenders, examples, count)
    base = rates["bare loop, 1 thread"]
    print(f"{'':52}{'examples/s':>11}{'x bare':>8}{'CPU ms':>8}")
    for name, each in rates.items():
        ratio = median(one / other for one, other in zip(each, base, strict=True))
        feeds = f"   {np.ceil(needs / median(each)):.0f} such feed {needs:g} images/s" if needs else ""
        print(f"{name:52}{median(each):11.1f}{ratio:8.2f}{median(costs[name]):8.2f}{feeds}")


def needed_gb(data: Location) -> float:
    return sum(shard.bytes for shard in shards_of([data], "train", [*IMAGES, "json"])) / 1e9


def main() -> None:
    """Make a corpus where none is given, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=location)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--examples", type=int, default=240)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--needs", type=float)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    if asked.data:
        compare(asked.data, asked.size, asked.examples, asked.rounds, asked.needs)
        return
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "corpus"
        generate = ["--scene", "scenes/mix.yaml", "--render", "render_configs/raster.yaml", "--samples", "48"]
        generate += ["--splits", "train=1", "--shard-size", "8", "--output", str(output)]
        subprocess.run([sys.executable, "-m", "pipeline", "generate", *generate], check=True)
        compare(output, asked.size, asked.examples, asked.rounds, asked.needs)


if __name__ == "__main__":
    main()

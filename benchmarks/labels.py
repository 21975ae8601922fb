"""Exact labels of a furnished room at 512x512 against the bare Embree trace of the same rays. Prints the ratio."""

import statistics
import time

from pipeline.compose import compose
from pipeline.config import load_recipe
from pipeline.labels import SceneTracer

ROUNDS = 9

scene = compose(load_recipe("scenes/living_room.yaml"), 1, 512, 512)
tracer = SceneTracer(scene)
rays = scene.camera.rays().reshape(-1, 3)
tracer.labels()
pairs = []
for _ in range(ROUNDS):
    start = time.perf_counter()
    tracer.first_hits(rays)
    middle = time.perf_counter()
    tracer.labels()
    pairs.append((middle - start, time.perf_counter() - middle))
ratio = statistics.median(labels / bare for bare, labels in pairs)
print(f"labels: {ratio:.2f}x the bare Embree trace ({statistics.median(b for _, b in pairs) * 1e3:.0f} ms)")

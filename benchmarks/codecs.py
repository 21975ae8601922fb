"""The codecs: speed beside hilbertmap 0.1.3, timed in turn in one process, and what eight bits cost.

Depth is encoded and decoded at 1024x1024 on one thread, from float32 metres; hilbertmap decodes colours as shares of 1,
made beforehand. Decoding is timed after a first picture, which fills the table of colours; the first is printed too.
"""

import statistics
import time

import cv2
import hilbertmap
import numpy as np

from pipeline.codecs import depth, normals, palettes, segmentation
from pipeline.compose import compose
from pipeline.config import load_recipe
from pipeline.labels import trace

ROUNDS = 7
RANGES = [(0.1, 1.0), (1.0, 10.0), (10.0, 40.0), (40.0, 80.0)]


def seconds(call, warm=False):
    """Seconds of one call; warm: after another, so that the caches and the allocator's pages are its own."""
    if warm:
        call()
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


metres = np.random.default_rng(0).uniform(0.3, 80.0, (1024, 1024)).astype(np.float32)
painted = depth.encode(metres)
scaled = painted / 255.0
first = seconds(lambda: depth.decode(painted))
for name, ours, other in (
    ("encode", lambda: depth.encode(metres), lambda: hilbertmap.depth_to_rgb(metres)),
    ("decode", lambda: depth.decode(painted), lambda: hilbertmap.rgb_to_depth(scaled)),
):
    pairs = [(seconds(ours, warm=True), seconds(other, warm=True)) for _ in range(ROUNDS)]
    ratio = statistics.median(b / a for a, b in pairs)
    ours_ms, other_ms = (1e3 * statistics.median(pair[i] for pair in pairs) for i in (0, 1))
    print(f"depth {name}: {ratio:.1f}x as fast as hilbertmap ({ours_ms:.1f} ms, {other_ms:.0f} ms)")
print(f"depth decode, first picture: {1e3 * first:.0f} ms")

values = np.random.default_rng(0).uniform(0.0, 100.0, 1_000_000).reshape(1000, 1000)
codes = depth.encode(values)
levels = np.abs(codes - hilbertmap.depth_to_rgb(values) * 255).max()
other = hilbertmap.rgb_to_depth(codes / 255.0)
# The nearest depths are black, zero metres in both.
assert np.array_equal(other == 0, depth.decode(codes) == 0)
relative = np.abs(depth.decode(codes)[other > 0] / other[other > 0] - 1).max()
print(f"parity on a million depths: encode within {levels:.2f} levels, decode within {relative:.1e}")
print("largest error of a round trip, per cent: " + ", ".join(f"{low:g}-{high:g} m" for low, high in RANGES))
for colormap in depth.COLORMAPS:
    errors = []
    for low, high in RANGES:
        line = np.linspace(low, high, 500_000)[None]
        errors.append(100 * np.abs(depth.decode(depth.encode(line, colormap), colormap) / line - 1).max())
    print(f"  {colormap:10}" + "".join(f"{error:8.1f}" for error in errors))
n = np.random.default_rng(0).normal(size=(1000, 1000, 3))
n /= np.linalg.norm(n, axis=-1, keepdims=True)
cosine = (normals.decode(normals.encode(n)) * n).sum(-1).clip(-1, 1)
print(f"normals, round trip: at most {np.degrees(np.arccos(cosine)).max():.2f} degrees")

instance = trace(compose(load_recipe("scenes/living_room.yaml"), 3, 512, 512)).instance
sizes = np.bincount(instance.ravel())
for count in (3, 8, 20):
    rng = np.random.default_rng(count)
    numbers = [int(i) for i in np.argsort(-sizes)[:count]]
    palette = {0: palettes.BLACK, **dict(zip(numbers, palettes.spread(count, rng, [palettes.BLACK]), strict=True))}
    clean = segmentation.encode(instance, palette)
    smeared = cv2.GaussianBlur(clean, (3, 3), 0).astype(int) + rng.integers(-12, 13, clean.shape)
    jpeg = cv2.imencode(".jpg", np.clip(smeared, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 75])[1]
    pictures = {"clean": clean, "blurred, noisy and JPEG": cv2.imdecode(jpeg, cv2.IMREAD_COLOR)}
    for name, picture in pictures.items():
        runs = [seconds(lambda p=picture: segmentation.decode_instances(p, palettes.BLACK)) for _ in range(ROUNDS)]
        print(f"{count} instances at 512x512, {name}: decoded in {1e3 * statistics.median(runs):.0f} ms")

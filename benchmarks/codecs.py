"""Depth codec against hilbertmap 0.1.3: 1024x1024, the two timed in turn in one process. Prints ratios."""

import statistics
import time

import hilbertmap
import numpy as np

from pipeline.codecs import depth

ROUNDS = 5


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


metres = np.random.default_rng(0).uniform(0.3, 80.0, (1024, 1024)).astype(np.float32)
painted = depth.encode(metres)
scaled = painted / 255.0
for name, ours, theirs in (
    ("encode", lambda: depth.encode(metres), lambda: hilbertmap.depth_to_rgb(metres)),
    ("decode", lambda: depth.decode(painted), lambda: hilbertmap.rgb_to_depth(scaled)),
):
    ours()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
    ratio = statistics.median(b / a for a, b in pairs)
    print(
        f"depth {name}: {ratio:.1f}x faster than hilbertmap (ours {statistics.median(a for a, _ in pairs) * 1e3:.0f} ms)"
    )

"""How fast and how small the pictures and exact labels of samples become with different encoders.

    python benchmarks/encoders.py [--scene scenes/mix.yaml] [--views 24] [--quick]

Prints CPU milliseconds and KiB of one picture of each kind (mean over the views, the faster of two runs, one thread)
and their sum over the six of a sample, the smallest first; then the same for the exact labels as OpenEXR. The pictures
are those of the raster preset at 512x512, in the form that the corpus holds. isal, zlib-ng and imagecodecs take part
where they are installed. --quick: only the encoder in use, what it replaced and its nearest rivals.
"""

from __future__ import annotations

import argparse
import importlib
import io
import time
from collections.abc import Callable
from functools import partial
from unittest import mock

import cv2
import numpy as np
import OpenEXR
from PIL import Image

from pipeline.config import load_recipe, load_render_config
from pipeline.farm.views import make_sample
from pipeline.render import open_renderer
from pipeline.shards import png
from pipeline.shards.sample import IMAGES, Sample, decode_exact, decode_image, encode_exact

Encoder = Callable[[np.ndarray, str], bytes]
STRATEGIES = ("DEFAULT", "FILTERED", "RLE", "HUFFMAN_ONLY")
FILTERS = {
    "None": cv2.IMWRITE_PNG_FILTER_NONE,
    "Sub": cv2.IMWRITE_PNG_FILTER_SUB,
    "Up": cv2.IMWRITE_PNG_FILTER_UP,
    "Avg": cv2.IMWRITE_PNG_FILTER_AVG,
    "Paeth": cv2.IMWRITE_PNG_FILTER_PAETH,
    "fast": cv2.IMWRITE_PNG_FAST_FILTERS,
    "all": cv2.IMWRITE_PNG_ALL_FILTERS,
}
EXR = ("ZIP", "ZIPS", "PIZ", "RLE", "ZSTD", "HTJ2K256", "HTJ2K32")


def opencv(**options: int) -> Encoder:
    flags = [value for name, level in options.items() for value in (getattr(cv2, f"IMWRITE_PNG_{name}"), level)]
    return lambda rgb, kind: cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), flags)[1].tobytes()


def pillow(level: int) -> Encoder:
    def encode(rgb: np.ndarray, kind: str) -> bytes:
        stream = io.BytesIO()
        Image.fromarray(rgb).save(stream, "png", compress_level=level)
        return stream.getvalue()

    return encode


def ours(level: int, image_filter: int, target_filter: int, compress: Callable[..., bytes] | None = None) -> Encoder:
    """`encode_png` with another level, and with another zlib where one is given."""

    def encode(rgb: np.ndarray, kind: str) -> bytes:
        with mock.patch.object(png, "LEVEL", level):
            return png.encode_png(rgb, image_filter if kind == "image" else target_filter)

    def patched(rgb: np.ndarray, kind: str) -> bytes:
        with mock.patch("deflate.zlib_compress", compress):
            return encode(rgb, kind)

    return encode if compress is None else patched


def installed(module: str, function: str) -> Callable[..., bytes] | None:
    try:
        return getattr(importlib.import_module(module), function)
    except ImportError:
        print(f"{module.split('.')[0]} is not installed and takes no part")
        return None


def encoders(quick: bool) -> dict[str, Encoder]:
    best = {f"libdeflate {level} Paeth, Up": ours(level, png.PAETH, png.UP) for level in (1, 2, 4, 5, 6, 7, 8)}
    some = best | {
        "OpenCV 3": opencv(COMPRESSION=3),
        "OpenCV 6": opencv(COMPRESSION=6),
        "OpenCV RLE Paeth": opencv(
            COMPRESSION=1, STRATEGY=cv2.IMWRITE_PNG_STRATEGY_RLE, FILTER=cv2.IMWRITE_PNG_FILTER_PAETH
        ),
    }
    if quick:
        return some
    every = some | {f"OpenCV {level}": opencv(COMPRESSION=level) for level in (1, 2, 4, 5, 9)}
    every |= {f"Pillow {level}": pillow(level) for level in (1, 3, 6)}
    for strategy in STRATEGIES:
        for name, value in FILTERS.items():
            for level in (1, 3, 6) if strategy in ("DEFAULT", "FILTERED") else (1,):
                every[f"OpenCV {level} {strategy} {name}"] = opencv(
                    COMPRESSION=level, STRATEGY=getattr(cv2, f"IMWRITE_PNG_STRATEGY_{strategy}"), FILTER=value
                )
    for level in (4, 6, 8):
        every[f"libdeflate {level} Up, Up"] = ours(level, png.UP, png.UP)
        every[f"libdeflate {level} Paeth, Paeth"] = ours(level, png.PAETH, png.PAETH)
    for module, levels in (("isal.isal_zlib", (0, 1, 2, 3)), ("zlib_ng.zlib_ng", (1, 2, 3, 6))):
        if compress := installed(module, "compress"):
            every |= {f"{module[:4]} {n} Paeth, Up": ours(n, png.PAETH, png.UP, compress) for n in levels}
    if encode := installed("imagecodecs", "png_encode"):
        every |= {f"imagecodecs {n}": lambda rgb, kind, n=n: encode(rgb, level=n) for n in (1, 3, 6)}
    return every


def cost(call: Callable[[], bytes]) -> tuple[float, float, bytes]:
    """Milliseconds of this thread, KiB, and the bytes."""
    times = []
    for _ in range(2):
        start = time.thread_time()
        data = call()
        times.append(time.thread_time() - start)
    return 1e3 * min(times), len(data) / 1024, data


def compare_pictures(samples: list[Sample], quick: bool) -> None:
    kinds = {kind: [s.image if kind == "image" else s.targets[kind] for s in samples] for kind in IMAGES}
    rows = []
    for name, encode in encoders(quick).items():
        means = []
        for kind, pictures in kinds.items():
            costs = [cost(partial(encode, rgb, kind)) for rgb in pictures]
            if any(not np.array_equal(decode_image(c[2], name), rgb) for c, rgb in zip(costs, pictures, strict=True)):
                raise SystemExit(f"{name}: {kind} does not come back as it was")
            means.append((np.mean([c[0] for c in costs]), np.mean([c[1] for c in costs])))
        rows.append((np.sum(means, axis=0), name, means))
    print(f"{'ms and KiB of a picture':30}" + "".join(f"{kind:>16}" for kind in kinds) + f"{'sample':>18}")
    for total, name, means in sorted(rows, key=lambda row: row[0][1]):
        cells = "".join(f"{ms:8.1f}{kib:8.1f}" for ms, kib in means)
        print(f"{name:30}{cells}{total[0]:9.1f}{total[1]:9.1f}")


def compare_exact(samples: list[Sample]) -> None:
    print(f"{'exact labels as OpenEXR':30}{'ms':>8}{'KiB':>9}{'to read, ms':>12}")
    for name in EXR:
        if (compression := getattr(OpenEXR, f"{name}_COMPRESSION", None)) is None:
            print(f"{name:30}not in OpenEXR {OpenEXR.__version__}")
            continue
        rows = []
        for sample in samples:
            with mock.patch.object(OpenEXR, "ZIP_COMPRESSION", compression):
                ms, kib, data = cost(partial(encode_exact, sample.exact))
            start = time.thread_time()
            again = decode_exact(data, name)
            rows.append((ms, kib, 1e3 * (time.thread_time() - start)))
            if any(not np.array_equal(again[field], values) for field, values in sample.exact.items()):
                raise SystemExit(f"{name}: the labels do not come back as they were")
        ms, kib, reading = np.mean(rows, axis=0)
        print(f"{name:30}{ms:8.1f}{kib:9.1f}{reading:12.1f}")


def main() -> None:
    """Render, encode, decode again, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scene", default="scenes/mix.yaml")
    parser.add_argument("--views", type=int, default=24)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    recipe = load_recipe(asked.scene)
    with open_renderer(load_render_config("render_configs/raster.yaml")) as renderer:
        samples = [make_sample(recipe, renderer, (512, 512), 0, index, True)[0] for index in range(asked.views)]
    compare_pictures(samples, asked.quick)
    compare_exact(samples)


if __name__ == "__main__":
    main()

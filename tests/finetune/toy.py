"""Flat toy views: a disc and a square on a sloping ground, small enough to train on within a test."""

import json

import numpy as np

from pipeline.codecs import depth, normals, segmentation
from pipeline.shards.read import SCHEMA_VERSION
from pipeline.shards.sample import Sample, to_files
from pipeline.shards.write import write_shard

CLASSES = ["background", "ground", "box", "sphere"]
PALETTE = {0: (0, 0, 0), 1: (255, 0, 0), 2: (0, 255, 0), 3: (255, 255, 255)}
COLORS = {"red": (200, 30, 30), "green": (30, 150, 40), "blue": (30, 60, 210)}


def toy_sample(seed, size=32, exact=True):
    """A Sample with every task: instance 1 is a square, 2 a disc, standing apart."""
    rng = np.random.default_rng(seed)
    v, u = np.mgrid[:size, :size].astype(float) / size
    left, right = rng.uniform(0.15, 0.35), rng.uniform(0.65, 0.85)
    disc_x, square_x = (left, right) if rng.random() < 0.5 else (right, left)
    y, radius = rng.uniform(0.4, 0.7), rng.uniform(0.1, 0.16)
    disc = (u - disc_x) ** 2 + (v - y) ** 2 < radius**2
    square = np.maximum(abs(u - square_x), abs(v - y)) < radius
    sky = v < 0.1
    instance = np.where(disc, 2, np.where(square, 1, 0)).astype(np.uint16)
    semantic = np.where(disc, 3, np.where(square, 2, np.where(sky, 0, 1))).astype(np.uint16)
    depth_m = np.where(instance > 0, 2.0, np.where(sky, np.inf, 2.0 / np.maximum(v, 0.05))).astype(np.float32)
    direction = np.where((instance > 0)[..., None], (0.0, 0.0, 1.0), (0.0, 0.8, 0.6)) * ~sky[..., None]
    names = [str(name) for name in rng.choice(list(COLORS), 2, replace=False)]
    image = np.where(sky, 230, np.where(instance == 0, 110, 0))[..., None] * np.ones(3)
    image[square], image[disc] = COLORS[names[0]], COLORS[names[1]]
    kind, number, name = ("box", 1, names[0]) if rng.random() < 0.5 else ("sphere", 2, names[1])
    targets = {
        "depth": depth.encode(depth_m),
        "normal": normals.encode(direction),
        "semantic": segmentation.encode(semantic, PALETTE),
        "instance": segmentation.encode(instance, {0: (0, 0, 0), number: (255, 0, 0)}),
        "referring": segmentation.encode(instance, {0: (0, 0, 0), number: (255, 255, 255)}),
    }
    prompts = {
        "depth": "Generate a metric depth map of this image.",
        "normal": "Paint the surface normals.",
        "semantic": "Paint classes: ground: red, box: lime, sphere: white. The rest is black.",
        "instance": f"Segment every {kind} in a different color, with black as the background.",
        "referring": f"Paint the {name} {kind} in white. Paint everything else black.",
    }
    codecs = {
        "depth": {"colormap": "hilbert", "lambda": -3.0, "c": 10 / 3},
        "normal": {"convention": "vision_banana"},
        "semantic": {"palette": [{"class": CLASSES[i], "id": i, "color": list(c)} for i, c in PALETTE.items()]},
        "instance": {"class": kind, "background": [0, 0, 0], "colors": [{"id": number, "color": [255, 0, 0]}]},
        "referring": {
            "background": [0, 0, 0],
            "referents": [{"text": f"the {name} {kind}", "color": [255, 255, 255], "ids": [number]}],
        },
    }
    labels = {"depth": depth_m, "normals": direction.astype(np.float32), "instance": instance, "semantic": semantic}
    caption = f"A {names[0]} box and a {names[1]} sphere."
    meta = {"prompts": prompts, "codecs": codecs, "caption": caption, "caption_long": f"{caption} The ground is gray."}
    return Sample(f"toy-0-{seed:08d}", image.astype(np.uint8), targets, meta, labels if exact else None)


def toy_corpus(
    folder, train=8, test=4, size=32, exact=True, shard_size=100, formats=("webdataset",), drop=(), damage=()
):
    """Write a corpus of toy views and return its folder. drop, damage: fields that are left out, or no pictures."""
    splits = {"train": range(train), "test": range(1000, 1000 + test)}
    folder.mkdir(parents=True)
    (folder / "dataset.json").write_text(
        json.dumps({"schema_version": SCHEMA_VERSION, "config": {}, "splits": list(splits), "classes": CLASSES})
    )
    for split, seeds in splits.items():
        (folder / split).mkdir()
        rows = [(sample.key, to_files(sample)) for sample in (toy_sample(seed, size, exact) for seed in seeds)]
        for _, files in rows:
            for field in drop:
                del files[f"{field}.png"]
            for field in damage:
                files[f"{field}.png"] = b"no picture"
        shards = []
        for number in range(-(-len(rows) // shard_size)):
            some = rows[number * shard_size : (number + 1) * shard_size]
            files = write_shard(folder / split / f"shard-{number:06d}", some, formats)
            shards.append({"name": f"shard-{number:06d}", "samples": len(some), "files": files, "rejected": []})
        (folder / split / "manifest.json").write_text(json.dumps({"shards": shards}))
    return folder


TINY = {"image_size": 32, "patch": 4, "widths": [32, 64], "text_width": 32, "text_layers": 1, "vocabulary": 400}
"""A model that trains at some hundred images a second."""


def assert_same_painting(one, other):
    """Equal but for rounding: sums of floats depend on the number of threads, and a value may lie between two levels."""
    difference = np.abs(np.asarray(one, int) - np.asarray(other, int))
    assert difference.max() <= 1 and (difference > 0).mean() < 0.01

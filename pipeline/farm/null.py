"""Samples of nothing: the farm by itself, for load tests. `render_configs/null.yaml` asks for them."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np

from pipeline.codecs.tasks import TASKS
from pipeline.farm.beat import Beat
from pipeline.farm.job import Job
from pipeline.farm.maker import Made, Sampler
from pipeline.shards.sample import encode_image


class NullSampler(Sampler):
    """Hands out the same grey picture for every field, under the right key: no scene, no renderer, no labels."""

    def __init__(self, job: Job, threads: int, beat: Beat) -> None:
        self.job = job
        self.beat = beat
        self.picture = encode_image(np.full((job.render.height, job.render.width, 3), 128, np.uint8))

    def prepare(self, index: int, first: int = 0, record: Any = None) -> Any:
        """Only the number."""
        return index

    def draw(self, prepared: Any) -> Any:
        """Nothing."""
        return None

    def pack(self, prepared: Any, image: Any) -> Made:
        """The fields of every sample, all grey."""
        since = time.perf_counter()
        recipe, seed, index = self.job.recipe.name, self.job.seed, int(prepared)
        key = f"{recipe}-{seed}-{index:08d}"
        files = {f"{name}.png": self.picture for name in ("image", *TASKS)}
        meta = {"key": key, "recipe": recipe, "seed": seed, "index": index, "renderer": "null", "instances": []}
        files["json"] = json.dumps(meta, separators=(",", ":")).encode()
        return Made(index, key, files, seconds={"encode": time.perf_counter() - since})

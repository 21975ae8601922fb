"""The Ray actor: owns one renderer, turns shards into files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.farm.job import Job, Shard
from pipeline.farm.views import make_sample
from pipeline.render import Renderer, open_renderer
from pipeline.shards.sample import to_files
from pipeline.shards.write import write_shard


class Worker:
    """Renders shards of one job. The renderer starts with the first shard and stays."""

    def __init__(self, job: Job, threads: int) -> None:
        self.job = job
        self.threads = threads
        self.renderer: Renderer | None = None

    def make(self, shard: Shard) -> Iterator[dict[str, Any]]:
        """Write one shard. Yields {"index": int, "rejected": int} after every sample and, last, the manifest entry."""
        import cv2

        # One actor, one core: Ray places as many actors as there are cores.
        cv2.setNumThreads(1)
        if self.renderer is None:
            self.renderer = open_renderer(self.job.render, threads=self.threads)
        size = (self.job.render.width, self.job.render.height)
        rows, rejected = [], []
        for index in range(shard.start, shard.stop):
            sample, refused = make_sample(self.job.recipe, self.renderer, size, self.job.seed, index, self.job.exact)
            rejected += refused
            rows.append((sample.key, to_files(sample, self.job.render.image_format)))
            yield {"index": index, "rejected": len(refused)}
        files = write_shard(self.job.output / shard.split / shard.name, rows, self.job.formats)
        yield {"name": shard.name, "samples": len(rows), "files": files, "rejected": rejected}

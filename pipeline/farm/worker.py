"""The Ray actor: owns one renderer, turns shards into files."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from typing import Any

from pipeline.compose import class_list, listed_models, take_broken
from pipeline.config import MixRecipe
from pipeline.errors import ConfigError
from pipeline.farm.job import Job, Shard
from pipeline.farm.views import make_sample
from pipeline.render import Renderer, open_renderer
from pipeline.shards.corpus import difference
from pipeline.shards.sample import Sample, to_files
from pipeline.shards.write import write_shard


class Worker:
    """Renders shards of one job. The renderer starts with the first shard and stays."""

    def __init__(self, job: Job, threads: int) -> None:
        self.job = job
        self.threads = threads
        self.renderer: Renderer | None = None

    def make(self, shard: Shard, without: dict[int, str]) -> Iterator[dict[str, Any]]:
        """Write one shard. Yields {"next": index, "done": int, "rejected": int} before every sample, then the manifest entry.

        without: samples left out, and why. done and rejected: samples and refused attempts of this shard so far.
        """
        import cv2

        # One actor, one core: Ray places as many actors as there are cores.
        cv2.setNumThreads(1)
        if self.renderer is None:
            check_catalogues(self.job)
            self.renderer = open_renderer(self.job.render, threads=self.threads)
        rows: list[tuple[str, dict[str, bytes]]] = []
        rejected: list[dict[str, Any]] = []
        sources: set[str] = set()
        broken: dict[str, str] = {}
        self._broken()
        for index in range(shard.start, shard.stop):
            if index in without:
                continue
            yield {"next": index, "done": len(rows), "rejected": len(rejected)}
            sample, refused = self.sample(index)
            rejected += refused
            sources |= {row["source"] for row in sample.meta["instances"]} | {sample.meta["environment"]}
            broken |= self._broken()
            rows.append((sample.key, to_files(sample, self.job.render.image_format)))
        yield {"next": None, "done": len(rows), "rejected": len(rejected)}
        files = write_shard(self.job.output / shard.split / shard.name, rows, self.job.formats)
        quarantined = [{"index": index, "reason": reason} for index, reason in sorted(without.items())]
        yield {
            "name": shard.name,
            "samples": len(rows),
            "files": files,
            "rejected": rejected,
            "quarantined": quarantined,
            "assets": sorted(sources - {"plantain"}),
            "broken_assets": dict(sorted(broken.items())),
        }

    def _broken(self) -> dict[str, str]:
        """Catalogue models that could not be used since this was last asked: those of the samples in between."""
        recipe = self.job.recipe
        members = recipe.members.values() if isinstance(recipe, MixRecipe) else [recipe]
        return {source: reason for member in members for source, reason in take_broken(member).items()}

    def sample(self, index: int) -> tuple[Sample, list[dict[str, Any]]]:
        """Sample number `index` of the job, and the attempts rejected on the way."""
        if self.renderer is None:
            raise RuntimeError("the renderer is not open")
        size = (self.job.render.width, self.job.render.height)
        return make_sample(self.job.recipe, self.renderer, size, self.job.seed, index, self.job.exact)


def check_catalogues(job: Job) -> None:
    """Raises ConfigError where this machine's catalogues are not those of the machine that started `job`.

    Semantic ids are places in the class list, and a draw is a place in a list of models: both must be the same.
    """
    for source, here in listed_models(job.recipe).items():
        if job.catalogues and dict(job.catalogues.get(source, {})) != here:
            raise ConfigError(
                f"assets.sources: {source}: {platform.node()} has other models there ({here['models']}) than the machine "
                f"that started the run ({job.catalogues.get(source, {}).get('models', 'none')}); give all nodes the same files"
            )
    if job.classes and (what := difference(job.classes, class_list(job.recipe))):
        raise ConfigError(
            f"{platform.node()}: the class list is not that of the machine that started the run ({what}); "
            "give all nodes the same Plantain and the same files"
        )

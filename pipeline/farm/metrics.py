"""What Prometheus learns of a run: Ray exports these from every node, under the names given here with "ray_" before them.

Ray sends them every ten seconds or so, and a worker is killed at the end of a run: what it did last may be missing. The
exact account of a run is run.json.
"""

from __future__ import annotations

import string
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from pipeline.farm.maker import Made
    from pipeline.farm.progress import Progress

SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
"""Bounds of the histogram. Ray takes the middles of its classes for its sum: exact sums are in plantain_busy_seconds_total."""


class WorkerMetrics:
    """Of one worker. corpus: tag of all of them, to tell runs on one cluster apart."""

    def __init__(self, corpus: str) -> None:
        make = _maker(corpus)
        self._samples = make("Counter", "plantain_samples_total", "Samples made")
        self._rejected = make("Counter", "plantain_rejected_total", "Views drawn again, by recipe", "recipe")
        self._failures = make("Counter", "plantain_failures_total", "Shards given back, by kind of fault", "kind")
        self._busy = make("Counter", "plantain_busy_seconds_total", "Wall time by stage", "stage")
        self._seconds = make(
            "Histogram", "plantain_stage_seconds", "Wall time of a sample, or of writing a shard, by stage", "stage"
        )
        self._resident = make("Gauge", "plantain_resident_bytes", "Memory of the process that makes samples")
        self._since: defaultdict[str, float] = defaultdict(float)

    def made(self, made: Made) -> None:
        """A sample is finished."""
        self._samples.inc()
        for refusal in made.rejected:
            self._rejected.inc(tags={"recipe": refusal["recipe"]})
        for stage, seconds in made.seconds.items():
            self.took(stage, seconds)

    def took(self, stage: str, seconds: float) -> None:
        """A stage took so long."""
        self._seconds.observe(seconds, tags={"stage": stage})
        self._since[stage] += seconds

    def failed(self, kind: str) -> None:
        """A shard is given back. kind: as pipeline.farm.maker.Fault has it, or "store" when it could not be written."""
        self._failures.inc(tags={"kind": kind})

    def report(self, resident_bytes: int) -> None:
        """Called once a report: what need not be told for every sample."""
        self._resident.set(resident_bytes)
        for stage, seconds in self._since.items():
            if seconds > 0:
                self._busy.inc(seconds, tags={"stage": stage})
        self._since.clear()


class DriverMetrics:
    """Of a run as a whole."""

    def __init__(self, corpus: str) -> None:
        make = _maker(corpus)
        self._done = make("Gauge", "plantain_samples_done", "Samples that are there, those of unfinished shards too")
        self._wanted = make("Gauge", "plantain_samples_wanted", "Samples that the corpus is to have")
        self._workers = make("Gauge", "plantain_workers", "Workers that are ready")
        self._counters = {
            "retries": make("Counter", "plantain_retries_total", "Shards begun again after a fault"),
            "lost": make("Counter", "plantain_lost_workers_total", "Workers that died"),
            "quarantined": make("Counter", "plantain_quarantined_total", "Samples left out"),
        }
        self._told: Counter[str] = Counter()

    def tell(self, progress: Progress) -> None:
        """Called about once a second."""
        self._done.set(progress.done)
        self._wanted.set(progress.total)
        self._workers.set(sum(bool(hand.node) for hand in progress.hands))
        now = {"retries": progress.retries, "lost": progress.lost, "quarantined": len(progress.quarantined)}
        for name, count in now.items():
            if count > self._told[name]:
                self._counters[name].inc(count - self._told[name])
                self._told[name] = count


def _maker(corpus: str) -> Any:
    """make(kind, name, description, *tag keys) -> a metric of Ray's, tagged with the corpus."""
    from ray.util import metrics

    kinds = {
        "Counter": metrics.Counter,
        "Gauge": metrics.Gauge,
        "Histogram": lambda *args, **more: metrics.Histogram(*args, boundaries=list(SECONDS), **more),
    }

    # Ray sends tags as ASCII: other letters are percent-encoded.
    tag = quote(corpus, safe=string.printable)

    def make(kind: str, name: str, description: str, *tags: str) -> Any:
        metric = kinds[kind](name, description=description, tag_keys=("corpus", *tags))
        metric.set_default_tags({"corpus": tag})
        return metric

    return make

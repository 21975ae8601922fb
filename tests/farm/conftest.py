"""One Ray for all tests of runs: it takes seconds to start, and longer on a busy machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="package")
def own_ray() -> Iterator[None]:
    """A Ray of this process's own with two cores, which a run finds and keeps. Its metrics are a second old at most."""
    ray = pytest.importorskip("ray")
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        logging_level="ERROR",
        _system_config={"metrics_report_interval_ms": 1000},
    )
    yield
    ray.shutdown()

"""The Ray actor on a machine that is not like the driver's."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from types import SimpleNamespace

import pytest
import ray

from pipeline.config import load_recipe, load_render_config
from pipeline.errors import ConfigError
from pipeline.farm import Job, Limits, worker
from pipeline.farm.worker import Worker

RECIPE, NULL = load_recipe("scenes/primitives.yaml"), load_render_config("render_configs/null.yaml")


@pytest.fixture
def node(monkeypatch):
    """Puts a worker on a pretended node: CPUs that the node lends, and what the worker was assigned."""

    def be(cpus, **assigned):
        context = SimpleNamespace(get_node_id=lambda: "here", get_assigned_resources=lambda: assigned)
        monkeypatch.setattr(ray, "get_runtime_context", lambda: context)
        there = [("here", cpus), ("elsewhere", 512.0)]
        monkeypatch.setattr(ray, "nodes", lambda: [{"NodeID": name, "Resources": {"CPU": n}} for name, n in there])

    return be


def worker_of(tmp_path, **fields):
    job = replace(Job(RECIPE, NULL, tmp_path, 10), **fields)
    return Worker(job, Limits(), b"", 1, None)


def test_a_node_with_another_version_of_what_decides_the_bytes_is_refused_by_name(tmp_path, node):
    node(1.0, CPU=1.0)
    same = {name: version(name) for name in ("numpy", "scipy")}
    assert worker_of(tmp_path, packages=same).ready()["node"]
    for other in ({"numpy": "1.0.0"}, {"no-such-package": "3.1"}):
        name, wanted = next(iter(other.items()))
        with pytest.raises(ConfigError, match=rf"{name} .* instead of {wanted}.*pip install '{name}=={wanted}' there"):
            worker_of(tmp_path, packages=same | other).ready()


def test_the_versions_that_workers_compare_are_no_setting_of_the_corpus(tmp_path):
    job = Job(RECIPE, NULL, tmp_path, 10)
    assert replace(job, packages={"numpy": "1.0.0"}).describe() == job.describe()


@pytest.mark.parametrize(("cpus", "own", "workers"), [(16.0, 1.0, 16), (16.0, 4.0, 4), (16.0, 3.0, 5), (2.0, 0.5, 4)])
def test_the_workers_that_fit_a_node_share_its_memory(tmp_path, node, monkeypatch, cpus, own, workers):
    node(cpus, CPU=own, GPU=0.25)
    monkeypatch.setattr(worker, "machine_memory", lambda: 1000)
    assert worker_of(tmp_path).memory_bytes == int(worker.SHARE * 1000 / workers)

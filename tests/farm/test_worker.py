"""The Ray actor on a machine that is not like the driver's."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from importlib.metadata import version
from types import SimpleNamespace

import cloudpickle
import pytest
import ray

from pipeline.config import load_recipe, load_render_config
from pipeline.errors import ConfigError
from pipeline.farm import Job, Limits, worker
from pipeline.farm.child import Child, ChildFailed
from pipeline.farm.maker import Sampler, settled
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


@pytest.mark.parametrize(("assigned", "device"), [({"CPU": 1.0, "GPU": 0.25}, "gpu"), ({"CPU": 1.0}, "cpu")])
def test_a_worker_renders_on_the_gpu_that_was_reserved_for_it_and_on_no_other(tmp_path, node, assigned, device):
    node(4.0, **assigned)
    chosen = worker_of(tmp_path).device
    cycles = load_render_config("render_configs/cycles.yaml")
    job = Job(RECIPE, cycles, tmp_path, 10)
    assert cycles.device == "auto" and settled(job, chosen).render.device == device
    for said in ("cpu", "gpu"):
        plain = replace(job, render=cycles.model_copy(update={"device": said}))
        assert settled(plain, chosen) == plain
    raster = replace(job, render=load_render_config("render_configs/raster.yaml"))
    assert settled(raster, chosen) == raster


def test_a_worker_whose_gpu_cycles_cannot_use_says_so_and_does_not_turn_to_the_cpu(tmp_path, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    cycles = load_render_config("render_configs/cycles_preview.yaml")
    work = cloudpickle.dumps((Job(RECIPE, cycles, tmp_path, 10), 1, Sampler))
    child = Child(work, 1, Limits(), 4 * 2**30, "gpu")

    def wait():
        with contextlib.closing(child):
            while not child.open():
                pass

    with pytest.raises(ChildFailed) as failed:
        wait()
    assert failed.value.fault.kind == "config" and "asks for a graphics card" in failed.value.fault.reason

"""Workers that die, raise and never manage a sample, injected into real Ray runs."""

import json
import os
import sys

import pytest
import ray

from pipeline.compose import class_list
from pipeline.config import load_recipe, load_render_config
from pipeline.errors import ConfigError
from pipeline.farm import FarmError, Job, generate
from pipeline.farm.worker import Worker
from pipeline.shards.corpus import claimed
from pipeline.shards.read import CorpusError, read_manifest, read_samples

RECIPE, RENDER = load_recipe("scenes/primitives.yaml"), load_render_config("render_configs/preview.yaml")


@pytest.fixture(scope="module", autouse=True)
def cluster():
    """One Ray for all; its workers cannot import this file, so what is defined here travels whole."""
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()


def job(folder, samples=8, **changes):
    return Job(RECIPE, RENDER, folder, samples, splits=(("train", 1.0),), shard_size=4, exact=False, **changes)


def keys(folder):
    return [sample.key for sample in read_samples(folder, "train")]


def faulty(action, index, marker=None):
    """A worker class that runs `action` when it comes to sample `index`; with a marker file, the first time only."""

    class Faulty(Worker):
        def sample(self, number):
            if number == index and not (marker and marker.exists()):
                if marker:
                    marker.touch()
                action()
            return super().sample(number)

    return Faulty


def die():
    os._exit(1)


def fail():
    raise MemoryError("no more")


@pytest.mark.parametrize("action", [die, fail])
def test_a_worker_lost_once_leaves_no_trace_in_the_bytes(tmp_path, action):
    done = generate(job(tmp_path / "faulty"), 2, worker=faulty(action, 5, tmp_path / "marker"))
    generate(job(tmp_path / "sound"), 2)
    assert (done.retries, done.done, done.quarantined) == (1, 8, [])
    for name in ("shard-000000.tar", "shard-000001.parquet", "manifest.json"):
        assert (tmp_path / "faulty/train" / name).read_bytes() == (tmp_path / "sound/train" / name).read_bytes()


@pytest.mark.parametrize(("action", "reason"), [(die, "its worker died"), (fail, "MemoryError: no more")])
def test_a_sample_that_kills_every_worker_is_left_out_and_named(tmp_path, action, reason):
    done = generate(job(tmp_path / "a"), 2, worker=faulty(action, 5))
    assert done.done == 7 and done.retries == 2
    assert keys(tmp_path / "a") == [f"primitives-0-{i:08d}" for i in range(8) if i != 5]
    quarantined = read_manifest(tmp_path / "a", "train")["quarantined"]
    assert [sample["index"] for sample in quarantined] == [5] and reason in quarantined[0]["reason"]
    again = generate(job(tmp_path / "a"), 2)
    assert again.resumed == 7 and again.quarantined == quarantined


def test_a_machine_that_makes_nothing_stops_the_run_with_the_reason(tmp_path):
    class Broken(Worker):
        def sample(self, number):
            raise RuntimeError("no display")

    with pytest.raises(
        FarmError, match="3 of 8 samples could not be made, the first for this: RuntimeError: no display"
    ):
        generate(job(tmp_path / "a"), 1, worker=Broken)
    assert generate(job(tmp_path / "a"), 1).done == 8


def test_a_recipe_that_cannot_be_met_is_named_without_trying_the_same_again(tmp_path):
    recipe = load_recipe("scenes/primitives.yaml", ["spread_m=0.2", "count=6"])
    impossible = Job(recipe, RENDER, tmp_path / "a", 4, splits=(("train", 1.0),), shard_size=4)
    with pytest.raises(FarmError, match=r"none of 64 attempts gave a usable view.*no room"):
        generate(impossible, 1)


def test_a_full_disk_stops_the_run_and_it_resumes_when_there_is_room(tmp_path):
    class Full(Worker):
        def make(self, shard, without):
            if shard.number == 1:
                yield {"next": shard.start, "done": 0, "rejected": 0}
                raise OSError(28, "No space left on device")
            yield from super().make(shard, without)

    with pytest.raises(FarmError, match="No space left on device.*resumes"):
        generate(job(tmp_path / "a"), 1, worker=Full)
    done = generate(job(tmp_path / "a"), 1)
    assert (done.resumed, done.done) == (4, 8)


def test_a_shard_that_the_driver_cannot_see_is_not_recorded(tmp_path):
    class Elsewhere(Worker):
        def __init__(self, work, threads):
            super().__init__(work, threads)
            object.__setattr__(work, "output", tmp_path / "elsewhere")
            (tmp_path / "elsewhere/train").mkdir(parents=True, exist_ok=True)

    with pytest.raises(CorpusError, match="storage all nodes share"):
        generate(job(tmp_path / "a"), 1, worker=Elsewhere)


def test_a_bad_configuration_found_by_a_worker_is_reported_as_such(tmp_path):
    def refuse():
        raise ConfigError("render_configs/x.yaml: no such thing")

    with pytest.raises(ConfigError, match="no such thing"):
        generate(job(tmp_path / "a"), 1, worker=faulty(refuse, 0))


def test_two_runs_cannot_write_one_folder(tmp_path):
    work = job(tmp_path / "a")
    with (
        claimed(work.output, work.describe(), class_list(RECIPE), False),
        pytest.raises(CorpusError, match="another run is writing"),
    ):
        generate(work, 1)
    assert generate(work, 1).done == 8


def test_another_version_does_not_mix_its_views_in(tmp_path):
    work = job(tmp_path / "a")
    generate(work, 1)
    info = json.loads((work.output / "dataset.json").read_text())
    info["packages"]["numpy"] = "1.0"
    (work.output / "dataset.json").write_text(json.dumps(info))
    with pytest.raises(CorpusError, match="numpy was 1.0, now"):
        generate(work, 1)

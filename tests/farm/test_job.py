import sys
from pathlib import Path

import pytest

from pipeline.config import load_recipe, load_render_config
from pipeline.errors import ConfigError
from pipeline.farm import Job, Plan, parse_formats, parse_splits

RECIPE, RENDER = load_recipe("scenes/primitives.yaml"), load_render_config("render_configs/preview.yaml")


@pytest.mark.parametrize("samples", [1, 7, 10, 64, 100, 129, 1000])
def test_a_plan_covers_every_sample_once(samples):
    shards = Plan(Job(RECIPE, RENDER, Path("x"), samples, shard_size=16))
    covered = [index for shard in shards for index in range(shard.start, shard.stop)]
    assert covered == list(range(samples))


@pytest.mark.parametrize("splits", [(("train", 1.0),), (("train", 0.5), ("val", 0.0), ("test", 0.5))])
def test_a_shard_is_found_where_the_plan_has_it(splits):
    shards = Plan(Job(RECIPE, RENDER, Path("x"), 1000, splits=splits, shard_size=16))
    assert [shards.place(shard.split, shard.number) for shard in shards] == list(range(len(shards)))
    assert shards.place("train", 10**6) is None and shards.place("dev", 0) is None


def test_a_plan_of_a_hundred_million_views_takes_no_memory():
    shards = Plan(Job(RECIPE, RENDER, Path("x"), 10**8))
    assert len(shards) == 1_562_500 and shards[-1 + len(shards)].stop == 10**8
    assert sys.getsizeof(shards) < 1000


def test_splits_get_their_shares():
    shards = Plan(Job(RECIPE, RENDER, Path("x"), 1000))
    sizes = {name: sum(s.stop - s.start for s in shards if s.split == name) for name in ("train", "val", "test")}
    assert sizes == {"train": 800, "val": 100, "test": 100}


@pytest.mark.parametrize(
    "text", ["train=0.5", "train=1.5,val=-0.5", "dev=1", "train", "train=0.5,train=0.5", "train=x"]
)
def test_bad_splits_are_refused_in_one_line(text):
    with pytest.raises(ConfigError, match="--splits"):
        parse_splits(text)


def test_an_unknown_format_is_named():
    with pytest.raises(ConfigError, match="'hdf5'.*webdataset"):
        parse_formats("hdf5")

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import load_render_config
from pipeline.errors import ConfigError
from pipeline.farm.machines import Cluster, Node

CYCLES, RASTER = (load_render_config(f"render_configs/{name}.yaml") for name in ("cycles", "raster"))
GIB = 2**30


def cluster(*nodes, local=False):
    """Of (cores, gpus) or (cores, gpus, GiB) each."""
    made = (Node(f"node-{i}", f"10.0.0.{i}", c, g, (m[0] if m else 64) * GIB) for i, (c, g, *m) in enumerate(nodes))
    return Cluster(local, tuple(made))


@pytest.mark.parametrize("render", [CYCLES, RASTER])
def test_without_gpus_a_worker_takes_one_core(render):
    many = cluster((0, 0), (16, 0), (8, 0))
    options = many.worker_options(render)
    assert options == {"num_cpus": 1, "num_gpus": 0}
    assert many.places(options) == many.cores == 24


@pytest.mark.parametrize(
    ("nodes", "share", "cores"),
    [
        ([(16, 1)], 0.25, 4),
        ([(2, 1)], 0.5, 1),
        ([(1, 1)], 1, 1),
        ([(96, 8)], 0.25, 3),
        ([(4, 8)], 1, 1),
        ([(64, 0), (16, 1)], 0.25, 4),
        ([(32, 1), (8, 1)], 0.25, 2),
    ],
)
def test_workers_share_a_nodes_gpus_and_cores_evenly(nodes, share, cores):
    assert cluster(*nodes).worker_options(CYCLES) == {"num_cpus": cores, "num_gpus": share}


def test_where_there_are_gpus_only_nodes_that_have_them_get_workers():
    mixed = cluster((64, 0), (16, 1))
    assert mixed.places(mixed.worker_options(CYCLES)) == 4
    without = mixed.worker_options(CYCLES, gpus_per_worker=0)
    assert mixed.places(without) == 80 and without["runtime_env"] == {"env_vars": {"CUDA_VISIBLE_DEVICES": ""}}


def test_a_preset_that_asks_for_the_cpu_leaves_gpus_alone():
    on_cpu = load_render_config("render_configs/cycles.yaml", ["device=cpu"])
    assert cluster((16, 1)).worker_options(on_cpu) == {"num_cpus": 1, "num_gpus": 0}


def test_memory_that_is_reserved_bounds_the_workers_of_a_node():
    two = cluster((16, 0, 12), (2, 0, 100))
    assert two.places(two.worker_options(CYCLES, memory_gb=3)) == 4 + 2


@given(st.lists(st.tuples(st.integers(1, 128), st.integers(0, 16)), min_size=1, max_size=5))
def test_every_gpu_is_used_and_no_node_is_promised_more_than_it_has(nodes):
    them = cluster(*nodes)
    options = them.worker_options(CYCLES)
    for node in them.nodes:
        alone = Cluster(False, (node,)).places(options)
        assert alone * options["num_cpus"] <= node.cores and alone * options["num_gpus"] <= node.gpus + 1e-3
        if options["num_gpus"]:
            assert alone >= min(node.gpus, node.cores)


def test_no_more_workers_than_shards_are_started_and_more_than_fit_if_asked_for():
    one = cluster((4, 0))
    options = one.worker_options(CYCLES)
    assert [one.worker_count(*wanted, options) for wanted in [(None, 100), (None, 3), (64, 100), (64, 10)]] == [
        4,
        3,
        64,
        10,
    ]


def test_a_cluster_that_has_shrunk_to_its_head_wants_to_be_told_how_far_to_grow():
    head = cluster((0, 0))
    options = head.worker_options(CYCLES)
    with pytest.raises(ConfigError, match=r"--workers: no place for a worker \(num_cpus 1\) on the cluster's 1 nodes"):
        head.worker_count(None, 10, options)
    assert head.worker_count(8, 10, options) == 8


def test_on_a_machine_of_ones_own_a_worker_that_has_no_room_is_an_error_not_a_wait():
    laptop = cluster((4, 0), local=True)
    for wanted in (None, 2):
        with pytest.raises(ConfigError, match=r"--gpus-per-worker: no place .* on this machine \(cores 4, gpus 0\)"):
            laptop.worker_count(wanted, 10, laptop.worker_options(CYCLES, gpus_per_worker=1))
    assert laptop.worker_count(64, 10, laptop.worker_options(CYCLES)) == 4

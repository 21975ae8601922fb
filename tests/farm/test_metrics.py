"""A real Ray, and what its metrics endpoint says."""

import time
import urllib.request

import pytest
import ray
from prometheus_client.parser import text_string_to_metric_families

from pipeline.config import load_recipe, load_render_config
from pipeline.farm import Job, Limits, generate
from tests.farm.faulty import fail, faulty, held

RECIPE, NULL = load_recipe("scenes/primitives.yaml"), load_render_config("render_configs/null.yaml")


pytestmark = [pytest.mark.usefixtures("own_ray"), pytest.mark.timeout(900)]


def scraped(corpus):
    """{(name, tag or None): value} of the metrics of one corpus, summed over processes."""
    node = ray.nodes()[0]
    url = f"http://{node['NodeManagerAddress']}:{node['MetricsExportPort']}/metrics"
    found = {}
    with urllib.request.urlopen(url, timeout=20) as answer:
        for family in text_string_to_metric_families(answer.read().decode()):
            for sample in family.samples:
                if sample.name.startswith("ray_plantain") and sample.labels["corpus"] == corpus:
                    tag = next(
                        (sample.labels[key] for key in ("recipe", "kind", "stage") if key in sample.labels), None
                    )
                    key = sample.name.removeprefix("ray_plantain_"), tag
                    found[key] = found.get(key, 0.0) + sample.value
    return found


def test_prometheus_counts_every_sample_and_every_fault(tmp_path):
    output, wanted, found = tmp_path / "cörpus", 24, {}

    told = {
        ("samples_total", None): wanted,
        ("samples_done", None): wanted,
        ("samples_wanted", None): wanted,
        ("workers", None): 2,
        ("failures_total", "exception"): 1,
        ("retries_total", None): 1,
        ("stage_seconds_count", "encode"): wanted,
        ("stage_seconds_count", "write"): 6,
    }

    gate = tmp_path / "gate"

    def look(progress):
        # Before there are two of them, one might make everything by itself.
        if sum(bool(hand.node) for hand in progress.hands) == 2:
            gate.touch()
        # The workers live as long as this goes on: what they did last is still to come.
        deadline = time.monotonic() + 400
        while progress.done == wanted and time.monotonic() < deadline:
            found.update(scraped(f"{tmp_path}/c%C3%B6rpus"))
            if told.items() <= found.items():
                return
            time.sleep(0.5)
        # The driver tells Ray once a second at most: so every look comes after it has told what it knows.
        time.sleep(1.1)

    sampler = faulty(fail, 13, marker=tmp_path / "marker", base=held(gate))
    job = Job(RECIPE, NULL, output, wanted, splits=(("train", 1.0),), shard_size=4, exact=False)
    generate(job, 2, on_progress=look, sampler=sampler, limits=Limits(silent_seconds=120.0))
    assert {key: found.get(key) for key in told} == told
    assert found["busy_seconds_total", "encode"] > 0
    assert found["resident_bytes", None] > 10e6

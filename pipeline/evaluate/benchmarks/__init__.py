"""Public benchmarks, read from the original files that people have: one module each says what, whence and how scored."""

from __future__ import annotations

from functools import partial

from pipeline.errors import ConfigError
from pipeline.evaluate.benchmarks import cityscapes, diode, dsine, eth3d, ibims, kitti, nyuv2, reasonseg, refcocog, saco
from pipeline.evaluate.benchmarks.case import Benchmark

BENCHMARKS = {
    "nyuv2": Benchmark("depth", nyuv2.cases, 654),
    "kitti": Benchmark("depth", kitti.cases, 652),
    "eth3d": Benchmark("depth", eth3d.cases, 454),
    "diode": Benchmark("depth", diode.cases, 325),
    "ibims": Benchmark("depth", ibims.cases, 100),
    "nyuv2-normals": Benchmark("normal", partial(dsine.cases, name="nyuv2"), 654),
    "scannet-normals": Benchmark("normal", partial(dsine.cases, name="scannet"), 300),
    "ibims-normals": Benchmark("normal", partial(dsine.cases, name="ibims"), 100),
    "vkitti-normals": Benchmark("normal", partial(dsine.cases, name="vkitti"), 1000),
    "cityscapes": Benchmark("semantic", cityscapes.cases, 500),
    "refcocog": Benchmark("referring", refcocog.cases, lacks=refcocog.lacks),
    "reasonseg": Benchmark("referring", reasonseg.cases, 200),
    "saco-gold": Benchmark("instance", saco.cases, lacks=saco.lacks),
}


def benchmark(name: str) -> Benchmark:
    """The benchmark called `name`. Raises ConfigError that lists the known ones."""
    if name not in BENCHMARKS:
        raise ConfigError(f"--benchmark {name}: unknown benchmark; known: {', '.join(BENCHMARKS)}")
    return BENCHMARKS[name]

"""Public benchmarks, read from the original files that people have: one module each says what, whence and how scored."""

from __future__ import annotations

from functools import partial

from pipeline.errors import ConfigError
from pipeline.evaluate.benchmarks import cityscapes, diode, dsine, eth3d, ibims, kitti, nyuv2, reasonseg, refcocog, saco
from pipeline.evaluate.benchmarks.case import Benchmark

BENCHMARKS = {
    "nyuv2": Benchmark("depth", nyuv2.cases),
    "kitti": Benchmark("depth", kitti.cases),
    "eth3d": Benchmark("depth", eth3d.cases),
    "diode": Benchmark("depth", diode.cases),
    "ibims": Benchmark("depth", ibims.cases),
    "nyuv2-normals": Benchmark("normal", partial(dsine.cases, name="nyuv2")),
    "scannet-normals": Benchmark("normal", partial(dsine.cases, name="scannet")),
    "ibims-normals": Benchmark("normal", partial(dsine.cases, name="ibims")),
    "vkitti-normals": Benchmark("normal", partial(dsine.cases, name="vkitti")),
    "cityscapes": Benchmark("semantic", cityscapes.cases),
    "refcocog": Benchmark("referring", refcocog.cases),
    "reasonseg": Benchmark("referring", reasonseg.cases),
    "saco-gold": Benchmark("instance", saco.cases),
}


def benchmark(name: str) -> Benchmark:
    """The benchmark called `name`. Raises ConfigError that lists the known ones."""
    if name not in BENCHMARKS:
        raise ConfigError(f"--benchmark {name}: unknown benchmark; known: {', '.join(BENCHMARKS)}")
    return BENCHMARKS[name]

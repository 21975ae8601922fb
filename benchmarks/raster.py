"""What a raster sample costs from seed to shard, against what pyrender alone needs to render the same scenes.

    python benchmarks/raster.py [--scene scenes/mix.yaml] [--views 32] [--size 512] [--warm 24]

Two sides, each with the whole machine, once with one process and once with a process for each core:

    ours: what the farm's workers run: a `Line` of the samples (composed, traced and asked for in one thread, rendered in
        another, encoded in a third; views that are drawn again count too), then `write_shard` (tar and Parquet).
    bare: the scenes that came of it, composed beforehand: one `pyrender.Mesh` an object, then
        `pyrender.OffscreenRenderer.render` with pyrender's own shaders and shadows for suns and spots. Textures and
        materials that parts share are made once. It draws less than ours does: no bumps, no panorama, no bounced light,
        at most four lights of a kind, and a spot where the scene has a rectangle.

llvmpipe, where it is the driver, has as many threads as there are cores for each process, as in the farm. Not counted
are a first view of each side, which compiles the shaders, and `--warm` more that ours composes: a process draws each
texture once in its life, so its first views take longer than all others. "render again" shows a scene whose meshes and
textures are on the card already, which a corpus never does.

Prints milliseconds a sample of the stages (those of ours overlap; the CPU time of its rendering is what the other stages
leave of the process's), then the ratios, each side in its better layout.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest import mock

import cv2
import numpy as np

from pipeline import machine
from pipeline.config import load_recipe, load_render_config
from pipeline.farm import views
from pipeline.farm.beat import Beat
from pipeline.farm.job import Job
from pipeline.farm.maker import Line, Sampler
from pipeline.render.batches import _corners
from pipeline.render.gl_context import pyrender
from pipeline.render.gl_passes import OPENCV_TO_OPENGL
from pipeline.scene import Light, Scene
from pipeline.shards.write import write_shard

OURS = ("compose", "label", "ask", "render", "encode", "write")
BARE = ("build", "render", "render again")
PER_KIND = 4
"""Lights of one kind in pyrender's shaders."""


@dataclass
class Clock:
    """Seconds by stage: of the processors, and of the wall."""

    cpu: Counter[str] = field(default_factory=Counter)
    wall: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def stage(self, name: str, processors: Callable[[], float] = time.process_time) -> Iterator[None]:
        """processors: `time.thread_time` for what runs beside other stages."""
        cpu, wall = processors(), time.perf_counter()
        try:
            yield
        finally:
            self.cpu[name] += processors() - cpu
            self.wall[name] += time.perf_counter() - wall

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*values: Any, **named: Any) -> Any:
            with self.stage(name, time.thread_time):
                return call(*values, **named)

        return run


def build(scene: Scene) -> Any:
    """pyrender's scene of ours."""
    stage = pyrender.Scene(ambient_light=(0.2, 0.2, 0.2))
    textures: dict[int, Any] = {}
    materials: dict[tuple[int, bool], Any] = {}
    for thing in scene.objects:
        primitives = []
        for part in thing.parts:
            if not len(part.mesh.faces):
                continue
            points, normals, uv, triangles = _corners(part.mesh)
            m, textured = part.material, part.material.texture is not None and part.mesh.uv is not None
            if textured and id(m.texture) not in textures:
                textures[id(m.texture)] = pyrender.Texture(source=m.texture, source_channels="RGB")
            if (id(m), textured) not in materials:
                materials[id(m), textured] = pyrender.MetallicRoughnessMaterial(
                    baseColorFactor=(*m.color, 1.0),
                    baseColorTexture=textures[id(m.texture)] if textured else None,
                    metallicFactor=m.metallic,
                    roughnessFactor=m.roughness,
                    emissiveFactor=m.emission,
                    doubleSided=True,
                )
            primitives.append(
                pyrender.Primitive(
                    positions=points.astype(np.float32),
                    normals=normals.astype(np.float32),
                    texcoord_0=uv.astype(np.float32) if textured else None,
                    indices=triangles,
                    material=materials[id(m), textured],
                )
            )
        if primitives:
            stage.add(pyrender.Mesh(primitives), pose=thing.pose)
    for light in lights(scene):
        stage.add(*light)
    k = scene.camera.intrinsics
    camera = pyrender.IntrinsicsCamera(k[0, 0], k[1, 1], k[0, 2] + 0.5, k[1, 2] + 0.5, znear=0.02, zfar=200.0)
    stage.add(camera, pose=scene.camera.pose @ OPENCV_TO_OPENGL)
    return stage


def lights(scene: Scene) -> Iterator[tuple[Any, None, np.ndarray]]:
    """The first lights of each kind, as `pyrender.Scene.add` takes them."""
    makers: dict[str, Callable[[Light], Any]] = {
        "sun": lambda light: pyrender.DirectionalLight(light.color, light.power),
        "area": lambda light: pyrender.SpotLight(light.color, light.power, innerConeAngle=0.5, outerConeAngle=1.2),
        "point": lambda light: pyrender.PointLight(light.color, light.power),
    }
    for kind, make in makers.items():
        for light in [light for light in scene.lights if light.kind == kind][:PER_KIND]:
            yield make(light), None, light.pose


def ours(asked: argparse.Namespace, indices: list[int], ready: Callable[[], Any], folder: Path) -> Clock:
    """Samples of the run 0, written as one shard. `ready` is called before the first and after the last."""
    recipe, preset = load_recipe(asked.scene), load_render_config("render_configs/raster.yaml")
    preset = preset.model_copy(update={"width": asked.size, "height": asked.size})
    beat, clock = Beat.new()[0], Clock()
    sampler = Sampler(Job(recipe, preset, folder, asked.views), 0, beat)
    line = Line(sampler, beat)
    with ExitStack() as stack:
        stack.enter_context(sampler.renderer)
        for index in range(asked.warm):
            sampler.prepare(asked.views + index)
        list(line.make([asked.views]))
        for owner, function, name in (
            (views, "compose", "compose"),
            (views, "trace", "label"),
            (views, "_ask", "ask"),
            (sampler.renderer, "render", "render"),
            (sampler, "pack", "encode"),
        ):
            stack.enter_context(mock.patch.object(owner, function, clock.timed(name, getattr(owner, function))))
        ready()
        start = time.process_time()
        rows = [(made.key, made.files) for made in line.make(indices)]
        others = clock.cpu.total() - clock.cpu["render"]
        clock.cpu["render"] = time.process_time() - start - others
        with clock.stage("write"):
            write_shard(folder / f"shard-{indices[0]:06d}", rows, ("webdataset", "parquet"))
        ready()
    return clock


def bare(asked: argparse.Namespace, indices: list[int], ready: Callable[[], Any], folder: Path) -> Clock:
    """The scenes that `ours` renders, rendered by pyrender."""
    recipe, clock = load_recipe(asked.scene), Clock()
    scenes = [views.prepare(recipe, (asked.size, asked.size), 0, index).scene for index in indices]
    flags = pyrender.RenderFlags.SHADOWS_DIRECTIONAL | pyrender.RenderFlags.SHADOWS_SPOT
    renderer = pyrender.OffscreenRenderer(asked.size, asked.size)
    for scene in scenes[:1]:
        renderer.render(build(scene), flags=flags)
    ready()
    for scene in scenes:
        with clock.stage("build"):
            stage = build(scene)
        with clock.stage("render"):
            renderer.render(stage, flags=flags)
        with clock.stage("render again"):
            renderer.render(stage, flags=flags)
    ready()
    renderer.delete()
    return clock


SIDES = {"ours": ours, "bare": bare}


def work(
    name: str, asked: argparse.Namespace, share: list[int], threads: int, barrier: Any, answers: Any, folder: Path
) -> None:
    """A process: one side's share, with so many threads for llvmpipe. Its stages go to `answers`."""
    cv2.setNumThreads(1)
    os.environ["LP_NUM_THREADS"] = str(threads)
    clock = SIDES[name](asked, share, barrier.wait, folder)
    answers.put((clock.cpu, clock.wall))


def measure(name: str, asked: argparse.Namespace, processes: int) -> tuple[Clock, float]:
    """Stages of one side, summed over `processes`, and seconds from the first process's start to the last one's end."""
    context, threads = get_context("spawn"), max(1, machine.cores() // processes)
    # The parent waits with them, to see the clock when all are ready and when all are done.
    barrier, answers, clock = context.Barrier(processes + 1), context.Queue(), Clock()
    with tempfile.TemporaryDirectory() as folder:
        shares = [list(range(first, asked.views, processes)) for first in range(processes)]
        crew = [
            context.Process(
                target=work, args=(name, asked, share, threads, barrier, answers, Path(folder)), daemon=True
            )
            for share in shares
        ]
        for process in crew:
            process.start()
        barrier.wait(600)
        start = time.perf_counter()
        barrier.wait(3600)
        seconds = time.perf_counter() - start
        for _ in crew:
            cpu, wall = answers.get()
            clock.cpu += cpu
            clock.wall += wall
        for process in crew:
            process.join()
    return clock, seconds


def table(name: str, stages: tuple[str, ...], clock: Clock, processes: int, n: int) -> None:
    """Print milliseconds a sample of each stage."""
    print(f"{name}, {processes} process{'es' * (processes > 1)}: milliseconds a sample (wall: of one process)")
    for stage in stages:
        print(f"    {stage:14}{1e3 * clock.cpu[stage] / n:9.1f} CPU{1e3 * clock.wall[stage] / n:9.1f} wall")


def main() -> None:
    """Measure both sides and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scene", default="scenes/mix.yaml")
    parser.add_argument("--views", type=int, default=32)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--warm", type=int, default=24)
    asked = parser.parse_args()
    n, cores = asked.views, machine.cores()
    whole: dict[str, list[float]] = {"ours": [], "build": [], "render": [], "render again": []}
    cpu: dict[str, list[float]] = {key: [] for key in whole}
    for processes in sorted({1, cores}):
        clock, seconds = measure("ours", asked, processes)
        table("ours", OURS, clock, processes, n)
        print(
            f"    {'end to end':14}{1e3 * clock.cpu.total() / n:9.1f} CPU{1e3 * seconds / n:9.1f} wall of the machine"
        )
        whole["ours"].append(seconds / n)
        cpu["ours"].append(clock.cpu.total() / n)
        clock, _ = measure("bare", asked, processes)
        table("bare pyrender", BARE, clock, processes, n)
        for stage in BARE:
            whole[stage].append(clock.wall[stage] / n / processes)
            cpu[stage].append(clock.cpu[stage] / n)
    name = Path(asked.scene).stem
    for what, parts in (
        ("render()", ("render",)),
        ("render() with the meshes built", ("build", "render")),
        ("render() of scenes already uploaded", ("render again",)),
    ):
        walls, cpus = (
            min(ours) / min(map(sum, zip(*(times[part] for part in parts), strict=True)))
            for ours, times in ((whole["ours"], whole), (cpu["ours"], cpu))
        )
        print(
            f"{name}: a sample end to end takes {walls:.2f}x the wall time of bare pyrender's {what}, {cpus:.2f}x its CPU time"
        )


if __name__ == "__main__":
    main()

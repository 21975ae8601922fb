"""Exact labels of a furnished room at 512x512, against Embree alone and against BlenderProc's label passes. Prints ratios.

1. `SceneTracer.labels()` (depth, normals, instance, semantic) over the bare Embree trace of the same rays: its own
   `first_hits`, and embreex's `EmbreeScene.run` on the same triangles. All on one thread, with the triangles already
   in Embree and, for the bare traces, the rays made beforehand.
2. From the Scene to its labels:
   ours: `trace(scene)`: transforms, Embree's tree, trace, all four labels; one thread.
   BlenderProc 2.8: the same meshes put into Blender (`pipeline.render`'s builder; plain material, no lights), then
   `bproc.renderer.render()` with enable_depth_output, enable_normals_output and enable_segmentation_output, which
   ends with its arrays in memory. All cores; 1 sample per pixel, no bounces, no denoiser, noise threshold 0 and the
   colour picture not read back: the least its API allows. Start-up, its enable calls and a warm-up are not counted.
   The second figure leaves out the time to put the meshes into Blender, but counts ours from the Scene all the same.

The two sides of each pair are timed in turn; a ratio is the median over the pairs.
"""

import dataclasses
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from embreex import rtcore_scene
from embreex.mesh_construction import TriangleMesh

from pipeline.compose import compose
from pipeline.config import load_recipe
from pipeline.labels import Labels, SceneTracer, trace
from pipeline.scene import Material, Part, Scene

RECIPE = "scenes/living_room.yaml"
ROUNDS = 15
BLENDER_ROUNDS = 7


def seconds(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def against_embree(scene: Scene) -> None:
    tracer = SceneTracer(scene)
    rays = tracer.rays()
    embreex = rtcore_scene.EmbreeScene()
    _mesh = TriangleMesh(embreex, (tracer.vertices @ scene.camera.pose[:3, :3].T).astype(np.float32), tracer.faces)
    origins, directions = np.zeros((rays.shape[1], 3), np.float32), np.ascontiguousarray(rays.T)
    for name, bare in (
        ("the bare Embree trace", lambda: tracer.first_hits(rays)),
        ("embreex's", lambda: embreex.run(origins, directions, output=True)),
    ):
        bare()
        tracer.labels()
        pairs = [(seconds(bare), seconds(tracer.labels)) for _ in range(ROUNDS)]
        ratio = statistics.median(labels / traced for traced, labels in pairs)
        print(f"labels: {ratio:.2f}x the time of {name} ({statistics.median(b for b, _ in pairs) * 1e3:.0f} ms)")


def against_blenderproc(scene: Scene) -> None:
    """Runs in this process, which must then end with `os._exit`."""
    from pipeline.render.blender_scene import build
    from pipeline.render.bproc import blenderproc, quiet, start

    plain = Material("plain", (0.8, 0.8, 0.8), "white")
    objects = tuple(
        dataclasses.replace(thing, parts=tuple(Part(part.mesh, plain) for part in thing.parts))
        for thing in scene.objects
    )
    bare = dataclasses.replace(scene, objects=objects, lights=())
    category = {thing.name: scene.classes.index(thing.category) for thing in scene.objects}

    def fill() -> None:
        build(bare)
        for index, mesh in enumerate(blenderproc.object.get_all_mesh_objects(), start=1):
            mesh.blender_obj.pass_index = index  # as enable_segmentation_output numbers what it finds
            mesh.set_cp("category_id", category[mesh.get_name().split(".")[0]])

    folder = start()
    renderer = blenderproc.renderer
    with quiet():
        renderer.set_max_amount_of_samples(1)
        renderer.set_noise_threshold(0)
        renderer.set_denoiser(None)
        renderer.set_light_bounces(0, 0, 0, 0, 0, 0, 0)
        fill()
        renderer.enable_depth_output(activate_antialiasing=False)
        renderer.enable_normals_output()
        renderer.enable_segmentation_output(map_by=["category_id", "instance"], default_values={"category_id": 0})
        check(renderer.render(output_key=None), trace(scene))
        rounds = []
        for _ in range(BLENDER_ROUNDS):
            ours = seconds(lambda: trace(scene))
            filling = seconds(fill)
            rounds.append((ours, filling, seconds(lambda: renderer.render(output_key=None))))
    folder.cleanup()
    ours, whole, passes = (
        statistics.median(column) for column in zip(*((o, f + r, r) for o, f, r in rounds), strict=True)
    )
    print(
        f"Scene to labels: {statistics.median((f + r) / o for o, f, r in rounds):.1f}x faster than BlenderProc's label "
        f"passes (ours {ours * 1e3:.0f} ms, BlenderProc {whole * 1e3:.0f} ms)"
    )
    print(
        f"Scene to labels: {statistics.median(r / o for o, _, r in rounds):.1f}x faster than its render call alone "
        f"({passes * 1e3:.0f} ms)"
    )


def check(theirs: dict[str, Any], ours: Labels) -> None:
    """Both sides did the same work: depth and class agree but for edges (a Cycles sample is off the pixel's centre)."""
    near = np.abs(theirs["depth"][0] / ours.depth - 1) < 0.01
    same = theirs["category_id_segmaps"][0] == ours.semantic
    if min(near.mean(), same.mean()) < 0.95 or theirs["normals"][0].shape != ours.normals.shape:
        raise SystemExit(f"not the same picture: depth {near.mean():.3f}, class {same.mean():.3f} of pixels agree")


def main() -> None:
    recipe = load_recipe(RECIPE)
    scene = compose(recipe, 1, 512, 512)
    against_embree(scene)
    composing = [seconds(lambda: compose(recipe, 1, 512, 512)) for _ in range(3)]
    labelling = [seconds(lambda: trace(scene)) for _ in range(ROUNDS)]
    print(
        f"compose {statistics.median(composing) * 1e3:.0f} ms, then labels from the Scene "
        f"{statistics.median(labelling) * 1e3:.0f} ms"
    )
    against_blenderproc(scene)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)

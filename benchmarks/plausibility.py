"""Do things in composed scenes touch what they rest on, and nothing else? Measured on the meshes, not on our boxes.

    python benchmarks/plausibility.py [--scene scenes/mix.yaml] [--views 300] [--size 256]

Composes `--views` scenes and reports, recipe by recipe: pairs of objects that go into each other by more than
DEEP_M outside declared contacts, objects further than NEAR_M from what they rest on or hang from, things and
categories a view shows, depth percentiles, and the time composing takes. Exit 1 when something floats or
interpenetrates. Collisions and distances are FCL's (Pan, Chitta & Manocha 2012), inside and outside trimesh's.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

import fcl
import numpy as np
import trimesh

from pipeline.compose import choose, class_list, compose
from pipeline.config import load_recipe
from pipeline.errors import PlantainError
from pipeline.farm.views import Unusable, check_view
from pipeline.gallery.statistics import DEPTH_EDGES_M, NOTICED, depth_percentiles
from pipeline.labels import instance_table, trace
from pipeline.machine import cores
from pipeline.scene import CannotPlace, Object, Scene

DEEP_M = 0.005
NEAR_M = 0.005
SAMPLES = 3000
"""Points on the surface of one of two colliding things whose depth inside the other is measured."""
POINT_M = 1e-6
BUILDING = {"floor", "wall", "ceiling", "skirting", "road", "pavement", "lawn", "ground", "water"}
"""Built, not placed: its pieces may meet."""


@dataclass
class Finding:
    """One composed view."""

    recipe: str
    faults: list[str] = field(default_factory=list)
    things: int = 0
    categories: list[str] = field(default_factory=list)
    indoors: bool = False
    objects: int = 0
    triangles: int = 0
    seconds: float = 0.0
    refused: int = 0
    depth: np.ndarray = field(default_factory=lambda: np.zeros(len(DEPTH_EDGES_M) - 1, np.int64))


def solid(thing: Object) -> trimesh.Trimesh:
    """All parts of an object in the world as one mesh, vertices merged by position."""
    starts = np.cumsum([0] + [len(part.mesh.vertices) for part in thing.parts[:-1]])
    faces = np.concatenate([part.mesh.faces + start for part, start in zip(thing.parts, starts, strict=True)])
    mesh = trimesh.Trimesh(thing.world_vertices(), faces, process=False)
    mesh.merge_vertices(merge_tex=True, merge_norm=True)
    return mesh


def faults(scene: Scene) -> list[str]:
    """One line for each pair that interpenetrates and each object that floats."""
    meshes = [solid(thing) for thing in scene.objects]
    models = [_model(mesh) for mesh in meshes]
    number = {thing.name: i for i, thing in enumerate(scene.objects)}
    found = []
    for i, thing in enumerate(scene.objects):
        if thing.support is None:
            if thing.category not in BUILDING:
                found.append(f"{thing.name} names no support")
            continue
        gap = _distance(models[i], models[number[thing.support]])
        if gap > NEAR_M:
            found.append(f"{thing.name} is {gap * 1000:.1f} mm from {thing.support}")
    low = np.array([mesh.bounds[0] for mesh in meshes]) + DEEP_M
    high = np.array([mesh.bounds[1] for mesh in meshes])
    for i, thing in enumerate(scene.objects):
        near = np.nonzero(((low[i] < high[:i]) & (low[:i] < high[i])).all(1))[0] if i else []
        for j in near:
            other = scene.objects[j]
            declared = other.name == thing.support or thing.name == other.support
            if declared or (thing.category in BUILDING and other.category in BUILDING):
                continue
            if _collide(models[i], models[j]):
                depth = max(_depth(meshes[i], meshes[j]), _depth(meshes[j], meshes[i]))
                if depth > DEEP_M:
                    found.append(f"{thing.name} goes {depth * 1000:.1f} mm into {other.name}")
    return found


def _model(mesh: trimesh.Trimesh) -> fcl.CollisionObject:
    model = fcl.BVHModel()
    model.beginModel(len(mesh.vertices), len(mesh.faces))
    model.addSubModel(np.ascontiguousarray(mesh.vertices), np.ascontiguousarray(mesh.faces))
    model.endModel()
    return fcl.CollisionObject(model, fcl.Transform())


def _point(at: np.ndarray) -> fcl.CollisionObject:
    return fcl.CollisionObject(fcl.Sphere(POINT_M), fcl.Transform(at))


def _distance(a: fcl.CollisionObject, b: fcl.CollisionObject) -> float:
    return max(float(fcl.distance(a, b, fcl.DistanceRequest(), fcl.DistanceResult())), 0.0)


def _collide(a: fcl.CollisionObject, b: fcl.CollisionObject) -> bool:
    return bool(fcl.collide(a, b, fcl.CollisionRequest(), fcl.CollisionResult()))


def _depth(inner: trimesh.Trimesh, outer: trimesh.Trimesh) -> float:
    """How far the surface of `inner` gets below that of `outer`, metres: its pieces are taken one by one."""
    points = np.concatenate([inner.vertices, trimesh.sample.sample_surface(inner, SAMPLES, seed=0)[0]])
    low, high = outer.bounds
    points = points[((points > low) & (points < high)).all(1)]
    if not len(points):
        return 0.0
    deepest = 0.0
    for piece in outer.split(only_watertight=True):
        low, high = piece.bounds
        within = points[((points > low) & (points < high)).all(1)]
        if len(within):
            inside = within[piece.contains(within)]
            if len(inside):
                surface = _model(piece)
                deepest = max(deepest, *(_distance(surface, _point(at)) for at in inside))
    return deepest


def examine(path: str, overrides: list[str], seed: int, index: int, size: int) -> Finding:
    """Compose view `index` as a run would, and look at it."""
    recipe = load_recipe(path, overrides)
    member, classes = choose(recipe, np.random.SeedSequence(seed, spawn_key=(index,))), class_list(recipe)
    finding = Finding(member.name)
    for attempt in range(64):
        scene_seed = np.random.SeedSequence(seed, spawn_key=(index, attempt)).spawn(2)[0]
        start = time.perf_counter()
        try:
            scene = compose(member, scene_seed, size, size, classes)
            finding.seconds = time.perf_counter() - start
            labels = trace(scene)
            check_view(scene, labels, member.view)
            break
        except (CannotPlace, Unusable):
            finding.refused += 1
    else:
        finding.faults.append("no usable view in 64 attempts")
        return finding
    seen = [row for row in instance_table(scene, labels) if row.thing and row.pixels >= NOTICED * size * size]
    finding.things, finding.categories = len(seen), sorted({row.category for row in seen})
    finding.indoors, finding.objects = scene.indoors, len(scene.objects)
    finding.triangles = sum(len(part.mesh.faces) for thing in scene.objects for part in thing.parts)
    finding.depth = np.histogram(labels.depth[np.isfinite(labels.depth)], DEPTH_EDGES_M)[0]
    finding.faults = faults(scene)
    return finding


def main() -> int:
    """Examine and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scene", default="scenes/mix.yaml")
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    parser.add_argument("--views", type=int, default=300)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with ProcessPoolExecutor(cores(), get_context("spawn")) as pool:
        jobs = [
            pool.submit(examine, asked.scene, asked.overrides, asked.seed, index, asked.size)
            for index in range(asked.views)
        ]
        found = []
        for index, job in enumerate(jobs):
            found.append(job.result())
            for fault in found[-1].faults:
                print(f"view {index} ({found[-1].recipe}): {fault}", flush=True)
    print(
        "recipe        views  refused  faulty  things  categories  objects  triangles  compose s  depth 1 / 50 / 99 %"
    )
    for name in sorted({finding.recipe for finding in found}):
        _line(name, [finding for finding in found if finding.recipe == name])
    _line("all", found)
    indoors = [finding for finding in found if finding.indoors]
    if indoors:
        _line("indoors", indoors)
    shown = Counter(name for finding in found for name in finding.categories)
    print(f"{len(shown)} categories seen; seen least: {', '.join(name for name, _ in shown.most_common()[-12:])}")
    return int(any(finding.faults for finding in found))


def _line(name: str, part: list[Finding]) -> None:
    middle = {
        key: np.median([getattr(f, key) for f in part]) for key in ("things", "objects", "triangles", "seconds")
    } | {"categories": np.median([len(f.categories) for f in part])}
    metres = " / ".join(f"{value:.3g}" for value in depth_percentiles(sum(f.depth for f in part)).values())
    print(
        f"{name:12s} {len(part):6d} {sum(f.refused for f in part):8d} {sum(bool(f.faults) for f in part):7d} "
        f"{middle['things']:7.0f} {middle['categories']:11.0f} {middle['objects']:8.0f} {middle['triangles']:10.0f} "
        f"{middle['seconds']:10.3f}  {metres}"
    )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except PlantainError as error:
        sys.exit(f"plausibility: {error}")

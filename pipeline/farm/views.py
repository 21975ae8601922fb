"""One sample from its index: compose, label, ask, render; drawn again until the view can carry every task."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from pipeline.compose import choose, class_list, compose
from pipeline.config import Recipe, SceneRecipe
from pipeline.errors import PlantainError
from pipeline.instructions import CannotAsk, View, make_requests
from pipeline.instructions.captions import long_caption, short_caption
from pipeline.labels import Labels, instance_table, trace
from pipeline.render import Renderer
from pipeline.scene import CannotPlace, Scene
from pipeline.shards.sample import Sample

MAX_ATTEMPTS = 64


class NoView(PlantainError):
    """No attempt at a sample gave a usable view. Its text says what stood in the way."""


def make_sample(
    recipe: Recipe, renderer: Renderer, size: tuple[int, int], seed: int, index: int, exact: bool
) -> tuple[Sample, list[dict[str, Any]]]:
    """Sample number `index` of the run `seed` at `size` (width, height), and the attempts rejected on the way.

    Attempt k draws everything from SeedSequence(seed, spawn_key=(index, k)), so a sample depends on nothing but
    recipe, render preset, seed and index. A crash rejects no attempt: it might not happen on another machine, which
    would then make another sample. Raises NoView after MAX_ATTEMPTS.
    """
    rejected: list[dict[str, Any]] = []
    # Attempts share the recipe, so that one whose views are often rejected keeps its weight in a mix.
    member, classes = choose(recipe, np.random.SeedSequence(seed, spawn_key=(index,))), class_list(recipe)
    for attempt in range(MAX_ATTEMPTS):
        scene_seed, request_seed = np.random.SeedSequence(seed, spawn_key=(index, attempt)).spawn(2)
        try:
            scene = compose(member, scene_seed, *size, classes)
            labels = trace(scene)
            if fault := unusable(scene, labels, member):
                raise CannotAsk(fault)
            sample = _ask(member, scene, labels, np.random.default_rng(request_seed), seed, index, attempt)
            image = renderer.render(scene)
        except (CannotAsk, CannotPlace) as error:
            rejected.append({"index": index, "attempt": attempt, "recipe": member.name, "reason": str(error)})
        else:
            meta = sample | {"renderer": type(renderer).__name__.removesuffix("Renderer").lower()}
            targets = meta.pop("targets")
            truth: dict[str, Any] = {
                "depth": labels.depth,
                "normals": labels.normals,
                "instance": labels.instance,
                "semantic": labels.semantic,
            }
            return Sample(meta["key"], image, targets, meta, truth if exact else None), rejected
    raise NoView(
        f"recipe {member.name}, seed {seed}, sample {index}: none of {MAX_ATTEMPTS} attempts gave a usable view; "
        f"the last one: {rejected[-1]['reason']}"
    )


def unusable(scene: Scene, labels: Labels, recipe: SceneRecipe) -> str | None:
    """Why this view breaks the recipe's `view` rules, or None when it keeps them."""
    rules = recipe.view
    seen = labels.depth[np.isfinite(labels.depth)]
    empty = 1.0 - seen.size / labels.depth.size
    if scene.indoors and empty > rules.max_empty_fraction:
        return f"indoors, yet {empty:.1%} of pixels see no geometry"
    spread = float(seen.max() - seen.min()) if seen.size else 0.0
    if spread < rules.min_depth_range_m:
        return f"depth range {spread:.2f} m is under {rules.min_depth_range_m:g} m"
    return None


def _ask(
    recipe: SceneRecipe, scene: Scene, labels: Labels, rng: np.random.Generator, seed: int, index: int, attempt: int
) -> dict[str, Any]:
    table = instance_table(scene, labels)
    view = View(labels, table, scene.classes, recipe.view, recipe.instructions)
    requests = make_requests(view, rng)
    return {
        "key": f"{recipe.name}-{seed}-{index:08d}",
        "recipe": recipe.name,
        "seed": seed,
        "index": index,
        "attempt": attempt,
        "prompts": {task: request.prompt for task, request in requests.items()},
        "codecs": {task: request.codec for task, request in requests.items()},
        "caption": short_caption(view.facts),
        "caption_long": long_caption(view.facts),
        "intrinsics": scene.camera.intrinsics.tolist(),
        "pose": scene.camera.pose.tolist(),
        "instances": [asdict(row) for row in table],
        "targets": {task: request.target for task, request in requests.items()},
    }

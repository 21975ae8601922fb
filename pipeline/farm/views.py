"""One sample from its index: compose, label, ask, render; drawn again until the view can carry every task."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.compose import choose, class_list, compose
from pipeline.config import Recipe, SceneRecipe, ViewRules
from pipeline.errors import PlantainError
from pipeline.instructions import CannotAsk, View, make_requests
from pipeline.instructions.captions import long_caption, short_caption
from pipeline.labels import Labels, instance_table, trace
from pipeline.render import Renderer
from pipeline.render.color import dark_and_burnt
from pipeline.scene import CannotPlace, Environment, Scene
from pipeline.shards.sample import Sample

MAX_ATTEMPTS = 64


class Unusable(Exception):
    """A view that breaks one of its recipe's `view` rules. kind: in a word, for counting."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


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
            check_view(scene, labels, member.view)
            sample = _ask(member, scene, labels, np.random.default_rng(request_seed), seed, index, attempt)
            image = renderer.render(scene)
            check_picture(image, member.view)
        except (CannotAsk, CannotPlace, Unusable) as error:
            refusal = {"index": index, "attempt": attempt, "recipe": member.name}
            rejected.append(refusal | {"kind": error.kind, "reason": str(error)})
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


def check_view(scene: Scene, labels: Labels, rules: ViewRules) -> None:
    """Raises Unusable for a view whose geometry breaks one of `rules`."""
    seen = labels.depth[np.isfinite(labels.depth)]
    empty = 1.0 - seen.size / labels.depth.size
    if scene.indoors and empty > rules.max_empty_fraction:
        raise Unusable("empty", f"indoors, yet {empty:.1%} of pixels see no geometry")
    spread = float(seen.max() - seen.min()) if seen.size else 0.0
    if spread < rules.min_depth_range_m:
        raise Unusable("flat", f"depth range {spread:.2f} m is under {rules.min_depth_range_m:g} m")
    pixels = np.bincount(labels.instance.ravel(), minlength=len(scene.objects) + 1)[1:]
    for thing, count in zip(scene.objects, pixels, strict=True):
        if thing.thing and count > rules.max_thing_fraction * labels.instance.size:
            raise Unusable("filled", f"{thing.name} fills {count / labels.instance.size:.0%} of the image")


def check_picture(image: NDArray[np.uint8], rules: ViewRules) -> None:
    """Raises Unusable for a picture, uint8 [H, W, 3], that is too dark or blown out by `rules`."""
    dark, burnt = dark_and_burnt(image)
    if dark > rules.max_dark_fraction:
        raise Unusable("dark", f"{dark:.0%} of the image is all but black")
    if burnt > rules.max_burnt_fraction:
        raise Unusable("burnt", f"{burnt:.0%} of the image is blown out")


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
        "environment": scene.background.source if isinstance(scene.background, Environment) else "plantain",
        "instances": [asdict(row) for row in table],
        "targets": {task: request.target for task, request in requests.items()},
    }

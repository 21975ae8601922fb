"""One sample from its index: compose, label, ask, render; drawn again until the view can carry every task.

`make_sample` does it in one go. The farm takes the same steps apart (`prepare`, `Prepared.picture`, `Prepared.sample`),
so that one sample is composed and another one is encoded while a third is being rendered.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.compose import choose, class_list, compose, take_broken
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


@dataclass
class Record:
    """What happened to one sample on its way. rejected: refused attempts, for the manifest. seconds: wall time by stage."""

    rejected: list[dict[str, Any]] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def timed(self, stage: str, since: float) -> float:
        """Add the time since then to a stage; returns now."""
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - since
        return now


@dataclass(frozen=True, eq=False)
class Prepared:
    """A view whose geometry can carry every task, ready to be rendered."""

    recipe: SceneRecipe
    scene: Scene
    labels: Labels
    meta: dict[str, Any]
    targets: dict[str, NDArray[np.uint8]]
    record: Record

    def picture(self, renderer: Renderer) -> NDArray[np.uint8]:
        """The rendered view, uint8 sRGB [H, W, 3]. Raises Unusable for a picture that is too dark or blown out."""
        since = time.perf_counter()
        image = renderer.render(self.scene)
        self.record.timed("render", since)
        for part, spent in renderer.seconds.items():
            stage = f"render.{part}"
            self.record.seconds[stage] = self.record.seconds.get(stage, 0.0) + spent
        check_picture(image, self.recipe.view)
        return image

    def refuse(self, error: Unusable) -> int:
        """Note that the picture was refused. Returns the attempt to go on with."""
        self.record.rejected.append(_refusal(self.recipe, self.meta["index"], self.meta["attempt"], error))
        return int(self.meta["attempt"]) + 1

    def sample(self, image: NDArray[np.uint8], renderer: str, exact: bool) -> Sample:
        """The finished sample. renderer: as `name_of` has it; exact: whether it carries the float labels too."""
        truth: dict[str, Any] = {
            "depth": self.labels.depth,
            "normals": self.labels.normals,
            "instance": self.labels.instance,
            "semantic": self.labels.semantic,
        }
        meta = self.meta | {"renderer": renderer}
        return Sample(meta["key"], image, self.targets, meta, truth if exact else None)


def prepare(
    recipe: Recipe,
    size: tuple[int, int],
    seed: int,
    index: int,
    first: int = 0,
    record: Record | None = None,
    headway: Callable[[], None] = lambda: None,
) -> Prepared:
    """Everything about sample number `index` of the run `seed` that needs no renderer, at `size` (width, height).

    Attempt k draws everything from SeedSequence(seed, spawn_key=(index, k)), what is asked from the recipe's name, too:
    corpora of several recipes made with one seed ask in different words. So a sample depends on nothing but recipe, render
    preset, seed and index. A crash rejects no attempt: it might not happen on another machine, which
    would then make another sample. first, record: to go on after a picture was refused. headway: called after every
    step. Raises NoView after MAX_ATTEMPTS.
    """
    record = record or Record()
    # Attempts share the recipe, so that one whose views are often rejected keeps its weight in a mix.
    member, classes = choose(recipe, np.random.SeedSequence(seed, spawn_key=(index,))), class_list(recipe)
    for attempt in range(first, MAX_ATTEMPTS):
        (scene_seed,) = np.random.SeedSequence(seed, spawn_key=(index, attempt)).spawn(1)
        request_seed = np.random.SeedSequence(seed, spawn_key=(index, attempt, 1, zlib.crc32(member.name.encode())))
        stage, since = "compose", time.perf_counter()
        try:
            scene = compose(member, scene_seed, *size, classes)
            stage, since = "label", record.timed(stage, since)
            headway()
            labels = trace(scene)
            check_view(scene, labels, member.view)
            stage, since = "ask", record.timed(stage, since)
            headway()
            meta = _ask(member, scene, labels, np.random.default_rng(request_seed), seed, index, attempt)
        except (CannotAsk, CannotPlace, Unusable) as error:
            record.rejected.append(_refusal(member, index, attempt, error))
        else:
            return Prepared(member, scene, labels, meta, meta.pop("targets"), record)
        finally:
            record.timed(stage, since)
            record.broken |= take_broken(member)
            headway()
    raise NoView(
        f"recipe {member.name}, seed {seed}, sample {index}: none of {MAX_ATTEMPTS} attempts gave a usable view; "
        f"the last one: {record.rejected[-1]['reason']}"
    )


def make_sample(
    recipe: Recipe, renderer: Renderer, size: tuple[int, int], seed: int, index: int, exact: bool
) -> tuple[Sample, Record]:
    """Sample number `index` of the run `seed` at `size` (width, height), and what happened on the way; as `prepare`."""
    prepared = prepare(recipe, size, seed, index)
    while True:
        try:
            image = prepared.picture(renderer)
        except Unusable as error:
            prepared = prepare(recipe, size, seed, index, prepared.refuse(error), prepared.record)
        else:
            return prepared.sample(image, name_of(renderer), exact), prepared.record


def name_of(renderer: Renderer) -> str:
    """What a sample's json calls its renderer: "blender" or "raster"."""
    return type(renderer).__name__.removesuffix("Renderer").lower()


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


def _refusal(recipe: SceneRecipe, index: int, attempt: int, error: Any) -> dict[str, Any]:
    return {"index": index, "attempt": attempt, "recipe": recipe.name, "kind": error.kind, "reason": str(error)}


def _ask(
    recipe: SceneRecipe, scene: Scene, labels: Labels, rng: np.random.Generator, seed: int, index: int, attempt: int
) -> dict[str, Any]:
    table = instance_table(scene, labels)
    view = View(labels, table, scene.classes, recipe.view, recipe.instructions, scene.camera.intrinsics)
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

"""The constant predictor: what can be answered without the picture. A model that sees anything beats it.

It knows the train split and the words of a view's prompts, as far as they tell what is in view: the classes that the
semantic prompt lists, the category whose instances are asked for, how many things are referred to and the category of
each. It does not know the picture, the colours or positions in a referring expression, nor anything of the split it is
scored on. Two views with the same such words get the same answer. It is made as strong as that allows: each choice is
the one of the fair candidates that scores best on the train split: on its first 1,000 views; of depth, normals and classes,
which are averages of those, on 200 of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.constant_maps import best_depth, best_normals, best_semantic, heaviest
from pipeline.evaluate.constant_masks import Asked, Masks, best_instances, best_regions
from pipeline.evaluate.truth import Answer, Question, question, truth
from pipeline.shards.sample import Sample

MOST_VIEWS = 1000
"""Training views it looks at: an average of more is no other."""
LONGEST_SIDE = 256
"""Pixels; averages over scenes have no finer detail."""
KNOWS = {
    "depth": "the train split",
    "normal": "the train split",
    "semantic": "the train split and which classes the view's prompt lists",
    "instance": "the train split and which category the view's prompt asks for",
    "referring": "the train split, how many things the view's prompt refers to and the category of each",
}
"""What each answer may depend on, for the report. The picture is never among it."""


@dataclass(frozen=True, eq=False)
class Constant:
    """The answers, at the size of the train views. `choice` names the winning candidate of each task.

    depth_m [H, W]; normals [H, W, 3]; semantic: a weight for every class [classes, H, W], of which a view takes the
    heaviest that its prompt lists; instances, referring: masks for each category, None for any other.
    """

    depth_m: NDArray[np.float32]
    normals: NDArray[np.float32]
    semantic: NDArray[np.float32]
    instances: Masks
    referring: Masks
    choice: dict[str, str]

    def at(self, asked: Question, height: int, width: int) -> Answer:
        """The answer to a view's prompts, at the view's size."""
        instances = self.instances.get(asked.category, self.instances[None])
        regions = [self.referring.get(category, self.referring[None])[0] for category in asked.referents]
        return Answer(
            _resize(self.depth_m, width, height),
            _resize(self.normals, width, height),
            _resize(heaviest(self.semantic, asked.classes), width, height),
            [_resize(mask, width, height) for mask in instances],
            [_resize(mask, width, height) for mask in regions],
        )


@dataclass
class _Train:
    """What the fit keeps of the train views, all at one size."""

    depths: list[NDArray[np.float32]] = field(default_factory=list)
    normals: list[NDArray[np.float16]] = field(default_factory=list)
    semantic: list[NDArray[np.uint16]] = field(default_factory=list)
    listed: list[tuple[int, ...]] = field(default_factory=list)
    things: list[Asked] = field(default_factory=list)
    region_sums: dict[str | None, Any] = field(default_factory=dict)
    regions: Counter[str | None] = field(default_factory=Counter)


def fit(samples: Iterable[Sample], classes: int) -> Constant:
    """The best constant for these training views; classes: how many semantic ids there are.

    `constant_maps` and `constant_masks` say what is tried. Raises ValueError for no views.
    """
    train = _gather(samples)
    if not train.depths:
        raise ValueError("cannot fit a constant to no views")
    depth_choice, depth_m = best_depth(train.depths)
    normal_choice, normals = best_normals(train.normals)
    semantic_choice, semantic = best_semantic(train.semantic, train.listed, classes)
    instance_choice, instances = best_instances(train.things, depth_m.shape)
    referring_choice, referring = best_regions(train.region_sums, train.regions)
    choices = (depth_choice, normal_choice, semantic_choice, instance_choice, referring_choice)
    return Constant(depth_m, normals, semantic, instances, referring, dict(zip(KNOWS, choices)))


def _gather(samples: Iterable[Sample]) -> _Train:
    train = _Train()
    size = (0, 0)
    for sample in islice(samples, MOST_VIEWS):
        true, asked = truth(sample), question(sample)
        if not any(size):
            scale = min(1.0, LONGEST_SIDE / max(sample.image.shape[:2]))
            size = (round(sample.image.shape[1] * scale), round(sample.image.shape[0] * scale))
            train.region_sums[None] = np.zeros(size[::-1], np.float32)
        train.depths.append(_resize(true.depth_m, *size))
        # Half precision is exact to 0.03 degrees, and a thousand views have to fit.
        train.normals.append(_resize(true.normals, *size).astype(np.float16))
        train.semantic.append(_resize(true.semantic, *size))
        train.listed.append(asked.classes)
        masks = [_resize(mask, *size) for mask in true.instances or []]
        train.things.append(Asked(asked.category, [np.packbits(mask) for mask in masks]))
        for category, region in zip(asked.referents, true.referring or [], strict=True):
            train.region_sums[category] = train.region_sums.get(category, 0) + _resize(region, *size).astype(np.float32)
            train.regions[category] += 1
    return train


def _resize(array: Any, width: int, height: int) -> Any:
    if array.shape[:2] == (height, width):
        return array
    same = array.astype(np.uint8) if array.dtype == np.bool_ else array
    return cv2.resize(same, (width, height), interpolation=cv2.INTER_NEAREST_EXACT).astype(array.dtype)

"""What is wrong with one sample: schema, targets against exact labels, prompts and expressions against both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from pipeline.codecs import depth, normals, segmentation
from pipeline.codecs.tasks import TASKS
from pipeline.config import ViewRules
from pipeline.instructions.captions import long_caption, short_caption
from pipeline.instructions.checking import Scenery, referent_fault
from pipeline.instructions.reading import prompt_fault
from pipeline.instructions.referring import Facts
from pipeline.labels import Instance
from pipeline.shards.meta import Meta
from pipeline.shards.sample import Sample

ROUNDED = 0.05
"""Share of pixels whose 8-bit code may be one level off: elsewhere ties are rounded the other way, rows of a wall at once."""
CAMERA_DEG = 1.0
"""Largest angle between stored normals and those of the points that depth and intrinsics give."""
FLAT_PIXELS = 20
"""Fewest flat pixels from which an object has a say in that: a few may lie on a line by chance."""
Exact = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Claims:
    """What dataset.json says of every sample. classes: the class list, background first. rules: of each recipe, by name."""

    classes: Sequence[str]
    rules: Mapping[str, ViewRules]


def sample_faults(sample: Sample, claims: Claims) -> Iterator[str]:
    """One line a fault; nothing for a sound sample. Never raises: what cannot be checked for an error is a fault."""
    fault = _schema_fault(sample)
    if fault:
        yield fault
        return
    for check in (_prompt_faults, _palette_faults, _camera_faults, _target_faults, _table_faults, _word_faults):
        try:
            yield from check(sample, claims)
        except Exception as error:
            yield f"cannot be checked: {type(error).__name__}: {' '.join(str(error).split())[:200]}"


def _schema_fault(sample: Sample) -> str | None:
    try:
        meta = Meta.model_validate(sample.meta)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"json: {place}: {first['msg']}"
    if meta.key != sample.key or sample.key != f"{meta.recipe}-{meta.seed}-{meta.index:08d}":
        return f"json: key is {meta.key!r}"
    for task in TASKS:
        if sample.targets[task].shape != sample.image.shape:
            return f"{task} is {sample.targets[task].shape}, the image {sample.image.shape}"
    if sample.exact is not None:
        for name, array in sample.exact.items():
            if array.shape[:2] != sample.image.shape[:2]:
                return f"exact {name} is {array.shape}, the image {sample.image.shape}"
    return None


def _prompt_faults(sample: Sample, claims: Claims) -> Iterator[str]:
    for task in TASKS:
        if fault := prompt_fault(task, sample.meta["prompts"][task], sample.meta["codecs"][task]):
            yield f"{task}: {fault}"


def _palette_faults(sample: Sample, claims: Claims) -> Iterator[str]:
    """Ids and classes of palettes are known, colours differ, and the targets show no other colour."""
    codecs = sample.meta["codecs"]
    for row in codecs["semantic"]["palette"]:
        if row["id"] >= len(claims.classes) or row["class"] != claims.classes[row["id"]]:
            yield f"semantic: the palette calls id {row['id']} {row['class']!r}"
    if codecs["semantic"]["palette"][0]["id"] != 0:
        yield "semantic: the palette has no background"
    if codecs["instance"]["class"] not in claims.classes:
        yield f"instance: unknown class {codecs['instance']['class']!r}"
    for task in ("semantic", "instance", "referring"):
        colors = [tuple(color) for color in _colors(task, codecs[task])]
        if len(set(colors)) < len(colors):
            yield f"{task}: two entries of the palette share a colour"
        painted = np.unique(sample.targets[task].reshape(-1, 3), axis=0)
        if stray := {(int(r), int(g), int(b)) for r, g, b in painted} - set(colors):
            yield f"{task}: the target has colours that the palette lacks, such as {min(stray)}"


def _camera_faults(sample: Sample, claims: Claims) -> Iterator[str]:
    """K and pose are a camera's, and K agrees with depth and normals where surfaces are flat."""
    height, width = sample.image.shape[:2]
    intrinsics, pose = np.array(sample.meta["intrinsics"]), np.array(sample.meta["pose"])
    focal, centre = np.diag(intrinsics)[:2], intrinsics[:2, 2]
    rest = intrinsics - np.diag([*focal, 1.0])
    rest[:2, 2] = 0
    if focal.min() <= 0 or rest.any() or not ((centre > 0) & (centre < (width, height))).all():
        yield f"intrinsics are no camera's: {sample.meta['intrinsics']}"
        return
    rotation = pose[:3, :3]
    if (
        np.abs(rotation @ rotation.T - np.eye(3)).max() > 1e-6
        or np.linalg.det(rotation) < 0
        or (pose[3] != [0, 0, 0, 1]).any()
    ):
        yield "pose is no rigid motion"
    if sample.exact is not None:
        angle = _normals_from_depth(sample.exact, intrinsics)
        if angle > CAMERA_DEG:
            yield f"intrinsics, depth and normals disagree: {angle:.1f} degrees"


def _normals_from_depth(exact: Exact, intrinsics: NDArray[np.float64]) -> float:
    """Angle, degrees, between exact normals and the cross products of back-projected neighbours on flat facets.

    The median over an object, and of these the largest: a floor seen without roll says nothing of the focal length in x.
    """
    metres, n = exact["depth"].astype(np.float64), exact["normals"]
    height, width = metres.shape
    u, v = np.meshgrid(np.arange(width), np.arange(height))
    rays = np.stack(
        [(u - intrinsics[0, 2]) / intrinsics[0, 0], (intrinsics[1, 2] - v) / intrinsics[1, 1], -np.ones_like(u)], -1
    )
    points = rays * np.where(np.isfinite(metres), metres, 0)[..., None]
    across, down = points[1:-1, 2:] - points[1:-1, :-2], points[2:, 1:-1] - points[:-2, 1:-1]
    ours = np.cross(down, across)
    middle = n[1:-1, 1:-1]
    around = [n[1:-1, 2:], n[1:-1, :-2], n[2:, 1:-1], n[:-2, 1:-1]]
    flat = np.isfinite(metres[1:-1, 1:-1]) & middle.any(-1)
    for neighbour in around:
        flat &= (neighbour * middle).sum(-1) > 1 - 1e-6
    # Over a plane, 1 / depth is linear in pixels, whatever the camera: no step between two boards of one shelf.
    with np.errstate(divide="ignore"):
        inverse = np.where(np.isfinite(metres) & (metres > 0), 1.0 / metres, 0.0)
    centre = 2 * inverse[1:-1, 1:-1]
    for pair in (inverse[1:-1, 2:] + inverse[1:-1, :-2], inverse[2:, 1:-1] + inverse[:-2, 1:-1]):
        flat &= np.abs(pair - centre) < 2e-6 * centre
    owners = exact["instance"][1:-1, 1:-1][flat]
    cosine = (ours[flat] * middle[flat]).sum(-1) / np.maximum(np.linalg.norm(ours[flat], axis=-1), 1e-12)
    angles = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    numbers, counts = np.unique(owners, return_counts=True)
    medians = [np.median(angles[owners == number]) for number in numbers[counts >= FLAT_PIXELS]]
    return float(max(medians, default=0.0))


def _target_faults(sample: Sample, claims: Claims) -> Iterator[str]:
    """Every target is what its codec makes of the exact labels."""
    exact, codecs = sample.exact, sample.meta["codecs"]
    if exact is None:
        return
    if np.isnan(exact["depth"]).any() or (exact["depth"] < 0).any():
        yield "exact depth is negative or no number"
        return
    code = codecs["depth"]
    yield from _compared("depth", sample, depth.encode(exact["depth"], code["colormap"], code["lambda"], code["c"]))
    yield from _compared("normal", sample, normals.encode(exact["normals"], codecs["normal"]["convention"]))
    ids = {"semantic": exact["semantic"], "instance": exact["instance"], "referring": exact["instance"]}
    for task, values in ids.items():
        expected = segmentation.encode(values, _palette(task, codecs[task]))
        if differs := int((expected != sample.targets[task]).any(-1).sum()):
            yield f"{task} differs from the exact labels in {differs} pixels"


def _compared(task: str, sample: Sample, expected: NDArray[np.uint8]) -> Iterator[str]:
    difference = np.abs(expected.astype(np.int16) - sample.targets[task]).max(-1)
    if (difference > 1).any() or (difference > 0).mean() > ROUNDED:
        yield f"{task} is not the exact labels encoded: {int((difference > 0).sum())} pixels differ"


def _table_faults(sample: Sample, claims: Claims) -> Iterator[str]:
    """The instance table is what the label maps show, and lists all of the class asked for."""
    exact, rows = sample.exact, sample.meta["instances"]
    if exact is None:
        return
    by_id = {row["id"]: row for row in rows}
    present = set(np.unique(exact["instance"]).tolist()) - {0}
    if present != set(by_id) or len(by_id) < len(rows):
        yield f"instances: the table lists {sorted(by_id)}, the labels show {sorted(present)}"
        return
    names = Counter(row["name"] for row in rows)
    yield from (f"instances: {count} are called {name!r}" for name, count in names.items() if count > 1)
    for row in rows:
        mask = exact["instance"] == row["id"]
        v, u = np.nonzero(mask)
        box = [u.min(), v.min(), u.max() + 1, v.max() + 1]
        if row["pixels"] != len(u) or list(row["box"]) != box:
            yield f"instances: {row['name']}: box or pixel count is not that of its label"
        if row["category"] not in claims.classes:
            yield f"instances: {row['name']}: unknown class {row['category']!r}"
        elif (exact["semantic"][mask] != claims.classes.index(row["category"])).any():
            yield f"instances: {row['name']}: its semantic id is not that of {row['category']!r}"
        if abs(row["depth_m"] / float(np.median(exact["depth"][mask])) - 1) > 1e-3:
            yield f"instances: {row['name']}: depth_m is not the median of its label"
    asked = sample.meta["codecs"]["instance"]
    if {row["id"] for row in asked["colors"]} != {row["id"] for row in rows if row["category"] == asked["class"]}:
        yield f"instance: the palette does not hold every visible {asked['class']!r}"


def _word_faults(sample: Sample, claims: Claims) -> Iterator[str]:
    """Captions say what the table holds; every referring expression means its ids and nothing else."""
    height, width = sample.image.shape[:2]
    rows, recipe = sample.meta["instances"], sample.meta["recipe"]
    if recipe not in claims.rules:
        yield f"recipe: the corpus was not made from {recipe!r}, only from {', '.join(claims.rules)}"
        return
    intrinsics = np.array(sample.meta["intrinsics"])
    facts = Facts([_instance(row) for row in rows], claims.rules[recipe], width, height, intrinsics)
    for name, expected in (("caption", short_caption(facts)), ("caption_long", long_caption(facts))):
        if sample.meta[name] != expected:
            yield f"{name}: does not say what is seen"
    if sample.exact is None:
        return
    scenery = Scenery(sample.exact["instance"], sample.exact["depth"], rows, intrinsics)
    for referent in sample.meta["codecs"]["referring"]["referents"]:
        if fault := referent_fault(referent, scenery, facts.rules, claims.classes):
            yield f"referring: {fault}"


def _instance(row: dict[str, Any]) -> Instance:
    return Instance(**row | {key: tuple(row[key]) for key in ("box", "centroid", "size_m")})


def _colors(task: str, codec: dict[str, Any]) -> list[list[int]]:
    if task == "semantic":
        return [row["color"] for row in codec["palette"]]
    return [codec["background"], *(row["color"] for row in codec["colors" if task == "instance" else "referents"])]


def _palette(task: str, codec: dict[str, Any]) -> dict[int, Any]:
    if task == "semantic":
        return {row["id"]: tuple(row["color"]) for row in codec["palette"]}
    palette = {0: tuple(codec["background"])}
    if task == "instance":
        return palette | {row["id"]: tuple(row["color"]) for row in codec["colors"]}
    return palette | {number: tuple(row["color"]) for row in codec["referents"] for number in row["ids"]}

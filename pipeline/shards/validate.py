"""Check a corpus against its own claims: hashes, fields, and every target against the exact labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pipeline.codecs import depth, normals, segmentation
from pipeline.shards.read import CorpusError, read_info, read_manifest, read_rows
from pipeline.shards.sample import CorruptSample, Sample, from_files
from pipeline.shards.write import digest

NORMAL_ERROR_RAD = np.radians(0.5)
"""8-bit components are off by at most 1/255 each, under 0.4 degrees together."""


@dataclass
class Validation:
    """What was checked, and what is wrong: one line a fault, naming file, key and reason."""

    shards: int = 0
    samples: int = 0
    faults: list[str] = field(default_factory=list)


def validate_corpus(corpus: Path) -> Validation:
    """Check every shard of every split. Raises CorpusError only when there is no corpus to check."""
    report = Validation()
    for split in read_info(corpus)["splits"]:
        try:
            manifest = read_manifest(corpus, split)
        except CorpusError as error:
            report.faults.append(str(error))
            continue
        for shard in manifest["shards"]:
            report.shards += 1
            for name, claimed in shard["files"].items():
                report.faults += _shard_faults(corpus / split / name, claimed, shard["samples"])
            report.samples += shard["samples"]
    return report


def _shard_faults(path: Path, claimed: dict[str, object], samples: int) -> Iterator[str]:
    if not path.is_file():
        yield f"{path}: missing"
        return
    if digest(path) != claimed:
        yield f"{path}: size or sha256 differs from the manifest"
    seen: set[str] = set()
    try:
        for key, files in read_rows(path):
            if key in seen:
                yield f"{path}: {key} occurs twice"
            seen.add(key)
            try:
                yield from (f"{path}: {key}: {fault}" for fault in sample_faults(from_files(key, files)))
            except CorruptSample as error:
                yield f"{path}: {error}"
    except CorpusError as error:
        yield str(error)
        return
    if len(seen) != samples:
        yield f"{path}: {len(seen)} samples, the manifest says {samples}"


def sample_faults(sample: Sample) -> Iterator[str]:
    """What is wrong with one sample; nothing when every target decodes to the exact labels."""
    for task, target in sample.targets.items():
        if target.shape != sample.image.shape:
            yield f"{task} is {target.shape}, the image {sample.image.shape}"
            return
        if not sample.meta["prompts"].get(task):
            yield f"{task} has no prompt"
    if sample.exact is None:
        return
    exact, codecs = sample.exact, sample.meta["codecs"]
    if (depth.encode(exact["depth"]) != sample.targets["depth"]).any():
        yield "depth is not the exact depth encoded"
    decoded = normals.decode(sample.targets["normal"])
    hit = exact["instance"] > 0
    cosine = np.einsum("ij,ij->i", decoded[hit], exact["normals"][hit])
    if hit.any() and cosine.min() < np.cos(NORMAL_ERROR_RAD):
        yield "normal is off by more than 8 bits explain"
    palette = {row["id"]: tuple(row["color"]) for row in codecs["semantic"]["palette"]}
    listed = np.isin(exact["semantic"], list(palette))
    if (
        segmentation.decode_semantic(sample.targets["semantic"], palette) != np.where(listed, exact["semantic"], 0)
    ).any():
        yield "semantic differs from the exact classes"
    for task, rows in (("instance", codecs["instance"]["colors"]), ("referring", codecs["referring"]["referents"])):
        palette = {0: tuple(codecs[task]["background"])}
        for row in rows:
            palette |= {number: tuple(row["color"]) for number in row.get("ids", [row.get("id")])}
        if (segmentation.encode(exact["instance"], palette) != sample.targets[task]).any():
            yield f"{task} differs from the exact instances"

"""SA-Co/Gold, instances of a noun phrase: "SAM 3: Segment Anything with Concepts", 2025.
https://huggingface.co/datasets/facebook/SACo-Gold

Files: annotations `gold_SUBSET_merged_a_release_test.json`, `..._b_...` and `..._c_...`, of three people, anywhere under
the folder, of one or more of the seven subsets; pictures by each row's "file_name" in the folder or one of its own
folders, e.g. `metaclip-images/` and `sa1b-images/`. Licence: SAM License; the pictures' own.
Format: COCO's. A row of "images" is a pair of a picture and a phrase, "text_input"; "annotations" hold its masks as
compressed run-length codes. Kept are pairs that all three people call exhaustive ("is_instance_exhaustive") and that at
least one found something for: pmF1 counts positive pairs alone, so pairs without any cannot change it. Masks of crowds
are left out, as by the authors' evaluator.

Score: pmF1, positive micro F1 over IoU 0.5 to 0.95. Of three truths the one counts that the answer agrees with best
(the authors' "oracle"); where that is a truth without masks, the pair is no positive one and does not count. Mean over
the subsets that are there; the paper's number is the mean over all seven, so a report names those that it lacks, and how
many pairs of a subset it lacks: the authors' `update_eval_files.py` rewrites the annotations without pictures that can no
longer be fetched. The authors' official score is cgF1, which needs the negative pairs too; it is not computed.

Asked: "Instance segmentation: PHRASE. Use black for the background." An answer's instances are its colours; a painting
has no confidence, so each counts as found.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError, require
from pipeline.evaluate.benchmarks.asking import instances
from pipeline.evaluate.benchmarks.case import Case, Pending
from pipeline.evaluate.benchmarks.files import first, found, read_json, read_rgb, reading, same_size
from pipeline.evaluate.benchmarks.refcocog import union_mask
from pipeline.evaluate.truth import Answer

NAME = re.compile(r"gold_(.+)_merged_([abc])_.*test\.json")
PEOPLE = "abc"
PAIRS = {
    "attributes": 9_245,
    "crowded": 20_687,
    "fg_food": 13_951,
    "fg_sports_equipment": 12_166,
    "metaclip": 33_393,
    "sa1b": 13_258,
    "wiki_common": 65_502,
}
"""Pairs of picture and phrase, positive and negative, of each subset by its name in the files' names (the dataset card)."""
REMEDY = "fetch the annotations from https://huggingface.co/datasets/facebook/SACo-Gold"
PICTURES = (
    "unpack metaclip-images.zip and sa1b-images.zip, linked from https://github.com/facebookresearch/sam3, there; "
    "without some of them, let its update_eval_files.py rewrite the annotations"
)


def cases(root: Path) -> list[Pending]:
    """The positive pairs, by subset and id. Raises ConfigError."""
    require("benchmarks", "pycocotools")
    subsets = _annotations(root)
    folders = [root, *sorted(path for path in root.iterdir() if path.is_dir())]
    pending = [
        case
        for name, people in sorted(subsets.items())
        for case in _subset(name, [people[who] for who in PEOPLE], folders)
    ]
    if not pending:
        raise ConfigError(f"--root {root}: the annotations hold no positive pair of picture and phrase; {REMEDY}")
    return pending


def lacks(root: Path) -> list[str]:
    """The subsets that are not there, and of those that are the pairs that are not. Raises ConfigError."""
    there, missing = _annotations(root), []
    for name, pairs in PAIRS.items():
        if name not in there:
            missing.append(name)
            continue
        path = there[name][PEOPLE[0]]
        table = read_json(path)
        with reading(path, "an annotation file of SA-Co/Gold"):
            listed = len(table["images"])
        if listed < pairs:
            missing.append(f"{pairs - listed:,} of the {pairs:,} pairs of {name}")
    return missing


def _annotations(root: Path) -> dict[str, dict[str, Path]]:
    """The file of each person, by subset. Raises ConfigError where one is missing or there twice."""
    subsets: dict[str, dict[str, Path]] = defaultdict(dict)
    for path in found(root, ["**/gold_*_merged_[abc]_*.json"], REMEDY):
        if named := NAME.fullmatch(path.name):
            other = subsets[named[1]].setdefault(named[2], path)
            if other != path:
                raise ConfigError(
                    f"--root {root}: of the subset {named[1]}, what person {named[2]} drew is there twice, as "
                    f"{other.relative_to(root)} and {path.relative_to(root)}; move one of them away"
                )
    for name, people in subsets.items():
        if missing := sorted(set(PEOPLE) - set(people)):
            raise ConfigError(
                f"--root {root}: of the subset {name}, what person {missing[0]} drew is missing "
                f"(gold_{name}_merged_{missing[0]}_release_test.json); {REMEDY}"
            )
    return subsets


def _subset(name: str, paths: Sequence[Path], folders: Sequence[Path]) -> list[Pending]:
    rows: list[dict[int, dict[str, Any]]] = []
    masks: list[dict[int, list[Any]]] = []
    for path in paths:
        table = read_json(path)
        with reading(path, "an annotation file of SA-Co/Gold"):
            rows.append({row["id"]: row for row in table["images"]})
            drawn = defaultdict(list)
            for annotation in table["annotations"]:
                if not annotation.get("iscrowd", 0):
                    drawn[annotation["image_id"]].append(annotation["segmentation"])
            masks.append(drawn)
    pending: list[Pending] = []
    for number in sorted(set.intersection(*map(set, rows))):
        exhaustive = all(people[number].get("is_instance_exhaustive", 1) for people in rows)
        if exhaustive and any(people.get(number) for people in masks):
            row = rows[0][number]
            with reading(paths[0], "an annotation file of SA-Co/Gold"):
                picture = first([folder / row["file_name"] for folder in folders], PICTURES)
                text = str(row["text_input"]).strip()
            drawings = [people.get(number, []) for people in masks]
            pending.append(partial(_read, f"{name}/{number}", picture, text, drawings, name))
    return pending


def _read(key: str, picture: Path, phrase: str, drawings: Sequence[Sequence[Any]], group: str) -> Case:
    image = read_rgb(picture)
    truths = []
    for drawing in drawings:
        with reading(picture, "the picture of its annotation"):
            masks = [union_mask(segmentation, *image.shape[:2]) for segmentation in drawing]
        for mask in masks:
            same_size(picture, mask, image)
        truths.append(Answer(instances=masks))
    return Case(key, image, "instance", *instances(phrase), tuple(truths), group=group)

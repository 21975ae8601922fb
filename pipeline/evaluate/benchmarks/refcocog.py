"""RefCOCOg, referring segmentation, UMD's validation split: Mao et al., CVPR 2016; Nagaraja et al., ECCV 2016.
https://github.com/lichengunc/refer

Files: `instances.json` and `refs(umd).json` in the folder or its `refcocog/`, and COCO's `train2014/` pictures in the
folder or its `images/mscoco/images/` (as LISA lays them out). `refcocog.zip` holds the references as `refs(umd).p`, a
Python pickle. A pickle can run any code, so it is never read here; whoever trusts theirs turns it into JSON once:

    python -c "import json, pickle; json.dump(pickle.load(open('refs(umd).p', 'rb')), open('refs(umd).json', 'w'))"

Parquet copies on the Hub are not read: the one we looked at has another number of rows than UMD's split.
Licence: the pictures are COCO's (Flickr terms); of the expressions we found none stated.
Split: references whose "split" is "val"; every sentence is a question of its own, as in LISA's evaluation. Truth: the
union of the annotation's polygons, filled as pycocotools does. cIoU: intersections over unions, both summed over all
sentences; gIoU, the mean of the sentences' own, is reported beside it. Every pixel is scored. The split has 2,573
references (https://www.tensorflow.org/datasets/catalog/ref_coco, refcocog, umd, val); a report says how many it lacks.

Asked: "Paint TEXT in white. Paint everything else black.", TEXT as the file's "sent" has it.
Protocols differ: some ask one sentence a reference; Google's split (`refs(google).p`) shares pictures between train and
validation and is another benchmark.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ConfigError, require
from pipeline.evaluate.benchmarks.asking import referring
from pipeline.evaluate.benchmarks.case import Case, Pending
from pipeline.evaluate.benchmarks.files import first, read_json, read_rgb, reading, same_size
from pipeline.evaluate.truth import Answer

REFS = "refs(umd).json"
REFERENCES = 2573
"""Of UMD's validation split."""
CONVERT = """python -c "import json, pickle; json.dump(pickle.load(open('refs(umd).p', 'rb')), open('refs(umd).json', 'w'))\""""
REMEDY = "unpack refcocog.zip, linked from https://github.com/lichengunc/refer, there"
PICTURES = "unpack train2014.zip of https://cocodataset.org there"


def cases(root: Path) -> list[Pending]:
    """The sentences of the split, in the file's order. Raises ConfigError."""
    require("benchmarks", "pycocotools")
    instances = _instances(root)
    refs, listed = _validation(instances)
    pictures = first([root / "train2014", root / "images" / "mscoco" / "images" / "train2014"], PICTURES)
    table = read_json(instances)
    with reading(instances, "COCO's instances"):
        images = {row["id"]: row for row in table["images"]}
        annotations = {row["id"]: row for row in table["annotations"]}
    pending: list[Pending] = []
    with reading(refs, "a list of references"):
        for ref in listed:
            row, annotation = images.get(ref["image_id"]), annotations.get(ref["ann_id"])
            if row is None or annotation is None:
                raise ConfigError(
                    f"{instances}: lacks picture {ref['image_id']} or annotation {ref['ann_id']}, which {REFS} refers to; "
                    "take the instances.json of refcocog.zip"
                )
            picture = first([pictures / row["file_name"]], PICTURES)
            size = (int(row["height"]), int(row["width"]))
            pending += [
                partial(_read, f"{ref['ref_id']}-{number}", picture, size, annotation, sentence["sent"].strip())
                for number, sentence in enumerate(ref["sentences"])
            ]
    if not pending:
        raise ConfigError(f"{refs}: has no reference of the split 'val'; convert refs(umd).p, not refs(google).p")
    return pending


def lacks(root: Path) -> list[str]:
    """How many of the split's references are not there. Raises ConfigError."""
    _, listed = _validation(_instances(root))
    return [f"{REFERENCES - len(listed):,} of {REFERENCES:,} references"] if len(listed) < REFERENCES else []


def _instances(root: Path) -> Path:
    return first([root / "instances.json", root / "refcocog" / "instances.json"], REMEDY)


def _validation(instances: Path) -> tuple[Path, list[dict[str, Any]]]:
    """The file of references beside `instances`, and those of the validation split."""
    refs = first(
        [instances.with_name(REFS)],
        f"plantain reads no pickles: if you trust refs(umd).p, run in its folder: {CONVERT}",
    )
    listed = read_json(refs)
    with reading(refs, "a list of references"):
        return refs, [ref for ref in listed if ref["split"] == "val"]


def union_mask(segmentation: Any, height: int, width: int) -> NDArray[np.bool_]:
    """All pixels [H, W] of a COCO "segmentation": polygons, or a run-length code, compressed or not."""
    from pycocotools import mask

    codes = mask.frPyObjects(segmentation, height, width) if _counts(segmentation) is not str else segmentation
    return np.asarray(mask.decode(mask.merge(codes) if isinstance(codes, list) else codes), bool)


def _counts(segmentation: Any) -> type | None:
    return type(segmentation["counts"]) if isinstance(segmentation, dict) else None


def _read(key: str, picture: Path, size: tuple[int, int], annotation: dict[str, Any], text: str) -> Case:
    image = read_rgb(picture)
    with reading(picture, "the picture of its annotation"):
        mask = union_mask(annotation["segmentation"], *size)
    same_size(picture, mask, image)
    return Case(key, image, "referring", *referring(text), (Answer(referring=[mask]),))

"""COCO instance segmentation: the pictures and one annotations.json (https://cocodataset.org/#format-data)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np

import pipeline
from pipeline.errors import require
from pipeline.export.folder import opened
from pipeline.export.views import Progress, Source, View, open_source
from pipeline.shards.location import Location


def export_coco(
    corpus: Location, split: str, output: Path, overwrite: bool = False, on_progress: Progress | None = None
) -> int:
    """Write `output`/images/KEY.png (or .jpg, as the corpus has it) and `output`/annotations.json; the number of views.

    Every visible *thing* is an annotation: its visible mask as compressed RLE, area in pixels, bbox [x, y, width,
    height] covering whole pixels, iscrowd 0. Categories are the corpus's classes with their semantic ids. There is no
    date in it: the same corpus gives the same file. Raises ConfigError and CorpusError, before anything is written
    where that can be known.
    """
    require("export", "pycocotools")
    source = open_source(corpus, split, exact_for="coco")
    ids = {name: number for number, name in enumerate(source.info["classes"]) if number}
    count = 0
    # The list of images waits in a file of its own: memory does not grow with the split.
    with (
        opened(output, overwrite) as folder,
        TemporaryFile("w+", encoding="utf-8") as images,
        folder.stream("annotations.json") as out,
    ):
        out.write(json.dumps(_header(source, ids))[:-1] + ',\n"annotations": [\n')
        for image_id, view in enumerate(source.views("exact", on_progress=on_progress), start=1):
            name = view.key + view.suffix
            folder.save(f"images/{name}", view.image)
            height, width = view.exact["instance"].shape
            row = {"id": image_id, "file_name": name, "width": width, "height": height, "license": 1}
            images.write((",\n" if image_id > 1 else "") + json.dumps(row))
            for annotation in _annotations(view, ids):
                count += 1
                row = {"id": count, "image_id": image_id} | annotation
                out.write((",\n" if count > 1 else "") + json.dumps(row))
        out.write('\n],\n"images": [\n')
        images.seek(0)
        shutil.copyfileobj(images, out)
        out.write("\n]}\n")
    return source.manifest["samples"]


def _header(source: Source, ids: dict[str, int]) -> dict[str, Any]:
    recipe = source.info["config"]["recipe"]
    names = sorted({str(asset["licence"]) for asset in source.info.get("asset_licences", [])}) or ["CC0-1.0"]
    return {
        "info": {
            "description": f"{recipe['name']}: {recipe.get('description') or 'synthetic views'}, split {source.split}",
            "version": str(source.info.get("plantain", pipeline.__version__)),
            "contributor": f"plantain {pipeline.__version__}",
            "url": "",
        },
        "licenses": [
            {"id": number, "name": name, "url": f"https://spdx.org/licenses/{name}.html"}
            for number, name in enumerate(names, start=1)
        ],
        "categories": [{"id": number, "name": name, "supercategory": name} for name, number in ids.items()],
    }


def _annotations(view: View, ids: dict[str, int]) -> Iterator[dict[str, Any]]:
    from pycocotools import mask as rle

    instance = view.exact["instance"]
    things = [row for row in view.meta["instances"] if row["thing"] and row["pixels"] > 0]
    for row in things:
        code = rle.encode(np.asfortranarray(instance == row["id"], dtype=np.uint8))
        yield {
            "category_id": ids[row["category"]],
            "segmentation": {"size": [int(n) for n in code["size"]], "counts": code["counts"].decode("ascii")},
            "area": int(rle.area(code)),
            "bbox": [float(x) for x in rle.toBbox(code)],
            "iscrowd": 0,
        }

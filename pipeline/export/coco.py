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
from pipeline.shards.card import PROCEDURAL, licence_page
from pipeline.shards.location import Location


def export_coco(
    corpus: Location, split: str, output: Path, overwrite: bool = False, on_progress: Progress | None = None
) -> int:
    """Write `output`/images/KEY.png (or .jpg, as the corpus has it) and `output`/annotations.json; the number of views.

    Every visible *thing* is an annotation: its visible mask as compressed RLE, area in pixels, bbox [x, y, width,
    height] covering whole pixels, iscrowd 0. Categories are the corpus's classes with their semantic ids. The licence of
    an image names those of everything it shows. There is no date in it: the same corpus gives the same file. Raises
    ConfigError and CorpusError, before anything is written where that can be known.
    """
    require("export", "pycocotools")
    source = open_source(corpus, split, exact_for="coco")
    ids = {name: number for number, name in enumerate(source.info["classes"]) if number}
    licence_of = _asset_licences(source)
    licences: dict[str, int] = {}
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
            licence = licences.setdefault(_shown_under(view, licence_of), len(licences) + 1)
            row = {"id": image_id, "file_name": name, "width": width, "height": height, "license": licence}
            images.write((",\n" if image_id > 1 else "") + json.dumps(row))
            for annotation in _annotations(view, ids):
                count += 1
                row = {"id": count, "image_id": image_id} | annotation
                out.write((",\n" if count > 1 else "") + json.dumps(row))
        out.write('\n],\n"images": [\n')
        images.seek(0)
        shutil.copyfileobj(images, out)
        named = [{"id": number, "name": name, "url": licence_page(name)} for name, number in licences.items()]
        out.write('\n],\n"licenses": ' + json.dumps(named) + "}\n")
    return source.manifest["samples"]


def _header(source: Source, ids: dict[str, int]) -> dict[str, Any]:
    recipe = source.info["config"]["recipe"]
    return {
        "info": {
            "description": f"{recipe['name']}: {recipe.get('description') or 'synthetic views'}, split {source.split}",
            "version": str(source.info.get("plantain", pipeline.__version__)),
            "contributor": f"plantain {pipeline.__version__}",
            "url": "",
        },
        "categories": [{"id": number, "name": name, "supercategory": name} for name, number in ids.items()],
    }


def _asset_licences(source: Source) -> dict[str, str]:
    """Licence of everything that views show, by source."""
    return {row["source"]: row["licence"] for row in (PROCEDURAL, *source.info.get("asset_licences", []))}


def _shown_under(view: View, licence_of: dict[str, str]) -> str:
    """The licences of what a view shows, sky included, joined as SPDX joins terms that all hold."""
    sources = {row["source"] for row in view.meta["instances"]} | {view.meta["environment"]}
    # What dataset.json does not credit may be under any of its licences.
    unknown = sources - licence_of.keys()
    return " AND ".join(sorted(set(licence_of.values()) if unknown else {licence_of[name] for name in sources}))


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

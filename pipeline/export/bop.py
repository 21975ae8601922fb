"""BOP datasets, scene-wise (thodan/bop_toolkit, docs/bop_datasets_format.md), without object poses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.export.folder import Folder, opened
from pipeline.export.views import Progress, Source, View, depth_mm, open_source
from pipeline.files import png
from pipeline.shards.location import Location

VIEWS_A_SCENE = 1000
"""Folders of 1000 frames, as BOP's own rendered training sets have them."""
DEPTH_SCALE = 1.0
"""Millimetres a unit of the depth PNG."""


def export_bop(
    corpus: Location, split: str, output: Path, overwrite: bool = False, on_progress: Progress | None = None
) -> int:
    """Write `output`/SPLIT/SSSSSS with scene_camera.json, scene_gt.json, scene_gt_info.json, rgb/, depth/, mask_visib/.

    Returns the number of views. A BOP scene here is a folder of up to 1000 views, each of a 3D scene of its own. cam_K
    is our K as it is: the toolkit too has pixel centres at integers (misc.depth_im_to_dist_im); some loaders take the
    K of BOP's rendered sets for one with its origin at a pixel's corner. cam_R_w2c and cam_t_w2c (mm) invert our
    camera-to-world pose; both sides have OpenCV camera axes. depth: uint16 millimetres along the optical axis, 0 for
    nothing or beyond 65.535 m. obj_id: the semantic id. visib_fract counts the outline past the image border as the
    toolkit does, but is sampled, not counted pixel by pixel.

    Left out, because the corpus does not have it: object poses (cam_R_m2c, cam_t_m2c), models/, camera.json,
    mask/ and what it gives (bbox_obj, px_count_all, px_count_valid). The README in the output says so too.
    Raises ConfigError and CorpusError, before anything is written where that can be known.
    """
    source = open_source(corpus, split, exact_for="bop")
    ids = {name: number for number, name in enumerate(source.info["classes"])}
    scene, place = _empty_scene(), ""
    with opened(output, overwrite) as folder:
        for number, view in enumerate(source.views("exact", on_progress=on_progress)):
            frame = number % VIEWS_A_SCENE
            if number and frame == 0:
                _save_scene(folder, place, scene)
                scene = _empty_scene()
            place = f"{split}/{number // VIEWS_A_SCENE:06d}"
            _save_view(folder, place, frame, view, ids, scene)
        _save_scene(folder, place, scene)
        folder.save_text("README.md", _readme(source, ids))
    return source.manifest["samples"]


def _empty_scene() -> dict[str, dict[str, Any]]:
    return {"scene_camera": {}, "scene_gt": {}, "scene_gt_info": {}}


def _save_scene(folder: Folder, place: str, scene: dict[str, dict[str, Any]]) -> None:
    for name, frames in scene.items():
        folder.save_text(f"{place}/{name}.json", _json(frames))


def _save_view(
    folder: Folder, place: str, frame: int, view: View, ids: dict[str, int], scene: dict[str, dict[str, Any]]
) -> None:
    folder.save(f"{place}/rgb/{frame:06d}{view.suffix}", view.image)
    folder.save(f"{place}/depth/{frame:06d}.png", png(depth_mm(view.exact["depth"])))
    things = [row for row in view.meta["instances"] if row["thing"] and row["pixels"] > 0]
    for index, row in enumerate(things):
        mask = np.where(view.exact["instance"] == row["id"], 255, 0).astype(np.uint8)
        folder.save(f"{place}/mask_visib/{frame:06d}_{index:06d}.png", png(mask))
    scene["scene_camera"][str(frame)] = _camera(view.meta)
    scene["scene_gt"][str(frame)] = [{"obj_id": ids[row["category"]]} for row in things]
    scene["scene_gt_info"][str(frame)] = [_gt_info(row) for row in things]


def _camera(meta: dict[str, Any]) -> dict[str, Any]:
    pose = np.asarray(meta["pose"], np.float64)
    rotation = pose[:3, :3].T
    return {
        "cam_K": np.asarray(meta["intrinsics"], np.float64).ravel().tolist(),
        "cam_R_w2c": rotation.ravel().tolist(),
        "cam_t_w2c": (-1000.0 * rotation @ pose[:3, 3]).tolist(),
        "depth_scale": DEPTH_SCALE,
    }


def _gt_info(row: dict[str, Any]) -> dict[str, Any]:
    x0, y0, x1, y1 = row["box"]
    return {
        # Last pixel less first, one under the pixels covered: what misc.calc_2d_bbox puts into every BOP dataset.
        "bbox_visib": [x0, y0, x1 - 1 - x0, y1 - 1 - y0],
        "px_count_visib": row["pixels"],
        "visib_fract": row["visible_fraction"],
    }


def _json(frames: dict[str, Any]) -> str:
    lines = [f'  "{frame}": {json.dumps(content)}' for frame, content in frames.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _readme(source: Source, ids: dict[str, int]) -> str:
    objects = "\n".join(f"| {number} | {name} |" for name, number in ids.items() if number)
    return f"""# {source.info["config"]["recipe"]["name"]}, split {source.split}, in the BOP layout

Written by `plantain export bop`. `{source.split}/SSSSSS` holds up to {VIEWS_A_SCENE} views, each of its own 3D scene.

- `rgb/`, `depth/` (16 bits, times `depth_scale` = millimetres along the optical axis, 0 = nothing there or beyond
  65.535 m), `mask_visib/` (255 where the object is seen).
- `scene_camera.json`: `cam_K` with pixel centres at integer coordinates (a loader that shifts the K of BOP's own
  rendered sets by half a pixel must not shift this one), `cam_R_w2c`, `cam_t_w2c` in mm, OpenCV axes.
- `scene_gt.json`: `obj_id`, the class of the object (below). Two objects of one class may have different shapes.
- `scene_gt_info.json`: `bbox_visib`, `px_count_visib`, `visib_fract`.

Left out, because the corpus does not record it: object poses (`cam_R_m2c`, `cam_t_m2c`), `models/`, `camera.json`
(views may differ in their intrinsics), `mask/`, and `bbox_obj`, `px_count_all`, `px_count_valid`, which need the hidden
part of the outline. So this serves detection, segmentation and depth; it cannot train or score 6D pose.

| obj_id | class |
| --- | --- |
{objects}
"""

"""The processed Hypersim that Marigold trains on (prs-eth/Marigold, script/*/dataset_preprocess/hypersim)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.export.folder import opened
from pipeline.export.views import Progress, depth_mm, image_png, open_source
from pipeline.files import npy, png
from pipeline.shards.location import Location


def export_hypersim(
    corpus: Location, split: str, output: Path, overwrite: bool = False, on_progress: Progress | None = None
) -> int:
    """Write `output`/SPLIT in the layout of Marigold's Hypersim preprocessing; the number of views.

    In SPLIT/KEY/ (a view of ours is a scene of its own), with FFFF its index:
    rgb_cam_00_frFFFF.png; depth_plane_cam_00_frFFFF.png, uint16 millimetres along the optical axis, 0 = invalid (also
    beyond 65.535 m; Marigold masks from 65 m); normal_cam_cam_00_frFFFF.npy, float32 [H, W, 3], unit length, camera
    space with +x right, +y up, +z towards the viewer, (0, 0, 0) where nothing is hit: Hypersim's axes and ours.
    SPLIT/filename_list_SPLIT.txt and SPLIT/hypersim_filtered_SPLIT.txt list "rgb depth" and "rgb normals", relative
    to SPLIT. Raises ConfigError and CorpusError, before anything is written where that can be known.
    """
    source = open_source(corpus, split, exact_for="hypersim")
    with (
        opened(output, overwrite) as folder,
        folder.stream(f"{split}/filename_list_{split}.txt") as depth_list,
        folder.stream(f"{split}/hypersim_filtered_{split}.txt") as normals_list,
    ):
        for view in source.views("exact", on_progress=on_progress):
            frame = f"cam_00_fr{view.meta['index']:04d}"
            rgb = f"{view.key}/rgb_{frame}.png"
            depth = f"{view.key}/depth_plane_{frame}.png"
            normals = f"{view.key}/normal_cam_{frame}.npy"
            folder.save(f"{split}/{rgb}", image_png(view))
            folder.save(f"{split}/{depth}", png(depth_mm(view.exact["depth"])))
            folder.save(f"{split}/{normals}", npy(np.ascontiguousarray(view.exact["normals"], np.float32)))
            depth_list.write(f"{rgb} {depth}\n")
            normals_list.write(f"{rgb} {normals}\n")
        folder.save_text("README.md", _readme(output.resolve(), split))
    return source.manifest["samples"]


def _readme(output: Path, split: str) -> str:
    home = output / split
    return f"""# Views in the layout of Marigold's processed Hypersim

Written by `plantain export hypersim`; Marigold's loaders read it unchanged. Its dataset configurations join `dir` to
`--base_data_dir` and take `filenames` as it stands, so with `--base_data_dir {output.parent}`:

```yaml
# config/dataset_depth
name: hypersim_depth
disp_name: plantain_depth
dir: {output.name}/{split}
filenames: {home}/filename_list_{split}.txt
```

```yaml
# config/dataset_normals
name: hypersim_normals
disp_name: plantain_normals
dir: {output.name}/{split}
filenames: {home}/hypersim_filtered_{split}.txt
```

Depth is uint16 millimetres along the optical axis, 0 = invalid. Normals are float32 [H, W, 3] in camera space: +x
right, +y up, +z towards the viewer. Not written: `filename_meta_*.csv`, which no loader reads. No view is filtered out.
"""

"""Before-and-after pairs for LoRA trainers of image editors: SimpleTuner and ai-toolkit read the same two folders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pipeline.codecs.tasks import TASKS
from pipeline.errors import ConfigError
from pipeline.export.folder import opened
from pipeline.export.views import Progress, image_png, open_source
from pipeline.shards.location import Location


def export_edit_pairs(
    corpus: Location,
    split: str,
    output: Path,
    overwrite: bool = False,
    tasks: Sequence[str] = TASKS,
    on_progress: Progress | None = None,
) -> int:
    """Write, for every view and task, control/KEY_TASK.png (the picture), target/KEY_TASK.png and target/KEY_TASK.txt.

    Returns the number of views. The .txt is the prompt on one line: SimpleTuner takes each line of a caption file for
    another caption. The control pictures of a view are hard links to one file where the file system has them. Raises
    ConfigError for an unknown task, ConfigError and CorpusError, before anything is written where that can be known,
    as `open_source` does.
    """
    for task in tasks:
        if task not in TASKS:
            raise ConfigError(f"--task {task}: unknown task; known: {', '.join(TASKS)}")
    tasks = list(dict.fromkeys(tasks))
    source = open_source(corpus, split)
    with opened(output, overwrite) as folder:
        for view in source.views(*tasks, on_progress=on_progress):
            picture, first = image_png(view), None
            for task in tasks:
                name = f"{view.key}_{task}"
                folder.save(f"control/{name}.png", picture, same_as=first)
                folder.save(f"target/{name}.png", view.targets[task])
                folder.save_text(f"target/{name}.txt", " ".join(view.meta["prompts"][task].splitlines()))
                first = first or f"control/{name}.png"
        render = source.info["config"]["render"]
        size = min(render["width"], render["height"])
        folder.save_text("README.md", _readme(output.resolve(), size, tasks))
    return source.manifest["samples"]


def _readme(output: Path, size: int, tasks: list[str]) -> str:
    simpletuner = [
        {
            "id": "plantain-target",
            "type": "local",
            "dataset_type": "image",
            "instance_data_dir": str(output / "target"),
            "caption_strategy": "textfile",
            "conditioning_data": ["plantain-control"],
            "resolution": size,
            "resolution_type": "pixel",
            "minimum_image_size": size,
            "crop": False,
            "cache_dir_vae": "cache/vae/plantain-target",
        },
        {
            "id": "plantain-control",
            "type": "local",
            "dataset_type": "conditioning",
            "conditioning_type": "reference_strict",
            "source_dataset_id": "plantain-target",
            "instance_data_dir": str(output / "control"),
            "resolution": size,
            "resolution_type": "pixel",
            "minimum_image_size": size,
            "crop": False,
            "cache_dir_vae": "cache/vae/plantain-control",
        },
        {
            "id": "text-embeds",
            "type": "local",
            "dataset_type": "text_embeds",
            "default": True,
            "cache_dir": "cache/text",
        },
    ]
    return f"""# Edit pairs: {", ".join(tasks)}

Written by `plantain export edit-pairs`: `control/NAME.png` is the picture, `target/NAME.png` the answer painted as RGB,
`target/NAME.txt` the prompt. Names match one to one.

The colours and directions carry the numbers: no flips (a mirrored normal map is wrong, and so is "the left chair"), no
colour augmentation, no shuffling or dropping of captions, and the size the pictures have ({size} pixels).

## SimpleTuner: `multidatabackend.json`

```json
{json.dumps(simpletuner, indent=2)}
```

Set `"caption_dropout_probability": 0.0` in `config.json`. FLUX.1-Kontext prefers `"conditioning_type":
"reference_loose"`; Qwen-Image-Edit (edit-v1) also wants a `conditioning_image_embeds` entry: see SimpleTuner's
quickstart of the model.

## ai-toolkit: `datasets` of the job's YAML

```yaml
datasets:
  - folder_path: "{output / "target"}"
    control_path: "{output / "control"}"
    caption_ext: "txt"
    caption_dropout_rate: 0.0
    shuffle_tokens: false
    flip_x: false
    flip_y: false
    resolution: [{size}]
```
"""

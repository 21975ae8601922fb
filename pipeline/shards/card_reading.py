"""What a dataset card tells of reading: code for the formats, and how colours become numbers again."""

from __future__ import annotations

from collections.abc import Sequence

CITATION = """@article{gabeur2026image,
  title   = {Image Generators are Generalist Vision Learners},
  author  = {Gabeur, Valentin and others},
  journal = {arXiv preprint arXiv:2604.20329},
  year    = {2026}
}"""
"""Of the recipe, Vision Banana."""
FOLDER = "path/to/this/folder"
"""Stands for the corpus where it has no place on the hub."""

PARQUET = """```python
import datasets

views = datasets.load_dataset("{place}", split="{split}")
view = views[0]
view["image"], view["depth"], view["json"]  # PIL pictures, and a string of JSON
```"""
STREAM = """```python
import webdataset

url = "{place}/{files}"
shards = webdataset.WebDataset(url, shardshuffle=False).decode("pil")
sample = next(iter(shards))
sample["image.{suffix}"], sample["depth.png"], sample["json"]  # PIL pictures, and a dict
```"""
DECODE = """```python
{imports}import numpy as np
from pipeline.instructions.reading import decode_by_prompt

prompts = {json}["prompts"]
depth_m, _ = decode_by_prompt("depth", np.array({field}), prompts["depth"])  # float32 [H, W], metres
```"""


def how_to_read(formats: Sequence[str], home: str, shards: tuple[str, int], suffix: str) -> str:
    """Code that reads the corpus. home: hub id, or "". shards: a split and how many it has. suffix: of the pictures."""
    split, count = shards
    parts = ["## Reading it"]
    if "parquet" in formats:
        named = {"val": "validation"}.get(split, split)
        parts.append(PARQUET.format(place=home or FOLDER, split=named))
    if "webdataset" in formats:
        place = f"https://huggingface.co/datasets/{home}/resolve/main" if home else FOLDER
        files = f"{split}/shard-{{000000..{count - 1:06d}}}.tar" if count > 1 else f"{split}/shard-000000.tar"
        parts.append(STREAM.format(place=place, files=files, suffix=suffix))
    return "\n\n".join(parts)


def colors_to_numbers(parquet: bool) -> str:
    """The formulas, and code that applies them. parquet: whether that is the format just read."""
    field, json = (
        ('view["depth"]', 'json.loads(view["json"])') if parquet else ('sample["depth.png"]', 'sample["json"]')
    )
    code = DECODE.format(imports="import json\n\n" if parquet else "", field=field, json=json)
    return f"""## From colours to numbers

| target | what a colour says |
| --- | --- |
| `depth` | how far along a path of colours: f = 1 - (1 - d / (lambda c))^(lambda + 1) of it, d metres along the optical axis |
| `normal` | camera space, x right, y up, z towards the viewer. By default R = (1 - x) / 2, G = (1 + y) / 2, B = (1 + z) / 2 |
| `semantic`, `referring` | the nearest colour that the prompt names |
| `instance` | every colour but the background's is one instance of the class that the prompt names |

By default lambda = -3 and c = 10/3, hence f = 1 - (1 + d / 10)^-2, and the path runs along edges of the RGB cube: black, red,
yellow, green, cyan, blue, magenta, white, which is infinity. Colormap, scale, convention and palettes may differ from view to
view: the prompt names them, and `codecs` in `json` has them as numbers. With Plantain installed:

{code}"""

"""Runs what docs/hub.md says, against a hub of this machine."""

import json
import re
import shlex
import shutil

import numpy as np
import pytest
from pycocotools import mask as masks
from pycocotools.coco import COCO

from tests.conftest import ROOT

PAGE = (ROOT / "docs/hub.md").read_text()
COMMANDS = [line for block in re.findall(r"```bash\n(.*?)```", PAGE, re.S) for line in block.splitlines()]


@pytest.mark.parametrize("hub", ["regular"], indirect=True)
def test_every_command_of_the_page_works_in_its_order(command, corpus, model, hub, tmp_path, monkeypatch):
    folder = tmp_path / "checkout"
    shutil.copytree(corpus, folder / "output/living_room")
    shutil.copytree(model, folder / "output/models/klein")
    shutil.copytree(model / "evaluation", folder / "output/report")
    monkeypatch.chdir(folder)
    ran = []
    for line in COMMANDS:
        program, *arguments = shlex.split(line)
        assert program == "plantain"
        done = command(*arguments, *(["--workers", "1"] if arguments[0] == "inspect" else []))
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        ran.append(arguments[0])
        if "--dry-run" in arguments:
            assert hub.asked == []
    assert ran == ["inspect", "push", "push", "push", "card", "card", "export"]
    assert set(hub.repos) == {"datasets/ada/living_room", "ada/klein"}
    assert "statistics.json" in hub.files("datasets/ada/living_room")
    names: dict = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.S):
        exec(block, names)
    assert names["view"]["train/depth"].size == (32, 32)
    check_as_fiftyone_reads(folder / "output/coco")


def check_as_fiftyone_reads(folder):
    """Every picture by its file name, every annotation's mask as RLE of the picture's size, inside its box."""
    annotations = COCO(str(folder / "annotations.json"))
    for picture in annotations.loadImgs(annotations.getImgIds()):
        assert (folder / "images" / picture["file_name"]).is_file()
        for row in annotations.loadAnns(annotations.getAnnIds(picture["id"])):
            mask = masks.decode(row["segmentation"])
            assert mask.shape == (picture["height"], picture["width"])
            x, y, width, height = (round(side) for side in row["bbox"])
            assert mask[y : y + height, x : x + width].sum() == mask.sum() == row["area"]
            assert np.array_equal(row["bbox"], masks.toBbox(row["segmentation"]))
    classes = json.loads((folder / "annotations.json").read_text())["categories"]
    assert all(isinstance(one["id"], int) and one["supercategory"] for one in classes)


def test_the_lines_for_fiftyone_name_the_files_that_the_export_writes():
    (block,) = re.findall(r"```py\n(.*?)```", PAGE, re.S)
    compile(block, "docs/hub.md", "exec")
    assert re.findall(r'"(output/coco/[^"]+)"', block) == ["output/coco/images", "output/coco/annotations.json"]


def test_every_page_it_links_to_is_there():
    for target in re.findall(r"\]\((?!http)([^)#]+)", PAGE):
        assert (ROOT / "docs" / target).is_file(), target

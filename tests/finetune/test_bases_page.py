"""Runs the Python of docs/bases.md, made small: random weights, 64 pixels, two steps."""

import re

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.finetune import bases
from pipeline.finetune.bases.flux2_klein import Flux2Klein
from pipeline.finetune.bases.qwen_image_edit import PictureProcessor, QwenImageEdit
from pipeline.hub.snippets import snippet
from tests.conftest import ROOT
from tests.finetune.published import settings

PAGE = (ROOT / "docs/bases.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.S)
WHOLE = "DiffusionPipeline.from_pretrained"


@pytest.fixture
def place(folders, tmp_path, monkeypatch):
    """A folder with a photo and models as `finetune` leaves them, where the blocks run."""
    monkeypatch.chdir(tmp_path)
    assert cv2.imwrite("photo.png", np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8))
    bases.create("flux2_klein", settings(folders, "flux2_klein"), []).save(tmp_path / "output/models/klein")
    bases.create("flux2_klein", settings(folders, "flux2_klein", tune="full"), []).save(
        tmp_path / "output/models/whole"
    )
    bases.create("qwen_image_edit", settings(folders, "qwen_image_edit"), []).save(tmp_path / "output/models/qwen")
    return tmp_path


@pytest.mark.parametrize("block", BLOCKS)
def test_the_page_of_the_bases_says_what_works(block, folders, place):
    assert Flux2Klein.weights in PAGE and QwenImageEdit.weights in PAGE
    names = ran(block, folders)
    assert np.asarray(names["painting"]).std() > 0
    assert names["painting"].size == (64, 64)
    if "normals.png" in block:
        assert Image.open("normals.png").size == (64, 64)


@pytest.mark.parametrize(
    ("base", "method"), [("flux2_klein", "flow"), ("flux2_klein", "single_step"), ("qwen_image_edit", "flow")]
)
def test_the_code_on_the_card_asks_a_model_that_was_trained_whole(base, method, folders, place):
    bases.create(base, settings(folders, base, tune="full"), []).save(place / "whole")
    config = {"tune": "full", "objective": {"method": method}}
    language, code = snippet(base, config, "", str(place / "whole"))
    assert language == "python"
    painting = ran(code, folders)["painting"]
    assert painting.size == (64, 64) and np.asarray(painting).std() > 0


def test_the_card_sends_to_plantain_where_diffusers_has_no_single_step():
    config = {"tune": "full", "objective": {"method": "single_step"}}
    language, code = snippet("qwen_image_edit", config, "", "ada/qwen")
    assert language == "sh" and "plantain predict --model model" in code


def ran(block, folders):
    """The names that a block leaves, run with random weights, at 64 pixels, in two steps."""
    small = [("bfloat16", "float32"), ("cuda", "cpu"), ("512", "64"), ("steps=20", "steps=2")]
    small += [(base.weights, str(folders[base.name])) for base in (Flux2Klein, QwenImageEdit)]
    # Without torchvision there is no processor for videos, and so none at all.
    small += [
        (
            "QwenImageEditPlusPipeline.from_pretrained(",
            "QwenImageEditPlusPipeline.from_pretrained(processor=given, pretrained_model_name_or_path=",
        )
    ]
    if "qwenimage" in block:
        small += [(f" {WHOLE}(", f" {WHOLE}(processor=given, pretrained_model_name_or_path=")]
    for old, new in small:
        block = block.replace(old, new)
    names = {"given": PictureProcessor.beside(str(folders["qwen_image_edit"]), None)}
    exec(block, names)
    return names


def test_the_readme_shows_the_first_block_of_the_page():
    assert re.findall(r"```py\n(.*?)```", (ROOT / "README.md").read_text(), re.S) == BLOCKS[:1]


def test_the_page_has_a_block_for_every_way_a_model_is_saved():
    assert len(BLOCKS) == 4

"""What Cycles renders on, by lists of cards such as Blender gives."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.render.blender_devices import choose
from tests.conftest import ROOT

NVIDIA = {"OPTIX": ["RTX 6000"], "CUDA": ["RTX 6000"], "HIP": [], "METAL": []}
OLD_NVIDIA = {"OPTIX": [], "CUDA": ["GTX 780"]}
AMD = {"HIP": ["RX 7900"]}
APPLE = {"METAL": ["M3"]}
NONE = {"OPTIX": [], "CUDA": [], "HIP": [], "METAL": []}


@pytest.mark.parametrize(
    ("found", "interface"),
    [(NVIDIA, "OPTIX"), (OLD_NVIDIA, "CUDA"), (AMD, "HIP"), (APPLE, "METAL"), (NVIDIA | AMD, "OPTIX")],
)
@pytest.mark.parametrize("device", ["auto", "gpu"])
def test_a_graphics_card_is_used_through_the_fastest_interface_it_speaks(device, found, interface):
    assert choose(device, found) == interface


def test_without_a_card_auto_means_the_processor():
    assert choose("auto", NONE) is None
    assert choose("auto", {}) is None


def test_the_processor_is_used_where_it_is_asked_for_whatever_cards_there_are():
    assert choose("cpu", NVIDIA) is None


def test_a_library_of_the_system_that_blender_lacks_is_named_with_the_list_to_install(tmp_path: Path) -> None:
    lacks = "libXrender.so.1: cannot open shared object file: No such file or directory"
    (tmp_path / "bpy.py").write_text(f"raise ImportError({lacks!r})\n")
    (tmp_path / "blenderproc.py").write_text("")
    scene = ["--scene", "scenes/primitives.yaml", "--render", "render_configs/cycles.yaml"]
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "preview", *scene, "--output", tmp_path / "x.png"],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = (
        f"renderer: cycles: Blender cannot be loaded ({lacks}); install the system libraries that deploy/apt.txt lists"
    )
    assert (done.returncode, done.stderr) == (2, f"plantain: {said}\n")


def test_asking_for_a_card_that_is_not_there_gets_one_line_with_key_value_and_remedy():
    with pytest.raises(ConfigError) as caught:
        choose("gpu", NONE)
    text = str(caught.value)
    assert "\n" not in text
    for word in ("device", "'gpu'", "set device to cpu"):
        assert word in text

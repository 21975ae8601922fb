"""Fixtures: one OpenGL context and one Blender process for all renderer tests; both skip where not installed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

# The suite imports by importlib mode; the scenes and the worker are shared by name, also with spawned processes.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def raster() -> Any:
    """A RasterRenderer with shadows."""
    if importlib.util.find_spec("pyrender") is None:
        pytest.skip("needs plantain[raster]")
    from pipeline.config import RasterConfig
    from pipeline.render import open_renderer

    with open_renderer(RasterConfig(renderer="raster")) as renderer:
        yield renderer


@pytest.fixture(scope="session")
def blender() -> Any:
    """A BlenderProcess: `render(scene, config)`, `passes(scene, config)`, `datablocks()`."""
    if importlib.util.find_spec("bpy") is None or importlib.util.find_spec("blenderproc") is None:
        pytest.skip("needs plantain[blender]")
    from blender_process import BlenderProcess

    process = BlenderProcess()
    yield process
    process.close()

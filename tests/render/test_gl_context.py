"""The pinned PyOpenGL under newer Pythons."""

from __future__ import annotations

import ctypes
import importlib.util

import pytest

from pipeline.config import CyclesConfig
from pipeline.errors import ConfigError
from pipeline.render import open_renderer


def test_a_ctypes_reference_is_an_array_to_opengl_whatever_this_python_calls_its_type(raster: object) -> None:
    from OpenGL.arrays.ctypesparameters import CtypesParameterHandler
    from OpenGL.plugins import FormatHandler

    plugin = FormatHandler.match(type(ctypes.byref(ctypes.c_int())))
    assert plugin is not None and plugin.load() is CtypesParameterHandler


def test_a_python_without_blender_is_told_what_to_install_and_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install '\.\[blender\]' in Plantain's folder, under Python 3\.11"):
        open_renderer(CyclesConfig(renderer="cycles"))

"""An OpenGL context without a window, from pyrender: EGL (a GPU or Mesa's llvmpipe), or OSMesa where there is no EGL.

Import pyrender through this module only: PyOpenGL picks its platform, for good, when it is first imported. A
`PYOPENGL_PLATFORM` that is already set wins; `EGL_DEVICE_ID` chooses among several GPUs.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
from typing import Any

import numpy as np

from pipeline.errors import ConfigError

if "PYOPENGL_PLATFORM" not in os.environ:
    os.environ["PYOPENGL_PLATFORM"] = "egl" if ctypes.util.find_library("EGL") else "osmesa"
np.__dict__.setdefault("infty", np.inf)  # pyrender 0.1.45 was written for NumPy 1

NO_OPENGL = (
    "renderer: raster found no OpenGL ({}: {}); install Mesa (Debian: libegl1 libgl1-mesa-dri), "
    "or libosmesa6 with PYOPENGL_PLATFORM=osmesa"
)


def _teach_references() -> None:
    """PyOpenGL 3.1.0, which pyrender 0.1.45 pins, knows a ctypes reference by the name its type had before Python 3.12."""
    from OpenGL.plugins import FormatHandler

    kind = type(ctypes.byref(ctypes.c_int()))
    handler = FormatHandler.by_name("ctypesparameter")
    if handler is not None and (name := f"{kind.__module__}.{kind.__name__}") not in handler.check:
        handler.check.append(name)


try:
    _teach_references()
    import pyrender
except Exception as problem:  # a missing library shows as ImportError, AttributeError or TypeError
    raise ConfigError(NO_OPENGL.format(os.environ["PYOPENGL_PLATFORM"], " ".join(str(problem).split()))) from None

__all__ = ["open_context", "pyrender"]


def open_context(width: int, height: int) -> Any:
    """pyrender's platform object, current in this thread. Raises ConfigError when no context can be made."""
    wanted = os.environ["PYOPENGL_PLATFORM"]
    try:
        platform = _egl(width, height) if wanted == "egl" else _OSMesa(width, height)
        platform.init_context()
        platform.make_current()
    except Exception as error:  # drivers fail in every way there is
        raise ConfigError(NO_OPENGL.format(wanted, " ".join(f"{type(error).__name__} {error}".split()))) from None
    return platform


def _egl(width: int, height: int) -> Any:
    """pyrender's platform, but its end is its own: pyrender's ends the display as well, which a process's contexts share."""
    from pyrender.platforms import egl  # importing it makes EGL the platform of PyOpenGL

    class Egl(egl.EGLPlatform):
        _egl_display: Any
        _egl_context: Any

        def delete_context(self) -> None:
            from OpenGL.EGL import EGL_NO_CONTEXT, EGL_NO_SURFACE, eglDestroyContext, eglMakeCurrent

            if self._egl_context is not None:
                eglMakeCurrent(self._egl_display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT)
                eglDestroyContext(self._egl_display, self._egl_context)
                self._egl_context = None

    return Egl(width, height, device=egl.get_device_by_index(int(os.environ.get("EGL_DEVICE_ID", "0"))))


class _OSMesa:
    """OSMesa context of OpenGL 3.3. pyrender's own asks PyOpenGL for a call that the 3.1.0 it pins does not have."""

    # OSMESA_FORMAT, RGBA; DEPTH_BITS; PROFILE, CORE; CONTEXT_MAJOR_VERSION; CONTEXT_MINOR_VERSION; end (GL/osmesa.h)
    ATTRIBUTES = (0x22, 0x1908, 0x30, 24, 0x33, 0x34, 0x36, 3, 0x37, 3, 0)
    GL_UNSIGNED_BYTE = 0x1401

    def __init__(self, width: int, height: int) -> None:
        self._buffer = np.zeros((height, width, 4), np.uint8)
        self._library: Any = None
        self._context: Any = None

    def init_context(self) -> None:
        from OpenGL import platform

        self._library = platform.PLATFORM.GL
        platform.PLATFORM.GetCurrentContext.restype = ctypes.c_void_p  # PyOpenGL's own type cannot key its caches
        create = self._library.OSMesaCreateContextAttribs
        create.restype = ctypes.c_void_p
        attributes = (ctypes.c_int * len(self.ATTRIBUTES))(*self.ATTRIBUTES)
        self._context = ctypes.c_void_p(create(attributes, None))
        if not self._context:
            raise RuntimeError("OSMesa offers no OpenGL 3.3")

    def make_current(self) -> None:
        height, width = self._buffer.shape[:2]
        pixels = self._buffer.ctypes.data_as(ctypes.c_void_p)
        if not self._library.OSMesaMakeCurrent(self._context, pixels, self.GL_UNSIGNED_BYTE, width, height):
            raise RuntimeError("OSMesaMakeCurrent failed")

    def delete_context(self) -> None:
        self._library.OSMesaDestroyContext(self._context)

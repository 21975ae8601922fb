"""An OpenGL context without a window, from pyrender: EGL (a GPU or Mesa's llvmpipe), or OSMesa where there is no EGL.

Import pyrender through this module only: PyOpenGL picks its platform, for good, when it is first imported. A
`PYOPENGL_PLATFORM` that is already set wins; `EGL_DEVICE_ID` chooses among several GPUs.
"""

from __future__ import annotations

import ctypes.util
import os
from typing import Any

import numpy as np

from pipeline.config import ConfigError

if "PYOPENGL_PLATFORM" not in os.environ:
    os.environ["PYOPENGL_PLATFORM"] = "egl" if ctypes.util.find_library("EGL") else "osmesa"
np.__dict__.setdefault("infty", np.inf)  # pyrender 0.1.45 was written for NumPy 1


def open_context(width: int, height: int) -> Any:
    """pyrender's platform object, current in this thread. Raises ConfigError when no context can be made."""
    wanted = os.environ["PYOPENGL_PLATFORM"]
    try:
        if wanted == "egl":
            from pyrender.platforms import egl

            device = egl.get_device_by_index(int(os.environ.get("EGL_DEVICE_ID", "0")))
            platform = egl.EGLPlatform(width, height, device=device)
        else:
            from pyrender.platforms.osmesa import OSMesaPlatform

            platform = OSMesaPlatform(width, height)
        platform.init_context()
        platform.make_current()
    except Exception as error:  # drivers fail in every way there is
        raise ConfigError(
            f"renderer: raster found no OpenGL ({wanted}: {type(error).__name__} {error}); install Mesa "
            "(Debian: libegl1 libgl1-mesa-dri) or libosmesa6 with PYOPENGL_PLATFORM=osmesa"
        ) from None
    return platform

"""BlenderProc 2.8 inside this process, on the `bpy` wheel from PyPI.

The release expects to be started by its command line, which unpacks a Blender of its own and installs packages
into it. Four things let it run on `bpy` instead:

1. `INSIDE_OF_THE_INTERNAL_BLENDER_PYTHON_ENVIRONMENT` tells the package that Blender is already here.
2. Its SetupUtility would pip-install; a stand-in that does nothing takes that module's place.
3. The package removes its parent folder (site-packages) from `sys.path`; the path is restored afterwards.
4. `blenderproc.init()` sets the interface language, which `bpy` lacks; `start` calls its other parts.

After `import bpy` the interpreter crashes while it shuts down: a process that has used Blender leaves with `os._exit`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import tempfile
import types
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Send Blender's chatter (written by C code to file descriptor 1, and by BlenderProc's prints) nowhere."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        with open(os.devnull, "w") as sink, contextlib.redirect_stdout(sink):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _load() -> Any:
    os.environ["INSIDE_OF_THE_INTERNAL_BLENDER_PYTHON_ENVIRONMENT"] = "1"
    # It imports GitPython, which otherwise fails on machines without a `git` program.
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    stand_in: Any = types.ModuleType("blenderproc.python.utility.SetupUtility")
    stand_in.SetupUtility = type("SetupUtility", (), {"setup": staticmethod(lambda *args, **kwargs: [])})
    sys.modules.setdefault(stand_in.__name__, stand_in)
    path, python_path = list(sys.path), os.environ.get("PYTHONPATH")
    import bpy  # noqa: F401  # first: blenderproc imports submodules of it

    try:
        # The package removes the folder it was found in as an absolute path and fails where the path lacks it.
        spec = importlib.util.find_spec("blenderproc")
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError("blenderproc")
        sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(spec.origin))))
        import blenderproc
    finally:
        sys.path[:] = path
        if python_path is not None:
            os.environ["PYTHONPATH"] = python_path
    return blenderproc


with quiet():
    blenderproc = _load()
    """The package, ready for use through its public API."""


def start() -> tempfile.TemporaryDirectory[str]:
    """BlenderProc's initialisation, in an empty scene. Returns the folder its pictures pass through.

    It lies in $TMPDIR if that is set, as Blender's own does, else in memory where the system lets us.
    """
    from blenderproc.python.utility.GlobalStorage import GlobalStorage
    from blenderproc.python.utility.Utility import Utility

    memory = "/dev/shm" if not os.environ.get("TMPDIR") and os.access("/dev/shm", os.W_OK) else None
    folder = tempfile.TemporaryDirectory(prefix="plantain_", dir=memory)
    Utility.temp_dir = folder.name
    GlobalStorage.set("output", [])  # forget the folder of an earlier renderer
    reset()
    return folder


def reset() -> None:
    """An empty file with BlenderProc's defaults, in some 10 ms. What was set in Blender, and all handlers, are gone."""
    import bpy
    from blenderproc.python.utility.Initializer import _Initializer

    with quiet():
        bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
        blenderproc.clean_up(clean_up_camera=True)
        bpy.context.scene.render.engine = "CYCLES"
        blenderproc.renderer.set_render_devices()
        _Initializer.set_default_parameters()

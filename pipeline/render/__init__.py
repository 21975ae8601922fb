"""Scene -> RGB. Two renderers of one scene description: Cycles (photoreal) and OpenGL (fast).

    with open_renderer(load_render_config("render_configs/raster.yaml")) as renderer:
        rgb = renderer.render(scene)

bpy is imported for Cycles alone, and pyrender by `pipeline.render.raster` alone.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from pipeline.config import CyclesConfig, NullConfig, RenderConfig
from pipeline.errors import ConfigError, installing, one_line
from pipeline.scene import Scene


class Renderer(Protocol):
    """Something that turns scenes into pictures and owns what it takes to do so (a GL context, a Blender).

    seconds: where the time of the last picture went, by part; empty where it has no parts worth telling apart.
    """

    seconds: dict[str, float]

    def render(self, scene: Scene) -> NDArray[np.uint8]:
        """The scene through its camera: uint8 sRGB [H, W, 3]. Same scene, same bytes."""
        ...

    def radiance(self, scene: Scene) -> NDArray[np.float32]:
        """What `render` exposes: linear RGB [H, W, 3], not clipped."""
        ...

    def close(self) -> None:
        """Give the resources back. The renderer cannot be used afterwards."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_renderer(config: RenderConfig, threads: int = 0, on_headway: Callable[[], None] = lambda: None) -> Renderer:
    """The renderer that a preset asks for, ready to use.

    threads: CPU threads for Cycles; 0 means all cores. OpenGL drivers decide for themselves.
    on_headway: called again and again while Cycles makes headway with a picture, so that a slow render can be told from
        one that hangs. It must be quick, and is called in the thread that renders. OpenGL is never that slow.
    Raises ConfigError when the packages behind the renderer are not installed or lack a library of the system, or the
    device asked for is not there.
    """
    if isinstance(config, NullConfig):
        raise ConfigError("renderer: null draws nothing; it is for load tests with `plantain generate` alone")
    check_installed(config)
    if isinstance(config, CyclesConfig):
        _load_blender()
        from pipeline.render.blender import BlenderRenderer

        return BlenderRenderer(config, threads, on_headway)
    from pipeline.render.raster import RasterRenderer

    return RasterRenderer(config)


def check_installed(config: RenderConfig) -> None:
    """Raise ConfigError unless the packages behind the renderer that a preset asks for are installed."""
    if isinstance(config, CyclesConfig):
        _require("bpy", "blenderproc", extra="blender", renderer="cycles")
    elif not isinstance(config, NullConfig):
        _require("pyrender", extra="raster", renderer="raster")


def _load_blender() -> None:
    try:
        importlib.import_module("bpy")
    except ModuleNotFoundError:
        raise
    except (ImportError, OSError) as error:
        raise ConfigError(
            f"renderer: cycles: Blender cannot be loaded ({one_line(error, None)}); install the system libraries "
            "that deploy/apt.txt lists"
        ) from None


def _require(*packages: str, extra: str, renderer: str) -> None:
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        where = ", under Python 3.11: Blender 4.2 has no other wheels" if "bpy" in missing else ""
        raise ConfigError(
            f"renderer: {renderer} needs {' and '.join(missing)}, not installed; run: {installing(extra)}{where}"
        )

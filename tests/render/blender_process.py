"""Blender in a process of its own, because the interpreter that imported `bpy` crashes while it shuts down."""

from __future__ import annotations

import multiprocessing
import os
import time
import traceback
from typing import Any

from pipeline.config import CyclesConfig
from pipeline.errors import ConfigError
from pipeline.scene import Scene


class BlenderProcess:
    """A spawned worker that renders on request. `close` ends it; errors in it are raised here with their traceback."""

    def __init__(self, threads: int = 0) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, threads), daemon=True)
        self._process.start()
        theirs.close()

    def render(self, scene: Scene, config: CyclesConfig) -> Any:
        """uint8 [H, W, 3]."""
        return self._ask("render", scene, config)

    def radiance(self, scene: Scene, config: CyclesConfig) -> Any:
        """float32 [H, W, 3]."""
        return self._ask("radiance", scene, config)

    def passes(self, scene: Scene, config: CyclesConfig) -> Any:
        """Cycles' depth, instance and normals passes."""
        return self._ask("passes", scene, config)

    def datablocks(self) -> dict[str, int]:
        """How many meshes, materials, images, lights and objects Blender holds."""
        return self._ask("datablocks", None, None)

    def timing(self) -> dict[str, Any]:
        """Of the last render: "seconds" by part, "wall" seconds, and how often Cycles said that it makes "headway"."""
        return self._ask("timing", None, None)

    def devices(self, device: str) -> Any:
        """Whether `use_device` puts Blender on a graphics card; an error's text where it raises."""
        return self._ask("devices", device, None)

    def close(self) -> None:
        self._pipe.close()
        self._process.join(20)

    def _ask(self, *request: Any) -> Any:
        self._pipe.send(request)
        done, answer = self._pipe.recv()
        if not done:
            raise RuntimeError(f"in the Blender process:\n{answer}")
        return answer


def _serve(pipe: Any, threads: int) -> None:
    from pipeline.render import open_renderer

    renderer: Any = None
    beats: list[float] = []
    wall = 0.0
    while True:
        try:
            what, scene, config = pipe.recv()
        except EOFError:
            os._exit(0)
        try:
            if what == "datablocks":
                import bpy

                kinds = ("meshes", "materials", "images", "lights", "objects")
                answer: Any = {kind: len(getattr(bpy.data, kind)) for kind in kinds}
            elif what == "timing":
                answer = {"seconds": renderer.seconds, "wall": wall, "headway": len(beats)}
            elif what == "devices":
                from pipeline.render.blender_devices import use_device

                try:
                    answer = use_device(scene)
                except ConfigError as error:
                    answer = str(error)
            else:
                if renderer is None or renderer.config != config:
                    if renderer is not None:
                        renderer.close()
                    renderer = open_renderer(config, threads, lambda: beats.append(time.perf_counter()))
                beats.clear()
                since = time.perf_counter()
                answer = getattr(renderer, what)(scene)
                wall = time.perf_counter() - since
            pipe.send((True, answer))
        except Exception:
            pipe.send((False, traceback.format_exc()))

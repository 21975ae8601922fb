"""OpenGL pictures through pyrender, off screen.

pyrender owns the context, the scene's camera, the framebuffer and the program cache. Its meshes, passes and shading
are replaced (gl_meshes.py, gl_passes.py, shaders/): pyrender draws every primitive by itself, has no rectangle lights,
squares the falloff of spots and the emission, adds the same ambient light to every side of a thing, lets light through
walls seen from behind, and shows the film with a gamma of 2.2. Ours follows Cycles' radiometry and hands linear light to
the same film.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.config import RasterConfig
from pipeline.render.batches import merge
from pipeline.render.film import develop
from pipeline.render.gl_context import open_context
from pipeline.render.gl_passes import Passes
from pipeline.render.lighting import light_up
from pipeline.scene import Scene


class RasterRenderer:
    """Renders scenes with OpenGL. Owns one context, made once and used for every scene until `close`.

    Not for use from several threads. Raises ConfigError when no OpenGL context can be made.
    """

    def __init__(self, config: RasterConfig) -> None:
        self.config = config
        self.seconds: dict[str, float] = {}
        self._platform = open_context(config.width, config.height)
        self._passes = Passes(config.width, config.height)

    def render(self, scene: Scene) -> NDArray[np.uint8]:
        """Picture of the scene, uint8 sRGB [H, W, 3], at the size of the scene's camera. Same scene, same bytes."""
        return develop(self.radiance(scene), scene.exposure, scene.metered)

    def radiance(self, scene: Scene) -> NDArray[np.float32]:
        """What `render` exposes: linear RGB [H, W, 3], not clipped."""
        batches = merge(scene, max(scene.camera.width, scene.camera.height))
        self._platform.make_current()
        return self._passes.radiance(scene, batches, light_up(scene, batches, self.config.shadows))

    def depth(self, scene: Scene) -> NDArray[np.float32]:
        """Distance along the optical axis from OpenGL's depth buffer: float32 metres [H, W], +inf where empty.

        An oracle for the labels, independent of their ray tracer; labels themselves never come from here.
        """
        batches = merge(scene, max(scene.camera.width, scene.camera.height))
        self._platform.make_current()
        return self._passes.depth(scene, batches)

    def close(self) -> None:
        """Free everything on the GPU and the context."""
        if self._platform is not None:
            self._platform.make_current()
            self._passes.delete()
            self._platform.delete_context()
            self._platform = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

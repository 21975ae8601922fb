"""Photoreal pictures: BlenderProc drives Blender's Cycles in this process.

    with BlenderRenderer(CyclesConfig(renderer="cycles", samples=64)) as renderer:
        rgb = renderer.render(scene)

A process that has imported this module must end with `os._exit` (see pipeline.render.bproc), and holds one
renderer at a time, because Blender's data is global.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import bpy
import numpy as np
from numpy.typing import NDArray

from pipeline.config import CyclesConfig
from pipeline.render.blender_devices import use_device
from pipeline.render.blender_scene import build, clear
from pipeline.render.bproc import blenderproc, quiet, reset, start
from pipeline.render.film import develop
from pipeline.scene import Scene

EMPTY_DEPTH_M = 1e9
"""Cycles writes 1e10 where no surface is."""
RENEW_EVERY = 32
"""Scenes after which Blender starts over with an empty file. Without a window it never empties its list of changes to draw,
and searches all of it for every block that is removed: 1 ms more a scene, with every scene."""
DENOISERS = {"fast": ("FAST", "FAST"), "medium": ("HIGH", "NONE"), "high": ("HIGH", "ACCURATE")}
"""Quality of the denoiser, and of what is made of the noisy albedo and normals that guide it: with the 16 samples a pixel and
more that a noise threshold asks for they can go in as they are (512 x 512: 1.3 s a view on two cores, 0.7 dB), with 8
cleaning them is worth 1.5 dB."""


class BlenderRenderer:
    """Renders scenes with Cycles. Owns this process's Blender and a temporary folder, until `close`.

    threads: CPU threads; 0 means all cores. The picture does not depend on it.
    on_headway: called by Cycles while it renders: often while it takes the scene over, then once every 16 samples a pixel.
    seconds: where the last picture's time went: "build" (the scene into Blender and out again), "cycles" (the render
        call) and "develop" (reading and exposing what came of it).
    Raises ConfigError when config.device is "gpu" and Cycles can use none.
    """

    def __init__(self, config: CyclesConfig, threads: int = 0, on_headway: Callable[[], None] = lambda: None) -> None:
        self.config = config
        self.threads = threads
        self.seconds = dict.fromkeys(("build", "cycles", "develop"), 0.0)
        self._on_headway = lambda *_: on_headway()
        self._folder = start()
        self._made = 0
        self._set_up()

    def render(self, scene: Scene) -> NDArray[np.uint8]:
        """Picture of the scene, uint8 sRGB [H, W, 3], at the size of the scene's camera. Same scene, same bytes."""
        radiance = self.radiance(scene)
        with self._clock("develop"):
            return develop(radiance, scene.exposure, scene.metered)

    def radiance(self, scene: Scene) -> NDArray[np.float32]:
        """What `render` exposes: linear RGB [H, W, 3], not clipped."""
        self.seconds = dict.fromkeys(self.seconds, 0.0)
        self._made += 1
        if self._made % RENEW_EVERY == 0:
            with self._clock("build"):
                reset()
                self._set_up()
        with quiet():
            try:
                with self._clock("build"):
                    build(scene)
                with self._clock("cycles"):
                    blenderproc.renderer.render(return_data=False, verbose=True)
            finally:
                with self._clock("build"):
                    clear()
        with self._clock("develop"):
            pixels = _read(Path(self._folder.name) / "rgb_0000.exr")
            return np.ascontiguousarray(np.stack([pixels[channel] for channel in "RGB"], axis=-1), np.float32)

    def passes(self, scene: Scene) -> dict[str, NDArray[Any]]:
        """Cycles' own view of the geometry at pixel centres, an oracle for the labels (labels never come from here).

        "depth": float32 [H, W] metres along the optical axis, +inf where empty; "instance": uint16 [H, W], 0 where
        empty; "normals": float32 [H, W, 3], axes as in pipeline.labels (they face the camera only as far as
        the mesh does).
        """
        file = Path(self._folder.name) / "passes.exr"
        layer, render, cycles = bpy.context.view_layer, bpy.context.scene.render, bpy.context.scene.cycles
        with quiet():
            try:
                build(scene)
                layer.use_pass_z = layer.use_pass_object_index = layer.use_pass_normal = True
                render.image_settings.file_format = "OPEN_EXR_MULTILAYER"
                render.image_settings.color_depth = "32"
                render.filepath = str(file)
                cycles.samples, cycles.use_adaptive_sampling, cycles.use_denoising = 1, False, False
                cycles.pixel_filter_type, cycles.max_bounces = "BOX", 0
                cycles.filter_width = 0.01  # every sample at the pixel's centre
                bpy.context.scene.frame_set(0)
                bpy.ops.render.render(write_still=True)
            finally:
                layer.use_pass_z = layer.use_pass_object_index = layer.use_pass_normal = False
                self._settings()
                clear()
        return _read_passes(file, scene)

    def close(self) -> None:
        """Empty Blender and remove the temporary folder. Blender itself stays loaded until the process ends."""
        with contextlib.suppress(ValueError):  # closed before
            bpy.app.handlers.render_stats.remove(self._on_headway)
        with quiet():
            clear()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def _clock(self, part: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[part] += time.perf_counter() - start

    def _set_up(self) -> None:
        """What this renderer wants of a Blender that was just reset."""
        self._gpu = use_device(self.config.device)
        bpy.app.handlers.render_stats.append(self._on_headway)
        with quiet():
            self._settings()

    def _settings(self) -> None:
        config, renderer = self.config, blenderproc.renderer
        renderer.set_cpu_threads(self.threads)
        renderer.set_max_amount_of_samples(config.samples)
        renderer.set_noise_threshold(config.noise_threshold)
        renderer.set_light_bounces(config.bounces, config.bounces, 0, config.bounces, config.bounces, 8, 0)
        # At equal noise it renders twice as fast, both rooms with several lamps and streets under a panorama.
        renderer.toggle_light_tree(True)
        renderer.set_denoiser(None)
        renderer.set_output_format("OPEN_EXR", 32, enable_transparency=False, view_transform="Raw")
        scene = bpy.context.scene
        scene.use_nodes = False  # no compositor
        scene.view_settings.look, scene.view_settings.exposure, scene.view_settings.gamma = "None", 0.0, 1.0
        scene.render.image_settings.exr_codec = "NONE"
        scene.render.dither_intensity = 0.0
        scene.render.use_simplify = False
        scene.render.use_persistent_data = False  # nothing survives from scene to scene
        cycles = scene.cycles
        # Cycles looks at the noise after every 16th sample whose number, counted from 0, is greater than this.
        cycles.adaptive_min_samples = max(min(config.min_samples, config.samples) - 2, 1) if config.min_samples else 0
        cycles.seed, cycles.use_animated_seed = 0, False
        cycles.pixel_filter_type, cycles.filter_width = "BLACKMAN_HARRIS", 1.5
        cycles.caustics_reflective = cycles.caustics_refractive = False
        cycles.debug_use_spatial_splits = False
        # Cycles' own denoiser: BlenderProc's goes through the compositor and takes six times as long.
        cycles.use_denoising = config.denoise
        bpy.context.view_layer.cycles.use_denoising = config.denoise
        cycles.denoiser = "OPENIMAGEDENOISE"
        cycles.denoising_quality, cycles.denoising_prefilter = DENOISERS[config.denoise_quality]
        cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
        cycles.denoising_use_gpu = self._gpu
        # What BlenderProc's denoiser in the compositor would have read.
        layer = bpy.context.view_layer
        layer.use_pass_diffuse_color = layer.use_pass_normal = False


def _read(file: Path) -> dict[str, NDArray[Any]]:
    """Channels of an OpenEXR file, which is removed."""
    import OpenEXR

    with OpenEXR.File(str(file), separate_channels=True) as exr:
        channels = {name: np.array(channel.pixels) for name, channel in exr.channels().items()}
    file.unlink()
    return channels


def _read_passes(file: Path, scene: Scene) -> dict[str, NDArray[Any]]:
    channels = {name.split(".", 1)[-1]: pixels for name, pixels in _read(file).items()}
    depth = channels["Depth.Z"].astype(np.float32)
    depth[depth > EMPTY_DEPTH_M] = np.inf
    world = np.stack([channels[f"Normal.{axis}"] for axis in "XYZ"], axis=-1)
    to_camera = np.diag([1.0, -1.0, -1.0]) @ scene.camera.world_to_camera[:3, :3]
    return {
        "depth": depth,
        "instance": np.rint(channels["IndexOB.X"]).astype(np.uint16),
        "normals": (world @ to_camera.T).astype(np.float32),
    }

"""Shadow maps, picture and depth of one scene in the current OpenGL context."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.render.gl_context import pyrender  # isort: skip  # before anything that imports OpenGL
from OpenGL import GL
from pyrender.constants import RenderFlags
from pyrender.renderer import Renderer as PyrenderRenderer
from pyrender.shader_program import ShaderProgramCache

from pipeline.render.batches import Batch
from pipeline.render.gl_buffers import SAMPLES, Film, ShadowMaps, Sheets, Sky, SurfaceBuffer
from pipeline.render.gl_meshes import Meshes, runs_in_view
from pipeline.render.lighting import MAX_LAYERS, MAX_LIGHTS, Lighting
from pipeline.scene import Camera, Environment, Scene

SHADERS = Path(__file__).parent / "shaders"
COUNTS = {"N_LIGHTS": MAX_LIGHTS, "N_LAYERS": MAX_LAYERS, "N_SAMPLES": SAMPLES}
"""Names that stand for numbers in the shaders."""
OPENCV_TO_OPENGL = np.diag([1.0, -1.0, -1.0, 1.0])


class Passes(PyrenderRenderer):
    """pyrender's renderer with our passes: shadow maps, then what each sample sees, then light on it."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self._program_cache = ShaderProgramCache(str(SHADERS))
        GL.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, 1)  # RGB rows are not padded to four bytes
        GL.glPixelStorei(GL.GL_PACK_ALIGNMENT, 1)
        self._seen, self._shadows, self._sheets, self._sky = SurfaceBuffer(), ShadowMaps(), Sheets(), Sky()
        self._film, self._triangles = Film(), Meshes()
        self._no_vertices = int(GL.glGenVertexArrays(1))

    def radiance(self, scene: Scene, batches: list[Batch], lighting: Lighting) -> NDArray[np.float32]:
        """Linear RGB, float32 [H, W, 3]."""
        stage = self._enter(scene, batches)
        width, height = scene.camera.width, scene.camera.height
        self._draw_shadows(batches, lighting, texels=max(width, height) * 2)

        self._seen.begin(width, height)
        GL.glEnable(GL.GL_MULTISAMPLE)
        program = self._program("surface.vert", "surface.frag")
        clip_from_world = _clip_from_world(self, stage)
        program.set_uniform("clip_from_world", clip_from_world)
        program.set_uniform("cam_pos", scene.camera.pose[:3, 3])
        self._sheets.begin()
        for number, batch in enumerate(batches):
            if runs := runs_in_view(batch, clip_from_world):
                for unit, sheet in zip(Sheets.UNITS, (batch.skins, batch.reliefs), strict=True):
                    self._sheets.bind(unit, sheet)
                self._triangles.draw(number, runs)

        self._film.begin(width, height)
        GL.glDisable(GL.GL_DEPTH_TEST)
        self._seen.bind()
        self._shadows.bind()
        program = self._program("light.vert", "light.frag")
        program.set_uniform("cam_pos", scene.camera.pose[:3, 3])
        self._sky.load(scene.background)
        sky = scene.background if isinstance(scene.background, Environment) and not scene.indoors else None
        program.set_uniform("sky_rows", float(len(sky.radiance)) if sky else 0.0)
        rays = np.ascontiguousarray(_world_from_pixel(scene.camera), np.float32)
        GL.glUniformMatrix3fv(GL.glGetUniformLocation(program._program_id, "world_from_pixel"), 1, GL.GL_TRUE, rays)
        program.set_uniform("pixel_angle", float(1.0 / scene.camera.intrinsics[0, 0]))
        _set_lighting(program, lighting)
        GL.glBindVertexArray(self._no_vertices)
        GL.glDrawArrays(GL.GL_TRIANGLES, 0, 3)
        GL.glBindVertexArray(0)
        stored = GL.glReadPixels(0, 0, width, height, GL.GL_RGB, GL.GL_FLOAT)
        self._leave()
        return np.flip(np.frombuffer(stored, np.float32).reshape(height, width, 3), axis=0).copy()

    def depth(self, scene: Scene, batches: list[Batch]) -> NDArray[np.float32]:
        """float32 [H, W] metres, +inf where empty, sampled at pixel centres (no multisampling)."""
        stage = self._enter(scene, batches)
        width, height = scene.camera.width, scene.camera.height
        self._configure_forward_pass_viewport(RenderFlags.OFFSCREEN)
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._main_fb)
        GL.glClear(GL.GL_DEPTH_BUFFER_BIT)
        clip_from_world = _clip_from_world(self, stage)
        self._program("depth.vert", "depth.frag").set_uniform("clip_from_world", clip_from_world)
        for number, batch in enumerate(batches):
            self._triangles.draw(number, runs_in_view(batch, clip_from_world))
        stored = GL.glReadPixels(0, 0, width, height, GL.GL_DEPTH_COMPONENT, GL.GL_FLOAT)
        self._leave()
        z = np.flip(np.frombuffer(stored, np.float32).reshape(height, width), axis=0).astype(np.float64)
        near, far = stage.main_camera_node.camera.znear, stage.main_camera_node.camera.zfar
        metres = near * far / (far - z * (far - near))
        return np.where(z >= 1.0, np.inf, metres).astype(np.float32)

    def delete(self) -> None:
        """Free everything this object holds on the GPU."""
        for buffer in (self._seen, self._shadows, self._sheets, self._sky, self._film, self._triangles):
            buffer.delete()
        GL.glDeleteVertexArrays(1, [self._no_vertices])
        super().delete()

    def __del__(self) -> None:
        """Nothing: pyrender's would delete again, in whichever context is then current."""

    def _enter(self, scene: Scene, batches: list[Batch]) -> Any:
        """Upload the scene. Returns pyrender's, which holds the camera alone."""
        self.viewport_width, self.viewport_height = scene.camera.width, scene.camera.height
        self._triangles.load(batches)
        GL.glDisable(GL.GL_BLEND)
        GL.glDisable(GL.GL_CULL_FACE)  # surfaces have two sides, for light as for the eye
        GL.glEnable(GL.GL_DEPTH_TEST)
        GL.glDepthMask(GL.GL_TRUE)
        GL.glDepthFunc(GL.GL_LESS)
        return _stage(scene.camera, batches)

    def _leave(self) -> None:
        """Hand the context back as it was found."""
        GL.glUseProgram(0)
        for unit in (1, 2):
            GL.glBindSampler(unit, 0)

    def _program(self, vertex: str, fragment: str) -> Any:
        program = self._program_cache.get_program(vertex, fragment, defines=COUNTS)
        if not program._in_context():
            program._add_to_context()
        program._bind()
        return program

    def _draw_shadows(self, batches: list[Batch], lighting: Lighting, texels: int) -> None:
        size = int(np.clip(2 ** np.ceil(np.log2(texels)), 512, 2048))
        self._shadows.begin(size, len(lighting.matrices))
        program = self._program("depth.vert", "depth.frag")
        for layer, matrix in enumerate(lighting.matrices):
            self._shadows.begin_layer(layer)
            program.set_uniform("clip_from_world", matrix)
            for number, batch in enumerate(batches):
                self._triangles.draw(number, runs_in_view(batch, matrix, batch.casting))


def _world_from_pixel(camera: Camera) -> NDArray[np.float64]:
    """Takes OpenGL's window position (x, y, 1) to the direction of the ray through it: float64 [3, 3]."""
    window = np.array([[1.0, 0.0, -0.5], [0.0, -1.0, camera.height - 0.5], [0.0, 0.0, 1.0]])
    return np.asarray(camera.pose[:3, :3] @ np.linalg.inv(camera.intrinsics) @ window)


def _clip_from_world(passes: Passes, stage: Any) -> NDArray[np.float64]:
    view, projection = passes._get_camera_matrices(stage)
    return np.asarray(projection @ view)


def _stage(camera: Camera, batches: list[Batch]) -> Any:
    """pyrender's scene with the camera."""
    stage = pyrender.Scene()
    k = camera.intrinsics
    near, far = _planes(camera, batches)
    # OpenGL's pixel centres lie at half integers, ours at integers.
    lens = pyrender.IntrinsicsCamera(k[0, 0], k[1, 1], k[0, 2] + 0.5, k[1, 2] + 0.5, znear=near, zfar=far)
    stage.main_camera_node = stage.add(lens, pose=camera.pose @ OPENCV_TO_OPENGL)
    return stage


def _planes(camera: Camera, batches: list[Batch]) -> tuple[float, float]:
    """Clipping planes that lose nothing: two centimetres before the lens (nearer, and a floor of 100 m that passes
    under it is interpolated badly in float32), and just behind the last vertex."""
    far = 1.0
    for batch in batches:
        far = max(far, float(((batch.positions - camera.pose[:3, 3]) @ camera.pose[:3, 2]).max()))
    return 0.02, far * 1.01


def _set_lighting(program: Any, lighting: Lighting) -> None:
    """Upload all lights; arrays in one call each, which pyrender's set_uniform cannot."""
    name = program._program_id
    count = len(lighting.kind)
    program.set_uniform("light_count", count)
    program.set_uniform("radiance_above", lighting.above)
    program.set_uniform("radiance_below", lighting.below)
    arrays = {
        "light_position": lighting.position,
        "light_direction": lighting.direction,
        "light_half_x": lighting.half_x,
        "light_half_y": lighting.half_y,
        "light_strength": lighting.strength,
        "layer_planes": lighting.planes,
        "sky_harmonics": lighting.harmonics,
    }
    for key, value in arrays.items():
        if len(value):
            GL.glUniform3fv(GL.glGetUniformLocation(name, key), len(value), np.ascontiguousarray(value, np.float32))
    if count:
        GL.glUniform1iv(GL.glGetUniformLocation(name, "light_kind"), count, lighting.kind)
        GL.glUniform1iv(GL.glGetUniformLocation(name, "light_layer"), count, lighting.layer)
        GL.glUniform1iv(GL.glGetUniformLocation(name, "light_nested"), count, lighting.nested)
        radius = np.ascontiguousarray(lighting.radius_m, np.float32)
        GL.glUniform1fv(GL.glGetUniformLocation(name, "light_radius"), count, radius)
    for key, stack in (("layer_matrix", lighting.matrices), ("layer_inverse", np.linalg.inv(lighting.matrices))):
        if len(stack):
            matrices = np.ascontiguousarray(stack, np.float32)
            GL.glUniformMatrix4fv(GL.glGetUniformLocation(name, key), len(matrices), GL.GL_TRUE, matrices)

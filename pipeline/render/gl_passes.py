"""Shadow maps, picture and depth of one scene in the current OpenGL context."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.render.gl_context import pyrender  # isort: skip  # before anything that imports OpenGL
from OpenGL import GL
from pyrender.constants import ProgramFlags, RenderFlags
from pyrender.renderer import Renderer as PyrenderRenderer
from pyrender.shader_program import ShaderProgramCache

from pipeline.render.batches import Batch
from pipeline.render.color import linear_to_srgb
from pipeline.render.lighting import Lighting
from pipeline.scene import Camera, Scene

SHADERS = Path(__file__).parent / "shaders"
OPENCV_TO_OPENGL = np.diag([1.0, -1.0, -1.0, 1.0])


class Passes(PyrenderRenderer):
    """pyrender's renderer with our passes: shadow maps into one texture array, then the picture."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self._program_cache = ShaderProgramCache(str(SHADERS))
        GL.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, 1)  # pyrender uploads RGB rows without padding
        GL.glPixelStorei(GL.GL_PACK_ALIGNMENT, 1)
        self._texture_array, self._shadow_array = (int(name) for name in GL.glGenTextures(2))
        self._shadow_shape = (0, 0)
        self._samplers = [int(name) for name in GL.glGenSamplers(2)]
        for sampler, mode, blend in zip(
            self._samplers, (GL.GL_COMPARE_REF_TO_TEXTURE, GL.GL_NONE), (GL.GL_LINEAR, GL.GL_NEAREST), strict=True
        ):
            GL.glSamplerParameteri(sampler, GL.GL_TEXTURE_COMPARE_MODE, mode)
            GL.glSamplerParameteri(sampler, GL.GL_TEXTURE_COMPARE_FUNC, GL.GL_LEQUAL)
            GL.glSamplerParameteri(sampler, GL.GL_TEXTURE_MIN_FILTER, blend)
            GL.glSamplerParameteri(sampler, GL.GL_TEXTURE_MAG_FILTER, blend)
            GL.glSamplerParameteri(sampler, GL.GL_TEXTURE_WRAP_S, GL.GL_CLAMP_TO_EDGE)
            GL.glSamplerParameteri(sampler, GL.GL_TEXTURE_WRAP_T, GL.GL_CLAMP_TO_EDGE)

    def picture(self, scene: Scene, batches: list[Batch], lighting: Lighting) -> NDArray[np.uint8]:
        """uint8 [H, W, 3]."""
        stage, meshes = _stage(scene, batches)
        self._fit(scene.camera)
        self._update_context(stage, RenderFlags.NONE)
        gain = 2.0**scene.exposure
        self._draw_shadows(meshes, lighting)

        self._configure_forward_pass_viewport(RenderFlags.OFFSCREEN)
        GL.glClearColor(*linear_to_srgb(np.asarray(scene.background) * gain), 1.0)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT | GL.GL_DEPTH_BUFFER_BIT)
        GL.glEnable(GL.GL_MULTISAMPLE)
        view, projection = self._get_camera_matrices(stage)
        for unit, sampler in enumerate(self._samplers, start=1):
            GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
            GL.glBindTexture(GL.GL_TEXTURE_2D_ARRAY, self._shadow_array)
            GL.glBindSampler(unit, sampler)
        GL.glActiveTexture(GL.GL_TEXTURE0)
        if meshes:
            program = self._get_primitive_program(
                meshes[0].primitives[0], RenderFlags.OFFSCREEN, ProgramFlags.USE_MATERIAL
            )
            program._bind()
            program.set_uniform("clip_from_world", projection @ view)
            program.set_uniform("cam_pos", scene.camera.pose[:3, 3])
            program.set_uniform("film_gain", float(gain))
            _set_lighting(program, lighting)
        for mesh, batch in zip(meshes, batches, strict=True):
            self._load_textures(batch.textures)
            _draw(mesh.primitives[0])
        for unit in (1, 2):
            GL.glBindSampler(unit, 0)
        GL.glUseProgram(0)
        color, _ = self._read_main_framebuffer(stage, RenderFlags.OFFSCREEN)
        self._update_context(pyrender.Scene(), RenderFlags.NONE)  # frees this scene's buffers and textures
        return np.ascontiguousarray(color)

    def depth(self, scene: Scene, batches: list[Batch]) -> NDArray[np.float32]:
        """float32 [H, W] metres, +inf where empty, sampled at pixel centres (no multisampling)."""
        stage, meshes = _stage(scene, batches)
        self._fit(scene.camera)
        self._update_context(stage, RenderFlags.NONE)
        self._configure_forward_pass_viewport(RenderFlags.OFFSCREEN)
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._main_fb)
        GL.glClear(GL.GL_DEPTH_BUFFER_BIT)
        view, projection = self._get_camera_matrices(stage)
        if meshes:
            program = self._depth_program(meshes[0])
            program.set_uniform("clip_from_world", projection @ view)
            for mesh in meshes:
                _draw(mesh.primitives[0])
        GL.glUseProgram(0)
        width, height = scene.camera.width, scene.camera.height
        stored = GL.glReadPixels(0, 0, width, height, GL.GL_DEPTH_COMPONENT, GL.GL_FLOAT)
        self._update_context(pyrender.Scene(), RenderFlags.NONE)
        z = np.flip(np.frombuffer(stored, np.float32).reshape(height, width), axis=0).astype(np.float64)
        near, far = stage.main_camera_node.camera.znear, stage.main_camera_node.camera.zfar
        metres = near * far / (far - z * (far - near))
        return np.where(z >= 1.0, np.inf, metres).astype(np.float32)

    def _load_textures(self, textures: NDArray[np.uint8]) -> None:
        """Put uint8 [L, s, s, 3] into the texture array on unit 0, with its mipmaps; the last scene's go."""
        layers, size = textures.shape[:2]
        GL.glActiveTexture(GL.GL_TEXTURE0)
        GL.glBindTexture(GL.GL_TEXTURE_2D_ARRAY, self._texture_array)
        if not layers:
            return
        pixels = np.ascontiguousarray(textures[:, ::-1])  # OpenGL's first row is the lowest
        GL.glTexImage3D(
            GL.GL_TEXTURE_2D_ARRAY, 0, GL.GL_RGB8, size, size, layers, 0, GL.GL_RGB, GL.GL_UNSIGNED_BYTE, pixels
        )
        GL.glGenerateMipmap(GL.GL_TEXTURE_2D_ARRAY)
        GL.glTexParameteri(GL.GL_TEXTURE_2D_ARRAY, GL.GL_TEXTURE_MIN_FILTER, GL.GL_LINEAR_MIPMAP_LINEAR)
        GL.glTexParameteri(GL.GL_TEXTURE_2D_ARRAY, GL.GL_TEXTURE_MAG_FILTER, GL.GL_LINEAR)

    def delete(self) -> None:
        """Free everything this object holds on the GPU."""
        GL.glDeleteTextures([self._texture_array, self._shadow_array])
        GL.glDeleteSamplers(2, self._samplers)
        super().delete()

    def _fit(self, camera: Camera) -> None:
        self.viewport_width, self.viewport_height = camera.width, camera.height

    def _depth_program(self, mesh: Any) -> Any:
        program = self._get_primitive_program(mesh.primitives[0], RenderFlags.OFFSCREEN, ProgramFlags.NONE)
        program._bind()
        return program

    def _draw_shadows(self, meshes: list[Any], lighting: Lighting) -> None:
        layers = len(lighting.matrices)
        size = int(np.clip(2 ** np.ceil(np.log2(max(self.viewport_width, self.viewport_height) * 2)), 512, 2048))
        GL.glBindTexture(GL.GL_TEXTURE_2D_ARRAY, self._shadow_array)
        if self._shadow_shape[0] != size or self._shadow_shape[1] < max(layers, 1):
            self._shadow_shape = (size, max(layers, 1))
            GL.glTexImage3D(
                GL.GL_TEXTURE_2D_ARRAY, 0, GL.GL_DEPTH_COMPONENT32F, size, size, self._shadow_shape[1], 0,
                GL.GL_DEPTH_COMPONENT, GL.GL_FLOAT, None,
            )  # fmt: skip
        if not layers or not meshes:
            return
        self._configure_shadow_framebuffer()
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._shadow_fb)
        GL.glDrawBuffer(GL.GL_NONE)
        GL.glReadBuffer(GL.GL_NONE)
        GL.glViewport(0, 0, size, size)
        GL.glEnable(GL.GL_DEPTH_TEST)
        GL.glDepthMask(GL.GL_TRUE)
        GL.glDepthFunc(GL.GL_LESS)
        program = self._depth_program(meshes[0])
        for layer, matrix in enumerate(lighting.matrices):
            GL.glFramebufferTextureLayer(GL.GL_FRAMEBUFFER, GL.GL_DEPTH_ATTACHMENT, self._shadow_array, 0, layer)
            GL.glClear(GL.GL_DEPTH_BUFFER_BIT)
            program.set_uniform("clip_from_world", matrix)
            for mesh in meshes:
                _draw(mesh.primitives[0])


def _draw(primitive: Any) -> None:
    """Triangles of a primitive from both sides; depth test on, blending off."""
    GL.glDisable(GL.GL_CULL_FACE)
    GL.glDisable(GL.GL_BLEND)
    primitive._bind()
    GL.glDrawElements(GL.GL_TRIANGLES, primitive.indices.size, GL.GL_UNSIGNED_INT, ctypes.c_void_p(0))
    primitive._unbind()


def _stage(scene: Scene, batches: list[Batch]) -> tuple[Any, list[Any]]:
    """pyrender's scene with the camera and one mesh a batch, and those meshes in order."""
    stage = pyrender.Scene()
    meshes = []
    for batch in batches:
        colors = np.column_stack([batch.colors, np.ones(len(batch.colors), np.float32)])
        # pyrender's tangents and second uv carry what a metallic-roughness surface has instead.
        primitive = pyrender.Primitive(
            batch.positions, batch.normals, batch.glow, batch.uv, batch.surface, color_0=colors
        )
        primitive._indices = batch.faces  # the setter would store float32, which miscounts past 2^24
        meshes.append(pyrender.Mesh([primitive]))
        stage.add(meshes[-1])
    k = scene.camera.intrinsics
    near, far = _planes(scene.camera, batches)
    # OpenGL's pixel centres lie at half integers, ours at integers.
    camera = pyrender.IntrinsicsCamera(k[0, 0], k[1, 1], k[0, 2] + 0.5, k[1, 2] + 0.5, znear=near, zfar=far)
    stage.main_camera_node = stage.add(camera, pose=scene.camera.pose @ OPENCV_TO_OPENGL)
    return stage, meshes


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
    }
    for key, value in arrays.items():
        if len(value):
            GL.glUniform3fv(GL.glGetUniformLocation(name, key), len(value), np.ascontiguousarray(value, np.float32))
    if count:
        GL.glUniform1iv(GL.glGetUniformLocation(name, "light_kind"), count, lighting.kind)
        GL.glUniform1iv(GL.glGetUniformLocation(name, "light_layer"), count, lighting.layer)
        radius = np.ascontiguousarray(lighting.radius_m, np.float32)
        GL.glUniform1fv(GL.glGetUniformLocation(name, "light_radius"), count, radius)
    for key, stack in (("layer_matrix", lighting.matrices), ("layer_inverse", np.linalg.inv(lighting.matrices))):
        if len(stack):
            matrices = np.ascontiguousarray(stack, np.float32)
            GL.glUniformMatrix4fv(GL.glGetUniformLocation(name, key), len(matrices), GL.GL_TRUE, matrices)

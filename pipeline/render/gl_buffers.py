"""GPU memory that outlives a scene: the samples of the picture, the shadow maps and the textures."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from pipeline.render.environment import as_image
from pipeline.scene import Environment

SAMPLES = 4
FORMATS = (GL.GL_RGBA16F, GL.GL_RGBA16F, GL.GL_RGBA16F, GL.GL_RGBA32F, GL.GL_RGBA16F)
"""Albedo and roughness; normal and metallic; face normal; world position; emission. See shaders/surface.frag."""
FIRST_UNIT = 3


class SurfaceBuffer:
    """What is seen at each sample of each pixel, unlit: a multisampled framebuffer with one texture per property."""

    def __init__(self) -> None:
        self._framebuffer = int(GL.glGenFramebuffers(1))
        self._depth = int(GL.glGenRenderbuffers(1))
        self._textures = [int(name) for name in GL.glGenTextures(len(FORMATS))]
        self._size = (0, 0)

    def begin(self, width: int, height: int) -> None:
        """Make this buffer, cleared, the target of what is drawn."""
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._framebuffer)
        if self._size != (width, height):
            self._size = (width, height)
            points = []
            for number, (texture, kind) in enumerate(zip(self._textures, FORMATS, strict=True)):
                GL.glBindTexture(GL.GL_TEXTURE_2D_MULTISAMPLE, texture)
                GL.glTexImage2DMultisample(GL.GL_TEXTURE_2D_MULTISAMPLE, SAMPLES, kind, width, height, True)
                points.append(GL.GL_COLOR_ATTACHMENT0 + number)
                GL.glFramebufferTexture2D(GL.GL_FRAMEBUFFER, points[-1], GL.GL_TEXTURE_2D_MULTISAMPLE, texture, 0)
            GL.glBindRenderbuffer(GL.GL_RENDERBUFFER, self._depth)
            GL.glRenderbufferStorageMultisample(GL.GL_RENDERBUFFER, SAMPLES, GL.GL_DEPTH_COMPONENT24, width, height)
            GL.glFramebufferRenderbuffer(GL.GL_FRAMEBUFFER, GL.GL_DEPTH_ATTACHMENT, GL.GL_RENDERBUFFER, self._depth)
            GL.glDrawBuffers(len(points), np.array(points, np.uint32))
        GL.glViewport(0, 0, width, height)
        GL.glClearColor(0.0, 0.0, 0.0, 0.0)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT | GL.GL_DEPTH_BUFFER_BIT)

    def bind(self) -> None:
        """Offer the properties to shaders on texture units FIRST_UNIT and up."""
        for unit, texture in enumerate(self._textures, start=FIRST_UNIT):
            GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
            GL.glBindTexture(GL.GL_TEXTURE_2D_MULTISAMPLE, texture)

    def delete(self) -> None:
        GL.glDeleteFramebuffers(1, [self._framebuffer])
        GL.glDeleteRenderbuffers(1, [self._depth])
        GL.glDeleteTextures(self._textures)


class Film:
    """Where the light of each pixel is gathered: a framebuffer of float32 RGBA."""

    def __init__(self) -> None:
        self._framebuffer = int(GL.glGenFramebuffers(1))
        self._pixels = int(GL.glGenRenderbuffers(1))
        self._size = (0, 0)

    def begin(self, width: int, height: int) -> None:
        """Make this film the target of what is drawn and the source of what is read."""
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._framebuffer)
        if self._size != (width, height):
            self._size = (width, height)
            GL.glBindRenderbuffer(GL.GL_RENDERBUFFER, self._pixels)
            GL.glRenderbufferStorage(GL.GL_RENDERBUFFER, GL.GL_RGBA32F, width, height)
            GL.glFramebufferRenderbuffer(GL.GL_FRAMEBUFFER, GL.GL_COLOR_ATTACHMENT0, GL.GL_RENDERBUFFER, self._pixels)
        GL.glDrawBuffer(GL.GL_COLOR_ATTACHMENT0)
        GL.glReadBuffer(GL.GL_COLOR_ATTACHMENT0)
        GL.glViewport(0, 0, width, height)

    def delete(self) -> None:
        GL.glDeleteFramebuffers(1, [self._framebuffer])
        GL.glDeleteRenderbuffers(1, [self._pixels])


class ShadowMaps:
    """Depth maps of all lights, the layers of one texture array, read on unit 1 (compared) and unit 2 (raw)."""

    def __init__(self) -> None:
        self._framebuffer = int(GL.glGenFramebuffers(1))
        self._array = int(GL.glGenTextures(1))
        self._shape = (0, 0)
        self._samplers = [int(name) for name in GL.glGenSamplers(2)]
        modes, filters = (GL.GL_COMPARE_REF_TO_TEXTURE, GL.GL_NONE), (GL.GL_LINEAR, GL.GL_NEAREST)
        for sampler, mode, blend in zip(self._samplers, modes, filters, strict=True):
            GL.glSamplerParameteri(sampler, GL.GL_TEXTURE_COMPARE_MODE, mode)
            GL.glSamplerParameteri(sampler, GL.GL_TEXTURE_COMPARE_FUNC, GL.GL_LEQUAL)
            GL.glSamplerParameteri(sampler, GL.GL_TEXTURE_MIN_FILTER, blend)
            GL.glSamplerParameteri(sampler, GL.GL_TEXTURE_MAG_FILTER, blend)
            GL.glSamplerParameteri(sampler, GL.GL_TEXTURE_WRAP_S, GL.GL_CLAMP_TO_EDGE)
            GL.glSamplerParameteri(sampler, GL.GL_TEXTURE_WRAP_T, GL.GL_CLAMP_TO_EDGE)

    def begin(self, size: int, layers: int) -> None:
        """Make room for `layers` maps of size x size texels and prepare to draw depth alone."""
        GL.glActiveTexture(GL.GL_TEXTURE1)
        GL.glBindTexture(GL.GL_TEXTURE_2D_ARRAY, self._array)
        if self._shape[0] != size or self._shape[1] < max(layers, 1):
            self._shape = (size, max(layers, 1))
            GL.glTexImage3D(
                GL.GL_TEXTURE_2D_ARRAY, 0, GL.GL_DEPTH_COMPONENT32F, size, size, self._shape[1], 0,
                GL.GL_DEPTH_COMPONENT, GL.GL_FLOAT, None,
            )  # fmt: skip
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._framebuffer)
        GL.glDrawBuffer(GL.GL_NONE)
        GL.glReadBuffer(GL.GL_NONE)
        GL.glViewport(0, 0, size, size)

    def begin_layer(self, layer: int) -> None:
        """Make one map, cleared, the target of what is drawn."""
        GL.glFramebufferTextureLayer(GL.GL_FRAMEBUFFER, GL.GL_DEPTH_ATTACHMENT, self._array, 0, layer)
        GL.glClear(GL.GL_DEPTH_BUFFER_BIT)

    def bind(self) -> None:
        """Offer the maps to shaders, compared and raw."""
        for unit, sampler in enumerate(self._samplers, start=1):
            GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
            GL.glBindTexture(GL.GL_TEXTURE_2D_ARRAY, self._array)
            GL.glBindSampler(unit, sampler)

    def delete(self) -> None:
        GL.glDeleteFramebuffers(1, [self._framebuffer])
        GL.glDeleteTextures([self._array])
        GL.glDeleteSamplers(2, self._samplers)


class Sky:
    """What shows where no surface is, on unit 8: a panorama, or one texel of a single colour."""

    def __init__(self) -> None:
        self._texture = int(GL.glGenTextures(1))

    def load(self, background: tuple[float, float, float] | Environment) -> None:
        """Take a scene's background in place of what was there."""
        if isinstance(background, Environment):
            pixels = as_image(background)
        else:
            pixels = np.asarray(background, np.float32).reshape(1, 1, 3)
        GL.glActiveTexture(GL.GL_TEXTURE8)
        GL.glBindTexture(GL.GL_TEXTURE_2D, self._texture)
        height, width = pixels.shape[:2]
        GL.glTexImage2D(GL.GL_TEXTURE_2D, 0, GL.GL_RGB32F, width, height, 0, GL.GL_RGB, GL.GL_FLOAT, pixels)
        GL.glGenerateMipmap(GL.GL_TEXTURE_2D)  # for reflections in surfaces that are not quite smooth
        for name, value in (
            (GL.GL_TEXTURE_MIN_FILTER, GL.GL_LINEAR_MIPMAP_LINEAR),
            (GL.GL_TEXTURE_MAG_FILTER, GL.GL_LINEAR),
            (GL.GL_TEXTURE_WRAP_S, GL.GL_REPEAT),
            (GL.GL_TEXTURE_WRAP_T, GL.GL_CLAMP_TO_EDGE),
        ):
            GL.glTexParameteri(GL.GL_TEXTURE_2D, name, value)

    def delete(self) -> None:
        GL.glDeleteTextures([self._texture])


def _pyramid(sheet: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """A sheet and its mipmaps down to one texel; ten times as fast as llvmpipe makes them."""
    yield sheet
    while sheet.shape[1] > 1:
        half = np.empty((len(sheet), sheet.shape[1] // 2, sheet.shape[2] // 2, sheet.shape[3]), np.uint8)
        for layer, smaller in zip(sheet, half, strict=True):
            cv2.resize(layer, smaller.shape[1::-1], dst=smaller, interpolation=cv2.INTER_AREA)
        sheet = half
        yield sheet


class Sheets:
    """Texture arrays of the scene that is being drawn, on units 0 and 9: each is uploaded when it is first bound."""

    UNITS = (0, 9)
    """Of skins and of reliefs (batches.py)."""

    def __init__(self) -> None:
        self._free: list[int] = []
        self._held: dict[int, int] = {}

    def begin(self) -> None:
        """Forget the last scene's sheets; their names serve the next."""
        self._free += self._held.values()
        self._held.clear()

    def bind(self, unit: int, sheet: NDArray[np.uint8]) -> None:
        """Offer a sheet, uint8 [L, s, s, 4], to shaders. The array must live until the next `begin`."""
        if not len(sheet):
            return
        GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
        if id(sheet) in self._held:
            GL.glBindTexture(GL.GL_TEXTURE_2D_ARRAY, self._held[id(sheet)])
            return
        name = self._held[id(sheet)] = self._free.pop() if self._free else int(GL.glGenTextures(1))
        GL.glBindTexture(GL.GL_TEXTURE_2D_ARRAY, name)
        for level, pixels in enumerate(_pyramid(np.ascontiguousarray(sheet[:, ::-1]))):  # the first row is the lowest
            layers, size = pixels.shape[:2]
            GL.glTexImage3D(
                GL.GL_TEXTURE_2D_ARRAY,
                level,
                GL.GL_RGBA8,
                size,
                size,
                layers,
                0,
                GL.GL_RGBA,
                GL.GL_UNSIGNED_BYTE,
                pixels,
            )
        GL.glTexParameteri(GL.GL_TEXTURE_2D_ARRAY, GL.GL_TEXTURE_MIN_FILTER, GL.GL_LINEAR_MIPMAP_LINEAR)
        GL.glTexParameteri(GL.GL_TEXTURE_2D_ARRAY, GL.GL_TEXTURE_MAG_FILTER, GL.GL_LINEAR)

    def delete(self) -> None:
        self.begin()
        if self._free:
            GL.glDeleteTextures(self._free)

"""The triangles of the scene that is being drawn, on the GPU, and which of them a picture or a shadow map can show."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import numpy as np
from OpenGL import GL

from pipeline.render.batches import LAYOUT, STRIDE, Batch
from pipeline.scene import Float

LOCATIONS = {"position": 0, "normal": 1, "glow": 2, "uv": 3, "surface": 4, "color": 5}
"""Of the properties of a vertex in shaders/*.vert."""
MARGIN = 1e-3
"""By how much, in clip space, a part must be out of view to be left out: far more than float32 rounds on the GPU."""

Runs = list[tuple[int, int]]
"""First face and number of faces of pieces of a batch, in order."""


def runs_in_view(batch: Batch, clip_from_world: Float, parts: int | None = None) -> Runs:
    """What may be seen of a batch's first `parts` parts, all by default: the rest lies beyond one side of the view.

    A part is out when its box is: each side of the view is a plane, and none of the box's corners is within it.
    """
    low, high = batch.boxes[:parts, 0].astype(float), batch.boxes[:parts, 1].astype(float)
    # Inside, -w <= x, y, z <= w: six linear functions that are not negative.
    planes = np.concatenate([clip_from_world[3] + clip_from_world[:3], clip_from_world[3] - clip_from_world[:3]])
    normals = planes[:, :3].T
    most = (low + high) / 2 @ normals + (high - low) / 2 @ np.abs(normals) + planes[:, 3]
    seen = np.concatenate([[False], (most > -MARGIN).all(1), [False]])
    edges = np.flatnonzero(seen[1:] != seen[:-1])
    first, end = batch.starts[edges[::2]], batch.starts[edges[1::2]]
    return list(zip(first.tolist(), (end - first).tolist(), strict=True))


class Meshes:
    """Buffers for as many batches as any scene had so far, used again by each."""

    def __init__(self) -> None:
        self._names: list[tuple[int, int, int]] = []

    def load(self, batches: list[Batch]) -> None:
        """Take a scene's batches in place of what was there."""
        while len(self._names) < len(batches):
            self._names.append(_new())
        for batch, (array, vertices, faces) in zip(batches, self._names, strict=False):
            GL.glBindVertexArray(array)
            GL.glBindBuffer(GL.GL_ARRAY_BUFFER, vertices)
            GL.glBufferData(GL.GL_ARRAY_BUFFER, batch.vertices.nbytes, batch.vertices, GL.GL_STREAM_DRAW)
            GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, faces)
            GL.glBufferData(GL.GL_ELEMENT_ARRAY_BUFFER, batch.faces.nbytes, batch.faces, GL.GL_STREAM_DRAW)
        GL.glBindVertexArray(0)

    def draw(self, number: int, runs: Runs) -> None:
        """Draw pieces of a batch, in order."""
        GL.glBindVertexArray(self._names[number][0])
        for first, count in runs:
            GL.glDrawElements(GL.GL_TRIANGLES, 3 * count, GL.GL_UNSIGNED_INT, ctypes.c_void_p(12 * first))
        GL.glBindVertexArray(0)

    def delete(self) -> None:
        for array, *buffers in self._names:
            GL.glDeleteVertexArrays(1, [array])
            GL.glDeleteBuffers(len(buffers), buffers)
        self._names.clear()


def _new() -> tuple[int, int, int]:
    """Vertex array, vertex buffer and index buffer, wired to the shaders."""
    array, (vertices, faces) = int(GL.glGenVertexArrays(1)), (int(name) for name in GL.glGenBuffers(2))
    GL.glBindVertexArray(array)
    GL.glBindBuffer(GL.GL_ARRAY_BUFFER, vertices)
    GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, faces)
    for name, offset in _offsets():
        GL.glEnableVertexAttribArray(LOCATIONS[name])
        GL.glVertexAttribPointer(
            LOCATIONS[name], LAYOUT[name], GL.GL_FLOAT, GL.GL_FALSE, 4 * STRIDE, ctypes.c_void_p(4 * offset)
        )
    GL.glBindVertexArray(0)
    return array, vertices, faces


def _offsets() -> Iterator[tuple[str, int]]:
    offset = 0
    for name, count in LAYOUT.items():
        yield name, offset
        offset += count

"""First hits of rays in a triangle mesh: Embree 4 by its C interface, from the library that embreex ships.

embreex itself copies every coordinate through a Python object and casts rays one by one. Embree reads NumPy's
buffers where they lie, and casts sixteen neighbouring rays together in under half the time.
Constants and layouts: Embree 4's rtcore_common.h, rtcore_buffer.h, rtcore_geometry.h and rtcore_ray.h.
"""

from __future__ import annotations

import ctypes
import threading
import weakref
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.scene import Float

PACKET = 16
BLOCK = 512
"""Packets that share one buffer, small enough to stay in the processor's cache."""

TRIANGLES, INDEX_BUFFER, VERTEX_BUFFER, UINT3, FLOAT3 = 0, 0, 1, 0x5003, 0x9003
COHERENT = 1 << 16
ALIGNMENT = 64

# Rows of RTCRayHit16, each 16 wide; the last is instPrimID, which some builds leave out.
DIRECTION, TFAR, MASK, PRIMITIVE, ROWS = slice(4, 7), 8, 9, 17, 21
IDS = slice(17, 19)
"""Of triangle and mesh; Embree leaves them alone where a ray hits nothing."""


class _Arguments(ctypes.Structure):
    """RTCIntersectArguments."""

    _fields_ = (
        ("flags", ctypes.c_int),
        ("feature_mask", ctypes.c_uint),
        ("context", ctypes.c_void_p),
        ("filter", ctypes.c_void_p),
        ("intersect", ctypes.c_void_p),
        ("min_width_distance_factor", ctypes.c_float),
    )


@cache
def _library() -> Any:
    """Embree's functions. Loaded when the first scene is built: who only reads labels does without embreex."""
    from embreex import rtcore_scene

    # Symbols are looked up in what the extension links to as well (not on Windows).
    # PyDLL keeps Python's lock, because a call lasts a microsecond; a tree takes many milliseconds to build.
    library: Any = ctypes.PyDLL(rtcore_scene.__file__)
    library.rtcCommitScene = ctypes.CDLL(rtcore_scene.__file__).rtcCommitScene
    pointer, size, number = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint
    for name, result, arguments in (
        ("rtcNewDevice", pointer, (ctypes.c_char_p,)),
        ("rtcGetDeviceError", ctypes.c_int, (pointer,)),
        ("rtcReleaseDevice", None, (pointer,)),
        ("rtcNewScene", pointer, (pointer,)),
        ("rtcCommitScene", None, (pointer,)),
        ("rtcReleaseScene", None, (pointer,)),
        ("rtcNewGeometry", pointer, (pointer, ctypes.c_int)),
        (
            "rtcSetSharedGeometryBuffer",
            None,
            (pointer, ctypes.c_int, number, ctypes.c_int, pointer, size, size, size),
        ),
        ("rtcCommitGeometry", None, (pointer,)),
        ("rtcAttachGeometry", number, (pointer, pointer)),
        ("rtcReleaseGeometry", None, (pointer,)),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    # Called thousands of times a view: without declared types ctypes passes `byref` values on, in half the time.
    library.rtcIntersect16.restype = None
    return library


def _pointer(address: int) -> Any:
    return ctypes.byref(ctypes.c_char.from_address(address))


def _aligned(*shape: int) -> NDArray[np.float32]:
    """Zeros, float32, at an address that Embree's packets may have."""
    size = 4 * int(np.prod(shape))
    memory = np.zeros(size + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + size].view(np.float32).reshape(shape)


class _Work(threading.local):
    """What a thread casts its rays in: a block of packets, and what each call gets besides."""

    def __init__(self) -> None:
        self.packets, self._everyone = _aligned(BLOCK, ROWS, PACKET), _aligned(PACKET)
        self._everyone.view(np.int32)[:] = -1
        self.ids = self.packets.view(np.int32)
        self.ids[:, MASK] = -1
        self.arguments = ctypes.byref(_Arguments(flags=COHERENT, feature_mask=0xFFFFFFFF))
        self.valid = _pointer(self._everyone.ctypes.data)
        address, stride = self.packets.ctypes.data, self.packets.strides[0]
        self.pointers = [_pointer(packet) for packet in range(address, address + self.packets.nbytes, stride)]


_work = _Work()


class TriangleScene:
    """Owns an Embree scene of one mesh. vertices: float [V, 3]; faces: int [F, 3].

    Raises RuntimeError where Embree refuses them.
    """

    def __init__(self, vertices: Float | NDArray[np.float32], faces: NDArray[np.int32]) -> None:
        # Embree reads these for as long as the scene lives, and 16 bytes at each vertex.
        self._vertices = np.zeros((len(vertices) + 1, 3), np.float32)
        self._vertices[:-1] = vertices
        self._faces = np.ascontiguousarray(faces, np.uint32)
        embree = _library()
        device = embree.rtcNewDevice(None)
        self._scene = embree.rtcNewScene(device)
        weakref.finalize(self, _release, embree, device, self._scene)
        geometry = embree.rtcNewGeometry(device, TRIANGLES)
        for kind, form, values, count in (
            (VERTEX_BUFFER, FLOAT3, self._vertices, len(vertices)),
            (INDEX_BUFFER, UINT3, self._faces, len(faces)),
        ):
            embree.rtcSetSharedGeometryBuffer(geometry, kind, 0, form, values.ctypes.data, 0, 12, count)
        embree.rtcCommitGeometry(geometry)
        embree.rtcAttachGeometry(self._scene, geometry)
        embree.rtcReleaseGeometry(geometry)
        embree.rtcCommitScene(self._scene)
        if error := embree.rtcGetDeviceError(device):
            raise RuntimeError(f"Embree refuses a mesh of {len(faces)} triangles: RTCError {error}")

    def first_hits(self, rays: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Nearest triangle along rays from the origin: (int32 [N], -1 for none; t float32 [N], +inf for none).

        rays: float32 [3, N], any length; t counts in it. Fastest where sixteen in a row lie close together.
        """
        count = rays.shape[1]
        if count % PACKET:
            rays = np.pad(rays, ((0, 0), (0, -count % PACKET)), mode="edge")
        directions = rays.reshape(3, -1, PACKET).transpose(1, 0, 2)
        total = len(directions)
        facet, t = np.empty((total, PACKET), np.int32), np.empty((total, PACKET), np.float32)
        scene, work = _pointer(self._scene), _work
        packets, ids, valid, arguments = work.packets, work.ids, work.valid, work.arguments
        intersect = _library().rtcIntersect16
        for start in range(0, total, BLOCK):
            block = slice(start, start + BLOCK)
            size = len(directions[block])
            packets[:size, DIRECTION] = directions[block]
            packets[:size, TFAR] = np.inf
            ids[:size, IDS] = -1
            for packet in work.pointers[:size]:
                intersect(valid, scene, packet, arguments)
            facet[block], t[block] = ids[:size, PRIMITIVE], packets[:size, TFAR]
        return facet.ravel()[:count], t.ravel()[:count]


def _release(embree: Any, device: int, scene: int) -> None:
    embree.rtcReleaseScene(scene)
    embree.rtcReleaseDevice(device)

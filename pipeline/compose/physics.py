"""Things dropped and left to come to rest, by MuJoCo (Todorov, Erez & Tassa 2012).

A body is one or more convex pieces: every connected piece of its mesh, and hollow ones (mugs, bowls, trays) cut into
blocks, so that something may lie inside. Inputs and outcome are rounded to a micrometre and the solver's settings are
fixed, so the same bodies come to rest in the same poses in every process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.compose.contact import refined
from pipeline.scene import Float, Mesh

STEP_S = 0.004
CHECK_EVERY = 20
"""Steps between two looks at whether everything rests."""
STILL_M_S = 0.004
"""Speed of any vertex below which a body rests."""
MOST_PIECES = 10
"""Connected pieces of one body that are kept apart; the smallest go into one hull."""
SOLID = 1.25
"""What fills its convex hull but for this factor is one piece."""
HOLLOW, LEAST_HOLLOW_M3 = 1.6, 6e-4
"""A piece whose convex hull is this many times its volume, and large enough to hold something, is cut into blocks."""
SECTORS, BANDS = 8, 2
HULL_VERTICES = 64
DECIMALS = 6
SPIN_DAMPING = 1e-4
FRICTION = (0.7, 0.01, 0.002)
"""Sliding, spinning and rolling: what keeps an apple from rolling for ever."""


@dataclass(frozen=True, eq=False)
class Body:
    """Something that can fall.

    pieces: convex point sets [n, 3] in its own frame, metres. density: kg/m3 of the pieces.
    pose: float64 [4, 4], where it starts.
    """

    pieces: tuple[Float, ...]
    density: float
    pose: Float


@dataclass(frozen=True, eq=False)
class Rest:
    """Where bodies came to rest. poses: float64 [n, 4, 4]. still: bool [n]. below: what carries each of them most, the
    index of a body, -1 for the table, None for nothing. seconds: simulated time.
    """

    poses: Float
    still: NDArray[np.bool_]
    below: tuple[int | None, ...]
    seconds: float


def settle(bodies: Sequence[Body], table: tuple[float, float], seconds: float = 2.0) -> Rest:
    """Let `bodies` fall on a table whose top is the rectangle |x| <= table[0], |y| <= table[1] at z = 0.

    Stops when everything rests, after `seconds` at the latest. What falls off the table falls for ever.
    """
    import mujoco

    model = _model(bodies, table)
    data = mujoco.MjData(model)
    reach = np.array([max(float(np.abs(points).max()) for points in body.pieces) for body in bodies])
    resting = 0
    for step in range(round(seconds / STEP_S)):
        mujoco.mj_step(model, data)
        if step % CHECK_EVERY == 0 and step > 0:
            on_table = data.xpos[1:, 2] > -0.5
            resting = resting + 1 if (_speed(data, reach) < STILL_M_S)[on_table].all() else 0
            if resting == 2:
                break
    mujoco.mj_forward(model, data)
    poses = np.tile(np.eye(4), (len(bodies), 1, 1))
    poses[:, :3, :3] = data.xmat[1:].reshape(-1, 3, 3)
    poses[:, :3, 3] = data.xpos[1:]
    still = _speed(data, reach) < 4 * STILL_M_S
    return Rest(_orthonormal(poses), still, _carriers(model, data, len(bodies)), float(data.time))


def convex_pieces(meshes: Sequence[Mesh]) -> tuple[Float, ...]:
    """Convex point sets [n, 3] that together fill the solid pieces of `meshes` and leave wide hollows open."""
    found = [piece for mesh in meshes for piece in _connected(mesh)]
    volumes = [_volume(vertices, faces) for vertices, faces in found]
    whole, volume = _hull(np.concatenate([vertices for vertices, _ in found]))
    if volume <= SOLID * sum(volumes):
        return (np.round(whole, DECIMALS),)
    order = sorted(range(len(found)), key=lambda k: -volumes[k])
    pieces = []
    for k in order[:MOST_PIECES]:
        hull, volume = _hull(found[k][0])
        hollow = volume > HOLLOW * volumes[k] and volume > LEAST_HOLLOW_M3
        pieces += _blocks(*found[k]) if hollow else [hull]
    rest = [found[k][0] for k in order[MOST_PIECES:]]
    if rest:
        pieces.append(_hull(np.concatenate(rest))[0])
    return tuple(np.round(points, DECIMALS) for points in pieces)


def _model(bodies: Sequence[Body], table: tuple[float, float]):  # type: ignore[no-untyped-def]
    import mujoco

    spec = mujoco.MjSpec()
    spec.option.timestep = STEP_S
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    spec.option.iterations, spec.option.noslip_iterations = 60, 3
    spec.worldbody.add_geom(
        name="table", type=mujoco.mjtGeom.mjGEOM_BOX, size=[table[0], table[1], 0.05], pos=[0, 0, -0.05], **_SURFACE
    )
    for number, body in enumerate(bodies):
        quat = np.zeros(4)
        mujoco.mju_mat2Quat(quat, np.round(body.pose[:3, :3], DECIMALS).ravel())
        quat = np.round(quat, DECIMALS)
        held = spec.worldbody.add_body(
            name=f"body_{number}", pos=np.round(body.pose[:3, 3], DECIMALS).tolist(), quat=quat.tolist()
        )
        held.add_joint(type=mujoco.mjtJoint.mjJNT_FREE, damping=[SPIN_DAMPING, 0, 0])
        for k, points in enumerate(body.pieces):
            name = f"mesh_{number}_{k}"
            spec.add_mesh(
                name=name, uservert=points.ravel().tolist(), maxhullvert=HULL_VERTICES,
                inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_CONVEX,
            )  # fmt: skip
            held.add_geom(type=mujoco.mjtGeom.mjGEOM_MESH, meshname=name, density=body.density, **_SURFACE)
    return spec.compile()


_SURFACE = {"friction": list(FRICTION), "condim": 6, "solref": [0.008, 1.0], "solimp": [0.97, 0.995, 0.0005, 0.5, 2.0]}
"""Stiff contacts: a body sinks by a tenth of a millimetre or so into what carries it."""


def _speed(data, reach: Float) -> Float:  # type: ignore[no-untyped-def]
    """Bound on the speed of the vertices of each body, m/s."""
    velocity = data.qvel.reshape(-1, 6)
    return np.asarray(np.linalg.norm(velocity[:, :3], axis=1) + np.linalg.norm(velocity[:, 3:], axis=1) * reach)


def _carriers(model, data, count: int) -> tuple[int | None, ...]:  # type: ignore[no-untyped-def]
    """For each body, the one that pushes it upwards most."""
    import mujoco

    push = np.zeros((count, count + 1))
    force = np.zeros(6)
    for k in range(data.ncon):
        contact = data.contact[k]
        mujoco.mj_contactForce(model, data, k, force)
        lift = float((contact.frame.reshape(3, 3).T @ force[:3])[2])
        first, second = (int(model.geom_bodyid[g]) - 1 for g in contact.geom)
        # The force acts on the second geom, its opposite on the first.
        if second >= 0:
            push[second, first] += lift
        if first >= 0:
            push[first, second] -= lift
    # Column -1 is the table.
    best = push.argmax(1)
    return tuple(None if push[i, best[i]] <= 0 else (-1 if best[i] == count else int(best[i])) for i in range(count))


def _orthonormal(poses: Float) -> Float:
    """Poses rounded to DECIMALS whose rotations are still rotations."""
    rounded = np.round(poses, DECIMALS)
    u, _, vt = np.linalg.svd(rounded[:, :3, :3])
    rounded[:, :3, :3] = u @ vt
    return np.asarray(rounded)


def _connected(mesh: Mesh) -> list[tuple[Float, NDArray[np.int64]]]:
    """Connected pieces of a mesh, vertices merged by position: (vertices [V, 3], faces [F, 3]) each."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    vertices, index = np.unique(np.round(mesh.vertices, DECIMALS), axis=0, return_inverse=True)
    faces = index.reshape(-1)[mesh.faces]
    edges = np.concatenate([faces[:, :2], faces[:, 1:]])
    graph = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), (len(vertices), len(vertices)))
    count, label = connected_components(graph, directed=False)
    pieces = []
    for k in range(count):
        own = faces[label[faces[:, 0]] == k]
        if len(own) >= 4:
            used, renumbered = np.unique(own, return_inverse=True)
            pieces.append((vertices[used], renumbered.reshape(-1, 3)))
    return pieces


def _hull(points: Float) -> tuple[Float, float]:
    """Corners of the convex hull of points, thickened where they are all but flat, and its volume."""
    from scipy.spatial import ConvexHull, QhullError

    try:
        hull = ConvexHull(points)
    except QhullError:
        shifts = np.concatenate([np.eye(3), -np.eye(3)]) * 5e-4
        points = (points[:, None] + shifts).reshape(-1, 3)
        hull = ConvexHull(points)
    return points[hull.vertices], float(hull.volume)


def _volume(vertices: Float, faces: NDArray[np.int64]) -> float:
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    return float(np.abs(np.einsum("ij,ij->i", a, np.cross(b, c)).sum()) / 6)


def _blocks(vertices: Float, faces: NDArray[np.int64]) -> list[Float]:
    """Hulls of the faces of a hollow piece, taken together by height and by direction from its middle."""
    corners = refined(vertices[faces], float(np.ptp(vertices, axis=0).max()) / (2 * BANDS))
    middle = corners.mean(1)
    low, high = vertices.min(0), vertices.max(0)
    band = np.clip((middle[:, 2] - low[2]) / max(high[2] - low[2], 1e-9) * BANDS, 0, BANDS - 1).astype(int)
    offset = middle[:, :2] - (low + high)[:2] / 2
    sector = np.floor((np.arctan2(offset[:, 1], offset[:, 0]) / (2 * np.pi) + 0.5) * SECTORS).astype(int) % SECTORS
    cell = band * SECTORS + sector
    return [_hull(corners[cell == k].reshape(-1, 3))[0] for k in np.unique(cell)]

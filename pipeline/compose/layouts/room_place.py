"""Ways to stand a piece in a room: along a wall, in a corner, anywhere; and to hang one."""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets import Asset
from pipeline.compose.draws import weighted
from pipeline.compose.layouts.room_plan import wall_pose
from pipeline.compose.layouts.room_shell import Shell
from pipeline.compose.placement import GAP_M, Boxes, Placed, boxes_at
from pipeline.scene import Float

TRIES = 24
FRONT_M = 0.55
"""Floor kept free before what one opens or uses."""
AIR_M = 0.45
"""Air in front of what hangs on a wall, so that nothing hangs behind a cupboard."""


def draw_wall(shell: Shell, rng: np.random.Generator) -> int:
    """A wall, a long one more often."""
    return weighted({k: wall.length for k, wall in enumerate(shell.walls)}, rng)


def against_wall(
    shell: Shell, asset: Asset, rng: np.random.Generator, front_m: float = FRONT_M, margin: float = 0.05
) -> Placed | None:
    """Stand a piece with its back to some wall and keep the floor before it free."""
    width, depth, tall = (float(edge) for edge in asset.size)
    spots: list[tuple[int, float]] = []
    for _ in range(TRIES):
        k = draw_wall(shell, rng)
        reach = shell.walls[k].length / 2 - width / 2 - 0.03
        spots.append((k, float(rng.uniform(-1, 1)) * reach))
    for attempt in range(2):
        for k, x in spots:
            if abs(x) > shell.walls[k].length / 2 - width / 2:
                continue
            position, yaw = wall_pose(shell.walls[k], x, depth / 2 + shell.gap_m)
            if not front_is_free(shell, asset, position, yaw, front_m):
                continue
            placed = shell.room.stand(asset, float(position[0]), float(position[1]), yaw, margin=margin)
            if placed is not None:
                keep_front(shell, placed, front_m)
                return placed
        # In a crowded room chance finds no gap: look where there is one.
        spots = _gaps(shell, width + 2 * margin + 0.01, depth + shell.gap_m, tall, rng) if attempt == 0 else []
    return None


def _gaps(shell: Shell, width: float, depth: float, tall: float, rng: np.random.Generator) -> list[tuple[int, float]]:
    """(wall, x) of places along the walls that are free over `width` metres, in any order."""
    found = [
        (k, float(rng.uniform(x0 + width / 2, x1 - width / 2)))
        for k in range(len(shell.walls))
        for x0, x1 in free_spans(shell, k, depth, 0.02, tall)
        if x1 - x0 >= width
    ]
    return [found[n] for n in rng.permutation(len(found))]


def front_is_free(shell: Shell, asset: Asset, position: Float, yaw: float, front_m: float) -> bool:
    """Whether one could stand before a piece: the better part of `front_m` is in the room, and empty."""
    width, depth = (float(edge) for edge in asset.size[:2])
    local = np.array([[[-0.4 * width, depth / 2 + 0.01, 0.05], [0.4 * width, depth / 2 + 0.7 * front_m + 0.02, 1.5]]])
    return shell.room.fits(boxes_at(local, position, yaw))


def keep_front(shell: Shell, placed: Placed, depth: float) -> None:
    """Keep the floor before a piece free to `depth` metres."""
    width, length = placed.asset.size[:2]
    spot = placed.to_world((0.0, length / 2 + depth / 2 + 0.01, 0.0))
    shell.room.keep_free(spot[0], spot[1], width * 0.8, depth, placed.yaw)


def in_corner(shell: Shell, asset: Asset, rng: np.random.Generator) -> Placed | None:
    """Stand a piece near one of the room's corners, looking out of it."""
    half = asset.size[:2] / 2 + 0.05
    corners = [k for k, wall in enumerate(shell.walls) if wall.convex[0]]
    for attempt in range(14):
        k = corners[int(rng.integers(len(corners)))]
        here, before = shell.walls[k], shell.walls[k - 1]
        slack = rng.uniform(0.0, 0.25 + 0.1 * attempt, 2)
        out = here.inward + before.inward
        spot = np.asarray(shell.plan.corners[k]) + out * np.minimum(half + slack, np.array(shell.plan.size) / 2)
        yaw = (
            float(np.arctan2(-out[0], out[1]) + rng.uniform(-0.3, 0.3))
            if asset.category != "floor_lamp"
            else float(rng.choice(4) * np.pi / 2)
        )
        placed = shell.room.stand(asset, float(spot[0]), float(spot[1]), yaw, margin=0.04)
        if placed is not None:
            return placed
    return None


def scatter(shell: Shell, asset: Asset, rng: np.random.Generator, turned: bool = True) -> Placed | None:
    """Stand a piece anywhere, facing the middle of the room more or less."""
    reach = np.array(shell.room.size[:2]) / 2 - asset.size[:2].max() / 2 - 0.1
    if (reach <= 0).any():
        return None
    for _ in range(16):
        x, y = rng.uniform(-1, 1, 2) * reach
        yaw = float(np.arctan2(x, -y) + rng.uniform(-0.5, 0.5)) if turned else 0.0
        placed = shell.room.stand(asset, x, y, yaw, margin=0.08, walkways=asset.category != "rug")
        if placed is not None:
            return placed
    return None


def beside(
    shell: Shell, host: Placed, asset: Asset, x: float, y: float, turn: float = 0.0, margin: float = 0.02,
    walkways: bool = True,
) -> Placed | None:  # fmt: skip
    """Stand a piece at (x, y) of a host's frame, turned by `turn` against it."""
    spot = host.to_world((x, y, 0.0))
    return shell.room.stand(asset, float(spot[0]), float(spot[1]), host.yaw + turn, margin=margin, walkways=walkways)


def free_spans(
    shell: Shell, wall: int, depth: float, low: float, high: float, walkways: bool = True
) -> list[tuple[float, float]]:
    """Stretches (x0, x1) of a wall before which nothing is, to `depth` metres, between heights `low` and `high`."""
    frame, room = shell.walls[wall], shell.room
    flat = ("floor", "wall", "ceiling", "skirting", "rug")
    blocks = [p.boxes for p in room.placed if p.asset.category not in flat]
    blocks += room.kept_free if walkways else []
    blocks += [room.outside] if room.outside is not None else []
    taken = [span for block in blocks for span in _shadows(block, frame.middle, frame.yaw, depth, low, high)]
    spans, x = [], -frame.length / 2
    for x0, x1 in sorted(taken):
        if x0 > x:
            spans.append((x, min(x0, frame.length / 2)))
        x = max(x, x1)
    if x < frame.length / 2:
        spans.append((x, frame.length / 2))
    return [(x0, x1) for x0, x1 in spans if x1 - x0 > 0.02]


def _shadows(
    boxes: Boxes, middle: tuple[float, float], yaw: float, depth: float, low: float, high: float
) -> list[tuple[float, float]]:
    """What boxes take of the strip before a wall: (x0, x1) in its frame."""
    c, s = np.cos(yaw), np.sin(yaw)
    offset: Float = boxes.centre - np.asarray(middle)
    x, y = offset[:, 0] * c + offset[:, 1] * s, offset[:, 1] * c - offset[:, 0] * s
    cos, sin = np.abs(boxes.cos * c + boxes.sin * s), np.abs(boxes.sin * c - boxes.cos * s)
    along, across = boxes.half[:, 0] * cos + boxes.half[:, 1] * sin, boxes.half[:, 0] * sin + boxes.half[:, 1] * cos
    meets = (y + across > 0.01) & (y - across < depth) & (boxes.low < high) & (boxes.high > low)
    return [(float(a), float(b)) for a, b in zip((x - along)[meets], (x + along)[meets], strict=True)]


def hang(
    shell: Shell, asset: Asset, rng: np.random.Generator, height: tuple[float, float], near: Placed | None = None
) -> Placed | None:
    """Hang a piece flat on a wall, its middle between the heights given: where nothing stands before it.

    near: hang it behind this piece, more or less above its middle.
    """
    for _ in range(20):
        wall = shell.behind(near) if near is not None else draw_wall(shell, rng)
        reach = shell.walls[wall].length / 2 - asset.size[0] / 2 - 0.12
        if reach <= 0:
            continue
        x = float(rng.uniform(-reach, reach))
        if near is not None:
            x = shell.walls[wall].local(near.position)[0] + float(rng.uniform(-0.6, 0.6))
            x = float(np.clip(x, -reach, reach))
        placed = hang_at(shell, asset, wall, x, float(rng.uniform(*height)))
        if placed is not None:
            return placed
    return None


def hang_at(
    shell: Shell, asset: Asset, wall: int, x: float, height: float, air_m: float = AIR_M, side_m: float = 0.06
) -> Placed | None:
    """Hang a piece on a wall, its middle at (x, height), unless a window, a door or something before it is there.

    air_m, side_m: free space before and beside it.
    """
    width, depth, tall = asset.size
    room = shell.room
    z = min(height, room.size[2] - tall / 2 - 0.12) - tall / 2
    if any(
        k == wall and o.left - 0.05 < x + width / 2 and x - width / 2 < o.right + 0.05 and z < o.head + 0.05
        and z + tall > o.sill - 0.05
        for k, o in shell.windows
    ):  # fmt: skip
        return None
    position, yaw = wall_pose(shell.walls[wall], x, depth / 2 + GAP_M, z)
    local = np.array([[[-width / 2 - side_m, -depth / 2, -0.03], [width / 2 + side_m, air_m, tall + side_m]]])
    if not room.fits(boxes_at(local, position, yaw)):
        return None
    return room.put(asset, position, yaw, shell.name_of(wall))

"""What hangs from the ceiling and on the walls."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from pipeline.compose.assets import decor
from pipeline.compose.layouts.room_place import hang, hang_at
from pipeline.compose.layouts.room_shell import Shell
from pipeline.compose.placement import GAP_M
from pipeline.config import RoomRecipe

LAMP_PITCH_M, ROW_PITCH_M, PANEL_PITCH_M = 5.0, 3.4, 2.9
"""Between the ceiling lamps of a room, of a passage, and between panels."""
LAMP_WALL_M = 0.4
"""A ceiling lamp keeps so far from the walls."""


def ceiling_lamps(shell: Shell, piece: str, rng: np.random.Generator) -> None:
    """One lamp in the middle of a room, a row in a passage, panels in a grid; all of one make."""
    room, asset = shell.room, shell.stock.draw(piece, rng)
    pitch = PANEL_PITCH_M if piece == "light_panel" else LAMP_PITCH_M if min(room.size[:2]) > 3.0 else ROW_PITCH_M
    spots = np.zeros((0, 2))
    while not len(spots):
        # A grid cell whose middle is not in the room has no lamp; finer, until one has.
        counts = [max(1, round(edge / pitch)) for edge in room.size[:2]]
        x, y = ((np.arange(n) + 0.5) / n * edge - edge / 2 for n, edge in zip(counts, room.size[:2], strict=True))
        spots = np.stack(np.meshgrid(x, y, indexing="ij"), -1).reshape(-1, 2)
        spots = spots[shell.plan.wall_distance(spots) > LAMP_WALL_M]
        pitch *= 0.7
    if len(spots) == 1 and not shell.plan.cuts:
        spots = spots + rng.uniform(-0.12, 0.12, 2) * np.array(room.size[:2])
    # A panel lies along the room, a passage's leg is no matter: where it does not fit that way it may the other.
    along = 0.0 if room.size[0] > room.size[1] else np.pi / 2
    turn = float(rng.uniform(0, np.pi)) if piece == "ceiling_lamp" else along
    for spot in spots:
        position = np.array([*spot, room.size[2] - asset.size[2] - GAP_M])
        for yaw in (turn, turn + np.pi / 2):
            if room.put(asset, position, yaw, "ceiling_1"):
                break


HUNG: dict[str, tuple[float, float]] = {
    "whiteboard": (1.4, 1.5), "pin_board": (1.4, 1.6), "notice_board": (1.4, 1.55), "coat_rack": (1.6, 1.75),
    "towel_rail": (1.1, 1.4), "fire_extinguisher": (0.55, 0.9), "wall_shelf": (1.25, 1.6),
}  # fmt: skip
"""What hangs on walls before pictures do, and how high its middle is, metres."""
OFTEN = ("wall_lamp", "notice_board", "coat_rack", "fire_extinguisher")
"""What comes more often along many metres of wall."""
ROUND_M = 18.0
BELOW_MIRROR = ("washbasin", "dresser", "sideboard", "bench", "shoe_rack")
BELOW_PICTURE = ("sofa", "sideboard", "bed", "dresser", "bench", "desk")
SIGN_M = 2.19
"""Height of what is above a door."""


def dress_walls(shell: Shell, recipe: RoomRecipe, wanted: Set[str], rng: np.random.Generator) -> None:
    """Mirrors, boards, racks, lamps, pictures, a clock: where nothing stands before them and no window is."""
    again = max(1, round(shell.plan.perimeter_m / ROUND_M))
    if "wall_mirror" in wanted:
        _mirrors(shell, rng)
    if "exit_sign" in wanted:
        for wall, x in shell.doors[: 1 + again // 2]:
            sign = shell.stock.draw("exit_sign", rng)
            hang_at(shell, sign, wall, x, SIGN_M + float(sign.size[2]) / 2, 0.05, 0.0)
    for piece, height in HUNG.items():
        if piece in wanted:
            for _ in range(again if piece in OFTEN else 1):
                hang(shell, shell.stock.draw(piece, rng), rng, height)
    if "wall_lamp" in wanted:
        lamp, level = shell.stock.draw("wall_lamp", rng), float(rng.uniform(1.65, 1.85))
        for _ in range(2 * again):
            hang(shell, lamp, rng, (level, level))
    _pictures(shell, int(rng.integers(recipe.pictures[0], recipe.pictures[1] + 1)), rng)
    if "clock" in wanted:
        hang(shell, shell.stock.draw("clock", rng), rng, (1.75, 1.95))


def _mirrors(shell: Shell, rng: np.random.Generator) -> None:
    """Above every basin, or above one other piece, or alone."""
    hosts = [p for name in BELOW_MIRROR for p in shell.room.placed if p.asset.category == name]
    basins = [p for p in hosts if p.asset.category == "washbasin"]
    for host in basins or hosts[:1]:
        mirror = shell.stock.draw("wall_mirror", rng)
        wall = shell.behind(host)
        height = max(1.5, float(host.extent[1, 2]) + 0.08 + float(mirror.size[2]) / 2)
        hang_at(shell, mirror, wall, shell.walls[wall].local(host.position)[0], height, 0.1)
    if not hosts:
        hang(shell, shell.stock.draw("wall_mirror", rng), rng, (1.45, 1.6))


def _pictures(shell: Shell, count: int, rng: np.random.Generator) -> None:
    below = [p for p in shell.room.placed if p.asset.category in BELOW_PICTURE]
    for k in range(count):
        near = below[k % len(below)] if below and rng.random() < 0.5 else None
        # A picture too large for the walls that are left gives way to smaller ones.
        for largest_m in (1.1, 0.5, 0.3):
            if hang(shell, decor.picture_frame(rng, largest_m), rng, (1.45, 1.65), near):
                break
            near = None

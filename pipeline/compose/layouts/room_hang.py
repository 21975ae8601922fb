"""What hangs from the ceiling and on the walls."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from pipeline.compose.assets import decor
from pipeline.compose.layouts.room_place import hang
from pipeline.compose.layouts.room_shell import Shell
from pipeline.compose.placement import GAP_M
from pipeline.config import RoomRecipe

LAMP_PITCH_M, ROW_PITCH_M, PANEL_PITCH_M = 5.0, 3.2, 2.4
"""Between the ceiling lamps of a room, of a passage, and between panels."""
LAMP_WALL_M = 0.4
"""A ceiling lamp keeps so far from the walls."""


def ceiling_lamps(shell: Shell, piece: str, rng: np.random.Generator) -> None:
    """One lamp in the middle of a room, a row in a passage, panels in a grid; all of one make."""
    room, seed = shell.room, int(rng.integers(2**31))
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
    yaw = float(rng.uniform(0, np.pi)) if piece == "ceiling_lamp" else float(rng.integers(2) * np.pi / 2)
    for spot in spots:
        asset = shell.stock.draw(piece, np.random.default_rng(seed))
        room.put(asset, np.array([*spot, room.size[2] - asset.size[2] - GAP_M]), yaw, "ceiling_1")


def dress_walls(shell: Shell, recipe: RoomRecipe, wanted: Set[str], rng: np.random.Generator) -> None:
    """A shelf, pictures and a clock: where nothing stands before them and no window is."""
    if "wall_shelf" in wanted:
        hang(shell, shell.stock.draw("wall_shelf", rng), rng, (1.25, 1.6))
    pictures = int(rng.integers(recipe.pictures[0], recipe.pictures[1] + 1))
    sofas = [p for p in shell.room.placed if p.asset.category in ("sofa", "sideboard")]
    for k in range(pictures):
        near = sofas[k % len(sofas)] if sofas and rng.random() < 0.5 else None
        # A picture too large for the walls that are left gives way to smaller ones.
        for largest_m in (1.1, 0.5, 0.3):
            if hang(shell, decor.picture_frame(rng, largest_m), rng, (1.45, 1.65), near):
                break
            near = None
    if "clock" in wanted:
        hang(shell, shell.stock.draw("clock", rng), rng, (1.75, 1.95))

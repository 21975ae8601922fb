"""Desks: one at a wall, or an office's, back to back in rows; and what one works with on them."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from pipeline.compose.assets import Asset
from pipeline.compose.layouts.room_place import against_wall, beside
from pipeline.compose.layouts.room_shell import Shell
from pipeline.compose.placement import Placed, boxes_at
from pipeline.config import RoomRecipe
from pipeline.scene import Float, upright

SEAT_M = 0.95
"""Floor behind a desk where its chair stands."""
FOLDED_M = 0.15
"""A partition thicker than this is a folding screen, which stands elsewhere."""
SCREEN_GAP_M = 0.07
"""Between two desks back to back: a partition fits in."""


def desk_by_wall(shell: Shell, wanted: Set[str], rng: np.random.Generator) -> Placed | None:
    """A desk against a wall and a chair drawn up to it."""
    desk = against_wall(shell, shell.stock.draw("desk", rng), rng)
    if desk is not None:
        _chair(shell, desk, shell.stock.draw(_seat(wanted), rng), rng)
    return desk


def _seat(wanted: Set[str]) -> str:
    return "office_chair" if "office_chair" in wanted else "chair"


def _chair(shell: Shell, desk: Placed, chair: Asset, rng: np.random.Generator) -> None:
    """A chair that faces its desk, pulled up or pushed back."""
    turn = np.pi + float(rng.normal(0, 0.15 if chair.category == "chair" else 0.3))
    x = float(rng.uniform(-0.15, 0.15))
    for tuck in (0.12, 0.0, -0.1, -0.2):
        y = desk.asset.size[1] / 2 + chair.size[1] / 2 - tuck
        if beside(shell, desk, chair, x, y, turn, margin=0.012, walkways=False):
            return


def workstations(shell: Shell, count: int, wanted: Set[str], rng: np.random.Generator) -> None:
    """`count` desks of one make with chairs of one make: back to back in blocks, the rest at the walls."""
    if count == 0:
        return
    desk, chair = shell.stock.draw("desk", rng), shell.stock.draw(_seat(wanted), rng)
    screen = shell.stock.draw("partition_screen", rng) if "partition_screen" in wanted else None
    if screen is not None and _thickness(screen) > FOLDED_M:
        screen = None
    rows, left = int(rng.integers(1, 4)), count
    while left >= 2 and rows:
        placed = _block(shell, min(rows, left // 2), desk, chair, screen, rng)
        left -= placed
        rows -= 0 if placed else 1
    for _ in range(left):
        alone = against_wall(shell, desk, rng, SEAT_M)
        if alone is not None:
            _chair(shell, alone, chair, rng)


def _block(shell: Shell, pairs: int, desk: Asset, chair: Asset, screen: Asset | None, rng: np.random.Generator) -> int:
    """Pairs of desks back to back, side by side, partitions between them; how many desks were placed."""
    width, depth, tall = (float(edge) for edge in desk.size)
    gap = SCREEN_GAP_M if screen is None else max(SCREEN_GAP_M, _thickness(screen) + 0.012)
    pitch = width + 0.02
    half = np.array([pairs * pitch / 2, depth + gap / 2 + SEAT_M])
    room = shell.room
    for _ in range(30):
        yaw = float(rng.choice([0.0, np.pi / 2]))
        reach = np.array(room.size[:2]) / 2 - (half if yaw == 0 else half[::-1]) - 0.05
        if (reach < 0).any():
            continue
        # With one end at a wall, or free.
        share = rng.uniform(-1, 1, 2)
        if rng.random() < 0.5:
            along = 0 if yaw == 0 else 1
            share[along] = np.sign(share[along])
        x, y = (float(at) for at in share * reach)
        local = np.array([[[-half[0], -half[1], 0.02], [half[0], half[1], max(tall, 1.2)]]])
        if not room.fits(boxes_at(local, np.array([x, y, 0.0]), yaw), margin=0.1, walkways=True):
            continue
        block = upright([x, y, 0.0], yaw)
        placed = 0
        for k in range(pairs):
            for side in (1.0, -1.0):
                spot = block @ [(k - (pairs - 1) / 2) * pitch, side * (depth + gap) / 2, 0.0, 1.0]
                turn = 0.0 if side > 0 else np.pi
                one = room.stand(desk, float(spot[0]), float(spot[1]), yaw + turn, margin=0.0)
                if one is not None:
                    placed += 1
                    if rng.random() < 0.92:
                        _chair(shell, one, chair, rng)
        if screen is not None:
            _screens(shell, screen, block, pairs * pitch, yaw)
        room.keep_free(x, y, 2 * half[0] + 0.6, 2 * half[1] - 0.2, yaw)
        return placed
    return 0


def _thickness(screen: Asset) -> float:
    """Depth of a partition above its feet, metres."""
    panel = screen.boxes[screen.boxes[:, 1, 2] > 0.4]
    return float(panel[:, 1, 1].max() - panel[:, 0, 1].min())


def _screens(shell: Shell, screen: Asset, block: Float, length: float, yaw: float) -> None:
    """Partitions between two rows, end to end; their feet stand where the desks' legs let them."""
    pitch = float(screen.size[0]) + 0.004
    count = max(1, int((length + 0.2) / pitch))
    for k in range(count):
        for shift in (0.0, 0.05, -0.05, 0.12, -0.12):
            spot = block @ [(k - (count - 1) / 2) * pitch + shift, 0.0, 0.0, 1.0]
            if shell.room.stand(screen, float(spot[0]), float(spot[1]), yaw, margin=0.0, walkways=False):
                break


def equip_desk(shell: Shell, desk: Placed, recipe: RoomRecipe, rng: np.random.Generator) -> bool:
    """A screen, keyboard and mouse before the sitter, or a laptop; whether there is anything."""
    tops = [surface for surface in desk.asset.surfaces if surface.kind == "top"]
    if not tops or rng.random() >= min(1.0, 1.6 * recipe.clutter):
        return False
    top = max(tops, key=lambda surface: surface.half[0] * surface.half[1])
    u = float(rng.uniform(-0.25, 0.25))

    def place(piece: str, at: tuple[float, float], turn: float) -> bool:
        if piece not in recipe.small_things:
            return False
        made = shell.stock.draw(piece, rng)
        return shell.room.put_on(made, desk, top, rng, yaw=float(rng.normal(0, turn)), at=at) is not None

    if rng.random() < 0.25 and place("laptop", (u, 0.3), 0.1):
        return True
    done = place("monitor", (u, -0.6), 0.08)
    done |= place("keyboard", (u, 0.6), 0.04)
    place("mouse", (min(u + 0.42, 1.0), 0.6), 0.2)
    return done

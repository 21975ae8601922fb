"""Desks: one at a wall, or an office's, back to back in rows; and what one works with on them."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from pipeline.compose.assets import Asset
from pipeline.compose.layouts.room_place import against_wall, beside
from pipeline.compose.layouts.room_shell import Shell
from pipeline.compose.placement import Placed, boxes_at
from pipeline.config import RoomRecipe
from pipeline.scene import upright

SEAT_M = 0.95
"""Floor behind a desk where its chair stands."""
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
    desk_seed, chair_seed = (int(rng.integers(2**31)) for _ in range(2))
    rows = int(rng.integers(1, 4))
    left, screen_seed = count, int(rng.integers(2**31)) if "partition_screen" in wanted else None
    while left >= 2:
        block = _block(shell, min(rows, left // 2), (desk_seed, chair_seed), screen_seed, wanted, rng)
        if block:
            left -= block
        elif rows > 1:
            rows -= 1
        else:
            break
    for _ in range(left):
        desk = against_wall(shell, shell.stock.draw("desk", np.random.default_rng(desk_seed)), rng, 0.9)
        if desk is not None:
            _chair(shell, desk, shell.stock.draw(_seat(wanted), np.random.default_rng(chair_seed)), rng)


def _block(
    shell: Shell, pairs: int, seeds: tuple[int, int], screen_seed: int | None, wanted: Set[str],
    rng: np.random.Generator,
) -> int:  # fmt: skip
    """Pairs of desks back to back, side by side; how many desks were placed."""
    desk = shell.stock.draw("desk", np.random.default_rng(seeds[0]))
    width, depth, tall = desk.size
    screen = shell.stock.draw("partition_screen", np.random.default_rng(screen_seed)) if screen_seed else None
    gap = SCREEN_GAP_M if screen is None else max(SCREEN_GAP_M, float(screen.size[1]) + 0.02)
    pitch = width + 0.02
    half = np.array([pairs * pitch / 2, depth + gap / 2 + SEAT_M])
    room = shell.room
    for _ in range(30):
        yaw = float(rng.choice([0.0, np.pi / 2]))
        turned = half if yaw == 0 else half[::-1]
        reach = np.array(room.size[:2]) / 2 - turned - 0.05
        if (reach < 0).any():
            continue
        # Against a wall at one end, or free.
        u = rng.uniform(-1, 1, 2)
        if rng.random() < 0.5:
            u[0 if yaw == 0 else 1] = np.sign(u[0])
        x, y = u * reach
        local = np.array([[[-half[0], -half[1], 0.02], [half[0], half[1], max(tall, 1.2)]]])
        if not room.fits(boxes_at(local, np.array([x, y, 0.0]), yaw), margin=0.1, walkways=True):
            continue
        middle = upright([x, y, 0.0], yaw)
        placed = 0
        for k in range(pairs):
            along = (k - (pairs - 1) / 2) * pitch
            for side in (1.0, -1.0):
                spot = middle[:2, :2] @ np.array([along, side * (depth + gap) / 2]) + middle[:2, 3]
                turn = 0.0 if side > 0 else np.pi
                made = shell.stock.draw("desk", np.random.default_rng(seeds[0]))
                one = room.stand(made, float(spot[0]), float(spot[1]), yaw + turn, margin=0.0)
                if one is None:
                    continue
                placed += 1
                if rng.random() < 0.92:
                    _chair(shell, one, shell.stock.draw(_seat(wanted), np.random.default_rng(seeds[1])), rng)
        if screen is not None and screen.size[0] <= pairs * pitch + 0.2:
            _screens(shell, middle, pairs * pitch, yaw, int(screen_seed or 0))
        shell.room.keep_free(float(x), float(y), 2 * half[0] + 0.6, 2 * half[1] - 0.2, yaw, 0.05, 1.9)
        return placed
    return 0


def _screens(shell: Shell, middle: np.ndarray, length: float, yaw: float, seed: int) -> None:
    """Partitions in the gap between two rows, end to end."""
    screen = shell.stock.draw("partition_screen", np.random.default_rng(seed))
    count = max(1, int(length / screen.size[0]))
    for k in range(count):
        along = (k - (count - 1) / 2) * (float(screen.size[0]) + 0.004)
        spot = middle[:2, :2] @ np.array([along, 0.0]) + middle[:2, 3]
        made = shell.stock.draw("partition_screen", np.random.default_rng(seed))
        shell.room.stand(made, float(spot[0]), float(spot[1]), yaw, margin=0.0, walkways=False)


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

"""Car bodies: a shell with wheel arches lofted from nose to tail, and a glasshouse on top of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.compose.assets.bodies import loft
from pipeline.compose.assets.shapes import cross
from pipeline.compose.assets.sheets import sheet
from pipeline.scene import Float, Mesh

# Heights up a side: shares of its rise from the sill to above the arches, then from there to the shoulder.
LOW_SIDE, HIGH_SIDE = np.array([0.0, 0.15, 0.5]), np.array([0.0, 0.25, 0.5, 0.75, 1.0])


@dataclass(frozen=True)
class Stance:
    """Where a car stands: metres. `axles` has their y, the first one's first; the nose is at +length / 2."""

    length: float
    width: float
    sill: float
    axles: tuple[float, ...]
    wheel: float
    arch: float

    @property
    def front(self) -> float:
        """The first axle's y."""
        return self.axles[0]

    @property
    def rear(self) -> float:
        """The last axle's y."""
        return self.axles[-1]


def shell(stance: Stance, top: Float, blunt: float = 0.45, waist: float = 0.55, sway: float = 0.4) -> Mesh:
    """The painted shell below the windows.

    top: [n, 2] of (y, z): the height of bonnet, belt and boot lid, from tail to nose. blunt: how far the ends are
    rounded in plan, metres; waist: the height at which the sides are widest; sway: how far above and below it they
    have drawn in.
    """
    half = stance.length / 2
    ys = [np.linspace(-half, half, 25), half - np.array([0.015, 0.045, 0.09]), -half + np.array([0.015, 0.045, 0.09])]
    for axle in stance.axles:
        reach = np.sqrt(max(stance.arch**2 - (stance.sill - stance.wheel) ** 2, 1e-4))
        ys.append(axle + reach * np.sin(np.linspace(-np.pi / 2, np.pi / 2, 13)))
    y = np.unique(np.round(np.concatenate(ys), 5))
    y = y[np.concatenate([[True], np.diff(y) > 0.006])]
    end = half - np.abs(y)
    ease = np.clip(1 - end / blunt, 0, 1)
    w = stance.width / 2 * (1 - 0.2 * ease**2.2)
    tip = np.clip(1 - end / 0.1, 0, 1)
    high = np.interp(y, top[:, 0], top[:, 1]) - 0.09 * tip**2.5
    low = stance.sill + 0.02 * np.clip(1 - end / 0.3, 0, 1) + 0.03 * tip**2
    arch = low.copy()
    for axle in stance.axles:
        rise = stance.wheel + np.sqrt(np.maximum(stance.arch**2 - (y - axle) ** 2, 0.0))
        arch = np.where(np.abs(y - axle) < stance.arch, np.maximum(arch, rise), arch)
    shoulder = high - 0.055
    # Above the arches every ring has the same heights, so that the sides stay even there.
    over = np.minimum(stance.wheel + stance.arch + 0.03, shoulder - 0.05)
    arch = np.minimum(arch, over - 0.02)
    z = np.concatenate(
        [arch[:, None] + LOW_SIDE * (over - arch)[:, None], over[:, None] + HIGH_SIDE * (shoulder - over)[:, None]],
        axis=1,
    )
    bulge = 1 - 0.07 * np.clip((waist - z) / sway, 0, 1) ** 2 - 0.05 * np.clip((z - waist) / sway, 0, 1.5) ** 1.5
    side = w[:, None] * bulge
    inner = np.minimum(stance.width / 2 - 0.27, 0.75 * w)
    edge = side[:, -1]
    x = np.concatenate(
        [inner[:, None], inner[:, None], side, *((edge * f)[:, None] for f in (0.985, 0.95, 0.88, 0.5))], axis=1
    )
    zz = np.concatenate(
        [low[:, None], arch[:, None], z, *((shoulder + r)[:, None] for r in (0.025, 0.045, 0.055, 0.07))], axis=1
    )
    right = np.stack([x, np.repeat(y[:, None], x.shape[1], 1), zz], -1)
    return loft(np.concatenate([right, right[:, ::-1] * [-1.0, 1.0, 1.0]], axis=1), 32.0)


@dataclass(frozen=True)
class Glasshouse:
    """The cabin above the belt. Each pair is (at the belt, at the roof edge), metres.

    pillars: where along each side, as shares from the front, a window starts or ends: (start, end) pairs.
    """

    height: tuple[float, float]
    front: tuple[float, float]
    back: tuple[float, float]
    half: tuple[float, float]
    windows: tuple[tuple[float, float], ...]
    crown: float = 0.055


def glasshouse(form: Glasshouse) -> tuple[Mesh, list[Mesh]]:
    """The painted cabin, and its panes: windscreen, rear window and the side windows of both sides."""
    across = np.linspace(-1, 1, 9)
    shares = np.array([s for window in form.windows for s in window])

    def ring(v: float, grow: float = 1.0) -> Float:
        front, back = (a + (b - a) * v for a, b in (form.front, form.back))
        half = (form.half[0] + (form.half[1] - form.half[0]) * v + 0.02 * np.sin(np.pi * np.clip(v, 0, 1))) * grow
        middle = (front + back) / 2
        front, back = middle + (front - middle) * grow, middle + (back - middle) * grow
        z = form.height[0] + (form.height[1] - form.height[0]) * v
        bow = 0.09 * grow * (1 - np.abs(across) ** 2.5)
        x = 0.93 * half * across
        nose = np.stack([-x, front - 0.09 * grow + bow, np.full(9, z)], 1)
        tail = np.stack([x, back + 0.05 * grow - 0.5 * bow, np.full(9, z)], 1)
        a, b = front - 0.13 * grow, back + 0.1 * grow
        side = np.stack([half * (1 - 0.03 * (2 * shares - 1) ** 2), a + (b - a) * shares, np.full(len(shares), z)], 1)
        # Round: windscreen from right to left, left side backwards, rear from left to right, right side forwards.
        return np.concatenate([nose, side * [-1, 1, 1], tail, side[::-1]])

    rise = form.height[1] - form.height[0]
    levels = [(-0.12, 1.0, 0.0), (0.0, 1.0, 0.0), (0.5, 1.0, 0.0), (0.93, 1.0, 0.0), (1.0, 0.99, 0.0)]
    roof = [(1.0, 0.955, 0.45), (1.0, 0.88, 0.68), (1.0, 0.6, 0.92), (1.0, 0.3, 0.99), (1.0, 0.0, 1.0)]
    sections = [ring(v, grow) + [0, 0, up * form.crown] for v, grow, up in levels + roof]
    body = loft(np.stack(sections), 50.0)
    n = len(shares)

    def pane(first: int, last: int, low: float, high: float) -> Mesh:
        heights = np.array([low, 0.5, high])
        points = np.stack([ring(v) for v in heights])[:, first : last + 1].transpose(1, 0, 2)
        normal = cross(np.gradient(points, axis=0), np.gradient(points, axis=1))
        normal /= np.sqrt((normal**2).sum(-1, keepdims=True))
        middle = np.array([0.0, (form.front[0] + form.back[0]) / 2, form.height[0] + rise / 2])
        outward = np.sign((normal * (points - middle)).sum((-1, -2, -3)))
        return sheet(points + outward * normal * 0.002, 0.01)

    panes = [pane(0, 8, 0.06, 0.92), pane(9 + n, 17 + n, 0.1, 0.88)]
    for k in range(len(form.windows)):
        panes += [pane(9 + 2 * k, 10 + 2 * k, 0.07, 0.88)]
        start = 18 + n + n - 2 - 2 * k
        panes += [pane(start, start + 1, 0.07, 0.88)]
    return body, panes

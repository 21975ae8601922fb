"""Where things stand without touching: oriented boxes on the floor, on walls and on one another.

Every asset is enclosed by upright boxes (asset.py). Placed things only ever turn about z, so two things are apart
when for every pair of their boxes either the heights or the turned rectangles (separating axes) are apart. That
is conservative: meshes inside disjoint boxes cannot intersect.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass, field

import numpy as np

from pipeline.compose.assets.asset import Asset, Surface
from pipeline.scene import CannotPlace, Float, Object, upright

GAP_M = 0.0004
"""Things rest this far above their support."""


@dataclass(frozen=True, eq=False)
class Boxes:
    """n turned boxes in the world: centre [n, 2], half [n, 2], cosine and sine of the yaw [n], low and high z [n]."""

    centre: Float
    half: Float
    cos: Float
    sin: Float
    low: Float
    high: Float

    def overlaps(self, other: Boxes, margin: float = 0.0) -> bool:
        """Whether any box here comes closer than `margin` (metres, horizontally) to any box of `other`."""
        heights = (self.low[:, None] < other.high[None, :]) & (other.low[None, :] < self.high[:, None])
        rows, cols = np.nonzero(heights)
        if not len(rows):
            return False
        offset = other.centre[cols] - self.centre[rows]
        reach = np.hypot(*(self.half[rows] + margin).T) + np.hypot(*other.half[cols].T)
        near = np.einsum("ij,ij->i", offset, offset) < reach**2
        rows, cols, offset = rows[near], cols[near], offset[near]
        if not len(rows):
            return False
        half_a, half_b = self.half[rows] + margin, other.half[cols]
        ca, sa, cb, sb = self.cos[rows], self.sin[rows], other.cos[cols], other.sin[cols]
        # |cos| and |sin| of the angle between the two frames project one rectangle on the other's axes.
        c, s = np.abs(ca * cb + sa * sb), np.abs(sa * cb - ca * sb)
        apart = np.zeros(len(rows), bool)
        for cos, sin, mine, theirs in ((ca, sa, half_a, half_b), (cb, sb, half_b, half_a)):
            along, across = offset[:, 0] * cos + offset[:, 1] * sin, offset[:, 1] * cos - offset[:, 0] * sin
            apart |= np.abs(along) >= mine[:, 0] + theirs[:, 0] * c + theirs[:, 1] * s
            apart |= np.abs(across) >= mine[:, 1] + theirs[:, 0] * s + theirs[:, 1] * c
        return bool(np.any(~apart))

    @property
    def extent(self) -> Float:
        """Axis-aligned world bounds of all boxes: float64 [2, 3]."""
        c, s = np.abs(self.cos), np.abs(self.sin)
        span = np.stack([self.half[:, 0] * c + self.half[:, 1] * s, self.half[:, 0] * s + self.half[:, 1] * c], 1)
        return np.array(
            [[*(self.centre - span).min(0), self.low.min()], [*(self.centre + span).max(0), self.high.max()]]
        )


def boxes_at(local: Float, position: Float, yaw: float) -> Boxes:
    """Local boxes [n, 2, 3] of something that stands at `position`, turned by `yaw` radians."""
    c, s = float(np.cos(yaw)), float(np.sin(yaw))
    middle = local.mean(1)
    half = (local[:, 1, :2] - local[:, 0, :2]) / 2
    centre = middle[:, :2] @ np.array([[c, s], [-s, c]]) + np.asarray(position)[:2]
    n = len(local)
    return Boxes(centre, half, np.full(n, c), np.full(n, s), local[:, 0, 2] + position[2], local[:, 1, 2] + position[2])


@dataclass(frozen=True, eq=False)
class Placed:
    """An asset in the world, with the name of what carries it."""

    name: str
    asset: Asset
    position: Float
    yaw: float
    boxes: Boxes
    extent: Float
    support: str | None
    thing: bool

    def to_world(self, point: tuple[float, float, float]) -> Float:
        """A point of the asset's frame in world coordinates: float64 [3]."""
        pose = upright(self.position, self.yaw)
        return np.asarray(pose[:3, :3] @ np.asarray(point) + pose[:3, 3])

    def to_object(self) -> Object:
        return Object(
            self.name,
            self.asset.category,
            self.asset.parts,
            upright(self.position, self.yaw),
            self.thing,
            self.support,
            dict(self.asset.attributes),
            self.asset.source,
        )


@dataclass(eq=False)
class Arrangement:
    """The things placed so far in a room `size` (x, y, z) centred on the origin, and the space kept free for people.

    outside: what of that size is not room, where its plan is no rectangle.
    shell: categories that `clearance` leaves out, since what they enclose is where one stands.
    """

    size: tuple[float, float, float]
    outside: Boxes | None = None
    shell: tuple[str, ...] = ("wall", "floor", "ceiling")
    placed: list[Placed] = field(default_factory=list)
    kept_free: list[Boxes] = field(default_factory=list)
    _extents: Float = field(default_factory=lambda: np.zeros((0, 2, 3)))
    _numbers: Counter[str] = field(default_factory=Counter)

    def new_name(self, category: str) -> str:
        """A name for a thing of `category` that nothing here has, or had before it was removed."""
        self._numbers[category] += 1
        return f"{category}_{self._numbers[category]}"

    def fits(self, boxes: Boxes, margin: float = 0.0, walkways: bool = False) -> bool:
        """Whether `boxes` lie in the room, `margin` from every thing placed and, if asked, off the walkways."""
        low, high = boxes.extent
        half = np.array([self.size[0] / 2, self.size[1] / 2]) - 1e-9
        if (low[:2] < -half).any() or (high[:2] > half).any() or low[2] < 0 or high[2] > self.size[2]:
            return False
        if self.outside is not None and boxes.overlaps(self.outside):
            return False
        # Furniture stands close to the building and keeps its distance from other furniture.
        space = np.where([other.thing for other in self.placed], margin, 0.0)[:, None]
        wide = space * np.array([1.0, 1.0, 0.0])
        near = ((self._extents[:, 0] - wide < high) & (self._extents[:, 1] + wide > low)).all(1)
        for k in np.nonzero(near)[0]:
            if boxes.overlaps(self.placed[k].boxes, float(space[k, 0])):
                return False
        return not (walkways and any(boxes.overlaps(zone) for zone in self.kept_free))

    def put(
        self, asset: Asset, position: Float, yaw: float, support: str | None, thing: bool = True, margin: float = 0.0,
        walkways: bool = False, check: bool = True,
    ) -> Placed | None:  # fmt: skip
        """Place `asset` and return it, or None where it does not fit. `check=False` is for the building itself."""
        position = np.asarray(position, float)
        boxes = boxes_at(asset.boxes, position, yaw)
        if check and not self.fits(boxes, margin, walkways):
            return None
        placed = Placed(self.new_name(asset.category), asset, position, yaw, boxes, boxes.extent, support, thing)
        self.placed.append(placed)
        self._extents = np.concatenate([self._extents, placed.extent[None]])
        return placed

    def remove(self, names: Set[str]) -> None:
        """Take things away again."""
        kept = [k for k, placed in enumerate(self.placed) if placed.name not in names]
        self.placed = [self.placed[k] for k in kept]
        self._extents = self._extents[kept]

    def stand(
        self, asset: Asset, x: float, y: float, yaw: float, margin: float = 0.02, walkways: bool = True
    ) -> Placed | None:
        """Place on the floor, or on a rug when the whole footprint lies on one."""
        for rug in (p for p in self.placed if p.asset.category == "rug" and p.asset.surfaces):
            corners = boxes_at(asset.boxes, np.array([x, y, 0.0]), yaw).extent[:, :2]
            if (corners[0] > rug.extent[0, :2] + 0.02).all() and (corners[1] < rug.extent[1, :2] - 0.02).all():
                return self.put(
                    asset, np.array([x, y, rug.extent[1, 2] + GAP_M]), yaw, rug.name, margin=margin, walkways=walkways
                )
        return self.put(asset, np.array([x, y, GAP_M]), yaw, "floor_1", margin=margin, walkways=walkways)

    def put_on(
        self, asset: Asset, host: Placed, surface: Surface, rng: np.random.Generator, yaw: float | None = None,
        at: tuple[float, float] | None = None,
    ) -> Placed | None:  # fmt: skip
        """Place on a `surface` of `host`, within its rectangle, turned by `yaw` against the host (any way when None).

        at: (u, v) in [-1, 1], the place on the surface; drawn when None.
        """
        if asset.size[2] > surface.clearance:
            return None
        for _ in range(1 if at is not None else 8):
            turn = float(rng.uniform(-np.pi, np.pi)) if yaw is None else yaw
            c, s = abs(np.cos(turn)), abs(np.sin(turn))
            size = asset.size[:2] / 2
            room = np.asarray(surface.half) - [size[0] * c + size[1] * s, size[0] * s + size[1] * c]
            if (room < 0).any():
                continue
            u, v = rng.uniform(-1, 1, 2) if at is None else np.asarray(at)
            x, y, z = surface.centre
            spot = host.to_world((x + u * room[0], y + v * room[1], z))
            placed = self.put(asset, spot + np.array([0.0, 0.0, GAP_M]), host.yaw + turn, host.name, margin=0.004)
            if placed is not None:
                return placed
        return None

    def keep_free(
        self, x: float, y: float, width: float, depth: float, yaw: float = 0.0, low: float = 0.05, high: float = 1.9
    ) -> None:
        """Reserve the space over a `width` x `depth` rectangle about (x, y), from `low` to `high`."""
        local = np.array([[[-width / 2, -depth / 2, low], [width / 2, depth / 2, high]]])
        self.kept_free.append(boxes_at(local, np.array([x, y, 0.0]), yaw))

    def clearance(self, points: Float, but: Placed | None = None) -> Float:
        """Distance in metres from each of `points` [n, 3] to the nearest box, wall, floor or ceiling: float64 [n].

        but: a thing whose own boxes do not count.
        """
        boxes = self._all_boxes(but)
        offset = points[:, None, :2] - boxes.centre
        along = np.abs(offset[..., 0] * boxes.cos + offset[..., 1] * boxes.sin) - boxes.half[:, 0]
        across = np.abs(offset[..., 1] * boxes.cos - offset[..., 0] * boxes.sin) - boxes.half[:, 1]
        above = np.maximum(boxes.low - points[:, 2:], points[:, 2:] - boxes.high)
        gap = np.sqrt((np.maximum(np.stack([along, across, above]), 0.0) ** 2).sum(0)).min(1)
        x, y, z = self.size
        walls = np.stack([x / 2 - np.abs(points[:, 0]), y / 2 - np.abs(points[:, 1]), z - points[:, 2], points[:, 2]])
        return np.asarray(np.minimum(gap, walls.min(0)))

    def _all_boxes(self, but: Placed | None) -> Boxes:
        """Boxes of everything but the shell of the room, in order of placement, and of what is not room."""
        inside = [p.boxes for p in self.placed if p.asset.category not in self.shell and p is not but]
        if not inside:
            raise CannotPlace("the room is empty")
        inside += [self.outside] if self.outside is not None else []
        return Boxes(
            *(
                np.concatenate([getattr(b, name) for b in inside])
                for name in ("centre", "half", "cos", "sin", "low", "high")
            )
        )

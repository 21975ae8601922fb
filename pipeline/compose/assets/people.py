"""People, standing or walking, facing +y."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.heads import head
from pipeline.compose.assets.lofts import loft, rings
from pipeline.compose.assets.shapes import box, ellipsoid, tube
from pipeline.compose.materials import Finish
from pipeline.scene import Float, Mesh

CLOTH = (
    "black",
    "gray",
    "blue",
    "white",
    "brown",
    "beige",
    "red",
    "green",
    "blue",
    "black",
    "yellow",
    "pink",
    "purple",
    "turquoise",
    "orange",
)


@dataclass(frozen=True)
class Figure:
    """A body to dress: lengths in metres.

    hip, waist, chest, shoulder: heights of the joints above the soles when the legs are straight.
    across: half the distance between the shoulders; girth: 1 for a slender person.
    """

    height: float
    hip: float
    shoulder: float
    across: float
    hips: float
    girth: float
    woman: bool
    child: bool

    @property
    def unit(self) -> float:
        """One part in a thousand of 1.75 m, scaled: thicknesses are given for a person 1.75 m tall."""
        return self.height / 1.75


def figure(rng: np.random.Generator) -> Figure:
    """Somebody: a man, a woman or a child of 5 to 12."""
    child, woman = bool(rng.random() < 0.2), bool(rng.random() < 0.5)
    tall = (
        float(rng.uniform(1.12, 1.5)) if child else float(np.clip(rng.normal(1.66 if woman else 1.78, 0.06), 1.5, 1.95))
    )
    girth = float(rng.uniform(0.92, 1.22)) * (1.06 if child else 1.0)
    across = tall * (0.103 if woman or child else 0.114) * (0.94 + 0.06 * girth)
    hips = tall * (0.1 if woman else 0.094) * girth**0.7
    return Figure(
        tall,
        0.5 * tall if not child else 0.47 * tall,
        0.815 * tall if not child else 0.785 * tall,
        across,
        hips,
        girth,
        woman,
        child,
    )


def limb(points: Float, radii: Float, sides: int = 12) -> Mesh:
    """A smooth limb through a few joints: the path and its thickness are rounded off at the joints, its ends round."""
    points, radii = np.asarray(points, float), np.asarray(radii, float)
    s = np.concatenate([[0.0], np.cumsum(np.sqrt((np.diff(points, axis=0) ** 2).sum(1)))])
    t = np.linspace(0, s[-1], 13)
    bend = 0.06 * s[-1]
    soft = [np.mean([np.interp(t + d, s, points[:, k]) for d in (-bend, 0.0, bend)], axis=0) for k in range(3)]
    path = np.stack(soft, 1)
    path[0], path[-1] = points[0], points[-1]
    return tube(path, np.interp(t, s, radii), sides)


def person(rng: np.random.Generator) -> Asset:
    """A man, woman or child in everyday clothes, standing or walking."""
    body = figure(rng)
    walking = bool(rng.random() < 0.5)
    skin = materials.skin(rng)
    pieces: list[Piece] = []
    stride = float(rng.uniform(0.22, 0.4)) if walking else float(rng.uniform(-0.03, 0.03))
    stance = float(rng.uniform(0.0, 0.035)) if walking else float(rng.uniform(0.02, 0.09))
    skirt = body.woman and bool(rng.random() < 0.35)
    coat = bool(rng.random() < 0.25)
    top, bottom = _clothes(rng, body, skirt)
    if coat:
        top = (
            materials.leather(rng)
            if rng.random() < 0.25
            else materials.fabric(rng, ("black", "gray", "brown", "beige", "blue", "red", "green"))
        )
    sleeve = float(rng.choice([0.28, 1.0, 1.0])) if not coat else 1.0
    drop = _legs(rng, pieces, body, stride, stance, skin, bottom, skirt, coat)
    _torso(rng, pieces, body, drop, top, bottom, skirt, coat)
    hands = _arms(rng, pieces, body, drop, stride if walking else 0.0, skin, top, sleeve)
    pieces += head(rng, body.height, body.woman, body.child, body.shoulder - drop, skin)
    _carried(rng, pieces, body, hands, drop)
    return assemble("person", pieces, rng, main=top)


def _clothes(rng: np.random.Generator, body: Figure, skirt: bool) -> tuple[Finish, Finish]:
    top = materials.patterned_fabric(rng, CLOTH) if rng.random() < 0.2 else materials.fabric(rng, CLOTH)
    if rng.random() < 0.45 and not skirt:
        return top, materials.denim(rng)
    return top, materials.fabric(
        rng, ("black", "gray", "blue", "brown", "beige", "black") + (("red", "green", "pink") if skirt else ())
    )


def _legs(
    rng: np.random.Generator, pieces: list[Piece], body: Figure, stride: float, stance: float,
    skin: Finish, bottom: Finish, skirt: bool, coat: bool,
) -> float:  # fmt: skip
    """Both legs and shoes; how far the hips sink when the feet are apart."""
    u, hip = body.unit, body.hip
    ankle = 0.085 * u
    reach = stride * body.height * 0.5
    straight = hip - ankle
    drop = straight - float(np.sqrt(max(straight**2 - reach**2, 0.01)))
    drop = max(drop, 0.004)
    shoe = _shoe_finish(rng)
    sole = materials.plain("rubber", ((0.9, 0.9, 0.88), (0.08, 0.08, 0.08))[int(rng.integers(2))], 0.7)
    shorts = not (skirt or coat) and rng.random() < 0.15
    thick = body.girth**0.6 * u
    for s in (-1, 1):
        ahead = s * reach
        x = s * (0.52 * body.hips + stance * 0.6)
        foot = np.array([s * (0.5 * body.hips + stance), ahead, ankle])
        # The heel of the leg behind lifts: its foot stands on the ball.
        lift = max(0.0, -ahead) * 0.35
        foot = foot + [0, 0.0, lift]
        top = np.array([x, 0.0, hip - drop])
        knee = (top + foot) / 2 + [0, 0.03 * u + 0.22 * max(0.0, -ahead), 0.01]
        line = np.stack(
            [
                top + [0, 0, 0.05 * u],
                top - [0, 0, 0.06 * u],
                (top + knee) / 2,
                knee,
                (knee * 0.55 + foot * 0.45) + [0, -0.012 * u, 0],
                foot,
            ]
        )
        if skirt:
            pieces.append((limb(line, np.array([0.07, 0.075, 0.068, 0.052, 0.05, 0.034]) * thick), skin))
        elif shorts:
            pieces.append((limb(line, np.array([0.07, 0.075, 0.068, 0.052, 0.05, 0.034]) * thick), skin))
            pieces.append((limb(line[:4], np.array([0.085, 0.095, 0.092, 0.088]) * thick), bottom))
        else:
            loose = float(rng.uniform(0.9, 1.0))
            ends = foot - [0, 0.01 * u, 0.035 * u]
            pieces.append(
                (
                    limb(
                        np.concatenate([line[:5], ends[None]]),
                        np.array([0.085, 0.092, 0.083, 0.066, 0.062, 0.056]) * thick * loose,
                    ),
                    bottom,
                )
            )
        pieces += _shoe(foot, lift, u, shoe, sole)
    return drop


def _shoe_finish(rng: np.random.Generator) -> Finish:
    if rng.random() < 0.5:
        return materials.leather(rng)
    return materials.fabric(rng, ("white", "black", "gray", "red", "blue"))


def _shoe(foot: Float, lift: float, u: float, shoe: Finish, sole: Finish) -> list[Piece]:
    """A shoe whose heel is `lift` above the ground; its ball rests on it."""
    y = np.array([-0.075, -0.06, -0.02, 0.04, 0.1, 0.15, 0.175, 0.183]) * u
    wide = np.array([0.018, 0.032, 0.036, 0.042, 0.047, 0.042, 0.026, 0.01]) * u
    tall = np.array([0.045, 0.08, 0.098, 0.085, 0.058, 0.045, 0.032, 0.016]) * u
    # The heel rises about the ball of the foot.
    rise = np.interp(y / u, [-0.075, 0.11, 0.185], [lift, 0.0, 0.0])
    thick = 0.018 * u
    n = len(y)
    at = np.stack([np.full(n, foot[0]), foot[1] + y, rise + thick + tall / 2 - 0.006 * u], 1)
    upper = rings(at, np.stack([wide, tall / 2], 1), axis=1, power=2.6, sides=14)
    base = rings(
        at * [1, 1, 0] + np.stack([0 * y, 0 * y, rise + thick / 2], 1),
        np.stack([wide * 1.04, np.full(n, thick / 2)], 1),
        axis=1,
        power=6.0,
        sides=12,
    )
    return [(loft(upper), shoe), (loft(base), sole)]


def _torso(
    rng: np.random.Generator, pieces: list[Piece], body: Figure, drop: float, top: Finish, bottom: Finish, skirt: bool, coat: bool,
) -> None:  # fmt: skip
    u, g = body.unit, body.girth
    hip, shoulder, across, hips = body.hip - drop, body.shoulder - drop, body.across, body.hips
    span = shoulder - hip
    bust = 0.015 * u if body.woman and not body.child else 0.0
    waist = 0.84 if body.woman else 0.92
    belly = 0.03 * u * max(0.0, g - 1.0) * 3
    z = hip + span * np.array([-0.14, 0.0, 0.14, 0.38, 0.6, 0.74, 0.88, 0.98, 1.07, 1.13])
    wide = np.array(
        [
            0.9 * hips,
            1.02 * hips,
            hips,
            waist * hips * (0.97 + 0.03 * g),
            0.95 * across,
            1.0 * across,
            1.02 * across,
            0.93 * across,
            0.6 * across,
            0.31 * across,
        ]
    )
    deep = np.array([0.085, 0.105, 0.108, 0.098, 0.108, 0.112, 0.1, 0.085, 0.068, 0.054]) * u * g**0.8
    shift = np.array(
        [
            0,
            0,
            0.0,
            belly + 0.004 * u,
            0.006 * u + bust,
            0.004 * u + bust,
            -0.004 * u,
            -0.012 * u,
            -0.016 * u,
            -0.014 * u,
        ]
    )
    deep = deep + np.array([0, 0, belly, belly, bust, bust * 0.8, 0, 0, 0, 0])
    power = np.array([2.2, 2.3, 2.3, 2.3, 2.5, 2.5, 2.4, 2.2, 2.0, 2.0])
    at = np.stack([np.zeros(10), shift, z], 1)
    # Shirt over the trousers down to the hips; trousers close the body below.
    low = 1 if coat or rng.random() < 0.6 else 2
    section = rings(at, np.stack([wide, deep], 1), 2, power, 24)
    pieces.append((loft(section[low:], 60.0), top))
    seat = rings(at[:4], np.stack([wide[:4] * 0.975, deep[:4] * 0.97], 1), 2, power[:4], 20)
    if not skirt:
        pieces.append((loft(seat, 60.0), bottom))
    if skirt:
        long = float(rng.uniform(0.34, 0.75)) * hip
        flare = float(rng.uniform(1.15, 1.5))
        level = np.array([0.2 * span + hip, hip, hip - 0.35 * long, hip - 0.7 * long, hip - long])
        grow = np.array([0.95, 1.06, 1.1 + 0.3 * (flare - 1), 1.1 + 0.7 * (flare - 1), 1.1 + (flare - 1)])
        at = np.stack([np.zeros(5), np.zeros(5), level], 1)
        ring = rings(at, np.stack([hips * grow, 0.112 * u * g**0.8 * grow**1.6], 1), 2, 2.1, 24)
        pleat = 1 + 0.035 * np.array([0, 0.2, 0.6, 0.9, 1.0])[:, None] * np.cos(
            6 * np.linspace(0, 2 * np.pi, 24, endpoint=False)
        )
        ring[..., :2] *= pleat[..., None]
        pieces.append((loft(ring, 60.0), bottom))
    if coat:
        long = float(rng.uniform(0.15, 0.45)) * hip
        level = np.array([shoulder - 0.1 * span, shoulder - 0.3 * span, hip + 0.35 * span, hip, hip - long])
        half = np.stack(
            [
                np.array([1.03 * across, 1.02 * across, max(hips, 0.9 * across) * 1.0, hips * 1.12, hips * 1.2]),
                np.array([0.108, 0.122, 0.118, 0.128, 0.14]) * u * g**0.8 + bust,
            ],
            1,
        )
        shell = rings(np.stack([np.zeros(5), np.full(5, 0.4 * bust), level], 1), half, 2, 2.5, 24)
        pieces.append((loft(shell, 60.0), top))
    elif low == 2 and not skirt:
        belt = rings(
            at[1:3] * [1, 1, 0] + [[0, 0, hip + 0.1 * span], [0, 0, hip + 0.1 * span + 0.035 * u]],
            np.stack([wide[1:3] * 1.01, deep[1:3] * 1.02], 1),
            2,
            2.3,
            20,
        )
        pieces.append((loft(belt), materials.leather(rng)))


def _arms(
    rng: np.random.Generator, pieces: list[Piece], body: Figure, drop: float, swing: float, skin: Finish, top: Finish, sleeve: float
) -> list[Float]:  # fmt: skip
    """Both arms; where the hands are."""
    u, g = body.unit, body.girth**0.6
    shoulder = body.shoulder - drop
    upper, lower = 0.165 * body.height, 0.145 * body.height
    hands = []
    for s in (-1, 1):
        forward = -s * swing * 1.3 + float(rng.uniform(-0.1, 0.12))
        bend = float(rng.uniform(0.1, 0.4)) + (0.25 if swing else 0.0)
        if rng.random() < 0.12:
            bend = float(rng.uniform(1.2, 1.8))
        out = float(rng.uniform(0.1, 0.2))
        joint = np.array([s * (body.across - 0.022 * u), -0.008 * u, shoulder - 0.04 * u])
        elbow = joint + upper * _direction(s * out, forward)
        wrist = elbow + lower * _direction(s * out * 0.4, forward + bend)
        hand = wrist + 0.075 * u * _direction(s * 0.03, forward + bend + 0.1)
        radii = np.array([0.048, 0.046, 0.04, 0.036, 0.035, 0.025]) * u * g
        line = np.stack(
            [joint, joint * 0.7 + elbow * 0.3, joint * 0.3 + elbow * 0.7, elbow, elbow * 0.7 + wrist * 0.3, wrist]
        )
        if sleeve < 1:
            pieces.append((limb(line, radii), skin))
            pieces.append((limb(line[:3], (radii * 1.25)[:3]), top))
        else:
            pieces.append((limb(line, radii * np.array([1.2, 1.2, 1.2, 1.22, 1.22, 1.3])), top))
            pieces.append(
                (
                    tube(
                        [
                            wrist - 0.02 * u * _direction(0, forward + bend),
                            wrist + 0.02 * u * _direction(0, forward + bend),
                        ],
                        0.023 * u,
                        10,
                    ),
                    skin,
                )
            )
        ball = 0.056 * u * g
        pieces.append((ellipsoid((ball, ball, ball), joint - [s * 0.01 * u, 0, 1.14 * ball], 14), top))
        pieces += _hand(wrist, hand, s, u, skin)
        hands.append(hand)
    return hands


def _direction(aside: float, forward: float) -> Float:
    """A unit vector down, leaning `aside` (along x) and `forward` (radians)."""
    way = np.array([aside, np.sin(forward), -np.cos(forward)])
    return way / np.sqrt(way @ way)


def _hand(wrist: Float, hand: Float, s: int, u: float, skin: Finish) -> list[Piece]:
    way = (hand - wrist) / np.sqrt(((hand - wrist) ** 2).sum())
    inner = np.array([-s * 1.0, 0.0, 0.0])
    palm = np.stack(
        [
            wrist,
            wrist + 0.035 * u * way,
            hand,
            hand + 0.035 * u * way + inner * 0.012 * u,
            hand + 0.075 * u * way + inner * 0.035 * u,
        ]
    )
    thumb = np.stack(
        [
            wrist + 0.03 * u * way,
            wrist + 0.055 * u * way + np.array([0, 0.03 * u, 0.0]),
            wrist + 0.09 * u * way + np.array([-s * 0.005, 0.04 * u, 0.0]),
        ]
    )
    flat = limb(palm, np.array([0.022, 0.03, 0.033, 0.026, 0.012]) * u, 10)
    # A hand is broad and thin: squeezed across.
    vertices = flat.vertices.copy()
    vertices[:, 0] = hand[0] + (vertices[:, 0] - hand[0]) * 0.6
    normals = flat.normals / [0.6, 1, 1] if flat.normals is not None else flat.vertices
    normals = normals / np.sqrt((normals**2).sum(1, keepdims=True))
    return [
        (Mesh(vertices, flat.faces, flat.uv, normals), skin),
        (tube(thumb, np.array([0.013, 0.012, 0.008]) * u, 8), skin),
    ]


def _carried(rng: np.random.Generator, pieces: list[Piece], body: Figure, hands: list[Float], drop: float) -> None:
    """Perhaps a rucksack, a handbag or a shopping bag."""
    u, kind = body.unit, rng.random()
    shoulder, hip = body.shoulder - drop, body.hip - drop
    if kind < 0.2:
        cloth = materials.fabric(rng, ("black", "blue", "red", "green", "gray"))
        tall = 0.42 * u
        pieces.append((box((0.29 * u, 0.15 * u, tall), (0, -0.19 * u, shoulder - 0.07 * u - tall), 0.05 * u, 3), cloth))
        pieces.append(
            (box((0.22 * u, 0.06 * u, 0.2 * u), (0, -0.27 * u, shoulder - 0.05 * u - tall), 0.025 * u, 2), cloth)
        )
        for s in (-1, 1):
            t = np.linspace(-0.6, np.pi * 0.95, 9)
            strap = np.stack(
                [
                    np.full(9, s * 0.09 * u),
                    -0.02 * u + 0.13 * u * -np.cos(t),
                    shoulder - 0.09 * u + 0.125 * u * np.sin(t),
                ],
                1,
            )
            pieces.append((tube(strap, 0.016 * u, 8), cloth))
    elif kind < 0.4 and hands[1][2] < hip:
        leather = materials.leather(rng) if kind < 0.3 else materials.paper(rng, ("white", "beige"))
        hand = hands[int(rng.integers(2))]
        tall = min(0.3 * u, float(hand[2]) - 0.2 * u)
        low = float(hand[2]) - 0.13 * u - tall
        pieces.append((box((0.11 * u, 0.32 * u, tall), (hand[0], hand[1], low), 0.02 * u, 2), leather))
        t = np.linspace(0, np.pi, 9)
        for x in (-0.03, 0.03):
            loop = np.stack(
                [
                    np.full(9, hand[0] + x * u),
                    hand[1] + 0.09 * u * np.cos(t),
                    low + tall - 0.01 * u + (0.12 * u) * np.sin(t),
                ],
                1,
            )
            pieces.append((tube(loop, 0.007 * u, 6), leather))


GENERATORS = {"person": person}

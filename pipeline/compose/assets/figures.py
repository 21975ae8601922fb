"""The bodies of people: their measures, legs, shoes, arms and hands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Piece
from pipeline.compose.assets.bodies import loft, rings
from pipeline.compose.assets.shapes import tube
from pipeline.compose.materials import Finish
from pipeline.scene import Float, Mesh


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
    """A smooth limb through a few joints: path and thickness are rounded off at the joints; its first end is round."""
    points, radii = np.asarray(points, float), np.asarray(radii, float)
    s = np.concatenate([[0.0], np.cumsum(np.sqrt((np.diff(points, axis=0) ** 2).sum(1)))])
    t = np.linspace(0, s[-1], 11)
    bend = 0.06 * s[-1]
    soft = [np.mean([np.interp(t + d, s, points[:, k]) for d in (-bend, 0.0, bend)], axis=0) for k in range(3)]
    path, thick = np.stack(soft, 1), np.interp(t, s, radii)
    path[0], path[-1] = points[0], points[-1]
    back = (path[0] - path[1]) / np.sqrt(((path[0] - path[1]) ** 2).sum())
    cap = np.array([0.97, 0.75, 0.4])[:, None]
    path = np.concatenate([path[0] + back * thick[0] * cap, path])
    return tube(path, np.concatenate([thick[0] * np.sqrt(1 - cap[:, 0] ** 2), thick]), sides)


def legs(
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
        x = s * (0.48 * body.hips + stance * 0.3)
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
        tone = materials.tone_of(rng, ((0.08, 0.07, 0.065), (0.09, 0.08, 0.08), (0.32, 0.19, 0.1), (0.5, 0.33, 0.19)))
        return materials.textured(rng, "leather", "leather", tone, 0.14, 0.22, 0.4)
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


def arms(
    rng: np.random.Generator, pieces: list[Piece], body: Figure, drop: float, swing: float,
    skin: Finish, top: Finish, sleeve: float,
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
        joint = np.array([s * (body.across - 0.022 * u), -0.008 * u, shoulder - 0.055 * u])
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

"""People, standing or walking, facing +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.bodies import loft, rings
from pipeline.compose.assets.figures import Figure, arms, figure, legs
from pipeline.compose.assets.heads import head
from pipeline.compose.assets.shapes import box, tube
from pipeline.compose.materials import Finish
from pipeline.scene import Float

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
    drop = legs(rng, pieces, body, stride, stance, skin, bottom, skirt, coat)
    _torso(rng, pieces, body, drop, top, bottom, skirt, coat)
    hands = arms(rng, pieces, body, drop, stride if walking else 0.0, skin, top, sleeve)
    pieces += head(rng, body.height, drop, body.woman, body.child, body.shoulder - drop, skin)
    _carried(rng, pieces, body, hands, drop)
    return assemble("person", pieces, rng, main=top)


def _clothes(rng: np.random.Generator, body: Figure, skirt: bool) -> tuple[Finish, Finish]:
    top = materials.patterned_fabric(rng, CLOTH) if rng.random() < 0.2 else materials.fabric(rng, CLOTH)
    if rng.random() < 0.45 and not skirt:
        return top, materials.denim(rng)
    return top, materials.fabric(
        rng, ("black", "gray", "blue", "brown", "beige", "black") + (("red", "green", "pink") if skirt else ())
    )


def _torso(
    rng: np.random.Generator, pieces: list[Piece], body: Figure, drop: float,
    top: Finish, bottom: Finish, skirt: bool, coat: bool,
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
        over = 0.48 * hips + 0.03 * u + 0.095 * u * g**0.6
        level = np.array(
            [shoulder + 0.03 * span, shoulder - 0.05 * span, shoulder - 0.3 * span, hip + 0.35 * span, hip, hip - long]
        )
        half = np.stack(
            [
                np.array(
                    [
                        0.55 * across,
                        1.0 * across,
                        1.03 * across,
                        max(hips, 0.9 * across) * 1.0,
                        max(hips * 1.1, over),
                        max(hips * 1.16, over + 0.02 * u),
                    ]
                ),
                np.array([0.05, 0.1, 0.122, 0.118, 0.128, 0.14]) * u * g**0.8 + bust * np.array([0, 0.5, 1, 1, 1, 1]),
            ],
            1,
        )
        shell = rings(np.stack([np.zeros(6), np.full(6, 0.4 * bust), level], 1), half, 2, 2.5, 24)
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

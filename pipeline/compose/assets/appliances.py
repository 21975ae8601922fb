"""Built-in and free-standing kitchen machines. Fronts face +y, backs lie along -y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.fronts import grip
from pipeline.compose.assets.kitchen import DEPTH_M, KitchenStyle, kitchen_style
from pipeline.compose.assets.lofts import loft, ring, rounded_rectangle
from pipeline.compose.assets.shapes import bar, box, cylinder, disc, lathe, move, torus, turn
from pipeline.compose.materials import Finish

PULL_M = 0.04
"""How far a long handle stands out from its door."""
DARK = (0.05, 0.05, 0.055)


def _casing(rng: np.random.Generator) -> Finish:
    """White, black or steel: what large appliances come in."""
    kind = rng.random()
    if kind < 0.45:
        return materials.steel(rng)
    return materials.plain("metal", (0.92, 0.92, 0.91) if kind < 0.8 else (0.09, 0.09, 0.1), 0.3, 0.1)


def _knob(at: tuple[float, float, float], finish: Finish, radius: float = 0.019) -> Piece:
    """A round knob on an upright face, its middle at `at`."""
    turned = lathe([(0, 0), (radius, 0), (radius * 0.85, 0.022), (radius * 0.7, 0.025), (0, 0.025)], 20)
    return move(turn(turned, -np.pi / 2, 0), at), finish


def _pull(width: float, at: tuple[float, float, float], finish: Finish, upright: bool = False) -> list[Piece]:
    """A long bar handle whose feet stand on an upright face at `at`; it stands out 40 mm."""
    x, y, z = at
    half = np.array([0.0, 0.0, width / 2]) if upright else np.array([width / 2, 0.0, 0.0])
    middle = np.array([x, y + 0.031, z])
    pieces: list[Piece] = [(bar(middle - half, middle + half, 0.009, sides=14), finish)]
    for s in (-0.86, 0.86):
        foot = np.array([x, y - 0.001, z]) + s * half
        pieces.append((bar(foot, foot + [0, 0.031, 0], 0.007, sides=10), finish))
    return pieces


def stove(rng: np.random.Generator, width_m: float | None = None, style: KitchenStyle | None = None) -> Asset:
    """A cooker: oven door with a window, knobs above it, and a gas, plate or glass hob."""
    style = style or kitchen_style(rng)
    width, height = width_m or 0.6, style.height_m
    casing = _casing(rng)
    steel = grip(rng, casing)
    black, glass = materials.plain("metal", DARK, 0.45, 0.2), materials.plain("glass", (0.04, 0.04, 0.045), 0.06)
    back, face = -DEPTH_M / 2, DEPTH_M / 2 - PULL_M
    plinth, panel = style.plinth_m * 0.8, 0.11
    deep = face - back
    pieces: list[Piece] = [
        (box((width, deep - 0.02, height - plinth - 0.012), (0, back + (deep - 0.02) / 2, plinth), 0), casing),
        (box((width - 0.02, deep - 0.06, plinth + 0.001), (0, back + deep / 2 - 0.03, 0), 0), black),
    ]
    door_low, door_high = plinth + 0.19, height - 0.012 - panel
    pieces.append(
        (box((width - 0.004, 0.03, door_high - door_low - 0.004), (0, face - 0.015, door_low + 0.002), 0.004), casing)
    )
    pane = door_high - door_low - 0.19
    pieces.append((box((width - 0.13, 0.004, pane), (0, face, door_low + 0.06), 0), glass))
    pieces += _pull(width - 0.1, (0, face, door_high - 0.055), steel)
    pieces.append((box((width - 0.004, 0.03, 0.184), (0, face - 0.015, plinth + 0.003), 0.004), casing))
    pieces.append((box((width - 0.004, 0.03, panel - 0.004), (0, face - 0.015, door_high + 0.002), 0.004), casing))
    knobs = int(rng.integers(4, 7))
    spots = np.linspace(-width / 2 + 0.07, width / 2 - 0.07, knobs + 1)
    for k, x in enumerate(spots):
        if k == knobs // 2:
            pieces.append((box((0.1, 0.004, 0.045), (float(x), face, door_high + 0.035), 0), glass))
        else:
            pieces.append(
                _knob((float(x), face - 0.001, door_high + panel / 2), black if rng.random() < 0.5 else steel)
            )
    upright = rng.random() < 0.3
    surfaces, rings = _hob(rng, width, height, 0.005 if upright else -0.02)
    pieces += rings
    if upright:
        # An upright back panel, as free-standing cookers have it.
        pieces.append((box((width, 0.04, 0.12), (0, back + 0.02, height - 0.001), 0.004), casing))
        pieces.append((box((0.14, 0.004, 0.05), (0, back + 0.0405, height + 0.035), 0), glass))
    return assemble("stove", pieces, rng, surfaces, casing)


def _hob(rng: np.random.Generator, width: float, z: float, y0: float) -> tuple[list[Surface], list[Piece]]:
    """A cooking top whose upper face (or grate) ends at about `z`, its middle at `y0`, and where pots stand on it."""
    kind = ("gas", "plates", "glass")[int(rng.integers(3))]
    black, glass = materials.plain("metal", DARK, 0.55, 0.2), materials.plain("glass", (0.035, 0.035, 0.04), 0.05)
    base = materials.steel(rng) if kind != "glass" else glass
    deep = DEPTH_M - 0.035
    pieces: list[Piece] = [(box((width, deep, 0.013), (0, -0.0175, z - 0.013), 0.002), base)]
    spots = [(sx * width * 0.23, sy * 0.135 + y0) for sx in (-1, 1) for sy in (-1, 1)]
    surfaces, top = [], z
    mark = materials.plain("metal", (0.45, 0.45, 0.46), 0.4)
    for k, (x, y) in enumerate(spots):
        r = (0.095, 0.075, 0.075, 0.105)[k] * min(1.0, width / 0.6)
        if kind == "glass":
            pieces.append((torus(r, 0.0011, (x, y, z - 0.0002), 40, 4), mark))
            pieces.append((torus(r * 0.55, 0.0008, (x, y, z - 0.0002), 32, 4), mark))
        elif kind == "plates":
            plate = [(0, 0), (r, 0), (r, 0.009), (r * 0.93, 0.0115), (r * 0.3, 0.0115), (r * 0.25, 0.01), (0, 0.01)]
            pieces.append((move(lathe(plate, 36), (x, y, z - 0.0005)), black))
            pieces.append((torus(r + 0.004, 0.004, (x, y, z + 0.0005), 36, 6), base))
            top = z + 0.011
        else:
            crown = [(0, 0), (r * 0.5, 0), (r * 0.52, 0.01), (r * 0.42, 0.016), (0, 0.017)]
            pieces.append((move(lathe(crown, 24), (x, y, z - 0.0005)), black))
            top = z + 0.034
            for a in range(4):
                c, s = np.cos(a * np.pi / 2), np.sin(a * np.pi / 2)
                size = (0.1 * abs(c) + 0.009 * abs(s), 0.1 * abs(s) + 0.009 * abs(c), 0.011)
                pieces.append((box(size, (x + 0.072 * c, y + 0.072 * s, top - 0.011), 0.002), black))
                foot = (x + 0.116 * c, y + 0.116 * s, z - 0.0005)
                pieces.append((box((0.011, 0.011, 0.03), foot, 0.002), black))
        surfaces.append(Surface("hob", (x, y, top), (0.14, 0.13), 0.5))
    return surfaces, pieces


def dishwasher(rng: np.random.Generator, width_m: float | None = None, style: KitchenStyle | None = None) -> Asset:
    """A dishwasher under a worktop: one tall door, a strip of buttons above it."""
    style = style or kitchen_style(rng)
    width = width_m or float(rng.choice([0.45, 0.6, 0.6]))
    casing, glass = _casing(rng), materials.plain("glass", DARK, 0.08)
    z, top = style.plinth_m, style.height_m - style.worktop_m
    back, face = -DEPTH_M / 2, DEPTH_M / 2 - PULL_M
    deep = face - back
    pieces: list[Piece] = [
        (box((width, deep - 0.022, top - z + 0.001), (0, back + deep / 2 - 0.011, z), 0), casing),
        (box((width, deep - 0.06, z + 0.001), (0, back + deep / 2 - 0.03, 0), 0), style.carcass),
        (box((width, DEPTH_M, style.worktop_m), (0, 0, top), 0.003), style.worktop),
    ]
    strip = 0.105
    pieces.append((box((width - 0.006, 0.024, top - z - strip - 0.004), (0, face - 0.012, z + 0.002), 0.004), casing))
    pieces.append(
        (
            box((width - 0.006, 0.02, strip - 0.005), (0, face - 0.014, top - strip + 0.002), 0.004),
            casing if rng.random() < 0.5 else glass,
        )
    )
    pieces.append((box((0.09, 0.003, 0.028), (width * 0.12, face - 0.004, top - 0.065), 0), glass))
    light = materials.plain("plastic", (0.75, 0.76, 0.78), 0.3)
    for k in range(5):
        button = move(
            turn(disc(0.006, 0.005, 0.001, sides=12), -np.pi / 2, 0),
            (-width * 0.36 + 0.028 * k, face - 0.005, top - 0.051),
        )
        pieces.append((button, light))
    pieces += _pull(width * 0.75, (0, face, top - strip - 0.045), grip(rng, casing))
    top_face = Surface("top", (0, 0, style.height_m), (width / 2 - 0.02, DEPTH_M / 2 - 0.04), 0.5)
    return assemble("dishwasher", pieces, rng, [top_face], casing)


def range_hood(rng: np.random.Generator, width_m: float | None = None) -> Asset:
    """An extractor for the wall above a stove: a canopy under a flue, a slanted pane, or a box."""
    width, depth = width_m or float(rng.choice([0.6, 0.6, 0.9])), float(rng.uniform(0.45, 0.5))
    steel = materials.steel(rng) if rng.random() < 0.7 else _casing(rng)
    dark = materials.plain("metal", (0.25, 0.25, 0.26), 0.5, 0.5)
    lamp = materials.plain("glass", (0.95, 0.93, 0.88), 0.2)
    flue, tall = (float(rng.uniform(0.24, 0.3)), float(rng.uniform(0.2, 0.26))), float(rng.uniform(0.65, 0.85))
    back = -depth / 2
    kind = int(rng.integers(3))
    pieces: list[Piece] = [(box((flue[0], flue[1], tall - 0.05), (0, back + flue[1] / 2, 0.05), 0.002), steel)]
    if kind == 0:
        low, high = (
            rounded_rectangle(width / 2, depth / 2, 0.004, 1),
            rounded_rectangle(flue[0] / 2 + 0.02, flue[1] / 2 + 0.01, 0.004, 1),
        )
        shift = (0.0, back + flue[1] / 2 + 0.01)
        pieces.append(
            (loft([ring(low, 0.0), ring(low, 0.055), ring(high, float(rng.uniform(0.2, 0.3)), 1.0, shift)]), steel)
        )
        buttons_y, buttons_z = depth / 2, 0.028
    elif kind == 1:
        pieces.append((box((width, depth, 0.07), (0, 0, 0), 0.006), steel))
        buttons_y, buttons_z = depth / 2, 0.035
    else:
        pane = box((width, 0.03, 0.36), (0, 0, 0), 0.004)
        flue = (flue[0], 0.18)
        glass = materials.plain("glass", DARK, 0.06)
        pane = turn(pane, 0.75, 0)
        shift_y, shift_z = depth / 2 - pane.bounds[1, 1], -pane.bounds[0, 2]
        pieces = [
            (move(pane, (0, shift_y, shift_z)), glass),
            (box((width - 0.06, depth - 0.26, 0.06), (0, back + (depth - 0.26) / 2, 0.09), 0.004), steel),
            (box((flue[0], flue[1], tall - 0.1), (0, back + flue[1] / 2, 0.1), 0.002), steel),
        ]
        buttons_y = 0.0
        buttons_z = -1.0
    if buttons_z > 0:
        for x in (-0.22, 0.22):
            pieces.append((box((width * 0.36, depth * 0.6, 0.004), (x * width, 0, -0.003), 0), dark))
        for x in (-0.42, 0.42):
            pieces.append((cylinder(0.025, 0.004, (x * width, 0.1, -0.003), 18), lamp))
        for k in range(4):
            pieces.append((box((0.014, 0.006, 0.01), (0.03 * (k - 1.5), buttons_y, buttons_z), 0.0016), dark))
    return assemble("range_hood", pieces, rng, main=steel)


def refrigerator(rng: np.random.Generator) -> Asset:
    """A fridge: one tall door, a freezer above or below, or two doors side by side; bar handles."""
    casing = (
        _casing(rng)
        if rng.random() < 0.8
        else materials.plain(
            "metal", materials.named_color(("red", "beige", "turquoise", "blue")[int(rng.integers(4))], rng), 0.25, 0.1
        )
    )
    trim = grip(rng, casing)
    dark = materials.plain("plastic", (0.12, 0.12, 0.13), 0.6)
    wide = rng.random() < 0.25
    width = float(rng.uniform(0.84, 0.92)) if wide else float(rng.uniform(0.55, 0.7))
    depth, height = float(rng.uniform(0.6, 0.7)), float(rng.uniform(1.7, 1.85) if wide else rng.uniform(1.45, 1.95))
    back, door = -depth / 2, 0.06
    face = depth / 2 - 0.04
    soft = 0.02 if rng.random() < 0.3 else 0.006
    body = face - door - back - 0.006
    pieces: list[Piece] = [
        (box((width, body, height - 0.03), (0, back + body / 2, 0.03), 0.006), casing),
        (box((width - 0.03, body + 0.03, 0.031), (0, back + body / 2, 0), 0), dark),
        (box((width - 0.02, 0.02, height - 0.08), (0, face - door - 0.005, 0.05), 0), dark),
    ]
    split = float(rng.choice([0.0, 0.3, 0.36, 0.68, 0.72]))
    spans = (
        [(0.045, height - 0.004)]
        if wide or split == 0
        else [(0.045, height * split), (height * split + 0.009, height - 0.004)]
    )
    columns = [(-width / 2, 0.0), (0.0, width / 2)] if wide else [(-width / 2, width / 2)]
    side = float(rng.choice([-1, 1]))
    for low, high in spans:
        for x0, x1 in columns:
            w = x1 - x0 - (0.008 if wide else 0.0)
            x = (x0 + x1) / 2
            pieces.append((box((w, door, high - low), (x, face - door / 2, low), soft, 2), casing))
            to = side if not wide else (1.0 if x < 0 else -1.0)
            long = min(0.55 * (high - low), 0.6)
            pieces += _pull(long, (x + to * (w / 2 - 0.045), face, _reach(low, high, long)), trim, upright=True)
    if wide and rng.random() < 0.7:
        x = -width / 4
        pieces.append((box((0.16, 0.006, 0.28), (x, face, 1.02), 0.002), dark))
    top = Surface("top", (0, back + body / 2, height), (width / 2 - 0.04, body / 2 - 0.04), 0.4)
    return assemble("refrigerator", pieces, rng, [top], casing)


def _reach(low: float, high: float, long: float) -> float:
    """Where a hand finds the handle of a door: near the height of an elbow, within the door."""
    return float(np.clip(1.1, low + long / 2 + 0.04, high - long / 2 - 0.04))


GENERATORS = {
    "dishwasher": dishwasher,
    "range_hood": range_hood,
    "refrigerator": refrigerator,
    "stove": stove,
}

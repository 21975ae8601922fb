"""What people eat and drink from, and keep food in."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.shapes import box, cylinder, lathe, move, tube, turn, vessel
from pipeline.compose.assets.sheets import sheet
from pipeline.scene import Float, Mesh


def cup(rng: np.random.Generator) -> Asset:
    """A coffee or tea cup on its saucer."""
    glaze = materials.ceramic(rng)
    r, h = float(rng.uniform(0.036, 0.048)), float(rng.uniform(0.05, 0.068))
    t = np.linspace(0.0, 1, 7)
    outer = np.concatenate(
        [[[r * 0.5, 0]], np.stack([r * (0.52 + 0.48 * np.sin(t * np.pi / 2)), 0.004 + (h - 0.004) * t], 1)]
    )
    saucer = np.array([[0, 0], [0.5, 0], [0.55, 0.05], [0.98, 0.2], [1.0, 0.23], [0.97, 0.24], [0.55, 0.11], [0, 0.1]])
    rise = 0.1 * 0.07 - 0.0005
    a = np.linspace(-0.42 * np.pi, 0.42 * np.pi, 9)
    handle = np.stack([r * 0.88 + 0.022 * np.cos(a), 0 * a, rise + h * 0.58 + h * 0.26 * np.sin(a)], 1)
    handle[[0, -1], 0] = r * 0.86
    pieces: list[Piece] = [
        (lathe(saucer * 0.07, 32), glaze),
        (move(lathe(vessel(outer, 0.003, 0.008), 28), (0, 0, rise)), glaze),
        (tube(handle, 0.0036, 8), glaze),
    ]
    if rng.random() < 0.7:
        drink = materials.plain("liquid", ((0.16, 0.08, 0.04), (0.45, 0.22, 0.06))[int(rng.integers(2))], 0.1)
        pieces.append((cylinder(r * 0.9, 0.002, (0, 0, rise + h * 0.72), 24), drink))
    return assemble("cup", pieces, rng, main=glaze)


def drinking_glass(rng: np.random.Generator) -> Asset:
    """A tumbler, or a wine glass on a stem."""
    glass = materials.glass(rng)
    if rng.random() < 0.5:
        r, h = float(rng.uniform(0.032, 0.04)), float(rng.uniform(0.09, 0.145))
        outer = np.array([[r * 0.84, 0], [r * 0.88, 0.004], [r, h]])
        return assemble("drinking_glass", [(lathe(vessel(outer, 0.0025, 0.012), 28), glass)], rng)
    r, h = float(rng.uniform(0.034, 0.045)), float(rng.uniform(0.17, 0.22))
    foot = float(rng.uniform(0.03, 0.036))
    t = np.linspace(0, 1, 9)
    bowl = np.stack([r * np.sin(np.pi * (0.06 + 0.62 * t)) ** 0.8, h * (0.48 + 0.52 * t)], 1)
    outer = np.concatenate([[[foot, 0], [foot, 0.002], [0.006, 0.009], [0.0035, 0.02], [0.0035, h * 0.45]], bowl])
    inner = bowl[::-1] - [0.002, 0.0]
    inner = inner[inner[:, 0] > 0.008]
    profile = np.concatenate([[[0, 0]], outer, inner, [[0, float(inner[-1, 1])]]])
    return assemble("drinking_glass", [(lathe(profile, 28), glass)], rng)


def can(rng: np.random.Generator) -> Asset:
    """A drink or food can with a printed body."""
    steel = materials.steel(rng)
    color = materials.named_color(materials.BRIGHT_COLORS[int(rng.integers(len(materials.BRIGHT_COLORS)))], rng)
    print_ = materials.plain("metal", color, 0.35, 0.3)
    slim = rng.random() < 0.5
    r, h = (
        (0.033, float(rng.uniform(0.115, 0.168)))
        if slim
        else (float(rng.uniform(0.036, 0.05)), float(rng.uniform(0.08, 0.12)))
    )
    waist = 0.85 if slim else 0.985
    rim = r * waist
    body = np.array([
        [0, 0.003], [rim * 0.9, 0.003], [rim * 0.93, 0], [r, 0.01], [r, h - 0.012], [rim, h - 0.002],
        [rim, h], [rim * 0.94, h], [rim * 0.93, h - 0.005], [0, h - 0.005],
    ])  # fmt: skip
    pieces: list[Piece] = [
        (lathe(body, 32), steel),
        (
            lathe(
                [(r - 0.0004, 0.012), (r + 0.0004, 0.012), (r + 0.0004, h - 0.014), (r - 0.0004, h - 0.014)],
                32,
                closed=True,
            ),
            print_,
        ),
    ]
    stripe = materials.plain("metal", materials.named_color("white" if sum(color) < 1.8 else "red", rng), 0.35, 0.2)
    pieces.append(
        (lathe([(r, h * 0.4), (r + 0.0008, h * 0.4), (r + 0.0008, h * 0.6), (r, h * 0.6)], 32, closed=True), stripe)
    )
    if slim:
        pieces.append((box((0.016, 0.024, 0.0012), (0, 0.004, h - 0.0052), 0), steel))
    return assemble("can", pieces, rng, main=print_)


def _blade(outline: Float, rise: Float, thick: float) -> Mesh:
    """A bent strip along y: `outline` [n, 2] gives (y, half width), `rise` [n] the height of its middle line."""
    across = np.linspace(-1, 1, 5)
    grid = np.empty((len(outline), 5, 3))
    grid[..., 0] = outline[:, 1:] * across
    grid[..., 1] = outline[:, :1]
    grid[..., 2] = rise[:, None]
    return sheet(grid, thick)


def _handle(length: float) -> tuple[Float, Float]:
    """Outline and rise of the handle half of a piece of cutlery, towards -y."""
    y = np.linspace(-length, 0, 8)
    half = np.interp(y / length, [-1, -0.9, -0.5, 0], [0.006, 0.0085, 0.006, 0.003])
    return np.stack([y, half], 1), np.interp(y / length, [-1, -0.6, 0], [0.0022, 0.004, 0.0075])


def spoon(rng: np.random.Generator) -> Asset:
    """A table or tea spoon."""
    steel, size = materials.steel(rng), float(rng.uniform(0.75, 1.05))
    outline, rise = _handle(0.12 * size)
    t = np.linspace(0, 1, 12)
    half = 0.003 + 0.017 * size * np.sin(np.pi * np.clip(0.08 + 0.9 * t, 0, 1)) ** 0.7
    grid = np.empty((12, 7, 3))
    across = np.linspace(-1, 1, 7)
    grid[..., 0], grid[..., 1] = half[:, None] * across, (t * 0.06 * size)[:, None]
    hollow = 0.007 * size * np.sin(np.pi * t)[:, None] * (1 - across**2)
    grid[..., 2] = np.interp(t, [0, 0.3, 1], [0.0075, 0.0082, 0.009])[:, None] - hollow
    return assemble("spoon", [(_blade(outline, rise, 0.0016), steel), (sheet(grid, 0.0012), steel)], rng)


def fork(rng: np.random.Generator) -> Asset:
    """A fork of four tines."""
    steel, size = materials.steel(rng), float(rng.uniform(0.85, 1.05))
    outline, rise = _handle(0.11 * size)
    y = np.linspace(0, 0.035, 6) * size
    neck = np.stack([y, np.interp(y / (0.035 * size), [0, 0.5, 1], [0.003, 0.009, 0.0115])], 1)
    pieces: list[Piece] = [(_blade(outline, rise, 0.0016), steel)]
    pieces.append((_blade(neck, np.interp(np.arange(6) / 5, [0, 0.5, 1], [0.0075, 0.006, 0.0025]), 0.0016), steel))
    for k in range(4):
        x = (k - 1.5) * 0.0066
        t = np.linspace(0, 1, 6)
        path = np.stack(
            [np.full(6, x), (0.034 + 0.042 * t) * size, 0.0026 - 0.001 * np.sin(np.pi * t) + 0.006 * t**2], 1
        )
        pieces.append((tube(path, np.interp(t, [0, 0.7, 1], [0.0013, 0.0012, 0.0006]), 6), steel))
    return assemble("fork", pieces, rng)


def knife(rng: np.random.Generator) -> Asset:
    """A table knife, or a kitchen knife with a riveted handle."""
    steel, kitchen = materials.steel(rng), rng.random() < 0.5
    length = float(rng.uniform(0.15, 0.21)) if kitchen else float(rng.uniform(0.1, 0.115))
    depth = float(rng.uniform(0.032, 0.045)) if kitchen else 0.019
    grip = 0.115 if kitchen else 0.1
    t = np.linspace(0, 1, 12)
    back = depth / 2 * np.where(t < 0.7, 1.0, np.cos((t - 0.7) / 0.3 * np.pi / 2 * 0.93))
    grid = np.empty((12, 3, 3))
    for j, edge in enumerate((-1.0, 0.0, 1.0)):
        side = np.full(12, -depth / 2) if edge < 0 else back
        grid[:, j, 0] = side if edge else (side - depth / 2) / 2
        grid[:, j, 1] = t * length
        grid[:, j, 2] = 0.009 if kitchen else 0.005
    pieces: list[Piece] = [(sheet(grid, 0.0016), steel)]
    if kitchen:
        handle = materials.wood(rng) if rng.random() < 0.5 else materials.plastic(rng, ("black",))
        pieces.append((box((0.024, grip, 0.018), (-0.004, -grip / 2 + 0.004, 0), 0.005, 2), handle))
        pieces += [(cylinder(0.003, 0.0184, (-0.004, y, 0), 10), steel) for y in (-0.02, -0.055, -0.09)]
        return assemble("knife", pieces, rng, main=steel)
    pieces.append((box((0.017, grip, 0.01), (-0.001, -grip / 2 + 0.004, 0), 0.004, 2), steel))
    return assemble("knife", pieces, rng)


def jar(rng: np.random.Generator) -> Asset:
    """A jar of preserves: what is inside gives the colour; a metal or cork lid, a label."""
    inside = materials.plain(
        "glass",
        materials.named_color(("red", "orange", "brown", "yellow", "green", "purple")[int(rng.integers(6))], rng),
        0.08,
    )
    r, h = float(rng.uniform(0.032, 0.048)), float(rng.uniform(0.085, 0.15))
    body = lathe(
        [(0, 0), (r * 0.92, 0), (r, 0.007), (r, h * 0.8), (r * 0.82, h * 0.88), (r * 0.82, h * 0.9), (0, h * 0.9)], 28
    )
    pieces: list[Piece] = [(body, inside)]
    if rng.random() < 0.7:
        lid = materials.plain(
            "metal",
            materials.named_color(("white", "red", "black", "yellow", "green")[int(rng.integers(5))], rng),
            0.35,
            0.3,
        )
        pieces.append((cylinder(r * 0.88, h * 0.12, (0, 0, h * 0.88), 28), lid))
    else:
        pieces.append((cylinder(r * 0.76, h * 0.14, (0, 0, h * 0.86), 24, top=r * 0.84), materials.wicker(rng)))
    label = [(r - 0.0005, h * 0.22), (r + 0.0005, h * 0.22), (r + 0.0005, h * 0.62), (r - 0.0005, h * 0.62)]
    if rng.random() < 0.7:
        pieces.append((lathe(label, 28, closed=True), materials.paper(rng)))
    return assemble("jar", pieces, rng, main=inside)


def carton(rng: np.random.Generator) -> Asset:
    """A milk or juice carton with a gabled top and a screw cap."""
    color = materials.named_color(("white", "blue", "green", "orange", "red")[int(rng.integers(5))], rng)
    card = materials.plain("paper", color, 0.55)
    band = materials.plain("paper", materials.named_color("white" if sum(color) < 2.0 else "blue", rng), 0.55)
    w, h = float(rng.uniform(0.065, 0.075)), float(rng.uniform(0.16, 0.2))
    roof = 0.035
    gable = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0], [-1, 0, 1], [1, 0, 1]]) * [w / 2, w / 2, roof] + [
        0,
        0,
        h,
    ]
    faces = np.array([[0, 3, 2], [0, 2, 1], [0, 1, 5], [0, 5, 4], [2, 3, 4], [2, 4, 5], [1, 2, 5], [3, 0, 4]])
    pieces: list[Piece] = [
        (box((w, w, h + 0.0004), (0, 0, 0), 0.002), card),
        (_faceted(gable, faces), card),
        (box((w, 0.002, 0.016), (0, 0, h + roof - 0.002), 0), card),
        (box((w + 0.0012, w + 0.0012, h * 0.3), (0, 0, h * 0.35), 0), band),
        (turn(cylinder(0.012, 0.014, (0, 0, 0), 18), -np.pi / 4, 0), materials.plastic(rng, ("white", "red", "blue"))),
    ]
    cap, finish = pieces[-1]
    pieces[-1] = (move(cap, (0, w * 0.25, h + roof * 0.45)), finish)
    return assemble("carton", pieces, rng, main=card)


def _faceted(vertices: Float, faces: Float) -> Mesh:
    """A solid with flat faces: vertices are split, uv are metres across each face."""
    corners = vertices[faces]
    edge, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = np.cross(edge, other)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    along = edge / np.linalg.norm(edge, axis=1, keepdims=True)
    offset = corners - corners[:, :1]
    uv = np.stack(
        [np.einsum("fkd,fd->fk", offset, along), np.einsum("fkd,fd->fk", offset, np.cross(normal, along))], -1
    )
    index = np.arange(3 * len(faces), dtype=np.int32).reshape(-1, 3)
    return Mesh(corners.reshape(-1, 3), index, uv.reshape(-1, 2), np.repeat(normal, 3, axis=0))


GENERATORS = {
    "can": can, "carton": carton, "cup": cup, "drinking_glass": drinking_glass, "fork": fork, "jar": jar, "knife": knife,
    "spoon": spoon,
}  # fmt: skip

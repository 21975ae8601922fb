"""What hangs on office walls: whiteboards, pin boards, notice boards, exit signs. Backs lie along -y."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.electronics import picture_on
from pipeline.compose.assets.shapes import bar, box, ellipsoid, move, turn
from pipeline.compose.materials import Finish
from pipeline.scene import Material, Mesh

INKS = ((30, 30, 34), (30, 60, 170), (180, 30, 30), (20, 120, 50))
NOTES = ((250, 236, 120), (250, 170, 190), (150, 215, 245), (170, 230, 150), (250, 200, 120))


def _framed(width: float, height: float, edge: float, deep: float, frame: Finish) -> list[Piece]:
    """Four strips round a board, their backs at y = 0."""
    pieces: list[Piece] = []
    for s in (-1, 1):
        pieces.append((box((width, deep, edge), (0, deep / 2, 0 if s < 0 else height - edge), 0.002), frame))
        upright = (edge, deep - 0.0006, height - 2 * edge + 0.001)
        pieces.append((box(upright, (s * (width - edge) / 2, deep / 2, edge - 0.0005), 0.002), frame))
    return pieces


def _picture(image: NDArray[np.uint8], name: str, rough: float, glow: float = 0.0) -> Finish:
    return Finish(Material(name, (1.0, 1.0, 1.0), "white", image, rough, 0.0, (glow, glow, glow)), 1.0)


def _scribble(rng: np.random.Generator, width: int, height: int) -> NDArray[np.uint8]:
    """What a meeting leaves on a board: lines of writing, boxes and arrows, a chart; uint8 [height, width, 3]."""
    image = np.full((height, width, 3), (243, 244, 243), np.uint8)
    ink = INKS[int(rng.integers(4))]
    for _ in range(int(rng.integers(2, 5))):
        x, y = int(rng.uniform(0.04, 0.6) * width), int(rng.uniform(0.08, 0.7) * height)
        kind = int(rng.integers(3))
        if kind == 0:
            for line in range(int(rng.integers(2, 6))):
                words, at = x, y + line * height // 14
                for _word in range(int(rng.integers(2, 6))):
                    long = int(rng.integers(width // 30, width // 12))
                    x_of = np.arange(words, words + long)
                    wave = at + height / 90 * np.sin(x_of * 1.3) + height / 120 * np.sin(x_of * 2.9)
                    cv2.polylines(image, [np.stack([x_of, wave], 1).astype(np.int32)], False, ink, 1, cv2.LINE_AA)
                    words += long + width // 60
        elif kind == 1:
            w, h = width // 9, height // 9
            for k in range(3):
                px = x + k * int(1.6 * w)
                cv2.rectangle(image, (px, y), (px + w, y + h), INKS[int(rng.integers(4))], 2, cv2.LINE_AA)
                if k < 2:
                    cv2.arrowedLine(
                        image, (px + w + 3, y + h // 2), (px + int(1.6 * w) - 3, y + h // 2), ink, 2, cv2.LINE_AA
                    )
        else:
            w, h = width // 5, height // 4
            cv2.arrowedLine(image, (x, y + h), (x, y), (30, 30, 34), 2, cv2.LINE_AA, tipLength=0.08)
            cv2.arrowedLine(image, (x, y + h), (x + w, y + h), (30, 30, 34), 2, cv2.LINE_AA, tipLength=0.06)
            t = np.linspace(0, 1, 24)
            curve = y + h - h * (0.15 + 0.6 * t ** float(rng.uniform(0.5, 2)) + 0.05 * np.sin(9 * t))
            points = np.stack([x + 4 + t * (w - 12), curve], 1).astype(np.int32)
            cv2.polylines(image, [points], False, INKS[2], 2, cv2.LINE_AA)
    return image


def whiteboard(rng: np.random.Generator) -> Asset:
    """A white writing board in an aluminium frame, blank or written on, pens and a sponge on its ledge."""
    width, height = float(rng.uniform(0.9, 1.8)), float(rng.uniform(0.75, 1.2))
    frame = materials.plain("metal", (0.72, 0.73, 0.74), 0.35, 0.6)
    image = (
        _scribble(rng, int(280 * width), int(280 * height)) if rng.random() < 0.8 else np.full((8, 8, 3), 243, np.uint8)
    )
    surface = _picture(image, "plastic", 0.15)
    edge, deep, ledge = 0.022, 0.02, 0.03
    pieces = [(move(mesh, (0, 0, ledge)), f) for mesh, f in _framed(width, height, edge, deep, frame)]
    w, h = width - 2 * edge + 0.002, height - 2 * edge + 0.002
    pieces.append((move(picture_on(box((w, 0.012, h), (0, 0.006, 0), 0), w, h), (0, 0, edge - 0.001 + ledge)), surface))
    long = width * float(rng.uniform(0.3, 0.9))
    pieces.append((box((long, 0.065, 0.01), (0, 0.0325, ledge - 0.009), 0.002), frame))
    pieces.append((box((long, 0.006, 0.02), (0, 0.065, ledge - 0.009), 0.002), frame))
    corner = materials.plain("plastic", (0.25, 0.26, 0.27), 0.5)
    for sx in (-1, 1):
        for z in (ledge - 0.001, ledge + height - 0.033):
            pieces.append(
                (box((0.034, deep + 0.003, 0.034), (sx * (width / 2 - 0.0165), (deep + 0.003) / 2, z), 0.004), corner)
            )
    for k in range(int(rng.integers(1, 5))):
        r, g, b = (c / 255 for c in INKS[k % 4])
        x = -long / 2 + 0.1 + 0.16 * k
        if x > long / 2 - 0.16:
            break
        y, z = 0.043, ledge + 0.0105
        white = materials.plain("plastic", (0.9, 0.9, 0.9), 0.4)
        pieces.append((bar((x - 0.04, y, z), (x + 0.045, y, z), 0.009, sides=12), white))
        pieces.append(
            (bar((x + 0.045, y, z), (x + 0.075, y, z), 0.0095, sides=12), materials.plain("plastic", (r, g, b), 0.4))
        )
    return assemble("whiteboard", pieces, rng, main=surface)


def _page(rng: np.random.Generator, tone: tuple[int, int, int] = (246, 245, 241)) -> NDArray[np.uint8]:
    """A printed page: a heading, paragraphs, sometimes a picture; uint8 [96, 68, 3]."""
    page = np.full((96, 68, 3), tone, np.uint8)
    accent = tuple(int(c) for c in rng.integers(20, 200, 3))
    y = 8
    if rng.random() < 0.7:
        cv2.rectangle(
            page, (7, y), (int(rng.integers(34, 60)), y + 5), accent if rng.random() < 0.5 else (40, 40, 44), -1
        )
        y += 12
    if rng.random() < 0.4:
        cv2.rectangle(page, (7, y), (60, y + 26), accent, -1)
        cv2.circle(
            page,
            (int(rng.integers(18, 50)), y + 13),
            8,
            tuple(int(c) for c in rng.integers(120, 250, 3)),
            -1,
            cv2.LINE_AA,
        )
        y += 32
    while y < 88:
        cv2.line(page, (7, y), (int(rng.integers(40, 61)), y), (110, 110, 114), 1)
        y += 4
    return page


def _sheet_on(
    rng: np.random.Generator, w: float, h: float, at: tuple[float, float, float], tilt: float, finish: Finish
) -> Piece:
    """A sheet of paper whose middle is `at`, flat on an upright board, turned by `tilt` in its plane."""
    leaf = picture_on(box((w, 0.0012, h), (0, 0, 0), 0), w, h)
    leaf = turn(move(leaf, (0, 0, -h / 2)), tilt, 1)
    return move(leaf, at), finish


def _papers(rng: np.random.Generator, width: float, height: float, y: float, z0: float, tidy: bool) -> list[Piece]:
    """Pages and notes pinned on a board that is `width` x `height` from z0 up; its face at `y`."""
    pieces: list[Piece] = []
    cell_w, cell_h = (0.24, 0.33) if tidy else (0.22, 0.27)
    columns, rows = max(1, int(width / cell_w)), max(1, int(height / cell_h))
    pins = [
        materials.plain("plastic", materials.named_color(name, rng), 0.35)
        for name in ("red", "blue", "yellow", "green")
    ]
    for c in range(columns):
        for r in range(rows):
            if rng.random() < 0.12:
                continue
            note = not tidy and rng.random() < 0.35
            w, h = (0.076, 0.076) if note else ((0.21, 0.297) if tidy or rng.random() < 0.4 else (0.148, 0.21))
            free_x, free_z = max(0.0, width / columns - w - 0.01) / 2, max(0.0, height / rows - h - 0.01) / 2
            loose = 0.3 if tidy else 1.0
            x = -width / 2 + width * (c + 0.5) / columns + loose * free_x * float(rng.uniform(-1, 1))
            z = z0 + height * (r + 0.5) / rows + loose * free_z * float(rng.uniform(-1, 1))
            if h > height - 0.01 or w > width - 0.01:
                continue
            tilt = float(rng.normal(0, 0.008 if tidy else 0.05))
            if note:
                finish = _picture(np.full((4, 4, 3), NOTES[int(rng.integers(5))], np.uint8), "paper", 0.9)
            else:
                finish = _picture(_page(rng), "paper", 0.8)
            # Each a little further out: sheets that overlap do not share a face.
            out = y + 0.0012 + 0.0003 * ((c + r) % 3)
            pieces.append(_sheet_on(rng, w, h, (x, out, z), tilt, finish))
            pieces.append((_pin((x, out, z + h / 2 - 0.012)), pins[int(rng.integers(4))]))
    return pieces


def _pin(at: tuple[float, float, float]) -> Mesh:
    return move(turn(ellipsoid((0.0055, 0.0055, 0.0045), (0, 0, 0), 8), -np.pi / 2, 0), at)


def pin_board(rng: np.random.Generator) -> Asset:
    """A cork board in a wooden frame with pages and notes pinned on it."""
    width, height = float(rng.uniform(0.6, 1.3)), float(rng.uniform(0.45, 0.95))
    frame = materials.wood(rng) if rng.random() < 0.75 else materials.metal(rng)
    cork = materials.textured(rng, "cork", "speckle", (0.74, 0.55, 0.35), 0.35, 0.22, 0.9)
    edge = float(rng.uniform(0.02, 0.04))
    pieces = _framed(width, height, edge, 0.022, frame)
    w, h = width - 2 * edge, height - 2 * edge
    pieces.append((box((w + 0.002, 0.013, h + 0.002), (0, 0.0065, edge - 0.001), 0), cork))
    pieces += _papers(rng, w - 0.03, h - 0.03, 0.0128, edge + 0.015, False)
    return assemble("pin_board", pieces, rng, main=cork)


def notice_board(rng: np.random.Generator) -> Asset:
    """A felt board for announcements in an aluminium case, with a headed strip above and pages in rows."""
    width, height = float(rng.uniform(0.75, 1.5)), float(rng.uniform(0.7, 1.05))
    case = materials.plain("metal", (0.74, 0.75, 0.76), 0.35, 0.6) if rng.random() < 0.7 else materials.wood(rng)
    felt = materials.fabric(rng, ("blue", "green", "red", "gray", "blue", "green"))
    edge, deep = 0.03, 0.04
    pieces = _framed(width, height, edge, deep, case)
    head = 0.075
    pieces.append((box((width - 2 * edge + 0.001, 0.03, head), (0, 0.015, height - edge - head), 0), case))
    sign = np.full((28, 256, 3), (235, 235, 232) if rng.random() < 0.5 else (40, 44, 52), np.uint8)
    text = ("NOTICES", "INFORMATION", "NOTICE BOARD", "NEWS")[int(rng.integers(4))]
    ink = (30, 30, 34) if sign.mean() > 128 else (235, 235, 232)
    cv2.putText(sign, text, (128 - 8 * len(text), 20), cv2.FONT_HERSHEY_DUPLEX, 0.75, ink, 1, cv2.LINE_AA)
    w = min(0.55, width - 0.15)
    plate = picture_on(box((w, 0.004, 0.06), (0, 0, 0), 0), w, 0.06)
    pieces.append((move(plate, (0, 0.0305, height - edge - head + 0.008)), _picture(sign, "plastic", 0.4)))
    inner_w, inner_h = width - 2 * edge, height - 2 * edge - head
    pieces.append((box((inner_w + 0.002, 0.012, inner_h + 0.002), (0, 0.006, edge - 0.001), 0), felt))
    pieces += _papers(rng, inner_w - 0.04, inner_h - 0.04, 0.0118, edge + 0.02, True)
    return assemble("notice_board", pieces, rng, main=felt)


def exit_sign(rng: np.random.Generator) -> Asset:
    """A lit green or red sign over a door: a running figure and an arrow, or the word."""
    width, height, deep = float(rng.uniform(0.3, 0.4)), float(rng.uniform(0.14, 0.2)), float(rng.uniform(0.03, 0.06))
    pictogram = rng.random() < 0.6
    green = pictogram or rng.random() < 0.4
    field = (20, 150, 75) if green else (190, 25, 25)
    image = np.full((128, round(128 * width / height), 3), field, np.uint8)
    columns = image.shape[1]
    white = (245, 250, 245)
    if pictogram:
        _runner(image, columns * 0.28)
        way = 1 if rng.random() < 0.5 else -1
        tail, tip = int(columns * (0.72 - 0.16 * way)), int(columns * (0.72 + 0.16 * way))
        cv2.arrowedLine(image, (tail, 64), (tip, 64), white, 11, cv2.LINE_AA, tipLength=0.4)
    else:
        scale = columns / 256 * 2.9
        (w, h), _ = cv2.getTextSize("EXIT", cv2.FONT_HERSHEY_DUPLEX, scale, 7)
        cv2.putText(
            image, "EXIT", ((columns - w) // 2, 64 + h // 2), cv2.FONT_HERSHEY_DUPLEX, scale, white, 7, cv2.LINE_AA
        )
    r, g, b = (float(np.clip((c / 255) ** 2.2, 0, 1)) * 1.1 for c in field)
    face = Finish(Material("plastic", (1.0, 1.0, 1.0), "green" if green else "red", image, 0.3, 0.0, (r, g, b)), 1.0)
    case = materials.plain("plastic", (0.9, 0.9, 0.9), 0.4) if rng.random() < 0.7 else materials.metal(rng)
    pieces: list[Piece] = [(box((width, deep, height), (0, 0, 0), 0.005), case)]
    w, h = width - 0.016, height - 0.016
    pieces.append((move(picture_on(box((w, 0.004, h), (0, 0, 0), 0), w, h), (0, deep / 2, 0.008)), face))
    return assemble("exit_sign", pieces, rng, main=face)


def _runner(image: NDArray[np.uint8], x: float) -> None:
    """A figure running out of a door, drawn into `image` [128, w, 3] about column `x`."""
    white = (245, 250, 245)
    cv2.rectangle(image, (int(x) - 42, 12), (int(x) + 14, 116), white, 5, cv2.LINE_AA)
    limbs = (
        ((8, 48), (-8, 76)), ((-8, 76), (14, 88)), ((14, 88), (10, 110)), ((-8, 76), (-22, 92)), ((-22, 92), (-38, 92)),
        ((8, 48), (26, 60)), ((26, 60), (38, 52)), ((6, 48), (-12, 52)), ((-12, 52), (-22, 66)),
    )  # fmt: skip
    for a, b in limbs:
        start, end = (int(x + a[0]), a[1]), (int(x + b[0]), b[1])
        cv2.line(image, start, end, white, 11, cv2.LINE_AA)
    cv2.circle(image, (int(x) + 18, 30), 10, white, -1, cv2.LINE_AA)


GENERATORS = {
    "exit_sign": exit_sign,
    "notice_board": notice_board,
    "pin_board": pin_board,
    "whiteboard": whiteboard,
}

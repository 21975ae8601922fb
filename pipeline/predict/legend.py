"""What colors mean: a scale of metres, a sphere of directions, a list of names. In Pillow's own TrueType font."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pipeline.codecs import normals
from pipeline.codecs.palettes import Color

TEXT, INK, FAINT, GAP = 18, (30, 30, 30), (110, 110, 110), 16
BAR = (28, 360)
SPHERE = 132
MOST_ROWS = 20
BROADEST = 420
"""Widest legend, pixels; longer names end in an ellipsis."""


@dataclass(frozen=True)
class Scale:
    """Depths at the ends of a color bar, metres, 0 < near < far; whether some lie nearer or farther still."""

    near: float
    far: float
    nearer: bool = False
    farther: bool = False

    def position(self, depth_m: NDArray[np.floating]) -> NDArray[np.floating]:
        """Place along the bar of depths, by their logarithm, in [0, 1]."""
        at = np.log(np.maximum(depth_m, 1e-6) / self.near) / math.log(self.far / self.near)
        return np.clip(at, 0.0, 1.0)

    def ticks(self) -> list[float]:
        """Round depths from near to far, at most nine: 1, 2 and 5 times powers of ten, or steps of one of these."""
        first = math.floor(math.log10(self.near))
        decades = range(first, math.ceil(math.log10(self.far)) + 1)
        for kinds in ((1, 2, 5), (1,)):
            round_ones = [kind * 10.0**power for power in decades for kind in kinds]
            some = [depth for depth in round_ones if self.near <= depth <= self.far]
            if 3 <= len(some) <= 9:
                return some
        power = 10.0 ** math.floor(math.log10((self.far - self.near) / 3))
        step = max(kind * power for kind in (1, 2, 5) if kind * power <= (self.far - self.near) / 3)
        return [number * step for number in range(math.ceil(self.near / step), math.floor(self.far / step) + 1)]


def depth_legend(scale: Scale | None, colors: NDArray[np.uint8], none: Color) -> NDArray[np.uint8]:
    """A bar from near (top) to far with ticks in metres, and the color `none` of what has no depth: uint8 [h, w, 3].

    colors: uint8 [N, 3] from near to far. A pointed end says that the picture goes on beyond it.
    """
    broad, tall = BAR
    top = 3 * GAP
    page, draw = _page(broad + 8 * GAP, top + tall + 4 * GAP)
    if scale is not None:
        draw.text((GAP, GAP // 2), "depth", INK, font=_font())
        rows = colors[np.linspace(0, len(colors) - 1, tall).round().astype(int)]
        page.paste(Image.fromarray(np.repeat(rows[:, None], broad, axis=1)), (GAP, top))
        if scale.nearer:
            draw.polygon([(GAP, top - 1), (GAP + broad // 2, top - 12), (GAP + broad - 1, top - 1)], tuple(colors[0]))
        if scale.farther:
            end = top + tall
            draw.polygon([(GAP, end), (GAP + broad // 2, end + 11), (GAP + broad - 1, end)], tuple(colors[-1]))
        digits = _digits(scale.ticks())
        for depth in scale.ticks():
            y = top + float(scale.position(np.array([depth]))[0]) * (tall - 1)
            draw.line([(GAP + broad, y), (GAP + broad + 6, y)], INK, 1)
            draw.text((GAP + broad + 11, y), f"{depth:.{digits}f} m" if digits else f"{depth:g} m", INK, _font(), "lm")
    y = top + tall + 2 * GAP
    draw.rectangle([GAP, y, GAP + broad - 1, y + TEXT], none)
    draw.text((GAP + broad + 8, y + TEXT / 2), "no surface", INK, _font(), "lm")
    return np.array(page)


def normal_legend() -> NDArray[np.uint8]:
    """A sphere in the colors of the directions that its surface faces, as uint8 [h, w, 3]."""
    v, u = np.mgrid[:SPHERE, :SPHERE]
    x, y = (2 * u + 1 - SPHERE) / SPHERE, (SPHERE - 2 * v - 1) / SPHERE
    inside = x**2 + y**2 <= 1
    n = np.stack([x, y, np.sqrt(np.maximum(0, 1 - x**2 - y**2))], axis=-1)
    ball = np.where(inside[..., None], normals.encode(n * inside[..., None]), np.uint8(255))
    page, draw = _page(SPHERE + 9 * GAP, SPHERE + 9 * GAP)
    left, top = (page.width - SPHERE) // 2, 4 * GAP
    page.paste(Image.fromarray(ball.astype(np.uint8)), (left, top))
    middle, centre = page.width / 2, top + SPHERE / 2
    draw.text((middle, GAP // 2), "surface faces", INK, _font(), "ma")
    draw.text((middle, top - 4), "up", INK, _font(), "md")
    draw.text((middle, top + SPHERE + 4), "down", INK, _font(), "ma")
    draw.text((left - 6, centre), "left", INK, _font(), "rm")
    draw.text((left + SPHERE + 6, centre), "right", INK, _font(), "lm")
    draw.text((middle, centre), "you", INK, _font(), "mm")
    y = top + SPHERE + 2 * GAP + 8
    grey = tuple(int(level) for level in normals.encode(np.zeros(3)))
    draw.rectangle([left, y, left + 27, y + TEXT], grey)
    draw.text((left + 36, y + TEXT / 2), "no surface", INK, _font(), "lm")
    return np.array(page)[: y + TEXT + GAP]


def names_legend(rows: Sequence[tuple[str, Color, float]]) -> NDArray[np.uint8]:
    """Names beside their colors and shares of the picture, as uint8 [h, w, 3]; at most MOST_ROWS of them."""
    shown = list(rows[:MOST_ROWS])
    texts = [(_shortened(name, BROADEST - 7 * GAP), _percent(share)) for name, _, share in shown] or [
        ("nothing found", "")
    ]
    more = f"and {len(rows) - MOST_ROWS} more" if len(rows) > MOST_ROWS else ""
    names = max(_font().getlength(name) for name in (*(name for name, _ in texts), more))
    line = TEXT + 10
    count = len(texts) + bool(more)
    page, draw = _page(int(names) + 8 * GAP, GAP + line * count + GAP // 2)
    for number, (name, share) in enumerate(texts):
        y = GAP + number * line + TEXT / 2
        if shown:
            draw.rectangle([GAP, y - TEXT / 2, GAP + 25, y + TEXT / 2], shown[number][1], FAINT)
        draw.text((GAP + 34, y), name, INK, _font(), "lm")
        draw.text((page.width - GAP, y), share, FAINT, _font(), "rm")
    draw.text((GAP + 34, GAP + MOST_ROWS * line + TEXT / 2), more, FAINT, _font(), "lm")
    return np.array(page)


def _page(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    page = Image.new("RGB", (width, height), (255, 255, 255))
    return page, ImageDraw.Draw(page)


def _font() -> Any:
    return ImageFont.load_default(TEXT)


def _digits(ticks: Sequence[float]) -> int:
    """Decimals that tell evenly spaced ticks apart; 0 where each is written as short as it goes."""
    gaps = [after - before for before, after in pairwise(ticks)]
    if not gaps or max(gaps) > 1.5 * min(gaps):
        return 0
    return max(0, -math.floor(math.log10(min(gaps)) + 1e-9))


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 or share == 0 else "< 1 %"


def _shortened(text: str, width: float) -> str:
    if _font().getlength(text) <= width:
        return text
    while text and _font().getlength(text + "…") > width:
        text = text[:-1]
    return text + "…"

"""Draws the pictures of docs/codecs.md into docs/images, with the codecs themselves.

python docs/pictures.py [FOLDER]
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import matplotlib
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pipeline.codecs import depth, normals, palettes, segmentation
from pipeline.codecs.colormaps import CORNERS, hilbert_path

IMAGES = Path(__file__).with_name("images")
TICKS_M = (0, 0.5, 1, 2, 3, 5, 10, 20, 50, np.inf)
NAMES = ("black", "red", "yellow", "green", "cyan", "blue", "magenta", "white")
LABELS = {"black": (True, -16), "red": (False, -16), "yellow": (False, 16), "green": (True, 16), "cyan": (True, 16),
          "blue": (True, 16), "magenta": (False, -16), "white": (False, 16)}  # fmt: skip
"""Of a corner of the cube: whether its label runs to the left, and how far above it that stands, points."""
INK, PALE = "#222222", "#bbbbbb"
DPI = 110
ERRORS_M = (0.1, 100.0)
matplotlib.rcParams.update({"font.size": 9, "axes.edgecolor": PALE, "text.color": INK, "xtick.color": INK})


def position(depth_m: Any) -> Any:
    """f(d) of the power transform, as codecs.md has it."""
    return 1 - (1 + np.asarray(depth_m, float) / 10) ** -2.0


def scale_bars() -> Figure:
    """One bar a colormap, black or dark at 0 m on the left to infinity on the right, with the metres that stand there."""
    figure = Figure(figsize=(7.6, 2.7), dpi=DPI, layout="constrained")
    rows = figure.subplots(len(depth.COLORMAPS), 1, sharex=True)
    metres = depth.denormalise(np.linspace(0, 1, 1786))[None]
    for axes, colormap in zip(rows, depth.COLORMAPS, strict=True):
        axes.imshow(depth.encode(metres, colormap), aspect="auto", extent=(0, 1, 0, 1), interpolation="nearest")
        axes.set_yticks([])
        axes.set_ylabel(colormap, rotation=0, ha="right", va="center")
        axes.tick_params(bottom=colormap == depth.COLORMAPS[-1])
    rows[-1].set_xticks([position(tick) for tick in TICKS_M])
    rows[-1].set_xticklabels(["∞" if np.isinf(tick) else f"{tick:g}" for tick in TICKS_M])
    rows[-1].set_xlabel("metres")
    return figure


def cube() -> Figure:
    """The RGB cube and the seven edges of it that depth runs along."""
    figure = Figure(figsize=(5.4, 3.4), dpi=DPI)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    across = np.array([[1.0, 0.0], [0.48, 0.33], [0.0, 1.0]])
    flat = CORNERS @ across
    for start in range(8):
        for end in range(start):
            if np.abs(CORNERS[start] - CORNERS[end]).sum() == 1:
                axes.plot(*flat[[start, end]].T, color="#d5d5d5", lw=1.2, zorder=1)
    path = hilbert_path().colors
    at = path / 255.0 @ across
    axes.scatter(*at.T, c=path / 255.0, s=26, zorder=2, linewidths=0)
    for corner, name in enumerate(NAMES):
        axes.scatter(*flat[corner], s=110, color=[CORNERS[corner]], edgecolors=INK, linewidths=0.8, zorder=3)
        metres = abs(depth.denormalise(np.array([corner / 7]))[0])
        said = f"{name}, {'∞' if np.isinf(metres) else f'{metres:.3g} m'}"
        to_left, above = LABELS[name]
        axes.annotate(
            said,
            flat[corner],
            (-2 if to_left else 4, above),
            textcoords="offset points",
            ha="right" if to_left else "left",
            va="center",
            zorder=4,
        )
    axes.set_xlim(-0.85, 2.35)
    axes.set_ylim(-0.2, 1.55)
    axes.set_aspect("equal")
    axes.axis("off")
    return figure


def errors(colormap: str, edges: NDArray[np.float64], c: float = depth.C) -> NDArray[np.float64]:
    """The largest relative error of a round trip between each two of `edges`, metres."""
    found = []
    for low, high in pairwise(edges):
        line = np.linspace(low, high, 4000)
        found.append(np.abs(depth.decode(depth.encode(line[None], colormap, c=c), colormap, c=c)[0] / line - 1).max())
    return np.array(found)


def error_plot() -> Figure:
    """What eight bits cost at each distance, by colormap, and with another scale."""
    figure = Figure(figsize=(7.6, 3.2), dpi=DPI, layout="constrained")
    axes = figure.subplots()
    edges = np.geomspace(*ERRORS_M, 60)
    middle = np.sqrt(edges[1:] * edges[:-1])
    lines = [("hilbert", depth.C, "#111111", "hilbert"), ("hilbert", 100 / 3, "#1f77b4", "hilbert, c = 100/3 m")]
    lines += [("grayscale", depth.C, "#888888", "grayscale"), ("viridis", depth.C, "#2ca02c", "viridis")]
    lines += [("plasma", depth.C, "#d62728", "plasma"), ("inferno", depth.C, "#ff7f0e", "inferno")]
    for colormap, c, color, label in lines:
        dashed = "--" if c != depth.C else "-"
        axes.plot(middle, 100 * errors(colormap, edges, c), dashed, color=color, lw=1.4, label=label)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks([0.1, 0.3, 1, 3, 10, 30, 100], ["0.1", "0.3", "1", "3", "10", "30", "100"])
    axes.set_yticks([0.1, 0.3, 1, 3, 10, 30], ["0.1 %", "0.3 %", "1 %", "3 %", "10 %", "30 %"])
    axes.set_ylim(0.05, 60)
    axes.set_xlim(*ERRORS_M)
    axes.minorticks_off()
    axes.grid(color="#e8e8e8", lw=0.8)
    axes.set_xlabel("distance, metres")
    axes.set_ylabel("largest error")
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def sphere(size: int) -> NDArray[np.float32]:
    """Normals of a sphere seen from afar: [size, size, 3], zero around it."""
    v, u = np.mgrid[:size, :size]
    x, y = (u - (size - 1) / 2) / (size * 0.46), ((size - 1) / 2 - v) / (size * 0.46)
    inside = x**2 + y**2 < 1
    z = np.sqrt(np.where(inside, 1 - x**2 - y**2, 0))
    return (np.stack([x, y, z], -1) * inside[..., None]).astype(np.float32)


def normal_spheres() -> Figure:
    """A sphere in each of the conventions that differ."""
    shown = {"vision_banana, dsine": "vision_banana", "opengl": "opengl", "opencv": "opencv"}
    figure = Figure(figsize=(7.6, 2.75), dpi=DPI, layout="constrained")
    for axes, (title, convention) in zip(figure.subplots(1, 3), shown.items(), strict=True):
        axes.imshow(normals.encode(sphere(220), convention))
        axes.set_title(title, fontsize=9)
        axes.axis("off")
    return figure


def palette_rows() -> Figure:
    """Twelve colours of each kind of palette, as they are drawn."""
    drawn = {
        "spread": palettes.spread(12, np.random.default_rng(3), [palettes.BLACK]),
        "spread, named": palettes.spread(12, np.random.default_rng(3), [palettes.BLACK], named=True),
        "fixed": palettes.fixed(12),
    }
    words = {color: name for name, color in palettes.NAMED.items()}
    figure = Figure(figsize=(7.6, 1.5), dpi=DPI, layout="constrained")
    for axes, (title, colors) in zip(figure.subplots(3, 1), drawn.items(), strict=True):
        axes.imshow(np.array([colors], np.uint8), aspect="auto")
        for place, color in enumerate(colors):
            ink = "white" if palettes.to_lab(color)[0] < 60 else "black"
            axes.text(place, 0, words.get(color, ""), ha="center", va="center", fontsize=6.5, color=ink)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_ylabel(title, rotation=0, ha="right", va="center")
    return figure


def smeared(target: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A target as a generator might paint it: blurred, noisy, through JPEG of quality 75."""
    noisy = cv2.GaussianBlur(target, (3, 3), 0).astype(int) + rng.integers(-12, 13, target.shape)
    done, data = cv2.imencode(
        ".jpg", np.clip(noisy, 0, 255).astype(np.uint8)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 75]
    )
    assert done
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])


def discs() -> NDArray[np.int64]:
    """Ids 1 to 9 of discs on a background, some in front of others: [160, 240]."""
    v, u = np.mgrid[:160, :240]
    ids = np.zeros((160, 240), int)
    places = [(40, 42, 30), (72, 62, 26), (118, 40, 28), (160, 58, 30), (204, 40, 26), (50, 112, 32), (104, 110, 30),
              (140, 122, 24), (196, 108, 34)]  # fmt: skip
    for number, (x, y, radius) in enumerate(places, start=1):
        ids[(u - x) ** 2 + (v - y) ** 2 < radius**2] = number
    return ids


def decoding() -> Figure:
    """Instances: a target, a smeared painting of it, and the masks that are read out of that."""
    rng, ids = np.random.default_rng(0), discs()
    colors = palettes.spread(int(ids.max()), np.random.default_rng(3), [palettes.BLACK])
    target = segmentation.encode(ids, {0: palettes.BLACK, **dict(enumerate(colors, start=1))})
    painting = smeared(target, rng)
    read = np.zeros_like(target)
    for mask in segmentation.decode_instances(painting, palettes.BLACK):
        read[mask] = np.median(painting[mask], axis=0)
    figure = Figure(figsize=(7.6, 2.0), dpi=DPI, layout="constrained")
    shown = {"target": target, "painted: blur, noise, JPEG": painting, "read back": read}
    for axes, (title, picture) in zip(figure.subplots(1, 3), shown.items(), strict=True):
        axes.imshow(picture, interpolation="nearest")
        axes.set_title(title, fontsize=9)
        axes.axis("off")
    return figure


PICTURES = {
    "codecs-cube.png": cube,
    "codecs-depth.png": scale_bars,
    "codecs-error.png": error_plot,
    "codecs-normals.png": normal_spheres,
    "codecs-palettes.png": palette_rows,
    "codecs-decoding.png": decoding,
}


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in PICTURES.items():
        # No version of matplotlib in the file: the same code gives the same bytes.
        draw().savefig(folder / name, metadata={"Software": None})
        print(folder / name)

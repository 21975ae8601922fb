"""What people see of the pipeline: progress on the terminal, sheets of pictures, files by name."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.codecs import depth, normals, segmentation
from pipeline.codecs.tasks import TASKS
from pipeline.config import ConfigError
from pipeline.shards.sample import Sample

PLAIN_SECONDS = 10.0
"""How often a run that does not draw on a terminal prints a line."""


@contextmanager
def progress_bar(what: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """Yields advance(done, note="", total=None): a bar with rate and time left, or plain lines when not a terminal."""
    if not sys.stderr.isatty():
        yield _plain_lines(what, total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, TextColumn("{task.fields[note]}"), console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=total, rate="", note="")
        rate = _Rate()

        def advance(done: int, note: str = "", total: int | None = total) -> None:
            bar.update(task, completed=done, total=total, note=note, rate=f"{rate(done):.1f}/s")

        yield advance


@contextmanager
def training_bar() -> Iterator[Callable[[Any], None]]:
    """Yields show(progress) for the trainer's progress: step, loss, images/s, share done and time left."""
    last = [0.0]

    def line(p: Any) -> str:
        left = max(0, int(p.seconds_left))
        return f"step {p.step}  loss {p.loss:.4f}  {p.images_per_s:.1f} images/s  {left // 60}:{left % 60:02d} left"

    if not sys.stderr.isatty():

        def plain(p: Any) -> None:
            if time.monotonic() - last[0] >= PLAIN_SECONDS:
                last[0] = time.monotonic()
                print(line(p), file=sys.stderr, flush=True)

        yield plain
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(
        TextColumn("training"), BarColumn(), TextColumn("{task.fields[note]}"), console=Console(stderr=True)
    ) as bar:
        task = bar.add_task("training", total=1.0, note="")
        yield lambda p: bar.update(task, completed=p.fraction, note=line(p))


def score_table(report: Any) -> None:
    """Print a report's scores beside the constant predictor's; every line says which of the two is better."""
    from rich.console import Console
    from rich.table import Table

    title = f"{report.model} on {report.views} views, split {report.split}"
    table = Table("task", "score", "", "model", "constant", "better", title=title)
    for line in report.lines:
        way = "higher is better" if line.higher_is_better else "lower is better"
        winner = "model" if line.better else "constant"
        table.add_row(line.task, line.title, way, f"{line.model:.3f}", f"{line.constant:.3f}", winner)
    Console(width=100).print(table)


def preview_sheet(sample: Sample) -> NDArray[np.uint8]:
    """A view and its targets over the targets decoded back: uint8 [H', W', 3]."""
    decoded = decoded_views(sample)
    height = sample.image.shape[0]
    scale = max(1, round(256 / height))
    cells = [[("image", sample.image), *((task, sample.targets[task]) for task in TASKS)]]
    blank = np.full_like(sample.image, 255)
    cells.append([("decoded:", blank), ("depth (near is bright)", decoded["depth"])])
    cells[1] += [(task, decoded[task]) for task in TASKS[1:]]
    rows = [np.hstack([_titled(picture, title, scale) for title, picture in row]) for row in cells]
    return np.vstack(rows)


def decoded_views(sample: Sample) -> dict[str, NDArray[np.uint8]]:
    """Each target decoded and drawn anew from the numbers alone: task -> uint8 [H, W, 3]."""
    metres = depth.decode(sample.targets["depth"])
    seen = np.isfinite(metres)
    nearness = np.where(seen, 1.0 / np.maximum(metres, 0.05), 0.0)
    top = nearness.max() or 1.0
    codecs = sample.meta["codecs"]
    palette = {row["id"]: tuple(row["color"]) for row in codecs["semantic"]["palette"]}
    classes = segmentation.decode_semantic(sample.targets["semantic"], palette)
    outlines = sample.image.copy()
    for mask in segmentation.decode_instances(sample.targets["instance"], tuple(codecs["instance"]["background"])):
        contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(outlines, contours, -1, (255, 40, 160), 1)
    meant = (sample.targets["referring"] != np.array(codecs["referring"]["background"], np.uint8)).any(-1)
    return {
        "depth": np.repeat((np.sqrt(nearness / top) * 255).astype(np.uint8)[..., None], 3, axis=2),
        "normal": normals.encode(normals.decode(sample.targets["normal"])),
        "semantic": segmentation.encode(classes, palette),
        "instance": outlines,
        "referring": np.where(meant[..., None], sample.image, sample.image // 4),
    }


def read_image(path: Path) -> NDArray[np.uint8]:
    """A picture file as uint8 [H, W, 3] RGB. Raises ConfigError naming the file."""
    if not path.is_file():
        raise ConfigError(f"{path}: no such image file")
    bgr = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if bgr is None:
        raise ConfigError(f"{path}: not an image that can be read (PNG and JPEG can)")
    return np.ascontiguousarray(bgr[..., ::-1]).astype(np.uint8, copy=False)


def save_bytes(path: Path, data: bytes) -> None:
    """Write a file, making its folder. Raises ConfigError naming the path when that is impossible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise ConfigError(f"--output {path}: cannot write there ({error.strerror})") from None


def save_array(path: Path, array: NDArray[Any]) -> None:
    """Write a .npy file. Raises ConfigError naming the path when that is impossible."""
    stream = io.BytesIO()
    np.save(stream, array)
    save_bytes(path, stream.getvalue())


def check_suffix(path: Path, suffix: str) -> None:
    """Raise ConfigError unless an --output ends as what will be written there."""
    if path.suffix.lower() != suffix:
        raise ConfigError(f"--output {path}: a {suffix} file is written; name it {path.with_suffix(suffix).name}")


def _titled(picture: NDArray[np.uint8], title: str, scale: int) -> NDArray[np.uint8]:
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST).astype(np.uint8)
    strip = np.full((22, picture.shape[1], 3), 255, np.uint8)
    cv2.putText(strip, title, (4, 15), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (40, 40, 40), 1, cv2.LINE_AA)
    return np.pad(np.vstack([strip, picture]), ((0, 4), (0, 4), (0, 0)), constant_values=255)


class _Rate:
    """Units a second since the first call."""

    def __init__(self) -> None:
        self.start: tuple[float, int] | None = None

    def __call__(self, done: int) -> float:
        now = time.monotonic()
        if self.start is None:
            self.start = (now, done)
        return (done - self.start[1]) / max(now - self.start[0], 1e-6)


def _plain_lines(what: str, total: int | None) -> Callable[..., None]:
    rate, last, shown = _Rate(), time.monotonic(), 0

    def advance(done: int, note: str = "", total: int | None = total) -> None:
        nonlocal last, shown
        speed = rate(done)
        now = time.monotonic()
        if done != shown and (now - last >= PLAIN_SECONDS or done == total):
            last, shown = now, done
            left = f", {(total - done) / speed:.0f} s left" if total and speed > 0 and done < total else ""
            of = f" of {total}" if total else ""
            pace = f", {speed:.1f}/s" if speed > 0 else ""
            print(f"{done}{of} {what}{pace}{left}{', ' + note if note else ''}", file=sys.stderr, flush=True)

    return advance

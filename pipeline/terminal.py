"""What a run says on the terminal while it goes: progress with rate and time left."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

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
    # A note may be the name of a model, whose brackets are no style.
    note_column = TextColumn("{task.fields[note]}", markup=False)
    with Progress(*columns, note_column, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=total, rate="", note="")
        rate = _Rate()

        def advance(done: int, note: str = "", total: int | None = total) -> None:
            bar.update(task, completed=done, total=total, note=note, rate=f"{rate(done):.1f}/s")

        yield advance


@contextmanager
def training_bar() -> Iterator[Callable[[Any], None]]:
    """Yields show(progress) for the trainer's progress: step, loss, speed, memory and time left.

    Nothing is drawn before the first progress: of a run's processes only one has any. Plain lines, when not a terminal,
    come now and then; the last step has one in any case.
    """
    if not sys.stderr.isatty():
        last, held = float("-inf"), list[Any]()

        def plain(p: Any) -> None:
            nonlocal last
            if p.resumed and last == float("-inf"):
                print(_resumed(p), file=sys.stderr, flush=True)
            held[:] = [p]
            if time.monotonic() - last >= PLAIN_SECONDS:
                last = time.monotonic()
                print(_training_line(held.pop()), file=sys.stderr, flush=True)

        try:
            yield plain
        finally:
            for p in held:
                print(_training_line(p), file=sys.stderr, flush=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    bar = Progress(TextColumn("training"), BarColumn(), TextColumn("{task.fields[note]}"), console=Console(stderr=True))
    task = bar.add_task("training", total=1.0, note="")

    def draw(p: Any) -> None:
        if not bar.live.is_started:
            bar.start()
            if p.resumed:
                bar.console.print(_resumed(p), highlight=False)
        bar.update(task, completed=p.fraction, note=_training_line(p))

    try:
        yield draw
    finally:
        bar.stop()


def _resumed(p: Any) -> str:
    return f"resuming: goes on from the checkpoint of step {p.resumed}"


def _training_line(p: Any) -> str:
    left = max(0, int(p.seconds_left))
    parts = [f"step {p.step}", f"loss {p.loss:.4f}", f"{p.images_per_s:.1f} images/s", f"{p.memory_gb:.1f} GB"]
    shares = (("GPU", p.busy), ("of peak FLOP/s", p.flops_share), ("waiting for data", p.waiting), ("cached", p.cached))
    parts += [f"{share:.0%} {what}" for what, share in shares if share is not None]
    return "  ".join([*parts, f"{_clock(left)} left"])


def _clock(seconds: float) -> str:
    whole = int(seconds)
    hours = f"{whole // 3600}:{whole // 60 % 60:02d}" if whole >= 3600 else str(whole // 60)
    return f"{hours}:{whole % 60:02d}"


def training_done(model: Any) -> None:
    """Sum a run up by the log and the card in its folder and say where they are; once, if several processes trained it."""
    if os.environ.get("RANK", "0") != "0":
        return
    path = model / "train_log.jsonl"
    losses = [json.loads(line)["loss"] for line in path.read_text().splitlines()]
    trained = json.loads((model / "plantain.json").read_text())["trained"]
    seconds, tenth = trained["minutes"] * 60, max(len(losses) // 10, 1)
    first, last = (sum(part) / len(part) for part in (losses[:tenth], losses[-tenth:]))
    print(
        f"{trained['steps']} steps in {_clock(seconds)}, {trained['images'] / max(seconds, 1e-6):.1f} images/s; "
        f"loss {first:.4f} in the first tenth, {last:.4f} in the last"
    )
    print(f"{model}: model saved; loss per step in {path}")


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

"""A run in words and tables: while `generate` is at it, at its end, and as `plantain status` sees it. 80 columns will do."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pipeline.farm.progress import Progress, parts, whole
from pipeline.farm.status import Status
from pipeline.terminal import PLAIN_SECONDS

MOST_ROWS = 8
"""Workers that have a line of their own; more are counted by what they do."""


@contextmanager
def progress_display(what: str = "views") -> Iterator[Callable[[Progress], None]]:
    """Yields show(progress): a bar with a line of counts and the workers below, or a plain line now and then."""
    if not sys.stderr.isatty():
        yield _plain(what)
        return
    from rich.console import Console
    from rich.live import Live

    seen: list[Progress] = []
    # Drawn when the screen is due, not whenever a run has news: that may be a hundred times a second.
    with Live(
        get_renderable=lambda: picture(seen[0], what) if seen else "",
        console=Console(stderr=True),
        refresh_per_second=2,
    ):
        yield lambda progress: seen.__setitem__(slice(None), [progress])


def _plain(what: str) -> Callable[[Progress], None]:
    """Prints a line every PLAIN_SECONDS, also when nothing has come: that is when one wants to know why."""
    last = time.monotonic()

    def show(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= PLAIN_SECONDS:
            last = time.monotonic()
            print(line(progress, what), file=sys.stderr, flush=True)

    return show


def line(progress: Progress, what: str = "views") -> str:
    """All of it in one line."""
    said = [f"{progress.done} of {progress.total} {what}", *speed(progress.rate, progress.seconds_left)]
    return ", ".join([*said, *counts(progress, len(progress.quarantined)), *([progress.note] if progress.note else [])])


def picture(progress: Progress, what: str = "views") -> Any:
    """What a terminal shows: the bar, what went wrong if anything did, and who does what."""
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    head = Table.grid(padding=(0, 1))
    numbers = f"{progress.done}/{progress.total}"
    bar = ProgressBar(total=progress.total, completed=progress.done, width=24)
    head.add_row(what, bar, numbers, ", ".join(speed(progress.rate, progress.seconds_left)))
    rest = [text for text in (", ".join(counts(progress, len(progress.quarantined))), progress.note) if text]
    rows = [Text(f"  {text}", style="dim") for text in rest]
    workers = [hand.told() for hand in progress.hands]
    return Group(head, *rows, *([workers_table(workers)] if workers else []))


def workers_table(workers: Sequence[Mapping[str, Any]]) -> Any:
    """Who does what: a row a worker (as Hand.told has it), or when they are many how many do what."""
    from rich.table import Table

    if len(workers) > MOST_ROWS:
        table = Table.grid(padding=(0, 2, 0, 2))
        nodes = Counter(worker["node"] for worker in workers if worker["node"])
        stages = Counter(worker["stage"] for worker in workers)
        doing = ", ".join(f"{count} {stage}" for stage, count in stages.most_common())
        table.add_row(f"{len(workers)} workers on {plural(len(nodes), 'node')}: {doing}")
        return table
    columns = ("worker", "stage", "sample", "for", "memory")
    table = Table(*columns, box=None, padding=(0, 2, 0, 2), header_style="dim")
    for worker in workers:
        name = f"{worker['node'][:28]}:{worker['pid']}" if worker["node"] else "-"
        sample = "-" if worker["index"] is None else str(worker["index"])
        table.add_row(
            name, worker["stage"], sample, duration(worker["since"]), memory(worker["resident_bytes"]), style="dim"
        )
    return table


def stages_table(seconds: Mapping[str, float], samples: int) -> Any:
    """What a sample took by stage; stages of several samples overlap, so this is work, not waiting."""
    from rich.table import Table

    stages = whole(seconds)
    total = sum(stages.values())
    table = Table(box=None, padding=(0, 2, 0, 2))
    table.add_column("stage")
    table.add_column("seconds a sample", justify="right")
    table.add_column("share", justify="right")
    for stage, spent in stages.items():
        table.add_row(stage, f"{spent / max(1, samples):.4f}", f"{spent / max(total, 1e-9):.1%}")
        for part, inside in parts(seconds, stage).items():
            table.add_row(
                f"  {part}", f"{inside / max(1, samples):.4f}", f"{inside / max(total, 1e-9):.1%}", style="dim"
            )
    return table


def print_end(progress: Progress, output: Any) -> None:
    """Last words of `generate`: how much there is, what became of it, and what it took."""
    resumed = f", {progress.resumed} of them already there" if progress.resumed else ""
    lost = f", {plural(progress.lost, 'worker')} lost" if progress.lost else ""
    print(
        f"{output}: {progress.done} samples{resumed}; {progress.rejected} views drawn again, "
        f"{progress.retries} shards retried{lost}"
    )
    for sample in progress.quarantined:
        print(f"{output}: sample {sample['index']} left out: {sample['reason']}")
        print(f"  to see it: {sample['replay']}")
    if progress.note:
        print(f"note: {progress.note}")
    if progress.made:
        took = max(1e-9, time.time() - progress.began)
        print(f"{progress.made} samples in {duration(took)}: {pace(progress.made / took)}")
        _console().print(stages_table(progress.seconds, progress.made))


def print_status(status: Status, output: Any) -> None:
    """What `plantain status` says."""
    print(f"{output}: {_standing(status)}")
    share = status.done / max(1, status.total)
    print(", ".join([f"  {status.done} of {status.total} samples ({share:.0%})",
                     *speed(status.rate, status.seconds_left)]))  # fmt: skip
    if said := counts(status, status.left_out):
        print(f"  {', '.join(said)}")
    if status.note:
        print(f"  {status.note}")
    if status.workers:
        print()
        _console().print(workers_table(status.workers))
    if status.stages and status.made:
        print()
        _console().print(stages_table(status.stages, status.made))
    for sample in status.left_out_samples:
        print(f"  sample {sample['index']} left out: {sample['reason']}")
        print(f"    to see it: {sample['replay']}")
    if (more := status.left_out - len(status.left_out_samples)) > 0:
        print(f"  and {more} more, in the manifests")


def _standing(status: Status) -> str:
    if status.state == "running":
        return f"running on {status.host} (process {status.pid}) for {duration(status.written - status.began)}"
    if status.state == "finished":
        return "finished"
    when = datetime.fromtimestamp(status.written).strftime("%Y-%m-%d %H:%M:%S")
    reason = f": {status.reason}" if status.reason and status.state == "failed" else ""
    where = f" on {status.host}" if status.state == "died" else ""
    return f"{status.state} at {when}{where}{reason}; the same command again resumes"


def counts(run: Progress | Status, left_out: int) -> list[str]:
    """What did not go smoothly, if anything: ["12 drawn again (1.0 %)", "1 retry", ...]."""
    in_vain = run.rejected / max(1, run.rejected + run.done)
    said = [f"{run.rejected} drawn again ({in_vain:.1%})"] if run.rejected else []
    said += [f"{run.retries} {'retry' if run.retries == 1 else 'retries'}"] if run.retries else []
    said += [f"{plural(run.lost, 'worker')} lost"] if run.lost else []
    return said + ([f"{left_out} left out"] if left_out else [])


def speed(rate: float | None, seconds_left: float | None) -> list[str]:
    """["1.4/s", "12 min left"], as far as it is known."""
    said = [] if rate is None else [pace(rate)]
    return said + ([f"{duration(seconds_left)} left"] if seconds_left else [])


def pace(rate: float) -> str:
    """Samples a second in a unit that leaves something to read."""
    if rate >= 0.5 or rate == 0:
        return f"{rate:.3g}/s" if rate < 100 else f"{rate:.0f}/s"
    return f"{rate * 60:.3g}/min" if rate * 60 >= 0.5 else f"{rate * 3600:.3g}/h"


def duration(seconds: float) -> str:
    """A time in its two largest units: "45 s", "12 min", "3 h 20 min", "2 d 4 h"."""
    whole_seconds = max(0, round(seconds))
    minutes, hours, days = whole_seconds // 60, whole_seconds // 3600, whole_seconds // 86400
    if days:
        return f"{days} d {hours % 24} h"
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min {whole_seconds % 60} s" if minutes else f"{whole_seconds} s"


def memory(count: float) -> str:
    """Bytes as "1.4 GiB" or "310 MiB"; "-" for none."""
    if not count:
        return "-"
    return f"{count / 2**30:.1f} GiB" if count >= 2**30 else f"{count / 2**20:.0f} MiB"


def plural(count: int, what: str) -> str:
    """ "1 worker", "2 workers"."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _console() -> Any:
    from rich.console import Console

    return Console(width=80, highlight=False)

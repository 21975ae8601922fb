"""Writes a small corpus again and again, killed at the first, the second, ... change it makes to the folder; then resumes.

    python -m tests.chaos.dying FOLDER

A process of its own, because it forks: nothing else may run in it. Prints how many such moments there were. Exit status 1
when after one of them the next run does not make the same corpus as an undisturbed one.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from pathlib import Path

from pipeline.compose import class_list
from pipeline.config import load_recipe, load_render_config
from pipeline.farm import Job, Plan
from pipeline.shards.corpus import claimed, finished, write_manifests
from pipeline.shards.write import write_shard
from tests.chaos.corpora import hashes

CHANGES = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate"}
"""Audit events of Python that come just before something on a disk changes."""


def main(folder: Path) -> int:
    """Exit status."""
    # A process that is killed takes nothing along that the kernel has: syncing would only take time.
    os.fsync = lambda descriptor: None
    # Before the first fork: a thread or a lock that a library makes on the way would not survive it.
    recipe, preset = load_recipe("scenes/primitives.yaml"), load_render_config("render_configs/null.yaml")
    job = Job(recipe, preset, folder, 6, splits=(("train", 0.67), ("val", 0.33)), shard_size=2)
    if in_a_fork(lambda: write(job, folder / "sound")) != 0:
        return 1
    sound, moment = hashes(folder / "sound"), 0
    while True:
        moment += 1
        output = folder / str(moment)
        killed = in_a_fork(lambda output=output, moment=moment: (die_at(moment, output), write(job, output)))
        if killed == 0:
            print(f"{moment - 1} moments")
            return 0
        left = sorted(hashes(output)) if output.is_dir() else []
        if in_a_fork(lambda output=output: write(job, output)) != 0 or hashes(output) != sound:
            print(f"killed at change {moment}, which left {left}; the next run made {sorted(hashes(output))}")
            return 1


def in_a_fork(work) -> int:
    """Status of a process that does some work, as `os.waitstatus_to_exitcode` has it."""
    number = os.fork()
    if not number:
        try:
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def die_at(moment: int, output: Path) -> None:
    """kill -9 this process just before its `moment`-th change in `output`."""
    left = moment

    def look(event: str, arguments: tuple) -> None:
        nonlocal left
        if event not in CHANGES or not str(arguments[0]).startswith(str(output)):
            return
        if event == "open" and not (arguments[2] & (os.O_WRONLY | os.O_RDWR)):
            return
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)


def write(job: Job, output: Path) -> None:
    """What a run does, with views that are made of nothing."""
    splits = [name for name, _ in job.splits]
    with claimed(output, job.describe(), class_list(job.recipe), overwrite=False) as journal:
        there = {(split, entry["name"]) for split, entry in finished(output, splits)}
        for shard in Plan(job):
            if (shard.split, shard.name) in there:
                continue
            rows = [
                (f"key-{i:08d}", {"image.png": b"%d" % i * 5000, "json": b"{}"}) for i in range(shard.start, shard.stop)
            ]
            entry = {
                "name": shard.name,
                "samples": len(rows),
                "files": write_shard(output / shard.split / shard.name, rows, job.formats),
                "rejected": [],
                "quarantined": [],
                "assets": [],
                "broken_assets": {},
            }
            journal.append(shard.split, entry)
            journal.flush()
        journal.flush()
        write_manifests(output, splits)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

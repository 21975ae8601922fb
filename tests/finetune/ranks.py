"""One process of a distributed run, for torch.distributed.run: ranks.py CORPUS OUTPUT SETTINGS [FAIL_AT].

SETTINGS: JSON of a TrainConfig. Beside OUTPUT it leaves what each process saw (OUTPUT.seen-RANK.json: a list of hashes a
step) and, where the run failed, what it said (OUTPUT.error-RANK.txt). FAIL_AT: step at which process 1 runs out of memory.
"""

import hashlib
import json
import os
import sys
import time
from pathlib import Path

import torch

from pipeline.errors import PlantainError
from pipeline.finetune import run
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.objective import Objective
from pipeline.finetune.trainer import finetune

corpus, output, settings = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
fail_at = int(sys.argv[4]) if len(sys.argv) > 4 else None
rank = int(os.environ["RANK"])
seen = []
open_stream = run.open_stream
forward = Objective.forward


def watched(*arguments, **named):
    for batches in open_stream(*arguments, **named):
        seen.append([
            hashlib.sha256(batch.images[i].tobytes() + batch.targets[i].tobytes() + batch.tasks[i].encode()).hexdigest()
            for batch in batches for i in range(len(batch))
        ])  # fmt: skip
        yield batches


def failing(self, inputs):
    failing.passes += 1
    if rank == 1 and failing.passes == fail_at:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
    return forward(self, inputs)


failing.passes = 0
run.open_stream = watched
# Clocks of different machines do not agree. A pass takes a tenth of a second by that of the first, however slow this one is.
time.monotonic = lambda: (1 + rank) * 0.1 * failing.passes
Objective.forward = failing
torch.set_num_threads(1)
try:
    finetune([corpus], "tiny", output, TrainConfig(**settings))
except PlantainError as error:
    Path(f"{output}.error-{rank}.txt").write_text(str(error))
    sys.exit(1)
finally:
    Path(f"{output}.seen-{rank}.json").write_text(json.dumps(seen))

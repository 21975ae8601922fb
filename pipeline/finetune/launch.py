"""Where a training run happens: in this process, in those that `accelerate launch` started, or in workers on Ray."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import ConfigError, PlantainError, one_line, require, resumable
from pipeline.finetune import bases, trainer
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.faults import AGAIN, Elsewhere, TrainingError
from pipeline.finetune.progress import OnProgress
from pipeline.shards.location import Location, location

if TYPE_CHECKING:
    from pipeline.farm.machines import Cluster

TRAINED = "trained"
"""What a worker says when its part of the run is done."""


@resumable()
def finetune(
    data: list[Location],
    base: str,
    output: Path,
    preset: TrainConfig,
    workers: int | None = None,
    address: str | None = None,
    on_progress: OnProgress = lambda progress: None,
    overwrite: bool = False,
) -> Path:
    """See trainer.finetune. workers: processes on Ray to share every step, each with a GPU where the cluster has them.

    address: the Ray cluster, as the farm takes it; None for one of this machine's own. Without workers the run happens here,
    as part of the processes that a launcher started, if one did. On a cluster `data` and `output` must be what every
    node reads and writes under the same name. Raises ConfigError when the cluster has too few cores or GPUs, Stopped after
    Ctrl-C: the same call again resumes.
    """
    if workers is None:
        if address is not None:
            raise ConfigError("--address: is for training on Ray; say in how many processes with --workers")
        return trainer.finetune(data, base, output, preset, on_progress, overwrite)
    require("farm", "ray")
    bases.check(base)
    from pipeline.farm.cluster import connect

    with connect(address, workers) as cluster:
        gpus = _gpus(cluster, workers)
        each = {"CPU": float(_cores(cluster, workers, gpus))} | ({"GPU": 1.0} if gpus else {})
        # Workers have other folders of their own to begin with.
        places = [str(place.resolve()) if isinstance(place, Path) else str(place) for place in data]
        arguments = {
            "data": places,
            "base": base,
            "output": str(Path(output).resolve()),
            "preset": preset.model_dump(mode="json"),
            "overwrite": overwrite,
        }
        _fit(arguments, workers, each, on_progress)
    return Path(output)


def _gpus(cluster: Cluster, workers: int) -> bool:
    """Whether each worker gets a GPU. Raises ConfigError when there are some, but too few, or too few cores."""
    gpus, cores = sum(int(node.gpus) for node in cluster.nodes), cluster.cores
    if 0 < gpus < workers:
        raise ConfigError(f"--workers {workers}: the cluster has {gpus} GPUs; ask for at most {gpus}")
    if cores < workers:
        raise ConfigError(f"--workers {workers}: the cluster has {cores} cores; ask for at most {cores}")
    return gpus > 0


def _cores(cluster: Cluster, workers: int, gpus: bool) -> int:
    """Cores for each worker, at least 1: as many as the nodes have for so many workers. Ray gives it as many threads."""
    most = int(max(node.cores for node in cluster.nodes))
    fitting = (n for n in range(most, 1, -1) if cluster.places({"num_cpus": n, "num_gpus": int(gpus)}) >= workers)
    return next(fitting, 1)


def _fit(arguments: dict[str, Any], workers: int, each: dict[str, float], on_progress: OnProgress) -> None:
    """Run `_work` in the workers, passing their progress on. Raises what stopped the first of them that failed."""
    # Ray Train tells nobody, and leaves processes' working folders alone.
    os.environ.setdefault("RAY_TRAIN_V2_ENABLED", "1")
    os.environ.setdefault("RAY_CHDIR_TO_TRIAL_DIR", "0")
    from ray.train import FailureConfig, RunConfig, ScalingConfig, TrainingFailedError
    from ray.train.torch import TorchTrainer

    trained = threading.Event()
    with tempfile.TemporaryDirectory(prefix="plantain-train-") as scratch, _passed_on(on_progress, trained) as queue:
        fitting = TorchTrainer(
            _work,
            train_loop_config=arguments | {"queue": queue},
            scaling_config=ScalingConfig(num_workers=workers, use_gpu="GPU" in each, resources_per_worker=each),
            # A run resumes by the same command, not by itself: most of what stops one would stop it again.
            run_config=RunConfig(name="plantain", storage_path=scratch, failure_config=FailureConfig(max_failures=0)),
        )
        # Ray Train takes Ctrl-C for itself, for good, and leaves by it with a status of success.
        before = signal.getsignal(signal.SIGINT)
        try:
            fitting.fit()
        except TrainingFailedError as error:
            raise _reason(error) from error
        except SystemExit:
            raise KeyboardInterrupt from None
        finally:
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGINT, before)
    _check_trained(Path(arguments["output"]), trained.is_set())


def _check_trained(output: Path, trained: bool) -> None:
    """Raise KeyboardInterrupt where workers were stopped without an error, and TrainingError for a model out of sight."""
    if not trained:
        raise KeyboardInterrupt
    if not (output / bases.CARD).is_file():
        raise TrainingError(
            f"--output {output}: the model is trained, and lies under this name on a worker's machine, but not here; "
            "copy it from there, or name a folder that every node shares"
        )


def _work(arguments: dict[str, Any]) -> None:
    """One worker's part of the run. Ray Train has made the process group that accelerate joins."""
    queue = arguments["queue"]
    trainer.finetune(
        [location(place) for place in arguments["data"]],
        arguments["base"],
        Path(arguments["output"]),
        TrainConfig.model_validate(arguments["preset"]),
        on_progress=queue.put,
        overwrite=arguments["overwrite"],
    )
    queue.put(TRAINED)


def _reason(error: Any) -> PlantainError:
    """The failure that a person should read: one that says what happened rather than that another process failed."""
    failures = [fault for _, fault in sorted(getattr(error, "worker_failures", {}).items())]
    told = [cause for fault in failures for cause in _causes(fault) if isinstance(cause, PlantainError)]
    for cause in told:
        if not isinstance(cause, Elsewhere):
            return cause
    if told:
        return told[0]
    return TrainingError(f"{one_line(failures[0] if failures else error)}; {AGAIN}")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = getattr(error, "cause", None) or error.__cause__


@contextmanager
def _passed_on(on_progress: OnProgress, trained: threading.Event) -> Iterator[Any]:
    """A queue that carries progress from a worker to `on_progress` here; what that raises is raised when the run is over.

    trained: set where a worker says TRAINED.
    """
    from ray.util.queue import Queue

    queue = Queue(actor_options={"num_cpus": 0})

    failed: list[Exception] = []

    def pass_on() -> None:
        while (progress := queue.get()) is not None:
            if progress == TRAINED:
                trained.set()
                continue
            try:
                if not failed:
                    on_progress(progress)
            except Exception as error:
                failed.append(error)

    thread = threading.Thread(target=pass_on, daemon=True)
    thread.start()
    try:
        yield queue
    finally:
        queue.put(None)
        thread.join()
        queue.shutdown(force=True)
    if failed:
        raise failed[0]

"""The processes of one training run: they decide together, and they fail together.

Gradients travel through accelerate's wrapper of the network. What is said here goes through a group of its own over the
CPU's network (gloo): it waits for no GPU, and a process that is gone is noticed by its closed connection.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from pipeline.errors import ConfigError, PlantainError, one_line
from pipeline.finetune.faults import Elsewhere

T = TypeVar("T")
PATIENCE = timedelta(hours=2)
"""How long processes wait for the first one to write a large checkpoint to a slow disk."""


class Processes:
    """This process among `size`, number `rank`. The first one, rank 0, reads settings, keeps time and writes files.

    explain: what a person can do about an error, None where nobody foresaw it; see faults.explain.
    """

    def __init__(self, accelerator: Any, explain: Callable[[BaseException], PlantainError | None]) -> None:
        import torch.distributed as dist

        kind = accelerator.distributed_type.value
        if accelerator.num_processes > 1 and not kind.startswith("MULTI_"):
            raise ConfigError(
                f"accelerate's configuration asks for {kind}: training is data-parallel only; "
                "choose multi-GPU without DeepSpeed, FSDP or the like in `accelerate config`"
            )
        self.rank, self.size = accelerator.process_index, accelerator.num_processes
        self.first = self.rank == 0
        self._explain = explain
        self._group = dist.new_group(backend="gloo", timeout=PATIENCE) if self.size > 1 else None

    def share(self, mine: T) -> list[T]:
        """What every process gave, in the order of ranks."""
        if self._group is None:
            return [mine]
        import torch.distributed as dist

        everyone: list[Any] = [None] * self.size
        dist.all_gather_object(everyone, mine, group=self._group)
        return everyone

    def each(self, work: Callable[[], T]) -> list[T]:
        """Do `work` in every process: what all of them returned, in the order of ranks.

        What fails in one of them ends all of them, here: raises what went wrong, explained, and Elsewhere in the
        processes that did their part.
        """
        mine: list[T] = []
        error: Exception | None = None
        try:
            mine.append(work())
        except Exception as fault:
            error = fault
        told = error and (self._explain(error) or error)
        everyone = self.share((mine, told and (one_line(told) or type(told).__name__)))
        if told is not None and told is not error:
            raise told from error
        if error is not None:
            raise error
        for rank, (_, line) in enumerate(everyone):
            if line is not None:
                raise Elsewhere(f"process {rank} of {self.size} stopped: {line}")
        return [result for results, _ in everyone for result in results]

    def once(self, work: Callable[[], T]) -> T:
        """What `work` returns in the first process, in all of them; where it fails, it fails in all of them."""
        results = self.each(lambda: [work()] if self.first else [])
        return results[0][0]

    def everywhere(self, work: Callable[[], T]) -> T:
        """What `work` returns here, once it is done in every process; where it fails, it fails in all of them."""
        kept: list[T] = []
        self.each(lambda: kept.append(work()))
        return kept[0]

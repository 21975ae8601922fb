"""Which shards the driver gives to a worker, and what it looks at for that: it has one thread for ten thousand workers."""

from types import SimpleNamespace

from pipeline.config import load_recipe, load_render_config
from pipeline.farm import Job, Limits, Progress
from pipeline.farm.crew import Crew, Member
from pipeline.farm.null import NullSampler
from pipeline.farm.progress import Hand
from pipeline.farm.schedule import _Run


class Counted(list):
    """Members that count how often somebody goes through them."""

    looks = 0

    def __iter__(self):
        self.looks += 1
        return super().__iter__()


def test_other_workers_are_looked_at_only_for_a_shard_that_failed(tmp_path):
    recipe, render = load_recipe("scenes/primitives.yaml"), load_render_config("render_configs/null.yaml")
    watch = SimpleNamespace(trouble="", see=lambda: None)
    job, progress = Job(recipe, render, tmp_path, 8, shard_size=1), Progress(total=8)
    run = _Run(job, None, Limits(), progress, watch, lambda progress: None, NullSampler)
    crew = Crew(lambda: None, 1.0)
    crew.members = Counted(Member(number, None, None, 0.0, Hand(node="here")) for number in range(3))
    one, two = crew.members[:2]
    (task,) = run._lease(crew, one, 3)
    assert (task.place, crew.members.looks) == (0, 0)
    run._take_back([task], one)
    assert [task.place for task in run._lease(crew, one, 3)] == [1]
    assert run._lease(crew, two, 3) == [task]
    assert crew.members.looks == 2

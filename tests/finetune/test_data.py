from collections import Counter
from itertools import islice

import numpy as np
import pytest

from pipeline.errors import ConfigError
from pipeline.finetune.data import batches, fit, windows
from tests.finetune.toy import toy_sample

EVEN = {"depth": 1.0, "normal": 1.0, "semantic": 1.0, "instance": 1.0, "referring": 1.0}


def source(count):
    samples = [toy_sample(seed) for seed in range(count)]
    return lambda: iter(samples)


def stream(count=6, weights=EVEN, batch_size=4, seed=0, start=0, memory_gb=1.0):
    return batches(windows(source(count), 32, memory_gb), weights, batch_size, seed, start)


def same(one, other):
    return one.prompts == other.prompts and one.tasks == other.tasks and np.array_equal(one.targets, other.targets)


def test_the_same_seed_gives_the_same_batches_and_another_seed_others():
    first, again, other = (list(islice(stream(seed=seed), 20)) for seed in (0, 0, 1))
    assert all(map(same, first, again))
    assert not all(map(same, first, other))


@pytest.mark.parametrize("memory_gb", [1.0, 4e-5])
@pytest.mark.parametrize("start", [1, 7, 8, 23])
def test_starting_late_gives_what_a_run_from_the_beginning_gives_then(start, memory_gb):
    whole = list(islice(stream(memory_gb=memory_gb), start + 5))
    late = list(islice(stream(memory_gb=memory_gb, start=start), 5))
    assert all(map(same, whole[start:], late))


def test_one_pass_shows_every_task_of_every_sample_once():
    batch = next(stream(count=6, batch_size=30))
    assert Counter(batch.tasks) == dict.fromkeys(EVEN, 6)
    pairs = {(task, image.tobytes()) for task, image in zip(batch.tasks, batch.images, strict=True)}
    assert len(pairs) == 30


def test_tasks_are_drawn_by_weight_and_a_weight_of_zero_leaves_one_out():
    weights = EVEN | {"depth": 0.0, "referring": 3.0}
    tasks = Counter(task for batch in islice(stream(weights=weights, batch_size=24), 50) for task in batch.tasks)
    assert "depth" not in tasks
    assert tasks["referring"] / tasks["normal"] == pytest.approx(3, rel=0.1)


def test_a_corpus_larger_than_memory_streams_through_in_windows_and_starts_over():
    small = 4e-5  # two views of 32 x 32
    held = list(islice(windows(source(5), 32, small), 6))
    assert [len(window) for window in held] == [2, 2, 1, 2, 2, 1]
    np.testing.assert_array_equal(held[0].images, held[3].images)


def test_every_image_comes_with_its_own_target_and_prompt():
    by_image = {sample.image.tobytes(): sample for sample in source(6)()}
    for batch in islice(stream(), 10):
        for image, target, prompt, task in zip(batch.images, batch.targets, batch.prompts, batch.tasks, strict=True):
            sample = by_image[image.tobytes()]
            np.testing.assert_array_equal(target, sample.targets[task])
            assert prompt == sample.meta["prompts"][task]


def test_resizing_a_label_makes_no_new_colours():
    target = toy_sample(0, size=50).targets["semantic"]
    colors = {tuple(color) for color in fit(target, 32, label=True).reshape(-1, 3)}
    assert colors <= {tuple(color) for color in target.reshape(-1, 3)}


def test_an_empty_split_is_an_error_that_says_what_to_do():
    with pytest.raises(ConfigError, match="holds no samples; run `plantain generate`"):
        next(windows(lambda: iter([]), 32, 1.0))

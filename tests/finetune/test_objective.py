"""The objective in closed form: what networks whose answers are known must cost."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from pipeline.finetune.bases.tiny import Tiny, build
from pipeline.finetune.config import ObjectiveConfig, TinyModel
from pipeline.finetune.objective import FLAT, Inputs, Objective, draw, noised, to_pixels, to_signed
from tests.finetune.toy import TINY, assert_same_painting, toy_sample

SIGMA = torch.tensor([1.0, 0.7, 0.3, 0.9])
CONDITIONED = torch.tensor([True, True, False, False])
METHODS = ["flow", "single_step"]
PREDICTS = ["clean", "velocity"]


class Answering(nn.Module):
    """A network that knows the target, and answers with it or with the velocity that leads there, but for `off`."""

    def __init__(self, target, predicts, off=0.0):
        super().__init__()
        self.target, self.predicts, self.off = target, predicts, off
        self.seen = []

    def forward(self, state, sigma, condition, conditioned, text):
        self.seen.append((state, sigma))
        # x = (1 - s) x0 + s n: whatever the noise was, n - x0 = (x - x0) / s.
        right = self.target if self.predicts == "clean" else (state - self.target) / sigma[:, None, None, None]
        return right + self.off


class Stub:
    """A base without frozen parts: latents are pixels."""

    def __init__(self, target, predicts, off=0.0):
        self.network = Answering(target, predicts, off)
        self.predicts = predicts

    def decode_latents(self, latents):
        return latents


def inputs(seed=0, sigma=SIGMA):
    rng = torch.Generator().manual_seed(seed)
    target = torch.rand((4, 3, 8, 8), generator=rng) * 2 - 1
    noise = torch.randn((4, 3, 8, 8), generator=rng)
    return Inputs(target, torch.zeros_like(target), CONDITIONED, {}, noise, sigma, pixels=target)


def cost(given, predicts, off=0.0, **config):
    with torch.no_grad():
        return Objective(Stub(given.target, predicts, off), ObjectiveConfig(**config))(given)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("predicts", PREDICTS)
@pytest.mark.parametrize("weighting", ["even", "contrast"])
def test_a_network_that_knows_the_answer_costs_nothing(method, predicts, weighting):
    loss = cost(inputs(), predicts, method=method, weighting=weighting, pixel_weight=2.0)
    torch.testing.assert_close(loss, torch.zeros(4), atol=1e-6, rtol=0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("predicts", PREDICTS)
def test_the_loss_is_the_mean_square_of_what_is_predicted(method, predicts):
    torch.testing.assert_close(cost(inputs(), predicts, off=0.5, method=method), torch.full((4,), 0.25))


def test_by_contrast_an_error_counts_relative_to_the_answers_variance_and_pictures_from_captions_as_they_are():
    given = inputs()
    given.target[1] = 0.25  # nothing to tell apart
    loss = cost(given, "clean", off=0.5, weighting="contrast")
    torch.testing.assert_close(loss[:2], 0.25 / (given.target[:2].var((1, 2, 3)) + FLAT))
    assert loss[1] == pytest.approx(0.25 / FLAT)
    torch.testing.assert_close(loss[2:], torch.full((2,), 0.25))


@pytest.mark.parametrize("predicts", PREDICTS)
def test_pixels_cost_their_absolute_error_times_the_noise_level(predicts):
    given = inputs()
    more = cost(given, predicts, off=0.5, pixel_weight=2.0) - cost(given, predicts, off=0.5)
    # A velocity that is off by d moves the clean painting by sigma d.
    error = 0.5 if predicts == "clean" else 0.5 * SIGMA
    torch.testing.assert_close(more, 2.0 * SIGMA * error)


def test_the_state_is_the_target_without_noise_and_the_noise_at_full_level():
    given = inputs(sigma=torch.tensor([1.0, 0.0, 1.0, 0.0]))
    state, sigma, noise = noised(given, single_step=False)
    torch.testing.assert_close(state[::2], given.noise[::2])
    torch.testing.assert_close(state[1::2], given.target[1::2])
    torch.testing.assert_close(sigma, given.sigma)
    torch.testing.assert_close(noise, given.noise)


def test_in_one_step_photos_are_answered_from_nothing_and_captions_from_noise():
    given = inputs()
    state, sigma, _ = noised(given, single_step=True)
    assert not state[CONDITIONED].any()
    assert (sigma[CONDITIONED] == 1).all()
    as_ever, levels, _ = noised(given, single_step=False)
    torch.testing.assert_close(state[~CONDITIONED], as_ever[~CONDITIONED])
    torch.testing.assert_close(sigma[~CONDITIONED], levels[~CONDITIONED])


@pytest.mark.parametrize("method", METHODS)
def test_one_step_training_does_not_depend_on_the_seed_where_there_is_a_photo(method):
    one = inputs(0)
    other = replace(one, noise=inputs(1).noise, sigma=SIGMA.flip(0))
    states = [noised(given, single_step=method == "single_step")[0] for given in (one, other)]
    same = [torch.equal(a, b) for a, b in zip(*states)]
    assert same == ([True, True, False, False] if method == "single_step" else [False] * 4)


def test_noise_and_level_follow_from_the_examples_seed_alone():
    noise, uniform = draw((3, 4, 4), [5, 6, 7])
    alone, level = draw((3, 4, 4), [6])
    torch.testing.assert_close(noise[1:2], alone, rtol=0, atol=0)
    torch.testing.assert_close(uniform[1:2], level, rtol=0, atol=0)
    assert not torch.equal(noise[0], noise[1])


def test_over_many_seeds_noise_is_standard_normal_and_levels_are_even():
    noise, uniform = draw((3, 8, 8), list(range(2000)))
    assert abs(float(noise.mean())) < 0.01
    assert abs(float(noise.std()) - 1) < 0.01
    counts = np.histogram(uniform.numpy(), bins=10, range=(0, 1))[0]
    assert counts.sum() == 2000
    # Chi-squared with 9 degrees of freedom: 27.9 is passed once in a thousand.
    assert ((counts - 200) ** 2 / 200).sum() < 27.9


def test_pixels_survive_the_way_to_signed_numbers_and_back():
    pixels = np.arange(256, dtype=np.uint8).repeat(3).reshape(1, 16, 16, 3)
    np.testing.assert_array_equal(to_pixels(to_signed(pixels)), pixels)


@pytest.fixture(scope="module")
def pipe():
    prompts = [toy_sample(seed).meta["prompts"]["referring"] for seed in range(4)]
    made = build(TinyModel(**TINY), prompts, seed=0)
    with torch.no_grad():
        # Untrained, the last layer is small: make what it says depend on what it sees.
        made.unet.conv_out.weight.normal_(0, 0.5, generator=torch.Generator().manual_seed(1))
    return made


def test_painting_in_one_step_asks_the_network_what_training_asked_it(pipe):
    tiny = Tiny(pipe, single_step=True)
    photo = toy_sample(0).image
    prompt = "Paint the surface normals."
    text = tiny.collate_text(tiny.encode_text([prompt], np.stack([photo]), np.array([True])))
    latents = tiny.encode_images(np.stack([photo]))
    given = Inputs(
        latents,
        latents,
        torch.tensor([True]),
        text,
        torch.randn_like(latents),
        torch.tensor([0.6]),
        to_signed(photo[None]),
    )
    state, sigma, _ = noised(given, single_step=True)
    with torch.no_grad():
        tiny.network.eval()
        answer = tiny.decode_latents(tiny.network(state, sigma, given.condition, given.conditioned, given.text))
    painted = tiny.paint([photo], [prompt], seed=3)[0]
    assert np.abs(painted.astype(int) - to_pixels(answer)[0]).max() <= 1
    assert_same_painting(painted, tiny.paint([photo], [prompt], seed=4, steps=8)[0])


def test_a_model_that_answers_photos_in_one_step_makes_pictures_as_any_other(pipe):
    captions = ["A red box.", "A green sphere and a blue box."]
    photo, prompt = toy_sample(1).image, "Paint the surface normals."
    usual, quick = Tiny(pipe, single_step=False), Tiny(pipe, single_step=True)
    pictures = usual.paint([None, None], captions, seed=2)
    mixed = quick.paint([None, photo, None], [captions[0], prompt, captions[1]], seed=2)
    for one, other in zip(pictures, (mixed[0], mixed[2]), strict=True):
        assert np.abs(one.astype(int) - other).max() <= 1
    assert np.abs(mixed[1].astype(int) - quick.paint([photo], [prompt])[0]).max() <= 1


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_painting_by_the_flow_ends_at_what_a_sure_network_says(pipe, steps, monkeypatch):
    sure = torch.full((1, 48, 8, 8), 0.5)
    monkeypatch.setattr("pipeline.finetune.bases.tiny.predict_clean", lambda *asked: sure)
    painted = Tiny(pipe).paint([toy_sample(0).image], ["Paint the surface normals."], steps=steps)[0]
    assert np.abs(painted.astype(int) - 191).max() <= 1

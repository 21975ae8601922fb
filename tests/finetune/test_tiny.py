import numpy as np
import pytest
import torch

from pipeline.errors import ConfigError
from pipeline.finetune import bases
from pipeline.finetune.bases.tiny import Tiny, TinyPipeline, build, read, text_heads, train_tokenizer
from pipeline.finetune.config import TASKS, ObjectiveConfig, TinyModel, TrainConfig
from pipeline.finetune.encoding import encode
from pipeline.finetune.examples import Example, collate
from pipeline.finetune.objective import Objective
from pipeline.finetune.optimizer import MuonAdamW, orthogonalise
from tests.finetune.toy import TINY, assert_same_painting, toy_sample

SAMPLES = [toy_sample(seed) for seed in range(4)]
PROMPTS = [sample.meta["prompts"][task] for sample in SAMPLES for task in TASKS]
IMAGES = [sample.image for sample in SAMPLES]
ASKED = [sample.meta["prompts"]["referring"] for sample in SAMPLES]


@pytest.fixture(scope="module")
def tiny():
    return Tiny(build(TinyModel(**TINY), PROMPTS, seed=0))


def test_a_saved_model_loads_through_diffusers_and_paints_the_same(tiny, tmp_path):
    tiny.save(tmp_path)
    assert {"model_index.json", "unet", "text_encoder", "tokenizer", "scheduler"} <= {
        p.name for p in tmp_path.iterdir()
    }
    again = Tiny(TinyPipeline.from_pretrained(tmp_path))
    for one, other in zip(tiny.paint(IMAGES, ASKED), again.paint(IMAGES, ASKED), strict=True):
        assert_same_painting(one, other)


@pytest.mark.parametrize(("levels", "attending"), [(1, [False, False, True]), (3, [True, True, True])])
def test_the_coarsest_levels_attend_as_many_as_are_asked_for(levels, attending):
    config = TinyModel(**TINY | {"widths": [32, 32, 64], "attention_levels": levels})
    unet = build(config, PROMPTS, seed=0).unet
    assert [bool(getattr(block, "has_cross_attention", False)) for block in unet.down_blocks] == attending
    assert [bool(getattr(block, "has_cross_attention", False)) for block in unet.up_blocks] == attending[::-1]


def test_a_text_encoder_of_any_width_has_heads_that_divide_it():
    for width in range(16, 4097, 16):
        heads = text_heads(width)
        assert width % heads == 0 and (width // heads >= 32 or heads == 1)
    assert [text_heads(width) for width in (16, 32, 112, 128, 176, 256, 4096)] == [1, 1, 2, 4, 4, 8, 128]
    assert build(TinyModel(**TINY | {"text_width": 112}), PROMPTS, seed=0).text_encoder.config.num_attention_heads == 2


def test_a_painting_depends_on_the_seed_and_not_on_its_neighbours_in_the_batch(tiny):
    together = tiny.paint(IMAGES, ASKED, seed=1)
    alone = tiny.paint(IMAGES[2:3], ASKED[2:3], seed=1)[0]
    assert np.abs(together[2].astype(int) - alone).max() <= 1
    assert np.abs(tiny.paint(IMAGES[2:3], ASKED[2:3], seed=2)[0].astype(int) - alone).max() > 1


def test_a_painting_has_its_photos_size_whatever_the_size(tiny):
    photos = [np.full(shape, 90, np.uint8) for shape in ((48, 64, 3), (20, 33, 3), (32, 32, 3))]
    assert [p.shape for p in tiny.paint(photos, ["Paint the surface normals."] * 3)] == [p.shape for p in photos]


def test_pictures_from_captions_are_trained_and_painted_at_less_noise_than_answers(tiny, tmp_path):
    uniform = torch.tensor([0.5, 0.5])
    answer, picture = tiny.sigmas(uniform, torch.tensor([True, False])).tolist()
    assert answer == pytest.approx(30 * 0.5 / (1 + 29 * 0.5)) and picture == pytest.approx(3 * 0.5 / (1 + 2 * 0.5))
    tiny.save(tmp_path)
    again = Tiny(TinyPipeline.from_pretrained(tmp_path))
    assert (again.pipe.shift(True), again.pipe.shift(False)) == (30.0, 3.0)
    both = tiny.paint([IMAGES[0], None], [ASKED[0], "A red box."])
    alone = [tiny.paint([IMAGES[0]], ASKED[:1])[0], tiny.paint([None], ["A red box."])[0]]
    for one, other in zip(both, alone, strict=True):
        assert np.abs(one.astype(int) - other).max() <= 1


def test_words_and_signs_never_seen_in_training_do_not_crash(tiny):
    prompts = ["", "Zürich 漢字 🙂 #A0B1C2", "word " * 1000]
    assert len(tiny.paint(IMAGES[:3], prompts)) == 3


def test_the_tokenizer_keeps_the_words_it_was_trained_on_whole_and_loses_none():
    tokenizer = train_tokenizer(PROMPTS * 3, TinyModel(**TINY | {"vocabulary": 1000}))
    ids = tokenizer("Paint the red sphere in white.")["input_ids"]
    assert len(ids) == 2 + len(["paint", "the", "red", "sphere", "in", "white", "."])
    assert tokenizer.decode(ids, skip_special_tokens=True).strip() == "paint the red sphere in white."


def test_the_text_encoder_pools_at_the_end_of_the_prompt_not_in_the_padding(tiny):
    def pooled(prompts):
        text = tiny.collate_text(tiny.encode_text(prompts, [], []))
        return read(tiny.pipe.text_encoder, text["ids"], text["mask"])[1][0]

    short = ["Paint the red box in white."]
    long = [*short, " ".join(["box"] * 40)]
    with torch.no_grad():
        alone, padded = pooled(short), pooled(long)
    torch.testing.assert_close(alone, padded, atol=1e-5, rtol=1e-4)


def test_the_loss_of_an_example_depends_on_its_seed_and_not_on_its_neighbours(tiny):
    def losses(samples, seeds):
        examples = [
            Example(sample.image, sample.targets["depth"], sample.meta["prompts"]["depth"], "depth", seed)
            for sample, seed in zip(samples, seeds, strict=True)
        ]
        with torch.no_grad():
            return Objective(tiny, ObjectiveConfig())(encode(tiny, collate(examples), "cpu"))

    together = losses(SAMPLES, [5, 6, 7, 8])
    torch.testing.assert_close(losses(SAMPLES[2:3], [7]), together[2:3], rtol=1e-4, atol=1e-5)
    assert losses(SAMPLES[2:3], [9])[0] != together[2]


def test_an_unknown_base_is_named_beside_the_known_ones():
    with pytest.raises(ConfigError, match="--base giant: unknown base; known bases: tiny, small"):
        bases.create("giant", TrainConfig(steps=1), [])


def test_a_folder_without_a_model_is_an_error_in_one_line(tmp_path):
    with pytest.raises(ConfigError, match="no tuned model here") as error:
        bases.load(tmp_path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("shape", [(8, 8), (6, 20), (20, 6)])
def test_orthogonalising_keeps_the_singular_vectors_and_evens_out_the_values(shape):
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    values = torch.linalg.svdvals(orthogonalise(matrix))
    assert values.min() > 0.5
    assert values.max() < 1.3
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    assert torch.cosine_similarity(orthogonalise(matrix).flatten(), (u @ v).flatten(), dim=0) > 0.95


def test_the_adam_half_takes_the_same_steps_as_torchs_adamw():
    def descend(make):
        weight = torch.nn.Parameter(torch.linspace(-1, 1, 6))
        optimizer = make([weight])
        for _ in range(5):
            optimizer.zero_grad()
            (weight**3).sum().backward()
            optimizer.step()
        return weight.detach()

    settings = {"lr": 0.1, "weight_decay": 0.05}
    ours = descend(lambda weights: MuonAdamW([{"params": weights, "muon": False, **settings}]))
    theirs = descend(lambda weights: torch.optim.AdamW(weights, betas=(0.9, 0.99), eps=1e-8, **settings))
    torch.testing.assert_close(ours, theirs)

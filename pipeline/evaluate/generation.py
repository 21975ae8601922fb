"""What a generator lost of its own trade while it learnt to see: pictures from captions, before and after."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ConfigError, require
from pipeline.evaluate.generation_figures import (
    NO_CLIP,
    Figure,
    distance_figures,
    loss_figure,
    score_figure,
    sentences,
)
from pipeline.evaluate.generation_sheet import Card, draw_generation_sheet
from pipeline.evaluate.report import make_folder, views_in
from pipeline.evaluate.written import plain
from pipeline.files import save_bytes
from pipeline.finetune import bases
from pipeline.shards.location import Location
from pipeline.shards.read import read_samples
from pipeline.shards.sample import encode_image

if TYPE_CHECKING:
    from pipeline.evaluate.generation_loss import Captioned
    from pipeline.evaluate.generation_work import Done, Work

PROMPTS = Path(__file__).with_name("prompts.txt")
"""Things that no recipe of ours shows, one prompt a line: every model paints them, for people to look at."""
SHEET_CAPTIONS = 12
PICTURES = ("split", "before", "after")
"""Folders of pictures for other tools, which take all that lie in one."""


@dataclass(frozen=True)
class GenerationReport:
    """What was found. levels: (noise level, mean loss before, or None, and after). folder holds generation.json and .png."""

    figures: list[Figure]
    levels: list[tuple[float, float | None, float]]
    model: str
    before: str | None
    data: str
    split: str
    views: int
    painted: int
    folder: Path

    def figure(self, name: str) -> Figure:
        """The figure "loss", "fid", "kid" or "clip_score"."""
        return next(figure for figure in self.figures if figure.name == name)


def measure_generation(
    model_dir: Path,
    corpus: Location,
    split: str = "test",
    output: Path | None = None,
    before: str | None = None,
    limit: int = 256,
    pictures: int = 64,
    steps: int | None = None,
    seed: int = 0,
    clip: str | None = None,
    on_progress: Callable[[int, str, int], None] = lambda done, note, total: None,
    weights: str | None = None,
) -> GenerationReport:
    """Set the model in `model_dir` beside what its training started from, on the captions of a split of `corpus`.

    before: folder of a tuned model, or hub id or folder of the base's untouched weights. By default what the model's card
    says it started from; a model made from scratch has nothing before. limit: at most so many captions. pictures: how many
    of them are painted, for the sheet, FID, KID and CLIP score. clip: hub id or folder of the CLIP that the last three
    look through; without it they are not measured. steps: denoising steps, None for the base's own choice. on_progress gets
    (things done, a note, things in all). weights: as for `bases.load`; what an adapter started from, too, without `before`.

    Writes generation.json, generation.png and, for other tools, every picture under pictures/ to `output`, by default
    model_dir/generation. Raises ConfigError, before a model is loaded, for a folder without a model, a split that is
    missing or empty, a CLIP that cannot be had and an output that cannot be written to; after, for a `before` that cannot
    be compared.
    """
    card = bases.read_card(Path(model_dir))
    bases.check(card["base"], f"{Path(model_dir) / bases.CARD}: base:")
    if clip is not None:
        require("train", "torchmetrics")
    bases.check_needs(Path(model_dir), card, weights)
    start, name = _start(Path(model_dir), card, before, weights)
    views_in(corpus, split)
    views = list(islice(_captioned(corpus, split), limit))
    folder = make_folder(Path(output) if output else Path(model_dir) / "generation")
    judge = _judge(clip)
    prompts = [line for line in PROMPTS.read_text().splitlines() if line]
    from pipeline.evaluate.generation_work import Work, do

    work = Work(views, min(pictures, len(views)), prompts, steps, seed)
    each = len(views) + work.painted + len(prompts)
    total = each * (2 if start else 1)
    after = do(
        lambda: bases.load(Path(model_dir), weights=weights), work, lambda done: on_progress(done, "after", total)
    )
    models = {"after": after}
    if start:
        first = do(start, work, lambda done: on_progress(each + done, "before", total), after.sigmas)
        _check_alike(first, after, f"--before {name}")
        models = {"before": first, "after": after}
    losses = {name: model.losses for name, model in models.items()}
    report = GenerationReport(
        [loss_figure(losses), *_likeness(judge, work, models)],
        _levels(models),
        str(model_dir),
        name if start else None,
        str(corpus),
        split,
        len(views),
        work.painted,
        folder,
    )
    settings = {"limit": limit, "pictures": pictures, "steps": steps, "seed": seed, "clip": clip, "weights": weights}
    save_bytes(folder / "generation.json", (json.dumps(_as_json(report, card, settings), indent=2) + "\n").encode())
    _save_pictures(folder / "pictures", work, models)
    _draw(folder / "generation.png", work, models, report)
    return report


def _start(
    model_dir: Path, card: dict[str, Any], before: str | None, given: str | None
) -> tuple[Callable[[], bases.Base] | None, str]:
    """How to load what comes before, None for nothing, and its name. given: of --weights."""
    config = bases.read_config(model_dir, card)
    weights = before or given or config.weights
    what = "--before" if before else "--weights" if given else f"{model_dir / bases.CARD}: config.weights:"
    if weights and (Path(weights) / bases.CARD).is_file():
        first = bases.read_card(Path(weights))
        if first["base"] != card["base"]:
            raise ConfigError(_unlike(f"{what} {weights}", f"is {first['base']}", f"the model {card['base']}"))
        under = given if bases.needs_weights(first) else None
        return lambda: bases.load(Path(weights), weights=under), weights
    if card["base"] in bases.OURS and not weights:
        return None, ""
    if card["base"] in bases.OURS:
        raise ConfigError(f"{what} {weights}: no model here; name a folder that `plantain finetune` wrote")
    from pipeline.finetune.bases.weights import check_weights

    # What cannot be compared is better known before the model has painted for hours.
    family = bases.published(card["base"])
    check_weights(weights or family.weights, config.revision, family.pipeline, what)
    # Fresh adapters do nothing. Weights that were to be tuned whole would be read in another precision than tuned ones.
    changed = config.on(weights).model_copy(update={"tune": "lora"})
    return lambda: bases.create(card["base"], changed, [], _device()), weights or card["base"]


def _captioned(corpus: Location, split: str) -> Iterator[Captioned]:
    from pipeline.evaluate.generation_loss import Captioned

    for place, sample in enumerate(read_samples(corpus, split, exact=False)):
        # In turn, as training draws either.
        yield Captioned(sample.key, sample.image, sample.meta[("caption", "caption_long")[place % 2]])


def _device() -> str:
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _judge(clip: str | None) -> Any:
    if clip is None:
        return None
    from pipeline.evaluate.likeness import open_clip

    return open_clip(clip)


def _check_alike(before: Done, after: Done, what: str) -> None:
    if (before.base, before.image_size) != (after.base, after.image_size):
        there, here = (f"{model.base} at {model.image_size} pixels" for model in (before, after))
        raise ConfigError(_unlike(what, f"is {there}", f"the model {here}"))


def _unlike(what: str, there: str, here: str) -> str:
    return f"{what}: {there}, {here}; losses of unlike models do not compare: name what this model was tuned from"


def _likeness(judge: Any, work: Work, models: dict[str, Done]) -> list[Figure]:
    if judge is None or not work.painted:
        why = NO_CLIP if judge is None else "nothing was painted"
        return [*distance_figures(None, {}, why), score_figure({}, why)]
    from pipeline.evaluate.likeness import clip_scores, features

    captions = [view.caption for view in work.views[: work.painted]]
    seen = {name: features(judge, model.pictures) for name, model in models.items()}
    scores = {name: clip_scores(judge, model.pictures, captions) for name, model in models.items()}
    return [*distance_figures(features(judge, _real(work, models)), seen), score_figure(scores)]


def _real(work: Work, models: dict[str, Done]) -> list[NDArray[np.uint8]]:
    """The split's own pictures at the models' size: a difference in sharpness would count as one in content."""
    from pipeline.finetune.data import fit

    return [fit(view.image, models["after"].image_size) for view in work.views[: work.painted]]


def _levels(models: dict[str, Done]) -> list[tuple[float, float | None, float]]:
    after = models["after"]
    first = models["before"].losses.mean(0).tolist() if "before" in models else [None] * len(after.sigmas)
    return list(zip(after.sigmas, first, after.losses.mean(0).tolist(), strict=True))


def _as_json(report: GenerationReport, card: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    # What scores without a CLIP runs without torchmetrics.
    packages = ["numpy", "torch", "diffusers", "transformers", *(["torchmetrics"] if settings["clip"] else [])]
    return {
        "model": report.model,
        "base": card["base"],
        "trained": card.get("trained"),
        "before": report.before,
        "data": report.data,
        "split": report.split,
        "views": report.views,
        "painted": report.painted,
        "settings": settings,
        "figures": {figure.name: plain(asdict(figure)) | {"verdict": figure.verdict} for figure in report.figures},
        "loss_by_noise_level": [
            {"sigma": sigma, "before": first, "after": second} for sigma, first, second in report.levels
        ],
        "words": sentences(report.figures),
        "versions": {name: version(name) for name in packages},
    }


def _save_pictures(folder: Path, work: Work, models: dict[str, Done]) -> None:
    """As PNG files: the split's own, and a folder for every model, under the views' keys. Those of an earlier run go."""
    for name in PICTURES:
        for old in (folder / name).glob("*.png"):
            old.unlink()
        with suppress(OSError):  # not there, or with files of somebody else's
            (folder / name).rmdir()
    pictures = {"split": _real(work, models)} | {name: model.pictures for name, model in models.items()}
    for name, shown in pictures.items():
        for view, picture in zip(work.views, shown, strict=False):
            save_bytes(folder / name / f"{view.key}.png", encode_image(picture))


def _draw(path: Path, work: Work, models: dict[str, Done], report: GenerationReport) -> None:
    prompts = [
        Card(prompt, {name: model.others[number] for name, model in models.items()})
        for number, prompt in enumerate(work.prompts)
    ]
    captions = [
        Card(view.caption, {"split": view.image} | {name: model.pictures[number] for name, model in models.items()})
        for number, view in enumerate(work.views[: min(work.painted, SHEET_CAPTIONS)])
    ]
    columns = {"Fixed prompts": prompts, f"Captions of the split {report.split}": captions}
    draw_generation_sheet(columns, sentences(report.figures), path)

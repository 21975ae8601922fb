"""Schema of the fine-tuning presets (finetune/presets/*.yaml)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from pipeline.codecs.tasks import TASKS
from pipeline.config import NonNegative, Positive, Strict, load_config
from pipeline.config.recipe import Colormap
from pipeline.errors import ConfigError
from pipeline.shards.location import URL

PRESETS = Path(__file__).resolve().parent / "presets"
DEFAULT = "tiny"

Width = Annotated[int, Field(ge=16, le=4096, multiple_of=16)]


class TaskWeights(Strict):
    """How often each task is drawn, relative to the others; 0 leaves it out."""

    depth: NonNegative = 1.0
    normal: NonNegative = 1.0
    semantic: NonNegative = 1.0
    instance: NonNegative = 1.0
    referring: NonNegative = 1.0

    @model_validator(mode="after")
    def _some_task(self) -> TaskWeights:
        if not any(self.as_dict().values()):
            raise ValueError("every task has weight 0; give at least one a positive weight")
        return self

    def as_dict(self) -> dict[str, float]:
        """Weight of every task, in the order of TASKS."""
        return {task: getattr(self, task) for task in TASKS}


class TinyModel(Strict):
    """Size of the generator that `--base tiny` builds from scratch."""

    image_size: Annotated[int, Field(ge=32, le=1024, multiple_of=32)] = 128
    patch: Literal[1, 2, 4, 8] = 4
    widths: Annotated[tuple[Width, ...], Field(min_length=2, max_length=5)] = (64, 64, 96, 128)
    attention_levels: Annotated[int, Field(ge=1, le=5, description="how many of the coarsest levels attend")] = 2
    text_width: Width = 128
    text_layers: Annotated[int, Field(ge=1, le=24)] = 2
    text_tokens: Annotated[int, Field(ge=8, le=1024)] = 320
    vocabulary: Annotated[int, Field(ge=300, le=65536)] = 2048
    shift: Positive = 30.0
    caption_shift: Positive = 3.0

    @model_validator(mode="after")
    def _size_divides(self) -> TinyModel:
        smallest = self.patch * 2 ** (len(self.widths) - 1)
        if self.image_size % smallest:
            raise ValueError(f"image_size {self.image_size} must be a multiple of {smallest} (patch x 2^(widths - 1))")
        return self

    @model_validator(mode="after")
    def _levels_exist(self) -> TinyModel:
        if self.attention_levels > len(self.widths):
            raise ValueError(
                f"attention_levels {self.attention_levels} must be at most {len(self.widths)}, as many as widths"
            )
        return self


class PairSource(Strict):
    """Somebody's own pictures with captions: the generator's own data.

    path: a .tar (WebDataset) or .parquet file, a folder of them, or a pattern ("/data/laion/*.tar"), on a disk or a URL.
    weight: relative to `vision` and `captions`. image, caption: the extensions of a tar's members ("json.title" for a text
    inside a JSON member) or the names of columns; where only one fits they need not be named.
    """

    path: str
    weight: Positive = 1.0
    image: str | None = None
    caption: str | None = None


class Mixture(Strict):
    """What training draws from, relative to one another: perception tasks enter the generator's own data."""

    vision: NonNegative = 1.0
    captions: Annotated[NonNegative, Field(description="our own views as pictures to be made from their captions")] = (
        0.0
    )
    pairs: tuple[PairSource, ...] = ()

    @model_validator(mode="after")
    def _something(self) -> Mixture:
        if not (self.vision or self.captions or self.pairs):
            raise ValueError("nothing to draw from; give vision, captions or pairs a positive weight")
        return self


class Augment(Strict):
    """Changes of a view that keep its labels true. Shares are of the examples.

    Crops and flips change picture, answer and words together, and are left out where the words might become untrue.
    redraw: the view, cropped and flipped or not, is asked about anew, where the corpus has exact labels; it costs reading
    and decoding those. jitter and jpeg: of the picture that is looked at alone, never of one to be generated. Pairs are
    not changed at all.
    """

    min_crop: Annotated[
        float, Field(gt=0, le=1, description="smallest share of the view's sides that a crop keeps")
    ] = 1.0
    flip: Annotated[float, Field(ge=0, le=1)] = 0.0
    redraw: Annotated[float, Field(ge=0, le=1, description="asked anew from `exact`: palette, colormap, words")] = 0.0
    colormaps: Annotated[dict[Colormap, Positive], Field(min_length=1, description="of redrawn depth")] | None = None
    jitter: Annotated[float, Field(ge=0, le=1, description="strength, of brightness, contrast, saturation, hue")] = 0.0
    jpeg: Annotated[float, Field(ge=0, le=1)] = 0.0

    @model_validator(mode="after")
    def _colormaps_are_drawn(self) -> Augment:
        if self.colormaps and not self.redraw:
            raise ValueError("colormaps are of redrawn depth; give redraw a share above 0, or leave them out")
        return self


class ObjectiveConfig(Strict):
    """What is learnt at a step; see pipeline.finetune.objective."""

    method: Literal["flow", "single_step"] = "flow"
    weighting: Literal["even", "contrast"] = "even"
    pixel_weight: Annotated[NonNegative, Field(description="of the decoded painting's absolute error")] = 0.0


class Lora(Strict):
    """Low-rank adapters on the base's linear layers (Hu et al., arXiv:2106.09685). targets: null for the base's own choice."""

    rank: Annotated[int, Field(ge=1, le=1024)] = 16
    alpha: Positive = 16.0
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    targets: Annotated[tuple[str, ...], Field(min_length=1)] | None = None


class TrainConfig(Strict):
    """One training run. Exactly one of `steps` and `minutes` bounds it."""

    base: str | None = None
    weights: Annotated[str | None, Field(description="hub id or folder of the base's weights")] = None
    revision: str | None = None
    image_size: Annotated[int | None, Field(ge=32, le=4096, description="of a published base; None: 512")] = None
    tune: Annotated[
        Literal["lora", "full"], Field(description="of a published base: adapters or all weights. Ours train whole")
    ] = "lora"
    lora: Annotated[Lora, Field(description="read where tune is lora")] = Lora()
    offload: Annotated[
        bool, Field(description="the text encoder waits on the CPU between uses; slow unless encodings are cached")
    ] = False
    model: TinyModel = TinyModel()
    steps: Annotated[int, Field(ge=1)] | None = None
    minutes: Positive | None = None
    batch_size: Annotated[int, Field(ge=1, le=65536, description="of a process in one pass")] = 16
    accumulation: Annotated[int, Field(ge=1, le=65536, description="passes in a step")] = 1
    optimizer: Literal["muon", "adamw"] = "muon"
    learning_rate: Positive = 2e-3
    muon_rate: Positive = 0.02
    weight_decay: NonNegative = 0.01
    warmup: Annotated[float, Field(ge=0, lt=1, description="share of the run")] = 0.03
    schedule: Literal["cosine", "constant"] = "cosine"
    clip_norm: Positive = 1.0
    ema: Annotated[float | None, Field(gt=0, lt=1, description="decay a step of averaged weights")] = None
    # Unquoted, YAML reads no as false.
    precision: Annotated[Literal["no", "bf16", "fp16"], BeforeValidator(lambda v: "no" if v is False else v)] = "no"
    gradient_checkpointing: bool = False
    compile: bool = False
    tasks: TaskWeights = TaskWeights()
    mixture: Mixture = Mixture()
    augment: Augment = Augment()
    objective: ObjectiveConfig = ObjectiveConfig()
    memory_gb: Annotated[Positive, Field(description="encoded views that a process holds at once to draw from")] = 4.0
    loader_threads: Annotated[int, Field(ge=1, le=256)] = 2
    cache: Annotated[str | None, Field(description="folder of the encodings by frozen parts")] = None
    track: tuple[Literal["tensorboard", "wandb"], ...] = ()
    sample_steps: Annotated[int | None, Field(ge=1, description="steps between painted samples")] = None
    checkpoint_seconds: Positive = 120.0
    seed: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _one_budget(self) -> TrainConfig:
        if (self.steps is None) == (self.minutes is None):
            raise ValueError("set exactly one of steps and minutes")
        return self

    def on(self, weights: str | None) -> TrainConfig:
        """The same on other weights of the base, None for those it names; a revision is one of the place it names, and goes."""
        if weights in (None, self.weights):
            return self
        return self.model_copy(update={"weights": weights, "revision": None})


def choose(
    base: str | None, config: str | Path | None, weights: str | None = None, overrides: list[str] | None = None
) -> tuple[str, TrainConfig]:
    """(base, preset) that a command's options ask for.

    Without a preset the one that is shipped for the base, without a base the preset's, without both `tiny`. weights: hub
    id or folder in place of the preset's. Raises ConfigError, also for a preset of another base.
    """
    if config is None and base is not None and not (PRESETS / f"{base}.yaml").is_file():
        known = ", ".join(sorted(entry.stem for entry in PRESETS.glob("*.yaml")))
        raise ConfigError(f"--base {base}: unknown base, or one without a preset; known bases: {known}")
    preset = load_train_config(config or base or DEFAULT, overrides)
    if base and preset.base and base != preset.base:
        raise ConfigError(
            f"--base {base}: {config} is a preset for {preset.base}; pass --base {preset.base} or no --config"
        )
    if weights is not None:
        preset = _located(preset.model_copy(update={"weights": weights}))
    return base or preset.base or DEFAULT, preset


def load_train_config(path: str | Path, overrides: list[str] | None = None) -> TrainConfig:
    """Read and check a training preset: a file, or a shipped one by name ("tiny", "presets/tiny.yaml").

    `overrides` are "dotted.key=value" strings from --set. An override that names one budget drops the other. What lies on
    this machine, weights, cache and pairs, becomes full paths, so that the model and other processes find it from anywhere.
    Raises ConfigError naming file, key, value and remedy.
    """
    given = Path(path)
    shipped = PRESETS / f"{given.stem}.yaml"
    if not given.is_file() and str(given.parent) in (".", "presets") and shipped.is_file():
        given = shipped
    if not given.is_file():
        known = ", ".join(sorted(entry.stem for entry in PRESETS.glob("*.yaml")))
        raise ConfigError(f"{path}: no such file; shipped presets: {known}")
    changes = list(overrides or [])
    for budget, other in (("steps", "minutes"), ("minutes", "steps")):
        names = {change.partition("=")[0] for change in changes}
        if budget in names and other not in names:
            changes.append(f"{other}=null")
            break
    config: TrainConfig = load_config(given, changes, TrainConfig)
    return _located(config)


def _located(config: TrainConfig) -> TrainConfig:
    """With its folders as full paths. Raises ConfigError for a cache that is no folder."""
    changes: dict[str, object] = {}
    if config.weights and (folder := _full(config.weights)).is_dir():  # else a hub id
        changes["weights"] = str(folder)
    if config.cache:
        if URL.match(config.cache):
            raise ConfigError(f"cache: {config.cache}: encodings are kept on a disk; name a folder")
        changes["cache"] = str(_full(config.cache))
    pairs = [
        pair if URL.match(pair.path) else pair.model_copy(update={"path": str(_full(pair.path))})
        for pair in config.mixture.pairs
    ]
    changes["mixture"] = config.mixture.model_copy(update={"pairs": tuple(pairs)})
    return config.model_copy(update=changes)


def _full(place: str) -> Path:
    # A folder of the name "~nobody" stays one.
    return Path(os.path.expanduser(place)).resolve()

"""What `tiny` and `small` can go on from: a model of their kind that was trained before. Its size and vocabulary stay."""

from __future__ import annotations

import logging
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.finetune.bases import CARD, OURS, quiet, read_card
from pipeline.finetune.bases.tiny import TinyPipeline
from pipeline.finetune.bases.weights import load_tuned
from pipeline.finetune.config import TinyModel, TrainConfig

log = logging.getLogger(__name__)


def load_earlier(name: str, folder: Path) -> TinyPipeline:
    """The model in `folder`, which must be of the base `name`. Raises ConfigError."""
    if not (folder / CARD).is_file():
        raise ConfigError(
            f"weights: {folder}: no model here; {name} starts from what `plantain finetune` wrote, or from none"
        )
    if (base := read_card(folder)["base"]) != name:
        raise ConfigError(f"weights: {folder}: is a {base}, not a {name}; pass --base {base}")
    quiet()
    pipe: TinyPipeline = load_tuned(folder, TinyPipeline, "weights:")
    return pipe


def as_trained(name: str, config: TrainConfig) -> TrainConfig:
    """The settings that a run keeps: where it goes on from an earlier model, `model` is that one's, whatever the preset says.

    At which noise to train and paint stays the preset's. The log names what differs. Raises ConfigError.
    """
    if name not in OURS or config.weights is None:
        return config
    folder = Path(config.weights)
    found, asked = _size(load_earlier(name, folder)), config.model.model_dump()
    if differing := [f"{key} {value}, not {asked[key]}" for key, value in found.items() if value != asked[key]]:
        log.warning("weights: %s: its model stays as it is: %s", folder, ", ".join(differing))
    # How many words it was to learn; there may have been fewer.
    before = read_card(folder).get("config", {}).get("model", {})
    found["vocabulary"] = before.get("vocabulary", config.model.vocabulary)
    return config.model_copy(update={"model": TinyModel.model_validate(asked | found)})


def _size(pipe: TinyPipeline) -> dict[str, object]:
    """Keys of TinyModel, as they are in a pipeline that was built."""
    unet, text = pipe.unet.config, pipe.text_encoder.config
    return {
        "image_size": pipe.image_size,
        "patch": pipe.patch,
        "widths": tuple(unet.block_out_channels),
        "attention_levels": sum("CrossAttn" in block for block in unet.down_block_types),
        "text_width": text.hidden_size,
        "text_layers": text.num_hidden_layers,
        "text_tokens": text.max_position_embeddings,
    }

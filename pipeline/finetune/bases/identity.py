"""What frozen parts encode depends on, as a short name: two that encode alike have the same, and no others should."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import diffusers
import transformers
from torch import nn


def digest(pipe: Any) -> str:
    """A short name of a pipeline's autoencoder, text encoder and reader of words, wherever they lie.

    Of their settings (the latents' statistics, the vocabulary, the chat template); of their weights' shapes, precision
    and a sample of their values; of the libraries' versions, whose code decides the rest.
    """
    known = hashlib.sha256(json.dumps([diffusers.__version__, transformers.__version__]).encode())
    for part in (pipe.vae, pipe.text_encoder):
        config = part.config if isinstance(part.config, dict) else part.config.to_dict()
        known.update(_canonical(config))
        _absorb_weights(part, known)
    for reader in (pipe.tokenizer, pipe.components.get("processor")):
        if reader is not None:
            known.update(_canonical(_settings_of(reader)))
    return known.hexdigest()[:16]


def _absorb_weights(part: nn.Module, known: Any) -> None:
    for name, weight in part.state_dict().items():
        flat = weight.flatten()
        some = flat[:: max(1, len(flat) // 16)][:17].double().cpu().numpy()
        known.update(f"{name}{tuple(weight.shape)}{weight.dtype}".encode() + some.tobytes())


def _settings_of(reader: Any) -> dict[str, Any]:
    """Of a tokenizer, or of a processor with the parts that it consists of."""
    settings = {"class": type(reader).__name__, "template": getattr(reader, "chat_template", None)}
    if (image_processor := getattr(reader, "image_processor", None)) is not None:
        return settings | {"pictures": image_processor.to_dict(), "words": _settings_of(reader.tokenizer)}
    learnt = json.loads(reader.backend_tokenizer.to_str())
    # How the last call padded and cut is kept in there, too.
    learnt |= {"padding": None, "truncation": None}
    return settings | {"learnt": learnt, "side": reader.padding_side, "longest": reader.model_max_length}


def _canonical(settings: dict[str, Any]) -> bytes:
    return json.dumps(_public(settings), sort_keys=True, default=str).encode()


def _public(value: Any) -> Any:
    """Without what begins with "_": where it was read from, and by which version it was written."""
    if isinstance(value, dict):
        return {str(key): _public(item) for key, item in value.items() if not str(key).startswith("_")}
    return value

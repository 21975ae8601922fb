"""Tuning image generators on corpora: bases, the data mixture, the trainer and its presets."""

from pipeline.finetune.config import TrainConfig, load_train_config

__all__ = ["TrainConfig", "load_train_config"]

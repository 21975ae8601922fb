"""Tuning image generators on corpora: bases, the data mixture, the trainer and its presets."""

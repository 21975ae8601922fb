"""Plantain: synthetic scenes, exact labels painted as RGB, and the fine-tuning that learns from them."""

__version__ = "0.1.0"

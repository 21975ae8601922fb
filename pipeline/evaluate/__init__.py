"""Tuned models scored: metrics, the constant predictor they must beat, the report and its contact sheet."""

from pipeline.evaluate.report import Report, evaluate

__all__ = ["Report", "evaluate"]

"""Tuned models scored: metrics, the constant predictor they must beat, the report and its contact sheet."""

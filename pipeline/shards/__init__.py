"""Samples <-> files: WebDataset tar and Parquet shards, manifests, the dataset card, and reading them back."""

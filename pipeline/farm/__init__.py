"""Recipe and seeds -> a corpus: shards made in parallel on Ray, retried, resumed."""

from pipeline.farm.job import Job, parse_formats, parse_splits, plan
from pipeline.farm.schedule import FarmError, Progress, generate

__all__ = ["FarmError", "Job", "Progress", "generate", "parse_formats", "parse_splits", "plan"]

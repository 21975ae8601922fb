"""Recipe and seeds -> a corpus: shards made in parallel on Ray, watched over, retried, resumed."""

from pipeline.farm.faults import FarmError
from pipeline.farm.job import Job, Plan, parse_formats, parse_splits
from pipeline.farm.limits import Limits
from pipeline.farm.progress import Progress
from pipeline.farm.schedule import generate

__all__ = ["FarmError", "Job", "Limits", "Plan", "Progress", "generate", "parse_formats", "parse_splits"]

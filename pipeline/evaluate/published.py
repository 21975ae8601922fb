"""What others scored on public benchmarks, for the tables of ours.

All numbers are of Gabeur et al., "Image Generators are Generalist Vision Learners" (arXiv:2604.20329), which tunes a
generator as this project does and prints the best of its rivals beside it. Of depth and normals it prints means over
several sets; a row says over which.
"""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "arXiv:2604.20329"
FOUR = ("nyuv2", "eth3d", "diode", "kitti")
SIX = (*FOUR, "ibims", "nuscenes")
NORMALS = ("nyuv2-normals", "diode-normals", "scannet-normals")


@dataclass(frozen=True)
class Published:
    """One published number.

    model: whose. score: its name in a benchmark's report, e.g. "delta1". value: a share of 1, or degrees. over: the
    benchmarks it is the mean over; one where it is that benchmark's own. source: where it is printed.
    """

    model: str
    score: str
    value: float
    over: tuple[str, ...]
    source: str = SOURCE


ROWS = (
    Published("Vision Banana", "miou", 0.699, ("cityscapes",)),
    Published("SAM 3", "miou", 0.652, ("cityscapes",)),
    Published("Vision Banana", "pmf1", 0.540, ("saco-gold",)),
    Published("DINO-X", "pmf1", 0.552, ("saco-gold",)),
    Published("SAM 3, trained on its kind", "pmf1", 0.661, ("saco-gold",)),
    Published("Vision Banana", "ciou", 0.738, ("refcocog",)),
    Published("SAM 3 Agent", "ciou", 0.734, ("refcocog",)),
    Published("Vision Banana", "giou", 0.793, ("reasonseg",)),
    Published("SAM 3 Agent", "giou", 0.770, ("reasonseg",)),
    Published("Vision Banana", "delta1", 0.929, FOUR),
    Published("Depth Anything 3", "delta1", 0.918, FOUR),
    Published("Vision Banana", "delta1", 0.882, SIX),
    Published("UniK3D", "delta1", 0.823, SIX),
    Published("Vision Banana", "abs_rel", 0.116, SIX),
    Published("MoGe-2", "abs_rel", 0.144, SIX),
    Published("Vision Banana", "mean_angle", 15.549, NORMALS),
    Published("Vision Banana", "median_angle", 9.300, NORMALS),
    Published("Lotus-2", "mean_angle", 16.558, NORMALS),
    Published("Vision Banana", "mean_angle", 18.928, (*NORMALS, "vkitti-normals")),
    Published("Lotus-2", "mean_angle", 19.642, (*NORMALS, "vkitti-normals")),
)


def rows(benchmark: str) -> list[Published]:
    """The published numbers that the benchmark, e.g. "refcocog", has a part in; none for a corpus of one's own."""
    return [row for row in ROWS if benchmark in row.over]

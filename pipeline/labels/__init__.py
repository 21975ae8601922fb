"""Scene -> Labels: depth, normals, instance and semantic ids of the surface behind every pixel centre.

One definition of the truth for every renderer. Embree finds the triangle that each pixel's ray hits;
the hit is then computed again in float64 from that triangle's own plane, so depth is exact to float32
rounding rather than to Embree's single precision.
"""

from pipeline.labels.instances import Instance, instance_table
from pipeline.labels.trace import Labels, SceneTracer, trace

__all__ = ["Instance", "Labels", "SceneTracer", "instance_table", "trace"]

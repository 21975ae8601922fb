"""Labels <-> RGB: the pictures a generator is asked to paint, and how a painting is read back. Importing it needs NumPy alone.

Decoders accept what a model really paints (off-palette, noisy, JPEG-smeared) and never raise on pixel values.
"""

from pipeline.codecs import depth, normals, palettes, segmentation

__all__ = ["depth", "normals", "palettes", "segmentation"]

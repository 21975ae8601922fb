"""Growing assets with other people's generators, once, into a folder of GLB files that recipes then draw from.

Generators bring Blenders and NumPys of their own, so each runs in a virtual environment of its own; what comes out is
what the source `files` reads: GLB files and an index with category, size and licence.
"""

from __future__ import annotations

from pipeline.bake.infinigen_host import CATEGORIES, Baked, bake_infinigen

__all__ = ["CATEGORIES", "Baked", "bake_infinigen"]

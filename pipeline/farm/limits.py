"""How long a sample may take, how much memory its process may hold, and when that process is replaced."""

from __future__ import annotations

from dataclasses import dataclass

SHARE = 0.9
"""Of a machine's memory, for the workers on it; the rest is for Ray and the system."""


@dataclass(frozen=True)
class Limits:
    """What is allowed to a sample; none of it changes the bytes of one that is made.

    sample_seconds: wall time of one sample, from its first attempt to its last.
    silent_seconds: time without any sign of headway, after which a renderer counts as hung, however slow it may be.
    memory_bytes: resident memory of the process that makes samples; None: its share of the machine's.
    recycle_after: samples after which that process is replaced by a fresh one; 0: never.
    """

    sample_seconds: float = 3600.0
    silent_seconds: float = 180.0
    memory_bytes: int | None = None
    recycle_after: int = 500

    @classmethod
    def of_size(cls, width: int, height: int) -> Limits:
        """The defaults for pictures of that size: above 512 x 512 patience grows with the number of pixels.

        Cycles shows signs of life after every sixteen samples a pixel: at 512 x 512 one busy core was seen to need 50 s.
        """
        scale = max(1.0, width * height / 2**18)
        return cls(sample_seconds=cls.sample_seconds * scale, silent_seconds=cls.silent_seconds * scale)

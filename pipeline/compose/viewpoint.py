"""From whose eyes a camera looks: a person's, a robot's, a car's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.compose.draws import weighted
from pipeline.config import VIEWPOINTS, CameraConfig
from pipeline.config.recipe import Viewpoint


@dataclass(frozen=True)
class Stance:
    """Ranges to draw a camera from: height above the ground in metres, downward pitch in radians. name: of the viewpoint."""

    name: Viewpoint
    height_m: tuple[float, float]
    pitch_rad: tuple[float, float]


def draw_stance(config: CameraConfig, rng: np.random.Generator) -> Stance:
    """One of the viewpoints that `config` names, with the heights and pitches it sets in place of that one's own."""
    name = weighted(config.viewpoints, rng)
    height_m, pitch_deg = VIEWPOINTS[name]
    low, high = config.pitch_deg or pitch_deg
    return Stance(name, config.height_m or height_m, (float(np.radians(low)), float(np.radians(high))))

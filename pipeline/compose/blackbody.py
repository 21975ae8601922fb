"""Colours of light by its temperature."""

from __future__ import annotations

import numpy as np

from pipeline.scene import Float

XYZ_TO_RGB = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]]
)
"""CIE XYZ to linear Rec. 709 with its white at D65."""
SECOND_RADIATION_NM_K = 1.438777e7


def chromaticity(kelvin: float) -> tuple[float, float]:
    """CIE 1931 (x, y) of a black body, from Planck's law and the matching functions."""
    wavelength = np.arange(380.0, 781.0, 5.0)
    spectrum = wavelength**-5.0 / np.expm1(SECOND_RADIATION_NM_K / (wavelength * kelvin))
    big_x, big_y, big_z = _matching(wavelength) @ spectrum
    return float(big_x / (big_x + big_y + big_z)), float(big_y / (big_x + big_y + big_z))


def planckian(kelvin: float, white: float = 6504.0) -> tuple[float, float, float]:
    """Linear RGB of a black body, largest channel 1, for a camera balanced so that `white` (kelvin) looks white."""
    rgb = _linear(kelvin) / _linear(white)
    r, g, b = (float(c) for c in rgb / rgb.max())
    return (r, g, b)


def _linear(kelvin: float) -> Float:
    """Of unit luminance; what lies outside Rec. 709 is brought to its edge."""
    x, y = chromaticity(kelvin)
    return np.maximum(XYZ_TO_RGB @ np.array([x / y, 1.0, (1 - x - y) / y]), 1e-3)


def _matching(wavelength: Float) -> Float:
    """CIE 1931 colour matching functions: multi-lobe fit of Wyman, Sloan & Shirley 2013 (JCGT 2:2). [3, n]."""

    def lobe(peak: float, below: float, above: float) -> Float:
        t = (wavelength - peak) * np.where(wavelength < peak, below, above)
        return np.exp(-0.5 * t * t)

    x = 1.056 * lobe(599.8, 0.0264, 0.0323) + 0.362 * lobe(442.0, 0.0624, 0.0374) - 0.065 * lobe(501.1, 0.0490, 0.0382)
    y = 0.821 * lobe(568.8, 0.0213, 0.0247) + 0.286 * lobe(530.9, 0.0613, 0.0322)
    z = 1.217 * lobe(437.0, 0.0845, 0.0278) + 0.681 * lobe(459.0, 0.0385, 0.0725)
    return np.stack([x, y, z])

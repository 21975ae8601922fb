"""Lofts and drapes: closed, of the size asked for, shaded as what they stand for."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.compose.assets import lofts, sheets
from tests.compose.room_oracles import as_trimesh


def test_a_loft_through_circles_of_a_sphere_is_that_sphere() -> None:
    circle = lofts.superellipse(1.0, 1.0, 2.0, 96)
    angle = np.linspace(-np.pi / 2, np.pi / 2, 49)[1:-1]
    rings = [lofts.ring(circle, float(np.sin(a)), float(np.cos(a))) for a in angle]
    ball = lofts.loft(rings)
    solid = as_trimesh(ball)
    assert solid.is_watertight
    assert solid.volume == pytest.approx(4 / 3 * np.pi, rel=0.005)
    side = np.abs(ball.vertices[:, 2]) < 0.9
    assert ball.normals is not None
    outward = ball.vertices[side] / np.linalg.norm(ball.vertices[side], axis=1, keepdims=True)
    assert (ball.normals[side] * outward).sum(1).min() > np.cos(np.radians(3))


@pytest.mark.parametrize("power", [2.0, 3.0, 6.0])
def test_a_superellipse_satisfies_its_equation(power: float) -> None:
    points = lofts.superellipse(0.4, 0.25, power, 64)
    assert np.abs((np.abs(points / [0.4, 0.25]) ** power).sum(1) - 1).max() < 0.02
    area = 0.5 * np.abs(np.sum(points[:, 0] * np.roll(points[:, 1], -1) - np.roll(points[:, 0], -1) * points[:, 1]))
    assert area > np.pi * 0.4 * 0.25 * 0.995


def test_a_rounded_rectangle_lacks_only_its_corners() -> None:
    radius = 0.05
    prism = as_trimesh(lofts.prism(lofts.rounded_rectangle(0.2, 0.15, radius, 24), 0.1))
    assert prism.is_watertight
    assert prism.volume == pytest.approx((0.4 * 0.3 - (4 - np.pi) * radius**2) * 0.1, rel=1e-3)


def test_a_hollow_loft_holds_what_its_inside_measures() -> None:
    line = lofts.rounded_rectangle(0.2, 0.2, 0.001, 1)
    tub = lofts.loft(
        [lofts.ring(line, 0.0), lofts.ring(line, 0.5), lofts.ring(line, 0.5, 0.9), lofts.ring(line, 0.1, 0.9)]
    )
    assert as_trimesh(tub).volume == pytest.approx(0.16 * 0.5 - 0.16 * 0.81 * 0.4, rel=1e-3)


@pytest.mark.parametrize(
    "hang", [(0.3, 0.3, 0.0, 0.25), (0.2, 0.2, 0.2, 0.2), (0.0, 0.0, 0.0, 0.0), (0.25, 0.0, 0.0, 0.25)]
)
def test_a_drape_is_closed_lies_on_its_top_and_hangs_as_far_as_asked(hang: tuple[float, float, float, float]) -> None:
    points = sheets.drape(np.random.default_rng(1), 1.4, 1.6, hang)
    assert as_trimesh(sheets.sheet(points, 0.02)).is_watertight
    on_top = (np.abs(points[..., 0]) < 0.69) & (np.abs(points[..., 1]) < 0.79)
    assert np.abs(points[on_top][:, 2]).max() < 1e-12
    if max(hang) > 0:
        # Some of the length goes round the edge.
        assert max(hang) - 0.04 < -points[..., 2].min() <= max(hang)


def test_a_filleted_line_keeps_its_ends_and_turns_nowhere_sharply() -> None:
    path = lofts.fillet([(0, 0, 0), (0, 0, 1), (1, 0, 1)], 0.3, 8)
    np.testing.assert_allclose(path[[0, -1]], [(0, 0, 0), (1, 0, 1)])
    step = np.diff(path, axis=0)
    step /= np.linalg.norm(step, axis=1, keepdims=True)
    assert (step[1:] * step[:-1]).sum(1).min() > np.cos(np.radians(25))


def test_a_loft_keeps_caps_and_broad_rims_level_between_their_rounded_edges():
    outline = lofts.superellipse(0.5, 0.4, 3.0, 48)
    mesh = lofts.loft([
        lofts.ring(outline, 0.0, 0.99), lofts.ring(outline, 0.004), lofts.ring(outline, 0.5), lofts.ring(outline, 0.504, 0.99),
        lofts.ring(outline, 0.504, 0.8), lofts.ring(outline, 0.5, 0.79), lofts.ring(outline, 0.1, 0.7),
    ])  # fmt: skip
    corners, normals = mesh.vertices[mesh.faces], mesh.normals[mesh.faces]
    level = np.ptp(corners[..., 2], axis=1) < 1e-9
    heights = set(np.round(corners[level][:, 0, 2], 3))
    assert heights == {0.0, 0.1, 0.504}  # the underside, the floor and the rim
    np.testing.assert_allclose(np.abs(normals[level][..., 2]), 1)
    upright = (np.ptp(corners[..., 2], axis=1) > 0.4) & (np.abs(corners[..., 0]).max(1) > 0.45)
    assert upright.any()
    np.testing.assert_allclose(normals[upright][..., 2], 0, atol=1e-12)

"""Which lights the OpenGL renderer takes, and what indirect light it expects of them. No context needed."""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import pytest
from example_scenes import box, room, shining, tableau, thing

from pipeline.render.batches import merge
from pipeline.render.lighting import MAX_LAYERS, MAX_LIGHTS, SUN, light_up
from pipeline.scene import Light, Material, Scene


def lit(scene: Scene, lights: list[Light], shadows: bool = True):
    return light_up(dataclasses.replace(scene, lights=tuple(lights)), merge(scene, 64), shadows)


SUNLIGHT = shining("sun", (2, -3, 5), (0, 0, 0), 2.5, (0.03, 0.03))


def test_a_sun_of_few_watts_a_square_metre_outranks_any_number_of_lamps() -> None:
    lamps = [shining("area", (x, 0, 2.5), (x, 0.001, 0), 500.0, (0.2, 0.2)) for x in np.linspace(-2, 2, 20)]
    with pytest.warns(RuntimeWarning, match="5 of 21 lights are left out"):
        lighting = lit(tableau(), [*lamps, SUNLIGHT])
    assert len(lighting.kind) == MAX_LIGHTS
    assert lighting.kind[0] == SUN


def test_of_lamps_those_that_bring_most_light_to_the_middle_stay() -> None:
    near = [shining("area", (0, 0, 2), (0, 0.001, 0), 10.0, (0.1, 0.1))] * MAX_LIGHTS
    far = shining("area", (30, 0, 2), (0, 0, 0), 200.0, (0.1, 0.1))
    with pytest.warns(RuntimeWarning):
        assert (lit(tableau(), [far, *near]).position[:, 0] < 1).all()


def test_no_light_takes_part_without_a_shadow_map_where_shadows_are_wanted() -> None:
    points = [shining("point", (x, 0, 2.0), (0, 0, 0), 20.0, (0.05, 0.05)) for x in np.linspace(-1, 1, 6)]
    with pytest.warns(RuntimeWarning, match="2 of 6 lights are left out"):
        lighting = lit(tableau(), points)
    assert len(lighting.kind) == 4
    assert len(lighting.matrices) == MAX_LAYERS
    assert (lighting.layer >= 0).all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(lit(tableau(), points, shadows=False).kind) == 6


def test_left_out_lights_still_count_as_indirect_light() -> None:
    lamps = [shining("area", (0, 0, 2), (0, 0.001, 0), 10.0, (0.1, 0.1))] * MAX_LIGHTS
    with pytest.warns(RuntimeWarning):
        crowd = lit(room(), lamps * 2)
    np.testing.assert_allclose(crowd.above, 2 * lit(room(), lamps).above)


def test_of_a_glowing_slab_at_the_edge_of_the_scene_only_the_face_towards_it_gives_light() -> None:
    glowing = Material("glass", (0.0, 0.0, 0.0), "white", emission=(1.0, 1.0, 1.0))
    empty = dataclasses.replace(room(), lights=())
    slab = thing("view", "wall", box(1.2, 0.002, 1.0), glowing, (0, 2.53, 1.0))
    lamp = shining("area", (0, 0, 2), (0, 0.001, 0), np.pi * 1.2, (0.1, 0.1))
    seen = dataclasses.replace(empty, objects=(*empty.objects, slab))
    # A face of 1.2 m2 and unit radiance gives pi times 1.2 watts, as the lamp does.
    np.testing.assert_allclose(lit(seen, []).above, lit(seen, [lamp]).above / 2, rtol=0.01)

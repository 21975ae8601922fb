"""The baseline of benchmarks/photoreal.py: what one writes with BlenderProc's own API, and its defaults.

    python benchmarks/plain_blenderproc.py SCENES.pkl OUTPUT --samples 64 [--bounces 6]

One process on all cores. For each scene: objects, materials, lights and camera through `blenderproc`, then
`renderer.render()` with depth, normals, class and instance segmentation, then `writer.write_hdf5`. Noise threshold,
denoiser, bounces and everything else stay as BlenderProc sets them; only the number of samples is given, and the
colours are kept linear, so that the benchmark can expose them as it does ours. --bounces gives it our bounces as well.

Its scenes are composed beforehand and it paints no targets: both cost ours time and this nothing. Equal meshes are linked
rather than copied. Prints a line of JSON: the seconds of each scene, start-up and reading its scenes left out.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import sys
import time
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import OpenEXR

from pipeline.render.bproc import blenderproc as bproc
from pipeline.render.bproc import quiet, start
from pipeline.render.color import srgb_to_linear
from pipeline.render.environment import turned
from pipeline.scene import Environment, Light, Material, Mesh, Scene

# BlenderProc 2.8 still calls it what NumPy 1 did.
vars(np)["string_"] = np.bytes_


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("scenes", type=Path, help="pickled list of pipeline.scene.Scene")
    arguments.add_argument("output", type=Path)
    arguments.add_argument("--samples", type=int, required=True)
    arguments.add_argument("--bounces", type=int)
    options = arguments.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    scenes = pickle.loads(options.scenes.read_bytes())
    skies = [save_sky(scene, options.output / f"sky_{number}.exr") for number, scene in enumerate(scenes)]
    folder = start()  # what bproc.init() does; see pipeline.render.bproc for why it is not called itself
    seconds = []
    with quiet():
        bproc.renderer.set_max_amount_of_samples(options.samples)
        bproc.renderer.set_output_format("OPEN_EXR", 32, view_transform="Raw")
        if options.bounces is not None:
            bounces = options.bounces
            bproc.renderer.set_light_bounces(bounces, bounces, 0, bounces, bounces, 8, 0)
        bproc.renderer.enable_depth_output(activate_antialiasing=False)
        bproc.renderer.enable_segmentation_output(map_by=["category_id", "instance"], default_values={"category_id": 0})
        for number, (scene, sky) in enumerate(zip(scenes, skies, strict=True)):
            since = time.perf_counter()
            bproc.clean_up(clean_up_camera=True)
            build(scene, sky)
            nodes = enable_normals()
            data = bproc.renderer.render()
            bproc.writer.write_hdf5(str(options.output), data, append_to_existing_output=True)
            seconds.append(time.perf_counter() - since)
            for node in nodes:
                bpy.context.scene.node_tree.nodes.remove(node)
            np.save(options.output / f"radiance_{number}.npy", data["colors"][0][..., :3].astype(np.float32))
    folder.cleanup()
    print(json.dumps(seconds))
    sys.stdout.flush()
    os._exit(0)  # the interpreter crashes on its way out after `import bpy`


def enable_normals() -> list[Any]:
    """Normals of the camera as it stands: the call fixes its pose, so it is made anew for each. Returns its nodes."""
    bpy.context.scene.use_nodes = True
    before = set(bpy.context.scene.node_tree.nodes)
    bproc.renderer.enable_normals_output()
    return [node for node in bpy.context.scene.node_tree.nodes if node not in before]


def build(scene: Scene, sky: Path | None) -> None:
    """The scene through BlenderProc's API."""
    first: dict[int, Any] = {}
    materials: dict[int, Any] = {}
    images: dict[tuple[int, str], Any] = {}
    for instance, thing in enumerate(scene.objects, start=1):
        for part in thing.parts:
            if id(part) in first:
                block = first[id(part)].duplicate(linked=True)
            else:
                block = first[id(part)] = bproc.object.create_with_empty_mesh(thing.name)
                fill(block, part.mesh)
                if id(part.material) not in materials:
                    materials[id(part.material)] = material(part.material, images)
                block.replace_materials(materials[id(part.material)])
            block.set_local2world_mat(thing.pose)
            block.set_cp("category_id", scene.classes.index(thing.category))
            block.blender_obj.pass_index = instance
            block.blender_obj.visible_shadow = part.material.casts_shadow
    for lamp in scene.lights:
        light(lamp)
    if sky is None:
        bproc.renderer.set_world_background(list(scene.background))
    else:
        bpy.context.scene.world.use_nodes = True
        bproc.world.set_world_background_hdr_img(str(sky))
    camera = scene.camera
    bproc.camera.set_intrinsics_from_K_matrix(camera.intrinsics.tolist(), camera.width, camera.height, 0.01, 1000.0)
    pose = bproc.math.change_source_coordinate_frame_of_transformation_matrix(camera.pose, ["X", "-Y", "-Z"])
    bproc.camera.add_camera_pose(pose)


def fill(block: Any, mesh: Mesh) -> None:
    """Triangles, texture coordinates and smooth normals."""
    data = block.get_mesh()
    data.from_pydata(mesh.vertices.tolist(), [], mesh.faces.tolist())
    if mesh.uv is not None:
        data.uv_layers.new(name="uv").data.foreach_set("uv", mesh.uv[mesh.faces].astype(np.float32).ravel())
    block.set_shading_mode("flat" if mesh.normals is None else "smooth")
    if mesh.normals is not None:
        data.normals_split_custom_set_from_vertices(mesh.normals.astype(np.float32))
    data.update()


def material(look: Material, images: dict[tuple[int, str], Any]) -> Any:
    """A Principled BSDF with its maps."""
    block = bproc.material.create(look.name)
    color = [*srgb_to_linear(look.color).tolist(), 1.0]
    block.set_principled_shader_value("Base Color", color)
    block.set_principled_shader_value("Roughness", look.roughness)
    block.set_principled_shader_value("Metallic", look.metallic)
    if any(look.emission):
        block.set_principled_shader_value("Emission Color", [*look.emission, 1.0])
        block.set_principled_shader_value("Emission Strength", 1.0)
    if look.texture is not None:
        product = block.new_node("ShaderNodeVectorMath")
        product.operation = "MULTIPLY"
        product.inputs[1].default_value = color[:3]
        block.link(texels(block, look.texture, "sRGB", images), product.inputs[0])
        block.set_principled_shader_value("Base Color", product.outputs[0])
    for name, factor, pixels in (
        ("Roughness", look.roughness, look.roughness_map),
        ("Metallic", look.metallic, look.metallic_map),
    ):
        if pixels is not None:
            scaled = block.new_node("ShaderNodeMath")
            scaled.operation = "MULTIPLY"
            scaled.inputs[1].default_value = factor
            block.link(texels(block, pixels, "Non-Color", images), scaled.inputs[0])
            block.set_principled_shader_value(name, scaled.outputs[0])
    if look.normal_map is not None:
        bent = block.new_node("ShaderNodeNormalMap")
        block.link(texels(block, look.normal_map, "Non-Color", images), bent.inputs["Color"])
        block.set_principled_shader_value("Normal", bent.outputs["Normal"])
    return block


def texels(block: Any, pixels: Any, space: str, images: dict[tuple[int, str], Any]) -> Any:
    """The colour output of a texture node; an image is loaded once a scene."""
    key = id(pixels), space
    if key not in images:
        height, width = pixels.shape[:2]
        flat = np.ones((height, width, 4), np.float32)
        flat[..., :3] = (pixels if pixels.ndim == 3 else pixels[..., None])[::-1] / np.float32(255.0)
        images[key] = bpy.data.images.new("texture", width, height, alpha=False)
        images[key].colorspace_settings.name = space
        images[key].pixels.foreach_set(flat.ravel())
    node = block.new_node("ShaderNodeTexImage")
    node.image = images[key]
    return node.outputs["Color"]


def light(lamp: Light) -> None:
    """A lamp that is not seen itself, as ours."""
    block = bproc.types.Light({"sun": "SUN", "area": "AREA", "point": "POINT"}[lamp.kind])
    block.set_local2world_mat(lamp.pose)
    block.set_energy(lamp.power)
    block.set_color(list(lamp.color))
    data = block.blender_obj.data
    if lamp.kind == "sun":
        data.angle = lamp.size_m[0]
    elif lamp.kind == "area":
        data.shape, data.size, data.size_y = "RECTANGLE", *lamp.size_m
    else:
        data.shadow_soft_size = lamp.size_m[0]
    block.blender_obj.visible_camera = False


def save_sky(scene: Scene, file: Path) -> Path | None:
    """The panorama as the file that BlenderProc loads; None for an even background."""
    if not isinstance(scene.background, Environment):
        return None
    channels = {name: np.ascontiguousarray(turned(scene.background)[..., i]) for i, name in enumerate("RGB")}
    OpenEXR.File({"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}, channels).write(str(file))
    return file


if __name__ == "__main__":
    main()

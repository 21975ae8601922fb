"""Scene -> Blender's data blocks: meshes, materials, lights, world and camera of one view."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from mathutils import Matrix
from numpy.typing import NDArray

from pipeline.render.bproc import blenderproc
from pipeline.render.color import srgb_to_linear
from pipeline.render.environment import as_image
from pipeline.scene import Camera, Environment, Light, Material, Mesh, Scene

UV = "uv"
"""What every mesh calls its texture coordinates."""


def build(scene: Scene) -> None:
    """Put the scene into an empty Blender (see `clear`). An object's pass index is its instance id."""
    meshes: dict[int, Any] = {}
    materials: dict[int, Any] = {}
    images: dict[tuple[int, str], Any] = {}
    for instance, thing in enumerate(scene.objects, start=1):
        for part in thing.parts:
            if not len(part.mesh.faces):
                continue
            # Equal boxes are one part in many places: Cycles then keeps its triangles once.
            if id(part) not in meshes:
                mesh = meshes[id(part)] = _mesh(part.mesh)
                key = id(part.material)
                if key not in materials:
                    materials[key] = _material(part.material, images)
                mesh.materials.append(materials[key])
            block = bpy.data.objects.new(thing.name, meshes[id(part)])
            block.matrix_world = Matrix(thing.pose)  # a nested list would be read column by column
            block.pass_index = instance
            block.visible_shadow = part.material.casts_shadow
            bpy.context.scene.collection.objects.link(block)
    if not materials:  # BlenderProc refuses to render a scene without a mesh, even one that shows only sky
        bpy.context.scene.collection.objects.link(bpy.data.objects.new("nothing", bpy.data.meshes.new("nothing")))
    for light in scene.lights:
        _light(light)
    _background(scene.background)
    _camera(scene.camera)


def clear() -> None:
    """Remove every mesh, image, material, light and picture from Blender."""
    data = bpy.data
    # In one go: Blender looks through all that is left for users of what it removes, once a call.
    data.batch_remove([*data.objects, *data.meshes, *data.materials, *data.images, *data.lights])
    blenderproc.clean_up(clean_up_camera=True)
    bpy.ops.outliner.orphans_purge(do_recursive=True)


def _background(background: tuple[float, float, float] | Environment) -> None:
    """One colour all round, or a panorama."""
    if not isinstance(background, Environment):
        blenderproc.renderer.set_world_background([float(channel) for channel in background])
        return
    world = bpy.context.scene.world
    world.use_nodes = True
    nodes, links = world.node_tree.nodes, world.node_tree.links
    pixels = as_image(background)
    height, width = pixels.shape[:2]
    block = bpy.data.images.new("sky", width, height, alpha=False, float_buffer=True)
    block.colorspace_settings.name = "Linear Rec.709"
    block.pixels.foreach_set(np.concatenate([pixels, np.ones((height, width, 1), np.float32)], 2).ravel())
    block.update()
    picture = nodes.new("ShaderNodeTexEnvironment")
    picture.image = block
    links.new(picture.outputs["Color"], nodes["Background"].inputs["Color"])
    nodes["Background"].inputs["Strength"].default_value = 1.0


def _mesh(mesh: Mesh) -> Any:
    count = len(mesh.faces)
    block = bpy.data.meshes.new("mesh")
    block.vertices.add(len(mesh.vertices))
    block.vertices.foreach_set("co", mesh.vertices.astype(np.float32).ravel())
    block.loops.add(count * 3)
    block.loops.foreach_set("vertex_index", mesh.faces.astype(np.int32).ravel())
    block.polygons.add(count)
    block.polygons.foreach_set("loop_start", np.arange(0, count * 3, 3, dtype=np.int32))
    if mesh.uv is not None:
        layer = block.uv_layers.new(name=UV)
        layer.uv.foreach_set("vector", mesh.uv[mesh.faces].astype(np.float32).ravel())
    block.update(calc_edges=True)
    if mesh.normals is None:
        block.shade_flat()
    else:
        block.shade_smooth()
        block.normals_split_custom_set_from_vertices(mesh.normals.astype(np.float32))
    return block


def _material(material: Material, images: dict[tuple[int, str], Any]) -> Any:
    """Principled BSDF; base colour = texture * colour, both in linear light; roughness and metallic times their maps."""
    block = bpy.data.materials.new(material.name)
    block.use_nodes = True
    nodes, links = block.node_tree.nodes, block.node_tree.links
    shader = nodes["Principled BSDF"]
    color = (*srgb_to_linear(material.color).tolist(), 1.0)
    shader.inputs["Base Color"].default_value = color
    shader.inputs["Roughness"].default_value = material.roughness
    shader.inputs["Metallic"].default_value = material.metallic
    if any(material.emission):
        shader.inputs["Emission Color"].default_value = (*material.emission, 1.0)
        shader.inputs["Emission Strength"].default_value = 1.0
        if not material.casts_shadow:
            # Rays towards a lamp pass it unseen, so what lies behind its near side would shine through it as well.
            # Light that finds it by itself counts once.
            block.cycles.emission_sampling = "NONE"
    if material.texture is not None:
        product = nodes.new("ShaderNodeMix")
        product.data_type, product.blend_type = "RGBA", "MULTIPLY"
        product.inputs["Factor"].default_value = 1.0
        first, second = (socket for socket in product.inputs if socket.type == "RGBA")
        second.default_value = color
        links.new(_texels(nodes, material.texture, "sRGB", images), first)
        links.new(next(socket for socket in product.outputs if socket.type == "RGBA"), shader.inputs["Base Color"])
    for name, factor, pixels in (
        ("Roughness", material.roughness, material.roughness_map),
        ("Metallic", material.metallic, material.metallic_map),
    ):
        if pixels is not None:
            scaled = nodes.new("ShaderNodeMath")
            scaled.operation = "MULTIPLY"
            scaled.inputs[1].default_value = factor
            links.new(_texels(nodes, pixels, "Non-Color", images), scaled.inputs[0])
            links.new(scaled.outputs[0], shader.inputs[name])
    if material.normal_map is not None:
        bent = nodes.new("ShaderNodeNormalMap")  # in tangent space, by the frame of the mesh's uv
        bent.uv_map = UV
        links.new(_texels(nodes, material.normal_map, "Non-Color", images), bent.inputs["Color"])
        links.new(bent.outputs["Normal"], shader.inputs["Normal"])
    return block


def _texels(nodes: Any, pixels: NDArray[np.uint8], space: str, images: dict[tuple[int, str], Any]) -> Any:
    """The colour that an image, loaded once however many materials show it, has at the surface's uv: an output socket."""
    key = id(pixels), space
    if key not in images:
        images[key] = _image(pixels, space)
    node = nodes.new("ShaderNodeTexImage")
    node.image = images[key]
    return node.outputs["Color"]


def _image(texture: NDArray[np.uint8], space: str) -> Any:
    """An image in colour space `space` from uint8 [h, w, 3] or [h, w]."""
    height, width = texture.shape[:2]
    pixels = np.ones((height, width, 4), np.float32)
    rows = texture[::-1] / np.float32(255.0)  # Blender's first row is the lowest
    pixels[..., :3] = rows if rows.ndim == 3 else rows[..., None]
    block = bpy.data.images.new("texture", width, height, alpha=False)
    block.colorspace_settings.name = space
    block.pixels.foreach_set(pixels.ravel())
    block.update()  # not packed: Cycles reads the pixels as they lie here, and compressing them took 30 ms an image
    return block


def _light(light: Light) -> None:
    lamp = blenderproc.types.Light({"sun": "SUN", "area": "AREA", "point": "POINT"}[light.kind], light.kind)
    lamp.set_local2world_mat(light.pose)
    lamp.set_energy(light.power)
    lamp.set_color(list(light.color))
    data = lamp.blender_obj.data
    if light.kind == "sun":
        data.angle = light.size_m[0]
    elif light.kind == "area":
        data.shape = "RECTANGLE"
        data.size, data.size_y = light.size_m
    else:
        data.shadow_soft_size = light.size_m[0]
    # A lamp has no surface that labels could see; it shows in mirrors as what it is.
    lamp.blender_obj.visible_camera = False


def _camera(camera: Camera) -> None:
    """BlenderProc's K has pixel centres at integers, as ours."""
    k = camera.intrinsics
    blenderproc.camera.set_intrinsics_from_K_matrix(k.tolist(), camera.width, camera.height, 0.01, 1000.0)
    pose = blenderproc.math.change_source_coordinate_frame_of_transformation_matrix(camera.pose, ["X", "-Y", "-Z"])
    blenderproc.camera.add_camera_pose(pose, frame=0)

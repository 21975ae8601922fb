"""Grows assets with Infinigen and writes each as one textured GLB. Runs inside Infinigen's own environment.

    python infinigen_worker.py '{"jobs": [{"factory": "seating.ChairFactory", "scale": 1.0, "seed": 3, "file": "/x.glb"}],
                                 "max_faces": 6000, "texture_px": 1024}'

Prints one line of JSON per job, `{"file": ..., "faces": ..., "size_m": [x, y, z]}` or `{"file": ..., "error": ...}`.
It shares no code with the package, whose NumPy and Blender are other versions than Infinigen's: this file must import
nothing but what that environment holds.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import sys
import traceback
from typing import Any

import bpy
import numpy as np
from infinigen.core.util.math import FixedSeed

BAKED_UV = "baked"
MARGIN_PX = 8
SAMPLES = 4
ROUNDS, SLACK, DEFORMED = 3, 1.5, 0.2
"""Attempts at simplifying; faces that may be left, relative to those asked for; change of surface that is too much."""
# What a surface node says of a property: the input that holds it, or what it amounts to where it has none.
PROPERTIES: dict[str, dict[str, Any]] = {
    "color": {"BSDF_PRINCIPLED": "Base Color", "": "Color"},
    "roughness": {"BSDF_DIFFUSE": 1.0, "BSDF_TRANSLUCENT": 1.0, "SUBSURFACE_SCATTERING": 1.0, "EMISSION": 1.0,
                  "BSDF_TRANSPARENT": 0.1, "": "Roughness"},
    "metallic": {"BSDF_PRINCIPLED": "Metallic", "BSDF_GLOSSY": 1.0, "BSDF_ANISOTROPIC": 1.0, "": 0.0},
}  # fmt: skip
SURFACES = {
    "BSDF_PRINCIPLED", "BSDF_DIFFUSE", "BSDF_GLOSSY", "BSDF_ANISOTROPIC", "BSDF_GLASS", "BSDF_REFRACTION", "BSDF_SHEEN",
    "BSDF_VELVET", "BSDF_TRANSLUCENT", "BSDF_TRANSPARENT", "SUBSURFACE_SCATTERING", "EMISSION", "BSDF_TOON",
}  # fmt: skip


def main() -> None:
    """Work off the jobs in the order given."""
    order = json.loads(sys.argv[1])
    for job in order["jobs"]:
        try:
            line = grow(job, order["max_faces"], order["texture_px"])
        except Exception as error:
            traceback.print_exc()
            line = {"file": job["file"], "error": f"{type(error).__name__}: {error}".splitlines()[0]}
        # Infinigen prints too; the mark tells our lines from its own.
        print("@bake " + json.dumps(line), flush=True)
    # A process that has imported bpy crashes when it exits in the ordinary way.
    sys.stdout.flush()
    os._exit(0)


def grow(job: dict[str, Any], max_faces: int, texture_px: int) -> dict[str, Any]:
    """One asset, from its seed to its file."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    module, name = job["factory"].rsplit(".", 1)
    factory_class = getattr(importlib.import_module(f"infinigen.assets.objects.{module}"), name)
    seed = job["seed"]
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  (Infinigen draws from the global state)
    with FixedSeed(seed):
        factory = factory_class(seed)
        asset = factory.spawn_asset(0)
        if hasattr(factory, "finalize_assets"):
            factory.finalize_assets(asset)
    mesh = joined(asset)
    simplify(mesh, max_faces)
    stand(mesh, job["scale"])
    maps = bake(mesh, texture_px)
    dress(mesh, maps)
    export(mesh, job["file"])
    size = np.ptp(corners(mesh), axis=0)
    return {"file": job["file"], "faces": len(mesh.data.polygons), "size_m": [round(float(s), 4) for s in size]}


def joined(asset: Any) -> bpy.types.Object:
    """Everything under `asset` as one mesh of triangles in world coordinates, modifiers and instances made real."""
    roots = asset if isinstance(asset, (list, tuple)) else [asset]
    wanted = {thing for root in roots for thing in (root, *root.children_recursive)}
    view = bpy.context.evaluated_depsgraph_get()
    pieces = []
    for instance in view.object_instances:
        source = instance.object.original
        owner = instance.parent.original if instance.is_instance and instance.parent else source
        if owner not in wanted or instance.object.type not in ("MESH", "CURVE", "SURFACE"):
            continue
        if owner.hide_render:
            continue
        data = bpy.data.meshes.new_from_object(instance.object, preserve_all_data_layers=True, depsgraph=view)
        data.transform(instance.matrix_world)
        if len(data.polygons):
            pieces.append(bpy.data.objects.new("piece", data))
    if not pieces:
        raise ValueError("the factory made no faces")
    for thing in list(bpy.context.scene.objects):
        bpy.data.objects.remove(thing, do_unlink=True)
    for piece in pieces:
        bpy.context.scene.collection.objects.link(piece)
    select(*pieces)
    if len(pieces) > 1:
        bpy.ops.object.join()
    mesh = bpy.context.view_layer.objects.active
    if not mesh.material_slots:
        mesh.data.materials.append(None)
    for slot in mesh.material_slots:
        if slot.material is None:
            slot.material = bpy.data.materials.new("plain")
        slot.material.use_nodes = True
    return mesh


def select(*things: bpy.types.Object) -> None:
    """Make `things` the selection, the first one active."""
    for other in bpy.context.scene.objects:
        other.select_set(other in things)
    bpy.context.view_layer.objects.active = things[0]


def simplify(mesh: bpy.types.Object, max_faces: int) -> None:
    """Triangles only, about `max_faces` of them. Raises ValueError where that would leave something else than the asset."""
    select(mesh)
    apply(mesh, "TRIANGULATE")
    before = area(mesh)
    for k in range(ROUNDS):
        if k:
            # Seams keep edges from collapsing, so what lies within a hair's breadth becomes one vertex.
            apply(mesh, "WELD", merge_threshold=1e-4 * float(np.ptp(corners(mesh), axis=0).max()))
        count = len(mesh.data.polygons)
        if count > max_faces:
            apply(mesh, "DECIMATE", ratio=max_faces / count, use_collapse_triangulate=True)
        if len(mesh.data.polygons) <= SLACK * max_faces:
            break
    else:
        raise ValueError(f"{len(mesh.data.polygons)} faces are left of it, more than {max_faces}")
    if abs(area(mesh) / before - 1.0) > DEFORMED:
        raise ValueError(f"its surface went from {before:.3g} to {area(mesh):.3g} m2 when it was simplified")


def area(mesh: bpy.types.Object) -> float:
    """Surface in square metres."""
    return float(sum(face.area for face in mesh.data.polygons))


def apply(mesh: bpy.types.Object, kind: str, **settings: Any) -> None:
    """Apply a modifier of a kind."""
    modifier = mesh.modifiers.new("step", kind)
    for key, value in settings.items():
        setattr(modifier, key, value)
    bpy.ops.object.modifier_apply(modifier=modifier.name)


def corners(mesh: bpy.types.Object) -> np.ndarray:
    """Vertices [V, 3]."""
    points = np.empty(3 * len(mesh.data.vertices), np.float32)
    mesh.data.vertices.foreach_get("co", points)
    return points.reshape(-1, 3)


def stand(mesh: bpy.types.Object, scale: float) -> None:
    """Scaled, its footprint centred on the origin, its underside at z = 0."""
    points = corners(mesh) * np.float32(scale)
    low, high = points.min(0), points.max(0)
    points -= [*((low + high)[:2] / 2), low[2]]
    mesh.data.vertices.foreach_set("co", points.ravel())
    mesh.data.update()


def bake(mesh: bpy.types.Object, size: int) -> dict[str, bpy.types.Image]:
    """Color, roughness, metallic and normal images of the materials, over a fresh unwrapping named BAKED_UV."""
    unwrap(mesh)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = SAMPLES
    scene.cycles.use_adaptive_sampling = scene.cycles.use_denoising = False
    scene.render.bake.margin = MARGIN_PX
    originals = [slot.material for slot in mesh.material_slots]
    images = {}
    for what in ("normal", *PROPERTIES):
        image = bpy.data.images.new(what, size, size, alpha=False)
        image.colorspace_settings.name = "sRGB" if what == "color" else "Non-Color"
        for slot, original in zip(mesh.material_slots, originals, strict=True):
            slot.material = original.copy()
            tree = slot.material.node_tree
            if what != "normal":
                as_emission(tree, what)
            target = tree.nodes.new("ShaderNodeTexImage")
            target.image = image
            for node in tree.nodes:
                node.select = node is target
            tree.nodes.active = target
        select(mesh)
        if what == "normal":
            bpy.ops.object.bake(type="NORMAL", normal_space="TANGENT")
        else:
            bpy.ops.object.bake(type="EMIT")
        images[what] = image
    return images


def unwrap(mesh: bpy.types.Object) -> None:
    """A second unwrapping to bake into; the shaders go on reading the first one."""
    layers = mesh.data.uv_layers
    if len(layers) >= 8:
        layers.remove(layers[-1])
    # Layers are known by name: edit mode makes them anew, and a handle from before it points nowhere.
    shaded = next((layer.name for layer in layers if layer.active_render), BAKED_UV)
    layers.new(name=BAKED_UV, do_init=False)
    layers.active = layers[BAKED_UV]
    select(mesh)
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.uv.smart_project(angle_limit=1.15, island_margin=0.002)
    bpy.ops.object.mode_set(mode="OBJECT")
    layers = mesh.data.uv_layers
    layers[shaded].active_render = True
    layers.active = layers[BAKED_UV]


def as_emission(tree: bpy.types.NodeTree, what: str) -> None:
    """Let every surface node of `tree` glow with one of its properties; mixtures of surfaces then mix that property."""
    for node in list(tree.nodes):
        if node.type == "GROUP" and node.node_tree is not None:
            if any(socket.type == "SHADER" for socket in node.outputs):
                node.node_tree = node.node_tree.copy()
                as_emission(node.node_tree, what)
        elif node.type == "OUTPUT_MATERIAL":
            for name in ("Volume", "Displacement"):
                for link in list(node.inputs[name].links):
                    tree.links.remove(link)
        elif node.type in SURFACES:
            glow = tree.nodes.new("ShaderNodeEmission")
            rule = PROPERTIES[what].get(node.type, PROPERTIES[what][""])
            if isinstance(rule, str):
                source = node.inputs.get(rule)
                if source is None:
                    glow.inputs["Color"].default_value = (0.5, 0.5, 0.5, 1.0)
                elif source.is_linked:
                    tree.links.new(source.links[0].from_socket, glow.inputs["Color"])
                else:
                    value = source.default_value
                    flat = tuple(value)[:3] if hasattr(value, "__len__") else (value,) * 3
                    glow.inputs["Color"].default_value = (*flat, 1.0)
            else:
                glow.inputs["Color"].default_value = (rule, rule, rule, 1.0)
            for link in list(node.outputs[0].links):
                tree.links.new(glow.outputs[0], link.to_socket)


def dress(mesh: bpy.types.Object, maps: dict[str, bpy.types.Image]) -> None:
    """One material of the baked maps in place of all others, and no unwrapping but the baked one."""
    size = maps["color"].size[0]
    pixels = {name: np.empty(4 * size * size, np.float32) for name in ("roughness", "metallic")}
    for name, flat in pixels.items():
        maps[name].pixels.foreach_get(flat)
    packed = np.ones((size * size, 4), np.float32)
    # glTF: green is roughness, blue is metalness.
    packed[:, 1] = pixels["roughness"].reshape(-1, 4)[:, 0]
    packed[:, 2] = pixels["metallic"].reshape(-1, 4)[:, 0]
    surface = bpy.data.images.new("surface", size, size, alpha=False)
    surface.colorspace_settings.name = "Non-Color"
    surface.pixels.foreach_set(packed.ravel())
    material = bpy.data.materials.new("baked")
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    shader = nodes["Principled BSDF"]
    color, both, bump = (texture(nodes, image) for image in (maps["color"], surface, maps["normal"]))
    split, tangent = nodes.new("ShaderNodeSeparateColor"), nodes.new("ShaderNodeNormalMap")
    links.new(color.outputs["Color"], shader.inputs["Base Color"])
    links.new(both.outputs["Color"], split.inputs["Color"])
    links.new(split.outputs["Green"], shader.inputs["Roughness"])
    links.new(split.outputs["Blue"], shader.inputs["Metallic"])
    links.new(bump.outputs["Color"], tangent.inputs["Color"])
    links.new(tangent.outputs["Normal"], shader.inputs["Normal"])
    mesh.data.materials.clear()
    mesh.data.materials.append(material)
    for layer in [layer.name for layer in mesh.data.uv_layers if layer.name != BAKED_UV]:
        mesh.data.uv_layers.remove(mesh.data.uv_layers[layer])
    for attribute in [a.name for a in mesh.data.color_attributes]:
        mesh.data.color_attributes.remove(mesh.data.color_attributes[attribute])


def texture(nodes: bpy.types.Nodes, image: bpy.types.Image) -> bpy.types.Node:
    """A texture node for an image, which is packed so that the exporter finds it."""
    image.pack()
    node = nodes.new("ShaderNodeTexImage")
    node.image = image
    return node


def export(mesh: bpy.types.Object, file: str) -> None:
    """A GLB under its final name only once it is whole."""
    select(mesh)
    partial = f"{file}.partial.glb"
    bpy.ops.export_scene.gltf(
        filepath=partial, export_format="GLB", use_selection=True, export_animations=False, export_morph=False,
        export_skins=False, export_yup=True, export_image_format="AUTO",
    )  # fmt: skip
    os.replace(partial, file)


if __name__ == "__main__":
    main()

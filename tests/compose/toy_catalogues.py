"""Catalogues of a few faces, written by trimesh and OpenCV, for tests."""

from __future__ import annotations

import zipfile
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
import trimesh
from PIL import Image

HALVES = np.zeros((8, 8, 3), np.uint8)
"""Upper half red, lower half blue."""
HALVES[:4], HALVES[4:] = (200, 20, 20), (20, 20, 200)


def block(low: tuple[float, float, float], high: tuple[float, float, float]) -> trimesh.Trimesh:
    """A box from corner to corner, y up as files have it."""
    return trimesh.creation.box(bounds=np.array([low, high]))


def chair(scale: float = 1.0) -> trimesh.Trimesh:
    """A chair whose front looks along +z, y up: a seat at 0.45, a back rest at its rear, four legs."""
    legs = [block((x, 0, z), (x + 0.04, 0.42, z + 0.04)) for x in (-0.2, 0.16) for z in (-0.2, 0.16)]
    seat, back = block((-0.2, 0.42, -0.2), (0.2, 0.45, 0.2)), block((-0.2, 0.45, -0.2), (0.2, 0.9, -0.17))
    return trimesh.util.concatenate([seat, back, *legs]).apply_scale(scale)


def table() -> trimesh.Trimesh:
    """A table 1.2 x 0.6 m, its top at 0.74."""
    legs = [block((x, 0, z), (x + 0.05, 0.7, z + 0.05)) for x in (-0.6, 0.55) for z in (-0.3, 0.25)]
    return trimesh.util.concatenate([block((-0.6, 0.7, -0.3), (0.6, 0.74, 0.3)), *legs])


def obj(mesh: trimesh.Trimesh, material: str = "") -> str:
    """Wavefront text of a mesh, in one material."""
    lines = [f"mtllib m.mtl\nusemtl {material}"] if material else []
    lines += ["v {} {} {}".format(*v) for v in mesh.vertices] + ["f {} {} {}".format(*(f + 1)) for f in mesh.faces]
    return "\n".join(lines) + "\n"


def card(path: Path, width: float = 0.4, height: float = 0.4) -> None:
    """An upright textured slab as GLB: HALVES on its front, first row on top."""
    corners = np.array([[-1, 0, 0], [1, 0, 0], [1, 2, 0], [-1, 2, 0]]) * [width / 2, height / 2, 1]
    vertices = np.concatenate([corners, corners - [0, 0, 0.05]])
    faces = [
        [0, 1, 2],
        [0, 2, 3],
        [5, 4, 7],
        [5, 7, 6],
        [4, 0, 3],
        [4, 3, 7],
        [1, 5, 6],
        [1, 6, 2],
        [3, 2, 6],
        [3, 6, 7],
        [4, 5, 1],
        [4, 1, 0],
    ]
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]] * 2, float)
    rough = np.zeros((4, 4, 3), np.uint8)
    rough[..., 1], rough[..., 2] = 128, 255
    material = trimesh.visual.material.PBRMaterial(
        name="oak",
        baseColorTexture=Image.fromarray(HALVES),
        metallicRoughnessTexture=Image.fromarray(rough),
        normalTexture=Image.fromarray(np.full((4, 4, 3), (128, 128, 255), np.uint8)),
        metallicFactor=0.5,
        roughnessFactor=0.8,
    )
    visual = trimesh.visual.TextureVisuals(uv=uv, material=material)
    trimesh.Trimesh(vertices, faces, visual=visual, process=False).export(path)


def sh3f(path: Path, licence: str = "Creative Commons Attribution 3.0 license", **more: str) -> Path:
    """A catalogue of a chair, a broken table, a door and a lamp; `more` are further properties of the chair (number 1)."""
    models = {
        "id=Toys#Toys\nname=Toys\nlicense=" + licence: "",
        "1": "id#1=Toys#redChair\nname#1=Chair\ncategory#1=Living room\nmodel#1=/toys/chair/chair.obj\nwidth#1=50\ndepth#1=60\n"
        "height#1=100\ndoorOrWindow#1=false\ncreator#1=J\\u00f3zef\n" + "".join(f"{k}#1={v}\n" for k, v in more.items()),
        "2": "id#2=Toys#table\nname#2=Table\ncategory#2=Living room\nmodel#2=/toys/table/table.obj\nwidth#2=140\ndepth#2=80\nheight#2=75\n",
        "3": "id#3=Toys#door\nname#3=Door\ncategory#3=Doors and windows\nmodel#3=/toys/chair/chair.obj\nwidth#3=90\ndepth#3=10\nheight#3=210\ndoorOrWindow#3=true\n",
    }  # fmt: skip
    text = "\n".join(value or key for key, value in models.items())
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("PluginFurnitureCatalog.properties", text.encode("latin-1"))
        out.writestr("toys/chair/chair.obj", obj(chair(), "paint"))
        out.writestr("toys/chair/m.mtl", "newmtl paint\nKd 0.8 0.05 0.05\nKs 0.5 0.5 0.5\nNs 10\n")
        out.writestr("toys/table/table.obj", "v 0 0 nonsense\nf 1 2 3\n")
    return path


def panorama(path: Path, height: int = 64, level: float = 2.0) -> None:
    """An equirectangular picture: `level` above the horizon, a tenth of it below, one texel of 1000 in it."""
    light = np.full((height, 2 * height, 3), level, np.float32)
    light[height // 2 :] *= 0.1
    light[height // 4, height // 2] = 1000.0
    if path.suffix == ".exr":
        header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
        OpenEXR.File(header, {"RGB": light}).write(str(path))
    else:
        cv2.imwrite(str(path), light)

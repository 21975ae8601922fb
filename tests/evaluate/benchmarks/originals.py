"""Tiny benchmarks, written as their authors write theirs. Each function returns the folder that --root names."""

import json
import pickle

import cv2
import h5py
import numpy as np
import OpenEXR
import scipy.io
from pycocotools import mask as coco

PHOTO = (90, 120, 150)
"""What every picture is filled with, RGB."""


def photo(height, width):
    return np.full((height, width, 3), PHOTO, np.uint8)


def write_image(path, rgb):
    path.parent.mkdir(parents=True, exist_ok=True)
    suffix = path.suffix.lower()
    done, data = cv2.imencode(suffix, rgb[..., ::-1] if rgb.ndim == 3 else rgb)
    assert done
    path.write_bytes(data.tobytes())
    return path


def nyuv2(root, depths, test):
    """depths [N, 480, 640] metres; test: the numbers, from 1, of the test pictures."""
    with h5py.File(root / "nyu_depth_v2_labeled.mat", "w") as file:
        shots = [photo(480, 640) for _ in depths]
        for number, shot in enumerate(shots[1:], start=1):
            # No two pictures are the same.
            shot[0, :number] = 0
        file["images"] = np.stack([shot.T for shot in shots])
        file["rawDepths"] = np.stack([np.float32(depth).T for depth in depths])
        # Inpainted depth, which is not what is scored.
        file["depths"] = np.full((len(depths), 640, 480), 9.0, np.float32)
    rest = [n for n in range(1, len(depths) + 1) if n not in test]
    scipy.io.savemat(root / "splits.mat", {"testNdxs": np.array(test)[:, None], "trainNdxs": np.array(rest)[:, None]})
    return root


def kitti(root, depth_m):
    """One picture of a validation drive, one of a training drive, and one without a truth."""
    lines = []
    for drive, half in (("2011_09_26_drive_0002_sync", "val"), ("2011_09_26_drive_0009_sync", "train")):
        picture = f"2011_09_26/{drive}/image_02/data/0000000069.png"
        depth = f"{drive}/proj_depth/groundtruth/image_02/0000000069.png"
        write_image(root / picture, photo(*depth_m.shape))
        write_image(root / half / depth, np.uint16(depth_m * 256))
        lines.append(f"{picture} {depth} 721.5377")
    lines.append("2011_09_26/2011_09_26_drive_0013_sync/image_02/data/0000000000.png None 721.5377")
    (root / "eigen_test_files_with_gt.txt").write_text("\n".join(lines) + "\n")
    return root


def eth3d(root, depth_m):
    write_image(root / "office" / "images" / "dslr_images" / "DSC_0219.JPG", photo(*depth_m.shape))
    depth = root / "office" / "ground_truth_depth" / "dslr_images" / "DSC_0219.JPG"
    depth.parent.mkdir(parents=True)
    depth.write_bytes(np.asarray(depth_m, "<f4").tobytes())
    return root


def diode(root, depth_m, mask):
    picture = root / "val" / "indoors" / "scene_00021" / "scan_00189" / "00021_00189_indoors_200_010.png"
    write_image(picture, photo(*depth_m.shape))
    np.save(picture.with_name(f"{picture.stem}_depth.npy"), np.float32(depth_m)[..., None])
    np.save(picture.with_name(f"{picture.stem}_depth_mask.npy"), np.float64(mask))
    return root


def ibims(root, depth_m, invalid, transparent):
    """invalid, transparent: bool [H, W]; the file's masks are 0 there."""
    data = {
        "rgb": photo(*depth_m.shape), "depth": np.float64(depth_m), "edges": np.zeros(depth_m.shape, np.uint8),
        "calib": np.eye(3), "mask_invalid": np.uint8(~invalid), "mask_transp": np.uint8(~transparent),
    }  # fmt: skip
    scipy.io.savemat(root / "corridor_01.mat", {"data": data})
    return root


def dsine(root, outward):
    """The same normals [H, W, 3], as DSINE counts them and (0, 0, 0) for none, in all four sets."""
    size = outward.shape[:2]
    nothing = ~outward.any(-1)
    for folder, suffix, name in (("nyuv2/test", "png", "000000"), ("scannet/scene0532_00", "png", "000450"),
                                 ("ibims/ibims", "png", "corridor_01"), ("vkitti/Scene01", "jpg", "000000")):  # fmt: skip
        write_image(root / folder / f"{name}_img.{suffix}", photo(*size))
        levels = np.uint16(65535) if folder.startswith("vkitti") else np.uint8(255)
        stored = np.rint((outward + 1) / 2 * levels).astype(levels.dtype)
        stored[nothing] = 0
        if folder.startswith("ibims"):
            channels = {"RGB": np.ascontiguousarray(outward, np.float32)}
            OpenEXR.File({}, channels).write(str(root / folder / f"{name}_normal.exr"))
        else:
            write_image(root / folder / f"{name}_normal.png", stored)
    return root


def cityscapes(root, ids):
    write_image(root / "leftImg8bit/val/lindau/lindau_000000_000019_leftImg8bit.png", photo(*ids.shape))
    write_image(root / "gtFine/val/lindau/lindau_000000_000019_gtFine_labelIds.png", np.uint8(ids))
    return root


def rectangle(x, y, width, height):
    """A COCO polygon."""
    return [x, y, x + width, y, x + width, y + height, x, y + height]


def refcocog(root, polygons, sentences, as_pickle=False):
    """One picture, 40 x 30, with one object of the validation split and one of the training split."""
    write_image(root / "train2014" / "COCO_train2014_000000000001.jpg", photo(30, 40))
    refs = [
        {"ref_id": number, "ann_id": 7, "image_id": 1, "split": split, "file_name": "COCO_train2014_000000000001_7.jpg",
         "sentences": [{"sent": text, "raw": text, "sent_id": i, "tokens": text.split()} for i, text in enumerate(texts)]}
        for number, (split, texts) in enumerate([("val", sentences), ("train", ["the other one"])])
    ]  # fmt: skip
    table = {
        "images": [{"id": 1, "file_name": "COCO_train2014_000000000001.jpg", "height": 30, "width": 40}],
        "annotations": [{"id": 7, "image_id": 1, "iscrowd": 0, "segmentation": polygons}],
    }
    folder = root / "refcocog"
    folder.mkdir()
    (folder / "instances.json").write_text(json.dumps(table))
    if as_pickle:
        (folder / "refs(umd).p").write_bytes(pickle.dumps(refs))
    else:
        (folder / "refs(umd).json").write_text(json.dumps(refs))
    return root


def reasonseg(root, shapes, text, sentence, encoding="utf-8"):
    """shapes: (label, points) pairs on a picture of 40 x 30."""
    write_image(root / "val" / "1.jpg", photo(30, 40))
    table = {
        "text": [text, "a second wording"],
        "is_sentence": sentence,
        "shapes": [{"label": label, "points": points} for label, points in shapes],
    }
    (root / "val" / "1.json").write_bytes(json.dumps(table, ensure_ascii=False).encode(encoding))
    return root


def saco(root, subset, drawings, exhaustive=(1, 1, 1)):
    """drawings: of each of three people, for each phrase, masks bool [H, W]; phrase number n asks for "thing n"."""
    write_image(root / "metaclip-images" / "1" / "picture.jpeg", photo(30, 40))
    (root / "annotations").mkdir(exist_ok=True)
    for person, phrases, whole in zip("abc", drawings, exhaustive, strict=True):
        images = [
            {"id": 10 + n, "file_name": "1/picture.jpeg", "text_input": f"thing {n}", "width": 40, "height": 30,
             "is_instance_exhaustive": whole}
            for n in range(len(phrases))
        ]  # fmt: skip
        annotations = []
        for n, masks in enumerate(phrases):
            for mask in masks:
                code = coco.encode(np.asfortranarray(mask, np.uint8))
                code["counts"] = code["counts"].decode()
                annotations.append({"id": len(annotations), "image_id": 10 + n, "segmentation": code, "iscrowd": 0})
        table = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "object"}]}
        (root / "annotations" / f"gold_{subset}_merged_{person}_release_test.json").write_text(json.dumps(table))
    return root

import io
import json
import os
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO

from pipeline.errors import ConfigError
from pipeline.export import bop, folder, views
from pipeline.export.coco import export_coco
from pipeline.export.edit_pairs import export_edit_pairs
from pipeline.export.hypersim import export_hypersim
from pipeline.shards.read import CorpusError, read_rows, read_samples
from pipeline.shards.retries import StoreError
from pipeline.shards.sample import TASKS, encode_image
from pipeline.shards.write import write_shard

FORMATS = ("coco", "bop", "hypersim", "edit-pairs")


@pytest.fixture(scope="module")
def samples(small_corpus):
    return list(read_samples(small_corpus, "train"))


@pytest.fixture(scope="module")
def exported(in_turn, small_corpus, tmp_path_factory):
    """Every format of the train split, by name, written by the command."""
    home = tmp_path_factory.mktemp("exports")
    for done in in_turn(*(["export", name, small_corpus, "--output", home / name] for name in FORMATS)):
        assert done.returncode == 0, done.stderr
        assert "24 views of train" in done.stdout
    return home


def things(sample):
    return [row for row in sample.meta["instances"] if row["thing"] and row["pixels"] > 0]


def picture(path):
    return np.asarray(Image.open(path))


# COCO


def test_coco_masks_are_the_visible_masks_of_every_thing(exported, samples, capsys):
    coco = COCO(str(exported / "coco" / "annotations.json"))
    assert len(coco.getImgIds()) == len(samples)
    by_name = {row["file_name"]: row for row in coco.dataset["images"]}
    seen = 0
    for sample in samples:
        row = by_name[f"{sample.key}.png"]
        assert (row["height"], row["width"]) == sample.image.shape[:2]
        np.testing.assert_array_equal(picture(exported / "coco" / "images" / row["file_name"]), sample.image)
        annotations = coco.loadAnns(coco.getAnnIds(imgIds=row["id"]))
        for annotation, thing in zip(annotations, things(sample), strict=True):
            mask = sample.exact["instance"] == thing["id"]
            np.testing.assert_array_equal(coco.annToMask(annotation).astype(bool), mask)
            assert annotation["area"] == mask.sum() == thing["pixels"]
            x0, y0, x1, y1 = thing["box"]
            assert annotation["bbox"] == [x0, y0, x1 - x0, y1 - y0]
            assert annotation["iscrowd"] == 0
            assert coco.loadCats(annotation["category_id"])[0]["name"] == thing["category"]
            assert (sample.exact["semantic"][mask] == annotation["category_id"]).all()
            seen += 1
    assert seen == len(coco.dataset["annotations"]) > len(samples)
    capsys.readouterr()


def test_coco_categories_are_the_classes_without_background(exported, small_corpus):
    classes = json.loads((small_corpus / "dataset.json").read_text())["classes"]
    written = json.loads((exported / "coco" / "annotations.json").read_text())
    assert {row["id"]: row["name"] for row in written["categories"]} == dict(list(enumerate(classes))[1:])
    assert written["info"]["description"]
    page = "https://spdx.org/licenses/CC0-1.0.html"
    assert written["licenses"] == [{"id": 1, "name": "CC0-1.0", "url": page}]
    ids = [row["id"] for row in written["annotations"]]
    assert ids == list(range(1, len(ids) + 1))


def test_coco_says_of_each_picture_the_licences_of_what_it_shows(small_corpus, tmp_path):
    corpus = tmp_path / "corpus"
    shutil.copytree(small_corpus, corpus)
    info = json.loads((corpus / "dataset.json").read_text())
    info["asset_licences"] += [
        {"source": "files:m#chair", "name": "chair", "author": "Ada", "licence": "CC-BY-4.0", "url": ""},
        {"source": "hdri:s#sky", "name": "sky", "author": "Ben", "licence": "Ask Ben", "url": ""},
    ]
    (corpus / "dataset.json").write_text(json.dumps(info))
    shown = {0: {"instances": "files:m#chair"}, 1: {"environment": "hdri:s#sky"}, 2: {"instances": "files:m#unlisted"}}
    rows = list(read_rows(corpus / "val/shard-000000.parquet"))
    for number, changes in shown.items():
        meta = json.loads(rows[number][1]["json"])
        meta["environment"] = changes.get("environment", "plantain")
        meta["instances"][0]["source"] = changes.get("instances", "plantain")
        rows[number][1]["json"] = json.dumps(meta).encode()
    write_shard(corpus / "val/shard-000000", rows, ["parquet"])
    export_coco(corpus, "val", tmp_path / "coco")
    written = json.loads((tmp_path / "coco/annotations.json").read_text())
    names = {row["id"]: row["name"] for row in written["licenses"]}
    assert [names[row["license"]] for row in written["images"]] == [
        "CC-BY-4.0 AND CC0-1.0",
        "Ask Ben AND CC0-1.0",
        "Ask Ben AND CC-BY-4.0 AND CC0-1.0",
    ]
    assert {row["url"] for row in written["licenses"]} == {""}


def test_the_same_corpus_gives_the_same_coco_file(exported, small_corpus, tmp_path):
    export_coco(small_corpus, "train", tmp_path / "again")
    again = (tmp_path / "again" / "annotations.json").read_bytes()
    assert again == (exported / "coco" / "annotations.json").read_bytes()


def test_coco_without_pycocotools_names_the_extra_and_writes_nothing(small_corpus, tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.errors.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install '\.\[export\]' in"):
        export_coco(small_corpus, "train", tmp_path / "coco")
    assert not list(tmp_path.iterdir())


# BOP


def bop_scene(path):
    return {
        name: json.loads((path / f"{name}.json").read_text()) for name in ("scene_camera", "scene_gt", "scene_gt_info")
    }


def test_bop_cameras_put_world_points_on_the_pixels_that_see_them(exported, samples):
    """Pixels lifted with BOP's depth, K and w2c give the world points that our own pose and depth give."""
    place = exported / "bop" / "train" / "000000"
    cameras = bop_scene(place)["scene_camera"]
    for frame, sample in enumerate(samples):
        camera = cameras[str(frame)]
        k = np.reshape(camera["cam_K"], (3, 3))
        rotation, shift = np.reshape(camera["cam_R_w2c"], (3, 3)), np.array(camera["cam_t_w2c"])
        np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)
        assert np.linalg.det(rotation) == pytest.approx(1.0)
        depth = picture(place / "depth" / f"{frame:06d}.png")
        assert depth.dtype == np.uint16
        near = sample.exact["depth"] < 65.535
        assert (depth[~near] == 0).all()
        v, u = np.nonzero(near)
        assert np.abs(depth[v, u] * camera["depth_scale"] - 1000.0 * sample.exact["depth"][v, u]).max() <= 0.501
        # The world point of every pixel by our own convention, projected by theirs, P = K [R | t], in millimetres.
        ours = np.linalg.inv(np.array(sample.meta["intrinsics"])) @ np.stack([u, v, np.ones_like(u)])
        ours = ours * sample.exact["depth"][v, u]
        pose = np.array(sample.meta["pose"])
        world_mm = 1000.0 * (pose[:3, :3] @ ours + pose[:3, 3:])
        projected = k @ (rotation @ world_mm + shift[:, None])
        np.testing.assert_allclose(projected[:2] / projected[2], [u, v], atol=1e-3)
        np.testing.assert_allclose(projected[2], 1000.0 * sample.exact["depth"][v, u], rtol=1e-4)


def test_bop_ground_truth_lists_the_masks_in_order_and_claims_no_pose(exported, samples, small_corpus):
    classes = json.loads((small_corpus / "dataset.json").read_text())["classes"]
    place = exported / "bop" / "train" / "000000"
    scene = bop_scene(place)
    assert len(list((place / "mask_visib").iterdir())) == sum(len(things(sample)) for sample in samples)
    for frame, sample in enumerate(samples):
        np.testing.assert_array_equal(picture(place / "rgb" / f"{frame:06d}.png"), sample.image)
        truth, info = scene["scene_gt"][str(frame)], scene["scene_gt_info"][str(frame)]
        for index, (row, about, thing) in enumerate(zip(truth, info, things(sample), strict=True)):
            assert row == {"obj_id": classes.index(thing["category"])}
            mask = picture(place / "mask_visib" / f"{frame:06d}_{index:06d}.png")
            assert set(np.unique(mask)) <= {0, 255}
            np.testing.assert_array_equal(mask == 255, sample.exact["instance"] == thing["id"])
            v, u = np.nonzero(mask)
            assert about["bbox_visib"] == [u.min(), v.min(), u.max() - u.min(), v.max() - v.min()]
            assert about["px_count_visib"] == len(u)
            assert about["visib_fract"] == thing["visible_fraction"]
    assert "cam_R_m2c" in (exported / "bop" / "README.md").read_text()


def test_bop_scenes_hold_a_bounded_number_of_views(small_corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(bop, "VIEWS_A_SCENE", 10)
    bop.export_bop(small_corpus, "train", tmp_path / "bop")
    sizes = [len(bop_scene(path)["scene_camera"]) for path in sorted((tmp_path / "bop" / "train").iterdir())]
    assert sizes == [10, 10, 4]
    for path in (tmp_path / "bop" / "train").iterdir():
        assert len(list((path / "rgb").iterdir())) == len(bop_scene(path)["scene_gt"])


def test_depth_past_sixteen_bits_is_nothing_and_not_wrapped_around():
    depth = np.array([[0.5, 1.2344, 65.535, 65.6, np.inf]], np.float32)
    np.testing.assert_array_equal(views.depth_mm(depth), [[500, 1234, 65535, 0, 0]])


# Marigold's Hypersim


class MarigoldLoader:
    """What Marigold's depth and normals datasets do to a line of their list, from a folder or a tar."""

    def __init__(self, filenames, dataset_dir):
        self.rows = [line.split() for line in filenames.read_text().splitlines()]
        self.home = dataset_dir
        self.tar = tarfile.open(dataset_dir) if dataset_dir.is_file() else None  # noqa: SIM115

    def open(self, name):
        return io.BytesIO(self.tar.extractfile("./" + name).read()) if self.tar else (self.home / name).open("rb")

    def rgb(self, index):
        return np.transpose(np.asarray(Image.open(self.open(self.rows[index][0]))), (2, 0, 1)).astype(int)

    def depth_m(self, index):
        """Depth and the mask of 1e-5 < depth < 65 m."""
        depth = np.asarray(Image.open(self.open(self.rows[index][1]))) / 1000.0
        depth = depth.squeeze().astype(np.float32)[None]
        return depth, (depth > 1e-5) & (depth < 65.0)

    def normals(self, index):
        with self.open(self.rows[index][1]) as file:
            return np.transpose(np.load(file), (2, 0, 1)).astype(np.float32)


@pytest.mark.parametrize("packed", [False, True])
def test_marigold_reads_our_depth_and_normals(exported, samples, tmp_path, packed):
    home = exported / "hypersim" / "train"
    where = home
    if packed:
        where = tmp_path / "processed.tar"
        with tarfile.open(where, "w") as tar:
            tar.add(home, arcname=".")
    depths = MarigoldLoader(home / "filename_list_train.txt", where)
    normals = MarigoldLoader(home / "hypersim_filtered_train.txt", where)
    assert len(depths.rows) == len(normals.rows) == len(samples)
    for index, sample in enumerate(samples):
        np.testing.assert_array_equal(depths.rgb(index), sample.image.transpose(2, 0, 1))
        np.testing.assert_array_equal(normals.rgb(index), sample.image.transpose(2, 0, 1))
        depth, valid = depths.depth_m(index)
        true = sample.exact["depth"]
        np.testing.assert_array_equal(valid[0], true < 65.0)
        assert np.abs(depth[0] - true)[valid[0]].max() <= 0.00051
        np.testing.assert_array_equal(normals.normals(index), sample.exact["normals"].transpose(2, 0, 1))


def test_hypersim_files_have_hypersim_names(exported, samples):
    first = (exported / "hypersim" / "train" / "filename_list_train.txt").read_text().splitlines()[0]
    key, frame = samples[0].key, f"cam_00_fr{samples[0].meta['index']:04d}.png"
    assert first == f"{key}/rgb_{frame} {key}/depth_plane_{frame}"


def test_exported_normals_point_right_up_and_to_the_viewer(exported, samples):
    """Hypersim: +x right, +y up, +z away from where the camera looks. Normals of the depth itself must agree."""
    home = exported / "hypersim" / "train"
    loader = MarigoldLoader(home / "hypersim_filtered_train.txt", home)
    agree = []
    for index, sample in enumerate(samples):
        v, u = np.mgrid[: sample.image.shape[0], : sample.image.shape[1]]
        rays = np.linalg.inv(np.array(sample.meta["intrinsics"])) @ np.stack([u.ravel(), v.ravel(), np.ones(u.size)])
        points = (rays * np.where(np.isfinite(sample.exact["depth"]), sample.exact["depth"], 0).ravel()).T
        points = points.reshape(*u.shape, 3) * [1, -1, -1]
        right, down = points[1:-1, 2:] - points[1:-1, :-2], points[2:, 1:-1] - points[:-2, 1:-1]
        normal = np.cross(down, right)
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-12
        same = np.zeros(normal.shape[:2], bool)
        ids = sample.exact["instance"]
        for dv, du in ((0, 1), (2, 1), (1, 0), (1, 2)):
            same |= ids[dv : dv + normal.shape[0], du : du + normal.shape[1]] != ids[1:-1, 1:-1]
        inside = ~same & (ids[1:-1, 1:-1] > 0)
        theirs = loader.normals(index).transpose(1, 2, 0)[1:-1, 1:-1]
        agree.append(np.einsum("...i,...i", normal, theirs)[inside])
    assert np.median(np.concatenate(agree)) > 0.99


# Edit pairs


def test_edit_pairs_match_by_name_and_carry_prompt_and_target(exported, samples):
    home = exported / "edit-pairs"
    names = {f"{sample.key}_{task}" for sample in samples for task in TASKS}
    assert {path.name for path in (home / "control").iterdir()} == {f"{name}.png" for name in names}
    assert {path.name for path in (home / "target").iterdir()} == {f"{n}{s}" for n in names for s in (".png", ".txt")}
    for sample in samples[:4]:
        for task in TASKS:
            name = f"{sample.key}_{task}"
            np.testing.assert_array_equal(picture(home / "control" / f"{name}.png"), sample.image)
            np.testing.assert_array_equal(picture(home / "target" / f"{name}.png")[..., :3], sample.targets[task])
            caption = (home / "target" / f"{name}.txt").read_text()
            assert caption == " ".join(sample.meta["prompts"][task].splitlines())


def test_edit_pairs_readme_names_the_folders_in_valid_configuration(exported):
    import yaml

    home = exported / "edit-pairs"
    readme = (home / "README.md").read_text()
    backends = json.loads(readme.split("```json\n")[1].split("```")[0])
    target, control = backends[0], backends[1]
    assert (target["instance_data_dir"], control["instance_data_dir"]) == (str(home / "target"), str(home / "control"))
    assert target["conditioning_data"] == [control["id"]]
    assert control["source_dataset_id"] == target["id"]
    dataset = yaml.safe_load(readme.split("```yaml\n")[1].split("```")[0])["datasets"][0]
    assert (dataset["folder_path"], dataset["control_path"]) == (str(home / "target"), str(home / "control"))


def test_edit_pairs_of_chosen_tasks_only(in_turn, small_corpus, tmp_path):
    command = ["export", "edit-pairs", small_corpus, "--output"]
    some = [*command, tmp_path / "p", "--task", "depth", "--task", "normal", "--split", "val"]
    written, done = in_turn(some, [*command, tmp_path / "q", "--task", "flow"])
    assert written.returncode == 0, written.stderr
    assert {path.stem.rsplit("_", 1)[1] for path in (tmp_path / "p" / "control").iterdir()} == {"depth", "normal"}
    assert done.returncode == 2
    assert "flow" in done.stderr and "depth" in done.stderr
    assert not (tmp_path / "q").exists()


# All of them


def test_a_folder_that_is_not_empty_is_refused_and_never_deleted(in_turn, small_corpus, tmp_path):
    (tmp_path / "thesis.txt").write_text("precious")
    plain = [["export", name, small_corpus, "--output", tmp_path] for name in FORMATS]
    for done in in_turn(*plain, *([*command, "--overwrite"] for command in plain)):
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1 and "never deleted" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_overwrite_replaces_the_export_and_keeps_what_others_put_there(small_corpus, tmp_path):
    output = tmp_path / "x"
    export_edit_pairs(small_corpus, "train", output, tasks=["depth"])
    stray = output / "target" / "notes.md"
    stray.write_text("mine")
    with pytest.raises(ConfigError, match="--overwrite"):
        export_hypersim(small_corpus, "val", output)
    assert (output / "control").is_dir()
    export_hypersim(small_corpus, "val", output, overwrite=True)
    assert sorted(path.name for path in output.iterdir()) == [".plantain-export", "README.md", "target", "val"]
    assert [path.name for path in (output / "target").iterdir()] == ["notes.md"]
    assert stray.read_text() == "mine"


def test_what_is_in_the_way_of_an_overwrite_is_kept(small_corpus, tmp_path):
    output = tmp_path / "x"
    export_coco(small_corpus, "val", output)
    (output / "annotations.json").unlink()
    (output / "train").write_text("mine")
    (output / ".plantain-export").write_text(folder.HEADING + "../outside.txt\nannotations.json\n")
    (tmp_path / "outside.txt").write_text("mine too")
    with pytest.raises(ConfigError):
        export_hypersim(small_corpus, "train", output, overwrite=True)
    assert (output / "train").read_text() == "mine"
    assert (tmp_path / "outside.txt").read_text() == "mine too"


@pytest.mark.parametrize("name", ["coco", "bop", "hypersim"])
def test_a_corpus_without_exact_labels_is_refused_with_the_remedy(small_corpus, tmp_path, name):
    export = {"coco": export_coco, "bop": bop.export_bop, "hypersim": export_hypersim}[name]
    bare = tmp_path / "bare"
    bare.mkdir()
    for path in small_corpus.iterdir():
        if path.name != "dataset.json":
            (bare / path.name).symlink_to(path)
    info = json.loads((small_corpus / "dataset.json").read_text())
    info["config"]["exact"] = False
    (bare / "dataset.json").write_text(json.dumps(info))
    with pytest.raises(ConfigError, match=rf"--no-exact, and {name}.*generate.*--exact") as caught:
        export(bare, "train", tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()
    assert export_edit_pairs(bare, "val", tmp_path / "pairs", tasks=["depth"]) == 3


def test_an_export_that_fails_takes_away_what_it_wrote(small_corpus, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "train").mkdir()
    (broken / "dataset.json").symlink_to(small_corpus / "dataset.json")
    for path in (small_corpus / "train").iterdir():
        (broken / "train" / path.name).symlink_to(path)
    last = broken / "train" / "shard-000002.parquet"
    last.unlink()
    last.write_bytes((small_corpus / "train" / "shard-000002.parquet").read_bytes()[:2000])
    for export in (export_coco, bop.export_bop, export_hypersim, export_edit_pairs):
        with pytest.raises(CorpusError, match=r"shard-000002.*damaged"):
            export(broken, "train", tmp_path / "out")
        assert not (tmp_path / "out").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken"]


def test_a_split_that_is_not_there_is_named(in_turn, small_corpus, tmp_path):
    no_split, no_corpus = in_turn(
        ["export", "coco", small_corpus, "--output", tmp_path / "x", "--split", "dev"],
        ["export", "coco", tmp_path / "none", "--output", tmp_path / "x"],
    )
    assert no_split.returncode == no_corpus.returncode == 1
    assert "no split 'dev'" in no_split.stderr
    assert "not a corpus" in no_corpus.stderr
    assert not list(tmp_path.iterdir())


def test_an_output_that_cannot_be_written_is_named(small_corpus):
    with pytest.raises(ConfigError, match="/dev/null/x"):
        export_hypersim(small_corpus, "val", Path("/dev/null/x"))


def test_a_store_that_fails_is_not_blamed_on_the_output(small_corpus, tmp_path, monkeypatch):
    def fail(*arguments):
        raise StoreError(5, "s3://b/x/val/shard-000000.parquet: no answer")
        yield

    monkeypatch.setattr(views, "read_rows", fail)
    with pytest.raises(StoreError, match=r"^s3://b/x/val/shard-000000.parquet: no answer$"):
        export_coco(small_corpus, "val", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_jpeg_pictures_stay_jpeg_where_the_format_allows_and_become_png_where_not(samples):
    data = encode_image(samples[0].image, "jpg")
    view = views.View("k-0-1", data, ".jpg", {}, {}, {})
    assert views.image_png(view)[:4] == b"\x89PNG"
    assert views.image_png(views.View("k", b"png as it is", ".png", {}, {}, {})) == b"png as it is"


def test_control_pictures_of_one_view_share_a_file(exported, samples):
    paths = [exported / "edit-pairs" / "control" / f"{samples[0].key}_{task}.png" for task in TASKS]
    assert len({os.stat(path).st_ino for path in paths}) == 1


def test_an_interrupted_export_leaves_nothing(small_corpus, tmp_path):
    def stop(done, note, total):
        if done == 2:
            raise KeyboardInterrupt

    (tmp_path / "empty").mkdir()
    for output in (tmp_path / "new", tmp_path / "empty"):
        with pytest.raises(KeyboardInterrupt):
            export_coco(small_corpus, "train", output, on_progress=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]
    assert not list((tmp_path / "empty").iterdir())


def test_a_file_system_without_hard_links_gets_copies(small_corpus, tmp_path, monkeypatch):
    def refuse(*arguments):
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    export_edit_pairs(small_corpus, "val", tmp_path / "pairs", tasks=["depth", "normal"])
    one, two = sorted((tmp_path / "pairs" / "control").iterdir())[:2]
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_ino != two.stat().st_ino

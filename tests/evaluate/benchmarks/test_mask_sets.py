"""Cityscapes, RefCOCOg, ReasonSeg and SA-Co/Gold from files as their authors write them; paintings whose scores are known."""

import json
import shlex
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from pipeline.codecs import palettes
from pipeline.errors import ConfigError
from pipeline.evaluate.benchmarks import refcocog, saco
from pipeline.evaluate.benchmarks.cityscapes import CLASSES
from pipeline.evaluate.benchmarks.refcocog import CONVERT
from pipeline.tables import benchmark_table
from tests.evaluate.benchmarks import originals

ROAD, SKY = list(CLASSES).index("road"), list(CLASSES).index("sky")


def region(rows, columns):
    mask = np.zeros((30, 40), bool)
    mask[rows, columns] = True
    return mask


def white(mask):
    return lambda image, prompt: np.where(mask[..., None], np.uint8(255), np.uint8(0)) * np.ones(3, np.uint8)


def colored(*masks):
    """A painting of instances, each in a colour of its own."""
    painted = np.zeros((30, 40, 3), np.uint8)
    for mask, color in zip(masks, palettes.fixed(max(1, len(masks))), strict=False):
        painted[mask] = color
    return lambda image, prompt: painted


def test_cityscapes_has_19_classes_and_the_rest_is_not_scored(score, tmp_path):
    ids = np.full((30, 40), CLASSES["road"])
    ids[:10] = CLASSES["sky"]
    ids[25:] = 3  # out of roi
    road = np.full((30, 40, 3), palettes.fixed(19)[ROAD], np.uint8)
    report, painter = score("cityscapes", originals.cityscapes(tmp_path, ids), lambda image, prompt: road)
    assert len(CLASSES) == 19
    assert all(name in painter.prompts[0] for name in CLASSES)
    # Road: 15 rows of 25; sky: none of 10.
    assert report.scores["miou"] == pytest.approx((15 / 25 + 0) / 2)


def test_a_class_left_black_is_missed_but_is_no_false_positive_of_another(score, tmp_path):
    ids = np.full((30, 40), CLASSES["road"])
    ids[:10] = CLASSES["sky"]
    painted = np.zeros((30, 40, 3), np.uint8)
    painted[:10] = palettes.fixed(19)[SKY]
    report, _ = score("cityscapes", originals.cityscapes(tmp_path, ids), lambda image, prompt: painted)
    assert report.scores["miou"] == pytest.approx((1 + 0) / 2)


def test_refcocog_asks_every_sentence_of_the_validation_split_and_sums_over_them(score, tmp_path):
    root = originals.refcocog(tmp_path, [originals.rectangle(10, 10, 20, 10)], ["the left box", "the box"])
    half, all_of_it = region(slice(10, 20), slice(10, 20)), region(slice(10, 20), slice(10, 30))
    answer = lambda image, prompt: white(half if "left" in prompt else all_of_it)(image, prompt)  # noqa: E731
    report, painter = score("refcocog", root, answer)
    assert painter.prompts == [
        f"Paint {text} in white. Paint everything else black." for text in ("the left box", "the box")
    ]
    assert report.scores["ciou"] == pytest.approx((100 + 200) / (200 + 200))
    assert report.scores["giou"] == pytest.approx((0.5 + 1) / 2)


def test_an_object_of_several_polygons_is_their_union(score, tmp_path):
    polygons = [originals.rectangle(0, 0, 10, 10), originals.rectangle(5, 0, 10, 10)]
    report, _ = score(
        "refcocog", originals.refcocog(tmp_path, polygons, ["it"]), white(region(slice(0, 10), slice(0, 15)))
    )
    assert report.scores["ciou"] == 1.0


def test_references_in_a_pickle_are_not_read_and_the_error_has_the_line_that_converts_them(score, tmp_path):
    root = originals.refcocog(tmp_path, [originals.rectangle(10, 10, 20, 10)], ["the box"], as_pickle=True)
    with pytest.raises(ConfigError, match="reads no pickles") as error:
        score("refcocog", root, None)
    assert CONVERT in str(error.value)
    command = [sys.executable, *shlex.split(CONVERT)[1:]]
    subprocess.run(command, cwd=root / "refcocog", check=True)
    report, _ = score("refcocog", root, white(region(slice(10, 20), slice(10, 30))))
    assert report.scores["ciou"] == 1.0


def test_references_to_pictures_that_the_instances_lack_blame_the_instances(score, tmp_path):
    root = originals.refcocog(tmp_path, [[0, 0, 9, 0, 9, 9]], ["a thing"])
    path = root / "refcocog/instances.json"
    path.write_text(path.read_text().replace('"id": 1,', '"id": 2,'))
    with pytest.raises(ConfigError, match=r"instances.json: lacks picture 1 .*take the instances.json of refcocog.zip"):
        score("refcocog", root, colored(LEFT))


def test_a_picture_of_refcocog_that_was_resized_is_an_error(score, tmp_path):
    root = originals.refcocog(tmp_path, [originals.rectangle(10, 10, 20, 10)], ["the box"])
    originals.write_image(root / "train2014" / "COCO_train2014_000000000001.jpg", originals.photo(15, 20))
    with pytest.raises(ConfigError, match=r"000000000001.jpg: .*differ in size \(40 x 30 and 20 x 15\)"):
        score("refcocog", root, None)


def test_a_part_of_the_references_is_no_published_number(score, tmp_path, monkeypatch):
    root = originals.refcocog(tmp_path, [originals.rectangle(10, 10, 20, 10)], ["the box", "it"])
    report, _ = score("refcocog", root, white(region(slice(10, 20), slice(10, 30))))
    assert report.missing == ("2,572 of 2,573 references",)
    monkeypatch.setattr(refcocog, "REFERENCES", 1)
    report, _ = score("refcocog", root, white(region(slice(10, 20), slice(10, 30))))
    assert report.partial == ""


def test_references_of_another_split_are_an_error(score, tmp_path):
    root = originals.refcocog(tmp_path, [originals.rectangle(10, 10, 20, 10)], ["the box"])
    path = root / "refcocog" / "refs(umd).json"
    path.write_text(json.dumps([ref | {"split": "train"} for ref in json.loads(path.read_text())]))
    with pytest.raises(ConfigError, match="no reference of the split 'val'"):
        score("refcocog", root, None)


def corners(left, top, right, bottom):
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def test_reasonseg_scores_the_target_outside_of_what_is_to_be_ignored(score, tmp_path):
    shapes = [("target", corners(0, 0, 19, 9)), ("ignore", corners(20, 0, 29, 9)), ("flag", corners(0, 20, 39, 29))]
    root = originals.reasonseg(tmp_path, shapes, "the thing that holds water.", sentence=False)
    report, painter = score("reasonseg", root, white(region(slice(0, 10), slice(10, 40))))
    assert painter.prompts == ["Paint the thing that holds water in white. Paint everything else black."]
    # Found 10 of 20 columns, 10 more that are ignored, and 10 too many.
    assert report.scores["giou"] == pytest.approx(10 / 30)


def test_a_smaller_polygon_covers_a_larger_one_whatever_their_order(score, tmp_path):
    shapes = [("ignore", corners(0, 0, 9, 9)), ("target", corners(0, 0, 39, 9))]
    root = originals.reasonseg(tmp_path, shapes, "it", sentence=False)
    report, _ = score("reasonseg", root, white(region(slice(0, 10), slice(10, 40))))
    assert report.scores["giou"] == 1.0


def test_polygons_of_reasonseg_lie_on_the_picture_as_exif_turns_it(score, tmp_path):
    root = originals.reasonseg(tmp_path, [("target", corners(0, 0, 9, 9))], "it", sentence=False)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(originals.photo(40, 30)).save(root / "val/1.jpg", exif=exif)
    report, _ = score("reasonseg", root, white(region(slice(0, 10), slice(0, 10))))
    assert report.scores["giou"] == 1.0


def test_a_question_of_reasonseg_is_put_as_it_stands_and_files_from_windows_are_read(score, tmp_path):
    question = "Who’s driving? Please find them."
    root = originals.reasonseg(tmp_path, [("target", corners(0, 0, 9, 9))], question, sentence=True, encoding="cp1252")
    _, painter = score("reasonseg", root, white(region(slice(0, 10), slice(0, 10))))
    assert painter.prompts == [f"{question} Paint it in white. Paint everything else black."]


LEFT, RIGHT = region(slice(5, 25), slice(2, 16)), region(slice(5, 25), slice(22, 38))


def test_saco_counts_positive_pairs_alone_and_asks_by_the_noun_phrase(score, tmp_path):
    root = originals.saco(tmp_path, "attributes", [[[LEFT, RIGHT], []]] * 3)
    report, painter = score("saco-gold", root, colored(LEFT, RIGHT))
    assert painter.prompts == ["Instance segmentation: thing 0. Use black for the background."]
    assert report.scores["pmf1"] == 1.0


def test_of_three_peoples_masks_those_count_that_the_answer_agrees_with(score, tmp_path):
    both, one = [[LEFT, RIGHT]], [[LEFT]]
    root = originals.saco(tmp_path, "attributes", [both, one, both])
    report, _ = score("saco-gold", root, colored(LEFT))
    assert report.scores["pmf1"] == 1.0


def test_saco_is_the_mean_over_its_subsets(score, tmp_path):
    originals.saco(tmp_path, "attributes", [[[LEFT]]] * 3)
    originals.saco(tmp_path, "crowded", [[[LEFT, RIGHT]]] * 3)
    report, _ = score("saco-gold", tmp_path, colored(LEFT))
    assert report.groups == {"attributes": {"pmf1": pytest.approx(1.0)}, "crowded": {"pmf1": pytest.approx(2 / 3)}}
    assert report.scores["pmf1"] == pytest.approx((1 + 2 / 3) / 2)


def test_a_score_of_saco_without_a_subset_or_some_of_its_pairs_says_which_and_that_it_is_no_published_one(
    score, tmp_path, capsys, monkeypatch
):
    assert (len(saco.PAIRS), sum(saco.PAIRS.values())) == (7, 168_202)
    monkeypatch.setattr(saco, "PAIRS", dict.fromkeys(saco.PAIRS, 1) | {"crowded": 3})
    for subset in list(saco.PAIRS)[:5]:
        originals.saco(tmp_path, subset, [[[LEFT]]] * 3)
    report, _ = score("saco-gold", tmp_path, colored(LEFT))
    missing = ["2 of the 3 pairs of crowded", "sa1b", "wiki_common"]
    assert json.loads((report.folder / "report.json").read_text())["missing"] == missing
    benchmark_table(report)
    told = " ".join(capsys.readouterr().out.split())
    assert f"5 cases, without {', '.join(missing)}: no published number" in told
    for subset in list(saco.PAIRS)[5:]:
        originals.saco(tmp_path, subset, [[[LEFT]]] * 3)
    originals.saco(tmp_path, "crowded", [[[LEFT], [], []]] * 3)
    report, _ = score("saco-gold", tmp_path, colored(LEFT))
    assert (report.missing, report.partial) == ((), "")


def test_two_files_of_what_one_person_drew_are_an_error_that_names_both(score, tmp_path):
    root = originals.saco(tmp_path, "attributes", [[[LEFT]]] * 3)
    whole = root / "annotations/gold_attributes_merged_b_release_test.json"
    whole.with_name("gold_attributes_merged_b_test.json").write_bytes(whole.read_bytes())
    with pytest.raises(ConfigError, match=r"twice, as annotations/gold_\S+_b_release_test.json and \S+_b_test.json"):
        score("saco-gold", root, None)


def test_a_subset_of_saco_that_lacks_a_person_is_an_error_that_names_the_file(score, tmp_path):
    root = originals.saco(tmp_path, "attributes", [[[LEFT]]] * 3)
    (root / "annotations/gold_attributes_merged_b_release_test.json").unlink()
    with pytest.raises(ConfigError, match=r"subset attributes.*gold_attributes_merged_b_release_test.json"):
        score("saco-gold", root, None)


def test_a_pair_that_one_person_calls_unfinished_is_left_out(score, tmp_path):
    root = originals.saco(tmp_path, "attributes", [[[LEFT]]] * 3, exhaustive=(1, 0, 1))
    with pytest.raises(ConfigError, match="no positive pair"):
        score("saco-gold", root, None)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("cityscapes", "unpack leftImg8bit"), ("refcocog", "unpack refcocog.zip"), ("reasonseg", "unpack val.zip"),
     ("saco-gold", "fetch the annotations")],
)  # fmt: skip
def test_a_benchmark_of_masks_that_is_not_there_is_one_line_that_says_where_to_get_it(score, tmp_path, name, remedy):
    with pytest.raises(ConfigError, match=rf"--root.*{remedy}") as error:
        score(name, tmp_path, None)
    assert "\n" not in str(error.value)

"""Assets grown in a foreign environment: the bake itself in real Blender, and what happens when that environment fails."""

import json
import os
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import trimesh

from pipeline.bake import CATEGORIES, bake_infinigen, environment, infinigen_host
from pipeline.errors import ConfigError, PlantainError
from pipeline.shards.read import CorpusError

WORKER = Path(infinigen_host.__file__).parent / "infinigen_worker.py"

# A cube of which half the light is a red, rough, dull surface's and half a blue, smooth, metallic one's, inside a group.
TOY = """
    import bpy

    class ToyFactory:
        def __init__(self, seed):
            self.seed = seed

        def spawn_asset(self, i):
            if self.seed == 13:
                raise RuntimeError("an unlucky seed")
            bpy.ops.mesh.primitive_cube_add(size=0.25, location=(1.0, 2.0, 3.0))
            cube = bpy.context.active_object
            modifier = cube.modifiers.new("fine", "SUBSURF")
            modifier.subdivision_type, modifier.render_levels, modifier.levels = "SIMPLE", 4, 4
            group = bpy.data.node_groups.new("inner", "ShaderNodeTree")
            group.interface.new_socket("out", in_out="OUTPUT", socket_type="NodeSocketShader")
            surface, out = group.nodes.new("ShaderNodeBsdfPrincipled"), group.nodes.new("NodeGroupOutput")
            surface.inputs["Base Color"].default_value = (0.8, 0.0, 0.0, 1.0)
            surface.inputs["Roughness"].default_value, surface.inputs["Metallic"].default_value = 1.0, 0.0
            group.links.new(surface.outputs[0], out.inputs[0])
            material = bpy.data.materials.new("toy")
            material.use_nodes = True
            nodes, links = material.node_tree.nodes, material.node_tree.links
            other, inner, mix = nodes["Principled BSDF"], nodes.new("ShaderNodeGroup"), nodes.new("ShaderNodeMixShader")
            inner.node_tree = group
            other.inputs["Base Color"].default_value = (0.0, 0.0, 0.4, 1.0)
            other.inputs["Roughness"].default_value, other.inputs["Metallic"].default_value = 0.2, 1.0
            links.new(inner.outputs[0], mix.inputs[1])
            links.new(other.outputs[0], mix.inputs[2])
            links.new(mix.outputs[0], nodes["Material Output"].inputs["Surface"])
            cube.data.materials.append(material)
            return cube
"""


@pytest.fixture
def toy_generator(tmp_path):
    """A package that looks to the worker like Infinigen, with one generator."""
    for folder in ("infinigen/core/util", "infinigen/assets/objects"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "infinigen/core/util/math.py").write_text(
        "from contextlib import contextmanager\n@contextmanager\ndef FixedSeed(seed):\n    yield\n"
    )
    (tmp_path / "infinigen/assets/objects/toy.py").write_text(textwrap.dedent(TOY))
    return tmp_path


def test_a_mixture_of_surfaces_is_baked_as_the_mixture_of_their_properties(toy_generator, tmp_path):
    jobs = [
        {"factory": "toy.ToyFactory", "scale": 2.0, "seed": seed, "file": str(tmp_path / f"{seed}.glb")}
        for seed in (13, 1)
    ]
    order = json.dumps({"jobs": jobs, "max_faces": 400, "texture_px": 64})
    done = subprocess.run(
        [sys.executable, str(WORKER), order],
        env=os.environ | {"PYTHONPATH": str(toy_generator)}, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    answers = [json.loads(line[6:]) for line in done.stdout.splitlines() if line.startswith("@bake ")]
    assert len(answers) == 2, done.stderr
    assert answers[0]["error"] == "RuntimeError: an unlucky seed"
    assert answers[1]["size_m"] == pytest.approx([0.5, 0.5, 0.5])
    assert answers[1]["faces"] <= 400 and not (tmp_path / "13.glb").exists()
    (mesh,) = trimesh.load(tmp_path / "1.glb", force="scene").geometry.values()
    # glTF's +y is up; the footprint is centred and the underside at zero.
    assert mesh.bounds == pytest.approx(np.array([[-0.25, 0, -0.25], [0.25, 0.5, 0.25]]), abs=1e-4)
    material = mesh.visual.material
    for image, expected in (
        (material.baseColorTexture, [168, 0, 123]),  # sRGB of half of 0.8 red and half of 0.4 blue: 0.4 and 0.2
        (material.metallicRoughnessTexture, [None, 153, 128]),
        (material.normalTexture, [128, 128, 255]),
    ):
        pixels = np.asarray(image.convert("RGB"))
        uv = mesh.visual.uv[mesh.faces].mean(1)
        seen = pixels[((1 - uv[:, 1]) * len(pixels)).astype(int), (uv[:, 0] * len(pixels)).astype(int)]
        for channel, value in enumerate(expected):
            if value is not None:
                assert np.abs(seen[:, channel].astype(int) - value).max() <= 3


def _stand_in(tmp_path, monkeypatch, body):
    """A program in place of Infinigen's Python: `body` sees `jobs` and `answer(job, **facts)`."""
    program = tmp_path / "python"
    program.write_text(
        f"#!{sys.executable}\n"
        + textwrap.dedent("""
            import json, os, sys, time
            jobs = json.loads(sys.argv[2])["jobs"]
            def answer(job, **facts):
                if "error" not in facts:
                    open(job["file"], "w").close()
                print("@bake " + json.dumps({"file": job["file"]} | facts), flush=True)
            GOOD = {"faces": 12, "size_m": [1, 1, 1]}
        """)
        + textwrap.dedent(body)
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(infinigen_host, "ready_environment", lambda *_: program)


def test_an_asset_that_kills_its_process_is_passed_over_and_the_rest_are_made(tmp_path, monkeypatch):
    body = """
        for job in jobs:
            if job["file"].endswith("0002.glb"):
                os._exit(11)
            answer(job, **GOOD)
    """
    _stand_in(tmp_path, monkeypatch, body)
    baked = bake_infinigen(["chair"], 5, tmp_path / "out")
    assert [Path(file).name for file in baked.done] == [f"chair_0_000{k}.glb" for k in (0, 1, 3, 4)]
    assert len(baked.broken) == 1 and "status 11" in baked.broken[0][1]
    index = json.loads((tmp_path / "out/index.json").read_text())["assets"]
    assert [entry["category"] for entry in index] == ["chair"] * 4
    assert all(entry["licence"] == "BSD-3-Clause" and entry["author"] for entry in index)


def test_progress_counts_what_was_there_what_is_made_and_what_failed(tmp_path, monkeypatch):
    _stand_in(tmp_path, monkeypatch, "for job in jobs:\n    answer(job, **GOOD)\n")
    bake_infinigen(["chair"], 1, tmp_path / "out")
    body = """
        for job in jobs:
            answer(job, **({"error": "no luck"} if job["file"].endswith("0002.glb") else GOOD))
    """
    _stand_in(tmp_path, monkeypatch, body)
    told = []
    bake_infinigen(["chair"], 4, tmp_path / "out", advance=lambda done, file: told.append((done, file)))
    assert told == [(k + 1, f"chair/chair_0_000{k}.glb") for k in range(4)]


@pytest.mark.parametrize("spoiled", ["file", "index", "disk"])
def test_an_output_that_cannot_be_filled_is_named_before_anything_is_installed(tmp_path, monkeypatch, spoiled):
    monkeypatch.setattr(infinigen_host, "ready_environment", lambda *_: pytest.fail("installed"))
    output = tmp_path / "out"
    if spoiled == "file":
        output.write_text("not a folder")
    elif spoiled == "index":
        output.mkdir()
        (output / "index.json").symlink_to("/proc/self/mem")
    else:
        output = Path("/proc/out")
    with pytest.raises(ConfigError, match=rf"{output}(/index.json: cannot be read|: cannot write there) \("):
        bake_infinigen(["chair"], 1, output)


def test_a_cache_that_cannot_be_made_is_named_with_the_remedy(tmp_path, monkeypatch):
    (tmp_path / "cache").write_text("not a folder")
    monkeypatch.setenv("PLANTAIN_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ConfigError, match=r"cache: cannot write there \(File exists\); set PLANTAIN_CACHE"):
        environment.ready_environment("x", "x==1", tmp_path / "none.txt")


def test_an_asset_that_hangs_is_given_up(tmp_path, monkeypatch):
    hangs = tmp_path / "hangs"
    body = f"""
        for job in jobs:
            if job["file"].endswith("0000.glb"):
                open({str(hangs)!r}, "w").close()
                time.sleep(600)
            answer(job, **GOOD)
    """
    _stand_in(tmp_path, monkeypatch, body)
    # An hour goes by when it hangs, and none before: a busy machine may take its time to start a program.
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + 3600 * hangs.exists())
    monkeypatch.setattr(infinigen_host, "time", clock)
    baked = bake_infinigen(["sofa"], 2, tmp_path / "out", minutes_each=50)
    assert len(baked.done) == 1 and "took longer than 50 minutes" in baked.broken[0][1]


def test_a_second_call_makes_only_what_is_missing(tmp_path, monkeypatch):
    _stand_in(tmp_path, monkeypatch, "for job in jobs:\n    answer(job, **GOOD)\n")
    bake_infinigen(["chair"], 3, tmp_path / "out")
    _stand_in(tmp_path, monkeypatch, "assert len(jobs) == 1\nfor job in jobs:\n    answer(job, **GOOD)\n")
    (tmp_path / "out/chair/chair_0_0001.glb").unlink()
    assert len(bake_infinigen(["chair"], 3, tmp_path / "out").done) == 3


def test_a_second_bake_into_a_folder_is_refused_while_the_first_one_runs(tmp_path, monkeypatch):
    _stand_in(tmp_path, monkeypatch, "for job in jobs:\n    answer(job, **GOOD)\n")
    refused = []

    def bake_again(*_):
        with pytest.raises(CorpusError) as error:
            bake_infinigen(["sofa"], 1, tmp_path / "out")
        refused.append(str(error.value))

    baked = bake_infinigen(["chair"], 1, tmp_path / "out", advance=bake_again)
    assert refused == [f"{tmp_path}/out: another run is writing there; wait for it or name another folder"]
    assert bake_infinigen(["sofa"], 1, tmp_path / "out").done == ("sofa/sofa_0_0000.glb",)
    index = json.loads((tmp_path / "out/index.json").read_text())["assets"]
    assert [entry["file"] for entry in index] == [*baked.done, "sofa/sofa_0_0000.glb"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["bake.log", "chair", "index.json", "sofa"]


def test_what_was_made_with_other_settings_is_made_anew(tmp_path, monkeypatch):
    _stand_in(tmp_path, monkeypatch, "for job in jobs:\n    answer(job, **GOOD)\n")
    bake_infinigen(["chair"], 2, tmp_path / "out", max_faces=500)
    _stand_in(tmp_path, monkeypatch, "for job in jobs:\n    answer(job, **GOOD | {'faces': 99})\n")
    bake_infinigen(["chair"], 2, tmp_path / "out", max_faces=900)
    assert [entry["faces"] for entry in json.loads((tmp_path / "out/index.json").read_text())["assets"]] == [99, 99]


def test_when_nothing_can_be_made_the_first_failure_is_told(tmp_path, monkeypatch):
    _stand_in(tmp_path, monkeypatch, "for job in jobs:\n    answer(job, error='no luck')\n")
    with pytest.raises(PlantainError, match="not one asset could be made.*no luck"):
        bake_infinigen(["chair"], 2, tmp_path / "out")


def test_an_unknown_category_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match="--categories unicorn: .*chair"):
        infinigen_host.jobs(["unicorn"], 1, 0)


def test_more_assets_keep_the_first_ones_and_no_two_share_a_seed():
    few, many = infinigen_host.jobs(["sofa", "chair"], 2, 0), infinigen_host.jobs(CATEGORIES, 5, 0)
    assert all(job in many for job in few)
    assert len({(job["factory"], job["seed"]) for job in many}) == len(many)

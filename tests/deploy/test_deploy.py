"""The files in deploy/, checked by the programs that will read them."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import pytest
import typer.main
import yaml
from ray.autoscaler._private.kuberay.autoscaling_config import _derive_autoscaling_config_from_ray_cr
from ray.autoscaler._private.util import prepare_config, validate_config
from ray.scripts.scripts import start

from pipeline.cli import app
from pipeline.config import load_recipe, load_render_config
from tests.conftest import ROOT

KUBERNETES = "1.30"
GIB = {"Gi": 1, "Mi": 1 / 1024}
RAYJOB = {
    "entrypoint", "backoffLimit", "shutdownAfterJobFinishes", "ttlSecondsAfterFinished", "rayClusterSpec",
}  # fmt: skip
RAYCLUSTER = {
    "rayVersion", "authOptions", "enableInTreeAutoscaling", "autoscalerOptions", "headGroupSpec", "workerGroupSpecs",
}  # fmt: skip
GROUP = {"groupName", "replicas", "minReplicas", "maxReplicas", "rayStartParams", "template"}
"""Fields of ray.io/v1 that we use, as KubeRay's API reference has them."""


@pytest.fixture(scope="module")
def launcher():
    return yaml.safe_load((ROOT / "deploy/cluster.yaml").read_text())


@pytest.fixture(scope="module")
def rayjob():
    return yaml.safe_load((ROOT / "deploy/kuberay.yaml").read_text())


def groups(rayjob):
    spec = rayjob["spec"]["rayClusterSpec"]
    return [spec["headGroupSpec"], *spec["workerGroupSpecs"]]


def installed(package):
    return re.search(rf"^{package}==(.+)$", (ROOT / "constraints.txt").read_text(), re.M).group(1)


def check_command(words):
    """Raises click's usage errors unless `words` are a plantain command whose files exist."""
    assert words[0] == "plantain"
    command = typer.main.get_command(app).commands[words[1]]
    with command.make_context(words[1], list(words[2:])) as context:
        load_recipe(context.params["scene"])
        load_render_config(context.params["render"])
        return context.params


def test_the_dockerfile_passes_its_linter():
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_and_make_setup_install_one_list_of_system_libraries():
    listed = [line for line in (ROOT / "deploy/apt.txt").read_text().splitlines() if not line.startswith("#")]
    asked = subprocess.run(["make", "-pn"], cwd=ROOT, capture_output=True, text=True).stdout
    assert re.search(r"^LIBRARIES := (.*)$", asked, re.M).group(1).split() == listed
    assert "COPY deploy/apt.txt" in (ROOT / "Dockerfile").read_text()


def test_the_builder_gets_every_file_that_the_package_is_built_from():
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = set(re.findall(r"^COPY ((?:\S+ )+)\S+$", (ROOT / "Dockerfile").read_text(), re.M))
    named = {name for line in copied for name in line.split() if name not in (".", "pipeline/__init__.py")}
    assert named <= kept and {"pipeline", "scenes", "render_configs"} <= kept
    assert all((ROOT / name).exists() for name in kept)


def test_rays_cluster_launcher_accepts_the_cluster_file(launcher):
    whole = prepare_config(launcher)
    validate_config(whole)
    types = whole["available_node_types"]
    assert types["worker"]["node_config"]["InstanceMarketOptions"] == {"MarketType": "spot"}
    assert (types["worker"]["min_workers"], types["worker"]["max_workers"]) == (0, whole["max_workers"])
    assert types["head"]["max_workers"] == 0 and types["head"]["resources"]["CPU"] == 0


@pytest.mark.parametrize("key", ["head_start_ray_commands", "worker_start_ray_commands"])
def test_ray_start_knows_every_option_of_the_cluster_file(launcher, key):
    words = shlex.split(launcher[key][-1].partition("ray start ")[2])
    assert words
    start.make_context("start", words, resilient_parsing=True)


def test_rays_autoscaler_reads_the_kubernetes_file_as_it_is_meant(rayjob):
    resource = {"metadata": {"name": "plantain", "namespace": "default"}, "spec": rayjob["spec"]["rayClusterSpec"]}
    types = _derive_autoscaling_config_from_ray_cr(resource)["available_node_types"]
    assert types["headgroup"]["resources"]["CPU"] == 0
    asked = check_command(shlex.split(rayjob["spec"]["entrypoint"]))
    assert asked["workers"] == types["spot"]["max_workers"] * types["spot"]["resources"]["CPU"]


def test_the_kubernetes_file_uses_fields_that_kuberay_has(rayjob):
    assert (rayjob["apiVersion"], rayjob["kind"]) == ("ray.io/v1", "RayJob")
    spec = rayjob["spec"]
    assert set(spec) <= RAYJOB and set(spec["rayClusterSpec"]) <= RAYCLUSTER
    for group in groups(rayjob):
        assert set(group) <= GROUP
        assert all(isinstance(value, str) for value in group["rayStartParams"].values())
        options = [f"--{name}={value}" for name, value in group["rayStartParams"].items()]
        start.make_context("start", options, resilient_parsing=True)


def test_kubernetes_accepts_the_pods_of_the_kubernetes_file(rayjob):
    for group in groups(rayjob):
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one"}, "spec": group["template"]["spec"]}
        kubernetes_validate.validate(pod, KUBERNETES, strict=True)


def test_a_pod_with_a_misspelt_field_would_be_refused(rayjob):
    spec = groups(rayjob)[0]["template"]["spec"] | {"toleration": []}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one"}, "spec": spec}, KUBERNETES, strict=True
        )


def test_the_cluster_file_and_the_kubernetes_file_run_the_same_image_and_the_tested_ray(launcher, rayjob):
    images = {group["template"]["spec"]["containers"][0]["image"] for group in groups(rayjob)}
    assert images == {launcher["docker"]["image"]}
    assert rayjob["spec"]["rayClusterSpec"]["rayVersion"] == installed("ray")


def test_worker_pods_hold_what_their_samples_may_take_and_more(rayjob):
    limits = groups(rayjob)[1]["template"]["spec"]["containers"][0]["resources"]["limits"]
    memory_gb = float(limits["memory"][:-2]) * GIB[limits["memory"][-2:]]
    asked = check_command(shlex.split(rayjob["spec"]["entrypoint"]))
    assert memory_gb >= asked["sample_memory_gb"] * int(limits["cpu"]) + 4


@pytest.mark.parametrize("page", ["docs/farm.md", "deploy/kuberay.yaml"])
def test_every_generate_command_in_the_docs_has_options_and_files_that_exist(page):
    text = (ROOT / page).read_text().replace("\\\n", " ").replace(">-\n", " ")
    lines = re.findall(r"plantain generate (--scene[^\n]*|--address auto --scene[^\n]*\n[^\n]*)", text)
    assert lines
    for line in lines:
        check_command(["plantain", "generate", *shlex.split(line)])


@pytest.mark.parametrize("option", ["--sample-timeout", "--hang-timeout", "--sample-memory-gb", "--recycle-after"])
def test_the_limits_in_the_docs_are_options_with_the_defaults_that_it_names(option):
    written = re.search(rf"\| `{option} (\d+)` \|", (ROOT / "docs/farm.md").read_text()).group(1)
    command = typer.main.get_command(app).commands["generate"]
    (there,) = [parameter for parameter in command.params if option in parameter.opts]
    assert there.default in (None, float(written))

"""What modules load when they are imported, each group in a fresh interpreter; and that this check can fail."""

import pkgutil
import subprocess
import sys

import pytest

import deployments
import pose

PROBE = """
import importlib, sys
for name in {names}: importlib.import_module(name)
print(",".join(name for name in {heavy} if name in sys.modules))
"""
SUBCLASSING = ("qwen_parts",)  # a library's own class is its base; imported when such a checkpoint is opened
HEAVY = ("ray", "tensorrt", "torch", "mediapipe", "diffusers", "transformers", "training")


def loaded(names, heavy=HEAVY):
    """Which of `heavy` are in memory after importing `names` in a fresh interpreter."""
    code = PROBE.format(names=list(names), heavy=list(heavy))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {name for name in done.stdout.strip().split(",") if name}


def modules(package, but=()):
    found = pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    return [module.name for module in found if not module.ispkg and module.name.rpartition(".")[2] not in but]


def test_the_vocabulary_is_light():
    assert loaded(modules(pose), (*HEAVY, "cv2", "scipy", "numba")) == set()


def test_the_api_and_the_pipeline_load_neither_ray_nor_torch():
    names = ["serve.api", "serve.pipeline", "serve.settings", "serve.cli", "serve.weights"]
    assert loaded(names) == set()


def test_the_stages_pure_code_loads_no_ray():
    names = modules(deployments, but=("deployment", *SUBCLASSING))
    assert loaded(names) - {"torch"} == set()


@pytest.mark.parametrize("stage", ["keypoints", "garments", "denoiser", "deformation", "backgrounds", "upscaler"])
def test_a_stages_package_is_empty(stage):
    assert loaded([f"deployments.{stage}"]) == set()


def test_this_check_can_fail():
    assert loaded(["serve.ingress"]) >= {"ray"}
    assert loaded(["deployments.runtime"]) >= {"torch"}

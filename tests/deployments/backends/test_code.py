"""What changes the hash of a network's code, and which modules it is of."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from deployments.backends.code import code_sha256, sources_of
from deployments.denoiser.checkpoint import ports
from deployments.signature import Signature
from tests.export.tiny import SIGNATURE

BUCKET = (8, 12)
PICTURE, SHIFT = SIGNATURE.inputs
DECLARED = """
from deployments.signature import Port, Signature
from ours.network import WIDTH
SIGNATURE = Signature("a", "a", (Port("x", lambda h, w: (WIDTH, h)),), (), ((8, 8),), 1)
"""


@pytest.mark.parametrize(
    "inputs",
    [
        (replace(PICTURE, name="image"), SHIFT),
        (replace(PICTURE, shape=lambda h, w: (3, h, w + 1)), SHIFT),
        (PICTURE, replace(SHIFT, low=-2)),
        (SHIFT, PICTURE),
    ],
    ids=["name", "shape", "bounds", "order"],
)
def test_the_same_sources_with_another_port_have_another_hash(inputs) -> None:
    assert code_sha256(replace(SIGNATURE, inputs=inputs), BUCKET) != code_sha256(SIGNATURE, BUCKET)


def test_a_renamed_output_has_another_hash_and_the_same_signature_the_same() -> None:
    first, mean = SIGNATURE.outputs
    renamed = replace(SIGNATURE, outputs=(first, replace(mean, name="average")))
    assert code_sha256(renamed, BUCKET) != code_sha256(SIGNATURE, BUCKET)
    assert code_sha256(replace(SIGNATURE, buckets=(BUCKET, (16, 16))), BUCKET) == code_sha256(SIGNATURE, BUCKET)


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Signature]]:
    """A package whose signature leads to a network, which leads to its layers."""
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "signature.py").write_text(DECLARED)
    (folder / "network.py").write_text("from ours import layers\nWIDTH = 3\n")
    (folder / "layers.py").write_text("import ours.signature\nDEPTH = 2\n")
    (folder / "other.py").write_text("")
    with monkeypatch.context() as patch:
        patch.syspath_prepend(tmp_path)
        yield folder, import_module("ours.signature").SIGNATURE
        for name in [name for name in sys.modules if name.partition(".")[0] == "ours"]:
            del sys.modules[name]


@pytest.mark.parametrize(("file", "changes"), [("network", True), ("layers", True), ("other", False)])
def test_what_the_network_is_made_of_counts_and_nothing_else(ours, file: str, changes: bool) -> None:
    folder, signature = ours
    before = code_sha256(signature, BUCKET)
    with (folder / f"{file}.py").open("a") as stream:
        stream.write("# another\n")
    assert (code_sha256(signature, BUCKET) != before) is changes


def test_the_embedded_networks_and_the_checkpoints_ports_are_among_the_sources() -> None:
    for stage in ("keypoints", "garments", "denoiser", "upscaler"):
        assert f"deployments.{stage}.network" in sources_of(f"deployments.{stage}.signature")
    assert "deployments.denoiser.limbs" in sources_of("deployments.denoiser.signature")
    assert list(sources_of(ports.__name__)) == [ports.__name__, "deployments.signature"]
